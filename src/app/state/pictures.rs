//! What words tell of the pictures of the video.

use crate::crossmodal::{Found, PictureFit};
use std::sync::Arc;

/// A fit of pictures and words, and what was searched for in it.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    /// The fit that is kept in the project; none before one was made.
    pub fit: Option<Arc<PictureFit>>,
    /// A sentence, and the pairs of the fit by how well their frames show it.
    pub found: Option<(String, Arc<Vec<Found>>)>,
}

impl Pictures {
    /// The fit in words: whether words tell of pictures at all in this video.
    #[must_use]
    pub fn verdict(&self) -> Option<String> {
        let telling = &self.fit.as_ref()?.telling;
        let (among, place) = (
            telling.frames_by_words.candidates,
            telling.frames_by_words.median_place,
        );
        Some(if telling.plain {
            format!(
                "Words tell of the pictures here: of {among:.0} frames, half of the captions have their own among the first {place:.0}; by \
                 chance among the first {:.0}",
                (among / 2.0).ceil()
            )
        } else {
            "In this video, what is said tells hardly anything of what is shown: frames found by words are guesses, and no caption \
             is doubted for its picture"
                .to_owned()
        })
    }
}

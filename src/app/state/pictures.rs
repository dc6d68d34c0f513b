//! What words tell of the pictures of the video.

use crate::crossmodal::{Found, Judge, PictureFit};
use crate::project::Seconds;
use std::collections::HashSet;
use std::sync::Arc;

/// A fit of pictures and words, and what was searched for in it.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    /// The fit that is kept in the project; none before one was made.
    pub fit: Option<Arc<PictureFit>>,
    /// A sentence, and the pairs of the fit by how well their frames show it.
    pub found: Option<(String, Arc<Vec<Found>>)>,
}

/// A caption of the video that fits a frame, and how well it does among all.
#[derive(Debug, Clone, PartialEq)]
pub struct FittingCaption<'a> {
    /// When its own frame is shown.
    pub time: Seconds,
    /// What it says.
    pub text: &'a str,
    /// Whether it is the caption of that very frame.
    pub is_own: bool,
}

impl Pictures {
    /// The captions that fit the frame shown at a time, the best first, each once; none where nothing was fitted.
    #[must_use]
    pub fn captions_at(&self, at: Seconds) -> Vec<FittingCaption<'_>> {
        let Some(fit) = &self.fit else {
            return Vec::new();
        };
        let pairs = fit.pairs.iter().enumerate();
        let near = |time: Seconds| (time.0 - at.0).abs();
        let shown = pairs.min_by(|a, b| near(a.1.time).total_cmp(&near(b.1.time)));
        let Some((shown, own)) = shown else {
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let best = fit.captions.get(shown).map_or(&[][..], Vec::as_slice);
        let caption = |found: &Found| {
            let (pair, text) = (fit.pairs.get(found.pair)?, fit.texts.get(found.pair)?);
            seen.insert(text).then(|| FittingCaption {
                time: pair.time,
                text,
                is_own: pair.cue.is_some() && pair.cue == own.cue,
            })
        };
        best.iter().filter_map(caption).collect()
    }

    /// Whether a model that was trained on many pictures would judge better than what was learned here.
    #[must_use]
    pub fn wants_model(&self) -> bool {
        let fit = self.fit.as_ref();
        fit.is_some_and(|fit| !fit.telling.plain && !matches!(fit.judge, Some(Judge::Pretrained { .. })))
    }

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

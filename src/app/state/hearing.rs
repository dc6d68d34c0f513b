//! What a recogniser hears in the video.

use crate::analysis::recognising;
use crate::pretrained::Segment;
use crate::project::CaptionTrack;

/// A transcript on its way, or there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hearing {
    /// What was heard so far, by a model that tells it as it goes.
    pub segments: Vec<Segment>,
    /// What was heard, once the recogniser has come to an end or was stopped.
    pub heard: Option<CaptionTrack>,
    /// Whether it was stopped before the end.
    pub partial: bool,
    /// What the analyst should know.
    pub warnings: Vec<String>,
    /// Why nothing, or no more, was heard.
    pub trouble: Option<String>,
}

impl Hearing {
    /// It has ended before the end of the video: what was heard by then is kept.
    pub fn stop(&mut self) {
        if self.heard.is_none() && !self.segments.is_empty() {
            self.heard = Some(CaptionTrack::new(
                self.segments.iter().map(recognising::cue).collect(),
            ));
            self.partial = true;
        }
    }
}

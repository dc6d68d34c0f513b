//! The videos that are studied together: their frames, and which pair is of which.

use super::State;
use crate::analysis::FrameSet;
use crate::project::{FrameAt, Pair, PairIndex, SourceIndex};

impl State {
    /// A studied pair.
    #[must_use]
    pub fn studied_pair(&self, pair: PairIndex) -> Option<&Pair> {
        self.project.as_ref()?.studied().get(pair.index())
    }

    /// The frame of a pair.
    #[must_use]
    pub fn frame_of(&self, pair: PairIndex) -> Option<FrameAt> {
        self.studied_pair(pair).map(Pair::frame_at)
    }

    /// The frame of a pair that the watched training learns from.
    #[must_use]
    pub fn watched_frame(&self, pair: PairIndex) -> Option<FrameAt> {
        match &self.training.on {
            Some(on) => on.pairs.get(pair.index()).map(Pair::frame_at),
            None => self.frame_of(pair),
        }
    }

    /// The caption of a pair that the watched training learns from; empty where it has none.
    #[must_use]
    pub fn watched_caption(&self, pair: PairIndex) -> &str {
        match &self.training.on {
            Some(on) => on.texts.get(pair.index()).map_or("", String::as_str),
            None => self.caption_of(pair),
        }
    }

    /// When the frame of a pair is on screen, after the name of its video where that is not the one that is open.
    #[must_use]
    pub fn moment_of(&self, pair: PairIndex) -> String {
        let Some(pair) = self.studied_pair(pair) else {
            return String::new();
        };
        let project = self.project.as_ref().filter(|_| !pair.source.is_own());
        let names = project.map_or_else(Vec::new, |project| project.source_names());
        match names.get(pair.source.index()) {
            Some(name) => format!("{name} {}", pair.time),
            None => pair.time.to_string(),
        }
    }

    /// The sampled frames of a video; none while they are not there yet.
    #[must_use]
    pub fn frames_of(&self, source: SourceIndex) -> Option<&FrameSet> {
        let Some(place) = source.companion() else {
            return Some(self.shown_frames());
        };
        let companion = self.project.as_ref()?.studied_companions().get(place)?;
        self.company_frames
            .get(&companion.folder)
            .map(std::convert::AsRef::as_ref)
    }

    /// Rows of the picture of a video for each column, as it is meant to be seen.
    #[must_use]
    pub fn shape_of(&self, source: SourceIndex) -> f32 {
        let project = self.project.as_ref();
        let companion = source.companion();
        let companion =
            project.and_then(|project| Some((project, project.studied_companions().get(companion?)?)));
        let of = match companion {
            Some((project, companion)) => project.companion(companion).ok().map(|other| &other.manifest),
            None => project.map(|project| &project.manifest),
        };
        let video = of.and_then(|manifest| manifest.video.as_ref());
        video.map_or(0.6, |video| video.height as f32 / video.width.max(1) as f32)
    }
}

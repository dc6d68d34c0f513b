//! Where the video surprises.

use crate::crossmodal::SurpriseCurve;
use crate::project::{Project, Seconds};

/// A curve of surprise, and what is drawn of it.
#[derive(Debug, Clone, Default)]
pub struct Surprises {
    curve: Option<SurpriseCurve>,
    /// The pairs that surprise most, in the order of the video.
    pub most: Vec<usize>,
    /// First and last pairs of the stretches that do not go with their captions.
    pub misaligned: Vec<(usize, usize)>,
}

impl Surprises {
    /// Takes what was learned.
    pub fn take(&mut self, curve: SurpriseCurve) {
        self.most = curve.most_surprising();
        self.misaligned = curve.misaligned();
        self.curve = Some(curve);
    }

    /// Whether anything was learned, be it of pairs that are there no more.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.curve.is_some()
    }

    /// What was learned of the pairs as they are; none where they were changed since.
    #[must_use]
    pub fn of(&self, project: &Project) -> Option<&SurpriseCurve> {
        self.curve.as_ref().filter(|curve| curve.pairs == project.pairs)
    }

    /// When the next of the places that surprise most comes after a moment; the first of the video after the last.
    #[must_use]
    pub fn next(&self, after: Seconds) -> Option<Seconds> {
        let pairs = &self.curve.as_ref()?.pairs;
        let times = || self.most.iter().filter_map(|&pair| Some(pairs.get(pair)?.time));
        times()
            .find(|time| time.0 > after.0 + 1e-3)
            .or_else(|| times().next())
    }
}

//! How well frames and captions fit, judged by who has not seen them.

use super::folds::{Fold, fold_of};
use ndarray::Array2;

/// How well every frame fits every caption, as each part of the video is judged. Larger is better; of what unit is up to who
/// judged, and the same for all parts.
#[derive(Debug, Clone, PartialEq)]
pub struct UnseenScores {
    /// The parts, in the order of `matrices`.
    pub folds: Vec<Fold>,
    /// `[n, n]` a part: a row a frame, a column a caption.
    pub matrices: Vec<Array2<f32>>,
    /// Whether each pair has a caption.
    pub captioned: Vec<bool>,
}

impl UnseenScores {
    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.captioned.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.captioned.is_empty()
    }

    /// How well a frame fits a caption, judged by who has not seen the frame and who has not seen the caption, the mean of
    /// both; for a pair they are the same. None where there is no such caption.
    #[must_use]
    pub fn fit(&self, frame: usize, caption: usize) -> Option<f32> {
        if !self.captioned.get(caption).copied()? {
            return None;
        }
        let by = |fold: usize| self.matrices.get(fold)?.get([frame, caption]).copied();
        Some((by(fold_of(frame))? + by(fold_of(caption))?) / 2.0)
    }

    /// The captions that a pair's frame is held against in the part that it is judged in: those of the part.
    pub fn rivals(&self, pair: usize) -> impl Iterator<Item = usize> + '_ {
        let unseen = self.folds.get(fold_of(pair)).map_or(&[][..], |fold| &fold.unseen);
        let captioned = |row: &usize| self.captioned.get(*row).copied().unwrap_or(false);
        unseen.iter().copied().filter(captioned)
    }
}

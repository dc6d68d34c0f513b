//! How well frames and captions fit, judged by who has not seen them.

use super::folds::{Fold, GAP, fold_of};
use ndarray::Array2;

/// How well every frame fits every caption, as each part of the video is judged. Larger is better; of what unit is up to who
/// judged, and the same for all parts.
#[derive(Debug, Clone, PartialEq)]
pub struct UnseenScores {
    /// The parts, in the order of `matrices`.
    pub folds: Vec<Fold>,
    /// `[n, n]` a part: a row a frame, a column a caption.
    pub matrices: Vec<Array2<f32>>,
    /// The number of each pair's caption, the same for the same words; none where there is none.
    pub captions: Vec<Option<usize>>,
}

impl UnseenScores {
    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.captions.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.captions.is_empty()
    }

    /// How well a frame fits a caption, judged by who has seen neither: who has not seen the frame, as long as the caption is no
    /// farther than a shift, or of the same part. Farther apart it is the mean of who has not seen the frame and who has not seen
    /// the caption, each of whom knows the other. None where there is no such caption.
    #[must_use]
    pub fn fit(&self, frame: usize, caption: usize) -> Option<f32> {
        self.captions.get(caption).copied()??;
        let by = |fold: usize| self.matrices.get(fold)?.get([frame, caption]).copied();
        let own = by(fold_of(frame))?;
        if frame.abs_diff(caption) <= GAP {
            return Some(own);
        }
        Some((own + by(fold_of(caption))?) / 2.0)
    }

    /// The captions that a pair's frame is held against in the part that it is judged in: those of the part that say something
    /// else.
    pub fn rivals(&self, pair: usize) -> impl Iterator<Item = usize> + '_ {
        let unseen = self.folds.get(fold_of(pair)).map_or(&[][..], |fold| &fold.unseen);
        let caption = |pair: usize| self.captions.get(pair).copied().flatten();
        let own = caption(pair);
        unseen
            .iter()
            .copied()
            .filter(move |other| *other != pair && caption(*other).is_some() && caption(*other) != own)
    }

    /// The same scores by everyone, of pairs that each say something else.
    #[cfg(test)]
    pub fn of(matrix: Array2<f32>) -> Self {
        let captions: Vec<_> = (0..matrix.nrows()).map(Some).collect();
        let folds = super::folds::folds(&captions);
        Self {
            matrices: vec![matrix; folds.len()],
            folds,
            captions,
        }
    }
}

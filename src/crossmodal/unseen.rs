//! How well frames and captions fit, judged by who has not seen them.

use super::folds::{Fold, GAP, fold_of, folds};
use super::search::{Found, best_first};
use ndarray::Array2;

/// How well every frame fits every caption, as each part of the video is judged. Larger is better; of what unit is up to who
/// judged, and the same for all parts.
#[derive(Debug, Clone, PartialEq)]
pub struct UnseenScores {
    /// The parts, in the order of `matrices`.
    pub folds: Vec<Fold>,
    /// `[n, n]` a part: a row a frame, a column a caption. One for all parts where who judges has learned from none.
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
        let by = |fold: usize| {
            let own = self.matrices.get(fold).or_else(|| self.matrices.first());
            own?.get([frame, caption]).copied()
        };
        let own = by(fold_of(frame, self.len()))?;
        if frame.abs_diff(caption) <= GAP {
            return Some(own);
        }
        Some((own + by(fold_of(caption, self.len()))?) / 2.0)
    }

    /// By one who has learned from nothing of this video: a row a frame, a column a caption.
    #[must_use]
    pub fn by_stranger(matrix: Array2<f32>, captions: Vec<Option<usize>>) -> Self {
        Self {
            folds: folds(&captions),
            matrices: vec![matrix],
            captions,
        }
    }

    /// The captions of all pairs by how well they fit the frame of a pair, the best first.
    #[must_use]
    pub fn captions_for(&self, frame: usize) -> Vec<Found> {
        best_first((0..self.len()).filter_map(|pair| {
            let score = self.fit(frame, pair)?;
            Some(Found { pair, score })
        }))
    }

    /// The captions that a pair's frame is held against in the part that it is judged in: those of the part that say something
    /// else.
    pub fn rivals(&self, pair: usize) -> impl Iterator<Item = usize> + '_ {
        let unseen = self
            .folds
            .get(fold_of(pair, self.len()))
            .map_or(&[][..], |fold| &fold.unseen);
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
        let captions = (0..matrix.nrows()).map(Some).collect();
        Self::by_stranger(matrix, captions)
    }
}

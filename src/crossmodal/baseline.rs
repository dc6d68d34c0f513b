//! What can be had without a network: the measure for what a network adds.

use super::folds::{folds, numbered};
use super::unseen::UnseenScores;
use crate::pairing::Dataset;
use crate::training::contrast::FrameFeatures;
use ndarray::{Array2, Axis};

/// A caption is taken to look like the frame of the pair whose caption has the nearest mean of word vectors, among those of
/// the other parts of the video; a score is the cosine of that frame's features and the frame's own.
#[must_use]
pub fn nearest_caption(dataset: &Dataset, features: &FrameFeatures) -> UnseenScores {
    let frames = unit(features.values.clone());
    let means = unit(dataset.mean_vectors());
    let likeness = means.dot(&means.t());
    let alike = frames.dot(&frames.t());
    let captions = numbered(&dataset.tokens);
    let folds = folds(&captions);
    let matrices = folds.iter().map(|fold| {
        let mut matrix = Array2::zeros(alike.dim());
        for (caption, mut column) in matrix.axis_iter_mut(Axis(1)).enumerate() {
            let known = fold.learned.iter().copied().filter(|&pair| pair != caption);
            let near = |pair: usize| likeness.get([caption, pair]).copied().unwrap_or(0.0);
            let known = known.filter(|&pair| captions.get(pair).copied().flatten().is_some());
            if let Some(nearest) = known.max_by(|&a, &b| near(a).total_cmp(&near(b)))
                && nearest < alike.ncols()
            {
                column.assign(&alike.column(nearest));
            }
        }
        matrix
    });
    UnseenScores {
        matrices: matrices.collect(),
        folds,
        captions,
    }
}

/// Rows to length 1.
pub(super) fn unit(mut rows: Array2<f32>) -> Array2<f32> {
    for mut row in rows.axis_iter_mut(Axis(0)) {
        let length = row.dot(&row).sqrt().max(1e-8);
        row /= length;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::sized_dataset;

    #[test]
    fn a_caption_looks_like_the_frame_of_the_nearest_caption_elsewhere() {
        let mut dataset = sized_dataset(60, 2, 2, 16);
        // Nearly the same is said at pair 40, of another part, where another frame is shown.
        let more = dataset.tokens[7][0];
        dataset.tokens[40] = [dataset.tokens[3].repeat(3), vec![more]].concat();
        let features = FrameFeatures {
            values: Array2::eye(60),
            source: String::new(),
        };
        let scores = nearest_caption(&dataset, &features);
        // The part of pair 3 has learned pair 40, and holds its frame for what the caption describes.
        assert_eq!(scores.matrices[0][[40, 3]], 1.0);
        assert_eq!(scores.matrices[0][[3, 3]], 0.0);
    }
}

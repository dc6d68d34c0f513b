//! Towers for each part of the video, fitted without it.

use super::folds::{FEWEST, Fold, folds};
use super::unseen::UnseenScores;
use crate::jobs::Watch;
use crate::pairing::Dataset;
use crate::training::contrast::{ContrastConfig, ContrastError, ContrastPairs, Fitted, FrameFeatures, fit};
use crate::training::{Control, TrainingError, device};
use ndarray::{Array2, ArrayView1, Axis};
use serde::Serialize;

/// Towers that have each left out one part of the video, and what they say of all pairs.
#[derive(Debug)]
pub struct CrossFit {
    /// How well frames and captions fit: cosines times the learned scale.
    pub scores: UnseenScores,
    /// Epochs of each fit.
    pub epochs: Vec<usize>,
    /// Where it was fitted, for people.
    pub device: String,
    pairs: ContrastPairs,
    fitted: Vec<Fitted>,
    /// Where the frames lie in each fit, `[n, width]`.
    frames: Vec<Array2<f32>>,
}

/// A frame or a caption that was searched for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Found {
    /// The pair that it is of, by its place in the dataset.
    pub pair: usize,
    /// Cosine of a sentence and a frame, from -1 to 1; for captions of a frame, that times the learned scale.
    pub score: f32,
}

/// Fits towers once for each part of the video, without that part. Progress is in epochs of all fits.
///
/// # Errors
/// When there are too few pairs or captions, when a fit cannot go on, or when the work is cancelled.
pub fn cross_fit(
    dataset: &Dataset,
    features: &FrameFeatures,
    config: &ContrastConfig,
    watch: &Watch,
) -> Result<CrossFit, ContrastError> {
    if dataset.len() < FEWEST {
        return Err(TrainingError::TooFewPairs {
            pairs: dataset.len(),
            needed: FEWEST,
        }
        .into());
    }
    let (on, device, _) = device::choose(config.device, Control::default().threads())?;
    let pairs = ContrastPairs::new(dataset, features, config, on)?;
    let folds = folds(dataset.len());
    let captioned = (0..dataset.len()).map(|pair| pairs.has_caption(pair)).collect();
    let (mut fitted, mut frames, mut matrices) = (Vec::new(), Vec::new(), Vec::new());
    for (index, Fold { learned, .. }) in folds.iter().enumerate() {
        watch.say(format!(
            "Fitting pictures and words, part {} of {}",
            index + 1,
            folds.len()
        ));
        let one = fit(&pairs, learned, config, watch)?;
        let [pictures, captions] = one.places(&pairs)?;
        matrices.push(pictures.dot(&captions.t()) * one.scale as f32);
        frames.push(pictures);
        fitted.push(one);
    }
    Ok(CrossFit {
        scores: UnseenScores {
            folds,
            matrices,
            captioned,
        },
        epochs: fitted.iter().map(|fitted| fitted.losses.len()).collect(),
        device,
        pairs,
        fitted,
        frames,
    })
}

impl CrossFit {
    /// The frames of all pairs by how well they fit a sentence, the best first: the mean cosine over all fits. The sentence
    /// is given as a vector a word, of the same source as the captions' words.
    ///
    /// # Errors
    /// When there are no words, when their vectors are of another length, or when libtorch gives up.
    pub fn frames_for(&self, sentence: &[Vec<f32>]) -> Result<Vec<Found>, ContrastError> {
        let mut sums = vec![0.0; self.pairs.len()];
        for (fitted, frames) in self.fitted.iter().zip(&self.frames) {
            let place = fitted.sentence(sentence, &self.pairs)?;
            let place = ArrayView1::from(&place);
            for (sum, frame) in sums.iter_mut().zip(frames.axis_iter(Axis(0))) {
                *sum += frame.dot(&place);
            }
        }
        let fits = self.fitted.len().max(1) as f32;
        let found = sums.into_iter().enumerate();
        Ok(best_first(found.map(|(pair, sum)| Found {
            pair,
            score: sum / fits,
        })))
    }

    /// The captions of all pairs by how well they fit the frame of a pair, the best first.
    #[must_use]
    pub fn captions_for(&self, frame: usize) -> Vec<Found> {
        best_first((0..self.scores.len()).filter_map(|pair| {
            let score = self.scores.fit(frame, pair)?;
            Some(Found { pair, score })
        }))
    }
}

fn best_first(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let mut found: Vec<Found> = found.collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.pair.cmp(&b.pair)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::WordVectors;
    use crate::crossmodal::colour_layout;
    use crate::crossmodal::synthetic::{SCENES, SyntheticVideo};
    use crate::training::DeviceChoice;

    #[test]
    fn a_typed_sentence_finds_frames_of_its_scene() {
        let video = SyntheticVideo::new(100, 3);
        let config = ContrastConfig {
            epochs: 40,
            learning_rate: 2e-3,
            device: DeviceChoice::Cpu,
            ..ContrastConfig::default()
        };
        let watch = Watch::default();
        let features = colour_layout(&video.dataset, &watch).unwrap();
        let fit = cross_fit(&video.dataset, &features, &config, &watch).unwrap();
        let answers = &video.answers;
        let frames_of = |scene| {
            let of = (0..100).filter(move |&pair| answers.scene_shown(pair) == Some(scene));
            of.count()
        };
        let scene = (0..SCENES.len()).max_by_key(|&scene| frames_of(scene)).unwrap();
        let typed = WordVectors::built_in(&[SCENES[scene][0].to_owned(), SCENES[scene][1].to_owned()]);
        let words: Vec<Vec<f32>> = typed.vectors.chunks(300).map(<[f32]>::to_vec).collect();
        let found = fit.frames_for(&words).unwrap();
        assert_eq!(found.len(), 100);
        let right = found
            .iter()
            .take(5)
            .filter(|found| answers.scene_shown(found.pair) == Some(scene));
        assert!(right.count() >= 4, "{:?}", found.get(..5));
        assert!(fit.frames_for(&[]).is_err());
        assert_eq!(fit.captions_for(0).len(), 100);
    }

    #[test]
    fn a_short_video_is_refused_in_words() {
        let dataset = crate::training::train::tests::dataset(30);
        let features = FrameFeatures {
            values: Array2::zeros((30, 4)),
            source: String::new(),
        };
        let error = cross_fit(&dataset, &features, &ContrastConfig::default(), &Watch::default());
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("only 30 pairs") && error.contains("at least 50"),
            "{error}"
        );
    }
}

//! Frames found by a sentence.

use crate::model::{ContrastDesign, ContrastShape};
use crate::training::checkpoint::{CheckpointError, write_tensors};
use crate::training::contrast::Fitted;
use crate::training::fitting::FitError;
use ndarray::{Array2, ArrayView1, Axis};
use serde::{Deserialize, Serialize};
use std::path::Path;
use tch::Tensor;

/// What the frames of a judge are called in the file, behind its number.
const FRAMES: &str = "frames";

/// Towers that place a sentence beside the frames of a video.
#[derive(Debug, Default)]
pub struct FrameSearch {
    judges: Vec<Judge>,
}

/// Towers, and where they place the frames, `[n, width]`.
#[derive(Debug)]
struct Judge {
    fitted: Fitted,
    frames: Array2<f32>,
}

/// A frame or a caption that was searched for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The pair that it is of, by its place in the dataset.
    pub pair: usize,
    /// Cosine of a sentence and a frame, from -1 to 1; for captions of a frame, that times the learned scale.
    pub score: f32,
}

/// Where a model of others places the frames, `[n, width]` of length 1 each.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedFrames(pub Array2<f32>);

impl PlacedFrames {
    /// The frames of all pairs by how near they lie to a sentence of the same model, the best first.
    #[must_use]
    pub fn frames_for(&self, sentence: ArrayView1<'_, f32>) -> Vec<Found> {
        let scores = self.0.dot(&sentence);
        let scores = scores.iter().enumerate();
        best_first(scores.map(|(pair, &score)| Found { pair, score }))
    }
}

impl FrameSearch {
    /// Adds towers, with where they place the frames.
    pub(super) fn add(&mut self, fitted: Fitted, frames: Array2<f32>) {
        self.judges.push(Judge { fitted, frames });
    }

    /// The frames of all pairs by how well they fit a sentence, the best first: the mean cosine over all towers. The sentence
    /// is given as a vector a word, of the same source as the captions' words.
    ///
    /// # Errors
    /// When there are no words, when their vectors are of another length, or when libtorch gives up.
    pub fn frames_for(&self, sentence: &[Vec<f32>]) -> Result<Vec<Found>, FitError> {
        let count = self.judges.first().map_or(0, |judge| judge.frames.nrows());
        let mut sums = vec![0.0; count];
        for judge in &self.judges {
            let place = judge.fitted.sentence(sentence)?;
            let place = ArrayView1::from(&place);
            for (sum, frame) in sums.iter_mut().zip(judge.frames.axis_iter(Axis(0))) {
                *sum += frame.dot(&place);
            }
        }
        let judges = self.judges.len().max(1) as f32;
        let found = sums.into_iter().enumerate();
        Ok(best_first(found.map(|(pair, sum)| Found {
            pair,
            score: sum / judges,
        })))
    }

    /// Whether it knows so many frames.
    pub(super) fn is_of(&self, pairs: usize) -> bool {
        !self.judges.is_empty() && self.judges.iter().all(|judge| judge.frames.nrows() == pairs)
    }

    /// Writes towers and places as a safetensors file, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointError> {
        let mut tensors = Vec::new();
        for (number, judge) in self.judges.iter().enumerate() {
            let named = judge.fitted.weights.variables().into_iter();
            tensors.extend(named.map(|(name, tensor)| (format!("{number}.{name}"), tensor)));
            let (height, width) = judge.frames.dim();
            let values: Vec<f32> = judge.frames.iter().copied().collect();
            let frames = Tensor::from_slice(&values).view([height as i64, width as i64]);
            tensors.push((format!("{number}.{FRAMES}"), frames));
        }
        write_tensors(path, &tensors, &[])
    }

    /// Reads what [`save`](Self::save) has written, of towers of this design.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub fn load(path: &Path, design: &ContrastDesign, shape: ContrastShape) -> Result<Self, FitError> {
        let tensors = crate::training::contrast::read_tensors(path)?;
        let mut search = Self::default();
        for number in 0.. {
            let own = format!("{number}.");
            let mut named = tensors
                .iter()
                .filter_map(|(name, tensor)| Some((name.strip_prefix(&own)?, tensor)))
                .peekable();
            if named.peek().is_none() {
                break;
            }
            let (frames, weights): (Vec<_>, Vec<_>) = named.partition(|(name, _)| *name == FRAMES);
            let fitted = Fitted::of_weights(design, shape, &weights)?;
            let frames = frames
                .first()
                .map(|(_, tensor)| fitted.table(tensor))
                .transpose()?;
            search.add(fitted, frames.unwrap_or_default());
        }
        Ok(search)
    }
}

/// In order of score, the largest first; equals in the order of the video.
pub(super) fn best_first(found: impl Iterator<Item = Found>) -> Vec<Found> {
    let mut found: Vec<Found> = found.collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.pair.cmp(&b.pair)));
    found
}

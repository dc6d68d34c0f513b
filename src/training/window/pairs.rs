//! The pairs as tensors for a network over windows.

use super::config::WindowConfig;
use crate::model::WindowShape;
use crate::pairing::Dataset;
use crate::training::contrast::{FrameFeatures, spared};
use crate::training::error::TrainingError;
use ndarray::Array2;
use tch::{Device, Tensor};

/// The pairs on a device: a row of features and one of the caption's words each.
#[derive(Debug)]
pub struct WindowPairs {
    /// `[n, features]`.
    pub(super) frames: Tensor,
    /// `[n, dimension]`: the mean of the words' vectors.
    pub(super) captions: Tensor,
    /// Whether there is a caption, `[n]`.
    pub(super) said: Tensor,
    has_caption: Vec<bool>,
    /// Where two pairs are not held against each other, `[n, n]`.
    pub(super) spared: Tensor,
    /// What a network for these pairs reads.
    pub shape: WindowShape,
    /// Where they are.
    pub device: Device,
}

impl WindowPairs {
    /// The dataset with the features of its frames on this device.
    ///
    /// # Errors
    /// When there are not as many rows of features as pairs.
    pub fn new(
        dataset: &Dataset,
        features: &FrameFeatures,
        config: &WindowConfig,
        device: Device,
    ) -> Result<Self, TrainingError> {
        if features.values.nrows() != dataset.len() {
            return Err(TrainingError::Dataset(
                "there are not as many rows of picture features as pairs".to_owned(),
            ));
        }
        let (frames, captions) = (rows(&features.values), rows(&dataset.mean_vectors()));
        let has_caption: Vec<bool> = dataset.tokens.iter().map(|words| !words.is_empty()).collect();
        let spared = spared(dataset, &frames, config.neighbours, config.same_picture);
        Ok(Self {
            shape: WindowShape {
                features: features.values.ncols() as i64,
                dimension: dataset.vocabulary.dimension as i64,
            },
            frames: frames.to_device(device),
            captions: captions.to_device(device),
            said: Tensor::from_slice(&has_caption).to_device(device),
            has_caption,
            spared: spared.to_device(device),
            device,
        })
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.has_caption.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.has_caption.is_empty()
    }

    /// Whether a pair has a caption.
    #[must_use]
    pub fn has_caption(&self, pair: usize) -> bool {
        self.has_caption.get(pair).copied().unwrap_or(false)
    }

    /// Whether two pairs are not held against each other; a pair is held against itself.
    #[must_use]
    pub fn is_spared(&self, one: usize, other: usize) -> bool {
        self.spared.int64_value(&[one as i64, other as i64]) != 0
    }

    /// Numbers of pairs on the device.
    pub(super) fn places(&self, pairs: &[usize]) -> Tensor {
        let places: Vec<i64> = pairs.iter().map(|&pair| pair as i64).collect();
        Tensor::from_slice(&places).to_device(self.device)
    }

    /// The rows of `table` for windows of as many pairs each, one behind the other: `[windows, PLACES, …]`.
    pub(super) fn windows(&self, table: &Tensor, pairs: &[usize]) -> Tensor {
        let rows = table.index_select(0, &self.places(pairs));
        rows.unflatten(0, [-1, crate::model::window::PLACES as i64])
    }
}

fn rows(table: &Array2<f32>) -> Tensor {
    let values: Vec<f32> = table.iter().copied().collect();
    Tensor::from_slice(&values).view([table.nrows() as i64, table.ncols() as i64])
}

//! The pairs as tensors for two towers.

use super::config::ContrastConfig;
use crate::model::{Batch, ContrastShape, PictureTower};
use crate::pairing::Dataset;
use crate::training::batches::{PairTensors, shape};
use crate::training::error::TrainingError;
use ndarray::Array2;
use tch::{Device, Kind, Tensor};

/// A row of numbers for each frame of a dataset, made once and kept.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameFeatures {
    /// `[n, features]`, in the order of the pairs; each column with mean 0 and deviation 1 over the video.
    pub values: Array2<f32>,
    /// What made them, for people.
    pub source: String,
}

/// Deviations beyond which a value is no further away.
const FARTHEST: f32 = 4.0;

impl FrameFeatures {
    /// Rows of numbers, of which each column is brought to mean 0 and deviation 1; one that never changes, to 0.
    #[must_use]
    pub fn standardised(mut values: Array2<f32>, source: String) -> Self {
        for mut column in values.columns_mut() {
            let mean = column.mean().unwrap_or(0.0);
            let deviation = column.std(0.0);
            column.mapv_inplace(|value| {
                let away = if deviation > 1e-6 {
                    (value - mean) / deviation
                } else {
                    0.0
                };
                away.clamp(-FARTHEST, FARTHEST)
            });
        }
        Self { values, source }
    }
}

/// The pairs on a device.
#[derive(Debug)]
pub struct ContrastPairs {
    tensors: PairTensors,
    /// `[n, features]`; none where the pictures themselves are learned from.
    features: Option<Tensor>,
    /// Where two pairs are not held against each other, `[n, n]`.
    spared: Tensor,
    /// What a network for these pairs is given.
    pub shape: ContrastShape,
    /// Where they are.
    pub device: Device,
}

impl ContrastPairs {
    /// The dataset on this device. Its features tell which pictures are the same, and stand for them where the design
    /// wants cached ones.
    ///
    /// # Errors
    /// When there are too few pairs, or the parts do not fit together.
    pub fn new(
        dataset: &Dataset,
        features: &FrameFeatures,
        config: &ContrastConfig,
        device: Device,
    ) -> Result<Self, TrainingError> {
        let tensors = PairTensors::new(dataset, false, device)?;
        let (count, width) = features.values.dim();
        if count != dataset.len() {
            return Err(TrainingError::Dataset(
                "there are not as many rows of picture features as pairs".to_owned(),
            ));
        }
        let values: Vec<f32> = features.values.iter().copied().collect();
        let rows = Tensor::from_slice(&values).view([count as i64, width as i64]);
        let spared = spared(dataset, &rows, config.neighbours, config.same_picture);
        let cached = matches!(config.design.picture, PictureTower::Cached { .. });
        Ok(Self {
            tensors,
            features: cached.then(|| rows.to_device(device)),
            spared: spared.to_device(device),
            shape: ContrastShape {
                frames: shape(dataset),
                features: width as i64,
            },
            device,
        })
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// Whether a pair has a caption.
    #[must_use]
    pub fn has_caption(&self, pair: usize) -> bool {
        self.tensors.words(pair) > 0
    }

    /// Puts the longest captions first, as [`Self::batch`] needs them.
    pub fn arrange(&self, pairs: &mut [usize]) {
        self.tensors.arrange(pairs);
    }

    /// These pairs, in the order of [`Self::arrange`]. Where features stand for the pictures, they are in their place.
    #[must_use]
    pub fn batch(&self, pairs: &[usize]) -> Batch {
        let rows = self.tensors.rows(pairs);
        match &self.features {
            Some(features) => Batch {
                image: features.index_select(0, &rows),
                ..self.tensors.captions(pairs, &rows)
            },
            None => self.tensors.gather(pairs, &rows),
        }
    }

    /// Where two of these pairs are not held against each other, `[batch, batch]`.
    pub fn spared(&self, pairs: &[usize]) -> Tensor {
        let rows = self.tensors.rows(pairs);
        self.spared.index_select(0, &rows).index_select(1, &rows)
    }
}

/// Pairs that may well fit each other although they are not one: no further apart than `neighbours`, with the same caption, or
/// with features of a cosine above `same_picture`. `[n, n]`, false on the diagonal.
pub(in crate::training) fn spared(
    dataset: &Dataset,
    features: &Tensor,
    neighbours: usize,
    same_picture: f64,
) -> Tensor {
    let count = dataset.len();
    let lengths = features.norm_scalaropt_dim(2, [-1_i64].as_slice(), true);
    let unit = features / lengths.clamp_min(1e-8);
    let same_picture = unit.matmul(&unit.tr()).gt(same_picture);
    let mut alike = vec![false; count * count];
    for (row, slots) in alike.chunks_exact_mut(count.max(1)).enumerate() {
        let words = dataset.tokens.get(row);
        for (other, slot) in slots.iter_mut().enumerate() {
            let same_caption = dataset.tokens.get(other) == words;
            *slot = row.abs_diff(other) <= neighbours || same_caption;
        }
    }
    let size = [count as i64, count as i64];
    let apart = Tensor::eye(count as i64, (Kind::Bool, Device::Cpu)).logical_not();
    Tensor::from_slice(&alike)
        .view(size)
        .logical_or(&same_picture)
        .logical_and(&apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::dataset;

    #[test]
    fn neighbours_and_repeats_are_not_held_against_each_other() {
        let mut dataset = dataset(12);
        dataset.tokens[11] = dataset.tokens[0].clone();
        // Pair 8 shows what pair 3 shows; all others differ.
        let mut values = Array2::eye(12);
        values[[8, 8]] = 0.0;
        values[[8, 3]] = 1.0;
        let features = FrameFeatures {
            values,
            source: String::new(),
        };
        let config = ContrastConfig::default();
        let pairs = ContrastPairs::new(&dataset, &features, &config, Device::Cpu).unwrap();
        let all: Vec<usize> = (0..12).collect();
        let spared = pairs.spared(&all);
        let is = |a: i64, b: i64| spared.int64_value(&[a, b]) == 1;
        assert!(is(4, 6) && is(6, 4) && !is(4, 7) && !is(5, 5));
        assert!(is(0, 11) && is(11, 0) && is(3, 8) && is(8, 3) && !is(3, 9));
        let few = FrameFeatures {
            values: Array2::zeros((3, 2)),
            source: String::new(),
        };
        let error = ContrastPairs::new(&dataset, &few, &config, Device::Cpu).unwrap_err();
        assert!(error.to_string().contains("features"), "{error}");
    }
}

//! What a fit yields.

use super::pairs::ContrastPairs;
use crate::model::{Batch, ContrastDesign, ContrastShape, TwoTowers};
use crate::project::LossPoint;
use crate::training::checkpoint::CheckpointError;
use crate::training::error::TrainingError;
use crate::training::fitting::FitError;
use crate::training::train::computing;
use ndarray::Array2;
use std::path::Path;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

/// Pairs whose vectors are computed at a time.
const ROWS: usize = 64;

/// Two towers that have been fitted.
#[derive(Debug)]
pub struct Fitted {
    /// The towers, with the weights of the best epoch.
    pub towers: TwoTowers,
    /// The same weights by name, to be kept.
    pub weights: VarStore,
    /// A point an epoch: the symmetric cross-entropy in natural units, as `total`.
    pub losses: Vec<LossPoint>,
    /// What cosines are multiplied by.
    pub scale: f64,
    /// What the towers are given.
    pub shape: ContrastShape,
}

/// The named tensors of a safetensors file.
///
/// # Errors
/// When it cannot be read.
pub fn read_tensors(path: &Path) -> Result<Vec<(String, Tensor)>, FitError> {
    let damaged = |what: String| {
        FitError::from(CheckpointError::Damaged {
            path: path.to_owned(),
            what,
        })
    };
    Tensor::read_safetensors(path).map_err(|error| damaged(error.to_string()))
}

impl Fitted {
    /// Towers with weights that were kept, on the processor.
    ///
    /// # Errors
    /// When a weight is missing or of another shape.
    pub fn of_weights(
        design: &ContrastDesign,
        shape: ContrastShape,
        named: &[(&str, &Tensor)],
    ) -> Result<Self, FitError> {
        let weights = VarStore::new(Device::Cpu);
        let towers = TwoTowers::new(&weights.root(), design, shape);
        for (name, variable) in weights.variables() {
            let kept = named.iter().find(|(kept, _)| *kept == name);
            let kept = kept.filter(|(_, tensor)| tensor.size() == variable.size());
            let (_, kept) = kept.ok_or_else(|| {
                TrainingError::Setting(format!("towers whose file lacks {name}: fit the video again"))
            })?;
            tch::no_grad(|| variable.shallow_clone().copy_(kept));
        }
        let scale = towers.scale().double_value(&[]);
        Ok(Self {
            towers,
            weights,
            losses: Vec::new(),
            scale,
            shape,
        })
    }

    /// The rows of a tensor of two dimensions.
    ///
    /// # Errors
    /// When it has others.
    pub fn table(&self, rows: &Tensor) -> Result<Array2<f32>, FitError> {
        let rows = (0..rows.size().first().copied().unwrap_or(0)).map(|place| row(&rows.get(place)));
        Ok(table(&rows.collect::<Result<Vec<_>, _>>()?))
    }

    /// Where pictures and captions of all pairs lie: two tables `[n, width]` of vectors of length 1, in the order of the
    /// pairs. The caption of a pair that has none lies where no words lie.
    ///
    /// # Errors
    /// When libtorch gives up.
    pub fn places(&self, pairs: &ContrastPairs) -> Result<[Array2<f32>; 2], FitError> {
        let all: Vec<usize> = (0..pairs.len()).collect();
        let mut rows: [Vec<Vec<f32>>; 2] = [vec![Vec::new(); all.len()], vec![Vec::new(); all.len()]];
        computing(|| {
            tch::no_grad(|| {
                for part in all.chunks(ROWS) {
                    let mut part = part.to_vec();
                    pairs.arrange(&mut part);
                    let batch = pairs.batch(&part);
                    let vectors = [
                        self.towers.pictures(&batch.image, false),
                        self.towers.captions(&batch, false),
                    ];
                    for (rows, vectors) in rows.iter_mut().zip(vectors) {
                        for (place, &pair) in (0..).zip(&part) {
                            let vector = row(&vectors.get(place))?;
                            if let Some(slot) = rows.get_mut(pair) {
                                *slot = vector;
                            }
                        }
                    }
                }
                Ok(())
            })
        })?;
        let [pictures, captions] = rows.map(|rows| table(&rows));
        Ok([pictures, captions])
    }

    /// Where a sentence lies, given as a vector a word: a vector of length 1.
    ///
    /// # Errors
    /// When there are no words, when their vectors are not as long as those that were learned from, or when libtorch
    /// gives up.
    pub fn sentence(&self, words: &[Vec<f32>]) -> Result<Vec<f32>, FitError> {
        let dimension = self.shape.frames.dimension;
        if words.is_empty() || words.iter().any(|word| word.len() as i64 != dimension) {
            return Err(TrainingError::Setting(format!(
                "a sentence that is not made of word vectors of {dimension} numbers; type at least one word"
            ))
            .into());
        }
        let count = words.len() as i64;
        let vectors = Tensor::from_slice(&words.concat()).view([1, count, dimension]);
        let device = self.weights.device();
        let floats = (Kind::Float, device);
        let batch = Batch {
            image: Tensor::zeros([1, 0], floats),
            words: vectors.to_device(device),
            mask: Tensor::ones([1, count], floats),
            lengths: Some(Tensor::from_slice(&[count])),
        };
        let place = computing(|| tch::no_grad(|| row(&self.towers.captions(&batch, false).get(0))))?;
        Ok(place)
    }
}

fn row(vector: &Tensor) -> Result<Vec<f32>, TrainingError> {
    let vector = vector.to_device(Device::Cpu);
    Vec::try_from(&vector).map_err(|error: tch::TchError| TrainingError::Computation(error.to_string()))
}

fn table(rows: &[Vec<f32>]) -> Array2<f32> {
    let (count, width) = (rows.len(), rows.first().map_or(0, Vec::len));
    let values = rows.concat();
    Array2::from_shape_vec((count, width), values).unwrap_or_default()
}

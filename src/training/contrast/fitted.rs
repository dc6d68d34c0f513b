//! What a fit yields.

use super::ContrastError;
use super::pairs::ContrastPairs;
use crate::model::{Batch, TwoTowers};
use crate::project::LossPoint;
use crate::training::error::TrainingError;
use crate::training::train::computing;
use ndarray::Array2;
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
}

impl Fitted {
    /// Where pictures and captions of all pairs lie: two tables `[n, width]` of vectors of length 1, in the order of the
    /// pairs. The caption of a pair that has none lies where no words lie.
    ///
    /// # Errors
    /// When libtorch gives up.
    pub fn places(&self, pairs: &ContrastPairs) -> Result<[Array2<f32>; 2], ContrastError> {
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
    pub fn sentence(&self, words: &[Vec<f32>], pairs: &ContrastPairs) -> Result<Vec<f32>, ContrastError> {
        let dimension = pairs.shape.frames.dimension;
        if words.is_empty() || words.iter().any(|word| word.len() as i64 != dimension) {
            return Err(TrainingError::Setting(format!(
                "a sentence that is not made of word vectors of {dimension} numbers; type at least one word"
            ))
            .into());
        }
        let count = words.len() as i64;
        let vectors = Tensor::from_slice(&words.concat()).view([1, count, dimension]);
        let floats = (Kind::Float, pairs.device);
        let batch = Batch {
            image: Tensor::zeros([1, 0], floats),
            words: vectors.to_device(pairs.device),
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

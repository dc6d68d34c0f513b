//! Phrases as vectors: what is near in meaning is near in direction.

use crate::jobs::{Cancelled, Watch};
use ndarray::{Array2, ArrayView1, Axis};
use thiserror::Error;

/// A model that places phrases in a space.
pub trait Phrases {
    /// The vectors of the texts, a row each, of any length.
    ///
    /// # Errors
    /// When the model fails, or the work is cancelled.
    fn vectors(&mut self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PhraseError>;
}

/// Why there are no vectors.
#[derive(Debug, Error)]
pub enum PhraseError {
    /// The work was stopped because someone asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The model failed. The message says what to do.
    #[error(transparent)]
    Model(Box<dyn std::error::Error + Send + Sync>),
    /// The model gave another number of vectors than it was given texts.
    #[error("the phrase model gave {given} vectors for {asked} texts: it cannot be used, choose another")]
    Count {
        /// Vectors.
        given: usize,
        /// Texts.
        asked: usize,
    },
}

/// The vectors of the texts, each of length 1, so that their products are cosines; a vector of no direction, or of what
/// are no numbers, is all zeros and near to nothing.
pub(super) fn directions(
    phrases: &mut dyn Phrases,
    texts: &[String],
    watch: &Watch,
) -> Result<Array2<f32>, PhraseError> {
    if texts.is_empty() {
        return Ok(Array2::zeros((0, 0)));
    }
    let mut vectors = phrases.vectors(texts, watch)?;
    if vectors.nrows() != texts.len() {
        return Err(PhraseError::Count {
            given: vectors.nrows(),
            asked: texts.len(),
        });
    }
    for mut vector in vectors.axis_iter_mut(Axis(0)) {
        let length = length(vector.view());
        if length > 0.0 && length.is_finite() {
            vector.mapv_inplace(|value| (f64::from(value) / length) as f32);
        } else {
            vector.fill(0.0);
        }
    }
    Ok(vectors)
}

/// Euclidean.
fn length(vector: ArrayView1<f32>) -> f64 {
    vector
        .iter()
        .map(|value| f64::from(*value).powi(2))
        .sum::<f64>()
        .sqrt()
}

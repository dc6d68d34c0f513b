//! The loss of a pair: of its picture, its words and its place.

use super::crvae::{Batch, Reconstructed};
use super::posterior::Posterior;
use tch::{Kind, Reduction, Tensor};

/// How the terms are weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// λ, of the words.
    pub lambda: f64,
    /// β, of the Kullback-Leibler divergence.
    pub beta: f64,
    /// Whether the zeros behind a caption's end count as words to be told.
    pub padding: bool,
}

/// The terms, each a single value in the graph.
#[derive(Debug)]
pub struct Losses {
    /// Mean squared error of the pictures, per element.
    pub image: Tensor,
    /// Mean squared error of the word vectors, per element.
    pub text: Tensor,
    /// Kullback-Leibler divergence, per latent dimension.
    pub kl: Tensor,
    /// image + λ text + β kl.
    pub total: Tensor,
}

/// image + λ text + β kl.
#[must_use]
pub fn loss(batch: &Batch, told: &Reconstructed, posterior: &Posterior, weights: Weights) -> Losses {
    let image = told.image.mse_loss(&batch.image, Reduction::Mean);
    let text = if weights.padding {
        told.text.mse_loss(&batch.words, Reduction::Mean)
    } else {
        let dimension = batch.words.size().last().copied().unwrap_or(1) as f64;
        let squares = (&told.text - &batch.words).square() * batch.mask.unsqueeze(-1);
        // A batch without a single word has nothing to tell; its loss is zero rather than undefined.
        squares.sum(Kind::Float) / (batch.mask.sum(Kind::Float).clamp_min(1.0) * dimension)
    };
    let kl = posterior.divergence();
    let mut total = &image + &text * weights.lambda;
    if weights.beta != 0.0 {
        total += &kl * weights.beta;
    }
    Losses {
        image,
        text,
        kl,
        total,
    }
}

//! The loss of a pair: of its picture, its words and its place.

use super::posterior::Posterior;
use super::vae::{Batch, Reconstructed};
use serde::{Deserialize, Serialize};
use tch::{Kind, Reduction, Tensor};

/// How far told words are from the true ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextError {
    /// Mean squared error per element, as in the papers.
    #[default]
    Squared,
    /// One less the cosine of the angle between both vectors: only the direction of a word counts, and that is what it
    /// is read back by. A word without a vector counts nothing.
    Cosine,
}

/// What a training makes small, and how much each term weighs against the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Objectives {
    /// λ, the weight of the words.
    pub lambda: f64,
    /// How their error is measured.
    pub text: TextError,
    /// Whether the zeros behind a caption's end count as words, as in the papers. Every caption then is as long as
    /// the longest of the dataset.
    pub padding: bool,
    /// β, the weight of the Kullback-Leibler divergence; 0 in the papers.
    pub beta: f64,
    /// Epochs over which β grows from 0 to its weight.
    pub beta_warm_up: u32,
}

impl Objectives {
    /// β in an epoch, from 0 and with the part of the epoch that is done.
    #[must_use]
    pub fn beta_at(&self, epoch: f64) -> f64 {
        if self.beta_warm_up == 0 {
            return self.beta;
        }
        self.beta * (epoch / f64::from(self.beta_warm_up)).clamp(0.0, 1.0)
    }
}

/// The terms, each a single value in the graph.
#[derive(Debug)]
pub struct Losses {
    /// Mean squared error of the pictures, per element.
    pub image: Tensor,
    /// Error of the word vectors; mean squared per element, or as the objectives say. 0 without captions.
    pub text: Tensor,
    /// Kullback-Leibler divergence, per latent dimension.
    pub kl: Tensor,
    /// image + λ text + β kl.
    pub total: Tensor,
}

/// image + λ text + β kl, where β is that of the moment.
#[must_use]
pub fn loss(
    batch: &Batch,
    told: &Reconstructed,
    posterior: &Posterior,
    objectives: &Objectives,
    beta: f64,
) -> Losses {
    let image = told.image.mse_loss(&batch.image, Reduction::Mean);
    let kl = posterior.divergence();
    let text = told.text.as_ref().map(|text| text_error(batch, text, objectives));
    // New tensors all along: a sum made in place would change the loss of the picture, which it begins as.
    let told = match &text {
        Some(text) => &image + text * objectives.lambda,
        None => image.shallow_clone(),
    };
    let total = if beta == 0.0 { told } else { told + &kl * beta };
    Losses {
        text: text.unwrap_or_else(|| image.detach().zeros_like()),
        image,
        kl,
        total,
    }
}

/// The error of told words `[batch, words, dimension]`.
fn text_error(batch: &Batch, told: &Tensor, objectives: &Objectives) -> Tensor {
    let (words, floats) = (&batch.words, Kind::Float);
    match objectives.text {
        TextError::Squared if objectives.padding => told.mse_loss(words, Reduction::Mean),
        TextError::Squared => squared_error(batch, told),
        TextError::Cosine => {
            let length = |xs: &Tensor| xs.square().sum_dim_intlist(-1, false, floats);
            let dots = (told * words).sum_dim_intlist(-1, false, floats);
            let real = length(words).gt(0.0).to_kind(floats) * &batch.mask;
            let cosines = dots / (length(told) * length(words)).clamp_min(1e-12).sqrt();
            // A batch without a single word has nothing to tell; its loss is zero rather than undefined.
            ((cosines.neg() + 1.0) * &real).sum(floats) / real.sum(floats).clamp_min(1.0)
        }
    }
}

/// Mean squared error per element of real words, without padding.
pub fn squared_error(batch: &Batch, told: &Tensor) -> Tensor {
    let dimension = batch.words.size().last().copied().unwrap_or(1) as f64;
    let squares = (told - &batch.words).square() * batch.mask.unsqueeze(-1);
    // As above for a batch without words.
    squares.sum(Kind::Float) / (batch.mask.sum(Kind::Float).clamp_min(1.0) * dimension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    fn batch() -> Batch {
        let words = Tensor::from_slice(&[1_f32, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0]).view([1, 4, 2]);
        Batch {
            image: Tensor::zeros([1, 3, 2, 2], (Kind::Float, Device::Cpu)),
            words,
            mask: Tensor::from_slice(&[1_f32, 1.0, 1.0, 0.0]).view([1, 4]),
            lengths: None,
        }
    }

    fn error(told: &[f32], text: TextError, padding: bool) -> f64 {
        let objectives = Objectives {
            lambda: 1.0,
            text,
            padding,
            beta: 0.0,
            beta_warm_up: 0,
        };
        text_error(&batch(), &Tensor::from_slice(told).view([1, 4, 2]), &objectives).double_value(&[])
    }

    #[test]
    fn padding_counts_only_where_it_is_asked_for() {
        let told = [1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 4.0, 0.0];
        assert!((error(&told, TextError::Squared, true) - 2.0).abs() < 1e-6);
        assert!(error(&told, TextError::Squared, false).abs() < 1e-6);
    }

    #[test]
    fn the_cosine_error_looks_at_directions_of_words_with_vectors() {
        assert!(
            error(
                &[3.0, 0.0, 0.0, 0.5, 7.0, 7.0, 9.0, 9.0],
                TextError::Cosine,
                false
            )
            .abs()
                < 1e-6
        );
        assert!(
            (error(
                &[0.0, 1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0],
                TextError::Cosine,
                false
            ) - 0.5)
                .abs()
                < 1e-6
        );
    }

    #[test]
    fn the_total_leaves_its_terms_as_they_are() {
        let mut batch = batch();
        batch.image = batch.image.ones_like();
        let told = Reconstructed {
            image: batch.image.zeros_like(),
            text: None,
        };
        let posterior = Posterior::new(&Tensor::from_slice(&[2_f32, 0.0]).view([1, 2]));
        let objectives = Objectives {
            lambda: 3.0,
            text: TextError::Squared,
            padding: false,
            beta: 0.5,
            beta_warm_up: 0,
        };
        let losses = loss(&batch, &told, &posterior, &objectives, 0.5);
        let value = |loss: &Tensor| loss.double_value(&[]);
        assert_eq!(
            [&losses.image, &losses.text, &losses.kl, &losses.total].map(value),
            [1.0, 0.0, 2.0, 2.0]
        );
    }

    #[test]
    fn beta_grows_to_its_weight() {
        let mut objectives = Objectives {
            lambda: 3.0,
            text: TextError::Squared,
            padding: true,
            beta: 0.2,
            beta_warm_up: 10,
        };
        let rising: Vec<f64> = [0.0, 5.0, 10.0, 50.0]
            .map(|epoch| objectives.beta_at(epoch))
            .into();
        assert_eq!(rising, [0.0, 0.1, 0.2, 0.2]);
        objectives.beta_warm_up = 0;
        assert_eq!(objectives.beta_at(0.0), 0.2);
    }
}

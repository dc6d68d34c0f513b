//! The caption's half of the networks.

mod recurrent;
mod transformer;

use super::design::{TextLayers, TextTower};
use super::vae::Batch;
use recurrent::{RecurrentDecoder, RecurrentEncoder};
use tch::Tensor;
use tch::nn::Path;
use transformer::{TransformerDecoder, TransformerEncoder};

/// What the decoder is told while it tells a caption.
#[derive(Debug, Clone, Copy)]
pub enum Feed<'a> {
    /// Teacher forcing: the true words `[batch, words, dimension]` before each.
    Forced(&'a Tensor),
    /// The words that it told before each; so many words are told.
    Free(i64),
}

/// Captions to rows of features.
#[derive(Debug)]
pub enum TextEncoder {
    /// Recurrent layers.
    Recurrent(RecurrentEncoder),
    /// Self-attention.
    Transformer(TransformerEncoder),
}

impl TextEncoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, tower: &TextTower, dimension: i64) -> Self {
        match tower.layers {
            TextLayers::Recurrent {
                cell, hidden, layers, ..
            } => Self::Recurrent(RecurrentEncoder::new(
                vs,
                cell,
                [dimension, hidden.into(), layers.into()],
            )),
            TextLayers::Transformer(sizes) => {
                Self::Transformer(TransformerEncoder::new(vs, sizes, dimension))
            }
        }
    }

    /// Values in a row of features.
    #[must_use]
    pub fn features(&self) -> i64 {
        match self {
            Self::Recurrent(encoder) => encoder.features,
            Self::Transformer(encoder) => encoder.features,
        }
    }

    /// `[batch, words, dimension]` to `[batch, features]`. Where the batch has lengths, what lies behind a caption's
    /// end is not looked at; otherwise padding is read as words of zeros.
    pub fn forward(&self, batch: &Batch, train: bool) -> Tensor {
        match self {
            Self::Recurrent(encoder) => encoder.forward(&batch.words, batch.lengths.as_ref(), train),
            Self::Transformer(encoder) => {
                encoder.forward(&batch.words, batch.lengths.as_ref().map(|_| &batch.mask))
            }
        }
    }
}

/// Rows of features to captions.
#[derive(Debug)]
pub enum TextDecoder {
    /// Recurrent layers.
    Recurrent(RecurrentDecoder),
    /// Self-attention.
    Transformer(TransformerDecoder),
}

impl TextDecoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, tower: &TextTower, dimension: i64) -> Self {
        match tower.layers {
            TextLayers::Recurrent {
                cell,
                hidden,
                layers,
                reminded,
            } => Self::Recurrent(RecurrentDecoder::new(
                vs,
                cell,
                [dimension, hidden.into(), layers.into()],
                reminded,
            )),
            TextLayers::Transformer(sizes) => {
                Self::Transformer(TransformerDecoder::new(vs, sizes, dimension))
            }
        }
    }

    /// Values in a row of features.
    #[must_use]
    pub fn features(&self) -> i64 {
        match self {
            Self::Recurrent(decoder) => decoder.features,
            Self::Transformer(decoder) => decoder.features,
        }
    }

    /// `[batch, features]` to `[batch, words, dimension]`.
    pub fn forward(&self, features: &Tensor, feed: Feed, train: bool) -> Tensor {
        match (self, feed) {
            (Self::Recurrent(decoder), Feed::Forced(words)) => decoder.forced(features, words, train),
            (Self::Recurrent(decoder), Feed::Free(steps)) => decoder.free(features, steps, train),
            (Self::Transformer(decoder), Feed::Forced(words)) => decoder.forced(features, words),
            (Self::Transformer(decoder), Feed::Free(steps)) => decoder.free(features, steps),
        }
    }
}

/// The true words one place later, behind a first word of zeros: what a decoder is fed under teacher forcing, so that
/// one call over the whole caption sees no future.
fn shifted(words: &Tensor) -> Tensor {
    let steps = words.size().get(1).copied().unwrap_or(0);
    let zeros = words.narrow(1, 0, 1).zeros_like();
    Tensor::cat(&[zeros, words.narrow(1, 0, steps - 1)], 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::design::Cell;
    use crate::model::design::tests::{recurrent, transformer};
    use crate::model::seed::seeded;
    use tch::nn::VarStore;
    use tch::{Device, Kind};

    /// A decoder is told one more true word at a time, and only its last word is kept.
    fn step_by_step(decoder: &TextDecoder, features: &Tensor, words: &Tensor) -> Tensor {
        let told: Vec<Tensor> = (1..=words.size()[1])
            .map(|steps| {
                decoder
                    .forward(features, Feed::Forced(&words.narrow(1, 0, steps)), false)
                    .narrow(1, steps - 1, 1)
            })
            .collect();
        Tensor::cat(&told, 1)
    }

    #[test]
    fn a_whole_caption_in_one_call_is_told_as_word_by_word() {
        for layers in [
            recurrent(Cell::Rnn),
            recurrent(Cell::Gru),
            recurrent(Cell::Lstm),
            transformer(),
        ] {
            let vs = VarStore::new(Device::Cpu);
            let tower = TextTower {
                layers,
                teacher_forcing: true,
            };
            let floats = (Kind::Float, Device::Cpu);
            let decoder = TextDecoder::new(&vs.root(), &tower, 7);
            let (features, words) = seeded(4, || {
                (
                    Tensor::randn([3, decoder.features()], floats),
                    Tensor::randn([3, 6, 7], floats),
                )
            });
            let whole = decoder.forward(&features, Feed::Forced(&words), false);
            let steps = step_by_step(&decoder, &features, &words);
            let difference = (whole.shallow_clone() - steps).abs().max().double_value(&[]);
            assert!(difference < 1e-5, "{tower:?}: {difference}");
            // Fed with what it tells, a decoder tells what it tells on its own.
            let free = decoder.forward(&features, Feed::Free(6), false);
            let again = decoder.forward(&features, Feed::Forced(&free), false);
            assert!(free.allclose(&again, 1e-5, 1e-5, false), "{tower:?}");
            assert!(!free.allclose(&whole, 1e-3, 1e-3, false));
        }
    }
}

//! What a network is made of, as data: a preset is one of these, and a new kind of part is one more variant.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How pictures are made smaller and larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convolutions {
    /// As in the papers: a 3x3 convolution, then max-pooling by 2; back by a transposed convolution of stride 2,
    /// then a convolution, and a last layer to red, green and blue.
    Pooled,
    /// Convolutions of stride 2, and transposed convolutions alone on the way back: a small part of the work.
    #[default]
    Strided,
}

/// What the last layer does to a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PixelOutput {
    /// Nothing, as in the papers: values may leave [0, 1] and are clamped before they are shown.
    Linear,
    /// The logistic function: values cannot leave [0, 1].
    #[default]
    Sigmoid,
}

/// The picture's encoder, and its decoder, which is the same backwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageTower {
    /// How pictures are made smaller and larger.
    pub convolutions: Convolutions,
    /// Filters of each level, from the full picture inwards; each level halves height and width.
    pub filters: Vec<u32>,
    /// What the last layer does to a picture.
    pub pixels: PixelOutput,
}

/// What a recurrent layer remembers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// A plain layer with tanh (Elman).
    Rnn,
    /// Gated recurrent unit.
    Gru,
    /// Long short-term memory.
    #[default]
    Lstm,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rnn => "RNN",
            Self::Gru => "GRU",
            Self::Lstm => "LSTM",
        })
    }
}

impl Cell {
    /// Blocks of weights in a layer.
    #[must_use]
    pub const fn gates(self) -> i64 {
        match self {
            Self::Rnn => 1,
            Self::Gru => 3,
            Self::Lstm => 4,
        }
    }

    /// Vectors in the state of a layer: h, and c for long short-term memory.
    #[must_use]
    pub const fn states(self) -> i64 {
        match self {
            Self::Rnn | Self::Gru => 1,
            Self::Lstm => 2,
        }
    }
}

/// The layers of the caption's encoder and decoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum TextLayers {
    /// A bidirectional encoder, whose final hidden states are the features, and a forward decoder, which begins in the
    /// state that it is given.
    Recurrent {
        /// What a layer remembers with.
        cell: Cell,
        /// Hidden size in one direction.
        hidden: u32,
        /// Layers on top of each other.
        layers: u32,
        /// Whether the decoder is given its features again with every word, besides beginning in the state that they are.
        /// What the latent space says of a word then need not be carried through all words before it.
        reminded: bool,
    },
    /// Self-attention over the words. The encoder reads some learned places along with the words and tells what it finds
    /// there; the decoder looks at as many places (the future work that the papers name).
    Transformer(Transformer),
}

impl TextLayers {
    /// Why no layers can be made like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a width is zero or parts do not fit together.
    pub fn check(&self) -> Result<(), &'static str> {
        let widths = match *self {
            Self::Recurrent { hidden, layers, .. } => [hidden, layers, 1, 1, 1],
            Self::Transformer(Transformer {
                width,
                heads,
                layers,
                feed_forward,
                places,
            }) => {
                // Even, for half of it holds the sines of a word's place and half the cosines.
                if width.checked_rem(heads) != Some(0) || width % 2 != 0 {
                    return Err("a Transformer whose width is not even and a multiple of its heads");
                }
                [width, heads, layers, feed_forward, places]
            }
        };
        if widths.contains(&0) {
            return Err("a network with a width of zero");
        }
        Ok(())
    }
}

/// The sizes of a Transformer for captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transformer {
    /// Length of a word's vector inside.
    pub width: u32,
    /// Heads of each attention; a divisor of the width.
    pub heads: u32,
    /// Blocks on top of each other.
    pub layers: u32,
    /// Width of the dense layer in a block.
    pub feed_forward: u32,
    /// Learned places; the features are as many vectors.
    pub places: u32,
}

/// The caption's encoder and decoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextTower {
    /// What they are made of.
    pub layers: TextLayers,
    /// Whether, in training, each word is told from the true words before it, as in the papers, or from those told.
    pub teacher_forcing: bool,
}

/// What brings the features of picture and caption to one scale before they are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalisation {
    /// Nothing.
    #[default]
    None,
    /// Each feature by the batch, as in the papers. At rest the statistics of the training stand in for those of the batch:
    /// a feature that few pairs have is then far larger than the network has ever seen it.
    Batch,
    /// Each pair's features by themselves: the same in training and at rest.
    Layer,
}

/// How the features of picture and caption become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fusion {
    /// What brings both to one scale.
    pub normalisation: Normalisation,
    /// Widths of the dense layers from the features to the latent space, which the decoder has backwards.
    pub dense: Vec<u32>,
}

/// The latent space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum LatentHead {
    /// A vector of means and one of ln σ from a dense layer.
    Vector {
        /// Dimensions of the latent space.
        dimensions: u32,
    },
    /// Maps of means and of ln σ from a convolution; the latent vector of a picture is the largest value of each map of
    /// means (pure CVAE). For pictures alone.
    Maps {
        /// Maps of means.
        channels: u32,
    },
}

impl LatentHead {
    /// Length of a pair's latent vector.
    #[must_use]
    pub const fn dimensions(self) -> u32 {
        match self {
            Self::Vector { dimensions } => dimensions,
            Self::Maps { channels } => channels,
        }
    }
}

/// A whole network, whatever it is fed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDesign {
    /// The picture's half.
    pub image: ImageTower,
    /// The caption's half; none where pictures are learned alone.
    pub text: Option<TextTower>,
    /// How they become one.
    pub fusion: Fusion,
    /// The latent space.
    pub latent: LatentHead,
}

impl NetworkDesign {
    /// Why no network can be made like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a width is zero or parts do not fit together.
    pub fn check(&self) -> Result<(), &'static str> {
        if let Some(text) = &self.text {
            text.layers.check()?;
        }
        let maps = matches!(self.latent, LatentHead::Maps { .. });
        if self.image.filters.is_empty() || self.image.filters.contains(&0) {
            Err("a network without filters")
        } else if self.latent.dimensions() == 0 || self.fusion.dense.contains(&0) {
            Err("a network with a width of zero")
        } else if maps && (self.text.is_some() || !self.fusion.dense.is_empty()) {
            Err("latent maps together with captions or dense layers")
        } else {
            Ok(())
        }
    }

    /// Whether captions are learned with teacher forcing.
    #[must_use]
    pub fn teacher_forcing(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text.teacher_forcing)
    }
}

/// The shape of what goes in and comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Rows of a picture.
    pub height: i64,
    /// Columns of a picture.
    pub width: i64,
    /// Length of a word vector.
    pub dimension: i64,
}

impl Shape {
    /// Heights and widths of a picture level by level, the full picture first; halves are rounded up.
    #[must_use]
    pub fn levels(self, count: usize) -> Vec<(i64, i64)> {
        let halved = |n: i64, times: usize| (0..times).fold(n, |n, _| (n + 1) / 2);
        (0..=count)
            .map(|level| (halved(self.height, level), halved(self.width, level)))
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A narrow network with these text layers.
    pub(crate) fn small(text: Option<TextLayers>, convolutions: Convolutions) -> NetworkDesign {
        NetworkDesign {
            image: ImageTower {
                convolutions,
                filters: vec![3, 4, 5],
                pixels: PixelOutput::Sigmoid,
            },
            text: text.map(|layers| TextTower {
                layers,
                teacher_forcing: true,
            }),
            fusion: Fusion {
                normalisation: Normalisation::Batch,
                dense: vec![9],
            },
            latent: LatentHead::Vector { dimensions: 5 },
        }
    }

    pub(crate) fn recurrent(cell: Cell) -> TextLayers {
        TextLayers::Recurrent {
            cell,
            hidden: 6,
            layers: 2,
            reminded: cell == Cell::Gru,
        }
    }

    pub(crate) fn transformer() -> TextLayers {
        TextLayers::Transformer(Transformer {
            width: 8,
            heads: 2,
            layers: 2,
            feed_forward: 12,
            places: 3,
        })
    }

    #[test]
    fn parts_that_do_not_fit_are_refused_in_words() {
        let good = small(Some(transformer()), Convolutions::Pooled);
        assert_eq!(good.check(), Ok(()));
        let mut odd = good.clone();
        odd.text.as_mut().unwrap().layers = TextLayers::Transformer(Transformer {
            width: 8,
            heads: 3,
            layers: 1,
            feed_forward: 1,
            places: 1,
        });
        assert!(odd.check().unwrap_err().contains("heads"));
        let mut maps = good.clone();
        maps.latent = LatentHead::Maps { channels: 4 };
        assert!(maps.check().unwrap_err().contains("captions"));
        let mut empty = good;
        empty.image.filters.clear();
        assert!(empty.check().unwrap_err().contains("filters"));
    }

    #[test]
    fn a_design_survives_a_file() {
        for design in [
            small(Some(transformer()), Convolutions::Pooled),
            small(Some(recurrent(Cell::Gru)), Convolutions::Strided),
            small(None, Convolutions::Strided),
        ] {
            let text = serde_json::to_string(&design).unwrap();
            assert_eq!(serde_json::from_str::<NetworkDesign>(&text).unwrap(), design);
        }
    }
}

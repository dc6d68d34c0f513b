//! What sizes a network has, and what it is given.

use serde::{Deserialize, Serialize};

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

/// The widths of a convolutional-recurrent network, whatever it is fed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSizes {
    /// How pictures are made smaller and larger.
    pub convolutions: Convolutions,
    /// What the last layer does to a picture.
    pub pixels: PixelOutput,
    /// Filters of each level, from the full picture inwards; each level halves height and width.
    pub filters: Vec<u32>,
    /// Hidden size of the recurrent layers in one direction.
    pub hidden: u32,
    /// Recurrent layers on top of each other.
    pub layers: u32,
    /// Width of the dense layer between both branches and the latent space.
    pub dense: u32,
}

/// The shape of what goes in and comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Rows of a picture.
    pub height: i64,
    /// Columns of a picture.
    pub width: i64,
    /// Length of a word vector.
    pub dimension: i64,
    /// Dimensions of the latent space.
    pub latent: i64,
}

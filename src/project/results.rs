//! What the stages of the work yield and what a run keeps on disk: plain numbers without behaviour, so that every
//! room can pass them on and Python can read them.

use super::units::PairIndex;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// The terms of the loss of one epoch. Each is a mean squared error per element (the Kullback-Leibler term per
/// latent dimension), averaged over the batches; `total` weights them as the training did.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LossTerms {
    /// Of the pictures in [0, 1].
    pub image: f64,
    /// Of the word vectors.
    pub text: f64,
    /// Kullback-Leibler divergence from the standard normal distribution.
    pub kl: f64,
    /// image + lambda * text + beta * kl.
    pub total: f64,
}

/// One epoch of training.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LossPoint {
    /// From 1.
    pub epoch: u32,
    /// Means over the batches.
    #[serde(flatten)]
    pub mean: LossTerms,
    /// The same summed over the batches, the unit of the published figures.
    pub paper_scale: LossTerms,
    /// Means over the pairs that are not learned from, told from their means by the network at rest; none where all are
    /// learned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<LossTerms>,
    /// How long the epoch took.
    pub seconds: f64,
}

/// How well a trained network puts all pairs back from their latent means, at rest and without noise: the same measure
/// for every network, whatever its own loss counts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Scores {
    /// Mean squared error of the pictures in [0, 1], per element.
    pub image: f64,
    /// Of the captions as the network was trained to tell them; none where it learned pictures alone.
    pub text: Option<TextScores>,
    /// Of the captions with each word told from the words told before; as above.
    pub free: Option<TextScores>,
}

impl Scores {
    /// Whether all of them are numbers.
    #[must_use]
    pub fn are_finite(&self) -> bool {
        let texts = self.text.iter().chain(&self.free);
        self.image.is_finite() && texts.map(|text| text.error).all(f64::is_finite)
    }
}

/// How well captions are put back.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TextScores {
    /// Mean squared error of the word vectors, per element of real words.
    pub error: f64,
    /// The same with the padding behind short captions counted in, as the papers do; none where it was not learned.
    pub padded_error: Option<f64>,
    /// Share of the words whose vector is nearest to what was told, 0 to 1; of the words with a vector.
    pub words_right: f64,
}

/// The network as it was after an epoch of its training: what it made of the pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// After which epoch.
    pub epoch: u32,
    /// Where the encoder put each pair.
    pub latents: Latents,
    /// How some pairs were put back.
    pub reconstructions: Vec<Reconstruction>,
}

/// Latent means: where the trained encoder puts each pair. Row `i` belongs to pair `i`.
#[derive(Debug, Clone, PartialEq)]
pub struct Latents {
    /// n rows, one dimension a column.
    pub values: Array2<f32>,
}

/// A pair as the network tells it from its place in the latent space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reconstruction {
    /// After which epoch.
    pub epoch: u32,
    /// Which pair.
    pub pair: PairIndex,
    /// Rows of red, green and blue bytes, `height * width * 3` as in the dataset.
    #[serde(skip)]
    pub rgb: Vec<u8>,
    /// The told words: those of the vocabulary whose vectors are nearest to the told vectors.
    pub words: Vec<String>,
    /// The true words, one for each told word.
    #[serde(default)]
    pub said: Vec<String>,
}

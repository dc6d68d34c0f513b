//! The pairs as numbers, ready for a trainer.

use crate::project::Pair;

/// The words of a transcript with their vectors. Row `i` of `vectors` belongs to `words[i]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vocabulary {
    /// Distinct tokens, in order of first use.
    pub words: Vec<String>,
    /// `words.len() * dimension` values, a row a word. All zero where the word was not found.
    pub vectors: Vec<f32>,
    /// Length of a vector; 300 by default.
    pub dimension: usize,
    /// Whether the vectors held the word.
    pub found: Vec<bool>,
    /// What the vectors came from: file names, or the name of the built-in embedding.
    pub source: String,
}

impl Vocabulary {
    /// The vector of the word at `index`.
    #[must_use]
    pub fn vector(&self, index: usize) -> &[f32] {
        self.vectors
            .get(index * self.dimension..(index + 1) * self.dimension)
            .unwrap_or(&[])
    }

    /// Share of the distinct words that were found, 0 to 1. An empty vocabulary counts as wholly found.
    #[must_use]
    pub fn share_found(&self) -> f64 {
        if self.found.is_empty() {
            return 1.0;
        }
        self.found.iter().filter(|found| **found).count() as f64 / self.found.len() as f64
    }
}

/// The frame-caption pairs of one video in plain memory. Tensors are made by the trainer on its own device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dataset {
    /// One entry a row, in order of time.
    pub pairs: Vec<Pair>,
    /// Rows of a picture; 120 in the papers.
    pub height: usize,
    /// Columns of a picture; 200 in the papers.
    pub width: usize,
    /// `[n, 3, height, width]`, red, green and blue planes, 0 to 255.
    pub images: Vec<u8>,
    /// The words of each pair as places in the vocabulary, in order; empty where there is no caption.
    pub tokens: Vec<Vec<u32>>,
    /// The words and their vectors.
    pub vocabulary: Vocabulary,
}

impl Dataset {
    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The planes of one picture, `[3, height, width]`.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        let size = 3 * self.height * self.width;
        self.images.get(index * size..(index + 1) * size).unwrap_or(&[])
    }
}

//! The pairs as numbers, ready for a trainer.

use crate::captions::Vocabulary;
use crate::project::Pair;
use ndarray::{Array2, ArrayView1};

/// Fewest pairs that a network can be trained on.
pub const FEWEST_PAIRS: usize = 8;

/// The frame-caption pairs of one video, or of several studied together, in plain memory. Tensors are made by the trainer on its own device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dataset {
    /// One entry a row: those of the own video in order of time, then those of its companions.
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

    /// Words of the longest caption.
    #[must_use]
    pub fn longest_caption(&self) -> usize {
        self.tokens.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The words of a pair.
    #[must_use]
    pub fn words(&self, index: usize) -> Vec<String> {
        let words = self.tokens.get(index).into_iter().flatten();
        words
            .filter_map(|&token| self.vocabulary.words.get(token as usize).cloned())
            .collect()
    }

    /// The mean of the word vectors of each caption, `[n, dimension]`; zeros where there is none.
    #[must_use]
    pub fn mean_vectors(&self) -> Array2<f32> {
        let mut means = Array2::zeros((self.len(), self.vocabulary.dimension));
        for (words, mut mean) in self.tokens.iter().zip(means.rows_mut()) {
            for &word in words {
                let vector = ArrayView1::from(self.vocabulary.vector(word as usize));
                if vector.len() == mean.len() {
                    mean += &vector;
                }
            }
            mean /= words.len().max(1) as f32;
        }
        means
    }

    /// The planes of one picture, `[3, height, width]`.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        let size = 3 * self.height * self.width;
        self.images.get(index * size..(index + 1) * size).unwrap_or(&[])
    }
}

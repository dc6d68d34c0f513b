//! The caption's half of the networks.

use super::layers::{Dense, Lstm};
use super::sizes::NetworkSizes;
use tch::nn::Path;
use tch::{IndexOp, Tensor};

/// Captions to rows of features: the final hidden states of a bidirectional LSTM, every layer and both directions.
#[derive(Debug)]
pub struct TextEncoder {
    lstm: Lstm,
    /// Values in a row of features.
    pub features: i64,
}

impl TextEncoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, sizes: &NetworkSizes, dimension: i64) -> Self {
        let (hidden, layers) = (i64::from(sizes.hidden), i64::from(sizes.layers));
        Self {
            lstm: Lstm::new(vs, dimension, hidden, layers, true),
            features: 2 * layers * hidden,
        }
    }

    /// `[batch, words, dimension]` to `[batch, features]`. With `lengths` (the longest first) what lies behind a
    /// caption's end is not looked at; without, padding is read as words of zeros.
    pub fn forward(&self, words: &Tensor, lengths: Option<&Tensor>, train: bool) -> Tensor {
        let states = match lengths {
            Some(lengths) => self.lstm.final_states(words, lengths, train),
            None => {
                let batch = words.size().first().copied().unwrap_or(0);
                let [hidden, _] = self
                    .lstm
                    .forward(words, &self.lstm.zero_state(batch, words), train)
                    .1;
                hidden
            }
        };
        states.permute([1, 0, 2]).flatten(1, -1)
    }
}

/// Rows of features to captions: the row is the state h and c that a forward LSTM starts from.
#[derive(Debug)]
pub struct TextDecoder {
    lstm: Lstm,
    output: Dense,
    hidden: i64,
    layers: i64,
    /// Values in a row of features.
    pub features: i64,
}

impl TextDecoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, sizes: &NetworkSizes, dimension: i64) -> Self {
        let (hidden, layers) = (i64::from(sizes.hidden), i64::from(sizes.layers));
        Self {
            lstm: Lstm::new(&(vs / "lstm"), dimension, hidden, layers, false),
            output: Dense::new(&(vs / "output"), hidden, dimension),
            hidden,
            layers,
            features: 2 * layers * hidden,
        }
    }

    /// The features as h and c, each `[layers, batch, hidden]`.
    fn state(&self, features: &Tensor) -> [Tensor; 2] {
        let both = features
            .view([-1, 2, self.layers, self.hidden])
            .permute([1, 2, 0, 3])
            .contiguous();
        [both.i(0), both.i(1)]
    }

    /// Teacher forcing: each word is told from the true words before it. `[batch, features]` and the true words
    /// `[batch, words, dimension]` to words of the same shape. The true words go in one place later, behind a first
    /// word of zeros, so one call over the whole caption sees no future.
    pub fn forced(&self, features: &Tensor, words: &Tensor, train: bool) -> Tensor {
        let steps = words.size().get(1).copied().unwrap_or(0);
        let zeros = words.narrow(1, 0, 1).zeros_like();
        let shifted = Tensor::cat(&[zeros, words.narrow(1, 0, steps - 1)], 1);
        self.output
            .forward(&self.lstm.forward(&shifted, &self.state(features), train).0)
    }

    /// Each word is told from the words told before it. `[batch, features]` to `[batch, steps, dimension]`.
    pub fn free(&self, features: &Tensor, steps: i64, dimension: i64, train: bool) -> Tensor {
        let batch = features.size().first().copied().unwrap_or(0);
        let mut state = self.state(features);
        let mut word = Tensor::zeros([batch, 1, dimension], (features.kind(), features.device()));
        let mut words = Vec::new();
        for _ in 0..steps {
            let (output, next) = self.lstm.forward(&word, &state, train);
            word = self.output.forward(&output);
            words.push(word.shallow_clone());
            state = next;
        }
        Tensor::cat(&words, 1)
    }
}

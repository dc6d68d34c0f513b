//! Captions by recurrent layers.

use super::shifted;
use crate::model::design::Cell;
use crate::model::layers::{Dense, Recurrent};
use tch::nn::Path;
use tch::{IndexOp, Tensor};

/// Captions to rows of features: the final hidden states of bidirectional layers, every layer and both directions.
#[derive(Debug)]
pub struct RecurrentEncoder {
    layers: Recurrent,
    /// Values in a row of features.
    pub features: i64,
}

impl RecurrentEncoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, cell: Cell, [dimension, hidden, layers]: [i64; 3]) -> Self {
        Self {
            layers: Recurrent::new(vs, cell, [dimension, hidden, layers], true),
            features: 2 * layers * hidden,
        }
    }

    /// `[batch, words, dimension]` to `[batch, features]`. With `lengths` (the longest first) what lies behind a
    /// caption's end is not looked at; without, padding is read as words of zeros.
    pub fn forward(&self, words: &Tensor, lengths: Option<&Tensor>, train: bool) -> Tensor {
        let states = match lengths {
            Some(lengths) => self.layers.final_states(words, lengths, train),
            None => {
                let batch = words.size().first().copied().unwrap_or(0);
                let state = self.layers.zero_state(batch, words);
                self.layers.forward(words, &state, train).1.i(0)
            }
        };
        states.permute([1, 0, 2]).flatten(1, -1)
    }
}

/// Rows of features to captions: the row is the state that forward layers start from, h and for long short-term memory c.
#[derive(Debug)]
pub struct RecurrentDecoder {
    recurrent: Recurrent,
    reminder: Option<Dense>,
    output: Dense,
    states: i64,
    hidden: i64,
    layers: i64,
    dimension: i64,
    /// Values in a row of features.
    pub features: i64,
}

impl RecurrentDecoder {
    /// For word vectors of length `dimension`; a decoder that is reminded is given its features with every word.
    #[must_use]
    pub fn new(vs: &Path, cell: Cell, [dimension, hidden, layers]: [i64; 3], reminded: bool) -> Self {
        let features = cell.states() * layers * hidden;
        Self {
            reminder: reminded.then(|| Dense::new(&(vs / "reminder"), features, dimension)),
            recurrent: Recurrent::new(&(vs / "recurrent"), cell, [dimension, hidden, layers], false),
            output: Dense::new(&(vs / "output"), hidden, dimension),
            states: cell.states(),
            hidden,
            layers,
            dimension,
            features,
        }
    }

    /// The features as states, `[states, layers, batch, hidden]`.
    fn state(&self, features: &Tensor) -> Tensor {
        features
            .view([-1, self.states, self.layers, self.hidden])
            .permute([1, 2, 0, 3])
            .contiguous()
    }

    /// What is added to every word that the layers are fed, `[batch, 1, dimension]`.
    fn reminder(&self, features: &Tensor) -> Option<Tensor> {
        self.reminder
            .as_ref()
            .map(|dense| dense.forward(features).unsqueeze(1))
    }

    /// Teacher forcing: each word is told from the true words before it, all in one call.
    pub fn forced(&self, features: &Tensor, words: &Tensor, train: bool) -> Tensor {
        let state = self.state(features);
        let mut fed = shifted(words);
        if let Some(reminder) = self.reminder(features) {
            fed += reminder;
        }
        self.output
            .forward(&self.recurrent.forward(&fed, &state, train).0)
    }

    /// Each word is told from the words told before it. `[batch, features]` to `[batch, steps, dimension]`.
    pub fn free(&self, features: &Tensor, steps: i64, train: bool) -> Tensor {
        let batch = features.size().first().copied().unwrap_or(0);
        let mut state = self.state(features);
        let mut word = Tensor::zeros([batch, 1, self.dimension], (features.kind(), features.device()));
        let reminder = self.reminder(features);
        let mut words = Vec::new();
        for _ in 0..steps {
            let fed = match &reminder {
                Some(reminder) => &word + reminder,
                None => word,
            };
            let (output, next) = self.recurrent.forward(&fed, &state, train);
            word = self.output.forward(&output);
            words.push(word.shallow_clone());
            state = next;
        }
        Tensor::cat(&words, 1)
    }
}

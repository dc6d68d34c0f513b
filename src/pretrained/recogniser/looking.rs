//! What a model makes of sound on the way to words, to be looked at and compared.

use super::Recogniser;
use super::spectrogram::RATE;
use super::vocabulary::STAMP;
use super::writing::{self, Task};
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::project::Seconds;
use ndarray::Array2;

impl Recogniser {
    /// The log-mel spectrogram of the first window of samples, followed by silence: a row for each 10 ms, a column for each
    /// band.
    #[must_use]
    pub fn spectrogram(&self, samples: &[f32]) -> Array2<f32> {
        self.spectrogram.of(samples, self.network.spectra())
    }

    /// What the encoder makes of the first window of samples: a row for each 20 ms.
    ///
    /// # Errors
    /// When cancelled.
    pub fn encoded(&self, samples: &[f32], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        self.network.hear(&self.spectrogram(samples), watch)
    }

    /// How likely each token is after each of these in the first window of samples, as logits: a row for each token.
    ///
    /// # Errors
    /// When a token is unknown or there are too many, and when cancelled.
    pub fn logits(
        &self,
        samples: &[f32],
        tokens: &[u32],
        watch: &Watch,
    ) -> Result<Array2<f32>, PretrainedError> {
        let mut writer = self.hear(samples, watch)?;
        writer.begin(tokens.len());
        let rows = writer.read(tokens, watch)?;
        writer.rate(&rows)
    }

    /// The tokens of the first window of samples, the likeliest always, with or without timestamps.
    ///
    /// # Errors
    /// As [`recognise`](Self::recognise).
    pub fn tokens(
        &self,
        samples: &[f32],
        language: &str,
        stamps: bool,
        watch: &Watch,
    ) -> Result<Vec<u32>, PretrainedError> {
        let mut writer = self.hear(samples, watch)?;
        let task = Task {
            beginning: &self.vocabulary.beginning(language)?,
            stamps,
            seed: 0,
        };
        let written = writing::write_at(&mut *writer, &self.vocabulary, task, 0.0, watch)?;
        Ok(written.tokens)
    }

    /// When each of these tokens of text begins in the first window of samples, in seconds, and when the last one ends.
    ///
    /// # Errors
    /// As [`recognise`](Self::recognise).
    pub fn token_times(
        &self,
        samples: &[f32],
        language: &str,
        tokens: &[u32],
        watch: &Watch,
    ) -> Result<Vec<Seconds>, PretrainedError> {
        let mut writer = self.hear(samples, watch)?;
        let opening = self.vocabulary.beginning(language)?;
        let length = samples.len() as f64 / RATE as f64;
        let (starts, _) = self.starts(&mut *writer, &opening, tokens, length, watch)?;
        let time = |start: usize| Seconds(start as f64 * STAMP);
        Ok(starts.into_iter().map(time).collect())
    }
}

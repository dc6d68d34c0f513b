//! Whisper's two halves, wherever they compute.

use super::decoder::{Decoder, Head, Heard, State};
use super::encoder::Encoder;
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use ndarray::Array2;

/// An ear and a hand.
pub(super) trait Network: Send {
    /// Spectra that are heard at once.
    fn spectra(&self) -> usize;

    /// The most tokens that can be overlooked.
    fn most(&self) -> usize;

    /// What is heard in as many spectra as [`spectra`](Self::spectra) says: a row for two of them.
    ///
    /// # Errors
    /// When cancelled, and when a card cannot compute it.
    fn hear(&self, spectra: &Array2<f32>, watch: &Watch) -> Result<Array2<f32>, PretrainedError>;

    /// What writes down what was heard.
    ///
    /// # Errors
    /// As [`hear`](Self::hear).
    fn listen<'a>(
        &'a self,
        heard: &Array2<f32>,
        watch: &Watch,
    ) -> Result<Box<dyn Writer + 'a>, PretrainedError>;
}

/// What reads and rates the tokens of one window.
pub(super) trait Writer {
    /// The most tokens that can be overlooked.
    fn most(&self) -> usize;

    /// Forgets all tokens, before the first of at most so many.
    fn begin(&mut self, most: usize);

    /// Reads the next tokens, and gives a row for each of them, and how much each of them listens to each of the first `among`
    /// rows of what was heard, for each of these heads.
    ///
    /// # Errors
    /// When a token is unknown or there are too many, when cancelled, and when a card cannot compute it.
    fn read_listening(
        &mut self,
        tokens: &[u32],
        among: usize,
        heads: &[Head],
        watch: &Watch,
    ) -> Result<(Array2<f32>, Vec<Array2<f32>>), PretrainedError>;

    /// How likely each token of the vocabulary is next, as logits: a row for each row.
    ///
    /// # Errors
    /// When a card cannot compute it.
    fn rate(&self, rows: &Array2<f32>) -> Result<Array2<f32>, PretrainedError>;
}

impl dyn Writer + '_ {
    /// Reads the next tokens, and gives a row for each of them.
    ///
    /// # Errors
    /// As [`read_listening`](Writer::read_listening).
    pub fn read(&mut self, tokens: &[u32], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        self.read_listening(tokens, 0, &[], watch).map(|(rows, _)| rows)
    }
}

/// On the processor.
pub(super) struct Processor {
    pub encoder: Encoder,
    pub decoder: Decoder,
}

impl Network for Processor {
    fn spectra(&self) -> usize {
        self.encoder.spectra()
    }

    fn most(&self) -> usize {
        self.decoder.most()
    }

    fn hear(&self, spectra: &Array2<f32>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        self.encoder.hear(spectra, watch)
    }

    fn listen<'a>(
        &'a self,
        heard: &Array2<f32>,
        watch: &Watch,
    ) -> Result<Box<dyn Writer + 'a>, PretrainedError> {
        Ok(Box::new(ProcessorWriter {
            decoder: &self.decoder,
            heard: self.decoder.listen(heard, watch)?,
            state: self.decoder.begin(0),
        }))
    }
}

struct ProcessorWriter<'a> {
    decoder: &'a Decoder,
    heard: Heard,
    state: State,
}

impl Writer for ProcessorWriter<'_> {
    fn most(&self) -> usize {
        self.decoder.most()
    }

    fn begin(&mut self, most: usize) {
        self.state = self.decoder.begin(most);
    }

    fn read_listening(
        &mut self,
        tokens: &[u32],
        among: usize,
        heads: &[Head],
        watch: &Watch,
    ) -> Result<(Array2<f32>, Vec<Array2<f32>>), PretrainedError> {
        self.decoder
            .read(&self.heard, &mut self.state, tokens, (among, heads), watch)
    }

    fn rate(&self, rows: &Array2<f32>) -> Result<Array2<f32>, PretrainedError> {
        Ok(self.decoder.rate(rows))
    }
}

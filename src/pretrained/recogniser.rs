//! Speech in words: Whisper (Radford et al. 2022), an encoder of sound and a decoder that writes what it hears.

mod card;
mod decoder;
mod encoder;
mod loading;
mod looking;
mod network;
mod rules;
mod segment;
mod spectrogram;
mod stretches;
mod timing;
mod vocabulary;
mod warping;
mod words;
mod writing;

use super::PretrainedError;
use super::memory::Room;
use crate::jobs::Watch;
use crate::project::{Seconds, Span};
use decoder::Head;
use network::{Network, Writer};
pub use segment::{Recognised, Recognising, Segment, Word};
use spectrogram::{HOP, RATE, Spectrogram};
use stretches::stretches;
use vocabulary::Vocabulary;
use writing::{SHARE, Task};

/// Sound shorter than this at the end of what was written down is not worth another look, in seconds.
const REST: f64 = 0.4;

/// A model that writes down speech.
pub struct Recogniser {
    spectrogram: Spectrogram,
    network: Box<dyn Network>,
    vocabulary: Vocabulary,
    /// The heads that listen to the word being written.
    heads: Vec<Head>,
    _room: Option<Room>,
}

impl Recogniser {
    /// Samples a second of the sound that is listened to.
    pub const RATE: u32 = RATE as u32;
    /// The most seconds that are listened to at once; more is taken in several windows.
    pub const WINDOW: Seconds = Seconds(30.0);

    /// The languages that the model knows, by their codes; none for one of English alone.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.vocabulary.languages.keys().map(String::as_str)
    }

    /// Writes down the speech in samples (16,000 a second, one channel) that begin at `start`. Each segment is handed over when
    /// it is there; their times count as `start` does, go forwards, and are within the samples. Longer sound than
    /// [`WINDOW`](Self::WINDOW) is better cut at pauses before.
    ///
    /// # Errors
    /// When the language is unknown to the model, and when cancelled.
    pub fn recognise(
        &self,
        samples: &[f32],
        start: Seconds,
        settings: &Recognising,
        on_segment: &mut dyn FnMut(Segment),
        watch: &Watch,
    ) -> Result<Recognised, PretrainedError> {
        let before = settings.prompt.as_deref().unwrap_or_default();
        let before = self.vocabulary.before(before, self.network.most() / SHARE - 1)?;
        let mut found = Recognised::default();
        let mut rest = samples;
        let (mut from, mut told) = (start.0, start.0);
        while rest.len() as f64 >= REST * RATE as f64 || (from == start.0 && !rest.is_empty()) {
            let most = self.network.spectra() * HOP;
            let window = rest.get(..most.min(rest.len())).unwrap_or_default();
            let length = window.len() as f64 / RATE as f64;
            let mut writer = self.hear(window, watch)?;
            if found.languages.is_empty() {
                found.languages = self.likely_languages(&mut *writer, watch)?;
            }
            let likeliest = || found.languages.first().map(|(code, _)| code.clone());
            let language = settings.language.clone().or_else(likeliest);
            let language = language.unwrap_or_else(|| "en".to_owned());
            let mut beginning = before.clone();
            let opening = self.vocabulary.beginning(&language)?;
            beginning.extend(&opening);
            let task = Task {
                beginning: &beginning,
                stamps: true,
                seed: settings.seed,
            };
            let written = writing::write(&mut *writer, &self.vocabulary, task, watch)?;
            let mut reached = length;
            if !written.is_silence() {
                let (parts, until) = stretches(&self.vocabulary, &written.tokens, length);
                reached = until;
                let text: Vec<u32> = parts.iter().flat_map(|part| &part.tokens).copied().collect();
                let mut words = self
                    .timed_words(&mut *writer, &opening, &text, length, watch)?
                    .into_iter()
                    .peekable();
                let mut behind = 0;
                for part in parts {
                    behind += part.tokens.len();
                    let own: Vec<_> =
                        std::iter::from_fn(|| words.next_if(|word| word.last <= behind)).collect();
                    let text = self.vocabulary.text(&part.tokens).trim().to_owned();
                    if text.is_empty() {
                        continue;
                    }
                    let span = place(&part, &own, length);
                    let begun = (from + span.start.0).max(told);
                    let span = Span::new(begun, (from + span.end.0).max(begun));
                    told = span.end.0;
                    on_segment(Segment {
                        words: placed(own, span, from),
                        span,
                        text,
                        language: language.clone(),
                        looping: written.is_looping(),
                        unsure: written.is_unsure(),
                    });
                }
            }
            let gone = (reached * RATE as f64).round() as usize;
            rest = rest.get(gone.max(HOP)..).unwrap_or_default();
            from += reached;
        }
        Ok(found)
    }

    /// Which languages may be spoken in the first window of samples, the likeliest first.
    ///
    /// # Errors
    /// When cancelled.
    pub fn detect_language(
        &self,
        samples: &[f32],
        watch: &Watch,
    ) -> Result<Vec<(String, f64)>, PretrainedError> {
        let mut writer = self.hear(samples, watch)?;
        self.likely_languages(&mut *writer, watch)
    }

    fn hear(&self, samples: &[f32], watch: &Watch) -> Result<Box<dyn Writer + '_>, PretrainedError> {
        self.network.listen(&self.encoded(samples, watch)?, watch)
    }

    fn likely_languages(
        &self,
        writer: &mut dyn Writer,
        watch: &Watch,
    ) -> Result<Vec<(String, f64)>, PretrainedError> {
        let languages = &self.vocabulary.languages;
        if languages.is_empty() {
            return Ok(Vec::new());
        }
        writer.begin(1);
        let rows = writer.read(&[self.vocabulary.start], watch)?;
        let logits = writer.rate(&rows)?;
        let of = |id: &u32| {
            logits
                .iter()
                .nth(*id as usize)
                .copied()
                .unwrap_or(f32::NEG_INFINITY)
        };
        let greatest = languages.values().map(of).fold(f32::NEG_INFINITY, f32::max);
        let weight = |id: &u32| f64::from(of(id) - greatest).exp();
        let sum: f64 = languages.values().map(weight).sum();
        let mut likely: Vec<(String, f64)> = languages
            .iter()
            .map(|(code, id)| (code.clone(), weight(id) / sum))
            .collect();
        likely.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(likely)
    }
}

/// Where a stretch lies, in seconds of the window: where its words do, as long as its timestamps do not contradict them.
fn place(part: &stretches::Stretch, words: &[words::Timed], length: f64) -> Span {
    const NEAR: f64 = 0.5;
    let near =
        |stamp: f64, word: Option<f64>| word.filter(|time| (time - stamp).abs() <= NEAR).unwrap_or(stamp);
    let start = near(part.start, words.first().map(|word| word.start));
    let end = near(part.end, words.last().map(|word| word.end));
    let start = start.clamp(0.0, length);
    Span::new(start, end.clamp(start, length))
}

/// The words of a window that begins at `from`, within the span of their stretch.
fn placed(words: Vec<words::Timed>, span: Span, from: f64) -> Vec<Word> {
    let within = |time: f64| (from + time).clamp(span.start.0, span.end.0);
    let word = |word: words::Timed| Word {
        span: Span::new(within(word.start), within(word.end)),
        text: word.text,
        probability: word.probability,
    };
    words.into_iter().map(word).collect()
}

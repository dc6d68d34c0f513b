//! Speech in words: Whisper (Radford et al. 2022), an encoder of sound and a decoder that writes what it hears.
//!
//! It computes on the processor alone.

mod decoder;
mod encoder;
mod rules;
mod spectrogram;
mod stretches;
mod vocabulary;
mod warping;
mod words;
mod writing;

use super::arithmetic::Activation;
use super::transformer::{LayerPlan, NormPlace};
use super::weights::Weights;
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use crate::project::{Seconds, Span};
use decoder::{Decoder, Head, Heard};
use encoder::Encoder;
use ndarray::{Array2, s};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spectrogram::{HOP, RATE, Spectrogram};
use std::path::Path;
use stretches::stretches;
use vocabulary::Vocabulary;
use writing::{SHARE, Task};

/// Sound shorter than this at the end of what was written down is not worth another look, in seconds.
const REST: f64 = 0.4;

/// How speech is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recognising {
    /// Two-letter code of the language that is spoken; found out where not given.
    pub language: Option<String>,
    /// A text that goes before: names and spellings that are to be kept to, or a sentence in simplified characters.
    pub prompt: Option<String>,
    /// Decides what is drawn where the likeliest words go in circles: the same seed gives the same text.
    pub seed: u64,
}

/// A word that was heard; of Chinese and Japanese a character.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As written, with the marks that follow it.
    pub text: String,
    /// When it is said.
    pub span: Span,
    /// How likely the model holds it, from 0 to 1.
    pub probability: f64,
}

/// A stretch of speech, about a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// When it is said.
    pub span: Span,
    /// What is said, as the model writes it.
    pub text: String,
    /// Its words in order of time, all within the span.
    pub words: Vec<Word>,
    /// Two-letter code of the language it was heard in.
    pub language: String,
    /// Whether it says the same again and again, as models do that have lost their thread.
    pub looping: bool,
    /// Whether it is a guess: the model held its words unlikely.
    pub unsure: bool,
}

/// What a model found out about sound besides its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recognised {
    /// The languages that may be spoken, by their codes, with their probabilities: the likeliest first, all together 1. Empty
    /// for a model of English alone, and where there was no sound.
    pub languages: Vec<(String, f64)>,
}

/// A model that writes down speech.
pub struct Recogniser {
    spectrogram: Spectrogram,
    encoder: Encoder,
    decoder: Decoder,
    vocabulary: Vocabulary,
    /// The heads that listen to the word being written.
    heads: Vec<Head>,
}

impl Recogniser {
    /// Samples a second of the sound that is listened to.
    pub const RATE: u32 = RATE as u32;
    /// The most seconds that are listened to at once; more is taken in several windows.
    pub const WINDOW: Seconds = Seconds(30.0);

    /// Loads the model of a folder: `config.json`, `model.safetensors` or `pytorch_model.bin`, `tokenizer.json`, and
    /// `generation_config.json` where there is one. All widths are those of the weights.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when there is too little memory, or when cancelled.
    pub fn open(folder: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let config = tokens::json(&folder.join("config.json"))?.ok_or_else(|| {
            PretrainedError::unusable(
                folder,
                "there is no config.json in this folder, which says what the model is",
            )
        })?;
        let unusable = |reason: String| PretrainedError::unusable(&folder.join("config.json"), reason);
        let number = |name: &str| {
            let number = config.get(name).and_then(Value::as_u64);
            number.ok_or_else(|| unusable(format!("{name} is missing: this is no Whisper model")))
        };
        let activation = config
            .get("activation_function")
            .and_then(Value::as_str)
            .unwrap_or("gelu");
        let activation = Activation::by_name(activation).ok_or_else(|| {
            unusable(format!(
                "{activation} is none of the activations gelu, relu and silu"
            ))
        })?;
        let plan = |heads: u64| LayerPlan {
            heads: heads as usize,
            activation,
            epsilon: 1e-5,
            norm_place: NormPlace::Before,
        };
        let generation = tokens::json(&folder.join("generation_config.json"))?.unwrap_or_default();
        let vocabulary = Vocabulary::load(folder, &generation)?;
        let weights = Weights::open(folder)?;
        let model = weights.root(watch).at("model");
        let encoder = Encoder::load(&model.at("encoder"), plan(number("encoder_attention_heads")?))?;
        let heads = number("decoder_attention_heads")?;
        let decoder = Decoder::load(&model.at("decoder"), plan(heads))?;
        if vocabulary.greatest() >= decoder.tokens() {
            let reason = format!(
                "its tokenizer has tokens up to {} and the model only {}: they are of different models",
                vocabulary.greatest(),
                decoder.tokens()
            );
            return Err(PretrainedError::unusable(folder, reason));
        }
        let named = generation.get("alignment_heads").cloned();
        let named: Option<Vec<Head>> = named.and_then(|heads| serde_json::from_value(heads).ok());
        let all = || {
            let layers = decoder.layers() / 2..decoder.layers();
            let of_layer = |layer| (0..heads as usize).map(move |head| [layer, head]);
            layers.flat_map(of_layer).collect()
        };
        Ok(Self {
            spectrogram: Spectrogram::new(encoder.bands()),
            heads: named.filter(|heads| !heads.is_empty()).unwrap_or_else(all),
            encoder,
            decoder,
            vocabulary,
        })
    }

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
        let before = self.vocabulary.before(before, self.decoder.most() / SHARE - 1)?;
        let mut found = Recognised::default();
        let mut rest = samples;
        let (mut from, mut told) = (start.0, start.0);
        while rest.len() as f64 >= REST * RATE as f64 || (from == start.0 && !rest.is_empty()) {
            let most = self.encoder.spectra() * HOP;
            let window = rest.get(..most.min(rest.len())).unwrap_or_default();
            let length = window.len() as f64 / RATE as f64;
            let heard = self.hear(window, watch)?;
            if found.languages.is_empty() {
                found.languages = self.likely_languages(&heard, watch)?;
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
            let written = writing::write(&self.decoder, &self.vocabulary, &heard, task, watch)?;
            let mut reached = length;
            if !written.is_silence() {
                let (parts, until) = stretches(&self.vocabulary, &written.tokens, length);
                reached = until;
                let text: Vec<u32> = parts.iter().flat_map(|part| &part.tokens).copied().collect();
                let mut words = self
                    .timed_words(&heard, &opening, &text, length, watch)?
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
        let heard = self.hear(samples, watch)?;
        self.likely_languages(&heard, watch)
    }

    /// The log-mel spectrogram of the first window of samples, followed by silence: a row for each 10 ms, a column for each
    /// band.
    #[must_use]
    pub fn spectrogram(&self, samples: &[f32]) -> Array2<f32> {
        self.spectrogram.of(samples, self.encoder.spectra())
    }

    /// What the encoder makes of the first window of samples: a row for each 20 ms.
    ///
    /// # Errors
    /// When cancelled.
    pub fn encoded(&self, samples: &[f32], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        self.encoder.hear(&self.spectrogram(samples), watch)
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
        let heard = self.hear(samples, watch)?;
        let mut state = self.decoder.begin(tokens.len());
        let rows = self.decoder.read(&heard, &mut state, tokens, watch)?;
        Ok(self.decoder.rate(&rows))
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
        let heard = self.hear(samples, watch)?;
        let task = Task {
            beginning: &self.vocabulary.beginning(language)?,
            stamps,
            seed: 0,
        };
        let written = writing::write_at(&self.decoder, &self.vocabulary, &heard, task, 0.0, watch)?;
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
        let heard = self.hear(samples, watch)?;
        let opening = self.vocabulary.beginning(language)?;
        let length = samples.len() as f64 / RATE as f64;
        let (starts, _) = self.starts(&heard, &opening, tokens, length, watch)?;
        let time = |start: usize| Seconds(start as f64 * vocabulary::STAMP);
        Ok(starts.into_iter().map(time).collect())
    }

    fn hear(&self, samples: &[f32], watch: &Watch) -> Result<Heard, PretrainedError> {
        self.decoder.listen(&self.encoded(samples, watch)?, watch)
    }

    fn likely_languages(&self, heard: &Heard, watch: &Watch) -> Result<Vec<(String, f64)>, PretrainedError> {
        let languages = &self.vocabulary.languages;
        if languages.is_empty() {
            return Ok(Vec::new());
        }
        let mut state = self.decoder.begin(1);
        let rows = self
            .decoder
            .read(heard, &mut state, &[self.vocabulary.start], watch)?;
        let logits = self.decoder.rate(&rows);
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

    /// The words of a text with their times.
    fn timed_words(
        &self,
        heard: &Heard,
        opening: &[u32],
        text: &[u32],
        length: f64,
        watch: &Watch,
    ) -> Result<Vec<words::Timed>, PretrainedError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let (starts, probabilities) = self.starts(heard, opening, text, length, watch)?;
        let words = words::words(&self.vocabulary, text);
        Ok(words::timed(words, &starts, &probabilities, length))
    }

    /// The 20 ms in which each token of a text begins and the last one ends, and the tokens' probabilities: the text is read
    /// once more as a whole, and it is looked at what each token listens to.
    fn starts(
        &self,
        heard: &Heard,
        opening: &[u32],
        text: &[u32],
        length: f64,
        watch: &Watch,
    ) -> Result<(Vec<usize>, Vec<f64>), PretrainedError> {
        let mut tokens = opening.to_vec();
        tokens.push(self.vocabulary.no_stamps);
        tokens.extend(text);
        tokens.push(self.vocabulary.end);
        let among = ((length / vocabulary::STAMP).ceil() as usize).max(1);
        let (rows, looks) = self
            .decoder
            .read_listening(heard, &tokens, (among, &self.heads), watch)?;
        // What each row looks at is said by the token after it.
        let said = opening.len()..tokens.len() - 1;
        let looks = looks
            .iter()
            .map(|look| look.slice(s![said.clone(), ..]).to_owned())
            .collect();
        let rows = rows.slice(s![said, ..]).to_owned();
        let logits = self.decoder.rate(&rows);
        let probabilities = logits
            .rows()
            .into_iter()
            .zip(text)
            .map(|(row, token)| {
                let of_text = row.iter().copied().take(self.vocabulary.end as usize);
                writing::probability(of_text, *token)
            })
            .collect();
        Ok((warping::first_columns(looks), probabilities))
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

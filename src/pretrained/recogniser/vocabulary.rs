//! Whisper's tokens: what they say, and the commands among them.

use crate::pretrained::{PretrainedError, tokens};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use tokenizers::Tokenizer;

/// Seconds from one timestamp to the next.
pub(super) const STAMP: f64 = 0.02;
/// The latest timestamp at which a text may begin, where the model does not say: 1 s.
const LATEST_FIRST: usize = 50;

/// The tokens of a model.
pub(super) struct Vocabulary {
    tokenizer: Tokenizer,
    /// Begins a transcript.
    pub start: u32,
    /// Ends it. All tokens of text are before it, all other commands after.
    pub end: u32,
    /// Says to write down what is said, and not to translate it; only a model of several languages has it.
    transcribe: Option<u32>,
    /// Says that what comes next is what was written before.
    before: Option<u32>,
    /// Says that the text has no timestamps.
    pub no_stamps: u32,
    /// Says that nobody speaks.
    pub no_speech: u32,
    /// The languages by their codes; none for a model of English alone.
    pub languages: BTreeMap<String, u32>,
    /// What is never written.
    pub suppressed: Vec<u32>,
    /// What is not written first.
    pub suppressed_first: Vec<u32>,
    /// The latest timestamp that may come first, counted from 0.
    pub latest_first: usize,
}

impl Vocabulary {
    /// Reads `tokenizer.json` and, where there is one, `generation_config.json`.
    ///
    /// # Errors
    /// When a file cannot be read, or a command that every Whisper has is not in the vocabulary.
    pub fn load(folder: &Path, generation: &Value) -> Result<Self, PretrainedError> {
        let tokenizer = tokens::of_folder(folder)?;
        let id = |name: &str| tokenizer.token_to_id(&format!("<|{name}|>"));
        let needed = |name: &str| {
            id(name).ok_or_else(|| {
                let reason = format!("its tokenizer has no <|{name}|>: this is no Whisper model");
                PretrainedError::unusable(folder, reason)
            })
        };
        let number = |name: &str| generation.get(name).and_then(Value::as_u64);
        let list = |name: &str| {
            let list = generation.get(name).and_then(Value::as_array);
            let ids = list.into_iter().flatten().filter_map(Value::as_u64);
            ids.filter_map(|id| u32::try_from(id).ok()).collect()
        };
        let start = needed("startoftranscript")?;
        let no_stamps = number("no_timestamps_token_id").and_then(|id| u32::try_from(id).ok());
        let no_stamps = no_stamps.or_else(|| id("notimestamps"));
        let no_stamps = no_stamps.map_or_else(|| needed("notimestamps"), Ok)?;
        let mut languages: BTreeMap<String, u32> = BTreeMap::new();
        if let Some(known) = generation.get("lang_to_id").and_then(Value::as_object) {
            for (token, id) in known {
                let code = token.trim_start_matches("<|").trim_end_matches("|>");
                let id = id.as_u64().and_then(|id| u32::try_from(id).ok());
                languages.extend(id.map(|id| (code.to_owned(), id)));
            }
        } else if let Some(translate) = id("translate").filter(|_| id("zh").is_some()) {
            // They lie between the start and the first task.
            for id in start + 1..translate {
                let code = tokenizer.id_to_token(id);
                let code = code
                    .as_deref()
                    .and_then(|token| token.strip_prefix("<|")?.strip_suffix("|>"));
                languages.extend(code.map(|code| (code.to_owned(), id)));
            }
        }
        Ok(Self {
            start,
            end: needed("endoftext")?,
            transcribe: id("transcribe").filter(|_| !languages.is_empty()),
            before: id("startofprev"),
            no_stamps,
            no_speech: id("nospeech")
                .or_else(|| id("nocaptions"))
                .unwrap_or(no_stamps - 1),
            suppressed: list("suppress_tokens"),
            suppressed_first: list("begin_suppress_tokens"),
            latest_first: number("max_initial_timestamp_index").map_or(LATEST_FIRST, |index| index as usize),
            languages,
            tokenizer,
        })
    }

    /// The greatest number of a token.
    pub fn greatest(&self) -> usize {
        self.tokenizer.get_vocab_size(true).saturating_sub(1)
    }

    /// What a transcript in this language begins with: the start, the language and the task.
    ///
    /// # Errors
    /// When the model does not know the language.
    pub fn beginning(&self, language: &str) -> Result<Vec<u32>, PretrainedError> {
        let mut tokens = vec![self.start];
        match self.languages.get(language) {
            Some(id) => tokens.push(*id),
            None if self.languages.is_empty() && language == "en" => {}
            None => {
                return Err(PretrainedError::Input(format!(
                    "this model does not know the language “{language}”: choose another language or another model"
                )));
            }
        }
        tokens.extend(self.transcribe);
        Ok(tokens)
    }

    /// A text as what was written before: names and spellings to be kept to. Of a long one only the last `most` tokens.
    ///
    /// # Errors
    /// When the text cannot be read as tokens.
    pub fn before(&self, text: &str, most: usize) -> Result<Vec<u32>, PretrainedError> {
        let text = text.trim();
        let (Some(before), false) = (self.before, text.is_empty()) else {
            return Ok(Vec::new());
        };
        let encoding = self
            .tokenizer
            .encode(format!(" {text}"), false)
            .map_err(|error| PretrainedError::Input(format!("the prompt cannot be read: {error}")))?;
        let tokens = encoding.get_ids();
        let last = tokens
            .get(tokens.len().saturating_sub(most)..)
            .unwrap_or_default();
        let last = last.iter().copied().filter(|token| *token < self.end);
        Ok(std::iter::once(before).chain(last).collect())
    }

    /// The time of a timestamp, in its number of [`STAMP`]s; none for another token.
    pub fn stamp(&self, token: u32) -> Option<u32> {
        token.checked_sub(self.no_stamps + 1)
    }

    /// What tokens say; commands and timestamps say nothing.
    pub fn text(&self, tokens: &[u32]) -> String {
        let said: Vec<u32> = tokens.iter().copied().filter(|token| *token < self.end).collect();
        self.tokenizer.decode(&said, true).unwrap_or_default()
    }
}

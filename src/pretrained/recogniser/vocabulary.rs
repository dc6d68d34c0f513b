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

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// Bytes as a tokenizer of bytes spells those that are no plain letters.
    const PIECES: [&str; 9] = [
        "\u{120}so",
        "\u{120}it",
        ".",
        "\u{120}\"",
        "is",
        "ä",
        "¸",
        "Ń",
        "çĸ«",
    ];

    /// A vocabulary of a few pieces (0 to 8), the end (9), the start, three languages, the tasks and the other commands, and
    /// 1,501 timestamps from the one given on.
    pub fn vocabulary(generation: &str) -> (Vocabulary, u32) {
        let commands = [
            "endoftext",
            "startoftranscript",
            "en",
            "zh",
            "de",
            "translate",
            "transcribe",
            "startofprev",
            "nospeech",
            "notimestamps",
        ];
        let pieces = PIECES
            .iter()
            .enumerate()
            .map(|(id, piece)| (piece.to_string(), id.into()));
        let first = PIECES.len();
        let added = commands.iter().enumerate().map(|(id, command)| {
            serde_json::json!({
                "id": first + id, "content": format!("<|{command}|>"), "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            })
        });
        let json = serde_json::json!({
            "version": "1.0", "added_tokens": added.collect::<Vec<_>>(), "normalizer": null, "pre_tokenizer": null,
            "post_processor": null,
            "decoder": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false },
            "model": {
                "type": "WordLevel", "vocab": pieces.collect::<serde_json::Map<_, _>>(), "unk_token": ".",
            },
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokenizer.json"), json.to_string()).unwrap();
        let generation = serde_json::from_str(generation).unwrap();
        let vocabulary = Vocabulary::load(folder.path(), &generation).unwrap();
        let stamps = vocabulary.no_stamps + 1;
        (vocabulary, stamps)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::vocabulary;

    #[test]
    fn commands_are_found_with_and_without_a_configuration() {
        let (plain, stamps) = vocabulary("{}");
        assert_eq!(plain.languages.keys().collect::<Vec<_>>(), ["de", "en", "zh"]);
        assert_eq!(plain.beginning("zh").unwrap(), [10, 12, 15]);
        assert!(plain.beginning("fr").unwrap_err().to_string().contains("“fr”"));
        assert_eq!(
            (plain.end, plain.no_speech, stamps, plain.latest_first),
            (9, 17, 19, 50)
        );
        assert_eq!(
            (plain.stamp(18), plain.stamp(19), plain.stamp(69)),
            (None, Some(0), Some(50))
        );
        assert!(plain.suppressed.is_empty());
        let told = r#"{"suppress_tokens": null, "begin_suppress_tokens": [3], "lang_to_id": {"<|en|>": 11}, "max_initial_timestamp_index": 2}"#;
        let (told, _) = vocabulary(told);
        assert_eq!(
            (
                told.suppressed.len(),
                told.suppressed_first.as_slice(),
                told.latest_first
            ),
            (0, &[3][..], 2)
        );
        assert!(told.beginning("zh").is_err() && told.languages.len() == 1);
        assert_eq!(told.text(&[0, 1, 9, 20]), " so it");
    }

    #[test]
    fn what_was_written_before_keeps_its_end() {
        let (vocabulary, _) = vocabulary("{}");
        assert!(vocabulary.before("  ", 5).unwrap().is_empty());
        let before = vocabulary.before("anything", 5).unwrap();
        assert_eq!(before.first(), Some(&16));
        assert!(before.len() > 1 && before.len() <= 6);
    }
}

//! The tokens of a language model: those that are text, and those that are commands.

use super::file::GgufFile;
use crate::pretrained::{PretrainedError, tokens};
use candle_core::quantized::gguf_file::Value;
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use std::collections::BTreeMap;
use tokenizers::{AddedVocabulary, Tokenizer};

/// What models say at the end of a message, besides what the file tells.
const ENDS: [&str; 8] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|eom_id|>",
    "<end_of_turn>",
    "</s>",
];
/// What a character that is not whole yet is shown as.
const UNFINISHED: char = '\u{FFFD}';

/// The tokens.
pub(super) struct Vocabulary {
    /// Without the commands: whatever text it is given is text.
    tokenizer: Tokenizer,
    /// Commands by how they are written.
    controls: BTreeMap<String, u32>,
    stops: Vec<u32>,
    begin: Option<u32>,
    begins: bool,
    end: Option<u32>,
}

impl Vocabulary {
    /// # Errors
    /// When there is no `tokenizer.json` beside the file and what it holds itself cannot be read.
    pub fn load(file: &GgufFile) -> Result<Self, PretrainedError> {
        let beside = file.path.with_file_name("tokenizer.json");
        let is_beside = beside.is_file();
        let tokenizer = if is_beside {
            tokens::from_file(&beside)?
        } else {
            held(file)?
        };
        let id = |key: &str| {
            file.number(&format!("tokenizer.ggml.{key}_token_id"))
                .and_then(|id| u32::try_from(id).ok())
        };
        let begins = file
            .flag("tokenizer.ggml.add_bos_token")
            .unwrap_or(file.text("tokenizer.ggml.model") == Some("llama"));
        let vocabulary = Self::new(tokenizer, id("bos"), begins, &[id("eos"), id("eot")]);
        let known = file.list("tokenizer.ggml.tokens").len();
        let read = vocabulary.tokenizer.get_vocab_size(true);
        if is_beside && known != 0 && (read > known || read + 1024 < known) {
            let reason = format!(
                "this tokenizer has {read} tokens and the model beside it {known}: it is of another model"
            );
            return Err(PretrainedError::unusable(&beside, reason));
        }
        Ok(vocabulary)
    }

    fn new(mut tokenizer: Tokenizer, begin: Option<u32>, begins: bool, ends: &[Option<u32>]) -> Self {
        let added = tokenizer.get_added_tokens_decoder();
        let mut controls: BTreeMap<String, u32> =
            added.into_iter().map(|(id, token)| (token.content, id)).collect();
        for id in ends.iter().flatten().chain(&begin) {
            if let Some(text) = tokenizer.id_to_token(*id) {
                controls.insert(text, *id);
            }
        }
        let mut stops: Vec<u32> = ENDS
            .iter()
            .filter_map(|text| controls.get(*text).copied())
            .collect();
        stops.extend(ends.iter().flatten());
        tokenizer.with_added_vocabulary(AddedVocabulary::new());
        tokenizer.with_padding(None);
        Self {
            tokenizer,
            controls,
            stops,
            begin,
            begins: begins && begin.is_some(),
            end: ends.iter().flatten().next().copied(),
        }
    }

    /// The token that every text begins with, for models that need it.
    pub fn begins_with(&self) -> Option<u32> {
        self.begin.filter(|_| self.begins)
    }

    /// How the commands that begin and end a text are written.
    pub fn begin_and_end(&self) -> [&str; 2] {
        let written = |id: Option<u32>| {
            let found = self.controls.iter().find(|(_, control)| Some(**control) == id);
            found.map_or("", |(text, _)| text.as_str())
        };
        [written(self.begin), written(self.end)]
    }

    /// Whether a token ends a message.
    pub fn stops(&self, token: u32) -> bool {
        self.stops.contains(&token)
    }

    /// Takes all commands their chance, but those that end a message.
    pub fn forbid_controls(&self, logits: &mut [f32]) {
        for control in self.controls.values().filter(|control| !self.stops(**control)) {
            if let Some(logit) = logits.get_mut(*control as usize) {
                *logit = f32::NEG_INFINITY;
            }
        }
    }

    /// A text as tokens of text. A command in it is spelled out.
    pub fn ordinary(&self, text: &str) -> Vec<u32> {
        if text.is_empty() {
            return Vec::new();
        }
        let tokens = self
            .tokenizer
            .encode_fast(text, false)
            .map(|encoding| encoding.get_ids().to_vec());
        let tokens = tokens.unwrap_or_default();
        let is_control = |token: &u32| self.controls.values().any(|control| control == token);
        if !tokens.iter().any(is_control) {
            return tokens;
        }
        // Some vocabularies can spell a command by accident. Cut in two, it is none any more.
        let cut = self.controls.keys().filter_map(|control| {
            let first = control.chars().next()?.len_utf8();
            Some(text.find(control.as_str())? + first)
        });
        match cut
            .filter(|cut| *cut < text.len())
            .min()
            .and_then(|cut| text.split_at_checked(cut))
        {
            Some((before, after)) => [self.ordinary(before), self.ordinary(after)].concat(),
            None => tokens.into_iter().filter(|token| !is_control(token)).collect(),
        }
    }

    /// The tokens of a text that goes on from another: some tokenizers begin every text with a space.
    pub fn continuation(&self, text: &str) -> Vec<u32> {
        let before = self.ordinary(".");
        let whole = self.ordinary(&format!(".{text}"));
        match whole.strip_prefix(before.as_slice()) {
            Some(rest) if !before.is_empty() => rest.to_vec(),
            _ => self.ordinary(text),
        }
    }

    /// A text in pieces, each followed by a command; the last by none.
    pub fn controls_in<'a>(&self, mut text: &'a str) -> Vec<(&'a str, Option<u32>)> {
        let mut pieces = Vec::new();
        loop {
            // The first command, and the longest of those that begin there.
            let found = self
                .controls
                .iter()
                .filter(|(control, _)| !control.is_empty())
                .filter_map(|(control, id)| Some((text.find(control.as_str())?, control.len(), *id)))
                .min_by_key(|(at, length, _)| (*at, usize::MAX - length));
            let Some((at, length, id)) = found else {
                break;
            };
            pieces.push((text.get(..at).unwrap_or_default(), Some(id)));
            text = text.get(at + length..).unwrap_or_default();
        }
        pieces.push((text, None));
        pieces
    }

    /// The text of these tokens, as far as its characters are whole.
    pub fn text_of(&self, tokens: &[u32]) -> String {
        let text = self.tokenizer.decode(tokens, false).unwrap_or_default();
        text.trim_end_matches(UNFINISHED).to_owned()
    }
}

/// The tokenizer that a GGUF file holds.
fn held(file: &GgufFile) -> Result<Tokenizer, PretrainedError> {
    let (kind, split) = (file.text("tokenizer.ggml.model"), file.text("tokenizer.ggml.pre"));
    let fetch = "put the tokenizer.json of the model (from the repository that the file was made of) into the same folder";
    // Candle knows Llama 3's way of splitting text by another name than the files have.
    let (split, whole_words) = match (kind, split) {
        (Some("gpt2"), Some("qwen2")) => ("qwen2", false),
        (Some("gpt2"), Some("llama-bpe" | "llama3" | "smaug-bpe")) => ("llama3", true),
        _ => {
            let kind = kind.unwrap_or("unknown");
            return Err(file.unusable(format!(
                "the tokenizer in this file is of a kind that cannot be read ({kind}): {fetch}"
            )));
        }
    };
    let mut metadata: std::collections::HashMap<String, Value> = std::collections::HashMap::new();
    for (key, value) in &file.content.metadata {
        if key.starts_with("tokenizer.ggml.") && !key.contains("template") {
            metadata.insert(key.clone(), value.clone());
        }
    }
    metadata.insert("tokenizer.ggml.pre".to_owned(), Value::String(split.to_owned()));
    metadata.insert(
        "tokenizer.ggml.ignore_merges".to_owned(),
        Value::Bool(whole_words),
    );
    let facts = candle_core::quantized::gguf_file::Content {
        magic: file.content.magic,
        metadata,
        tensor_infos: std::collections::HashMap::new(),
        tensor_data_offset: 0,
    };
    Tokenizer::from_gguf(&facts).map_err(|error| {
        file.unusable(format!(
            "the tokenizer in this file cannot be read ({error}): {fetch}"
        ))
    })
}

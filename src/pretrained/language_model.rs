//! A language model from a GGUF file, asked as in a chat.

mod chat;
mod file;
mod list;
mod network;
pub(super) mod sampling;
mod vocabulary;

use super::PretrainedError;
use super::memory::Room;
use crate::jobs::Watch;
use chat::{Chat, Piece};
use file::GgufFile;
pub use list::ListOf;
use list::{Item, Verdict};
use network::Network;
use sampling::Sampler;
pub use sampling::Sampling;
use std::path::Path;
use vocabulary::Vocabulary;

/// Tokens that are read at once: more are hardly read sooner, and between them the work can be stopped.
const STEP: usize = 16;

/// A Llama, Qwen2 or Qwen3 that was made to follow instructions.
pub struct LanguageModel {
    name: String,
    network: Network,
    vocabulary: Vocabulary,
    chat: Chat,
    _room: Room,
}

impl LanguageModel {
    /// Loads a GGUF file. Its tokenizer is that of a `tokenizer.json` beside it, or else the one it holds itself where that
    /// is of a known kind; its way of chatting is the template that it holds.
    ///
    /// # Errors
    /// When the file is no GGUF, is cut short or of a model that is not known here; when its tokenizer has to be put beside
    /// it; when there is too little memory; when cancelled.
    pub fn load(path: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let file = GgufFile::open(path)?;
        let shape = network::Shape::of(&file)?;
        let vocabulary = Vocabulary::load(&file)?;
        let chat = Chat::load(&file, &vocabulary);
        let name = file.text("general.name").map_or_else(
            || {
                path.file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned()
            },
            str::to_owned,
        );
        let room = Room::take(path, file.expanded() + shape.cache())?;
        watch.check()?;
        Ok(Self {
            network: Network::load(file, &shape, watch)?,
            name,
            vocabulary,
            chat,
            _room: room,
        })
    }

    /// What the model calls itself, or else the name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The most tokens of a prompt and its answer together.
    #[must_use]
    pub fn context(&self) -> usize {
        self.network.context()
    }

    /// How many tokens a text takes in a prompt. The chat's own words come on top, a few dozen.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.vocabulary.ordinary(text).len()
    }

    /// Answers. What it says is handed on as it comes, in whole characters, and is all given in the end, without what a
    /// chat has around it. The same seed gives the same answer on the same kind of processor.
    ///
    /// With a shape the answer is a numbered list of exactly so many items, none of them empty.
    ///
    /// What is asked is text and nothing else: a token that the model takes for a command, such as the end of a message, is
    /// spelled out where it stands in it.
    ///
    /// # Errors
    /// When the prompt leaves too little room for the answer, or when cancelled (between two tokens).
    pub fn answer(
        &mut self,
        system: &str,
        user: &str,
        sampling: Sampling,
        shape: Option<ListOf>,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, PretrainedError> {
        let prompt = self.prompt(system, user);
        let most = shape.map_or(sampling.most, ListOf::most_tokens);
        let context = self.context();
        if prompt.len() + most > context {
            return Err(PretrainedError::TooLong {
                tokens: prompt.len(),
                most,
                context,
            });
        }
        self.network.clear();
        let mut sampler = Sampler::new(sampling);
        let logits = self.read(&prompt, watch)?;
        match shape {
            None => self.speak(logits, most, &mut sampler, said, watch),
            Some(shape) => self.list(logits, shape, &mut sampler, said, watch),
        }
    }

    /// The logits of every token of the vocabulary after these, which are read from the beginning.
    ///
    /// # Errors
    /// When there are none or too many, or when cancelled.
    pub fn logits(&mut self, tokens: &[u32], watch: &Watch) -> Result<Vec<f32>, PretrainedError> {
        if tokens.is_empty() || tokens.len() > self.context() {
            return Err(PretrainedError::TooLong {
                tokens: tokens.len(),
                most: 0,
                context: self.context(),
            });
        }
        self.network.clear();
        self.read(tokens, watch)
    }

    /// The tokens that the model reads before it answers.
    #[must_use]
    pub fn prompt(&self, system: &str, user: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        let mut ordinary = String::new();
        for piece in self.chat.pieces(system, user) {
            match piece {
                Piece::Data(text) => ordinary.push_str(text),
                Piece::Template(text) => {
                    for (text, control) in self.vocabulary.controls_in(&text) {
                        ordinary.push_str(text);
                        if let Some(control) = control {
                            tokens.append(&mut self.vocabulary.ordinary(&std::mem::take(&mut ordinary)));
                            tokens.push(control);
                        }
                    }
                }
            }
        }
        tokens.append(&mut self.vocabulary.ordinary(&ordinary));
        if let Some(first) = self
            .vocabulary
            .begins_with()
            .filter(|first| tokens.first() != Some(first))
        {
            tokens.insert(0, first);
        }
        tokens
    }

    /// Reads the tokens and gives the logits after the last.
    fn read(&mut self, tokens: &[u32], watch: &Watch) -> Result<Vec<f32>, PretrainedError> {
        let mut logits = Vec::new();
        for (index, step) in tokens.chunks(STEP).enumerate() {
            watch.check()?;
            watch.say(format!(
                "reading the prompt: {} of {} tokens",
                index * STEP,
                tokens.len()
            ));
            logits = self.network.read(step)?;
        }
        watch.say("answering");
        Ok(logits)
    }

    fn speak(
        &mut self,
        mut logits: Vec<f32>,
        most: usize,
        sampler: &mut Sampler,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, PretrainedError> {
        let (mut tokens, mut text) = (Vec::new(), String::new());
        while tokens.len() < most {
            self.vocabulary.forbid_controls(&mut logits);
            let Some(token) = sampler.pick(&mut logits, |_| true) else {
                break;
            };
            if self.vocabulary.stops(token) {
                break;
            }
            tokens.push(token);
            let so_far = self.vocabulary.text_of(&tokens);
            if let Some(more) = so_far.strip_prefix(text.as_str()).filter(|more| !more.is_empty()) {
                said(more);
                text = so_far;
            }
            if tokens.len() < most {
                watch.check()?;
                logits = self.network.read(&[token])?;
            }
        }
        Ok(text.trim().to_owned())
    }

    /// Numbers are written for the model; it fills in the items.
    fn list(
        &mut self,
        mut logits: Vec<f32>,
        shape: ListOf,
        sampler: &mut Sampler,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, PretrainedError> {
        let mut answer = String::new();
        for number in 1..=shape.0 {
            let lead = if number == 1 {
                "1.".to_owned()
            } else {
                format!("\n{number}.")
            };
            for token in self.vocabulary.continuation(&lead) {
                watch.check()?;
                logits = self.network.read(&[token])?;
            }
            said(&lead);
            answer.push_str(&lead);
            let mut item = Item::default();
            loop {
                self.vocabulary.forbid_controls(&mut logits);
                let vocabulary = &self.vocabulary;
                let picked = sampler.pick(&mut logits, |token| {
                    item.verdict(vocabulary, token) != Verdict::Forbidden
                });
                let Some(token) = picked.filter(|token| item.verdict(vocabulary, *token) == Verdict::Goes)
                else {
                    break;
                };
                let more = item.push(vocabulary, token);
                if !more.is_empty() {
                    said(&more);
                    answer.push_str(&more);
                }
                watch.check()?;
                logits = self.network.read(&[token])?;
                if item.is_full() {
                    break;
                }
            }
        }
        Ok(answer)
    }
}

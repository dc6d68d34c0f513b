//! Pictures in words: BLIP (Li et al. 2022), a vision transformer and a decoder that looks at what it tells.

mod decoder;

use super::memory::Room;
use super::picture::Picture;
use super::vision::Vision;
use super::weights::Weights;
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use decoder::Decoder;
use ndarray::{Array2, Axis, concatenate};
use serde_json::Value;
use std::path::Path;
use tokenizers::Tokenizer;

/// Where the words that open and close a caption have been since BERT's vocabulary.
const START: u32 = 30_522;
const STOP: u32 = 102;

/// How a picture is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Describing {
    /// The most tokens of a description, with its start and the prompt: 20 as the model's makers have it.
    pub most: usize,
    /// Forbids to write as many tokens a second time in the same order. For another try after the model went in circles.
    pub no_repeat: Option<usize>,
}

impl Default for Describing {
    fn default() -> Self {
        Self {
            most: 20,
            no_repeat: None,
        }
    }
}

/// BLIP, as it is loaded from a folder: base, large, or any of that make.
pub struct Captioner {
    vision: Vision,
    decoder: Decoder,
    tokenizer: Tokenizer,
    start: u32,
    stop: u32,
    _room: Room,
}

impl Captioner {
    /// Pictures that are best described together: more take more memory and hardly less time.
    pub const BATCH: usize = 8;

    /// Loads the model of a folder: `model.safetensors` or `pytorch_model.bin`, `tokenizer.json` or `vocab.txt`, and
    /// `config.json` where there is one. What that does not say is as in BLIP base and large; all widths are those of the
    /// weights.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when there is too little memory, or when cancelled.
    pub fn load(folder: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let config = tokens::json(&folder.join("config.json"))?.unwrap_or_default();
        let tokenizer = tokens::of_folder(folder)?;
        let weights = Weights::open(folder)?;
        let room = weights.room()?;
        let root = weights.root(watch);
        let text = config.get("text_config").unwrap_or(&Value::Null);
        let token = |name: &str, default: u32| {
            text.get(name)
                .and_then(Value::as_u64)
                .and_then(|id| u32::try_from(id).ok())
                .unwrap_or(default)
        };
        Ok(Self {
            vision: Vision::load(
                &root.at("vision_model"),
                config.get("vision_config").unwrap_or(&Value::Null),
            )?,
            decoder: Decoder::load(&root.at("text_decoder"), text)?,
            tokenizer,
            start: token("bos_token_id", START),
            stop: token("sep_token_id", STOP),
            _room: room,
        })
    }

    /// Describes each picture in a sentence that goes on from the prompt (and holds it). The same pictures give the same
    /// sentences: each next token is the likeliest.
    ///
    /// # Errors
    /// When a picture has not as many bytes as its size says, when the prompt leaves no room, or when cancelled.
    pub fn describe(
        &mut self,
        pictures: &[Picture<'_>],
        prompt: Option<&str>,
        describing: &Describing,
        watch: &Watch,
    ) -> Result<Vec<String>, PretrainedError> {
        let start = self.start_of(prompt)?;
        let most = describing.most.min(self.decoder.most());
        if start.len() >= most {
            return Err(PretrainedError::TooLong {
                tokens: start.len(),
                most: 1,
                context: most,
            });
        }
        let mut descriptions = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(Self::BATCH) {
            let patches = self.look(batch, watch)?;
            let describing = Describing { most, ..*describing };
            for written in self
                .decoder
                .write(&patches, batch.len(), &start, self.stop, describing, watch)?
            {
                let text = self.tokenizer.decode(&written, true);
                let text = text.map_err(|error| {
                    PretrainedError::Input(format!("the description is no text: {error}"))
                })?;
                descriptions.push(text.trim().to_owned());
            }
        }
        Ok(descriptions)
    }

    /// How likely each token of the vocabulary is after each of these tokens, as logits: a row for each token. With the
    /// tokens that [`describe`](Self::describe) starts from, this is what it decides by.
    ///
    /// # Errors
    /// As [`describe`](Self::describe).
    pub fn logits(
        &mut self,
        picture: Picture<'_>,
        tokens: &[u32],
        watch: &Watch,
    ) -> Result<Array2<f32>, PretrainedError> {
        let patches = self.look(&[picture], watch)?;
        self.decoder.logits(&patches, tokens, watch)
    }

    /// What each picture shows as a whole, by the model's eye: a row each.
    ///
    /// # Errors
    /// When a picture has not as many bytes as its size says, or when cancelled.
    pub fn whole(&self, pictures: &[Picture<'_>], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let seen = pictures
            .iter()
            .map(|picture| self.vision.whole(picture, watch))
            .collect::<Result<Vec<_>, _>>()?;
        let seen: Vec<_> = seen.iter().map(Array2::view).collect();
        concatenate(Axis(0), &seen)
            .map_err(|_| PretrainedError::Input("there is no picture to look at".to_owned()))
    }

    /// What the decoder looks at: the patches of all pictures below one another.
    fn look(&self, pictures: &[Picture<'_>], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let seen = pictures
            .iter()
            .map(|picture| self.vision.look(picture, watch))
            .collect::<Result<Vec<_>, _>>()?;
        let seen: Vec<_> = seen.iter().map(Array2::view).collect();
        concatenate(Axis(0), &seen)
            .map_err(|_| PretrainedError::Input("there is no picture to describe".to_owned()))
    }

    /// The prompt as BLIP was trained with it: its own start in place of BERT's, and no end.
    fn start_of(&self, prompt: Option<&str>) -> Result<Vec<u32>, PretrainedError> {
        let mut start = vec![self.start];
        if let Some(prompt) = prompt {
            let encoding = self.tokenizer.encode(prompt, false);
            let encoding = encoding
                .map_err(|error| PretrainedError::Input(format!("the prompt cannot be read: {error}")))?;
            start.extend(encoding.get_ids());
        }
        Ok(start)
    }
}

//! Pretrained models in the parts that the rooms of meaning have for them.

use super::Places;
use crate::interpretation::chat::{Chat, ChatError, Request};
use crate::interpretation::phrases::{PhraseError, Phrases};
use crate::interpretation::{Describe, Still, TAGS};
use crate::jobs::Watch;
use crate::pretrained::{
    Captioner, Describing, Job, LanguageModel, ListOf, Picture, PretrainedError, Sampling, SentenceEncoder,
    Shelf, State,
};
use anyhow::Context;
use ndarray::Array2;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Tokens in a row that a description may not repeat at its second try.
const NO_REPEAT: usize = 2;

/// A model that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What people call it.
    pub name: String,
    /// Its folder or file.
    pub path: PathBuf,
}

/// The model for a job: the folder or file of this path, the one of the shelf with this name, or the chosen one where no name is
/// given.
///
/// # Errors
/// When there is none, with what to do.
pub fn find(places: &Places, job: Job, name: Option<&str>) -> anyhow::Result<Found> {
    if let Some(path) = name.map(Path::new).filter(|path| path.exists()) {
        let path = std::path::absolute(path)?;
        let name = if path.is_dir() {
            path.file_name()
        } else {
            path.file_stem()
        };
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Found { name, path });
    }
    let shelf = Shelf::open(&places.models())?;
    let found = match name {
        Some(name) => shelf
            .installed(job)
            .into_iter()
            .find(|model| model.id == name && model.state == State::Ready),
        None => shelf.chosen(job),
    };
    let found = found.with_context(|| match name {
        Some(name) => format!(
            "{name} is neither a path nor a model that is here for this: `frameloom models` lists them, and `frameloom models get NAME` fetches one"
        ),
        None => format!(
            "there is no model to {}: fetch one with `frameloom models get NAME`, or name a folder or file of your own",
            job.task()
        ),
    })?;
    Ok(Found {
        name: found.name,
        path: found.path,
    })
}

/// A model that describes frames.
pub struct FrameDescriber {
    model: Captioner,
    name: String,
    identity: String,
}

/// Loads a model that describes frames.
///
/// # Errors
/// When it cannot be loaded, and when cancelled.
pub fn captioner(path: &Path, name: &str, watch: &Watch) -> Result<FrameDescriber, PretrainedError> {
    Ok(FrameDescriber {
        model: Captioner::load(path, watch)?,
        name: name.to_owned(),
        identity: format!("{name} {}", state_of(path)?),
    })
}

/// In what state a model's files are: another figure once one of them was changed.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn state_of(folder: &Path) -> Result<String, PretrainedError> {
    let unreadable = || PretrainedError::unreadable(folder);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable())? {
        let entry = entry.map_err(unreadable())?;
        let facts = entry.metadata().map_err(unreadable())?;
        files.push((entry.file_name(), facts.len(), facts.modified().ok()));
    }
    files.sort();
    let text = format!("{} {files:?}", folder.display());
    let digits = format!("{:x}", Sha256::digest(text));
    Ok(digits.chars().take(16).collect())
}

impl Describe for FrameDescriber {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn describe(
        &mut self,
        stills: &[Still],
        prompt: Option<&str>,
        strict: bool,
        watch: &Watch,
    ) -> anyhow::Result<Vec<String>> {
        let pictures = stills.iter().map(|still| Picture {
            width: still.width as usize,
            height: still.height as usize,
            rgb: still.rgb,
        });
        let pictures: Vec<Picture> = pictures.collect();
        let describing = Describing {
            no_repeat: strict.then_some(NO_REPEAT),
            ..Describing::default()
        };
        Ok(self.model.describe(&pictures, prompt, &describing, watch)?)
    }
}

/// Loads a model that places phrases in a space.
///
/// # Errors
/// When it cannot be loaded, and when cancelled.
pub fn phrases(path: &Path, watch: &Watch) -> Result<SentenceEncoder, PretrainedError> {
    watch.say("loading the model of phrases");
    SentenceEncoder::load(path, watch)
}

impl Phrases for SentenceEncoder {
    fn vectors(&mut self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PhraseError> {
        SentenceEncoder::vectors(self, texts, watch).map_err(|error| match error {
            PretrainedError::Cancelled(cancelled) => cancelled.into(),
            error => PhraseError::Model(Box::new(error)),
        })
    }
}

/// Loads a language model.
///
/// # Errors
/// When it cannot be loaded, and when cancelled.
pub fn language_model(path: &Path, watch: &Watch) -> Result<LanguageModel, PretrainedError> {
    LanguageModel::load(path, watch)
}

impl Chat for LanguageModel {
    fn name(&self) -> String {
        LanguageModel::name(self).to_owned()
    }

    fn context(&self) -> Option<usize> {
        Some(LanguageModel::context(self))
    }

    fn count(&self, text: &str) -> usize {
        LanguageModel::count(self, text)
    }

    fn answer(
        &mut self,
        request: &Request,
        said: &mut dyn FnMut(&str),
        watch: &Watch,
    ) -> Result<String, ChatError> {
        let sampling = Sampling {
            temperature: request.temperature,
            seed: request.seed,
            most: request.most,
        };
        let shape = request.ten.then_some(ListOf(TAGS));
        LanguageModel::answer(self, request.system, request.user, sampling, shape, said, watch).map_err(
            |error| match error {
                PretrainedError::Cancelled(cancelled) => cancelled.into(),
                error => ChatError::Model(Box::new(error)),
            },
        )
    }
}

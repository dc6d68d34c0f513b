//! How speech is recognised.

use crate::pretrained::Recognising;
use crate::project::Language;
use serde::{Deserialize, Serialize};

/// The window in which speech is recognised. Remembered, but for whether it is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpeechForm {
    /// It is there.
    #[serde(skip)]
    pub open: bool,
    /// A program of the user's own does it, and not a model.
    pub own: bool,
    /// That program: a command with `{audio}`, and `{out.srt}` or `{out}` where it takes a name to write to.
    pub command: String,
    /// The language that is spoken; found out where none.
    pub language: Option<Language>,
    /// Names and spellings to keep to.
    pub prompt: String,
}

impl SpeechForm {
    /// How a model is to write it down.
    #[must_use]
    pub fn recognising(&self) -> Recognising {
        Recognising {
            language: self.language.map(|language| language.code().to_owned()),
            prompt: Some(self.prompt.trim().to_owned()).filter(|prompt| !prompt.is_empty()),
            ..Recognising::default()
        }
    }
}

//! What can go wrong between a model's files and its answers.

use super::Bytes;
use crate::jobs::watch::Cancelled;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a model could not be loaded or asked.
#[derive(Debug, Error)]
pub enum PretrainedError {
    /// The file cannot be opened or read.
    #[error("{path} cannot be read: {cause}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file is not what it should be, or is not there.
    #[error("{path}: {reason}", path = path.display())]
    Unusable {
        /// The file, or the folder where one is missing.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// There is too little memory.
    #[error(
        "{model} needs about {needed} of memory, and {free} are free: close other programs or choose a smaller model",
        model = model.display()
    )]
    Memory {
        /// The folder or file.
        model: PathBuf,
        /// What it would take.
        needed: Bytes,
        /// What is there.
        free: Bytes,
    },
    /// The prompt and the answer do not fit into what the model can overlook.
    #[error(
        "the prompt has {tokens} tokens and the answer up to {most}, and the model can overlook {context} in all: shorten the prompt"
    )]
    TooLong {
        /// Tokens of the prompt.
        tokens: usize,
        /// The most tokens of the answer.
        most: usize,
        /// The most tokens of both.
        context: usize,
    },
    /// What was given to the model makes no sense.
    #[error("{0}")]
    Input(String),
    /// The model could not be computed.
    #[error("the model cannot be computed: {0}")]
    Computation(String),
    /// The graphics card could not compute the model, for example for want of memory.
    #[error("the graphics card cannot compute the model: {0}")]
    Card(String),
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl PretrainedError {
    /// Of a file that cannot be used, and why.
    pub(super) fn unusable(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// Of a file that cannot be opened or read.
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |cause| Self::Unreadable {
            path: path.to_owned(),
            cause,
        }
    }
}

impl From<candle_core::Error> for PretrainedError {
    fn from(error: candle_core::Error) -> Self {
        Self::Computation(error.to_string())
    }
}

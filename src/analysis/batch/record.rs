//! What is known on disk of a row: how it ended, and who works on it.

use super::error::BatchError;
use crate::project::files::{read_json, write_json};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Name of the folder with a file a row.
const FOLDER: &str = "rows";

/// How far a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not begun, or stopped.
    Waiting,
    /// Another batch works on it.
    Running,
    /// Its results are there.
    Done,
    /// It could not be done.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        })
    }
}

/// What the summary says of the results of a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Pairs that were learned from.
    pub pairs: usize,
    /// Passes over them.
    pub epochs: u32,
    /// Loss of the last one: of pictures, per element.
    pub image: f64,
    /// Of words.
    pub text: f64,
    /// Of the latent space.
    pub kl: f64,
    /// All together, weighted.
    pub total: f64,
    /// Number of clusters.
    pub k: usize,
}

/// How a row ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    /// All that decided what came out.
    pub work: Vec<String>,
    pub state: State,
    pub figures: Option<Figures>,
    pub seconds: f64,
    pub error: Option<String>,
}

fn place(out: &Path, name: &str, ending: &str) -> PathBuf {
    out.join(FOLDER).join(format!("{name}.{ending}"))
}

/// Makes the folders.
pub(super) fn prepare(out: &Path) -> Result<(), BatchError> {
    let path = out.join(FOLDER);
    std::fs::create_dir_all(&path).map_err(|cause| BatchError::Disk { path, cause })
}

impl Record {
    pub fn read(out: &Path, name: &str) -> Result<Option<Self>, BatchError> {
        Ok(read_json(&place(out, name, "json"))?)
    }

    pub fn write(&self, out: &Path, name: &str) -> Result<(), BatchError> {
        Ok(write_json(&place(out, name, "json"), self)?)
    }
}

/// Who works on a row.
pub(super) enum Held {
    /// This process, until the file is dropped, or the process ends in whatever way.
    Mine(File),
    /// Another one, on this machine or, where the file system locks between machines, on another.
    Other,
}

/// Tries to hold a row.
pub(super) fn hold(out: &Path, name: &str) -> Result<Held, BatchError> {
    let path = place(out, name, "lock");
    let open = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = open.map_err(|cause| BatchError::Disk { path, cause })?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(Held::Other),
        Err(TryLockError::Error(error)) => {
            tracing::warn!("this folder knows no locks ({error}): run only one batch in it");
            Ok(Held::Mine(file))
        }
        Ok(()) => Ok(Held::Mine(file)),
    }
}

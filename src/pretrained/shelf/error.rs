//! Why the shelf could not be used as asked, and what to do about it.

use crate::jobs::Cancelled;
use crate::pretrained::catalogue::Job;
use crate::pretrained::download::DownloadError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why the shelf could not be used as asked. What was on it is still there.
#[derive(Debug, Error)]
pub enum ShelfError {
    /// No such model.
    #[error("no model is called '{0}'. 'frameloom models' lists all there are")]
    Unknown(String),
    /// A model that is not, or not wholly, here.
    #[error("{0} is not wholly here yet. Fetch it first")]
    NotReady(String),
    /// A model that is for something else.
    #[error("{id} is for another job than '{job}'")]
    OtherJob {
        /// The model.
        id: String,
        /// The job it was to do.
        job: Job,
    },
    /// A file or folder of the user's own that is not what the job needs.
    #[error("{} cannot be used to {}: {why}", path.display(), job.task())]
    Unfit {
        /// What was given.
        path: PathBuf,
        /// The job it was to do.
        job: Job,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The list was saved by a later program.
    #[error("{} was saved by a newer Frameloom (format {format}). Update Frameloom; nothing was changed", path.display())]
    Newer {
        /// The list.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// A file could not be read, written or deleted.
    #[error("{} cannot be {done}: {cause}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What was to be done with it.
        done: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// A model could not be fetched or hashed.
    #[error(transparent)]
    Download(#[from] DownloadError),
}

impl From<Cancelled> for ShelfError {
    fn from(cancelled: Cancelled) -> Self {
        Self::Download(cancelled.into())
    }
}

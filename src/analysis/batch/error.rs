//! Why a batch could not go on.

use crate::jobs::Cancelled;
use crate::project::StoreError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a batch could not go on. What was done is on disk, and the same call goes on from there.
#[derive(Debug, Error)]
pub enum BatchError {
    /// Someone asked for an end.
    #[error("stopped; the same command goes on from there")]
    Cancelled(#[from] Cancelled),
    /// The list cannot be used at all.
    #[error("{} cannot be used as a list: {what}", path.display())]
    List {
        /// The list.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A folder or a lock cannot be written.
    #[error("{} cannot be written: {cause}. Check who owns that folder, and whether the disk is full", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// What was done cannot be recorded or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

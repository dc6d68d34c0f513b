//! A model that is on the shelf, as others see it.

use super::record::{Record, Source};
use crate::pretrained::catalogue::Job;
use crate::pretrained::download::part_of;
use std::path::{Path, PathBuf};

/// A model that is here, wholly or in part.
#[derive(Debug, Clone, PartialEq)]
pub struct Installed {
    /// Its name in the catalogue, or the one that a model of the user's own was given.
    pub id: String,
    /// What it is for.
    pub job: Job,
    /// The name people know.
    pub name: String,
    /// Where it is from.
    pub source: Source,
    /// What a loader is given: a folder, or the GGUF file itself.
    pub path: PathBuf,
    /// Whether it can be used.
    pub state: State,
    /// Bytes on disk; nothing for a model of the user's own.
    pub bytes: u64,
    /// When it came, as RFC 3339 writes it.
    pub added: String,
}

/// Whether a model can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// All of it is here.
    Ready,
    /// So many bytes of it are here; to fetch it again goes on from there.
    Partial {
        /// Bytes that are here.
        bytes: u64,
        /// Bytes of the whole, where that is known.
        total: Option<u64>,
    },
    /// This file or folder has gone or has another size.
    Missing(PathBuf),
}

/// What became of a model that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Bytes that are free now.
    pub freed: u64,
    /// A folder that stays, because there is something in it that was not fetched.
    pub stays: Option<PathBuf>,
}

impl State {
    /// Looks what there is of a fetched model in its folder.
    pub(super) fn of(record: &Record, folder: &Path) -> Self {
        let length = |path: &Path| std::fs::metadata(path).ok().map(|file| file.len());
        let lengths = record.files.iter().map(|file| {
            let whole = folder.join(&file.name);
            (length(&whole), file.size, whole)
        });
        if record.complete {
            let wrong = lengths
                .into_iter()
                .find(|(found, known, _)| found.is_none() || (known.is_some() && found != known));
            return wrong.map_or(Self::Ready, |(_, _, path)| Self::Missing(path));
        }
        let here = |(found, _, whole): (Option<u64>, Option<u64>, PathBuf)| {
            found.or_else(|| length(&part_of(&whole)))
        };
        Self::Partial {
            bytes: lengths.filter_map(here).sum(),
            total: record.files.iter().map(|file| file.size).sum(),
        }
    }
}

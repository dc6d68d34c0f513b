//! The models that are on this machine: those that were fetched, in a folder each, and those of the user's own, which
//! stay where they are.

mod checking;
mod error;
mod filling;
mod installed;
mod local;
mod record;
#[cfg(test)]
mod tests;

pub use checking::Verdict;
pub use error::ShelfError;
pub use installed::{Installed, Removed, State};
pub use record::Source;

use super::catalogue::{self, Job};
use super::download::{DownloadError, is_held};
use record::{Entry, Record, Records};
use std::path::{Path, PathBuf};

/// A folder of models with a list of what is in it. Several may be open on the same folder: each change reads the
/// list again first.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
    records: Records,
    warning: Option<String>,
}

impl Shelf {
    /// Opens a folder of models, which need not be there yet.
    ///
    /// # Errors
    /// When its list cannot be read or is of a later version.
    pub fn open(folder: &Path) -> Result<Self, ShelfError> {
        let (records, warning) = Records::read(&folder.join("shelf.json"))?;
        Ok(Self {
            folder: folder.to_owned(),
            records,
            warning,
        })
    }

    /// What to tell the user about the list: it was damaged, and has been made again.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// The models for a job, in the order of the catalogue, those of the user's own after them. It looks at the disk.
    #[must_use]
    pub fn installed(&self, job: Job) -> Vec<Installed> {
        let place = |id: &str| catalogue::MODELS.iter().position(|model| model.id == id);
        let known = self.records.models.iter().filter_map(|(id, entry)| match entry {
            Entry::Known(record) if record.job == job => Some(self.describe(id, record)),
            Entry::Known(_) | Entry::Foreign(_) => None,
        });
        let mut installed: Vec<_> = known.collect();
        installed.sort_by_key(|model| place(&model.id).unwrap_or(usize::MAX));
        installed
    }

    /// A model by its name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Installed> {
        self.records.get(id).map(|record| self.describe(id, record))
    }

    /// The model that does a job: the one chosen, or the first that can.
    #[must_use]
    pub fn chosen(&self, job: Job) -> Option<Installed> {
        let ready = |model: &Installed| model.state == State::Ready;
        let chosen = self.records.chosen.get(job.word()).and_then(|id| self.find(id));
        chosen
            .filter(|model| model.job == job && ready(model))
            .or_else(|| self.installed(job).into_iter().find(ready))
    }

    /// From now on this model does the job.
    ///
    /// # Errors
    /// When there is no such model, it is for another job or not wholly here, or the list cannot be written.
    pub fn choose(&mut self, job: Job, id: &str) -> Result<(), ShelfError> {
        let model = self.find(id).ok_or_else(|| ShelfError::Unknown(id.into()))?;
        if model.job != job {
            return Err(ShelfError::OtherJob { id: id.into(), job });
        }
        if model.state != State::Ready {
            return Err(ShelfError::NotReady(id.into()));
        }
        self.change(|records| {
            records.chosen.insert(job.word().into(), id.into());
        })
    }

    /// Takes a model off the shelf. Only files that were fetched are deleted; a model of the user's own is forgotten
    /// and stays where it is.
    ///
    /// # Errors
    /// When there is no such model, when it is being fetched just now, and when a file cannot be deleted.
    pub fn remove(&mut self, id: &str) -> Result<Removed, ShelfError> {
        self.reload()?;
        let record = self
            .records
            .get(id)
            .ok_or_else(|| ShelfError::Unknown(id.into()))?;
        let mut removed = Removed {
            freed: 0,
            stays: None,
        };
        if matches!(record.source, Source::Hub { .. }) && catalogue::is_plain(id) {
            let folder = self.folder.join(id);
            let ours = record.ours(&folder);
            if let Some(held) = ours.iter().find(|file| is_held(file)) {
                return Err(DownloadError::InUse(held.display().to_string()).into());
            }
            for file in ours {
                removed.freed += delete(&file)?;
            }
            if folder.exists() && std::fs::remove_dir(&folder).is_err() {
                removed.stays = Some(folder);
            }
        }
        self.change(|records| {
            records.models.remove(id);
            records.chosen.retain(|_, chosen| chosen != id);
        })?;
        Ok(removed)
    }

    fn list(&self) -> PathBuf {
        self.folder.join("shelf.json")
    }

    fn reload(&mut self) -> Result<(), ShelfError> {
        let (records, warning) = Records::read(&self.list())?;
        self.records = records;
        self.warning = warning.or(self.warning.take());
        Ok(())
    }

    /// Changes the list as it is on disk now, while nobody else does.
    fn change(&mut self, change: impl FnOnce(&mut Records)) -> Result<(), ShelfError> {
        let lock = self.folder.join("shelf.lock");
        let disk = |cause| ShelfError::Disk {
            path: lock.clone(),
            done: "written",
            cause,
        };
        std::fs::create_dir_all(&self.folder).map_err(disk)?;
        let held = std::fs::File::create(&lock).map_err(disk)?;
        if let Err(error) = held.lock() {
            tracing::debug!("this file system knows no locks: {error}");
        }
        self.reload()?;
        change(&mut self.records);
        self.records.write(&self.list())
    }

    fn describe(&self, id: &str, record: &Record) -> Installed {
        let folder = self.folder.join(id);
        let (path, state) = match &record.source {
            Source::Local { path } if path.exists() => (path.clone(), State::Ready),
            Source::Local { path } => (path.clone(), State::Missing(path.clone())),
            Source::Hub { .. } => {
                let gguf = record.files.iter().find(|file| file.name.ends_with(".gguf"));
                let path = gguf.map_or(folder.clone(), |file| folder.join(&file.name));
                (path, State::of(record, &folder))
            }
        };
        Installed {
            id: id.into(),
            job: record.job,
            name: record.name.clone(),
            source: record.source.clone(),
            path,
            state,
            bytes: record.bytes,
            added: record.added.clone(),
        }
    }
}

/// Deletes a file and gives its size; nothing where there is none.
fn delete(path: &Path) -> Result<u64, ShelfError> {
    let Ok(file) = std::fs::symlink_metadata(path) else {
        return Ok(0);
    };
    std::fs::remove_file(path).map_err(|cause| ShelfError::Disk {
        path: path.to_owned(),
        done: "deleted",
        cause,
    })?;
    Ok(file.len())
}

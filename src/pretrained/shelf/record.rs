//! What is remembered of the models that are here: `shelf.json`, which the next program, of whatever version, reads.

use super::ShelfError;
use crate::pretrained::catalogue::{Job, MODELS, Model, is_plain};
use crate::pretrained::download::{Fetched, Wanted, part_of, version_of};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The format written here.
const FORMAT: u32 = 1;

/// All that is remembered. Fields of later versions are kept as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Records {
    #[serde(default)]
    pub format: u32,
    #[serde(default)]
    pub models: BTreeMap<String, Entry>,
    /// Which model does a job, where someone has said so.
    #[serde(default)]
    pub chosen: BTreeMap<String, String>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            format: FORMAT,
            models: BTreeMap::new(),
            chosen: BTreeMap::new(),
            other: Map::new(),
        }
    }
}

/// A record, or what a later version made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Entry {
    Known(Record),
    Foreign(Value),
}

/// A model that is here, wholly or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub job: Job,
    pub name: String,
    pub source: Source,
    /// Whether all files were fetched.
    #[serde(default)]
    pub complete: bool,
    /// When it came, as RFC 3339 writes it.
    #[serde(default)]
    pub added: String,
    /// Size on disk in bytes, when it was complete.
    #[serde(default)]
    pub bytes: u64,
    #[serde(default)]
    pub files: Vec<FileRecord>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// Where a model is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// Fetched from a hub; its files are the program's to delete.
    Hub {
        /// Address of the hub; empty where it is no longer known.
        endpoint: String,
        /// Repository, `owner/name`.
        repo: String,
        /// Commit or branch that the catalogue named at the time. The commit of each file is kept with the file.
        revision: String,
    },
    /// A file or folder of the user's own, which is never changed.
    Local {
        /// Where it lies.
        path: PathBuf,
    },
}

/// A file of a fetched model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FileRecord {
    pub name: String,
    #[serde(default)]
    pub commit: Option<String>,
    #[serde(default)]
    pub size: Option<u64>,
    #[serde(default)]
    pub sha256: Option<String>,
    /// Whether the hash was known before the file was fetched.
    #[serde(default)]
    pub checked: bool,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl FileRecord {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            commit: None,
            size: None,
            sha256: None,
            checked: false,
            other: Map::new(),
        }
    }
}

impl From<&Wanted> for FileRecord {
    fn from(wanted: &Wanted) -> Self {
        Self {
            commit: Some(wanted.revision.clone()),
            size: wanted.size,
            sha256: wanted.sha256.clone(),
            ..Self::new(&wanted.file)
        }
    }
}

impl From<Fetched> for FileRecord {
    fn from(fetched: Fetched) -> Self {
        Self {
            commit: fetched.commit,
            size: Some(fetched.size),
            sha256: Some(fetched.sha256),
            checked: fetched.checked,
            ..Self::new(&fetched.file)
        }
    }
}

impl Record {
    /// A model of the catalogue that begins to come in.
    pub fn begun(model: &Model, endpoint: String, files: Vec<FileRecord>) -> Self {
        let source = Source::Hub {
            endpoint,
            repo: model.repo.to_owned(),
            revision: model.revision.to_owned(),
        };
        Self {
            files,
            ..Self::new(model.job, model.name, source)
        }
    }

    /// A model of the catalogue of which all files are here.
    pub fn finished(model: &Model, endpoint: String, fetched: Vec<Fetched>) -> Self {
        Self {
            complete: true,
            bytes: fetched.iter().map(|file| file.size).sum(),
            ..Self::begun(
                model,
                endpoint,
                fetched.into_iter().map(FileRecord::from).collect(),
            )
        }
    }

    /// A file or folder of the user's own.
    pub fn local(job: Job, name: &str, path: PathBuf) -> Self {
        Self {
            complete: true,
            ..Self::new(job, name, Source::Local { path })
        }
    }

    fn new(job: Job, name: &str, source: Source) -> Self {
        Self {
            job,
            name: name.to_owned(),
            source,
            complete: false,
            added: OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
            bytes: 0,
            files: Vec::new(),
            other: Map::new(),
        }
    }

    /// What lies in the folder of a model whose record was lost.
    fn found(model: &Model, folder: &Path) -> Self {
        let file = |file: &crate::pretrained::catalogue::ModelFile| FileRecord {
            size: std::fs::metadata(folder.join(file.name))
                .ok()
                .map(|file| file.len()),
            ..FileRecord::new(file.name)
        };
        let files: Vec<_> = model.files.iter().map(file).collect();
        Self {
            complete: files.iter().all(|file| file.size.is_some()),
            bytes: files.iter().filter_map(|file| file.size).sum(),
            ..Self::begun(model, String::new(), files)
        }
    }

    /// The files that may lie in its folder because of us, each with its part.
    pub fn ours(&self, folder: &Path) -> Vec<PathBuf> {
        let plain = self.files.iter().filter(|file| is_plain(&file.name));
        plain
            .map(|file| folder.join(&file.name))
            .flat_map(|whole| [part_of(&whole), version_of(&whole), whole])
            .collect()
    }
}

impl Records {
    /// The record of a model.
    pub fn get(&self, id: &str) -> Option<&Record> {
        match self.models.get(id) {
            Some(Entry::Known(record)) => Some(record),
            Some(Entry::Foreign(_)) | None => None,
        }
    }

    /// The record of a model, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Record> {
        match self.models.get_mut(id) {
            Some(Entry::Known(record)) => Some(record),
            Some(Entry::Foreign(_)) | None => None,
        }
    }

    /// Remembers a model. What a later version wrote to its record before is kept.
    pub fn put(&mut self, id: &str, mut record: Record) {
        if let Some(old) = self.get(id) {
            record.other.clone_from(&old.other);
        }
        self.models.insert(id.to_owned(), Entry::Known(record));
    }

    /// Reads the list; the second is a warning where it was damaged and has been made again from the folders.
    pub fn read(path: &Path) -> Result<(Self, Option<String>), ShelfError> {
        let disk = |done| {
            move |cause| ShelfError::Disk {
                path: path.to_owned(),
                done,
                cause,
            }
        };
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Self::default(), None)),
            Err(error) => return Err(disk("read")(error)),
        };
        match serde_json::from_slice::<Self>(&text) {
            Ok(records) if records.format > FORMAT => Err(ShelfError::Newer {
                path: path.to_owned(),
                format: records.format,
            }),
            Ok(records) => Ok((records, None)),
            Err(error) => {
                let aside = path.with_added_extension("damaged");
                std::fs::rename(path, &aside).map_err(disk("set aside"))?;
                let records = Self::found(path.parent().unwrap_or(Path::new(".")));
                records.write(path)?;
                let warning = format!(
                    "{} was damaged ({error}). It has been made again from the folders beside it; models in folders \
                     of your own have to be added again. What it was is kept as {}",
                    path.display(),
                    aside.display()
                );
                Ok((records, Some(warning)))
            }
        }
    }

    fn found(shelf: &Path) -> Self {
        let mut records = Self::default();
        for model in MODELS {
            let folder = shelf.join(model.id);
            if folder.is_dir() {
                records.put(model.id, Record::found(model, &folder));
            }
        }
        records
    }

    /// Writes the list in one step: whoever reads it sees the old one or the new one.
    pub fn write(&self, path: &Path) -> Result<(), ShelfError> {
        let attempt = || -> io::Result<()> {
            let folder = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer_pretty(file.as_file_mut(), self)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            Ok(())
        };
        attempt().map_err(|cause| ShelfError::Disk {
            path: path.to_owned(),
            done: "written",
            cause,
        })
    }
}

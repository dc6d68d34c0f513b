//! Files that are either whole or not there: written beside their place, synced, then renamed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a project could not be read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file or folder could not be written. What was saved before is untouched.
    #[error("cannot write {}: {}", path.display(), explain(cause))]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file could not be read.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file is there but does not hold what it should.
    #[error("{} is damaged: {what}. Restore it from a copy, or delete it to have it made again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        what: String,
    },
    /// The project was saved by a later program.
    #[error(
        "{} was saved by a newer Frameloom ({program}, format {format}); this one reads formats up to {known}. \
         Update Frameloom to open it; nothing was changed",
        path.display()
    )]
    Newer {
        /// The project.
        path: PathBuf,
        /// Format number found.
        format: u32,
        /// Version of the program that saved it.
        program: String,
        /// Latest format this program reads.
        known: u32,
    },
    /// The folder holds no project.
    #[error("{} is not a Frameloom project: it has no project.json", .0.display())]
    NotAProject(PathBuf),
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            "the disk is full. Free some space and save again; what was saved before is untouched".into()
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "this folder cannot be written. Choose another folder to save in".into()
        }
        _ => error.to_string(),
    }
}

/// What a file that cannot be written or read means for whoever fetches into it.
pub(crate) fn disk_trouble(path: &Path, cause: &io::Error) -> String {
    let path = path.display();
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!(
                "the disk is full: {path} could not be written. Free some space and try again; what has come is kept"
            )
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            format!("{path} cannot be written or read: {cause}. Check who owns that folder")
        }
        _ => format!("{path} cannot be written or read: {cause}"),
    }
}

/// Lets others read a file that was begun as a temporary one: those are private, and a project is an ordinary folder.
pub fn make_ordinary(file: &std::fs::File) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Some file systems know no permissions.
        let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
    }
}

/// Writes a file in one step: readers see the old one or the new one, never a part.
///
/// # Errors
/// When the folder cannot be written or the disk is full; the old file is then untouched.
pub fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let attempt = || -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let mut buffer = io::BufWriter::new(file.as_file_mut());
        fill(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        file.as_file().sync_all()?;
        make_ordinary(file.as_file());
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    attempt().map_err(|cause| StoreError::Write {
        path: path.into(),
        cause,
    })
}

/// Makes a folder and tries whether files can be written in it, so that long work is not begun in vain.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn ensure_writable(folder: &Path) -> Result<(), StoreError> {
    let attempt = std::fs::create_dir_all(folder).and_then(|()| tempfile::NamedTempFile::new_in(folder));
    attempt.map(|_| ()).map_err(|cause| StoreError::Write {
        path: folder.into(),
        cause,
    })
}

/// Writes a value as indented JSON, in one step.
///
/// # Errors
/// As [`write_whole`].
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    write_whole(path, |file| {
        serde_json::to_writer_pretty(&mut *file, value)?;
        file.write_all(b"\n")
    })
}

/// Reads a JSON file; `None` where there is no such file.
///
/// # Errors
/// When it cannot be read, or is not what was expected.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, StoreError> {
    let Some(bytes) = read_if_there(path)? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| StoreError::Damaged {
            path: path.into(),
            what: error.to_string(),
        })
}

/// Reads a whole file; `None` where there is no such file.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StoreError::Read {
            path: path.into(),
            cause,
        }),
    }
}

/// The FNV-1a hash, for names of cached files: short, and the same on every machine and in every version.
#[must_use]
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_json(&path, &1).unwrap();
        let full = write_whole(&path, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(full.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!(read_json::<i32>(&path).unwrap(), Some(1));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn damaged_json_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "{").unwrap();
        let message = read_json::<i32>(&path).unwrap_err().to_string();
        assert!(
            message.contains("a.json") && message.contains("damaged"),
            "{message}"
        );
    }
}

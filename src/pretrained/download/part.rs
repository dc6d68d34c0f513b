//! The part of a file that is already here: `FILE.part`, beside it `FILE.part.etag` with the name that the server
//! gave to that version of the file.

use super::DownloadError;
use super::hashing;
use crate::jobs::Watch;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes written before the disk is waited for, so that no wait is long, and no more than these are lost to a crash.
const SYNC: u64 = 16 << 20;

/// A file on its way in, with the hash of what is there.
pub(super) struct Part {
    whole: PathBuf,
    path: PathBuf,
    file: File,
    hash: Sha256,
    length: u64,
    unsynced: u64,
    etag: Option<String>,
}

/// Where the part of a file lies.
pub fn part_of(whole: &Path) -> PathBuf {
    whole.with_added_extension("part")
}

/// Where the version of a part is kept.
pub fn version_of(whole: &Path) -> PathBuf {
    whole.with_added_extension("part.etag")
}

/// Opens a part as the only one to do so; none when another process holds it.
fn hold(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(None),
        // Some file systems know no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}

/// Whether someone is fetching this file just now.
pub fn is_held(whole: &Path) -> bool {
    let part = part_of(whole);
    part.exists() && hold(&part).is_ok_and(|file| file.is_none())
}

impl Part {
    /// Opens what there is of a file and hashes it. A part of which the version is not known is of no use.
    ///
    /// # Errors
    /// When it cannot be written, when another process fetches the file, and on cancellation.
    pub fn open(whole: &Path, watch: &Watch, hashed: &mut dyn FnMut(u64)) -> Result<Self, DownloadError> {
        let path = part_of(whole);
        let disk = |cause| DownloadError::Disk {
            path: path.clone(),
            cause,
        };
        let in_use = || DownloadError::InUse(whole.display().to_string());
        let file = hold(&path).map_err(disk)?.ok_or_else(in_use)?;
        let etag = std::fs::read_to_string(version_of(whole))
            .ok()
            .filter(|etag| is_strong(etag));
        let mut part = Self {
            whole: whole.into(),
            path: path.clone(),
            file,
            hash: Sha256::new(),
            length: 0,
            unsynced: 0,
            etag,
        };
        if part.etag.is_some() {
            (part.hash, part.length) = hashing::read(&mut part.file, &path, watch, hashed)?;
        } else {
            part.restart(None)?;
        }
        Ok(part)
    }

    /// Bytes that are here.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What to go on from: the version of the file, where there is something of it.
    pub fn version(&self) -> Option<&str> {
        self.etag.as_deref().filter(|_| self.length > 0)
    }

    /// Begins again with another version of the file.
    pub fn restart(&mut self, etag: Option<&str>) -> Result<(), DownloadError> {
        let version = version_of(&self.whole);
        let etag = etag.filter(|etag| is_strong(etag));
        let attempt = || -> io::Result<()> {
            match std::fs::remove_file(&version) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            self.file.set_len(0)?;
            (&self.file).seek(SeekFrom::Start(0))?;
            etag.map_or(Ok(()), |etag| std::fs::write(&version, etag))
        };
        attempt().map_err(|cause| self.disk(cause))?;
        self.hash = Sha256::new();
        self.length = 0;
        self.etag = etag.map(str::to_owned);
        Ok(())
    }

    /// Adds what has come.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), DownloadError> {
        self.file.write_all(bytes).map_err(|cause| self.disk(cause))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC {
            self.file.sync_data().map_err(|cause| self.disk(cause))?;
            self.unsynced = 0;
        }
        Ok(())
    }

    /// Deletes it.
    pub fn throw_away(&self) {
        for path in [&self.path, &version_of(&self.whole)] {
            if let Err(error) = std::fs::remove_file(path) {
                tracing::debug!("{} stays: {error}", path.display());
            }
        }
    }

    /// Makes a whole file of it, where its hash is the one expected, and gives the hash.
    pub fn finish(self, expected: Option<&str>) -> Result<String, DownloadError> {
        let found = hashing::hex(self.hash.clone());
        if let Some(expected) = expected.filter(|expected| !expected.eq_ignore_ascii_case(&found)) {
            self.throw_away();
            return Err(DownloadError::WrongHash {
                file: name(&self.whole),
                expected: expected.to_owned(),
                found,
            });
        }
        let attempt = || -> io::Result<()> {
            self.file.sync_all()?;
            std::fs::rename(&self.path, &self.whole)?;
            #[cfg(unix)]
            if let Some(folder) = self.whole.parent() {
                File::open(folder)?.sync_all()?;
            }
            Ok(())
        };
        attempt().map_err(|cause| self.disk(cause))?;
        // It would only be ignored.
        let _ = std::fs::remove_file(version_of(&self.whole));
        Ok(found)
    }

    fn disk(&self, cause: io::Error) -> DownloadError {
        DownloadError::Disk {
            path: self.path.clone(),
            cause,
        }
    }
}

/// The name of a file for a message.
pub fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Whether an entity tag promises equal bytes (RFC 9110, section 8.8.3), and can be sent back as it is.
fn is_strong(etag: &str) -> bool {
    etag.len() > 2
        && etag.starts_with('"')
        && etag.ends_with('"')
        && etag.bytes().all(|byte| (0x21..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(whole: &Path) -> Result<Part, DownloadError> {
        Part::open(whole, &Watch::default(), &mut |_| {})
    }

    #[test]
    fn what_is_there_is_hashed_and_gone_on_from() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("a.bin");
        let mut part = open(&whole).unwrap();
        part.restart(Some("\"1\"")).unwrap();
        part.write(b"ab").unwrap();
        drop(part);
        let mut part = open(&whole).unwrap();
        assert_eq!((part.length(), part.version()), (2, Some("\"1\"")));
        part.write(b"c").unwrap();
        let hash = part.finish(None).unwrap();
        assert!(
            hash.starts_with("ba7816bf") && hash.ends_with("f20015ad"),
            "of abc: {hash}"
        );
        assert_eq!(std::fs::read(&whole).unwrap(), b"abc");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_part_without_a_version_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("a.bin");
        for etag in [None, Some("W/\"1\""), Some("\"1\"\r\nX: y\""), Some("")] {
            std::fs::write(part_of(&whole), "old").unwrap();
            if let Some(etag) = etag {
                std::fs::write(version_of(&whole), etag).unwrap();
            }
            let part = open(&whole).unwrap();
            assert_eq!((part.length(), part.version()), (0, None), "{etag:?}");
        }
    }

    #[test]
    fn one_process_at_a_time_fetches_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("a.bin");
        assert!(!is_held(&whole));
        let first = open(&whole).unwrap();
        assert!(is_held(&whole));
        assert!(matches!(open(&whole), Err(DownloadError::InUse(_))));
        drop(first);
        assert!(!is_held(&whole) && open(&whole).is_ok());
    }
}

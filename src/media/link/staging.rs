//! The folder `NAME.part`, in which a download lies until it is whole. There yt-dlp names its files as it was told to,
//! `video.*`, so that nothing of a title or a site comes into a path.

use super::error::LinkError;
use super::fetching::Choice;
use crate::project::files::{read_json, write_json};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The base of the names of all files in it.
pub(super) const BASE: &str = "video";

/// What is being fetched into a folder, so that only the same goes on there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Request {
    pub link: String,
    pub choice: Choice,
}

/// The folder of one download, held by one process.
pub(super) struct Staging {
    pub folder: PathBuf,
    lock: File,
}

/// Where the parts of a video lie that will be called so.
pub(super) fn place(folder: &Path, stem: &str) -> PathBuf {
    folder.join(format!("{stem}.part"))
}

/// What was begun in a place.
pub(super) fn request(place: &Path) -> Option<Request> {
    read_json(&place.join("request.json")).ok().flatten()
}

impl Staging {
    /// Opens the folder, and empties it where something else was begun in it.
    ///
    /// # Errors
    /// When another process holds it, when it is a link, or when it cannot be written.
    pub fn open(folder: &Path, stem: &str, wanted: &Request) -> Result<Self, LinkError> {
        let place = place(folder, stem);
        let disk = || LinkError::disk(&place);
        match std::fs::create_dir(&place) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(disk()(error)),
            _ => {}
        }
        let is_folder = std::fs::symlink_metadata(&place).map_err(disk())?.is_dir();
        if !is_folder {
            return Err(disk()(io::Error::other("it is not a folder")));
        }
        let lock = place.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(LinkError::disk(&lock))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(LinkError::InUse(place)),
            // Some file systems know no locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let staging = Self { folder: place, lock };
        if request(&staging.folder).as_ref() != Some(wanted) {
            staging.empty()?;
            let path = staging.folder.join("request.json");
            write_json(&path, wanted).map_err(|error| LinkError::disk(&path)(io::Error::other(error)))?;
        }
        Ok(staging)
    }

    /// Deletes all but the lock.
    fn empty(&self) -> Result<(), LinkError> {
        for entry in std::fs::read_dir(&self.folder).map_err(LinkError::disk(&self.folder))? {
            let path = entry.map_err(LinkError::disk(&self.folder))?.path();
            if path.file_name().is_some_and(|name| name != "lock") {
                std::fs::remove_file(&path).map_err(LinkError::disk(&path))?;
            }
        }
        Ok(())
    }

    /// A file of this name in the folder; none where it is not there or leads elsewhere.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        let is_plain = name
            .strip_prefix(BASE)?
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        let path = self.folder.join(name);
        let is_file = std::fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
        (is_plain && is_file).then_some(path)
    }

    /// Deletes the folder.
    pub fn close(self) {
        let Self { folder, lock } = self;
        // On some systems a file that is open cannot be deleted.
        drop(lock);
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::debug!("{} stays: {error}", folder.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(link: &str) -> Request {
        Request {
            link: link.into(),
            choice: Choice::default(),
        }
    }

    #[test]
    fn the_same_goes_on_and_another_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let one = Staging::open(folder.path(), "news", &request("http://a/")).unwrap();
        std::fs::write(one.folder.join("video.mp4.part"), "half").unwrap();
        assert!(matches!(
            Staging::open(folder.path(), "news", &request("http://a/")),
            Err(LinkError::InUse(_))
        ));
        drop(one);
        let same = Staging::open(folder.path(), "news", &request("http://a/")).unwrap();
        assert!(same.file("video.mp4.part").is_some());
        assert!(same.file("lock").is_none() && same.file("video/../lock").is_none());
        drop(same);
        let other = Staging::open(folder.path(), "news", &request("http://b/")).unwrap();
        assert!(other.file("video.mp4.part").is_none());
        other.close();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_of_the_file_system_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::write(elsewhere.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("news.part")).unwrap();
        assert!(Staging::open(folder.path(), "news", &request("http://a/")).is_err());
        assert!(elsewhere.path().join("secret").exists());
        let staging = Staging::open(folder.path(), "other", &request("http://a/")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("secret"), staging.folder.join("video.mp4"))
            .unwrap();
        assert!(staging.file("video.mp4").is_none());
    }
}

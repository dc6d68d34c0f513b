//! Files from a model hub: resumed where they were cut, checked while they are written, and whole or not there.
//!
//! Nothing is contacted but by a call of [`survey`] or [`fetch`].

mod attempt;
mod error;
mod exchange;
mod failure;
pub mod hashing;
mod hub;
mod meter;
mod part;
mod route;
#[cfg(test)]
pub(crate) mod stand_in;
#[cfg(test)]
mod tests;

pub use error::DownloadError;
pub use hub::{HUB, Hub};
pub use meter::Progress;
pub use part::{is_held, part_of, version_of};

use super::catalogue::is_plain;
use crate::jobs::Watch;
use attempt::{address, ensure_file, persist, refused};
use exchange::ask;
use failure::Failure;
use meter::Meter;
use route::{Question, text};
use std::collections::BTreeMap;
use std::path::Path;
use ureq::http::{Method, header};

/// A file to fetch, and what is known of it beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its repository, `owner/name`.
    pub repo: String,
    /// Commit or branch.
    pub revision: String,
    /// Its name there and here.
    pub file: String,
    /// Size in bytes, where it is known.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal digits, where it is known.
    pub sha256: Option<String>,
}

/// A file that is here and whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its name.
    pub file: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of what is here, in hexadecimal digits.
    pub sha256: String,
    /// The commit it is of, where the hub said so.
    pub commit: Option<String>,
    /// Whether the hash was known beforehand and is that one.
    pub checked: bool,
}

/// Asks what the files are, without fetching them: branches become commits, so that all files are of one version,
/// and sizes and hashes are filled in where the hub states them. What was known already stays.
///
/// # Errors
/// When the hub cannot be reached or refuses, when a file is not there or is not the known one, and on cancellation.
pub fn survey(hub: &Hub, wanted: Vec<Wanted>, watch: &Watch) -> Result<Vec<Wanted>, DownloadError> {
    hub.ensure_allowed()?;
    watch.say("asking for the files' sizes");
    let mut commits: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut found = Vec::with_capacity(wanted.len());
    for mut file in wanted {
        let branch = (file.repo.clone(), file.revision.clone());
        if let Some(commit) = commits.get(&branch) {
            file.revision.clone_from(commit);
        }
        if let Some(commit) = look(hub, &mut file, watch)? {
            file.revision.clone_from(&commit);
            commits.insert(branch, commit);
        }
        found.push(file);
    }
    Ok(found)
}

/// Learns of one file, and gives the commit.
fn look(hub: &Hub, file: &mut Wanted, watch: &Watch) -> Result<Option<String>, DownloadError> {
    let question = Question {
        method: Method::HEAD,
        address: address(hub, file)?,
        headers: Vec::new(),
    };
    let answer = ask(hub, question, watch).map_err(Failure::into_error)?;
    let head = &answer.head;
    // A hub that does not know this way of asking is asked for the file itself later.
    let unknown = matches!(head.status.as_u16(), 400 | 405 | 501);
    if !head.status.is_success() && !head.status.is_redirection() && !unknown {
        return Err(refused(hub, head, file).into_error());
    }
    ensure_file(head, file)?;
    let length = text(&head.headers, header::CONTENT_LENGTH.as_str())
        .filter(|_| head.status.is_success() && !head.headers.contains_key(header::CONTENT_ENCODING))
        .and_then(|length| length.parse().ok());
    let size = head.stated.size.or(length);
    if let (Some(expected), Some(found)) = (file.size, size)
        && expected != found
    {
        return Err(DownloadError::WrongLength {
            file: file.file.clone(),
            expected,
            found,
        });
    }
    file.size = file.size.or(size);
    file.sha256 = file.sha256.take().or(head.stated.sha256.clone());
    Ok(head.stated.commit.clone())
}

/// Brings the files into a folder. Whole files that are there already are hashed and kept, parts are gone on from.
/// `tell` hears how far it is, ten times a second at most; the watch hears the same in bytes.
///
/// # Errors
/// When a file cannot be had or is not the expected one, when there is no room for it, and on cancellation.
pub fn fetch(
    hub: &Hub,
    wanted: &[Wanted],
    folder: &Path,
    watch: &Watch,
    tell: &mut dyn FnMut(&Progress),
) -> Result<Vec<Fetched>, DownloadError> {
    hub.ensure_allowed()?;
    if let Some(file) = wanted.iter().find(|file| !is_plain(&file.file)) {
        return Err(DownloadError::Name(file.file.clone()));
    }
    std::fs::create_dir_all(folder).map_err(|cause| DownloadError::Disk {
        path: folder.into(),
        cause,
    })?;
    ensure_room(wanted, folder)?;
    let sizes = wanted.iter().map(|file| file.size).collect();
    let mut meter = Meter::new(sizes, watch, tell);
    let mut fetched = Vec::with_capacity(wanted.len());
    for (place, file) in wanted.iter().enumerate() {
        meter.begin(place, &file.file);
        let whole = folder.join(&file.file);
        let here = match kept(file, &whole, watch, &mut meter)? {
            Some(here) => here,
            None => persist(hub, file, &whole, watch, &mut meter)?,
        };
        meter.size(here.size);
        meter.at(here.size);
        meter.report();
        fetched.push(here);
    }
    Ok(fetched)
}

/// A whole file that is here already, where it is the wanted one; another of its name is deleted.
fn kept(
    wanted: &Wanted,
    whole: &Path,
    watch: &Watch,
    meter: &mut Meter,
) -> Result<Option<Fetched>, DownloadError> {
    if !whole.exists() {
        return Ok(None);
    }
    let (sha256, size) = hashing::file(whole, watch, &mut |bytes| meter.at(bytes))?;
    let right_size = wanted.size.is_none_or(|expected| expected == size);
    let expected = wanted.sha256.as_deref();
    if right_size && expected.is_none_or(|expected| expected.eq_ignore_ascii_case(&sha256)) {
        return Ok(Some(Fetched {
            file: wanted.file.clone(),
            size,
            sha256,
            commit: Some(wanted.revision.clone()).filter(|revision| is_commit(revision)),
            checked: expected.is_some(),
        }));
    }
    std::fs::remove_file(whole).map_err(|cause| DownloadError::Disk {
        path: whole.into(),
        cause,
    })?;
    Ok(None)
}

fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Room on the disk for all that is known to be still to come.
fn ensure_room(wanted: &[Wanted], folder: &Path) -> Result<(), DownloadError> {
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    let missing = |file: &Wanted| {
        let whole = folder.join(&file.file);
        let here = length(&whole).max(length(&part_of(&whole)));
        file.size.unwrap_or(0).saturating_sub(here)
    };
    let needed = wanted.iter().map(missing).sum();
    match free(folder) {
        Some(free) if free < needed => Err(DownloadError::Space {
            folder: folder.into(),
            needed,
            free,
        }),
        _ => Ok(()),
    }
}

/// Bytes that may still be written to the disk of a folder, where the system tells.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

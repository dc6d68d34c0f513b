//! What has been fetched already: beside each video lies `NAME.link.json`, which says where it is from.

use super::error::LinkError;
use super::fetching::{Choice, Fetched};
use super::listing::{Listing, Track};
use super::staging::{self, Request};
use super::stem;
use crate::project::files::{read_json, write_json};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use time::OffsetDateTime;

/// Where a video is from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub request: Request,
    /// Name of the file.
    pub video: String,
    /// Name of the file with captions.
    pub captions: Option<String>,
    /// Whether there are captions that could not be had.
    pub captions_missing: bool,
    pub title: String,
    pub uploader: Option<String>,
    pub uploaded: Option<String>,
    pub track: Option<String>,
    /// The day it was fetched, and by which yt-dlp.
    pub fetched: String,
    pub yt_dlp: String,
}

const ENDING: &str = "link.json";

/// Whether a file says of a video where it is from.
#[must_use]
pub fn is_record(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.ends_with(&format!(".{ENDING}")))
}

/// The video of a link that lies in a folder since an earlier call, with the captions that are wanted.
#[must_use]
pub fn finished(folder: &Path, link: &str, choice: &Choice) -> Option<Fetched> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let request = Request {
        link: link.to_owned(),
        choice: choice.clone(),
    };
    entries
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(ENDING))
        .filter_map(|entry| read_json::<Record>(&entry.path()).ok().flatten())
        .filter(|record| record.request == request && !record.captions_missing)
        .find_map(|record| record.at(folder))
}

impl Record {
    /// Of a video that is here now.
    pub fn new(request: Request, listing: &Listing, track: Option<&Track>, version: &str) -> Self {
        Self {
            request,
            video: String::new(),
            captions: None,
            captions_missing: false,
            title: listing.title.clone(),
            uploader: listing.uploader.clone(),
            uploaded: listing.uploaded.clone(),
            track: track.map(|track| format!("{} {}", track.kind, track.language)),
            fetched: OffsetDateTime::now_utc().date().to_string(),
            yt_dlp: version.to_owned(),
        }
    }

    /// Reads that of a name.
    pub fn read(folder: &Path, stem: &str) -> Option<Self> {
        read_json(&folder.join(format!("{stem}.{ENDING}"))).ok().flatten()
    }

    /// Writes it: from now on the video counts as fetched.
    pub fn write(&self, folder: &Path, stem: &str) -> Result<(), LinkError> {
        let path = folder.join(format!("{stem}.{ENDING}"));
        write_json(&path, self).map_err(|error| LinkError::disk(&path)(io::Error::other(error)))
    }

    /// The files, where they are still there. A record names files of its own folder only.
    pub fn at(&self, folder: &Path) -> Option<Fetched> {
        let file = |name: &str| {
            let is_plain = Path::new(name).file_name().is_some_and(|only| only == name);
            Some(folder.join(name)).filter(|path| is_plain && path.is_file())
        };
        let captions = match &self.captions {
            Some(name) => Some(file(name)?),
            None => None,
        };
        Some(Fetched {
            video: file(&self.video)?,
            captions,
            title: self.title.clone(),
            warnings: Vec::new(),
        })
    }
}

/// The name for the files of a video: of its title, and with more behind it where that is the name of another.
pub(super) fn free_stem(folder: &Path, listing: &Listing, request: &Request) -> String {
    let title = stem::of_title(&listing.title);
    let with_id = stem::of_title(&format!(
        "{} {}",
        title.chars().take(50).collect::<String>(),
        listing.id
    ));
    let numbered = (2_u32..).map(|number| format!("{with_id} {number}"));
    let mut names = [title, with_id.clone()].into_iter().chain(numbered);
    let is_ours = |stem: &str| match Record::read(folder, stem) {
        Some(record) => record.request.link == request.link && record.request == *request,
        None => match staging::request(&staging::place(folder, stem)) {
            Some(begun) => begun == *request,
            None => is_free(folder, stem),
        },
    };
    names.find(|stem| is_ours(stem)).unwrap_or(with_id)
}

/// Whether no file has this name, with any ending.
fn is_free(folder: &Path, stem: &str) -> bool {
    let start = format!("{stem}.").to_lowercase();
    let mut entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    !entries.any(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .to_lowercase()
            .starts_with(&start)
    })
}

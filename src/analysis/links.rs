//! From a link to a video file with captions.

use super::places::Places;
use crate::jobs::Watch;
use crate::media::link::{Access, Choice, Fetched, Link, LinkError, Program, Progress, finished};
use std::path::Path;

/// Fetches a link's video and captions into a folder, with the yt-dlp of this machine. What is there already since an
/// earlier call is taken, and then nothing at all is asked. To show what there is before, take the steps one by one:
/// [`Program::find`], [`Program::look`], [`Program::fetch`].
///
/// # Errors
/// As those three.
pub fn fetch(
    link: &Link,
    choice: &Choice,
    access: &Access,
    folder: &Path,
    places: &Places,
    watch: &Watch,
    tell: &mut dyn FnMut(&Progress),
) -> Result<Fetched, LinkError> {
    if let Some(fetched) = finished(folder, link.as_str(), choice) {
        return Ok(fetched);
    }
    let program = Program::find(&places.yt_dlp(), watch)?;
    let listing = program.look(link, access, watch)?;
    program.fetch(&listing, choice, access, folder, watch, tell)
}

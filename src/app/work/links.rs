//! Work around links: looking what is behind one, fetching it, and yt-dlp itself.

use super::{Message, Out};
use crate::analysis::Places;
use crate::media::link::{self, Access, Choice, Link, LinkError, Listing, Program};
use std::path::Path;

/// Looks for yt-dlp. That there is none is no failure: the window offers to get it.
pub fn find_fetcher(places: &Places, out: &Out) -> anyhow::Result<()> {
    match Program::find(&places.yt_dlp(), &out.watch) {
        Ok(program) => Ok(out.send(Message::Fetcher(program))?),
        Err(LinkError::NoProgram) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Gets the newest yt-dlp from the package index.
pub fn install_fetcher(places: &Places, out: &Out) -> anyhow::Result<()> {
    let program = link::install(&places.yt_dlp(), &out.watch)?;
    Ok(out.send(Message::Fetcher(program))?)
}

/// Looks what is behind a link.
pub fn look_at_link(program: &Program, text: &str, access: &Access, out: &Out) -> anyhow::Result<()> {
    let listing = program.look(&Link::parse(text)?, access, &out.watch)?;
    Ok(out.send(Message::Listed(Box::new(listing)))?)
}

/// Gets the picture that the site shows of the video. Without it nothing is missing that matters.
pub fn get_thumbnail(program: &Program, listing: &Listing, access: &Access, out: &Out) -> anyhow::Result<()> {
    let picture = program.thumbnail(listing, access, &out.watch).unwrap_or_default();
    match picture {
        Some(picture) => Ok(out.send(Message::Thumbnail(Box::new(picture)))?),
        None => Ok(()),
    }
}

/// Fetches the video with the captions that are chosen.
pub fn fetch_video(
    program: &Program,
    listing: &Listing,
    choice: &Choice,
    access: &Access,
    folder: &Path,
    out: &Out,
) -> anyhow::Result<()> {
    let fetched = program.fetch(listing, choice, access, folder, &out.watch, &mut |progress| {
        out.offer(Message::FetchingVideo(*progress));
    })?;
    Ok(out.send(Message::FetchedVideo(Box::new(fetched)))?)
}

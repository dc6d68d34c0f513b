//! The small picture that a site shows of a video.

use super::access::Access;
use super::address::Link;
use super::calling::Call;
use super::error::LinkError;
use super::listing::Listing;
use super::program::Program;
use crate::jobs::Watch;
use crate::media::{FrameSource, Picture};
use crate::project::Seconds;
use std::ffi::OsString;
use std::path::Path;

/// Columns at most.
const WIDTH: u32 = 320;

impl Program {
    /// Fetches the picture that the site shows of a video. None where there is none, or none that can be shown: a video
    /// is no worse for it.
    ///
    /// # Errors
    /// When its address is not to be asked, when yt-dlp cannot be started, and on cancellation.
    pub fn thumbnail(
        &self,
        listing: &Listing,
        access: &Access,
        watch: &Watch,
    ) -> Result<Option<Picture>, LinkError> {
        if listing.thumbnail.is_none() {
            return Ok(None);
        }
        let link = Link::parse(&listing.link)?;
        self.ensure_allowed(&link, access, watch)?;
        let temporary = std::env::temp_dir();
        let folder = tempfile::tempdir().map_err(LinkError::disk(&temporary))?;
        let options = [
            "--skip-download",
            "--write-thumbnail",
            "--playlist-items",
            "1",
            "--output",
            "picture.%(ext)s",
        ];
        let call = Call {
            link: &link,
            access,
            options: &options.map(OsString::from),
            folder: Some(folder.path()),
        };
        self.ask(&call, watch, &mut |_| {})?;
        let files = std::fs::read_dir(folder.path()).into_iter().flatten().flatten();
        Ok(files.filter_map(|file| shown(&file.path())).next())
    }
}

/// A picture file as it is shown.
fn shown(file: &Path) -> Option<Picture> {
    FrameSource::open_picture(file).ok()?.at(Seconds(0.0), WIDTH).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_shown_and_what_is_none_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture.jpg");
        std::fs::write(&file, "no picture").unwrap();
        assert!(shown(&file).is_none());
        let made = std::process::Command::new("ffmpeg")
            .args("-v error -y -f lavfi -i color=red:size=640x360 -frames:v 1".split(' '))
            .arg(&file)
            .status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("skipped: there is no ffmpeg command that can make a picture");
            return;
        }
        let picture = shown(&file).unwrap();
        assert_eq!((picture.width, picture.height), (320, 180));
        assert!(picture.rgb[0] > 200 && picture.rgb[1] < 40);
    }
}

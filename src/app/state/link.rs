//! What is known of a link that is to be opened.

use crate::media::Picture;
use crate::media::link::{Listing, Program, Progress};
use std::sync::Arc;

/// A link on its way to a video.
#[derive(Debug, Clone, Default)]
pub struct Linked {
    /// The yt-dlp that is there; none where there is none, or before it was looked for.
    pub program: Option<Program>,
    /// What is behind the link that was looked at last.
    pub listing: Option<Arc<Listing>>,
    /// The picture that the site shows of it.
    pub thumbnail: Option<Arc<Picture>>,
    /// How far the fetching is.
    pub progress: Option<Progress>,
    /// A link waits for yt-dlp to be looked at.
    pub wanted: bool,
    /// The fetching was stopped.
    pub stopped: bool,
    /// Why the last thing that was asked for was not done.
    pub trouble: Option<String>,
}

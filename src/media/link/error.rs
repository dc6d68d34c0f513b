//! Why a link could not be made a video, and what to do about it.

use super::access::Browser;
use crate::jobs::Cancelled;
use crate::project::files::disk_trouble;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a link could not be made a video. What has come is kept, and the next try goes on from there.
#[derive(Debug, Error)]
pub enum LinkError {
    /// Someone asked for an end.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// This machine is to stay offline.
    #[error(
        "nothing is fetched, because {0} is set. Unset it, or open a video that is already on this machine"
    )]
    Offline(&'static str),
    /// It is no link.
    #[error("'{text}' cannot be opened as a link: {why}. Copy the address of the video's page again")]
    NotALink {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The link leads to this machine or a private network, or was sent on there.
    #[error(
        "{0} is an address of this machine or of a private network, so it is not asked. If you trust the link, allow \
         addresses of this machine and of private networks (--allow-private-addresses on the command line)"
    )]
    PrivateAddress(String),
    /// There is no yt-dlp.
    #[error(
        "links are fetched by yt-dlp, which is not on this machine. Install it (in the window with one click, in a \
         terminal with 'frameloom fetch --install'), or put it on the path"
    )]
    NoProgram,
    /// There is no Python to run our own yt-dlp with.
    #[error(
        "yt-dlp is run by Python 3, which is not on the path of this machine. Install Python 3, or put a yt-dlp that \
         brings its own on the path"
    )]
    NoPython,
    /// The Python is too old.
    #[error(
        "the Python 3 of this machine is too old for yt-dlp ({0}). Install a newer Python, then try again"
    )]
    OldPython(String),
    /// What is there does not run.
    #[error("yt-dlp in {} does not run: {said}. Update it, or delete that file or folder", place.display())]
    Broken {
        /// The program or folder.
        place: PathBuf,
        /// What it said.
        said: String,
    },
    /// A process or a thread cannot be started.
    #[error("yt-dlp cannot be started: {0}. Close other programs, then try again")]
    Start(#[source] io::Error),
    /// Its site wants to know that no robot asks.
    #[error(
        "{host} wants a sign-in before it shows this video ({said}). Sign in there with a browser, and allow that \
         browser's cookies to be used ({}); or wait an hour, or use another network",
        browsers()
    )]
    SignIn {
        /// The host.
        host: String,
        /// What yt-dlp said.
        said: String,
    },
    /// The cookies of the browser cannot be read.
    #[error("the browser's cookies cannot be read ({0}). Close the browser, or choose another one")]
    Cookies(String),
    /// HTTP 429.
    #[error("{0} has been asked too often (429). Wait half an hour, then go on; what has come is kept")]
    TooManyRequests(String),
    /// Only shown elsewhere.
    #[error(
        "{host} does not show this video in your country ({said}). Only a connection from another country helps"
    )]
    Region {
        /// The host.
        host: String,
        /// What yt-dlp said.
        said: String,
    },
    /// Not over yet, or not begun.
    #[error("this is a live stream that is not over. Fetch it when it has ended and can be watched again")]
    Live,
    /// For invited people.
    #[error(
        "this video is private, or for members only. Ask its owner; if you may see it in a browser, allow that \
         browser's cookies to be used"
    )]
    Private,
    /// No longer there.
    #[error("this video is no longer there ({0}). Look for it elsewhere")]
    Removed(String),
    /// Only for adults.
    #[error(
        "this video is shown only to those who have proved their age. Sign in there with a browser, and allow that \
         browser's cookies to be used ({})",
        browsers()
    )]
    Age,
    /// Encrypted.
    #[error("this video is protected against copying, so it cannot be fetched. Look for it elsewhere")]
    Protected,
    /// yt-dlp does not understand the site any more.
    #[error(
        "yt-dlp {version} does not understand this site any more ({said}), and it is {days} days old. Update it, then \
         try again"
    )]
    Outdated {
        /// Its version.
        version: String,
        /// How old that is.
        days: i64,
        /// What it said.
        said: String,
    },
    /// yt-dlp does not understand the site, and is not old.
    #[error(
        "yt-dlp does not understand this page ({0}). Check the link in a browser; a newer yt-dlp may help"
    )]
    Extractor(String),
    /// There is no video at this address.
    #[error(
        "{0} is no page with a video that yt-dlp knows. Give the address of the video itself, or open a file"
    )]
    Unsupported(String),
    /// A list of videos.
    #[error("this link leads to several videos. Give the link of one of them")]
    Several,
    /// HTTP 403.
    #[error(
        "{host} does not give this video (403). Try again in a few minutes{}; if you may see it in a browser, allow that \
         browser's cookies to be used", hint(*days)
    )]
    Forbidden {
        /// The host.
        host: String,
        /// How old yt-dlp is, where that may be why.
        days: Option<i64>,
    },
    /// HTTP 404 or 410.
    #[error("{0} has nothing at this address (404). Check the link in a browser")]
    NotFound(String),
    /// No network, or no such host.
    #[error(
        "{host} cannot be reached: {cause}. Check the network and the link; where a proxy is needed set HTTPS_PROXY"
    )]
    Unreachable {
        /// The host.
        host: String,
        /// What the system said.
        cause: String,
    },
    /// No private connection.
    #[error(
        "no private connection to {0}: its certificate is not accepted. Check this machine's clock; some networks put \
         their own certificate in between, and then only another network helps"
    )]
    Insecure(String),
    /// The connection broke again and again, or the file was shorter than announced.
    #[error("the connection to {host} breaks ({said}). What has come is kept; try again to go on from there")]
    Cut {
        /// The host.
        host: String,
        /// What yt-dlp said.
        said: String,
    },
    /// Sent on and on.
    #[error("{0} sends the request on and on without an end. Check the link in a browser")]
    EndlessRedirect(String),
    /// Pictures and sound come apart.
    #[error(
        "this video comes as pictures and sound apart, and the ffmpeg command that joins them is not on the path. \
         Install FFmpeg, then try again"
    )]
    NoFfmpeg,
    /// What came is no video.
    #[error("what {host} sent is no video: {cause}. It is not kept")]
    NotAVideo {
        /// The host.
        host: String,
        /// What is wrong with it.
        cause: String,
    },
    /// There are no such captions.
    #[error("this video has no {wanted} captions. It has {}", if there.is_empty() { "none" } else { there })]
    NoTrack {
        /// What was asked for.
        wanted: String,
        /// What there is.
        there: String,
    },
    /// Another process fetches the same.
    #[error("{} is being fetched already, by another window or command. Wait for that, or stop it", .0.display())]
    InUse(PathBuf),
    /// A file could not be read or written.
    #[error("{}", disk_trouble(path, cause))]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The package index cannot be used.
    #[error("yt-dlp cannot be installed: {0}")]
    Index(String),
    /// Anything else, in the words of yt-dlp.
    #[error("yt-dlp could not fetch this: {0}")]
    Other(String),
}

impl LinkError {
    pub(super) fn disk(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |cause| Self::Disk { path, cause }
    }
}

fn browsers() -> String {
    Browser::ALL.map(Browser::name).join(", ")
}

fn hint(days: Option<i64>) -> String {
    days.map_or_else(String::new, |days| {
        format!(", or update yt-dlp, which is {days} days old")
    })
}

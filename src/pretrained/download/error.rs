//! Why a model could not be fetched, and what to do about it.

use crate::jobs::Cancelled;
use crate::pretrained::bytes::Bytes;
use crate::project::files::disk_trouble;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// Why a model could not be fetched. Unless the message says otherwise, what has come is kept, and the next try goes
/// on from there.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// Someone asked for an end.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// This machine is to stay offline.
    #[error(
        "nothing is fetched, because {0} is set. Unset it, or add a model that is already on this machine"
    )]
    Offline(&'static str),
    /// The address of the hub cannot be used.
    #[error(
        "'{0}' is not the address of a model hub. Set HF_ENDPOINT to an address such as https://huggingface.co, \
         without a user name"
    )]
    Endpoint(String),
    /// A name that would leave the folder or the repository.
    #[error("'{0}' is not a plain file name, so it is not fetched")]
    Name(String),
    /// The host cannot be reached at all.
    #[error(
        "{host} cannot be reached: {cause}. Check the network; where it needs a proxy set HTTPS_PROXY, and where the \
         hub is blocked set HF_ENDPOINT to a mirror"
    )]
    Unreachable {
        /// Whom the request was for.
        host: String,
        /// What the system said.
        cause: String,
    },
    /// The proxy does not let the request through.
    #[error(
        "the proxy does not let {host} be reached: {cause}. Check HTTPS_PROXY and the name and password in it"
    )]
    Proxy {
        /// Whom the request was for.
        host: String,
        /// What the proxy said.
        cause: String,
    },
    /// No private connection.
    #[error(
        "no private connection to {host}: {cause}. Check this machine's clock; some networks put their own \
         certificate in between, and then only a mirror or another network helps"
    )]
    Insecure {
        /// Whom the request was for.
        host: String,
        /// What is wrong.
        cause: String,
    },
    /// The connection broke again and again.
    #[error(
        "the connection to {host} breaks: {cause} (tries: {tries}). What has come is kept; try again to go on from there"
    )]
    Cut {
        /// Whom the request was for.
        host: String,
        /// How often it was tried.
        tries: usize,
        /// The last reason.
        cause: String,
    },
    /// HTTP 401 or 403.
    #[error("{}", not_allowed(page, *token))]
    NotAllowed {
        /// The page of the repository.
        page: String,
        /// Whether a token was sent.
        token: bool,
    },
    /// HTTP 404.
    #[error(
        "{file} is not at {page} (revision {revision}). It may have been renamed or removed: look at that page, fetch \
         the files by hand, and add their folder as a model of your own"
    )]
    NotFound {
        /// The file.
        file: String,
        /// The page of the repository.
        page: String,
        /// Revision that was asked for.
        revision: String,
    },
    /// HTTP 429, or 503 with a time.
    #[error("{host} is busy{}. What has come is kept", wait(*after))]
    Busy {
        /// Whom the request was for.
        host: String,
        /// How long it wants to be left alone.
        after: Option<Duration>,
    },
    /// Any other status that is none of success.
    #[error("{host} answered with an error ({status}). Try again later; what has come is kept")]
    Status {
        /// Whom the request was for.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// A page for people instead of a file, as networks with a log-in send it.
    #[error(
        "{host} sent a web page in place of {file}. Does this network want you to log in first? Open any page in a \
         browser, then try again"
    )]
    WebPage {
        /// Whom the request was for.
        host: String,
        /// The file.
        file: String,
    },
    /// Sent on and on.
    #[error(
        "{host} sends the request on and on without an end. Try again later, or set HF_ENDPOINT to another hub"
    )]
    EndlessRedirect {
        /// Where it began.
        host: String,
    },
    /// Sent to where files must not be taken from.
    #[error(
        "{host} sends the request on to '{target}', which is not a private web address, so it was not followed"
    )]
    BadRedirect {
        /// Who sent it on.
        host: String,
        /// Scheme and host of the target.
        target: String,
    },
    /// The file has another length than is known.
    #[error(
        "{file} has {found} bytes where {expected} were expected. It is not kept; try again, or tell its maker"
    )]
    WrongLength {
        /// The file.
        file: String,
        /// Known length.
        expected: u64,
        /// Length found.
        found: u64,
    },
    /// The file has other contents than is known.
    #[error(
        "{file} is not what was expected: its SHA-256 is {found} and not {expected}. It is not kept; try again, \
         and do not use it should this come again"
    )]
    WrongHash {
        /// The file.
        file: String,
        /// Known hash.
        expected: String,
        /// Hash found.
        found: String,
    },
    /// Another process fetches the same file.
    #[error("{0} is being fetched already, by another window or command. Wait for that, or stop it")]
    InUse(String),
    /// There is not enough room, found before anything is fetched.
    #[error("{} has {} free, and {} are still to come. Free some space, then try again", folder.display(), Bytes(*free), Bytes(*needed))]
    Space {
        /// Where the model is to lie.
        folder: PathBuf,
        /// Bytes to come.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// A file could not be read or written.
    #[error("{}", disk_trouble(path, cause))]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl DownloadError {
    /// The same, with the number of tries it took.
    pub(super) fn after(self, tried: usize) -> Self {
        match self {
            Self::Cut { host, cause, .. } => Self::Cut {
                host,
                cause,
                tries: tried,
            },
            other => other,
        }
    }
}

fn not_allowed(page: &str, token: bool) -> String {
    let then = if token {
        "check that the account of the token in HF_TOKEN may read it"
    } else {
        "set HF_TOKEN to an access token of your account"
    };
    format!(
        "{page} is not open to everyone, or no longer there. Open that page, log in and accept the licence it shows; \
         then {then}, and try again"
    )
}

fn wait(after: Option<Duration>) -> String {
    match after.map(|after| after.as_secs()) {
        None => "; try again in some minutes".into(),
        Some(seconds @ 0..120) => format!("; try again in {seconds} seconds"),
        Some(seconds) => format!("; try again in {} minutes", seconds.div_ceil(60)),
    }
}

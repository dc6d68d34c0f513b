//! Why one try to fetch something failed.

use super::DownloadError;
use crate::jobs::Cancelled;
use std::io;
use std::time::Duration;
use ureq::Timeout;

/// Why one try failed, and whether another may help.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may be over in a moment.
    Passing(DownloadError),
    /// The hub asks to be left alone for so long.
    Wait(Duration, DownloadError),
    /// No further try will help.
    Final(DownloadError),
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        Self::Final(error)
    }
}

impl From<Cancelled> for Failure {
    fn from(cancelled: Cancelled) -> Self {
        Self::Final(cancelled.into())
    }
}

impl Failure {
    /// The error, whether or not another try may help.
    pub fn into_error(self) -> DownloadError {
        match self {
            Self::Passing(error) | Self::Wait(_, error) | Self::Final(error) => error,
        }
    }
}

/// What the system or the server did, told apart by whether another try may help.
pub(super) fn failure(host: &str, error: ureq::Error) -> Failure {
    use io::ErrorKind as Kind;
    let host = host.to_owned();
    let unreachable = |host, cause: String| Failure::Passing(DownloadError::Unreachable { host, cause });
    let cut = |host, cause: String| {
        Failure::Passing(DownloadError::Cut {
            host,
            tries: 1,
            cause,
        })
    };
    match error {
        ureq::Error::HostNotFound => unreachable(host, "its name is not known here".into()),
        ureq::Error::ConnectionFailed => unreachable(host, "no connection".into()),
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            unreachable(host, "no answer in time".into())
        }
        ureq::Error::Timeout(_) => cut(host, "nothing came for too long".into()),
        ureq::Error::ConnectProxyFailed(cause) => DownloadError::Proxy { host, cause }.into(),
        ureq::Error::InvalidProxyUrl => {
            let cause = "its address cannot be read".into();
            DownloadError::Proxy { host, cause }.into()
        }
        ureq::Error::Tls(cause) => {
            let cause = cause.to_owned();
            DownloadError::Insecure { host, cause }.into()
        }
        ureq::Error::Rustls(cause) => {
            let cause = cause.to_string();
            DownloadError::Insecure { host, cause }.into()
        }
        ureq::Error::Io(error) => match error.kind() {
            // What is wrong with a certificate comes as an error of reading.
            Kind::InvalidData => {
                let cause = error.to_string();
                DownloadError::Insecure { host, cause }.into()
            }
            Kind::ConnectionRefused
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown => unreachable(host, error.to_string()),
            _ => cut(host, error.to_string()),
        },
        other => cut(host, other.to_string()),
    }
}

//! One file: tried until it is whole, or until no further try will help.

use super::exchange::ask;
use super::failure::Failure;
use super::hub::Hub;
use super::meter::Meter;
use super::part::Part;
use super::route::{Head, Question, text};
use super::{DownloadError, Fetched, Wanted, is_commit};
use crate::jobs::{Cancelled, Watch};
use std::path::Path;
use std::time::{Duration, Instant};
use ureq::http::{Method, StatusCode, Uri, header};

/// A try that brought this much counts as a new beginning, so that a long file over a poor line comes through.
const WORTHWHILE: u64 = 1 << 20;

/// Where a file lies on the hub.
pub(super) fn address(hub: &Hub, file: &Wanted) -> Result<Uri, DownloadError> {
    let text = format!("{}/resolve/{}/{}", hub.page(&file.repo), file.revision, file.file);
    text.parse().map_err(|_| DownloadError::Name(file.file.clone()))
}

/// Fetches a file, going on after each cut.
pub(super) fn persist(
    hub: &Hub,
    wanted: &Wanted,
    whole: &Path,
    watch: &Watch,
    meter: &mut Meter,
) -> Result<Fetched, DownloadError> {
    let mut part = Part::open(whole, watch, &mut |bytes| meter.at(bytes))?;
    let mut tries = 0;
    let commit = loop {
        let before = part.length();
        let (pause, error) = match attempt(hub, wanted, &mut part, watch, meter) {
            Ok(commit) => break commit,
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Wait(pause, error)) => (Some(pause), error),
            Err(Failure::Passing(error)) => (None, error),
        };
        if part.length() >= before + WORTHWHILE {
            tries = 0;
        }
        let Some(usual) = hub.patience.pauses.get(tries) else {
            return Err(error.after(tries + 1));
        };
        tries += 1;
        tracing::debug!("{}, try {tries}: {error}", wanted.file);
        watch.say(format!("fetching {}: interrupted, trying again", wanted.file));
        rest(pause.unwrap_or(*usual), watch)?;
    };
    let size = part.length();
    let sha256 = part.finish(wanted.sha256.as_deref())?;
    Ok(Fetched {
        file: wanted.file.clone(),
        size,
        sha256,
        commit: commit.or(Some(wanted.revision.clone()).filter(|revision| is_commit(revision))),
        checked: wanted.sha256.is_some(),
    })
}

/// Waits, unless someone asks for an end.
fn rest(pause: Duration, watch: &Watch) -> Result<(), Cancelled> {
    let until = Instant::now() + pause;
    loop {
        watch.check()?;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}

/// Asks once, from where the part ends, and writes what comes. Gives the commit, where the hub says which it is.
fn attempt(
    hub: &Hub,
    wanted: &Wanted,
    part: &mut Part,
    watch: &Watch,
    meter: &mut Meter,
) -> Result<Option<String>, Failure> {
    let mut headers = Vec::new();
    if let Some(version) = part.version() {
        headers.push((header::RANGE, format!("bytes={}-", part.length())));
        headers.push((header::IF_RANGE, version.to_owned()));
    }
    let resumes = !headers.is_empty();
    let question = Question {
        method: Method::GET,
        address: address(hub, wanted)?,
        headers,
    };
    let mut answer = ask(hub, question, watch)?;
    let head = &answer.head;
    let cut = |cause: &str| {
        Failure::Passing(DownloadError::Cut {
            host: head.host.clone(),
            tries: 1,
            cause: cause.into(),
        })
    };
    let range = text(&head.headers, "content-range").map_or((None, None), content_range);
    let total = match head.status {
        // The whole file: the first try, or a server without ranges, or another version than the part is of.
        StatusCode::OK => {
            ensure_file(head, wanted)?;
            part.restart(text(&head.headers, "etag"))?;
            text(&head.headers, "content-length").and_then(|length| length.parse().ok())
        }
        StatusCode::PARTIAL_CONTENT if resumes && range.0 == Some(part.length()) => range.1,
        // Nothing is left to come, for the part was whole when it was cut off.
        StatusCode::RANGE_NOT_SATISFIABLE if resumes && range.1 == Some(part.length()) => range.1,
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if resumes => {
            part.restart(None)?;
            return Err(cut("another part came than was asked for"));
        }
        _ => return Err(refused(hub, head, wanted)),
    };
    let wrong_length = |part: &Part, expected, found| {
        part.throw_away();
        let file = wanted.file.clone();
        Failure::Final(DownloadError::WrongLength {
            file,
            expected,
            found,
        })
    };
    if let (Some(expected), Some(found)) = (wanted.size, total)
        && expected != found
    {
        return Err(wrong_length(part, expected, found));
    }
    let expected = wanted.size.or(total);
    if let Some(bytes) = expected {
        meter.size(bytes);
    }
    let commit = head.stated.commit.clone();
    let host = head.host.clone();
    let done = answer.head.status == StatusCode::RANGE_NOT_SATISFIABLE;
    while !done && let Some(bytes) = answer.next(watch)? {
        let length = part.length() + bytes.len() as u64;
        if let Some(expected) = expected.filter(|expected| length > *expected) {
            return Err(wrong_length(part, expected, length));
        }
        if part.length() == 0 && is_page(&bytes) {
            let file = wanted.file.clone();
            return Err(DownloadError::WebPage { host, file }.into());
        }
        part.write(&bytes)?;
        meter.receive(bytes.len() as u64);
        meter.at(part.length());
    }
    if expected.is_some_and(|expected| part.length() < expected) {
        let cause = "the file ended too early".to_owned();
        return Err(Failure::Passing(DownloadError::Cut {
            host,
            tries: 1,
            cause,
        }));
    }
    Ok(commit)
}

/// `bytes 5-9/10`, `bytes */10` or `bytes 5-9/*`: where it begins, and the size of the whole.
fn content_range(text: &str) -> (Option<u64>, Option<u64>) {
    let Some((range, total)) = text.trim_start_matches("bytes").trim().split_once('/') else {
        return (None, None);
    };
    let start = range.split('-').next().and_then(|start| start.parse().ok());
    (start, total.parse().ok())
}

/// Refuses a page for people where a file was asked for.
pub(super) fn ensure_file(head: &Head, wanted: &Wanted) -> Result<(), DownloadError> {
    let page =
        text(&head.headers, "content-type").is_some_and(|kind| kind.to_lowercase().starts_with("text/html"));
    if page {
        return Err(DownloadError::WebPage {
            host: head.host.clone(),
            file: wanted.file.clone(),
        });
    }
    Ok(())
}

/// Whether this is how a web page begins: some networks send theirs under any name.
fn is_page(bytes: &[u8]) -> bool {
    let begin = String::from_utf8_lossy(bytes.get(..256.min(bytes.len())).unwrap_or_default()).to_lowercase();
    let begin = begin.trim_start();
    begin.starts_with("<!doctype html") || begin.starts_with("<html")
}

/// What a status that is none of success means.
pub(super) fn refused(hub: &Hub, head: &Head, wanted: &Wanted) -> Failure {
    let host = head.host.clone();
    let status = head.status.as_u16();
    let after = text(&head.headers, "retry-after")
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    match status {
        401 | 403 if head.from_hub => Failure::Final(DownloadError::NotAllowed {
            page: hub.page(&wanted.repo),
            token: hub.has_token(),
        }),
        // Addresses of other hosts are signed and run out; the hub gives a new one.
        401 | 403 => Failure::Passing(DownloadError::Status { host, status }),
        404 | 410 => Failure::Final(DownloadError::NotFound {
            file: wanted.file.clone(),
            page: hub.page(&wanted.repo),
            revision: wanted.revision.clone(),
        }),
        407 => Failure::Final(DownloadError::Proxy {
            host,
            cause: "it wants a name and a password".into(),
        }),
        429 | 503 if after.is_some() || status == 429 => {
            let error = DownloadError::Busy { host, after };
            match after {
                Some(after) if after <= hub.patience.longest_wait => Failure::Wait(after, error),
                Some(_) => Failure::Final(error),
                None => Failure::Passing(error),
            }
        }
        408 | 500.. => Failure::Passing(DownloadError::Status { host, status }),
        _ => Failure::Final(DownloadError::Status { host, status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_their_three_forms() {
        assert_eq!(content_range("bytes 5-9/10"), (Some(5), Some(10)));
        assert_eq!(content_range("bytes */10"), (None, Some(10)));
        assert_eq!(content_range("bytes 5-9/*"), (Some(5), None));
        assert_eq!(content_range("5"), (None, None));
    }

    #[test]
    fn a_page_is_known_by_its_beginning() {
        assert!(is_page(b"\n  <!DOCTYPE HTML><p>Log in") && is_page(b"<html>"));
        assert!(!is_page(b"{\"model_type\": \"bert\"}") && !is_page(b"GGUF") && !is_page(&[0xff; 300]));
    }
}

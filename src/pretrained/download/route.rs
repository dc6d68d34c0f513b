//! The way from the hub to where a file lies: each redirect is looked at before it is followed.

use super::DownloadError;
use super::failure::{Failure, failure};
use super::hub::Hub;
use ureq::http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use ureq::{Agent, Body};

/// Hops from the hub to the file, at most.
const HOPS: usize = 10;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub method: Method,
    pub address: Uri,
    /// Sent to every host on the way, so never a secret.
    pub headers: Vec<(header::HeaderName, String)>,
}

/// The head of an answer.
#[derive(Debug)]
pub(super) struct Head {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Who answered.
    pub host: String,
    /// Whether that was the hub itself and not one it sent us to.
    pub from_hub: bool,
    /// What the hub itself said of the file on the way.
    pub stated: Stated,
}

/// What a hub says of a file before it sends people on to where the file lies.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    /// The commit that the revision stands for.
    pub commit: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// SHA-256 in small hexadecimal digits.
    pub sha256: Option<String>,
}

impl Stated {
    fn read(&mut self, headers: &HeaderMap) {
        let hex = |text: &str, digits: usize| {
            let text = text.trim_matches('"');
            (text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_lowercase())
        };
        let value = |name: &str| text(headers, name);
        self.commit = self
            .commit
            .take()
            .or(value("x-repo-commit").and_then(|commit| hex(commit, 40)));
        self.size = self
            .size
            .or(value("x-linked-size").and_then(|size| size.parse().ok()));
        self.sha256 = self
            .sha256
            .take()
            .or(value("x-linked-etag").and_then(|hash| hex(hash, 64)));
    }
}

/// The value of a header, where it is there and plain text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
}

/// Asks the hub, follows where it leads, and gives the last answer.
pub(super) fn follow(hub: &Hub, agent: &Agent, question: Question) -> Result<(Head, Body), Failure> {
    let start = host(&question.address);
    let mut address = question.address;
    let mut stated = Stated::default();
    for _ in 0..=HOPS {
        let from_hub = hub.owns(&address);
        let mut request = Request::builder()
            .method(question.method.clone())
            .uri(address.clone());
        for (name, value) in &question.headers {
            request = request.header(name, value);
        }
        if let Some(token) = hub.token_for(&address) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let host = host(&address);
        let sent = request
            .body(())
            .map_err(ureq::Error::from)
            .and_then(|request| agent.run(request));
        let (parts, body) = sent.map_err(|error| failure(&host, error))?.into_parts();
        if from_hub {
            stated.read(&parts.headers);
        }
        let next = text(&parts.headers, "location").filter(|_| parts.status.is_redirection());
        let bad = |target: String| DownloadError::BadRedirect {
            host: host.clone(),
            target,
        };
        let next = match next {
            Some(location) => Some(target(&address, location).ok_or_else(|| bad(location.to_owned()))?),
            None => None,
        };
        // To learn of a file one need not go where it lies: addresses there may be good for one request only.
        let onward = next.filter(|next| question.method != Method::HEAD || hub.owns(next));
        let Some(next) = onward else {
            let head = Head {
                status: parts.status,
                headers: parts.headers,
                host,
                from_hub,
                stated,
            };
            return Ok((head, body));
        };
        let safe = match next.scheme_str() {
            Some("https") => true,
            Some("http") => address.scheme_str() == Some("http"),
            _ => false,
        };
        if !safe {
            let scheme = next.scheme_str().unwrap_or_default();
            return Err(bad(format!("{scheme}://{}", self::host(&next))).into());
        }
        address = next;
    }
    Err(DownloadError::EndlessRedirect { host: start }.into())
}

/// Where a redirect leads: RFC 9110, section 10.2.2, for the forms that servers send.
fn target(from: &Uri, location: &str) -> Option<Uri> {
    let scheme = from.scheme_str()?;
    let authority = from.authority()?;
    let whole = if location
        .split_once("://")
        .is_some_and(|(scheme, _)| !scheme.contains(['/', '?']))
    {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    whole.parse().ok().filter(|uri: &Uri| uri.host().is_some())
}

/// The host of an address, for messages.
pub(super) fn host(address: &Uri) -> String {
    address.host().unwrap_or("the hub").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_of_every_form_lead_somewhere() {
        let from: Uri = "https://hub.example/a/b/resolve/main/c.bin".parse().unwrap();
        for (location, leads) in [
            ("https://cdn.example/x?k=a://b", "https://cdn.example/x?k=a://b"),
            ("//cdn.example/x", "https://cdn.example/x"),
            ("/api/x?next=http://c", "https://hub.example/api/x?next=http://c"),
            ("d.bin", "https://hub.example/a/b/resolve/main/d.bin"),
        ] {
            assert_eq!(target(&from, location).unwrap().to_string(), leads);
        }
        assert!(target(&from, "https://").is_none());
    }

    #[test]
    fn only_whole_hashes_are_believed() {
        let mut headers = HeaderMap::new();
        let sha = "AB".repeat(32);
        for (name, value) in [
            ("x-linked-etag", format!("\"{sha}\"")),
            ("x-repo-commit", "../../main".into()),
            ("x-linked-size", "12".into()),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let mut stated = Stated::default();
        stated.read(&headers);
        let whole = Stated {
            commit: None,
            size: Some(12),
            sha256: Some(sha.to_lowercase()),
        };
        assert_eq!(stated, whole);
    }
}

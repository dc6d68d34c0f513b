//! The package index: which wheels of a project there are, and their bytes (the index's JSON, PEP 691).

use super::access::ensure_online;
use super::error::LinkError;
use crate::jobs::Watch;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};
use url::Url;

/// The index that is asked where the environment names no other.
const INDEX: &str = "https://pypi.org/simple";

/// Names another index, as a mirror.
pub(super) const INDEX_VARIABLE: &str = "FRAMELOOM_PACKAGE_INDEX";

/// A page of the index, and a wheel, are never larger.
const LARGEST: u64 = 256 << 20;

/// Without a byte, before the connection counts as cut; also to connect.
const SILENCE: Duration = Duration::from_secs(30);

/// A place to get wheels from.
pub(super) struct Index {
    base: Url,
    agent: Agent,
}

/// A wheel for any machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wheel {
    pub version: String,
    address: Url,
    sha256: String,
}

#[derive(Deserialize)]
struct Page {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    url: String,
    hashes: std::collections::BTreeMap<String, String>,
    /// A reason, or whether it is so.
    #[serde(default)]
    yanked: Value,
    #[serde(default, rename = "requires-python")]
    requires_python: Option<String>,
}

impl Index {
    /// The index of this machine. Nothing is asked where `FRAMELOOM_OFFLINE` forbids the network.
    pub fn from_environment() -> Result<Self, LinkError> {
        ensure_online()?;
        let given = std::env::var(INDEX_VARIABLE)
            .ok()
            .filter(|value| !value.trim().is_empty());
        Self::at(given.as_deref().unwrap_or(INDEX))
    }

    /// An index at this address.
    pub fn at(address: &str) -> Result<Self, LinkError> {
        let base = format!("{}/", address.trim().trim_end_matches('/'));
        let bad = || LinkError::Index(format!("{INDEX_VARIABLE} is no address of a package index"));
        let base = Url::parse(&base)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(bad)?;
        let agent = Agent::config_builder()
            // What this system trusts, for institutions have certificates of their own.
            .tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::PlatformVerifier)
                    .build(),
            )
            .proxy(Proxy::try_from_env())
            .user_agent(concat!("frameloom/", env!("CARGO_PKG_VERSION")))
            .https_only(base.scheme() == "https")
            .http_status_as_error(false)
            .timeout_resolve(Some(SILENCE))
            .timeout_connect(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(SILENCE))
            .build()
            .new_agent();
        Ok(Self { base, agent })
    }

    /// The newest wheel of a project for this Python, or the one of a version.
    ///
    /// # Errors
    /// When the index cannot be reached, when there is none, and on cancellation.
    pub fn wheel(
        &self,
        project: &str,
        version: Option<&str>,
        python: (u32, u32),
        watch: &Watch,
    ) -> Result<Wheel, LinkError> {
        watch.say(format!("asking the package index for {project}"));
        let page = self
            .base
            .join(&format!("{project}/"))
            .map_err(|error| LinkError::Index(error.to_string()))?;
        let bytes = self.get(
            &page,
            "application/vnd.pypi.simple.v1+json",
            watch,
            &mut |_, _| {},
        )?;
        let listed: Page = serde_json::from_slice(&bytes).map_err(|_| {
            let host = page.host_str().unwrap_or_default();
            LinkError::Index(format!(
                "{host} does not answer as a package index does. Does this network want you to log in first? Open any \
                 page in a browser, then try again; or set {INDEX_VARIABLE} to another index"
            ))
        })?;
        let prefix = format!("{}-", project.replace('-', "_"));
        let fitting = listed.files.iter().filter_map(|file| {
            let found = file
                .filename
                .strip_prefix(&prefix)?
                .strip_suffix("-py3-none-any.whl")?;
            let is_wanted = version.is_none_or(|version| version == found)
                && matches!(file.yanked, Value::Null | Value::Bool(false))
                && file
                    .requires_python
                    .as_deref()
                    .is_none_or(|needs| allows(needs, python));
            let wheel = Wheel {
                version: found.to_owned(),
                address: page.join(&file.url).ok()?,
                sha256: file.hashes.get("sha256")?.to_lowercase(),
            };
            Some((numbers(found)?, wheel)).filter(|_| is_wanted)
        });
        let newest = fitting.max_by(|(a, _), (b, _)| a.cmp(b));
        newest.map(|(_, wheel)| wheel).ok_or_else(|| {
            let (major, minor) = python;
            LinkError::Index(format!(
                "the package index has no {project} for Python {major}.{minor}. Install a newer Python"
            ))
        })
    }

    /// The bytes of a wheel, which are those that the index states.
    ///
    /// # Errors
    /// When it cannot be had or is another, and on cancellation.
    pub fn fetch(&self, wheel: &Wheel, watch: &Watch) -> Result<Vec<u8>, LinkError> {
        watch.say(format!("fetching version {}", wheel.version));
        let bytes = self.get(&wheel.address, "*/*", watch, &mut |done, total| {
            watch.report(done, total);
        })?;
        let found = format!("{:x}", Sha256::digest(&bytes));
        if found != wheel.sha256 {
            return Err(LinkError::Index(format!(
                "what came is not what the package index states: its SHA-256 is {found} and not {}. It is not kept; \
                 try again, and do not use that index should this come again",
                wheel.sha256
            )));
        }
        Ok(bytes)
    }

    /// Asks on a thread of its own, so that cancelling need not wait for the network. `hear` gets the bytes that are
    /// here and their total, zero where it is not known.
    fn get(
        &self,
        from: &Url,
        accept: &'static str,
        watch: &Watch,
        hear: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<u8>, LinkError> {
        let (sender, news) = bounded(8);
        let (agent, address) = (self.agent.clone(), from.clone());
        let work = move || {
            if let Err(cause) = converse(&agent, &address, accept, &sender) {
                // Nobody listens any more where it was cancelled.
                let _ = sender.send(News::Failed(cause));
            }
        };
        std::thread::Builder::new()
            .name("package index".into())
            .spawn(work)
            .map_err(LinkError::Start)?;
        listen(&news, watch, hear).map_err(|failure| match failure {
            Failure::Link(error) => error,
            Failure::Asking(cause) => LinkError::Index(format!(
                "{}: {cause}. Check the network, then try again; where a proxy is needed set HTTPS_PROXY, and a mirror \
                 is named by {INDEX_VARIABLE}",
                from.host_str().unwrap_or_default()
            )),
        })
    }
}

enum News {
    Total(u64),
    Bytes(Vec<u8>),
    Failed(String),
}

enum Failure {
    Link(LinkError),
    Asking(String),
}

fn listen(news: &Receiver<News>, watch: &Watch, hear: &mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, Failure> {
    let (mut whole, mut total) = (Vec::new(), 0);
    loop {
        watch
            .check()
            .map_err(|cancelled| Failure::Link(cancelled.into()))?;
        match news.recv_timeout(Duration::from_millis(50)) {
            Ok(News::Total(bytes)) => total = bytes,
            Ok(News::Bytes(bytes)) => {
                whole.extend(bytes);
                hear(whole.len() as u64, total);
            }
            Ok(News::Failed(cause)) => return Err(Failure::Asking(cause)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(whole),
        }
    }
}

fn converse(agent: &Agent, address: &Url, accept: &str, sender: &Sender<News>) -> Result<(), String> {
    let answer = agent.get(address.as_str()).header("accept", accept).call();
    let answer = answer.map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(format!(
            "it answered with an error ({})",
            answer.status().as_u16()
        ));
    }
    let mut body = answer.into_body();
    let total = body.content_length().unwrap_or(0);
    if total > LARGEST {
        return Err("what it sends is too large".into());
    }
    let mut reader = body.as_reader().take(LARGEST);
    let mut news = News::Total(total);
    loop {
        if sender.send(news).is_err() {
            return Ok(());
        }
        let mut bytes = vec![0; 64 << 10];
        let count = reader.read(&mut bytes).map_err(|error| error.to_string())?;
        if count == 0 {
            return Ok(());
        }
        bytes.truncate(count);
        news = News::Bytes(bytes);
    }
}

/// The numbers of a version; none for versions that are not for everyone (`.dev0`, `rc1`).
pub(super) fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

/// Whether a Python is new enough: `>=3.11, <4`. Other conditions than the least version are not looked at.
fn allows(needs: &str, python: (u32, u32)) -> bool {
    let least = needs.split(',').find_map(|part| part.trim().strip_prefix(">="));
    let numbers = least.and_then(|least| numbers(least.trim()));
    numbers.is_none_or(|numbers| {
        let (major, minor) = (numbers.first().copied(), numbers.get(1).copied());
        (u64::from(python.0), u64::from(python.1)) >= (major.unwrap_or(0), minor.unwrap_or(0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart_by_their_numbers() {
        assert!(numbers("2026.10.2") > numbers("2026.9.30"));
        assert_eq!(
            (numbers("2026.10.2.dev0"), numbers("1.0rc1"), numbers("")),
            (None, None, None)
        );
        assert!(allows(">=3.11", (3, 11)) && allows("<4,>=3.9", (3, 11)) && allows("", (3, 6)));
        assert!(!allows(">=3.11", (3, 9)) && !allows(" >= 4", (3, 14)));
    }
}

//! One request to a server and what it answers, line by line.

use super::{Address, Key, ServerError};
use crate::interpretation::chat::ChatError;
use crate::interpretation::plain::one_line;
use crate::jobs::Watch;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How often it is asked whether to go on.
const GLANCE: Duration = Duration::from_millis(50);

/// The longest time to reach a server.
const REACH: Duration = Duration::from_secs(15);

/// The longest answer, in bytes: far more than ten tags, and little enough to be held.
const MOST: u64 = 16 << 20;

/// Who is asked, and how patiently.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) address: Address,
    pub(super) key: Option<Key>,
    /// How long it may say nothing.
    pub(super) silence: Duration,
}

/// What a server says.
pub(super) enum Heard {
    /// The head of its answer.
    Head(Head),
    /// A line of its answer.
    Line(String),
    /// The answer is over.
    End,
    /// The connection broke.
    Broken(ureq::Error),
}

/// The head of an answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) content_type: String,
    /// Seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) location: Option<String>,
}

/// A request under way. It runs on a thread of its own, so that a server that says nothing can be left at once; the
/// connection is closed when this is dropped, so that the server need not go on.
pub(super) struct Exchange {
    agent: Agent,
    heard: Receiver<Heard>,
    server: String,
    silence: Duration,
    has_begun: bool,
}

impl Line {
    /// Asks: posts `body`, or gets what is at `url`.
    pub(super) fn ask(&self, url: &str, body: Option<&Value>) -> Result<Exchange, ChatError> {
        let config = Agent::config_builder()
            // What this system trusts, for institutions have certificates of their own.
            .tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::PlatformVerifier)
                    .build(),
            )
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(REACH))
            .timeout_connect(Some(REACH))
            .timeout_send_body(Some(self.silence))
            .timeout_recv_response(Some(self.silence))
            .timeout_per_read(Some(self.silence))
            .user_agent(concat!("frameloom/", env!("CARGO_PKG_VERSION")));
        let config = if self.address.is_here() {
            config.proxy(None)
        } else {
            config
        };
        let agent = Agent::new_with_config(config.build());
        let (sender, heard) = bounded(64);
        let (worker, url) = (agent.clone(), url.to_owned());
        let authorization = self.key.as_ref().map(Key::authorization);
        let body = body.map(Value::to_string);
        std::thread::Builder::new()
            .name("language-server".into())
            .spawn(move || talk(&worker, &url, authorization.as_deref(), body, &sender))
            .map_err(|error| self.unreachable(&error.to_string()))?;
        Ok(Exchange {
            agent,
            heard,
            server: self.address.to_string(),
            silence: self.silence,
            has_begun: false,
        })
    }

    /// Asks and waits for the whole answer.
    pub(super) fn whole(
        &self,
        url: &str,
        body: Option<&Value>,
        watch: &Watch,
    ) -> Result<(Head, String), ChatError> {
        let mut exchange = self.ask(url, body)?;
        let head = exchange.head(watch)?;
        let text = exchange.rest(watch)?;
        Ok((head, text))
    }

    fn unreachable(&self, said: &str) -> ServerError {
        ServerError::Unreachable {
            server: self.address.to_string(),
            said: said.to_owned(),
        }
    }
}

impl Exchange {
    /// The head of the answer.
    pub(super) fn head(&mut self, watch: &Watch) -> Result<Head, ChatError> {
        match self.next(watch)? {
            Heard::Head(head) => Ok(head),
            // The head always comes first.
            _ => Err(self.cut_off("it said nothing").into()),
        }
    }

    /// The rest of the answer.
    pub(super) fn rest(&mut self, watch: &Watch) -> Result<String, ChatError> {
        let mut text = String::new();
        while let Heard::Line(line) = self.next(watch)? {
            text.push_str(&line);
        }
        Ok(text)
    }

    /// What is said next, waiting for it.
    pub(super) fn next(&mut self, watch: &Watch) -> Result<Heard, ChatError> {
        loop {
            watch.check()?;
            match self.heard.recv_timeout(GLANCE) {
                Ok(Heard::Broken(error)) => return Err(self.broken(&error).into()),
                Ok(heard) => {
                    self.has_begun = true;
                    return Ok(heard);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(self.cut_off("it said no more").into()),
            }
        }
    }

    fn broken(&self, error: &ureq::Error) -> ServerError {
        let (server, said) = (self.server.clone(), one_line(&error.to_string()));
        match error {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                ServerError::Unreachable {
                    server,
                    said: "it could not be reached in time".into(),
                }
            }
            ureq::Error::Timeout(_) => ServerError::Silent {
                server,
                silence: self.silence,
            },
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
                ServerError::Nonsense { server, start: said }
            }
            ureq::Error::Io(error) if !self.has_begun && is_lost(error) => {
                ServerError::CutOff { server, said }
            }
            _ if self.has_begun => ServerError::CutOff { server, said },
            _ => ServerError::Unreachable { server, said },
        }
    }

    pub(super) fn cut_off(&self, said: &str) -> ServerError {
        ServerError::CutOff {
            server: self.server.clone(),
            said: said.to_owned(),
        }
    }
}

/// Whether the connection was there and was lost.
fn is_lost(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    )
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.agent.clone().shutdown();
    }
}

/// What the thread does: asks and passes on what it hears, until nobody listens.
fn talk(agent: &Agent, url: &str, authorization: Option<&str>, body: Option<String>, sender: &Sender<Heard>) {
    let answer = match body {
        Some(body) => {
            let mut request = agent.post(url).header("content-type", "application/json");
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            request.send(body)
        }
        None => {
            let mut request = agent.get(url);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            request.call()
        }
    };
    let last = match answer {
        Ok(answer) => listen(answer, sender),
        Err(error) => Heard::Broken(error),
    };
    // Nobody listens any more where this fails.
    let _ = sender.send(last);
}

/// Passes on the answer; returns how it ended.
fn listen(answer: ureq::http::Response<ureq::Body>, sender: &Sender<Heard>) -> Heard {
    let header = |name: &str| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
    let head = Head {
        status: answer.status().as_u16(),
        content_type: header("content-type").unwrap_or_default().to_lowercase(),
        retry_after: header("retry-after").and_then(|seconds| seconds.trim().parse().ok()),
        location: header("location"),
    };
    if sender.send(Heard::Head(head)).is_err() {
        return Heard::End;
    }
    let mut body = BufReader::new(answer.into_body().into_with_config().limit(MOST).reader());
    let mut line = Vec::new();
    loop {
        line.clear();
        match body.read_until(b'\n', &mut line) {
            Ok(0) => return Heard::End,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line).into_owned();
                if sender.send(Heard::Line(text)).is_err() {
                    return Heard::End;
                }
            }
            Err(error) => return Heard::Broken(error.into()),
        }
    }
}

//! A hub on loopback that answers as a test says, with all that can go wrong.

use super::{Hub, Wanted};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A connection that nothing comes through is held open for longer than any test waits.
const HELD: Duration = Duration::from_secs(20);

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What happens after the body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Then {
    Close,
    /// Nothing more comes, and the connection stays open.
    Silence,
    /// Not even the head comes, and the connection stays open.
    Mute,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Bytes of the body that are sent.
    pub sent: usize,
    pub then: Then,
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self::whole("").with_status(status)
    }

    pub fn whole(body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self {
            status: 200,
            headers: Vec::new(),
            sent: body.len(),
            body,
            then: Then::Close,
        }
    }

    pub fn redirect(to: impl Into<String>) -> Self {
        Self::status(302).with("location", to)
    }

    /// As a server that knows ranges: from where the request says, if it is still that version.
    pub fn ranged(request: &Request, body: &[u8], etag: &str) -> Self {
        let from = request
            .header("range")
            .filter(|_| request.header("if-range") == Some(etag))
            .and_then(|range| {
                range
                    .strip_prefix("bytes=")?
                    .strip_suffix('-')?
                    .parse::<usize>()
                    .ok()
            });
        let total = body.len();
        let reply = match from {
            Some(from) if from >= total => {
                Self::status(416).with("content-range", format!("bytes */{total}"))
            }
            Some(from) => Self::whole(&body[from..])
                .with_status(206)
                .with("content-range", format!("bytes {from}-{}/{total}", total - 1)),
            None => Self::whole(body),
        };
        reply.with("etag", etag)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Ends in the middle.
    pub fn cut_after(mut self, sent: usize) -> Self {
        self.sent = sent;
        self
    }

    pub fn mute() -> Self {
        Self {
            then: Then::Mute,
            ..Self::whole("")
        }
    }

    pub fn silent_after(mut self, sent: usize) -> Self {
        self.then = Then::Silence;
        self.cut_after(sent)
    }
}

/// A hub that runs until the test ends.
pub struct StandIn {
    pub address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl StandIn {
    /// `answer` gets the request and how many came before it.
    pub fn new(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (log, answer) = (seen.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, answer) = (log.clone(), answer.clone());
                thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    let before = {
                        let mut log = log.lock().unwrap();
                        log.push(request.clone());
                        log.len() - 1
                    };
                    // A client that has gone away is part of the test.
                    let _ = write(&stream, &request, &answer(&request, before));
                });
            }
        });
        Self { address, seen }
    }

    /// Serves one file under any name, with ranges, to those who ask for it; HEAD tells nothing.
    pub fn file(body: &'static [u8]) -> Self {
        Self::new(move |request, _| match request.method.as_str() {
            "HEAD" => Reply::status(405),
            _ => Reply::ranged(request, body, "\"1\""),
        })
    }

    /// A hub that is soon out of patience.
    pub fn hub(&self) -> Hub {
        let mut hub = Hub::new(&self.address).unwrap();
        hub.patience.silence = Duration::from_secs(5);
        hub.patience.pauses = vec![Duration::from_millis(5); 3];
        hub
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_lowercase(), value.trim().to_owned()))
        })
        .collect();
    Some(Request {
        method,
        path,
        headers,
    })
}

fn write(mut stream: &TcpStream, request: &Request, reply: &Reply) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Test\r\nconnection: close\r\n", reply.status);
    if !reply.headers.iter().any(|(name, _)| *name == "content-length") {
        head += &format!("content-length: {}\r\n", reply.body.len());
    }
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if reply.then == Then::Mute {
        thread::sleep(HELD);
        return Ok(());
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if request.method != "HEAD" {
        stream.write_all(&reply.body[..reply.sent])?;
    }
    if reply.then == Then::Silence {
        thread::sleep(HELD);
    }
    Ok(())
}

/// A file that nothing is known of.
pub fn wanted(file: &str) -> Wanted {
    Wanted {
        repo: "owner/model".into(),
        revision: "main".into(),
        file: file.into(),
        size: None,
        sha256: None,
    }
}

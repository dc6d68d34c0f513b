//! A stand-in for a language server, on this computer: answers as a test tells it to, and remembers what it was asked.

#![allow(dead_code, reason = "each test uses a part of it")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub pieces: Vec<Piece>,
    /// Whether the connection breaks in the middle of the answer.
    pub is_cut: bool,
}

/// A piece of an answer.
#[derive(Debug, Clone)]
pub enum Piece {
    Text(Vec<u8>),
    Wait(Duration),
    /// Says nothing until the other side hangs up.
    Silence,
}

impl Reply {
    pub fn new(status: u16, kind: &str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), kind.into())],
            pieces: vec![Piece::Text(body.into())],
            is_cut: false,
        }
    }

    pub fn json(body: &Value) -> Self {
        Self::new(200, "application/json", &body.to_string())
    }

    /// An error as OpenAI's server words it.
    pub fn error(status: u16, message: &str) -> Self {
        let body = json!({ "error": { "message": message, "type": "test" } });
        Self::new(status, "application/json", &body.to_string())
    }

    /// Says nothing at all.
    pub fn silent() -> Self {
        Self {
            status: 0,
            headers: Vec::new(),
            pieces: vec![Piece::Silence],
            is_cut: false,
        }
    }

    /// An answer in pieces of a few characters, as OpenAI's protocol streams it.
    pub fn stream(text: &str) -> Self {
        let mut reply = Self::new(200, "text/event-stream", ": warming up\n\n");
        let characters: Vec<char> = text.chars().collect();
        let mut events = vec![
            json!({ "choices": [{ "index": 0, "delta": { "role": "assistant", "content": null } }] }),
            json!({ "choices": [{ "index": 0, "delta": { "reasoning_content": "hm, 1. well" } }] }),
        ];
        for piece in characters.chunks(3) {
            let piece: String = piece.iter().collect();
            events.push(json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] }));
        }
        events.push(json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }));
        events.push(json!({ "choices": [], "usage": { "total_tokens": 3 } }));
        for event in events {
            reply
                .pieces
                .push(Piece::Text(format!("data: {event}\n\n").into()));
        }
        reply.pieces.push(Piece::Text("data: [DONE]\n\n".into()));
        reply
    }

    /// The same as Ollama streams it.
    pub fn lines(text: &str) -> Self {
        let mut reply = Self::new(200, "application/x-ndjson", "");
        for c in text.chars() {
            let line = json!({ "message": { "role": "assistant", "content": c.to_string(), "thinking": "hm" }, "done": false });
            reply.pieces.push(Piece::Text(format!("{line}\n").into()));
        }
        let line =
            json!({ "message": { "role": "assistant", "content": "" }, "done": true, "done_reason": "stop" });
        reply.pieces.push(Piece::Text(format!("{line}\n").into()));
        reply
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Only the first pieces, and then the connection breaks.
    pub fn cut_after(mut self, pieces: usize) -> Self {
        self.pieces.truncate(pieces);
        self.is_cut = true;
        self
    }

    /// Only the first pieces, and then nothing more.
    pub fn silent_after(mut self, pieces: usize) -> Self {
        self.pieces.truncate(pieces);
        self.pieces.push(Piece::Silence);
        self
    }
}

/// A running stand-in. It ends when it is dropped.
pub struct StandIn {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    hung_up: Arc<Mutex<Option<Instant>>>,
    is_over: Arc<AtomicBool>,
}

impl StandIn {
    /// A server that answers each request as `answer` says.
    pub fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let hung_up = Arc::<Mutex<Option<Instant>>>::default();
        let is_over = Arc::<AtomicBool>::default();
        let answer = Arc::new(answer);
        let stand_in = Self {
            address,
            asked: asked.clone(),
            hung_up: hung_up.clone(),
            is_over: is_over.clone(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (answer, asked, hung_up) = (answer.clone(), asked.clone(), hung_up.clone());
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    asked.lock().unwrap().push(request.clone());
                    // A client that hangs up is no failure of the test.
                    let _ = write(&stream, &answer(&request), &hung_up);
                });
            }
        });
        stand_in
    }

    /// A server of the OpenAI protocol with one model, `tagger`, that answers questions as `answer` says.
    pub fn openai(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(move |asked| match asked.path.as_str() {
            "/v1/models" => {
                Reply::json(&json!({ "object": "list", "data": [{ "id": "tagger", "owned_by": "us" }] }))
            }
            "/v1/chat/completions" => answer(asked),
            _ => Reply::error(404, "not found"),
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The questions among them.
    pub fn questions(&self) -> Vec<Value> {
        let asked = self.asked();
        asked
            .iter()
            .filter(|asked| asked.method == "POST")
            .map(Asked::json)
            .collect()
    }

    /// When a client hung up on silence.
    pub fn hung_up(&self) -> Option<Instant> {
        *self.hung_up.lock().unwrap()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Asked {
        method,
        path,
        headers,
        body,
    })
}

fn write(mut stream: &TcpStream, reply: &Reply, hung_up: &Mutex<Option<Instant>>) -> std::io::Result<()> {
    if reply.status > 0 {
        write!(
            stream,
            "HTTP/1.1 {} Test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n",
            reply.status
        )?;
        for (name, value) in &reply.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        write!(stream, "\r\n")?;
    }
    for piece in &reply.pieces {
        match piece {
            Piece::Text(text) if text.is_empty() => {}
            Piece::Text(text) => {
                write!(stream, "{:x}\r\n", text.len())?;
                stream.write_all(text)?;
                write!(stream, "\r\n")?;
            }
            Piece::Wait(wait) => std::thread::sleep(*wait),
            Piece::Silence => {
                wait_for_end(stream);
                *hung_up.lock().unwrap() = Some(Instant::now());
                return Ok(());
            }
        }
        stream.flush()?;
    }
    if !reply.is_cut {
        write!(stream, "0\r\n\r\n")?;
    }
    Ok(())
}

/// Waits until the other side hangs up, at most half a minute.
fn wait_for_end(mut stream: &TcpStream) {
    let begun = Instant::now();
    let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
    while begun.elapsed() < Duration::from_secs(30) {
        match stream.read(&mut [0; 64]) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
}

//! What a client asks a proxy for.

use std::io::{self, Read};
use std::net::TcpStream;
use url::Url;

/// The head of a request is never longer.
const HEAD: usize = 64 << 10;

/// What was asked for.
pub(super) struct Question {
    pub to: Url,
    /// The head for the server; none for a tunnel.
    pub head: Option<String>,
    /// Bytes of the body.
    pub body: u64,
}

impl Question {
    /// Reads the head of a request to a proxy. A connection carries one request only, so that each is looked at.
    pub fn read(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        if method == "CONNECT" {
            let to = Url::parse(&format!("http://{target}/")).ok()?;
            return Some(Self {
                to,
                head: None,
                body: 0,
            });
        }
        let to = Url::parse(target)
            .ok()
            .filter(|to| to.scheme() == "http" && to.has_host())?;
        let path = to.path();
        let query = to.query().map_or_else(String::new, |query| format!("?{query}"));
        let mut head = format!("{method} {path}{query} {version}\r\n");
        let mut body = 0;
        for line in lines.filter(|line| !line.is_empty()) {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            let value = line.split_once(':').map_or("", |(_, value)| value.trim());
            match name.as_str() {
                "connection" | "proxy-connection" | "keep-alive" | "proxy-authorization" => continue,
                "transfer-encoding" => return None,
                "content-length" => body = value.parse().ok()?,
                _ => {}
            }
            head += line;
            head += "\r\n";
        }
        head += "Connection: close\r\n\r\n";
        Some(Self {
            to,
            head: Some(head),
            body,
        })
    }
}

/// Reads up to the empty line, and what came after it.
pub(super) fn read_head(mut client: &TcpStream) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        read.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = read.split_off(end + 4);
            return Ok(String::from_utf8(read).ok().map(|head| (head, rest)));
        }
        if count == 0 || read.len() > HEAD {
            return Ok(None);
        }
    }
}

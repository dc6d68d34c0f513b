//! The gate: a proxy on loopback for one run of yt-dlp, which looks up every host itself and connects to public
//! addresses only. So a redirect, a playlist or a name that is looked up twice cannot lead to a private network.

use super::address::is_public;
use super::error::LinkError;
use super::question::{Question, read_head};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::Url;

/// To connect to a host.
const CONNECT: Duration = Duration::from_secs(20);

/// A gate that is open until this goes.
pub(super) struct Gate {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    allows: fn(&SocketAddr) -> bool,
    closed: AtomicBool,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    next: u64,
    open: BTreeMap<u64, [TcpStream; 2]>,
    trouble: Option<Trouble>,
}

/// Why the gate let something not through, last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The host has private addresses only.
    Private(String),
    /// The host is not known, or does not answer.
    Unreachable(String, String),
}

impl From<Trouble> for LinkError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Private(host) => Self::PrivateAddress(host),
            Trouble::Unreachable(host, cause) => Self::Unreachable { host, cause },
        }
    }
}

impl Gate {
    /// Opens a gate to public addresses.
    pub fn open() -> io::Result<Self> {
        Self::to(|address| is_public(address.ip()))
    }

    /// Opens a gate to what is allowed.
    pub fn to(allows: fn(&SocketAddr) -> bool) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            allows,
            closed: AtomicBool::new(false),
            lines: Mutex::default(),
        });
        let gate = Self {
            address,
            shared: shared.clone(),
        };
        let accept = move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.closed.load(Ordering::SeqCst) {
                    return;
                }
                let shared = shared.clone();
                let work = move || {
                    if let Err(error) = serve(&client, &shared) {
                        tracing::debug!("a connection through the gate ended: {error}");
                    }
                };
                if let Err(error) = std::thread::Builder::new().name("gate line".into()).spawn(work) {
                    tracing::debug!("a connection is refused: {error}");
                }
            }
        };
        std::thread::Builder::new().name("gate".into()).spawn(accept)?;
        Ok(gate)
    }

    /// As a proxy's address.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Why something was not let through, last.
    pub fn trouble(&self) -> Option<Trouble> {
        self.shared.lines().trouble.clone()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        for line in self.shared.lines().open.values() {
            line.iter().for_each(hang_up);
        }
        // Wakes the thread that waits for the next.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

impl Shared {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects to a host, where it may be asked.
    fn connect(&self, to: &Url) -> Result<TcpStream, Trouble> {
        let host = to.host_str().unwrap_or_default().to_owned();
        let unreachable = |cause: io::Error| Trouble::Unreachable(host.clone(), cause.to_string());
        let found = to.socket_addrs(|| None).map_err(unreachable)?;
        let mut last = Trouble::Private(host.clone());
        for address in found.iter().filter(|address| (self.allows)(address)) {
            match TcpStream::connect_timeout(address, CONNECT) {
                Ok(stream) => {
                    // Whoever did not answer before was not needed, as far as can be known here.
                    self.lines()
                        .trouble
                        .take_if(|trouble| matches!(trouble, Trouble::Unreachable(..)));
                    return Ok(stream);
                }
                Err(cause) => last = unreachable(cause),
            }
        }
        Err(last)
    }
}

fn hang_up(stream: &TcpStream) {
    // It may be closed already.
    let _ = stream.shutdown(Shutdown::Both);
}

/// One request, or one tunnel (RFC 9110, section 9.3.6).
fn serve(mut client: &TcpStream, shared: &Shared) -> io::Result<()> {
    client.set_read_timeout(Some(CONNECT))?;
    let Some((head, rest)) = read_head(client)? else {
        return refuse(client, "400 Bad Request");
    };
    let Some(request) = Question::read(&head) else {
        return refuse(client, "400 Bad Request");
    };
    let server = match shared.connect(&request.to) {
        Ok(server) => server,
        Err(trouble) => {
            let status = match &trouble {
                Trouble::Private(_) => "403 Forbidden",
                Trouble::Unreachable(..) => "502 Bad Gateway",
            };
            shared.lines().trouble = Some(trouble);
            return refuse(client, status);
        }
    };
    client.set_read_timeout(None)?;
    let place = {
        let mut lines = shared.lines();
        lines.next += 1;
        let place = lines.next;
        lines
            .open
            .insert(place, [client.try_clone()?, server.try_clone()?]);
        place
    };
    let done = match &request.head {
        None => client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .and_then(|()| (&server).write_all(&rest))
            .and_then(|()| both_ways(client, &server)),
        Some(head) => (&server)
            .write_all(head.as_bytes())
            .and_then(|()| forward_body(client, &server, &rest, request.body))
            .and_then(|()| io::copy(&mut &server, &mut client).map(drop)),
    };
    hang_up(client);
    hang_up(&server);
    shared.lines().open.remove(&place);
    done
}

fn refuse(mut client: &TcpStream, status: &str) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    client.write_all(answer.as_bytes())?;
    client.shutdown(Shutdown::Write)
}

fn forward_body(client: &TcpStream, mut server: &TcpStream, begun: &[u8], length: u64) -> io::Result<()> {
    let begun = begun
        .get(..begun.len().min(usize::try_from(length).unwrap_or(usize::MAX)))
        .unwrap_or_default();
    server.write_all(begun)?;
    io::copy(&mut client.take(length - begun.len() as u64), &mut server).map(drop)
}

/// Carries bytes in both directions until both have ended.
fn both_ways(client: &TcpStream, server: &TcpStream) -> io::Result<()> {
    let one_way = |mut from: &TcpStream, mut to: &TcpStream| {
        let result = io::copy(&mut from, &mut to);
        // Says that no more comes; the other direction may still have something.
        let _ = to.shutdown(Shutdown::Write);
        result
    };
    std::thread::scope(|scope| {
        scope.spawn(|| one_way(client, server));
        one_way(server, client).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// A server that answers every request with the first line and the headers it got.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (head, rest) = read_head(&stream).unwrap().unwrap();
                let body = format!("{head}{}", String::from_utf8(rest).unwrap());
                (&stream)
                    .write_all(
                        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
                    )
                    .unwrap();
            }
        });
        address
    }

    fn ask(gate: &Gate, request: &str) -> String {
        let mut stream = TcpStream::connect(gate.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn private_addresses_stay_behind_the_gate() {
        let server = echo();
        let gate = Gate::open().unwrap();
        for request in [
            format!("GET http://{server}/a HTTP/1.1\r\nHost: {server}\r\n\r\n"),
            format!("CONNECT {server} HTTP/1.1\r\n\r\n"),
            format!("CONNECT [::ffff:127.0.0.1]:{} HTTP/1.1\r\n\r\n", server.port()),
            format!("GET http://2130706433:{}/ HTTP/1.1\r\n\r\n", server.port()),
            format!("CONNECT localhost:{} HTTP/1.1\r\n\r\n", server.port()),
        ] {
            let answer = ask(&gate, &request);
            assert!(answer.starts_with("HTTP/1.1 403 "), "{request}: {answer}");
            assert!(matches!(gate.trouble(), Some(Trouble::Private(_))));
        }
        for request in [
            "GET /a HTTP/1.1\r\n\r\n",
            "GET ftp://a/ HTTP/1.1\r\n\r\n",
            "nonsense\r\n\r\n",
        ] {
            assert!(ask(&gate, request).starts_with("HTTP/1.1 400 "), "{request}");
        }
    }

    #[test]
    fn what_may_pass_is_passed_on_as_it_is() {
        let server = echo();
        let gate = Gate::to(|_| true).unwrap();
        let request = format!(
            "POST http://{server}/a?b=c HTTP/1.1\r\nHost: {server}\r\nProxy-Connection: keep-alive\r\n\
             Content-Length: 2\r\n\r\nhiGET http://other/ HTTP/1.1\r\n\r\n"
        );
        let answer = ask(&gate, &request);
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert!(
            body.starts_with(&format!(
                "POST /a?b=c HTTP/1.1\r\nHost: {server}\r\nContent-Length: 2\r\n"
            )),
            "{body}"
        );
        assert!(
            !body.contains("Proxy-Connection") && !body.contains("other"),
            "{body}"
        );
        let tunnel = format!("CONNECT {server} HTTP/1.1\r\n\r\nGET /through HTTP/1.1\r\n\r\n");
        assert!(ask(&gate, &tunnel).contains("GET /through"));
        let nobody = format!("GET http://{}/ HTTP/1.1\r\n\r\n", "127.0.0.1:1");
        assert!(ask(&gate, &nobody).starts_with("HTTP/1.1 502 "));
        assert!(matches!(gate.trouble(), Some(Trouble::Unreachable(..))));
        assert!(ask(&gate, &tunnel).contains("GET /through"));
        assert_eq!(gate.trouble(), None, "who was not there was not needed");
    }
}

//! Links, and which addresses may be asked.

use super::error::LinkError;
use crate::jobs::Watch;
use crossbeam_channel::{RecvTimeoutError, bounded};
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use url::{Host, Url};

/// The address of a page with a video, or of a video: http or https, and without a user's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(Url);

impl Link {
    /// Whether a text is meant as a link and not as the path of a file.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        let scheme = text.trim_start().split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| {
            !scheme.is_empty()
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        })
    }

    /// Reads a link. What people paste around it, white space, is left out; numbers that stand for an address in
    /// unusual forms become that address.
    ///
    /// # Errors
    /// When it is no address of a website, or holds what only serves to deceive: a user's name, a backslash, a
    /// control character.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        let bad = |why| LinkError::NotALink {
            text: text.chars().take(200).collect(),
            why,
        };
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(bad("it holds a space, a backslash or a control character"));
        }
        let url = Url::parse(text).map_err(|_| bad("it cannot be read as an address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("it does not begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // Not shown, for it may hold a password.
            let (text, why) = ("this link".into(), "it holds a user's name before the host");
            return Err(LinkError::NotALink { text, why });
        }
        url.host().ok_or_else(|| bad("it names no host"))?;
        Ok(Self(url))
    }

    /// The link as it is given to yt-dlp.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, for messages.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Refuses a host of this machine or of a private network. With a proxy, names that are not known here are left
    /// to it.
    ///
    /// # Errors
    /// When an address of the host is not public, when the name is not known, and on cancellation.
    pub(super) fn ensure_public(&self, by_proxy: bool, watch: &Watch) -> Result<(), LinkError> {
        watch.say(format!("looking up {}", self.host()));
        let found = match self.0.host() {
            Some(Host::Ipv4(address)) => Ok(vec![IpAddr::V4(address)]),
            Some(Host::Ipv6(address)) => Ok(vec![IpAddr::V6(address)]),
            _ => resolve(&self.0, watch)?,
        };
        match found {
            Ok(addresses) => match addresses.iter().find(|address| !is_public(**address)) {
                Some(_) => Err(LinkError::PrivateAddress(self.host().to_owned())),
                None => Ok(()),
            },
            Err(_) if by_proxy => Ok(()),
            Err(cause) => Err(LinkError::Unreachable {
                host: self.host().to_owned(),
                cause: cause.to_string(),
            }),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Looks a name up on a thread of its own, for the system cannot be interrupted while it does.
fn resolve(url: &Url, watch: &Watch) -> Result<io::Result<Vec<IpAddr>>, LinkError> {
    let (sender, answer) = bounded(1);
    let url = url.clone();
    let work = move || {
        // Nobody listens any more where it was cancelled.
        let _ = sender.send(url.socket_addrs(|| None));
    };
    std::thread::Builder::new()
        .name("look up".into())
        .spawn(work)
        .map_err(LinkError::Start)?;
    loop {
        watch.check()?;
        match answer.recv_timeout(Duration::from_millis(50)) {
            Ok(found) => return Ok(found.map(|found| found.iter().map(SocketAddr::ip).collect())),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(Err(io::Error::other("it was not answered"))),
        }
    }
}

/// Whether an address is one of the open internet (the registries of special addresses, RFC 6890). IPv6 addresses that
/// stand for one of IPv4 count as that one.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] | [240..=255, ..] => true,
        [100, second, ..] => (64..128).contains(&second),
        [172, second, ..] => (16..32).contains(&second),
        [169, 254, ..] | [192, 168, ..] | [192, 0, 0 | 2, _] | [198, 18 | 19, ..] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    };
    !special && !address.is_multicast()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let part = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // Mapped and compatible, among them `::` and `::1`, and translated.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        // 6to4.
        | [0x2002, high, low, ..] => is_public_v4(part(high, low)),
        // Local translation, discarding, Teredo, documentation.
        [0x64, 0xff9b, 1, ..] | [0x100, ..] | [0x2001, 0 | 0xdb8, ..] | [0x3fff, ..] => false,
        // Unique local, link local, site local, multicast.
        [first, ..] => first & 0xfe00 != 0xfc00 && first < 0xfe80,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_of_a_website_and_of_nobody() {
        let link = Link::parse(" https://news.example/watch?v=a&b=-c#t ").unwrap();
        assert_eq!(
            (link.as_str(), link.host()),
            ("https://news.example/watch?v=a&b=-c#t", "news.example")
        );
        assert!(Link::parse("https://新闻.example/疫苗").is_ok());
        for bad in [
            "",
            "-o/etc/passwd",
            "--exec=x",
            "news.example/a",
            "/etc/passwd",
            "file:///etc/passwd",
            "ftp://news.example/a",
            "ytsearch:news",
            "javascript:alert(1)",
            "https://",
            "https://me:secret@news.example/",
            "https://news.example@127.0.0.1/",
            "https://news.example\\@127.0.0.1/",
            "https://news.example/a b",
            "https://news.example/a\n--exec",
        ] {
            let error = Link::parse(bad)
                .map(|link| link.to_string())
                .expect_err(bad)
                .to_string();
            assert!(!error.contains("secret"), "{error}");
        }
        assert!(Link::is_meant("http://a") && Link::is_meant("file://a") && !Link::is_meant("a/b.mp4"));
        assert!(!Link::is_meant("C:\\news.mp4"));
    }

    #[test]
    fn unusual_forms_of_an_address_are_that_address() {
        for (text, host) in [
            ("http://2130706433/a", "127.0.0.1"),
            ("http://0x7f.1/", "127.0.0.1"),
            ("http://0177.0.0.01/", "127.0.0.1"),
            ("http://１２７.0.0.1/", "127.0.0.1"),
            ("http://[::ffff:7f00:1]/", "[::ffff:7f00:1]"),
        ] {
            let link = Link::parse(text).unwrap();
            assert_eq!(link.host(), host);
            let refused = link.ensure_public(false, &Watch::default());
            assert!(matches!(refused, Err(LinkError::PrivateAddress(_))), "{text}");
        }
        let named = Link::parse("http://localhost/").unwrap();
        for by_proxy in [true, false] {
            let refused = named.ensure_public(by_proxy, &Watch::default());
            assert!(matches!(refused, Err(LinkError::PrivateAddress(_))));
        }
    }

    #[test]
    fn only_the_open_internet_is_public() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "223.255.255.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:4860:4860::8888",
            "2002:808:808::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}

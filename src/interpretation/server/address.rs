use super::ServerError;
use std::fmt;
use std::net::IpAddr;
use ureq::http::Uri;

/// Where a server is, as the user gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Scheme, host and port with what may stand before the version, without a slash at the end.
    root: String,
    /// The part that names the version of the interface, such as "/v1".
    version: String,
    is_here: bool,
}

impl Address {
    /// Reads an address such as `localhost:8080`, `http://10.0.0.2:11434` or `https://example.org/api/v1`. Where no
    /// version of the interface stands at the end, it is `/v1`.
    ///
    /// # Errors
    /// When it is no address of a web server, or holds a name and password.
    pub fn parse(text: &str) -> Result<Self, ServerError> {
        let text = text.trim();
        let wrong = |why: &str| ServerError::Address {
            address: text.to_owned(),
            why: why.to_owned(),
        };
        if text.is_empty() {
            return Err(wrong("nothing is given"));
        }
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let uri: Uri = whole
            .parse()
            .map_err(|_| wrong("it has characters that no address has"))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        if !matches!(scheme, "http" | "https") {
            return Err(wrong("it must begin with http:// or https://"));
        }
        let (Some(host), Some(authority)) = (uri.host().filter(|host| !host.is_empty()), uri.authority())
        else {
            return Err(wrong("it names no server"));
        };
        if authority.as_str().contains('@') {
            // It would be shown and kept with the address.
            return Err(ServerError::PasswordInAddress);
        }
        if uri.query().is_some() {
            return Err(wrong("what follows the question mark has no place in it"));
        }
        let path = uri.path().trim_end_matches('/');
        let path = ["/chat/completions", "/models", "/completions"]
            .iter()
            .find_map(|end| path.strip_suffix(end))
            .unwrap_or(path);
        let path = path.strip_suffix("/api/chat").unwrap_or(path);
        let (before, version) = versioned(path).unwrap_or((path, "/v1"));
        let bare = host.trim_matches(['[', ']']);
        let is_here = bare.eq_ignore_ascii_case("localhost")
            || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        Ok(Self {
            root: format!("{scheme}://{authority}{before}"),
            version: version.to_owned(),
            is_here,
        })
    }

    /// An address of the interface that many servers share.
    pub(super) fn shared(&self, path: &str) -> String {
        format!("{}{}{path}", self.root, self.version)
    }

    /// An address beside the shared interface.
    pub(super) fn own(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// Whether it is this computer, which no proxy leads to.
    pub(super) fn is_here(&self) -> bool {
        self.is_here
    }
}

/// The path before the version of the interface, and the version with what follows it.
fn versioned(path: &str) -> Option<(&str, &str)> {
    let mut from = 0_usize;
    for part in path.split('/') {
        let digits = part.strip_prefix('v').unwrap_or_default();
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            return path.split_at_checked(from.checked_sub(1)?);
        }
        from += part.len() + 1;
    }
    None
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        f.write_str(&self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_give_them() {
        for (text, whole, own) in [
            (
                "localhost:8080",
                "http://localhost:8080/v1",
                "http://localhost:8080",
            ),
            (
                " http://localhost:11434/ ",
                "http://localhost:11434/v1",
                "http://localhost:11434",
            ),
            (
                "http://localhost:11434/v1/",
                "http://localhost:11434/v1",
                "http://localhost:11434",
            ),
            (
                "https://a.org/v1/chat/completions",
                "https://a.org/v1",
                "https://a.org",
            ),
            (
                "http://localhost:11434/api/chat",
                "http://localhost:11434/v1",
                "http://localhost:11434",
            ),
            (
                "https://a.org/api/v1",
                "https://a.org/api/v1",
                "https://a.org/api",
            ),
            (
                "https://a.org/v1beta/openai",
                "https://a.org/v1beta/openai",
                "https://a.org",
            ),
            (
                "https://a.org/models/vx",
                "https://a.org/models/vx/v1",
                "https://a.org/models/vx",
            ),
            ("http://[::1]:80", "http://[::1]:80/v1", "http://[::1]:80"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(
                (address.to_string(), address.own("")),
                (whole.into(), own.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn only_this_computer_is_here() {
        let is_here = |text| Address::parse(text).unwrap().is_here();
        assert!(
            ["localhost:1", "127.0.0.1", "http://[::1]/v1"]
                .map(is_here)
                .iter()
                .all(|here| *here)
        );
        assert!(!is_here("localhost.example.org") && !is_here("10.0.0.1"));
    }

    #[test]
    fn what_is_no_address_is_told() {
        for text in [
            "",
            "ftp://a.org",
            "http://",
            "a b",
            "http://a.org/v1?key=1",
            "file:///etc",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(matches!(error, ServerError::Address { .. }), "{text}: {error}");
        }
        let error = Address::parse("https://me:secret@a.org").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

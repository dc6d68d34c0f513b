//! The hub that models are fetched from, and how long it is waited for.

use super::DownloadError;
use std::time::Duration;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

/// The hub that is asked where nobody names another.
pub const HUB: &str = "https://huggingface.co";

const OFFLINE: [&str; 2] = ["FRAMELOOM_OFFLINE", "HF_HUB_OFFLINE"];

/// A place that serves repositories as `ENDPOINT/OWNER/NAME/resolve/REVISION/FILE`. It is contacted only by
/// [`survey`](super::survey) and [`fetch`](super::fetch).
#[derive(Clone)]
pub struct Hub {
    endpoint: Uri,
    token: Option<String>,
    proxy: Option<Proxy>,
    offline: Option<&'static str>,
    pub(super) patience: Patience,
}

/// How long a hub is waited for, and how often it is asked again.
#[derive(Debug, Clone)]
pub(super) struct Patience {
    /// To find the hub and connect to it.
    pub connect: Duration,
    /// Without a byte, before the connection counts as cut.
    pub silence: Duration,
    /// Before each further try; after the last of them it is given up.
    pub pauses: Vec<Duration>,
    /// The longest wait that a busy hub may ask for.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            silence: Duration::from_secs(30),
            pauses: [1, 2, 4, 8].map(Duration::from_secs).into(),
            longest_wait: Duration::from_secs(60),
        }
    }
}

impl Hub {
    /// A hub at this address, asked directly and without a token.
    ///
    /// # Errors
    /// When it is no address of a website.
    pub fn new(endpoint: &str) -> Result<Self, DownloadError> {
        let bad = || DownloadError::Endpoint(without_user(endpoint));
        let uri: Uri = endpoint.trim_end_matches('/').parse().map_err(|_| bad())?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        let user = uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'));
        if !known || user || uri.host().is_none_or(str::is_empty) || uri.query().is_some() {
            return Err(bad());
        }
        Ok(Self {
            endpoint: uri,
            token: None,
            proxy: None,
            offline: None,
            patience: Patience::default(),
        })
    }

    /// The hub of this machine. The address is that of `HF_ENDPOINT`, else the one given (the user's setting), else
    /// [`HUB`]; the token is that of `HF_TOKEN`; the proxy that of `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY`, but
    /// for the hosts in `NO_PROXY`. Nothing is fetched where `FRAMELOOM_OFFLINE` or `HF_HUB_OFFLINE` says so.
    ///
    /// # Errors
    /// When the address is none of a website.
    pub fn from_environment(setting: Option<&str>) -> Result<Self, DownloadError> {
        Ok(Self {
            proxy: Proxy::try_from_env(),
            ..Self::from_variables(setting, |name| std::env::var(name).ok())?
        })
    }

    fn from_variables(
        setting: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, DownloadError> {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let endpoint = given("HF_ENDPOINT").or(setting.map(str::to_owned));
        let says_yes = |name: &&str| {
            given(name).is_some_and(|value| {
                !matches!(value.trim().to_lowercase().as_str(), "0" | "false" | "no" | "off")
            })
        };
        Ok(Self {
            token: given("HF_TOKEN").map(|token| token.trim().to_owned()),
            offline: OFFLINE.into_iter().find(says_yes),
            ..Self::new(endpoint.as_deref().unwrap_or(HUB))?
        })
    }

    /// The address, as it is recorded with a model: it holds no secret.
    #[must_use]
    pub fn address(&self) -> String {
        self.endpoint.to_string().trim_end_matches('/').to_owned()
    }

    /// The page of a repository, for people: there a licence is accepted.
    #[must_use]
    pub fn page(&self, repo: &str) -> String {
        format!("{}/{repo}", self.address())
    }

    /// Refuses where this machine is to stay offline.
    ///
    /// # Errors
    /// When a variable of the environment says so.
    pub(super) fn ensure_allowed(&self) -> Result<(), DownloadError> {
        self.offline
            .map_or(Ok(()), |name| Err(DownloadError::Offline(name)))
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    #[cfg(test)]
    pub(super) fn with_token(self, token: &str) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    /// Whether an address is on the hub itself and not on one it sends people to.
    pub(super) fn owns(&self, address: &Uri) -> bool {
        address.scheme() == self.endpoint.scheme()
            && address.host() == self.endpoint.host()
            && address.port_u16() == self.endpoint.port_u16()
    }

    /// The token for a request to this address: only the hub itself gets it, and only where nobody can read along.
    pub(super) fn token_for(&self, address: &Uri) -> Option<&str> {
        let private = address.scheme_str() == Some("https") || address.host().is_some_and(is_this_machine);
        self.token.as_deref().filter(|_| private && self.owns(address))
    }

    /// What speaks HTTP for one request. Redirects are followed by the caller, who looks at each; the answer is
    /// taken as it lies on the hub, for ranges and lengths count those bytes.
    pub(super) fn agent(&self) -> Agent {
        Agent::config_builder()
            // What this system trusts, for institutions have certificates of their own.
            .tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::PlatformVerifier)
                    .build(),
            )
            .proxy(self.proxy.clone())
            .user_agent(concat!("frameloom/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(self.patience.connect))
            .timeout_connect(Some(self.patience.connect))
            .timeout_per_read(Some(self.patience.silence))
            .timeout_per_write(Some(self.patience.silence))
            .build()
            .new_agent()
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// An address for a message: a name and a password in it are nobody's business.
fn without_user(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(variables: &[(&str, &str)], setting: Option<&str>) -> Hub {
        let look_up = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Hub::from_variables(setting, look_up).unwrap()
    }

    #[test]
    fn the_environment_comes_before_the_setting() {
        assert_eq!(hub(&[], None).address(), HUB);
        assert_eq!(hub(&[("HF_ENDPOINT", " ")], None).address(), HUB);
        let setting = Some("https://a.example/");
        assert_eq!(hub(&[], setting).address(), "https://a.example");
        let mirror = hub(&[("HF_ENDPOINT", "https://b.example/hub/")], setting);
        assert_eq!(mirror.page("a/b"), "https://b.example/hub/a/b");
    }

    #[test]
    fn addresses_that_are_none_of_a_website_are_refused_without_their_password() {
        for address in [
            "",
            "b.example",
            "ftp://b.example",
            "file:///etc",
            "https://",
            "https://me:secret@b.example",
        ] {
            let Err(error) = Hub::new(address) else {
                panic!("{address} was taken")
            };
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn offline_is_said_by_either_variable() {
        for name in OFFLINE {
            let error = hub(&[(name, "1")], None).ensure_allowed().unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
            assert!(hub(&[(name, "0")], None).ensure_allowed().is_ok());
        }
    }

    #[test]
    fn the_token_goes_to_the_hub_alone_and_never_in_the_clear() {
        let token = ("HF_TOKEN", "hf_secret");
        let sent = |endpoint: &str, address: &str| {
            let hub = hub(&[token, ("HF_ENDPOINT", endpoint)], None);
            hub.token_for(&address.parse().unwrap()).is_some()
        };
        assert!(sent(HUB, "https://huggingface.co/api/a"));
        assert!(!sent(HUB, "https://cdn.huggingface.co/a"));
        assert!(!sent(HUB, "http://huggingface.co/a"));
        assert!(!sent(HUB, "https://huggingface.co:8443/a"));
        assert!(!sent("http://mirror.example", "http://mirror.example/a"));
        assert!(sent("http://127.0.0.1:80", "http://127.0.0.1:80/a"));
    }
}

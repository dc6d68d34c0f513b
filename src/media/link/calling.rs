//! How yt-dlp is called: what it is told each time, and what it sees of this machine.

use super::access::{Access, ensure_online};
use super::address::Link;
use super::error::LinkError;
use super::gate::Gate;
use super::listing::Listing;
use super::outcome::Outcome;
use super::process;
use super::program::Program;
use crate::jobs::Watch;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// What the environment of yt-dlp keeps of ours: where programs, certificates and browsers' cookies are. The second
/// line is for Windows, the third for keys that cookies are encrypted with.
const KEPT: [&str; 15] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_CURRENT_DESKTOP",
    "DBUS_SESSION_BUS_ADDRESS",
];

const PROXIES: [&str; 4] = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/// Those that name a proxy, the one that counts first.
const WEB_PROXIES: [&str; 3] = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"];

/// What it is told each time.
const ALWAYS: &[&str] = &[
    "--ignore-config",
    "--no-cache-dir",
    "--no-exec",
    "--no-playlist",
    "--no-update",
    "--no-color",
    "--quiet",
    "--no-mark-watched",
    "--socket-timeout",
    "20",
    "--retries",
    "3",
    "--fragment-retries",
    "5",
    "--retry-sleep",
    "1",
    "--default-search",
    "error",
    "--downloader",
    "native",
];

/// One call.
pub(super) struct Call<'a> {
    pub link: &'a Link,
    pub access: &'a Access,
    pub options: &'a [OsString],
    /// Where its files go.
    pub folder: Option<&'a Path>,
}

impl Program {
    /// Says what is behind a link, without fetching it.
    ///
    /// # Errors
    /// Each with its own remedy: when the link is none that may be asked, when there is no video behind it or it is not
    /// shown, when the network fails, and on cancellation.
    pub fn look(&self, link: &Link, access: &Access, watch: &Watch) -> Result<Listing, LinkError> {
        // Translated tracks are listed only where automatic ones are asked for.
        let options = [
            "--dump-single-json",
            "--playlist-items",
            "1:2",
            "--write-auto-subs",
        ];
        self.ensure_allowed(link, access, watch)?;
        watch.say(format!("looking at {}", link.host()));
        let mut document = String::new();
        let mut hear = |line: &str| {
            if line.starts_with('{') {
                document = line.to_owned();
            }
        };
        let call = Call {
            link,
            access,
            options: &options.map(OsString::from),
            folder: None,
        };
        let outcome = self.ask(&call, watch, &mut hear)?;
        if document.is_empty() {
            return Err(outcome.into_error(self, link));
        }
        Listing::read(&document, link)
    }

    /// Refuses addresses that are not to be asked.
    pub(super) fn ensure_allowed(
        &self,
        link: &Link,
        access: &Access,
        watch: &Watch,
    ) -> Result<(), LinkError> {
        ensure_online()?;
        if access.private {
            return Ok(());
        }
        link.ensure_public(proxy().is_some(), watch)
    }

    /// Runs yt-dlp behind the gate, where it needs one.
    pub(super) fn ask(
        &self,
        call: &Call,
        watch: &Watch,
        hear: &mut dyn FnMut(&str),
    ) -> Result<Outcome, LinkError> {
        let gate = match call.access.private || proxy().is_some() {
            true => None,
            false => Some(Gate::open().map_err(LinkError::Start)?),
        };
        self.ask_through(gate, call, watch, hear)
    }

    /// The same, through this gate.
    pub(super) fn ask_through(
        &self,
        gate: Option<Gate>,
        call: &Call,
        watch: &Watch,
        hear: &mut dyn FnMut(&str),
    ) -> Result<Outcome, LinkError> {
        let mut command = self.command(call.folder);
        command.args(ALWAYS);
        if let Some(browser) = call.access.cookies {
            command.args(["--cookies-from-browser", browser.name()]);
        }
        if let Some(gate) = &gate {
            command.args(["--proxy", &gate.address()]);
        } else if call.access.private {
            let names = PROXIES
                .iter()
                .flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
            command.envs(names.filter_map(|name| Some((name.clone(), std::env::var_os(name)?))));
        } else if let Some(proxy) = proxy() {
            // All goes through it: what is left out of it elsewhere is what is near, and that is not to be asked.
            command.envs(WEB_PROXIES.map(|name| (name, proxy.clone())));
        }
        command.args(call.options).arg("--").arg(call.link.as_str());
        let ended = process::run(command, watch, hear)?;
        Ok(Outcome {
            told: ended.told,
            trouble: gate.and_then(|gate| gate.trouble()),
        })
    }

    /// A call without arguments yet: no shell, an environment of the least, and no plugins.
    pub(super) fn command(&self, folder: Option<&Path>) -> Command {
        let mut command = match &self.python {
            Some(python) => {
                let mut command = Command::new(python);
                command.args(["-s", "-m", "yt_dlp"]);
                command
            }
            None => Command::new(&self.place),
        };
        command.env_clear().envs(
            KEPT.iter()
                .filter_map(|name| Some((*name, std::env::var_os(name)?))),
        );
        command.envs([
            ("YTDLP_NO_PLUGINS", "1"),
            ("PYTHONSAFEPATH", "1"),
            ("PYTHONUTF8", "1"),
            ("PYTHONUNBUFFERED", "1"),
            ("LC_ALL", "C.UTF-8"),
        ]);
        if self.python.is_some() {
            command.env("PYTHONPATH", &self.place);
        }
        // Older versions of Python look for modules where they are called.
        let own = self.python.as_ref().map(|_| self.place.as_path());
        if let Some(folder) = folder.or(own) {
            command.current_dir(folder);
        }
        command
    }
}

/// The proxy for web pages that the environment names.
fn proxy() -> Option<OsString> {
    WEB_PROXIES
        .into_iter()
        .flat_map(|name| [std::env::var_os(name), std::env::var_os(name.to_lowercase())])
        .flatten()
        .find(|value| !value.is_empty())
}

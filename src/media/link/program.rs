//! yt-dlp as it is found on this machine, and how it is called.

use super::access::Access;
use super::address::Link;
use super::error::LinkError;
use super::gate::Gate;
use super::index::numbers;
use super::installing::versions;
use super::listing::Listing;
use super::outcome::Outcome;
use super::path::{on_path, python};
use super::process;
use crate::jobs::Watch;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use time::{Date, Month, OffsetDateTime};

/// Names a yt-dlp to use before all others: a program, or a folder that holds the package (`pip install --target`).
const PLACE_VARIABLE: &str = "FRAMELOOM_YT_DLP";

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

/// A yt-dlp that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    place: PathBuf,
    /// What runs the package in `place`; none where `place` is a program itself.
    python: Option<PathBuf>,
    version: String,
}

impl Program {
    /// Finds the newest yt-dlp: among our own in `own` (see [`install`](super::install)) and the one on the path;
    /// where `FRAMELOOM_YT_DLP` names one, that.
    ///
    /// # Errors
    /// When there is none, or none that runs, and on cancellation.
    pub fn find(own: &Path, watch: &Watch) -> Result<Self, LinkError> {
        if let Some(place) = std::env::var_os(PLACE_VARIABLE).filter(|place| !place.is_empty()) {
            return Self::at(Path::new(&place), watch);
        }
        watch.say("looking for yt-dlp");
        let own = versions(own).pop().map(|folder| Self::package(&folder, watch));
        let other = on_path("yt-dlp").map(|program| Self::executable(&program, watch));
        let mut failure = LinkError::NoProgram;
        let mut found: Option<Self> = None;
        for candidate in own.into_iter().chain(other) {
            match candidate {
                Ok(program)
                    if found
                        .as_ref()
                        .is_none_or(|best| best.numbers() < program.numbers()) =>
                {
                    found = Some(program);
                }
                Ok(_) => {}
                Err(LinkError::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(error) => failure = error,
            }
        }
        found.ok_or(failure)
    }

    /// The yt-dlp at a place: a program, or a folder that holds the package.
    ///
    /// # Errors
    /// When it does not run, and on cancellation.
    pub fn at(place: &Path, watch: &Watch) -> Result<Self, LinkError> {
        if place.is_dir() {
            Self::package(place, watch)
        } else {
            Self::executable(place, watch)
        }
    }

    pub(super) fn package(folder: &Path, watch: &Watch) -> Result<Self, LinkError> {
        Self::try_out(folder, Some(python()?), watch)
    }

    fn executable(program: &Path, watch: &Watch) -> Result<Self, LinkError> {
        Self::try_out(program, None, watch)
    }

    fn try_out(place: &Path, python: Option<PathBuf>, watch: &Watch) -> Result<Self, LinkError> {
        let place = std::path::absolute(place).map_err(LinkError::disk(place))?;
        let mut program = Self {
            place,
            python,
            version: String::new(),
        };
        let mut command = program.command(None);
        command.args(["--ignore-config", "--version"]);
        let mut lines = Vec::new();
        let broken = |said: String| LinkError::Broken {
            place: program.place.clone(),
            said,
        };
        let ended = match process::run(command, watch, &mut |line| lines.push(line.to_owned())) {
            Err(LinkError::Start(error)) => return Err(broken(error.to_string())),
            other => other?,
        };
        match lines.pop().filter(|_| ended.status.success()) {
            Some(version) if !version.is_empty() => {
                program.version = version;
                Ok(program)
            }
            _ if ended.told.contains("unsupported version of Python") => {
                let said = ended.told.lines().last().unwrap_or_default().trim();
                Err(LinkError::OldPython(said.to_owned()))
            }
            _ => Err(broken(
                ended.told.lines().last().unwrap_or_default().trim().to_owned(),
            )),
        }
    }

    /// Its version, which is the day it was made: `2026.10.26`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it lies: the program, or the folder of the package.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// How many days old it is; none where its version tells no day.
    #[must_use]
    pub fn age(&self) -> Option<i64> {
        age(&self.version, OffsetDateTime::now_utc().date())
    }

    fn numbers(&self) -> Option<Vec<u64>> {
        numbers(&self.version)
    }

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
        let outcome = self.ask(link, access, &options.map(OsString::from), None, watch, &mut hear)?;
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
        if access.private {
            return Ok(());
        }
        link.ensure_public(has_proxy(), watch)
    }

    /// Runs yt-dlp on a link, behind the gate. `folder` is where its files go.
    pub(super) fn ask(
        &self,
        link: &Link,
        access: &Access,
        options: &[OsString],
        folder: Option<&Path>,
        watch: &Watch,
        hear: &mut dyn FnMut(&str),
    ) -> Result<Outcome, LinkError> {
        let gate = match access.private || has_proxy() {
            true => None,
            false => Some(Gate::open().map_err(LinkError::Start)?),
        };
        let mut command = self.command(folder);
        command.args([
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
        ]);
        if let Some(browser) = access.cookies {
            command.args(["--cookies-from-browser", browser.name()]);
        }
        match &gate {
            Some(gate) => {
                command.args(["--proxy", &gate.address()]);
            }
            None => {
                let proxies = PROXIES
                    .iter()
                    .flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
                command.envs(
                    proxies
                        .filter_map(|name| Some((std::env::var_os(&name)?, name)))
                        .map(|(value, name)| (name, value)),
                );
            }
        }
        command.args(options).arg("--").arg(link.as_str());
        let ended = process::run(command, watch, hear)?;
        Ok(Outcome {
            told: ended.told,
            trouble: gate.and_then(|gate| gate.trouble()),
        })
    }

    /// A call without arguments yet: no shell, an environment of the least, and no plugins.
    fn command(&self, folder: Option<&Path>) -> Command {
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

/// Whether the environment names a proxy for web pages.
fn has_proxy() -> bool {
    let names = PROXIES.iter().filter(|name| **name != "NO_PROXY");
    names
        .flat_map(|name| [std::env::var_os(name), std::env::var_os(name.to_lowercase())])
        .flatten()
        .any(|value| !value.is_empty())
}

fn age(version: &str, today: Date) -> Option<i64> {
    let numbers = numbers(version)?;
    let part = |place: usize| numbers.get(place).copied();
    let month = Month::try_from(u8::try_from(part(1)?).ok()?).ok()?;
    let made =
        Date::from_calendar_date(i32::try_from(part(0)?).ok()?, month, u8::try_from(part(2)?).ok()?).ok()?;
    Some((today - made).whole_days().max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_its_age() {
        let today = Date::from_calendar_date(2026, Month::March, 1).unwrap();
        assert_eq!(age("2026.02.27", today), Some(2));
        assert_eq!(age("2025.12.31.235959", today), Some(60));
        assert_eq!(age("2026.03.02", today), Some(0), "a clock that is wrong");
        assert_eq!(
            (age("1.2", today), age("unknown", today), age("2026.13.01", today)),
            (None, None, None)
        );
    }

    #[test]
    fn what_does_not_run_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let error = Program::at(&folder.path().join("none"), &Watch::default()).unwrap_err();
        assert!(matches!(error, LinkError::Broken { .. }), "{error}");
        if python().is_ok() {
            let error = Program::at(folder.path(), &Watch::default()).unwrap_err();
            assert!(error.to_string().contains("yt_dlp"), "{error}");
        }
    }
}

//! yt-dlp as it is found on this machine.

use super::error::LinkError;
use super::index::numbers;
use super::installing::versions;
use super::path::{on_path, python};
use super::process;
use crate::jobs::Watch;
use std::path::{Path, PathBuf};
use time::{Date, Month, OffsetDateTime};

/// Names a yt-dlp to use before all others: a program, or a folder that holds the package (`pip install --target`).
const PLACE_VARIABLE: &str = "FRAMELOOM_YT_DLP";

/// A yt-dlp that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub(super) place: PathBuf,
    /// What runs the package in `place`; none where `place` is a program itself.
    pub(super) python: Option<PathBuf>,
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

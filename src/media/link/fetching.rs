//! Fetching what is behind a link: a video, and captions beside it.

use super::access::Access;
use super::address::Link;
use super::calling::Call;
use super::error::LinkError;
use super::finished::{Record, finished, free_stem};
use super::listing::{Listing, Track, TrackChoice, TrackKind};
use super::outcome::Outcome;
use super::path::on_path;
use super::program::Program;
use super::progress::{Meter, Progress, TEMPLATE};
use super::quality::Quality;
use super::staging::{BASE, Request, Staging};
use crate::jobs::Watch;
use crate::media::probe;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What stands before the name of the video once it is whole.
const WHOLE: &str = "frameloom-file ";

/// What is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// How good the video.
    pub quality: Quality,
    /// Which captions; none at all where not given.
    pub captions: Option<TrackChoice>,
}

impl Default for Choice {
    /// The smallest that serves, with the captions that are nearest.
    fn default() -> Self {
        Self {
            quality: Quality::default(),
            captions: Some(TrackChoice::default()),
        }
    }
}

/// What has been fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The video.
    pub video: PathBuf,
    /// Its captions, where there were such.
    pub captions: Option<PathBuf>,
    /// Its title.
    pub title: String,
    /// What the analyst should know.
    pub warnings: Vec<String>,
}

impl Program {
    /// Fetches the video of a listing into a folder, named after its title, and the captions beside it. What was
    /// fetched before by the same choice is not fetched again, and what was cut off is gone on with. `tell` hears how
    /// far it is; the watch hears the same in bytes.
    ///
    /// # Errors
    /// Each with its own remedy: when the video cannot be had or is none, when captions were asked for that are not
    /// there, when another process fetches the same, when a file cannot be written, and on cancellation.
    pub fn fetch(
        &self,
        listing: &Listing,
        choice: &Choice,
        access: &Access,
        folder: &Path,
        watch: &Watch,
        tell: &mut dyn FnMut(&Progress),
    ) -> Result<Fetched, LinkError> {
        let wanted = Request {
            link: listing.link.clone(),
            choice: choice.clone(),
        };
        if let Some(fetched) = finished(folder, &wanted.link, choice) {
            return Ok(fetched);
        }
        if listing.live {
            return Err(LinkError::Live);
        }
        let track = match &choice.captions {
            Some(captions) => listing.track(captions)?,
            None => None,
        };
        let link = Link::parse(&listing.link)?;
        self.ensure_allowed(&link, access, watch)?;
        std::fs::create_dir_all(folder).map_err(LinkError::disk(folder))?;
        let folder = folder.canonicalize().map_err(LinkError::disk(folder))?;
        let stem = free_stem(&folder, listing, &wanted);
        let staging = Staging::open(&folder, &stem, &wanted)?;
        // The captions alone, where a try before had the video and not them.
        let before = Record::read(&folder, &stem).filter(|record| record.at(&folder).is_some());
        let mut work = Work {
            program: self,
            link: &link,
            access,
            track,
            staging: &staging,
            watch,
        };
        let mut record = Record::new(wanted, listing, track, self.version());
        let outcome = match before {
            Some(before) => {
                record.video = before.video;
                work.run(None, tell)?.1
            }
            None => {
                watch.say(format!("fetching {}", listing.title));
                let (video, outcome) = work.run(Some(choice.quality), tell)?;
                let Some(video) = video else {
                    return Err(work.failure(outcome));
                };
                record.video = work.keep_video(&video, &folder, &stem)?;
                outcome
            }
        };
        let mut warnings = Vec::new();
        if let Some(track) = track {
            record.captions = work.keep_captions(track, &folder, &stem)?;
            record.captions_missing = record.captions.is_none();
            if record.captions_missing {
                let why = outcome.into_error(self, &link);
                warnings.push(format!(
                    "the video is here, but not its captions: {why}. The same command tries again"
                ));
            }
        }
        record.write(&folder, &stem)?;
        staging.close();
        let fetched = record.at(&folder).ok_or_else(|| {
            LinkError::disk(&folder)(std::io::Error::other("what was fetched is gone again"))
        })?;
        Ok(Fetched { warnings, ..fetched })
    }
}

/// One download.
struct Work<'a> {
    program: &'a Program,
    link: &'a Link,
    access: &'a Access,
    track: Option<&'a Track>,
    staging: &'a Staging,
    watch: &'a Watch,
}

impl Work<'_> {
    /// Runs yt-dlp for the video and its captions, or for the captions alone. Gives the name of the whole video.
    fn run(
        &mut self,
        quality: Option<Quality>,
        tell: &mut dyn FnMut(&Progress),
    ) -> Result<(Option<String>, Outcome), LinkError> {
        let mut options: Vec<OsString> = [
            "--no-simulate",
            "--playlist-items",
            "1",
            "--concat-playlist",
            "never",
            "--no-mtime",
            "--continue",
            "--ignore-errors",
            "--abort-on-unavailable-fragments",
            "--output",
            "video.%(ext)s",
            "--newline",
            "--progress",
            "--progress-delta",
            "0.2",
            "--progress-template",
            TEMPLATE,
        ]
        .map(OsString::from)
        .into();
        let mut add = |more: &[&str]| options.extend(more.iter().map(OsString::from));
        match quality {
            Some(quality) => add(&[
                "--format",
                quality.forms(can_join()),
                "--format-sort",
                quality.order(),
                "--merge-output-format",
                "mp4/mkv",
                "--print",
                "after_move:frameloom-file %(filepath)s",
            ]),
            None => add(&["--skip-download"]),
        }
        if let Some(track) = self.track {
            // Of captions that are called the same, people's would win where both are asked for.
            let kind = match track.kind {
                TrackKind::Manual => "--write-subs",
                TrackKind::Automatic | TrackKind::Translated => "--write-auto-subs",
            };
            add(&[
                kind,
                "--sub-langs",
                &regex::escape(&track.key),
                "--sub-format",
                &track.preference(),
            ]);
        }
        let (mut meter, mut whole) = (Meter::default(), None);
        let watch = self.watch;
        let mut hear = |line: &str| {
            if let Some(progress) = meter.hear(line) {
                watch.report(progress.done, progress.total.unwrap_or(0));
                tell(&progress);
            } else if let Some(name) = line.strip_prefix(WHOLE) {
                whole = Some(name.to_owned());
            }
        };
        let call = Call {
            link: self.link,
            access: self.access,
            options: &options,
            folder: Some(&self.staging.folder),
        };
        let outcome = self.program.ask(&call, watch, &mut hear)?;
        Ok((whole, outcome))
    }

    /// Why there is no video.
    fn failure(&self, outcome: Outcome) -> LinkError {
        match outcome.into_error(self.program, self.link) {
            LinkError::Extractor(said) if !can_join() && said.to_lowercase().contains("requested format") => {
                LinkError::NoFfmpeg
            }
            other => other,
        }
    }

    /// Gives the video its name, where it is one.
    fn keep_video(&self, name: &str, folder: &Path, stem: &str) -> Result<String, LinkError> {
        let name = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
        let not = |cause: String| LinkError::NotAVideo {
            host: self.link.host().to_owned(),
            cause,
        };
        let file = self
            .staging
            .file(&name)
            .ok_or_else(|| not("no file came".into()))?;
        if let Err(error) = probe(&file) {
            std::fs::remove_file(&file).map_err(LinkError::disk(&file))?;
            return Err(not(error.to_string()));
        }
        self.keep(&file, &name, folder, stem)
    }

    /// Gives the captions their name, where they came.
    fn keep_captions(&self, track: &Track, folder: &Path, stem: &str) -> Result<Option<String>, LinkError> {
        let names = track
            .formats
            .iter()
            .map(|format| format!("{BASE}.{}.{format}", track.key));
        let file = names
            .filter_map(|name| Some((self.staging.file(&name)?, name)))
            .next();
        file.map(|(file, name)| self.keep(&file, &name, folder, stem))
            .transpose()
    }

    /// Renames `video.ENDING` to `STEM.ENDING`, once its bytes are safe on the disk.
    fn keep(&self, file: &Path, name: &str, folder: &Path, stem: &str) -> Result<String, LinkError> {
        let ending = name.strip_prefix(BASE).unwrap_or_default();
        let kept = format!("{stem}{ending}");
        let place = folder.join(&kept);
        let safe = std::fs::File::open(file).and_then(|file| file.sync_all());
        safe.and_then(|()| std::fs::rename(file, &place))
            .map_err(LinkError::disk(&place))?;
        Ok(kept)
    }
}

/// Whether pictures and sound that come apart can be joined.
fn can_join() -> bool {
    on_path("ffmpeg").is_some()
}

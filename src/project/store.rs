//! The project folder: `NAME.frameloom/`, plain files that other programs can read.

use super::companion::{Companion, Company};
use super::edits::journal::{self, Ground};
use super::files::{StoreError, fnv1a, read_json, write_json, write_whole};
use super::pair::{Pair, PairChoice, PairKey, PairingRule};
use super::pairs_file;
use super::run::Run;
use super::track::{CaptionTrack, Language};
use super::units::{CueId, Seconds, Span};
use super::video::{Sampling, VideoInfo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The format that this program writes. Raise it when an older program could no longer read the files, and add
/// the step from the one before to `migrate`.
pub const FORMAT: u32 = 1;

/// Extension of a project folder.
pub const EXTENSION: &str = "frameloom";

/// Where the captions came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptionSource {
    /// The file they were read from.
    pub file: PathBuf,
    /// How the file was encoded.
    pub encoding: String,
    /// What the reader wanted known.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// How captions find their frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// The rule.
    pub rule: PairingRule,
    /// Added to every caption time, after `scale`.
    #[serde(default)]
    pub offset: Seconds,
    /// Every caption time is multiplied by this first; 1 leaves them alone.
    #[serde(default = "one")]
    pub scale: f64,
}

impl Pairing {
    /// Where a time of the captions is in the video.
    #[must_use]
    pub fn placed(&self, time: Seconds) -> Seconds {
        Seconds(time.0 * self.scale + self.offset.0)
    }

    /// Where a moment of the video is in the captions.
    #[must_use]
    pub fn in_captions(&self, time: Seconds) -> Seconds {
        Seconds((time.0 - self.offset.0) / self.scale)
    }
}

fn one() -> f64 {
    1.0
}

impl Default for Pairing {
    fn default() -> Self {
        Self {
            rule: PairingRule::default(),
            offset: Seconds(0.0),
            scale: 1.0,
        }
    }
}

/// `project.json`: everything small.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the files; see [`FORMAT`].
    pub format: u32,
    /// Version of the program that saved it.
    pub program: String,
    /// Name shown to people.
    pub name: String,
    /// What the video is about, in a word or two: videos of one topic are compared with each other.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// The video, by its path when the project was made.
    pub video: Option<VideoInfo>,
    /// The same path as seen from the project folder, so that both can be moved together.
    #[serde(default)]
    pub video_relative: Option<PathBuf>,
    /// How frames are taken.
    #[serde(default)]
    pub sampling: Sampling,
    /// Where the captions came from.
    #[serde(default)]
    pub captions: Option<CaptionSource>,
    /// The language whose rules find the words.
    #[serde(default)]
    pub language: Language,
    /// How pairs are made.
    #[serde(default)]
    pub pairing: Pairing,
    /// Files of word vectors; the built-in embedding where none.
    #[serde(default)]
    pub vectors: Vec<PathBuf>,
    /// Settings of the training last asked for, as the trainer writes them.
    #[serde(default)]
    pub training: serde_json::Value,
    /// Name of the run in use.
    #[serde(default)]
    pub run: Option<String>,
    /// What was decided about pairs by hand, in order of the keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<PairChoice>,
    /// The projects of other videos whose pairs are studied together with its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Companion>,
}

/// A project in memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Project {
    /// Its folder on disk.
    pub folder: PathBuf,
    /// Everything small.
    pub manifest: Manifest,
    /// The transcript.
    pub track: CaptionTrack,
    /// The pairs, in order of time.
    pub pairs: Vec<Pair>,
    /// The run in use. It remembers the pairs that it was trained on, which may be others by now: see [`Self::studied`].
    pub run: Option<Run>,
    /// What was read of the companions, those of now and those of the run in use, by their folders.
    pub company: BTreeMap<PathBuf, Company>,
}

impl Project {
    /// A new project for a video, not yet on disk.
    #[must_use]
    pub fn new(folder: &Path, video: VideoInfo) -> Self {
        let name = folder
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let manifest = Manifest {
            format: FORMAT,
            name,
            video: Some(video),
            ..Manifest::default()
        };
        Self {
            folder: folder.into(),
            manifest,
            ..Self::default()
        }
    }

    /// Takes the first captions, or others where nothing is to be taken back: see [`super::edits::replace_captions`].
    pub fn set_captions(&mut self, track: CaptionTrack, source: CaptionSource, language: Language) {
        self.track = track;
        self.manifest.captions = Some(source);
        self.manifest.language = language;
        self.pairs.clear();
        self.run = None;
    }

    /// The caption being spoken at a moment of the video: of captions that overlap, the one that started last.
    #[must_use]
    pub fn spoken_at(&self, time: Seconds) -> Option<&super::Cue> {
        self.track.spoken_at(self.manifest.pairing.in_captions(time))
    }

    /// When a cue is spoken in the video.
    #[must_use]
    pub fn spoken(&self, cue: CueId) -> Option<Span> {
        let cue = self.track.cue(cue)?;
        Some(Span {
            start: self.manifest.pairing.placed(cue.start),
            end: self.manifest.pairing.placed(cue.end),
        })
    }

    /// What was decided about a pair by hand.
    #[must_use]
    pub fn choice(&self, key: PairKey) -> Option<PairChoice> {
        self.manifest
            .choices
            .iter()
            .find(|choice| choice.key == key)
            .copied()
    }

    /// A hash of what a run learns from: pairs, their captions and the language, those of the companions among them. A run
    /// made of something else does not belong to the project as it is.
    #[must_use]
    pub fn made_of(&self) -> String {
        let mut all = self.rows();
        for companion in &self.manifest.companions {
            all.push('\n');
            match self.companion(companion) {
                Ok(project) => all += &project.rows(),
                Err(missing) => all += &missing.to_string(),
            }
        }
        format!("{:016x}", fnv1a(all.bytes()))
    }

    /// Its own pairs with their captions, a line each, and its language.
    fn rows(&self) -> String {
        let rows = self.pairs.iter().map(|pair| {
            let text = pair
                .cue
                .and_then(|id| self.track.cue(id))
                .map_or("", |cue| cue.text.as_str());
            format!("{} {} {text}\n", pair.frame.0, pair.time.0)
        });
        rows.collect::<String>() + self.manifest.language.code()
    }

    /// The video of the project in a folder, if it still is where it was.
    #[must_use]
    pub fn video_of(folder: &Path) -> Option<PathBuf> {
        let manifest: serde_json::Value = read_json(&folder.join("project.json")).ok().flatten()?;
        let path = PathBuf::from(manifest.get("video")?.get("path")?.as_str()?);
        path.exists().then_some(path)
    }

    /// Whether a folder holds a project.
    #[must_use]
    pub fn is_project(folder: &Path) -> bool {
        folder.join("project.json").is_file()
    }

    /// The folder of a run.
    #[must_use]
    pub fn run_folder(&self, name: &str) -> PathBuf {
        self.folder.join("runs").join(name)
    }

    /// Names of the runs on disk, in order.
    #[must_use]
    pub fn runs(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("runs")) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .flatten()
            // A folder alone was left by a program that was killed before there was a run in it.
            .filter(|entry| entry.path().join("config.json").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Saves everything, each file in one step. A journal of what was done since the save before is taken away at the end.
    ///
    /// # Errors
    /// When the folder cannot be written; what was saved before is untouched, or the journal makes up for it.
    pub fn save(&self) -> Result<(), StoreError> {
        let captions = self.folder.join("captions.json");
        let text = as_json(&self.track).map_err(|cause| StoreError::Write {
            path: captions.clone(),
            cause: cause.into(),
        })?;
        journal::announce(&self.folder, Ground::new(&text, &self.manifest))?;
        write_whole(&captions, |file| file.write_all(&text))?;
        let pairs = self.own();
        write_whole(&self.folder.join(pairs_file::NAME), |file| {
            pairs_file::write(&pairs, file)
        })?;
        if let Some(run) = &self.run {
            run.save(&self.run_folder(&run.name))?;
        }
        // Last, for it names the others.
        write_json(&self.folder.join("project.json"), &self.stamped())?;
        journal::clear(&self.folder)
    }

    fn stamped(&self) -> Manifest {
        let mut manifest = self.manifest.clone();
        manifest.format = FORMAT;
        manifest.program = env!("CARGO_PKG_VERSION").into();
        manifest.run = self.run.as_ref().map(|run| run.name.clone());
        let from_folder = manifest
            .video
            .as_ref()
            .and_then(|video| relative(&self.folder, &video.path));
        manifest.video_relative = from_folder.or(manifest.video_relative);
        manifest.companions = self.companions();
        manifest
    }

    /// Opens a project folder. A companion that cannot be read is no error: it is known of in [`Self::company`].
    ///
    /// # Errors
    /// When it is no project, is damaged, or was saved by a newer program.
    pub fn load(folder: &Path) -> Result<Self, StoreError> {
        let mut project = Self::load_alone(folder)?;
        if let Some(name) = &project.manifest.run {
            project.run = Some(Run::load(&project.run_folder(name))?);
        }
        project.read_companions();
        project.check_run();
        Ok(project)
    }

    /// Sets the topic of a project on disk that is not open, and touches nothing else.
    ///
    /// # Errors
    /// When there is no project, or it cannot be read or written.
    pub fn set_topic(folder: &Path, topic: &str) -> Result<(), StoreError> {
        let path = folder.join("project.json");
        let mut value: serde_json::Value =
            read_json(&path)?.ok_or_else(|| StoreError::NotAProject(folder.into()))?;
        // Read for its errors: what a newer program wrote is not written over.
        migrate(value.clone(), &path)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("topic".into(), topic.into());
        }
        write_json(&path, &value)
    }

    /// Reads a project without its trainings and its companions.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_alone(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("project.json");
        let value: serde_json::Value =
            read_json(&path)?.ok_or_else(|| StoreError::NotAProject(folder.into()))?;
        let mut manifest = migrate(value, &path)?;
        if let (Some(video), Some(near)) = (&mut manifest.video, &manifest.video_relative) {
            let moved = folder.join(near);
            if !video.path.exists() && moved.exists() {
                video.path = moved;
            }
        }
        Ok(Self {
            folder: folder.into(),
            manifest,
            track: read_json(&folder.join("captions.json"))?.unwrap_or_default(),
            pairs: pairs_file::read(&folder.join(pairs_file::NAME))?.pairs,
            ..Self::default()
        })
    }
}

fn as_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

fn migrate(value: serde_json::Value, path: &Path) -> Result<Manifest, StoreError> {
    let format = value
        .get("format")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(0);
    if format > u64::from(FORMAT) {
        return Err(StoreError::Newer {
            path: path.into(),
            format: u32::try_from(format).unwrap_or(u32::MAX),
            program: value
                .get("program")
                .and_then(|v| v.as_str())
                .unwrap_or("of unknown version")
                .into(),
            known: FORMAT,
        });
    }
    serde_json::from_value(value).map_err(|error| StoreError::Damaged {
        path: path.into(),
        what: error.to_string(),
    })
}

pub(super) fn relative(folder: &Path, file: &Path) -> Option<PathBuf> {
    let (folder, file) = (folder.canonicalize().ok()?, file.canonicalize().ok()?);
    let shared = folder
        .components()
        .zip(file.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder.components().count() - shared;
    let mut path: PathBuf = std::iter::repeat_n("..", up).collect();
    path.extend(file.components().skip(shared));
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, CueId, FrameIndex, SourceIndex};

    fn project(folder: &Path) -> Project {
        let video = VideoInfo {
            path: folder.join("a.mp4"),
            container: "mp4".into(),
            duration: Seconds(10.0),
            width: 640,
            height: 360,
            rotation: 0,
            frame_rate: 25.0,
            video_codec: "h264".into(),
            pixel_format: "yuv420p".into(),
            audio: None,
            bytes: 1,
        };
        std::fs::write(&video.path, "").unwrap();
        let mut project = Project::new(&folder.join("a.frameloom"), video);
        let text = "你好, \"world\"\nagain";
        project.track = CaptionTrack::new(vec![Cue::new(Seconds(1.25), Seconds(2.5), text)]);
        project.pairs = vec![
            Pair {
                source: SourceIndex::OWN,
                frame: FrameIndex(1),
                time: Seconds(2.0),
                cue: Some(CueId(0)),
            },
            Pair {
                source: SourceIndex::OWN,
                frame: FrameIndex(2),
                time: Seconds(4.0),
                cue: None,
            },
        ];
        project
    }

    #[test]
    fn a_folder_that_a_killed_program_left_is_no_run() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        std::fs::create_dir_all(project.run_folder("001-a")).unwrap();
        assert!(project.runs().is_empty());
        std::fs::write(project.run_folder("001-a").join("config.json"), "{}").unwrap();
        assert_eq!(project.runs(), ["001-a"]);
    }

    #[test]
    fn a_project_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let saved = project(folder.path());
        saved.save().unwrap();
        let opened = Project::load(&saved.folder).unwrap();
        assert_eq!((opened.track, opened.pairs), (saved.track, saved.pairs));
        assert_eq!(opened.manifest.video, saved.manifest.video);
    }

    #[test]
    fn a_project_moved_with_its_video_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old");
        std::fs::create_dir(&old).unwrap();
        project(&old).save().unwrap();
        let new = folder.path().join("new");
        std::fs::rename(&old, &new).unwrap();
        let video = Project::load(&new.join("a.frameloom"))
            .unwrap()
            .manifest
            .video
            .unwrap();
        assert!(video.path.exists(), "{}", video.path.display());
    }

    #[test]
    fn a_newer_project_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let saved = project(folder.path());
        saved.save().unwrap();
        let path = saved.folder.join("project.json");
        let newer = std::fs::read_to_string(&path)
            .unwrap()
            .replace("\"format\": 1", "\"format\": 99");
        std::fs::write(&path, &newer).unwrap();
        let message = Project::load(&saved.folder).unwrap_err().to_string();
        assert!(message.contains("newer") && message.contains("99"), "{message}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), newer);
    }

    #[test]
    fn a_folder_without_project_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Project::load(folder.path()),
            Err(StoreError::NotAProject(_))
        ));
    }
}

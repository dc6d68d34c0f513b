//! Other videos whose pairs are studied together with a project's own. Their projects are read and never written.

use super::files::StoreError;
use super::pair::Pair;
use super::store::{Project, relative};
use super::track::Language;
use super::trained::TrainedOn;
use super::units::SourceIndex;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// The project of another video.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Companion {
    /// Its folder.
    pub folder: PathBuf,
    /// The same as seen from the folder of the project that names it, so that both can be moved together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<PathBuf>,
    /// Its name for people; no two videos studied together have the same.
    pub name: String,
    /// The language whose rules find its words.
    #[serde(default)]
    pub language: Language,
}

/// Why another project cannot be studied together with one.
#[derive(Debug, Error)]
pub enum CompanionError {
    /// Its files cannot be read.
    #[error("{name} cannot be studied together with this video: {cause}")]
    Unreadable {
        /// Its name.
        name: String,
        /// What is wrong.
        cause: String,
    },
    /// It has no pairs.
    #[error(
        "{} has no pairs of frame and caption yet: open it, read the captions of its video, and save it first",
        .0.display()
    )]
    NoPairs(PathBuf),
    /// It is the project itself.
    #[error("{} is this very project: choose that of another video", .0.display())]
    Itself(PathBuf),
    /// It was added before.
    #[error("{} is studied together with this video already", .0.display())]
    Twice(PathBuf),
}

/// What was read of a companion: the project without its trainings, or why it cannot be read.
pub type Company = Result<Arc<Project>, String>;

impl Companion {
    /// Goes by the place as seen from `from` where the companion is not where it was.
    pub fn follow(&mut self, from: &Path) {
        if let Some(near) = &self.relative
            && !Project::is_project(&self.folder)
        {
            let moved = from.join(near);
            if Project::is_project(&moved) {
                self.folder = moved;
            }
        }
    }

    /// Reads its project, without its trainings.
    ///
    /// # Errors
    /// In words, when it cannot be read or has no pairs.
    pub fn read(&self) -> Company {
        let unreadable = |cause: StoreError| cause.to_string();
        let project = Project::load_alone(&self.folder).map_err(unreadable)?;
        if project.pairs.is_empty() {
            return Err(CompanionError::NoPairs(self.folder.clone()).to_string());
        }
        Ok(Arc::new(project))
    }
}

impl Project {
    /// The pairs of this project alone, with their captions as they are now.
    #[must_use]
    pub fn own(&self) -> TrainedOn {
        let text = |pair: &Pair| {
            let cue = pair.cue.and_then(|id| self.track.cue(id));
            cue.map(|cue| cue.text.clone()).unwrap_or_default()
        };
        TrainedOn {
            pairs: self.pairs.clone(),
            texts: self.pairs.iter().map(text).collect(),
        }
    }

    /// The project of a companion.
    ///
    /// # Errors
    /// In words, when it could not be read.
    pub fn companion(&self, companion: &Companion) -> Result<&Arc<Self>, CompanionError> {
        let cause = match self.company.get(&companion.folder) {
            Some(Ok(project)) => return Ok(project),
            Some(Err(cause)) => cause.clone(),
            None => "it was not read: open this project again".to_owned(),
        };
        Err(CompanionError::Unreadable {
            name: companion.name.clone(),
            cause,
        })
    }

    /// The companions as a training remembers them: with their places as seen from here and their languages as they are now.
    #[must_use]
    pub fn companions(&self) -> Vec<Companion> {
        let mut companions = self.manifest.companions.clone();
        for companion in &mut companions {
            companion.relative = relative(&self.folder, &companion.folder).or(companion.relative.take());
            if let Ok(project) = self.companion(companion) {
                companion.language = project.manifest.language;
            }
        }
        companions
    }

    /// The companions whose pairs results speak of: those of the run in use.
    #[must_use]
    pub fn studied_companions(&self) -> &[Companion] {
        self.run.as_ref().map_or(&[], |run| &run.config.companions)
    }

    /// Names of the videos whose pairs results speak of, in order of [`SourceIndex`]: its own first.
    #[must_use]
    pub fn source_names(&self) -> Vec<&str> {
        let others = self.studied_companions().iter();
        std::iter::once(self.manifest.name.as_str())
            .chain(others.map(|companion| companion.name.as_str()))
            .collect()
    }

    /// The language whose rules find the words of a studied pair of this source.
    #[must_use]
    pub fn language_of(&self, source: SourceIndex) -> Language {
        let companion = source.companion();
        let companion = companion.and_then(|place| self.studied_companions().get(place));
        companion.map_or(self.manifest.language, |companion| companion.language)
    }

    /// Studies the pairs of another project together with its own from now on.
    ///
    /// # Errors
    /// When it is no project, is damaged, has no pairs, is this one, or was added before.
    pub fn add_companion(&mut self, folder: &Path) -> Result<(), CompanionError> {
        let named = folder.file_name().is_some_and(|name| name == "project.json");
        let folder = folder.parent().filter(|_| named).unwrap_or(folder);
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
        let is_at = |other: &Path| {
            let same = folder.canonicalize().ok().zip(other.canonicalize().ok());
            folder == other || same.is_some_and(|(one, other)| one == other)
        };
        if is_at(&self.folder) {
            return Err(CompanionError::Itself(folder));
        }
        if self.manifest.companions.iter().any(|known| is_at(&known.folder)) {
            return Err(CompanionError::Twice(folder));
        }
        let stem = folder.file_stem().unwrap_or(folder.as_os_str());
        let stem = stem.to_string_lossy().into_owned();
        let other = Self::load_alone(&folder).map_err(|cause| CompanionError::Unreadable {
            name: stem.clone(),
            cause: cause.to_string(),
        })?;
        if other.pairs.is_empty() {
            return Err(CompanionError::NoPairs(folder));
        }
        let name = match other.manifest.name.as_str() {
            "" => stem,
            name => name.to_owned(),
        };
        let taken = |name: &String| {
            let mut others = self.manifest.companions.iter();
            *name == self.manifest.name || others.any(|known| known.name == *name)
        };
        let further = (2..).map(|number| format!("{name} ({number})"));
        let name = std::iter::once(name.clone())
            .chain(further)
            .find(|name| !taken(name))
            .unwrap_or(name);
        self.manifest.companions.push(Companion {
            relative: relative(&self.folder, &folder),
            folder: folder.clone(),
            name,
            language: other.manifest.language,
        });
        self.company.insert(folder, Ok(Arc::new(other)));
        Ok(())
    }

    /// Studies the pairs of a companion no more. What was read of it stays for the runs that were trained on it.
    pub fn remove_companion(&mut self, folder: &Path) {
        self.manifest.companions.retain(|known| known.folder != folder);
    }

    /// Reads the companions, those of now and those of the run in use.
    pub(super) fn read_companions(&mut self) {
        let of_run = self.run.iter_mut().flat_map(|run| &mut run.config.companions);
        for companion in self.manifest.companions.iter_mut().chain(of_run) {
            companion.follow(&self.folder);
            let entry = self.company.entry(companion.folder.clone());
            entry.or_insert_with(|| companion.read());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{CaptionTrack, Cue, CueId, FrameIndex, PairIndex, Run, Seconds, Staleness};

    /// A project on disk with a pair for each caption.
    fn project(home: &Path, name: &str, texts: &[&str]) -> Project {
        let cue = |(at, text): (usize, &&str)| Cue::new(Seconds(at as f64), Seconds(at as f64 + 1.0), *text);
        let pair = |at: usize| Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex::from(at),
            time: Seconds(at as f64),
            cue: Some(CueId::from(at)),
        };
        let mut project = Project {
            folder: home.join(format!("{name}.frameloom")),
            track: CaptionTrack::new(texts.iter().enumerate().map(cue).collect()),
            pairs: (0..texts.len()).map(pair).collect(),
            ..Project::default()
        };
        project.manifest.name = name.into();
        project.save().unwrap();
        project
    }

    fn trained(project: &Project) -> Run {
        let mut run = Run {
            name: "001".into(),
            on: project.trainable(),
            ..Run::default()
        };
        run.config.companions = project.companions();
        run.config.made_of = project.made_of();
        run
    }

    #[test]
    fn the_pairs_of_another_video_follow_its_own_and_keep_their_words() {
        let home = tempfile::tempdir().unwrap();
        let mut us = project(home.path(), "us", &["a", "b"]);
        let cn = project(home.path(), "cn", &["病", "毒", "苗"]);
        let alone = us.made_of();
        us.add_companion(&cn.folder).unwrap();
        assert_ne!(us.made_of(), alone);
        us.run = Some(trained(&us));
        assert_eq!(us.run.as_ref().unwrap().on.texts, ["a", "b", "病", "毒", "苗"]);
        assert_eq!((us.studied().len(), us.studied_own().len()), (5, 2));
        // The cue of the same identity in its own track is another caption.
        assert_eq!(us.studied_text(PairIndex(2)), "病");
        assert_eq!(us.as_trained().trainable(), us.run.as_ref().unwrap().on);
        assert_eq!(us.source_names(), ["us", "cn"]);
        assert_eq!(Staleness::of(&us), None);

        us.save().unwrap();
        let opened = Project::load(&us.folder).unwrap();
        assert_eq!((&opened.pairs, opened.studied()), (&us.pairs, us.studied()));
        assert_eq!(opened.made_of(), us.made_of());
        assert_eq!(opened.manifest.companions, us.companions());
        // Both moved together find each other again.
        let moved = home.path().join("moved");
        std::fs::create_dir(&moved).unwrap();
        for name in ["us.frameloom", "cn.frameloom"] {
            std::fs::rename(home.path().join(name), moved.join(name)).unwrap();
        }
        let opened = Project::load(&moved.join("us.frameloom")).unwrap();
        assert_eq!(
            (opened.trainable(), Staleness::of(&opened)),
            (us.trainable(), None)
        );
    }

    #[test]
    fn a_run_is_stale_when_another_video_changed_or_left() {
        let home = tempfile::tempdir().unwrap();
        let mut us = project(home.path(), "us", &["a", "b"]);
        let cn = project(home.path(), "cn", &["病", "毒"]);
        us.add_companion(&cn.folder).unwrap();
        us.run = Some(trained(&us));
        us.save().unwrap();
        project(home.path(), "cn", &["病", "毒品"]);
        let changed = Project::load(&us.folder).unwrap();
        assert_eq!(Staleness::of(&changed).unwrap().reworded, [PairIndex(3)]);
        us.remove_companion(&cn.folder);
        let stale = Staleness::of(&us).unwrap();
        assert_eq!(stale.gone, [PairIndex(2), PairIndex(3)]);
        assert!(
            stale.lines().iter().any(|line| line.contains("cn")),
            "{:?}",
            stale.lines()
        );
        std::fs::remove_dir_all(&cn.folder).unwrap();
        let missing = Project::load(&us.folder).unwrap();
        let lines = Staleness::of(&missing).unwrap().lines();
        assert!(
            lines
                .iter()
                .any(|line| line.contains("cn") && line.contains("cannot")),
            "{lines:?}"
        );
    }

    #[test]
    fn what_cannot_be_studied_together_is_said() {
        let home = tempfile::tempdir().unwrap();
        let mut us = project(home.path(), "us", &["a", "b"]);
        let cn = project(home.path(), "cn", &["病"]);
        let empty = project(home.path(), "empty", &[]);
        let damaged = project(home.path(), "damaged", &["a"]);
        std::fs::write(damaged.folder.join("pairs.csv"), "frame,time\nx,y\n").unwrap();
        us.add_companion(&cn.folder).unwrap();
        let mut refused = |folder: &Path| us.add_companion(folder).unwrap_err().to_string();
        for (folder, says) in [
            (cn.folder.join("project.json"), "already"),
            (home.path().join("us.frameloom"), "this very project"),
            (empty.folder, "no pairs"),
            (damaged.folder, "damaged"),
            (home.path().join("nowhere.frameloom"), "not a Frameloom project"),
        ] {
            let text = refused(&folder);
            assert!(text.contains(says), "{text}");
        }
        let other = home.path().join("other");
        let twin = project(&other, "cn", &["a"]);
        us.add_companion(&twin.folder).unwrap();
        let names: Vec<String> = us.companions().into_iter().map(|known| known.name).collect();
        assert_eq!(names, ["cn", "cn (2)"]);
    }
}

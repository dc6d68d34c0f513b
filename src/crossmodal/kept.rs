//! A fit as it is kept in a project: `fit/fit.json`, with what it says, and `fit/towers.safetensors` or `fit/places.npy`, with
//! which sentences are searched for.

use super::search::{Found, FrameSearch, PlacedFrames};
use super::shift::{Gains, ProposedShift, proposed_shifts};
use super::suspicion::{Suspicion, suspicions};
use super::telling::Telling;
use super::unseen::UnseenScores;
use crate::model::ContrastShape;
use crate::project::files::{StoreError, read_json, write_json, write_whole};
use crate::project::{CueId, Pair, Project, TrainedOn};
use crate::training::contrast::ContrastConfig;
use crate::training::fitting::FitError;
use ndarray_npy::WriteNpyExt;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The folder in a project.
const FOLDER: &str = "fit";
const FACTS: &str = "fit.json";
const TOWERS: &str = "towers.safetensors";
const PLACES: &str = "places.npy";
/// The form of the files. Another form is made anew.
const VERSION: u32 = 2;
/// Captions that are kept for each frame.
const BEST: usize = 5;

/// Why a fit could not be kept or read.
#[derive(Debug, Error)]
pub enum KeepError {
    /// What it says.
    #[error(transparent)]
    Facts(#[from] StoreError),
    /// The towers.
    #[error(transparent)]
    Towers(#[from] FitError),
    /// Where frames lie.
    #[error("{path}: {what}: check against the pictures again", path = path.display())]
    Places {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// Who says how well pictures and words fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Judge {
    /// Two towers that have learned from the other pairs of the video.
    Towers {
        /// What they are given.
        shape: ContrastShape,
    },
    /// A model that has learned from other pictures: CLIP or Chinese CLIP.
    Pretrained {
        /// What people call it.
        name: String,
        /// Its folder.
        path: PathBuf,
    },
}

/// With what sentences are searched for.
#[derive(Debug)]
pub enum KeptSearch {
    /// Towers, and what they are given.
    Towers(FrameSearch, ContrastShape),
    /// Frames in the space of a model of this name and folder.
    Pretrained(PlacedFrames, String, PathBuf),
}

impl KeptSearch {
    fn judge(&self) -> Judge {
        match self {
            Self::Towers(_, shape) => Judge::Towers { shape: *shape },
            Self::Pretrained(_, name, path) => Judge::Pretrained {
                name: name.clone(),
                path: path.clone(),
            },
        }
    }
}

/// What a fit says of the pairs of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureFit {
    /// The form of the file.
    pub version: u32,
    /// What it was fitted to; see [`crate::project::Project::made_of`].
    pub made_of: String,
    /// How it was fitted.
    pub config: ContrastConfig,
    /// Who judged; none before it is kept.
    pub judge: Option<Judge>,
    /// What stood for the pictures, for people.
    pub pictures: String,
    /// What gave the words their vectors, for people.
    pub words: String,
    /// Where it was computed, for people.
    pub device: String,
    /// The pairs; all else speaks of them by their places.
    pub pairs: Vec<Pair>,
    /// What the caption of each pair said; empty where it has none.
    pub texts: Vec<String>,
    /// Whether words tell of pictures at all in this video.
    pub telling: Telling,
    /// The doubt about each pair that has a caption, the most doubtful first.
    pub suspicions: Vec<Suspicion>,
    /// The captions that fit each frame best, by the places of their pairs, the best first.
    pub captions: Vec<Vec<Found>>,
    /// Stretches that fit better some pairs earlier or later.
    pub shifts: Vec<ProposedShift>,
}

impl PictureFit {
    /// Of what was found about these pairs: where it was computed, what stood for pictures and for words, how well they fit,
    /// and how captions would be said where speech was listened to.
    #[must_use]
    pub fn new(
        (made_of, on): (String, TrainedOn),
        config: ContrastConfig,
        [device, pictures, words]: [String; 3],
        scores: &UnseenScores,
        speech: Option<&Gains>,
    ) -> Self {
        let telling = Telling::of(scores);
        let of_pictures = telling.plain.then(|| Gains::of_pictures(scores));
        let gains = match (of_pictures, speech) {
            (Some(pictures), Some(speech)) => Some(pictures.and(speech)),
            // Where words tell nothing of the pictures, there is only the speech to go by.
            (pictures, speech) => pictures.or(speech.cloned()),
        };
        let captions = |frame: usize| scores.captions_for(frame).into_iter().take(BEST).collect();
        Self {
            version: VERSION,
            made_of,
            config,
            judge: None,
            pictures,
            words,
            device,
            telling,
            suspicions: suspicions(scores),
            captions: (0..on.pairs.len()).map(captions).collect(),
            shifts: gains.map_or_else(Vec::new, |gains| proposed_shifts(&gains, &on.pairs)),
            pairs: on.pairs,
            texts: on.texts,
        }
    }

    /// Who judged, for people.
    #[must_use]
    pub fn judge_name(&self) -> String {
        match &self.judge {
            Some(Judge::Pretrained { name, .. }) => name.clone(),
            _ => format!("what was learned from {}", self.pictures),
        }
    }

    /// Puts it into a project's folder, with what sentences are searched for with.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&mut self, project: &Path, search: &KeptSearch) -> Result<(), KeepError> {
        let folder = project.join(FOLDER);
        let unwritable = |path: &Path| {
            let path = path.to_owned();
            move |cause| StoreError::Write { path, cause }
        };
        std::fs::create_dir_all(&folder).map_err(unwritable(&folder))?;
        // What it says goes first and comes last: it is never beside the search of another fit.
        for name in [FACTS, TOWERS, PLACES] {
            let path = folder.join(name);
            match std::fs::remove_file(&path) {
                Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unwritable(&path)(cause).into());
                }
                _ => {}
            }
        }
        match search {
            KeptSearch::Towers(towers, _) => towers.save(&folder.join(TOWERS)).map_err(FitError::from)?,
            KeptSearch::Pretrained(frames, ..) => {
                write_whole(&folder.join(PLACES), |file| {
                    frames.0.write_npy(file).map_err(std::io::Error::other)
                })?;
            }
        }
        self.judge = Some(search.judge());
        Ok(write_json(&folder.join(FACTS), self)?)
    }

    /// What is kept in a project's folder; none where there is none, or one of another form.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn load(project: &Path) -> Result<Option<Self>, KeepError> {
        let path = project.join(FOLDER).join(FACTS);
        let Some(kept) = read_json::<serde_json::Value>(&path)? else {
            return Ok(None);
        };
        if kept.get("version").and_then(serde_json::Value::as_u64) != Some(VERSION.into()) {
            return Ok(None);
        }
        let damaged = |what: String| StoreError::Damaged {
            path: path.clone(),
            what,
        };
        let kept: Self = serde_json::from_value(kept).map_err(|error| damaged(error.to_string()))?;
        kept.config
            .check()
            .map_err(|wrong| damaged(format!("it was made with {wrong}")))?;
        Ok(Some(kept))
    }

    /// What sentences are searched for with.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn search(&self, project: &Path) -> Result<KeptSearch, KeepError> {
        let folder = project.join(FOLDER);
        let (path, search) = match &self.judge {
            Some(Judge::Pretrained { name, path: model }) => {
                let path = folder.join(PLACES);
                let frames = ndarray_npy::read_npy(&path).map_err(|error| KeepError::Places {
                    path: path.clone(),
                    what: error.to_string(),
                })?;
                let search = KeptSearch::Pretrained(PlacedFrames(frames), name.clone(), model.clone());
                (path, Some(search))
            }
            Some(Judge::Towers { shape }) => {
                let path = folder.join(TOWERS);
                let towers = FrameSearch::load(&path, &self.config.design, *shape)?;
                (path, Some(KeptSearch::Towers(towers, *shape)))
            }
            None => (folder.join(FACTS), None),
        };
        let is_of = |search: &KeptSearch| match search {
            KeptSearch::Towers(towers, _) => towers.is_of(self.pairs.len()),
            KeptSearch::Pretrained(frames, ..) => frames.0.nrows() == self.pairs.len(),
        };
        search.filter(is_of).ok_or_else(|| KeepError::Places {
            path,
            what: "it is of another fit".to_owned(),
        })
    }

    /// The caption of a pair where it still says what it did beside the same frame; none where it has none or was changed since.
    fn cue(&self, pair: usize, project: &Project) -> Option<CueId> {
        let own = self.pairs.get(pair)?;
        let cue = project.track.cue(own.cue?)?;
        let stands = |now: &&Pair| now.cue == own.cue && now.frame == own.frame && now.time == own.time;
        let same = cue.text == *self.texts.get(pair)? && project.pairs.iter().any(|now| stands(&now));
        same.then_some(cue.id)
    }

    /// The doubt about each cue that was not changed since, the greatest about any of its pairs, the most doubtful first; none
    /// where words tell nothing of the pictures.
    pub fn doubts(&self, project: &Project) -> Vec<(CueId, Suspicion)> {
        let told = self.telling.plain.then_some(&self.suspicions);
        let mut seen = HashSet::new();
        let of_cue = |doubt: &Suspicion| {
            let cue = self.cue(doubt.pair, project)?;
            // The most doubtful come first.
            seen.insert(cue).then_some((cue, *doubt))
        };
        told.into_iter().flatten().filter_map(of_cue).collect()
    }
}

//! A fit as it is kept in a project: `fit/fit.json`, with what it says, and `fit/towers.safetensors`, with which sentences
//! are searched for.

use super::fit::CrossFit;
use super::search::{Found, FrameSearch};
use super::shift::{Gains, ProposedShift, proposed_shifts};
use super::suspicion::{Suspicion, suspicions};
use super::telling::Telling;
use crate::model::ContrastShape;
use crate::project::files::{StoreError, read_json, write_json};
use crate::project::{CueId, Pair, Project, TrainedOn};
use crate::training::contrast::ContrastConfig;
use crate::training::fitting::FitError;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The folder in a project.
const FOLDER: &str = "fit";
const FACTS: &str = "fit.json";
const TOWERS: &str = "towers.safetensors";
/// The form of the files. Another form is made anew.
const VERSION: u32 = 1;
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
    /// What the towers are given.
    pub shape: ContrastShape,
    /// What stood for the pictures, for people.
    pub pictures: String,
    /// What gave the words their vectors, for people.
    pub words: String,
    /// Where it was fitted, for people.
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
    /// Of what was found about these pairs, with what stood for pictures and words, and with the time that captions take to
    /// say where speech was listened to.
    #[must_use]
    pub fn new(
        (made_of, on): (String, TrainedOn),
        config: ContrastConfig,
        [pictures, words]: [String; 2],
        fit: &CrossFit,
        speech: Option<&Gains>,
    ) -> Self {
        let telling = Telling::of(&fit.scores);
        let of_pictures = telling.plain.then(|| Gains::of_pictures(&fit.scores));
        let gains = match (of_pictures, speech) {
            (Some(pictures), Some(speech)) => Some(pictures.and(speech)),
            // Where words tell nothing of the pictures, there is only the speech to go by.
            (pictures, speech) => pictures.or(speech.cloned()),
        };
        let captions = |frame: usize| fit.captions_for(frame).into_iter().take(BEST).collect();
        Self {
            version: VERSION,
            made_of,
            config,
            shape: fit.shape,
            pictures,
            words,
            device: fit.device.clone(),
            telling,
            suspicions: suspicions(&fit.scores),
            captions: (0..on.pairs.len()).map(captions).collect(),
            shifts: gains.map_or_else(Vec::new, |gains| proposed_shifts(&gains, &on.pairs)),
            pairs: on.pairs,
            texts: on.texts,
        }
    }

    /// Puts it into a project's folder, with the towers.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, project: &Path, search: &FrameSearch) -> Result<(), KeepError> {
        let folder = project.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|cause| StoreError::Write {
            path: folder.clone(),
            cause,
        })?;
        // What it says goes first and comes last: without it, towers are nothing, and it is never beside those of another fit.
        let facts = folder.join(FACTS);
        if let Err(cause) = std::fs::remove_file(&facts)
            && cause.kind() != std::io::ErrorKind::NotFound
        {
            return Err(StoreError::Write { path: facts, cause }.into());
        }
        search.save(&folder.join(TOWERS)).map_err(FitError::from)?;
        Ok(write_json(&facts, self)?)
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

    /// The towers that were kept with it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn search(&self, project: &Path) -> Result<FrameSearch, KeepError> {
        let path: PathBuf = project.join(FOLDER).join(TOWERS);
        let search = FrameSearch::load(&path, &self.config.design, self.shape)?;
        if search.is_of(self.pairs.len()) {
            return Ok(search);
        }
        Err(StoreError::Damaged {
            path,
            what: "it is of another fit".to_owned(),
        }
        .into())
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

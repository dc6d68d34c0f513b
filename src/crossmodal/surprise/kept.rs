//! A curve of surprise as it is kept in a project: `fit/surprise.json`.

use super::fit::Judged;
use super::scores::Surprise;
use crate::crossmodal::evaluation::{Retrieval, chance_reciprocal_rank};
use crate::crossmodal::kept::KeepError;
use crate::project::files::{StoreError, read_json, write_json};
use crate::project::{Pair, TrainedOn};
use crate::training::window::WindowConfig;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The folder in a project.
const FOLDER: &str = "fit";
const FILE: &str = "surprise.json";
/// The form of the file. Another form is made anew.
const VERSION: u32 = 1;
/// One in so many pairs is named as surprising.
const ONE_IN: usize = 10;

/// What is said of the pairs of a video, in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurpriseCurve {
    /// The form of the file.
    pub version: u32,
    /// What it was fitted to.
    pub made_of: String,
    /// How it was fitted.
    pub config: WindowConfig,
    /// What stood for the pictures, for people.
    pub pictures: String,
    /// What gave the words their vectors, for people.
    pub words: String,
    /// Where it was fitted, for people.
    pub device: String,
    /// The pairs.
    pub pairs: Vec<Pair>,
    /// How much each surprises.
    pub places: Vec<Surprise>,
    /// How well a hidden frame is found among those of its part of the video from the frames around it.
    pub found: Retrieval,
    /// Mean reciprocal rank of that by guessing.
    pub chance: f64,
    /// Mean share of the windows elsewhere whose captions go better with a window's frames than its own: a half by chance, and
    /// about that where words tell nothing of the pictures; none where nothing was said.
    pub better_elsewhere: Option<f64>,
}

/// Below this mean share, captions are said to go with their frames: a quarter of guessing and less.
const PLAIN: f64 = 0.25;

/// At so few deviations above other captions and below, a window is said not to go with its own.
const UNRELATED: f64 = 0.5;

impl SurpriseCurve {
    /// Of what was found about these pairs, with what stood for pictures and words.
    #[must_use]
    pub fn new(
        (made_of, on): (String, TrainedOn),
        config: WindowConfig,
        [pictures, words]: [String; 2],
        judged: Judged,
    ) -> Self {
        let windows = judged.places.iter().filter_map(|place| place.alignment);
        let better: Vec<f64> = windows.map(|window| window.better).collect();
        let mean = better.iter().sum::<f64>() / better.len().max(1) as f64;
        Self {
            version: VERSION,
            made_of,
            config,
            pictures,
            words,
            device: judged.device,
            pairs: on.pairs,
            places: judged.places,
            found: judged.found,
            chance: chance_reciprocal_rank(judged.found.candidates.round() as usize),
            better_elsewhere: (!better.is_empty()).then_some(mean),
        }
    }

    /// Whether words tell enough of the pictures for windows to be aligned by them.
    #[must_use]
    pub fn aligns(&self) -> bool {
        self.better_elsewhere.is_some_and(|better| better < PLAIN)
    }

    /// The tenth of the pairs that surprise most, in the order of the video.
    #[must_use]
    pub fn most_surprising(&self) -> Vec<usize> {
        let of = |place: usize| self.places.get(place).map_or(f64::MIN, |place| place.surprise);
        let mut places: Vec<usize> = (0..self.places.len()).collect();
        places.sort_by(|&a, &b| of(b).total_cmp(&of(a)));
        places.truncate(self.places.len() / ONE_IN);
        places.sort_unstable();
        places
    }

    /// Stretches of pairs, their first and last, whose windows go no better with their captions than with those of elsewhere; none
    /// where words tell nothing of the pictures.
    #[must_use]
    pub fn misaligned(&self) -> Vec<(usize, usize)> {
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        let told = if self.aligns() {
            self.places.as_slice()
        } else {
            &[]
        };
        for (pair, place) in told.iter().enumerate() {
            if place.alignment.is_none_or(|window| window.above > UNRELATED) {
                continue;
            }
            match stretches.last_mut() {
                Some((_, last)) if *last + 1 == pair => *last = pair,
                _ => stretches.push((pair, pair)),
            }
        }
        stretches
    }

    /// In words: whether the captions around a pair go with the frames around it.
    #[must_use]
    pub fn told_of_captions(&self, pair: usize) -> String {
        let window = self.places.get(pair).and_then(|place| place.alignment);
        match window {
            None => "Nothing is known of the captions around".to_owned(),
            Some(_) if !self.aligns() => {
                "What is said tells hardly anything of what is shown here, so that captions are not held against frames".to_owned()
            }
            Some(window) => {
                let how = if window.above > UNRELATED {
                    "The captions around go with these frames"
                } else {
                    "The captions around go no better with these frames than captions of elsewhere"
                };
                format!("{how}: {:.0} % of those would go better", window.better * 100.0)
            }
        }
    }

    /// In words: whether the frames of this video can be expected at all, and whether words tell of them.
    #[must_use]
    pub fn verdict(&self) -> String {
        let found = &self.found;
        let expected = format!(
            "A hidden frame is found from those around it among the first {:.0} of {:.0}, half of the time; by chance among the first {:.0}",
            found.median_place,
            found.candidates,
            (found.candidates / 2.0).ceil()
        );
        let aligned = match self.better_elsewhere {
            None => "nothing is said in it",
            Some(_) if self.aligns() => "its captions go with its frames, window by window",
            Some(_) => {
                "what is said tells hardly anything of what is shown, so that no window can be held against its captions"
            }
        };
        format!("{expected}; {aligned}")
    }

    /// Puts it into a project's folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, project: &Path) -> Result<(), KeepError> {
        let folder = project.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|cause| StoreError::Write {
            path: folder.clone(),
            cause,
        })?;
        Ok(write_json(&folder.join(FILE), self)?)
    }

    /// What is kept in a project's folder; none where there is none, or one of another form.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn load(project: &Path) -> Result<Option<Self>, KeepError> {
        let path = project.join(FOLDER).join(FILE);
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
        if kept.pairs.len() != kept.places.len() {
            return Err(damaged("it is of other pairs".to_owned()).into());
        }
        Ok(Some(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossmodal::surprise::Alignment;
    use crate::training::train::tests::sized_dataset;

    fn curve() -> SurpriseCurve {
        let place = |pair: usize| Surprise {
            surprise: if pair % 20 == 7 { 4.0 } else { -1.0 },
            better: 0.1,
            sudden: (pair > 0).then_some(0.5),
            alignment: (pair < 30).then_some(Alignment {
                above: if (12..15).contains(&pair) { 0.1 } else { 2.0 },
                better: 0.1,
            }),
            next: vec![1, 2],
        };
        let judged = Judged {
            places: (0..40).map(place).collect(),
            found: Retrieval::of(&[(1.0, 20), (2.0, 20)]),
            windows: Vec::new(),
            epochs: Vec::new(),
            device: "here".into(),
        };
        let on = TrainedOn {
            pairs: sized_dataset(40, 2, 2, 3).pairs,
            texts: Vec::new(),
        };
        SurpriseCurve::new(
            ("a".into(), on),
            WindowConfig::default(),
            Default::default(),
            judged,
        )
    }

    #[test]
    fn what_is_kept_is_read_again_and_another_form_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(SurpriseCurve::load(folder.path()).unwrap().is_none());
        let mut curve = curve();
        assert_eq!(curve.most_surprising().len(), 4);
        assert!(curve.most_surprising().contains(&27) && curve.aligns());
        assert_eq!(curve.misaligned(), [(12, 14)]);
        assert!(curve.told_of_captions(13).contains("no better"));
        assert!(curve.told_of_captions(20).contains("go with"));
        assert!(curve.told_of_captions(35).contains("Nothing"));
        assert!(curve.verdict().contains("of 20") && curve.verdict().contains("captions go with"));
        curve.save(folder.path()).unwrap();
        assert_eq!(SurpriseCurve::load(folder.path()).unwrap().unwrap(), curve);
        curve.places.pop();
        curve.save(folder.path()).unwrap();
        assert!(
            SurpriseCurve::load(folder.path())
                .unwrap_err()
                .to_string()
                .contains("other pairs")
        );
        std::fs::write(folder.path().join("fit/surprise.json"), "{\"version\": 0}").unwrap();
        assert!(SurpriseCurve::load(folder.path()).unwrap().is_none());
    }
}

//! The trainings of the project on the pairs there are now.

use crate::project::{LossPoint, RunSummary};
use crate::training::TrainingConfig;
use serde::Deserialize;
use std::cmp::Ordering;

/// What is known of a training, a column each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunColumn {
    /// Its folder.
    Name,
    /// Epochs done.
    Epochs,
    /// Error of the pictures.
    Image,
    /// Error of the words as trained.
    Text,
    /// Words right as trained.
    Right,
    /// Words right told freely.
    FreeRight,
    /// Total loss of the last epoch.
    Total,
    /// Time of all epochs.
    Seconds,
    /// Weights.
    Parameters,
}

impl RunColumn {
    /// All, in order.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Epochs,
        Self::Image,
        Self::Text,
        Self::Right,
        Self::FreeRight,
        Self::Total,
        Self::Seconds,
        Self::Parameters,
    ];

    /// Its head.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "Training",
            Self::Epochs => "Epochs",
            Self::Image => "Image",
            Self::Text => "Text",
            Self::Right => "Right",
            Self::FreeRight => "Free",
            Self::Total => "Total",
            Self::Seconds => "Seconds",
            Self::Parameters => "Weights",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Name => "Name of its folder among the runs of the project",
            Self::Epochs => "Epochs done, of those asked for",
            Self::Image => {
                "Mean squared error of the pictures, all of them put back from their latent means by the network at rest; the curves \
                  are of the network as it learns"
            }
            Self::Text => {
                "Mean squared error of the vectors of real words, all captions told by the network at rest as it was trained to \
                 tell them: comparable between trainings, which the curves are not"
            }
            Self::Right => "Share of the words read back right, told as trained",
            Self::FreeRight => "Share of the words read back right, each told from those told before it",
            Self::Total => "Total loss of the last epoch, as the training weighted it",
            Self::Seconds => "Time of all epochs together",
            Self::Parameters => "Weights that are learned",
        }
    }

    /// Its number for a training; none where it is a text, or the training has no such number.
    #[must_use]
    pub fn number(self, run: &RunSummary) -> Option<f64> {
        let scores = run.config.scores.as_ref();
        let [text, free] = scores.map_or([None; 2], |scores| [scores.text, scores.free]);
        match self {
            Self::Name => None,
            Self::Epochs => Some(run.losses.len() as f64),
            Self::Image => scores.map(|scores| scores.image),
            Self::Text => text.map(|text| text.error),
            Self::Right => text.map(|text| text.words_right * 100.0),
            Self::FreeRight => free.map(|free| free.words_right * 100.0),
            Self::Total => run.losses.last().map(|last| last.mean.total),
            Self::Seconds => Some(run.losses.iter().map(|point| point.seconds).sum()),
            Self::Parameters => (run.config.parameters > 0).then_some(run.config.parameters as f64),
        }
    }

    /// Its text for a training; empty where it is a number.
    #[must_use]
    pub fn text(self, run: &RunSummary) -> &str {
        match self {
            Self::Name => &run.name,
            _ => "",
        }
    }
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunOrder {
    /// By what.
    pub by: RunColumn,
    /// The largest first.
    pub descending: bool,
}

impl Default for RunOrder {
    fn default() -> Self {
        Self {
            by: RunColumn::Name,
            descending: false,
        }
    }
}

/// The trainings on disk.
#[derive(Debug, Default)]
pub struct RunList {
    /// By name; a training keeps its colour whatever the order.
    pub all: Vec<RunSummary>,
    /// What each was made from: the preset, and what was changed of it.
    pub made: Vec<String>,
    /// Places in `all` in the order of the list.
    pub rows: Vec<usize>,
    /// How often they were read.
    pub version: u64,
    order: Option<RunOrder>,
}

impl RunList {
    /// Takes in what was read from disk.
    pub fn take(&mut self, all: Vec<RunSummary>) {
        self.made = all.iter().map(made_from).collect();
        self.all = all;
        self.version += 1;
        self.order = None;
    }

    /// Takes in the losses of a training under way.
    pub fn grow(&mut self, name: &str, losses: &[LossPoint]) {
        if let Some(run) = self.all.iter_mut().find(|run| run.name == name) {
            run.losses = losses.to_vec();
        }
    }

    /// The training of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RunSummary> {
        self.all.iter().find(|run| run.name == name)
    }

    /// Place of a training among all, which decides its colour; a new one comes behind the others.
    #[must_use]
    pub fn place(&self, name: &str) -> usize {
        let place = self.all.iter().position(|run| run.name == name);
        place.unwrap_or(self.all.len())
    }

    /// Puts the rows in order, where they are not yet. Trainings without a number come last.
    pub fn sort(&mut self, order: RunOrder) {
        if self.order == Some(order) {
            return;
        }
        self.order = Some(order);
        let all = &self.all;
        let compare = |a: &usize, b: &usize| {
            let (Some(a), Some(b)) = (all.get(*a), all.get(*b)) else {
                return Ordering::Equal;
            };
            let turn = |found: Ordering| if order.descending { found.reverse() } else { found };
            match (order.by.number(a), order.by.number(b)) {
                (Some(a), Some(b)) => turn(a.total_cmp(&b)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => turn(order.by.text(a).cmp(order.by.text(b))),
            }
        };
        self.rows = (0..all.len()).collect();
        self.rows.sort_by(compare);
    }
}

/// Such as “fast, learning_rate=0.001”.
fn made_from(run: &RunSummary) -> String {
    match TrainingConfig::deserialize(&run.config.training) {
        Ok(config) => std::iter::once(config.preset.clone())
            .chain(config.changes())
            .collect::<Vec<_>>()
            .join(", "),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{RunConfig, Scores};

    fn run(name: &str, image: Option<f64>) -> RunSummary {
        RunSummary {
            name: name.into(),
            config: RunConfig {
                scores: image.map(|image| Scores {
                    image,
                    ..Scores::default()
                }),
                ..RunConfig::default()
            },
            losses: Vec::new(),
        }
    }

    #[test]
    fn rows_are_sorted_and_those_without_a_number_come_last() {
        let mut list = RunList::default();
        list.take(vec![
            run("001", Some(0.3)),
            run("002", None),
            run("003", Some(0.1)),
        ]);
        let mut sorted = |by, descending| {
            list.sort(RunOrder { by, descending });
            list.rows.clone()
        };
        assert_eq!(sorted(RunColumn::Image, false), [2, 0, 1]);
        assert_eq!(sorted(RunColumn::Image, true), [0, 2, 1]);
        assert_eq!(sorted(RunColumn::Name, true), [2, 1, 0]);
        assert_eq!(list.place("003"), 2);
        assert_eq!(list.place("004"), 3);
    }
}

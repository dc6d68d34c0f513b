//! The trainings of the project on the pairs there are now.

use crate::project::RunSummary;
use std::cmp::Ordering;

/// What is known of a training, a column each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunColumn {
    /// Its folder.
    Name,
    /// The preset that it was made from.
    Preset,
    /// Epochs done.
    Epochs,
    /// Error of the pictures.
    Image,
    /// Error of the words as trained.
    Text,
    /// Error of the words told freely.
    Free,
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
    /// Where it ran.
    Device,
}

impl RunColumn {
    /// All, in order.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Preset,
        Self::Epochs,
        Self::Image,
        Self::Text,
        Self::Free,
        Self::Right,
        Self::FreeRight,
        Self::Total,
        Self::Seconds,
        Self::Parameters,
        Self::Device,
    ];

    /// Its head.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "Training",
            Self::Preset => "Preset",
            Self::Epochs => "Epochs",
            Self::Image => "Image",
            Self::Text => "Text",
            Self::Free => "Text, free",
            Self::Right => "Words right",
            Self::FreeRight => "Right, free",
            Self::Total => "Total",
            Self::Seconds => "Seconds",
            Self::Parameters => "Weights",
            Self::Device => "Device",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Name => "Name of its folder among the runs of the project",
            Self::Preset => "The preset that its settings were made from",
            Self::Epochs => "Epochs done, of those asked for",
            Self::Image => "Mean squared error of the pictures, put back from their latent means",
            Self::Text => {
                "Mean squared error of the word vectors, told as the network was trained to tell them"
            }
            Self::Free => {
                "The same with each word told from the words told before it, not from the true ones"
            }
            Self::Right => "Share of the words read back right, told as trained",
            Self::FreeRight => "Share of the words read back right, each told from those told before it",
            Self::Total => "Total loss of the last epoch, as the training weighted it",
            Self::Seconds => "Time of all epochs together",
            Self::Parameters => "Weights that are learned",
            Self::Device => "Where it was trained",
        }
    }

    /// Its number for a training; none where it is a text, or the training has no such number.
    #[must_use]
    pub fn number(self, run: &RunSummary) -> Option<f64> {
        let scores = run.config.scores.as_ref();
        let [text, free] = scores.map_or([None; 2], |scores| [scores.text, scores.free]);
        match self {
            Self::Name | Self::Preset | Self::Device => None,
            Self::Epochs => Some(run.losses.len() as f64),
            Self::Image => scores.map(|scores| scores.image),
            Self::Text => text.map(|text| text.error),
            Self::Free => free.map(|free| free.error),
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
            Self::Preset => {
                let preset = run.config.training.get("preset");
                preset.and_then(serde_json::Value::as_str).unwrap_or_default()
            }
            Self::Device => &run.config.device,
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
    /// Places in `all` in the order of the list.
    pub rows: Vec<usize>,
    /// How often they were read.
    pub version: u64,
    order: Option<RunOrder>,
}

impl RunList {
    /// Takes in what was read from disk.
    pub fn take(&mut self, all: Vec<RunSummary>) {
        self.all = all;
        self.version += 1;
        self.order = None;
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

//! The training that is watched: the one that runs, else the one in use.

use super::State;
use crate::project::{LossPoint, Run, TrainedOn};
use crate::training::{Control, Reconstruction, TrainingConfig};
use serde::Deserialize;
use std::time::Instant;

/// The training as it is watched.
#[derive(Default)]
pub struct TrainingProgress {
    /// Pause, resume and stop; there while a training runs.
    pub control: Option<Control>,
    /// Name of its run; empty until it is known.
    pub run: String,
    /// Its settings; none where they are not known.
    pub config: Option<TrainingConfig>,
    /// When its state was last put on disk, while it runs.
    pub kept: Option<Instant>,
    /// One point an epoch of the training being watched.
    pub losses: Vec<LossPoint>,
    /// The latest pictures and words put back.
    pub reconstructions: Vec<Reconstruction>,
    /// Columns and rows of the pictures put back; zeros where they have those of the frames.
    pub picture: [usize; 2],
    /// The pairs that it is trained on, as long as they are not those of the run in use.
    pub on: Option<TrainedOn>,
    /// Device, number of parameters, and whatever the trainer wants known.
    pub notes: Vec<String>,
    /// The epoch under way, the step in it and the steps an epoch has.
    pub step: Option<(u32, u32, u32)>,
    /// Epochs there will be, or were to be.
    pub epochs: u32,
    /// The epochs it began with, once the first step is next.
    pub began: Option<u32>,
}

impl TrainingProgress {
    /// A training that is about to begin with these settings.
    #[must_use]
    pub fn beginning(config: &TrainingConfig, control: Control) -> Self {
        Self {
            control: Some(control),
            epochs: config.epochs,
            config: Some(config.clone()),
            picture: [config.picture.width as usize, config.picture.height as usize],
            ..Self::default()
        }
    }

    /// Seconds left at the pace of the last epochs; none before the first epoch is over.
    #[must_use]
    pub fn seconds_left(&self) -> Option<f64> {
        let last = self.losses.last()?.epoch;
        let recent = self.losses.iter().rev().take(8);
        let pace = recent.clone().map(|point| point.seconds).sum::<f64>() / recent.count() as f64;
        Some(pace * f64::from(self.epochs.saturating_sub(last)))
    }
}

/// The settings that a run was trained with; none where an older program wrote them otherwise.
#[must_use]
pub fn config_of(run: &Run) -> Option<TrainingConfig> {
    TrainingConfig::deserialize(&run.config.training).ok()
}

impl State {
    /// Shows curves, pictures and notes of a training that is over.
    pub fn show_run(&mut self, run: &Run) {
        let training = &mut self.training;
        training.on = None;
        let config = config_of(run);
        training.run.clone_from(&run.name);
        training.losses.clone_from(&run.losses);
        training.reconstructions.clone_from(&run.reconstructions);
        training.picture = config.as_ref().map_or([0; 2], |config| {
            [config.picture.width as usize, config.picture.height as usize]
        });
        training.epochs = config
            .as_ref()
            .map_or(run.losses.len() as u32, |config| config.epochs);
        (training.config, training.kept) = (config, None);
        let config = &run.config;
        let (millions, device) = (config.parameters as f64 / 1e6, &config.device);
        let mut head = format!(
            "{} pairs, {millions:.1} million parameters on {device}",
            config.pairs
        );
        if !config.finished {
            head += &format!(
                "  ·  Stopped after epoch {} of {}",
                run.losses.len(),
                training.epochs
            );
        }
        training.notes = vec![head];
        training.notes.extend(config.notes.iter().cloned());
        self.words_found.clone_from(&config.words);
    }
}

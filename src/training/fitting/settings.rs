//! How a network is fitted, whatever it is.

use crate::training::config::{DeviceChoice, EarlyStop, Schedule, TrainingConfig};
use serde::{Deserialize, Serialize};

/// What decides how a network is fitted, besides what it is and what it learns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FitSettings {
    /// Passes over the rows at most.
    pub epochs: u32,
    /// Rows in a step.
    pub batch_size: u32,
    /// Step size of AdamW.
    pub learning_rate: f64,
    /// How the step size changes.
    pub schedule: Schedule,
    /// Decoupled weight decay of AdamW.
    pub weight_decay: f64,
    /// Share of the rows that is not learned from but tells when to stop, and which epoch's weights are kept.
    pub validation: f64,
    /// When it ends of itself before its last epoch.
    pub early_stop: Option<EarlyStop>,
    /// Decides the first weights, the order of the rows and what is left out.
    pub seed: u64,
    /// Where to train.
    pub device: DeviceChoice,
}

/// Share of the first step size that is left at the end.
const FLOOR: f64 = 0.05;

impl FitSettings {
    /// So many epochs, of which the first twentieth warms up; then the step size falls to nearly nothing by the last. Nothing
    /// is held out: a tenth of a few hundred rows tells little of when to stop, and is missed in learning.
    #[must_use]
    pub fn over(epochs: u32, learning_rate: f64) -> Self {
        let mut settings = Self {
            epochs,
            batch_size: 64,
            learning_rate,
            schedule: Schedule::Cosine {
                warm_up: 0,
                over: 1,
                floor: FLOOR,
            },
            weight_decay: 0.01,
            validation: 0.0,
            early_stop: None,
            seed: 0,
            device: DeviceChoice::Auto,
        };
        settings.spread_schedule();
        settings
    }

    /// Lets the step size fall over the epochs there are, where it falls at all.
    pub fn spread_schedule(&mut self) {
        if let Schedule::Cosine { floor, .. } = self.schedule {
            self.schedule = Schedule::Cosine {
                warm_up: self.epochs / 20,
                over: self.epochs,
                floor,
            };
        }
    }

    /// Why nothing can be fitted like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn check(&self) -> Result<(), &'static str> {
        self.optimizer().check()
    }

    /// What the optimiser is asked, in the form that it shares with the autoencoders.
    #[must_use]
    pub fn optimizer(&self) -> TrainingConfig {
        TrainingConfig {
            epochs: self.epochs,
            batch_size: self.batch_size,
            learning_rate: self.learning_rate,
            schedule: self.schedule,
            weight_decay: self.weight_decay,
            gradient_clip: None,
            validation: self.validation,
            early_stop: self.early_stop,
            seed: self.seed,
            device: self.device,
            ..TrainingConfig::default()
        }
    }
}

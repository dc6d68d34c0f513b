//! What a fit of two towers is asked to do.

use crate::model::ContrastDesign;
use crate::training::config::{DeviceChoice, EarlyStop, Schedule, TrainingConfig, with_setting};
use serde::{Deserialize, Serialize};

/// Everything that decides what a fit yields, besides the pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContrastConfig {
    /// What the towers are made of.
    pub design: ContrastDesign,
    /// Towers that judge each part of the video, each from weights of its own; what they say is averaged.
    pub judges: u32,
    /// Passes over the pairs at most.
    pub epochs: u32,
    /// Pairs in a step: each is held against all others of its batch.
    pub batch_size: u32,
    /// Step size of AdamW.
    pub learning_rate: f64,
    /// How the step size changes.
    pub schedule: Schedule,
    /// Decoupled weight decay of AdamW.
    pub weight_decay: f64,
    /// Share of the pairs that is not learned from but tells when to stop, and which epoch's weights are kept.
    pub validation: f64,
    /// When it ends of itself before its last epoch.
    pub early_stop: Option<EarlyStop>,
    /// Pairs that are no further apart than this in the video are not held against each other: people go on to talk of
    /// what is still shown.
    pub neighbours: usize,
    /// Nor are pairs whose features have a cosine above this: the same picture again.
    pub same_picture: f64,
    /// Decides the first weights, the order of the pairs and what is left out.
    pub seed: u64,
    /// Where to train.
    pub device: DeviceChoice,
}

impl Default for ContrastConfig {
    fn default() -> Self {
        const EPOCHS: u32 = 160;
        Self {
            design: ContrastDesign::default(),
            judges: 3,
            epochs: EPOCHS,
            batch_size: 64,
            learning_rate: 5e-4,
            schedule: Schedule::Cosine {
                warm_up: EPOCHS / 20,
                over: EPOCHS,
                floor: 0.05,
            },
            weight_decay: 0.01,
            // A tenth of a few hundred pairs tells little of when to stop, and is missed in learning; the step size falls to
            // nearly nothing by the last epoch.
            validation: 0.0,
            early_stop: None,
            neighbours: 2,
            same_picture: 0.97,
            seed: 0,
            device: DeviceChoice::Auto,
        }
    }
}

impl ContrastConfig {
    /// Why nothing can be fitted like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a setting is out of its range or parts do not fit together.
    pub fn check(&self) -> Result<(), &'static str> {
        self.design.check()?;
        if self.judges == 0 {
            return Err("no judges");
        }
        self.optimizer().check()
    }

    /// The same with one setting changed: its path in the configuration's JSON form, such as `design.width`, and its value
    /// as JSON; a word needs no quotes.
    ///
    /// # Errors
    /// When there is no such setting, or it cannot have this value.
    pub fn with_setting(&self, path: &str, value: &str) -> Result<Self, String> {
        let mut changed = with_setting(self, path, value)?;
        if path == "epochs"
            && let Schedule::Cosine { floor, .. } = changed.schedule
        {
            // The step size falls over the epochs there are.
            changed.schedule = Schedule::Cosine {
                warm_up: changed.epochs / 20,
                over: changed.epochs,
                floor,
            };
        }
        changed
            .check()
            .map_err(|wrong| format!("the fit cannot run with {wrong}"))?;
        Ok(changed)
    }

    /// What the optimiser is asked, in the form that it shares with the other trainings.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_changed_by_its_name() {
        let config = ContrastConfig::default();
        assert_eq!(config.check(), Ok(()));
        assert_eq!(
            config.with_setting("design.width", "64").unwrap().design.width,
            64
        );
        let error = config.with_setting("design.dropout", "2").unwrap_err();
        assert!(error.contains("dropout"), "{error}");
        assert!(config.with_setting("width", "64").unwrap_err().contains("design"));
    }
}

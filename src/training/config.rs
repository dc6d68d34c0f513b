//! What a training run is asked to do.

use crate::model::{NetworkDesign, Objectives};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// On the graphics card when there is one that can be used, else on the processor.
    #[default]
    Auto,
    /// On the processor.
    Cpu,
    /// On the graphics card, or not at all.
    Cuda,
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda),
            other => Err(format!("“{other}” is no device; use auto, cpu or cuda")),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        })
    }
}

/// Rows and columns of the pictures that a network is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureSize {
    /// Rows.
    pub height: u32,
    /// Columns.
    pub width: u32,
}

/// How the step size changes in the course of a training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Schedule {
    /// It does not, as in the papers.
    Constant,
    /// It rises in a straight line, then falls along half a cosine, and stays where that ends.
    Cosine {
        /// Epochs of the rise.
        warm_up: u32,
        /// The epoch where it has fallen.
        over: u32,
        /// Share of the step size that is left then.
        floor: f64,
    },
}

impl Schedule {
    /// Share of the step size at an epoch, from 0 and with the part of the epoch that is done.
    #[must_use]
    pub fn share(self, epoch: f64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine { warm_up, over, floor } => {
                let (warm_up, over) = (f64::from(warm_up), f64::from(over));
                if epoch < warm_up {
                    // Never nothing: the first step is one part of the first epoch.
                    return (epoch / warm_up).max(0.05 / warm_up);
                }
                let way = ((epoch - warm_up) / (over - warm_up).max(1.0)).clamp(0.0, 1.0);
                floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * way).cos())
            }
        }
    }
}

/// When a training ends of itself before its last epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EarlyStop {
    /// Epochs without a better loss.
    pub patience: u32,
    /// Share of the best loss by which a better one must be smaller.
    pub improvement: f64,
}

/// Everything that decides what a training run yields, besides the dataset. Two runs with the same configuration on
/// the same dataset and processor yield the same latents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// The preset that it was made from.
    pub preset: String,
    /// Rows and columns of the pictures that the dataset is made of.
    pub picture: PictureSize,
    /// What the network is made of.
    pub network: NetworkDesign,
    /// What is made small.
    pub objectives: Objectives,
    /// Passes over the dataset.
    pub epochs: u32,
    /// Pairs in a step.
    pub batch_size: u32,
    /// Step size of AdamW.
    pub learning_rate: f64,
    /// How the step size changes.
    pub schedule: Schedule,
    /// Decoupled weight decay of AdamW; without it, it is Adam.
    pub weight_decay: f64,
    /// Bound on the size of each element of the gradient.
    pub gradient_clip: Option<f64>,
    /// Share of the pairs that is not learned from and has a curve of its own, 0 to 0.5. They are spread evenly over
    /// the video, and get their latents like all others.
    pub validation: f64,
    /// When it ends of itself before its last epoch: by the curve of the pairs that are not learned from, where there
    /// are such, else by that of the others.
    pub early_stop: Option<EarlyStop>,
    /// Decides the first weights, the order of the pairs and the noise.
    pub seed: u64,
    /// Where to train.
    pub device: DeviceChoice,
}

impl TrainingConfig {
    /// The same with another number of epochs, over which the step size then changes in the same way.
    #[must_use]
    pub fn with_epochs(mut self, epochs: u32) -> Self {
        self.epochs = epochs;
        let usual = Self::preset(&self.preset).map(|preset| preset.schedule);
        if let Schedule::Cosine { over, warm_up, .. } = &mut self.schedule {
            let share = |rise: u32, of: u32| f64::from(rise) / f64::from(of.max(1));
            let rise = |share: f64, over: u32| match share {
                0.0 => 0,
                share => (share * f64::from(over)).round().max(1.0) as u32,
            };
            // A few epochs round the rise away: the preset still knows its share.
            let share = match usual {
                Some(Schedule::Cosine {
                    over: of,
                    warm_up: usual,
                    ..
                }) if rise(share(usual, of), *over) == *warm_up => share(usual, of),
                _ => share(*warm_up, *over),
            };
            *warm_up = rise(share, epochs);
            *over = epochs;
        }
        self
    }

    /// What was changed of the preset, in the form in which it can be set: `learning_rate=0.001`. When it ends, the seed
    /// and the device are no change.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        let Some(preset) = Self::preset(&self.preset) else {
            return Vec::new();
        };
        // A longer training keeps the schedule of the one that it goes on with.
        let scheduled = match self.schedule {
            Schedule::Cosine { over, .. } => over,
            Schedule::Constant => self.epochs,
        };
        let usual = Self {
            epochs: self.epochs,
            early_stop: self.early_stop,
            seed: self.seed,
            device: self.device,
            ..preset.with_epochs(scheduled)
        };
        let values = [&usual, self].map(|config| serde_json::to_value(config).unwrap_or_default());
        let mut changes = Vec::new();
        let [usual, asked] = &values;
        differences("", usual, asked, &mut changes);
        changes
    }

    /// The same with so many more epochs after those done, at the step size that is left: a training that has been done
    /// with this configuration is gone on with, also where it ended of itself.
    #[must_use]
    pub fn extended(mut self, done: u32, more: u32) -> Self {
        self.epochs = done.saturating_add(more);
        self.early_stop = None;
        self
    }

    /// The same with one setting changed: its path in the configuration's JSON form, such as `objectives.lambda` or
    /// `network.text.layers.hidden`, and its value as JSON; a word needs no quotes.
    ///
    /// # Errors
    /// When there is no such setting, or it cannot have this value.
    pub fn with_setting(&self, path: &str, value: &str) -> Result<Self, String> {
        let changed = with_setting(self, path, value)?;
        changed
            .check()
            .map_err(|wrong| format!("the training cannot run with {wrong}"))?;
        Ok(changed)
    }

    /// Whether a training with this configuration, cut short or not, is the beginning of one with `other`: all else but
    /// when it ends and the device is the same.
    #[must_use]
    pub fn begins(&self, other: &Self) -> bool {
        let same = Self {
            epochs: self.epochs,
            early_stop: self.early_stop,
            device: self.device,
            ..other.clone()
        };
        *self == same
    }

    /// Why nothing can be trained like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a setting is out of its range or parts do not fit together.
    pub fn check(&self) -> Result<(), &'static str> {
        self.network.check()?;
        let objectives = &self.objectives;
        let sound = |value: f64| value.is_finite() && value >= 0.0;
        if self.epochs == 0 {
            Err("no epochs")
        } else if self.batch_size < 2 {
            Err("batches of fewer than 2 pairs")
        } else if !sound(self.learning_rate) || self.learning_rate == 0.0 {
            Err("a learning rate that is not above zero")
        } else if ![self.weight_decay, objectives.lambda, objectives.beta]
            .into_iter()
            .all(sound)
        {
            Err("a weight below zero")
        } else if self.gradient_clip.is_some_and(|clip| !sound(clip) || clip == 0.0) {
            Err("a gradient bound that is not above zero")
        } else if !(0.0..=0.5).contains(&self.validation) {
            Err("a validation share outside 0 to 0.5")
        } else if self
            .early_stop
            .is_some_and(|stop| stop.patience == 0 || !sound(stop.improvement))
        {
            Err("an early stop without patience")
        } else {
            Ok(())
        }
    }
}

/// The same configuration with one setting changed, by its path in the configuration's JSON form.
pub(super) fn with_setting<T: Serialize + DeserializeOwned>(
    config: &T,
    path: &str,
    value: &str,
) -> Result<T, String> {
    let mut whole = serde_json::to_value(config).map_err(|error| error.to_string())?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::from(value));
    let mut place = &mut whole;
    for part in path.split('.') {
        let known: Vec<String> = place
            .as_object()
            .into_iter()
            .flat_map(|map| map.keys().cloned())
            .collect();
        place = place.get_mut(part).ok_or_else(|| {
            format!(
                "there is no setting {path}: “{part}” is none of {}",
                known.join(", ")
            )
        })?;
    }
    *place = value;
    serde_json::from_value(whole).map_err(|error| format!("{path} cannot have this value: {error}"))
}

/// Paths in `asked` whose value is another in `usual`, with the value.
fn differences(path: &str, usual: &serde_json::Value, asked: &serde_json::Value, found: &mut Vec<String>) {
    match (usual.as_object(), asked.as_object()) {
        (Some(usual), Some(asked)) => {
            for (name, value) in asked {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                differences(
                    &path,
                    usual.get(name).unwrap_or(&serde_json::Value::Null),
                    value,
                    found,
                );
            }
        }
        _ if usual != asked => found.push(format!("{path}={asked}")),
        _ => {}
    }
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self::fast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_that_a_few_epochs_rounded_away_comes_back() {
        let fast = TrainingConfig::default();
        let short = fast.clone().with_epochs(12).with_epochs(2);
        assert!(matches!(
            short.schedule,
            Schedule::Cosine {
                warm_up: 1,
                over: 2,
                ..
            }
        ));
        assert_eq!(short.with_epochs(fast.epochs), fast);
    }

    #[test]
    fn what_was_changed_of_a_preset_can_be_told() {
        let fast = TrainingConfig::default();
        assert!(fast.clone().extended(fast.epochs, 20).changes().is_empty());
        assert!(fast.clone().with_epochs(12).changes().is_empty());
        let changed = fast.with_setting("learning_rate", "0.001").unwrap();
        let changed = changed
            .with_setting("network.text.teacher_forcing", "false")
            .unwrap();
        assert_eq!(
            changed.changes(),
            ["learning_rate=0.001", "network.text.teacher_forcing=false"]
        );
    }

    #[test]
    fn the_step_size_rises_falls_and_stays() {
        let schedule = Schedule::Cosine {
            warm_up: 2,
            over: 10,
            floor: 0.1,
        };
        let shares: Vec<f64> = [0.0, 1.0, 2.0, 6.0, 10.0, 99.0]
            .map(|epoch| schedule.share(epoch))
            .into();
        let expected = [0.025, 0.5, 1.0, 0.55, 0.1, 0.1];
        assert!(
            shares.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12),
            "{shares:?}"
        );
        assert_eq!(Schedule::Constant.share(7.0), 1.0);
    }

    #[test]
    fn a_longer_training_begins_with_a_shorter_one_of_the_same_settings() {
        let config = TrainingConfig::default();
        let longer = config.clone().extended(config.epochs, 20);
        assert!(config.begins(&longer) && config.begins(&config));
        let other = TrainingConfig { seed: 1, ..longer };
        assert!(!config.begins(&other));
        let paper = TrainingConfig::preset("crvae-lstm").unwrap();
        assert!(paper.begins(&paper.clone().with_epochs(700)));
    }

    #[test]
    fn another_number_of_epochs_keeps_the_shape_of_the_schedule() {
        let config = TrainingConfig {
            epochs: 320,
            schedule: Schedule::Cosine {
                warm_up: 16,
                over: 320,
                floor: 0.01,
            },
            ..TrainingConfig::default()
        };
        let shorter = config.clone().with_epochs(60);
        let share = |config: &TrainingConfig, way: f64| config.schedule.share(way * f64::from(config.epochs));
        assert_eq!(shorter.epochs, 60);
        for way in [0.05, 0.5, 1.0] {
            assert!((share(&shorter, way) - share(&config, way)).abs() < 1e-9);
        }
        // Extended, it stays where it ended.
        assert!((shorter.extended(60, 40).schedule.share(90.0) - 0.01).abs() < 1e-9);
    }

    #[test]
    fn settings_out_of_range_are_refused_in_words() {
        let refused = |change: &dyn Fn(&mut TrainingConfig)| {
            let mut config = TrainingConfig::default();
            change(&mut config);
            config.check().unwrap_err()
        };
        assert!(refused(&|c| c.epochs = 0).contains("epochs"));
        assert!(refused(&|c| c.batch_size = 1).contains("fewer than 2"));
        assert!(refused(&|c| c.learning_rate = f64::NAN).contains("learning rate"));
        assert!(refused(&|c| c.validation = 0.9).contains("validation"));
        assert!(refused(&|c| c.network.image.filters.clear()).contains("filters"));
    }

    #[test]
    fn any_setting_can_be_changed_by_its_path() {
        let config = TrainingConfig::default();
        let changed = config.with_setting("objectives.lambda", "1.5").unwrap();
        assert_eq!(changed.objectives.lambda, 1.5);
        let changed = changed.with_setting("objectives.text", "cosine").unwrap();
        assert_eq!(changed.objectives.text, crate::model::TextError::Cosine);
        let schedule = r#"{"kind":"cosine","warm_up":1,"over":60,"floor":0.1}"#;
        assert!(changed.with_setting("schedule", schedule).is_ok());
        let wrong = |path, value| config.with_setting(path, value).unwrap_err();
        assert!(wrong("objectives.mu", "1").contains("lambda"));
        assert!(wrong("epochs", "many").contains("epochs"));
        assert!(wrong("batch_size", "1").contains("fewer than 2"));
    }

    #[test]
    fn devices_are_named_as_on_the_command_line() {
        for device in [DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Cuda] {
            assert_eq!(device.to_string().parse(), Ok(device));
            assert_eq!(serde_json::to_string(&device).unwrap(), format!("\"{device}\""));
        }
        assert!("gpu".parse::<DeviceChoice>().unwrap_err().contains("cuda"));
    }
}

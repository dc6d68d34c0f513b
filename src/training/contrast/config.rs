//! What a fit of two towers is asked to do.

use crate::model::ContrastDesign;
use crate::training::config::with_setting;
use crate::training::fitting::FitSettings;
use serde::{Deserialize, Serialize};

/// Everything that decides what a fit yields, besides the pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContrastConfig {
    /// What the towers are made of.
    pub design: ContrastDesign,
    /// Towers that judge each part of the video, each from weights of its own; what they say is averaged.
    pub judges: u32,
    /// How they are fitted. A batch's pairs are held against each other.
    #[serde(flatten)]
    pub fit: FitSettings,
    /// Pairs that are no further apart than this in the video are not held against each other: people go on to talk of
    /// what is still shown.
    pub neighbours: usize,
    /// Nor are pairs whose features have a cosine above this: the same picture again.
    pub same_picture: f64,
}

impl Default for ContrastConfig {
    fn default() -> Self {
        Self {
            design: ContrastDesign::default(),
            judges: 3,
            fit: FitSettings::over(160, 5e-4),
            neighbours: 2,
            same_picture: 0.97,
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
        self.fit.check()
    }

    /// The same with one setting changed: its path in the configuration's JSON form, such as `design.width`, and its value
    /// as JSON; a word needs no quotes.
    ///
    /// # Errors
    /// When there is no such setting, or it cannot have this value.
    pub fn with_setting(&self, path: &str, value: &str) -> Result<Self, String> {
        let mut changed = with_setting(self, path, value)?;
        if path == "epochs" {
            changed.fit.spread_schedule();
        }
        changed
            .check()
            .map_err(|wrong| format!("the fit cannot run with {wrong}"))?;
        Ok(changed)
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
        let shorter = config.with_setting("epochs", "40").unwrap().fit;
        assert_eq!((shorter.epochs, shorter.schedule.share(40.0)), (40, 0.05));
        assert!(config.with_setting("width", "64").unwrap_err().contains("design"));
    }
}

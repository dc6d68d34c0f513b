//! What a fit over windows is asked to do.

use crate::model::WindowDesign;
use crate::training::config::with_setting;
use crate::training::fitting::FitSettings;
use serde::{Deserialize, Serialize};

/// Everything that decides what a fit yields, besides the pairs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowConfig {
    /// What the network is made of.
    pub design: WindowDesign,
    /// How it is fitted. The windows of a batch are held against each other.
    #[serde(flatten)]
    pub fit: FitSettings,
    /// Places that are hidden at most, where some of a window are.
    pub hidden: u32,
    /// Share of the windows that are hidden from one place on instead: what comes next is learned from them.
    pub next: f64,
    /// Share of the places that fit worst in a batch, which is not learned from.
    pub trimmed: f64,
    /// Pairs that are no further apart than this in the video are not held against each other.
    pub neighbours: usize,
    /// Nor are pairs whose features have a cosine above this: the same picture again.
    pub same_picture: f64,
}

impl Default for WindowConfig {
    fn default() -> Self {
        Self {
            design: WindowDesign::default(),
            fit: FitSettings {
                batch_size: 16,
                ..FitSettings::over(12, 1e-3)
            },
            hidden: 6,
            next: 0.25,
            trimmed: 0.1,
            neighbours: 2,
            same_picture: 0.97,
        }
    }
}

impl WindowConfig {
    /// Why nothing can be fitted like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn check(&self) -> Result<(), &'static str> {
        self.design.check()?;
        if !(1..crate::model::window::PLACES as u32).contains(&self.hidden) {
            return Err("no hidden places, or nothing else in a window");
        }
        if !(0.0..=1.0).contains(&self.next) || !(0.0..0.9).contains(&self.trimmed) {
            return Err("a share outside its range");
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
        let config = WindowConfig::default();
        assert_eq!(config.check(), Ok(()));
        assert_eq!(config.with_setting("epochs", "3").unwrap().fit.epochs, 3);
        let error = config.with_setting("design.heads", "5").unwrap_err();
        assert!(error.contains("heads"), "{error}");
        assert!(
            config
                .with_setting("hidden", "16")
                .unwrap_err()
                .contains("hidden")
        );
        assert!(config.with_setting("trimmed", "1").unwrap_err().contains("share"));
    }
}

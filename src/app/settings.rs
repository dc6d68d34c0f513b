//! What the window remembers from one day to the next.

use super::command::Keys;
use super::forms::{SpeechForm, TaggingForm};
use crate::project::ReadingLimits;
use crate::project::files::{read_json, write_json};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Remembered settings of the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Width and height of the window in points.
    pub window: [f32; 2],
    /// Dark or light.
    pub dark: bool,
    /// Keys that were changed.
    pub keys: Keys,
    /// How fast captions may be.
    pub reading: ReadingLimits,
    /// How far a nudge moves a cue, in seconds.
    pub nudge: f64,
    /// Address of the model hub or of a mirror; the usual one where none.
    pub hub: Option<String>,
    /// How frames are described and tags are written.
    pub tagging: TaggingForm,
    /// How speech is recognised.
    pub speech: SpeechForm,
    /// The projects of the library.
    pub library: Vec<PathBuf>,
    /// Projects opened, the latest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window: [1280.0, 800.0],
            dark: true,
            keys: Keys::default(),
            reading: ReadingLimits::default(),
            nudge: 0.1,
            speech: SpeechForm::default(),
            library: Vec::new(),
            hub: None,
            tagging: TaggingForm::default(),
            recent: Vec::new(),
        }
    }
}

const RECENT: usize = 8;

impl Settings {
    /// Reads the settings; the usual ones where there are none or they cannot be read.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        read_json(&folder.join("settings.json"))
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// Writes the settings; a failure is only logged, for nobody's work depends on them.
    pub fn save(&self, folder: &Path) {
        if let Err(error) = write_json(&folder.join("settings.json"), self) {
            tracing::warn!("settings are not kept: {error}");
        }
    }

    /// Puts a project at the head of the recent ones.
    pub fn remember(&mut self, project: &Path) {
        self.recent.retain(|known| known != project);
        self.recent.insert(0, project.into());
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_project_comes_first_and_once() {
        let mut settings = Settings::default();
        for name in ["a", "b", "a"] {
            settings.remember(Path::new(name));
        }
        assert_eq!(settings.recent, [PathBuf::from("a"), PathBuf::from("b")]);
    }

    #[test]
    fn damaged_settings_are_the_usual_ones() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), "{").unwrap();
        assert_eq!(Settings::load(folder.path()), Settings::default());
    }
}

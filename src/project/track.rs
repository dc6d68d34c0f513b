//! The transcript: cues in time.

use super::units::{CueId, Seconds};
use serde::{Deserialize, Serialize};

/// How a cue came by its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CueOrigin {
    /// Read from a caption file that carries times.
    #[default]
    Imported,
    /// The file had no times; these were spread over the video and nobody has confirmed them yet.
    Estimated,
    /// Set or confirmed by the analyst.
    Edited,
}

/// A word of a caption and when it is spoken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimedWord {
    /// As it stands in the caption's text, without the space around it. Some files time a few words together.
    pub text: String,
    /// When it begins, from the start of the video.
    pub start: Seconds,
    /// When it ends, where the file says so; otherwise the next word's start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Seconds>,
}

/// One caption with its times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// Identity through edits.
    pub id: CueId,
    /// When it appears, from the start of the video.
    pub start: Seconds,
    /// When it disappears. Rows may overlap: rolling captions do.
    pub end: Seconds,
    /// What it says, without markup. May hold line breaks.
    pub text: String,
    /// Where its times come from.
    #[serde(default)]
    pub origin: CueOrigin,
    /// Its times are right and must not be moved by any retiming.
    #[serde(default)]
    pub locked: bool,
    /// Its words with their own times, in the order of the text, where the caption file has them; otherwise empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<TimedWord>,
}

impl Cue {
    /// A cue of these times, as read from a file: unlocked, without times of its words, and not yet numbered.
    #[must_use]
    pub fn new(start: Seconds, end: Seconds, text: impl Into<String>) -> Self {
        Self {
            id: CueId::default(),
            start,
            end,
            text: text.into(),
            origin: CueOrigin::Imported,
            locked: false,
            words: Vec::new(),
        }
    }
}

/// The language that decides how words are found in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// Words between spaces, lower case.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Words found by segmentation; Latin runs inside are read as English.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// The two-letter code, as on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The name shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "Chinese",
        }
    }
}

/// A whole transcript, in order of start time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CaptionTrack {
    /// The cues, by start time; equal starts keep the order of the file.
    pub cues: Vec<Cue>,
}

impl CaptionTrack {
    /// A track of these cues, put in order of start and numbered from 0.
    #[must_use]
    pub fn new(mut cues: Vec<Cue>) -> Self {
        cues.sort_by(|a, b| a.start.order(&b.start));
        for (i, cue) in cues.iter_mut().enumerate() {
            cue.id = CueId::from(i);
        }
        Self { cues }
    }

    /// The cue of this identity.
    #[must_use]
    pub fn cue(&self, id: CueId) -> Option<&Cue> {
        self.cues.iter().find(|cue| cue.id == id)
    }

    /// When the last cue ends; zero for an empty track.
    #[must_use]
    pub fn end(&self) -> Seconds {
        self.cues.iter().fold(Seconds(0.0), |end, cue| end.max(cue.end))
    }

    /// True when every cue only has estimated times, as after importing plain text.
    #[must_use]
    pub fn is_estimated(&self) -> bool {
        !self.cues.is_empty() && self.cues.iter().all(|cue| cue.origin == CueOrigin::Estimated)
    }
}

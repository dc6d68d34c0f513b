//! Which sampled frame goes with which caption.

use super::units::{CueId, FrameAt, FrameIndex, Seconds, SourceIndex};
use serde::{Deserialize, Serialize};

/// How pairs are made (data section of the papers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PairingRule {
    /// One pair a caption: the frame nearest its start. For captions of a few seconds with trusted times.
    #[default]
    Captions,
    /// The captions in order, each with one of `take` frames out of every `of`; times are not looked at.
    /// For long captions and transcripts without times.
    Uniform {
        /// Frames taken from each group.
        take: u32,
        /// Frames in a group.
        of: u32,
    },
    /// One pair a frame: the caption on screen when the frame is. A frame without caption has none.
    Frames,
}

/// A frame with its caption: one row of the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The video that it is of.
    #[serde(default, skip_serializing_if = "SourceIndex::is_own")]
    pub source: SourceIndex,
    /// The sampled frame, among those of its video.
    pub frame: FrameIndex,
    /// When that frame is on screen in its video.
    pub time: Seconds,
    /// The caption, if there is one at this frame, among those of its video.
    pub cue: Option<CueId>,
}

/// What a choice by hand is about, so that it holds when the pairs are made anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PairKey {
    /// The pair of this caption, where each caption has one.
    Cue(CueId),
    /// The pair of the frame at this moment, where each frame has one.
    Frame(Seconds),
}

impl PairKey {
    /// The caption, where it is about one.
    #[must_use]
    pub fn cue(self) -> Option<CueId> {
        match self {
            Self::Cue(cue) => Some(cue),
            Self::Frame(_) => None,
        }
    }

    /// A total order, so that choices are always kept in the same one.
    #[must_use]
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Cue(a), Self::Cue(b)) => a.cmp(b),
            (Self::Frame(a), Self::Frame(b)) => a.order(b),
            (Self::Cue(_), Self::Frame(_)) => std::cmp::Ordering::Less,
            (Self::Frame(_), Self::Cue(_)) => std::cmp::Ordering::Greater,
        }
    }
}

/// What becomes of a pair by hand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PairFate {
    /// It takes the sampled frame nearest to this moment of the video.
    Frame(Seconds),
    /// It is left out.
    Dropped,
}

/// What was decided by hand about a pair, against the rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairChoice {
    /// Which pair.
    pub key: PairKey,
    /// What becomes of it.
    pub fate: PairFate,
}

impl Pair {
    /// Its frame, among those of all videos.
    #[must_use]
    pub fn frame_at(&self) -> FrameAt {
        FrameAt {
            source: self.source,
            frame: self.frame,
        }
    }

    /// What a choice about this pair would be about.
    #[must_use]
    pub fn key(&self, rule: PairingRule) -> PairKey {
        match (rule, self.cue) {
            (PairingRule::Captions | PairingRule::Uniform { .. }, Some(cue)) => PairKey::Cue(cue),
            _ => PairKey::Frame(self.time),
        }
    }
}

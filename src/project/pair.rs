//! Which sampled frame goes with which caption.

use super::units::{CueId, FrameIndex, Seconds};
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
    /// The sampled frame.
    pub frame: FrameIndex,
    /// When that frame is on screen.
    pub time: Seconds,
    /// The caption, if there is one at this frame.
    pub cue: Option<CueId>,
}

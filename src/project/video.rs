//! What is known of the video, and how frames are taken from it.

use super::units::Seconds;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a probe finds out about a video file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoInfo {
    /// Where the file is.
    pub path: PathBuf,
    /// Container format, as FFmpeg names it.
    pub container: String,
    /// Length of the picture track.
    pub duration: Seconds,
    /// Columns as displayed: after rotation and pixel aspect.
    pub width: u32,
    /// Rows as displayed: after rotation and pixel aspect.
    pub height: u32,
    /// Clockwise turn that the player must make, in degrees: 0, 90, 180 or 270.
    pub rotation: i32,
    /// Mean frames a second.
    pub frame_rate: f64,
    /// Codec of the pictures.
    pub video_codec: String,
    /// Layout of the pixels, as FFmpeg names it.
    pub pixel_format: String,
    /// The first sound track, if there is one.
    pub audio: Option<AudioInfo>,
    /// Size of the file.
    pub bytes: u64,
}

/// The sound track of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioInfo {
    /// Codec of the sound.
    pub codec: String,
    /// Samples a second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
}

/// Which picture stands for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SamplingMode {
    /// The picture on screen at that moment.
    #[default]
    Exact,
    /// The nearest key frame where one is close, else the exact picture. Many times faster.
    Keyframes,
}

/// How frames are sampled. The papers take one every 2 s, 200 columns by 120 rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sampling {
    /// Time between frames.
    pub every: Seconds,
    /// The first frame; what comes before is left out.
    pub from: Seconds,
    /// Where to end; the end of the video where none.
    pub to: Option<Seconds>,
    /// Which pictures are taken.
    pub mode: SamplingMode,
    /// Columns of a sampled picture.
    pub width: u32,
    /// Rows of a sampled picture.
    pub height: u32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            every: Seconds(2.0),
            from: Seconds(0.0),
            to: None,
            mode: SamplingMode::Exact,
            width: 200,
            height: 120,
        }
    }
}

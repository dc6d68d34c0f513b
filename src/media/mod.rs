//! The only room that knows ffmpeg and yt-dlp: what a video is, its frames and its times, and how it comes from a link.
//!
//! Times count as players count them: zero is where the video starts, whatever time stamps the file begins with.
//! The picture at a time is the last one that is to be shown at or before it.

mod container;
mod error;
mod input;
mod kept;
pub mod link;
mod look;
mod look_ahead;
mod mono;
mod orientation;
mod playback;
mod probe;
mod pyramid;
mod reader;
mod rgb;
mod sampling;
mod shots;
mod sound;
mod sound_reader;
mod sound_survey;
mod source;
mod spectrogram;
mod speech;
#[cfg(test)]
mod test_videos;
mod waveform;

pub use crate::project::{AudioInfo, Sampling, SamplingMode, VideoInfo};
pub use error::MediaError;
pub use playback::{FindOutput, Output, Playback, SPEEDS, Tap};
pub use probe::probe;
pub use sampling::{SampledFrame, SamplingReport, sample};
pub use shots::{Shots, find_shots};
pub use sound::{read_sound, read_sound_between};
pub use sound_survey::{SoundSurvey, survey_sound};
pub use source::{FrameSource, Picture};
pub use spectrogram::{BANDS, Spectrogram};
pub use speech::find_speech;
pub use waveform::{Waveform, WaveformBuilder};

//! The only room that knows ffmpeg: what a video is, its frames and its times.
//!
//! Times count as players count them: zero is where the video starts, whatever time stamps the file begins with.
//! The picture at a time is the last one that is to be shown at or before it.

mod container;
mod error;
mod input;
mod look_ahead;
mod mono;
mod orientation;
mod probe;
mod reader;
mod rgb;
mod sampling;
mod sound;
mod sound_reader;
mod source;
mod speech;
#[cfg(test)]
mod test_videos;

pub use crate::project::{AudioInfo, Sampling, SamplingMode, VideoInfo};
pub use error::MediaError;
pub use probe::probe;
pub use sampling::{SampledFrame, SamplingReport, sample};
pub use sound::read_sound;
pub use source::{FrameSource, Picture};
pub use speech::find_speech;

//! What a video is: size, length, rates and codecs.

use super::error::MediaError;
use super::input::{Input, coded_size};
use super::rgb;
use crate::project::Seconds;
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{ffi, media};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What is known of a video without decoding it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoInfo {
    /// Where the file is.
    pub path: PathBuf,
    /// The container's short name, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// Where the pictures end, counted from the start of the video; zero where the file does not say.
    pub duration: Seconds,
    /// Width in pixels as displayed: after rotation and with square pixels.
    pub width: u32,
    /// Height in pixels as displayed.
    pub height: u32,
    /// Clockwise turn in degrees from the coded to the displayed picture: 0, 90, 180 or 270.
    pub rotation: i32,
    /// Pictures a second, on average; zero where the file does not say.
    pub frame_rate: f64,
    /// Short name of the codec, such as `h264`.
    pub video_codec: String,
    /// How pixels are stored, such as `yuv420p`.
    pub pixel_format: String,
    /// The sound, if there is any.
    pub audio: Option<AudioInfo>,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// What is known of the sound that goes with a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioInfo {
    /// Short name of the codec, such as `aac`.
    pub codec: String,
    /// Samples a second of each channel.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
}

/// Says what a video file is. Only its headers and first packets are read.
///
/// # Errors
/// When there is no such file, it is not a video, or it has no moving pictures.
pub fn probe(path: &Path) -> Result<VideoInfo, MediaError> {
    let mut input = Input::open(path)?;
    let (width, height) = displayed_size(&mut input)?;
    let bytes = std::fs::metadata(path).map(|file| file.len());
    let video = input.video()?;
    let parameters = video.parameters();
    // SAFETY: the parameters keep their context alive; the number is a pixel format for a video stream.
    let format = unsafe {
        Pixel::from(std::mem::transmute::<i32, ffi::AVPixelFormat>(
            (*parameters.as_ptr()).format,
        ))
    };
    Ok(VideoInfo {
        path: path.to_path_buf(),
        container: input.context().format().name().to_owned(),
        duration: input.declared_end().unwrap_or_default(),
        width,
        height,
        rotation: input.orientation().degrees(),
        frame_rate: input.frame_rate().unwrap_or(0.0),
        video_codec: parameters.id().name().to_owned(),
        pixel_format: rgb::name(format).to_owned(),
        audio: audio(&input),
        bytes: bytes.map_err(|source| MediaError::Unreadable {
            path: path.to_path_buf(),
            source,
        })?,
    })
}

/// Width and height as displayed, in square pixels.
///
/// # Errors
/// When the stream is gone or has no size: its beginning is damaged.
pub(super) fn displayed_size(input: &mut Input) -> Result<(u32, u32), MediaError> {
    let aspect = input.pixel_aspect();
    let (width, height) = coded_size(&input.video()?);
    if width == 0 || height == 0 {
        return Err(MediaError::NoPictures {
            path: input.path().to_path_buf(),
        });
    }
    let square = (f64::from(width) * aspect).round().max(1.0) as u32;
    Ok(input.orientation().turned_size(square, height))
}

fn audio(input: &Input) -> Option<AudioInfo> {
    let stream = input.context().streams().best(media::Type::Audio)?;
    let parameters = stream.parameters();
    // SAFETY: the parameters keep their context alive.
    let (rate, channels) = unsafe {
        (
            (*parameters.as_ptr()).sample_rate,
            (*parameters.as_ptr()).ch_layout.nb_channels,
        )
    };
    Some(AudioInfo {
        codec: parameters.id().name().to_owned(),
        sample_rate: u32::try_from(rate).unwrap_or(0),
        channels: u32::try_from(channels).unwrap_or(0),
    })
}

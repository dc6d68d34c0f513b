//! What a video is: size, length, rates and codecs.

use super::error::MediaError;
use super::input::{Input, coded_size};
use super::rgb;
use crate::project::{AudioInfo, Seconds, VideoInfo};
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{ffi, media};
use std::path::Path;

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

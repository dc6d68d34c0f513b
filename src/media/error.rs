//! What can go wrong with a video, in words.

use crate::jobs::Cancelled;
use crate::project::Seconds;
use std::path::PathBuf;
use thiserror::Error;

/// Why a video cannot be used. Each message says what is wrong, with which file, and what to do.
#[derive(Debug, Error)]
pub enum MediaError {
    /// There is nothing at this path.
    #[error("{} does not exist: check the name, or choose the video again", .path.display())]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// The path leads to a folder or something else that is not a file.
    #[error("{} is not a file: choose the video file itself", .path.display())]
    NotAFile {
        /// The path asked for.
        path: PathBuf,
    },
    /// The system does not let the file be read.
    #[error("{} cannot be opened ({source}): check that you may read it", .path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file has no format that ffmpeg knows, or its beginning or index is lost.
    #[error(
        "{} is not a video that can be read ({reason}): it may be another kind of file, or cut off; \
         download or copy it again, or convert it to MP4",
        .path.display()
    )]
    NotAVideo {
        /// The file asked for.
        path: PathBuf,
        /// What ffmpeg says.
        reason: String,
    },
    /// The file has sound, perhaps a cover picture, but no moving pictures.
    #[error("{} has no video in it, only {holds}: choose the file that has the pictures", .path.display())]
    NoVideoStream {
        /// The file asked for.
        path: PathBuf,
        /// What the file has instead.
        holds: &'static str,
    },
    /// The FFmpeg on this machine cannot decode this kind of video.
    #[error("{} is {codec} video, which the installed FFmpeg cannot decode: convert it to H.264", .path.display())]
    NoDecoder {
        /// The file asked for.
        path: PathBuf,
        /// The short name of the codec.
        codec: String,
    },
    /// Not one picture could be decoded.
    #[error("no picture of {} can be decoded: the file is damaged; download or copy it again", .path.display())]
    NoPictures {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file has no sound.
    #[error("{} has no sound in it: what needs sound cannot be done with this video", .path.display())]
    NoSound {
        /// The file asked for.
        path: PathBuf,
    },
    /// The FFmpeg on this machine cannot decode this kind of sound.
    #[error(
        "the sound of {} is {codec}, which the installed FFmpeg cannot decode: convert the sound to AAC",
        .path.display()
    )]
    NoSoundDecoder {
        /// The file asked for.
        path: PathBuf,
        /// The short name of the codec.
        codec: String,
    },
    /// The file has sound, but not one part of it could be decoded.
    #[error(
        "the sound of {} cannot be decoded: it is damaged; download or copy the file again",
        .path.display()
    )]
    DamagedSound {
        /// The file asked for.
        path: PathBuf,
    },
    /// A picture was decoded, but it cannot be turned into RGB.
    #[error(
        "pictures of the form {format}, {width} x {height}, cannot be converted: convert the video to H.264"
    )]
    Conversion {
        /// The pixel format's name.
        format: String,
        /// Width in pixels as coded.
        width: u32,
        /// Height in pixels as coded.
        height: u32,
    },
    /// The sampling makes no sense.
    #[error("frames cannot be sampled so: {0}")]
    Sampling(String),
    /// Sampling is to begin where the video has already ended.
    #[error("sampling is to start at {from}, but the video ends at {end}: choose an earlier start")]
    StartsAfterEnd {
        /// Where sampling was to start.
        from: Seconds,
        /// Where the video ends.
        end: Seconds,
    },
    /// Someone asked for the work to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

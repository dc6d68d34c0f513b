//! An open video file: which of its streams is the video, where its time begins and ends, and its packets.

use super::container;
use super::error::MediaError;
use super::orientation::Orientation;
use crate::project::Seconds;
use ffmpeg_next::codec::packet::side_data;
use ffmpeg_next::ffi;
use ffmpeg_next::format::context;
use ffmpeg_next::format::stream::Stream;
use ffmpeg_next::{Error, Packet, Rational, log};
use std::path::{Path, PathBuf};
use std::ptr;

/// Slack for comparing times: containers round time stamps to as little as a millisecond, and no video has
/// pictures that close together.
pub(super) const TOLERANCE: f64 = 1e-3;

/// A video stream that starts no later than this after the file does starts with it: encoders delay one stream
/// against the other by a few packets. A longer silence before the pictures is meant, and players show it.
const ENCODER_DELAY: f64 = 0.1;

/// A file that begins again and again with parts that cannot be parsed is given up after so many in a row.
const UNPARSED_IN_A_ROW: u32 = 1000;

/// An open file and the stream of moving pictures in it.
pub(super) struct Input {
    path: PathBuf,
    context: context::Input,
    stream: usize,
    time_base: Rational,
    /// Time stamp of zero, in the stream's units.
    origin: i64,
    /// How many parts in a row could not be parsed.
    unparsed: u32,
}

/// What reading on has brought.
pub(super) enum Reading {
    Packet(Packet),
    /// Something that could not be parsed was left out.
    Damaged,
    Ended,
}

impl Input {
    /// Opens a file and chooses its video stream. Other streams are not read.
    ///
    /// # Errors
    /// When there is no such file, it is not a video, or it has no moving pictures.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        Self::open_as(path, false)
    }

    /// Opens a file that may also be a single picture.
    ///
    /// # Errors
    /// When there is no such file, or it is neither a picture nor a video.
    pub fn open_picture(path: &Path) -> Result<Self, MediaError> {
        Self::open_as(path, true)
    }

    fn open_as(path: &Path, pictures_too: bool) -> Result<Self, MediaError> {
        log::set_level(log::Level::Fatal);
        let path = path.to_path_buf();
        container::check_file(&path)?;
        let mut context = container::open(&path).map_err(|reason| MediaError::NotAVideo {
            path: path.clone(),
            reason: match reason.to_string() {
                silent if silent.trim().is_empty() => "no known format".to_owned(),
                reason => reason,
            },
        })?;
        let format = context.format().name().to_owned();
        // The library takes any text for the pictures of an old terminal, and a photograph for a video.
        let is_picture = format == "image2" || format.ends_with("_pipe");
        if format == "tty" || (is_picture && !pictures_too) {
            let reason = if format == "tty" {
                "it is a text"
            } else {
                "it is a single picture"
            };
            return Err(MediaError::NotAVideo {
                path,
                reason: reason.to_owned(),
            });
        }
        let Some(stream) = container::video_stream(&context) else {
            let holds = container::contents(&context);
            return Err(MediaError::NoVideoStream { path, holds });
        };
        container::read_only(&mut context, stream);
        let mut input = Self {
            path,
            context,
            stream,
            time_base: Rational(1, 1),
            origin: 0,
            unparsed: 0,
        };
        input.time_base = input.video().map_or(Rational(1, 1), |video| video.time_base());
        input.origin = input.find_origin();
        Ok(input)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn context(&self) -> &context::Input {
        &self.context
    }

    /// The stream of moving pictures.
    ///
    /// # Errors
    /// Never in practice: the stream was there when the file was opened.
    pub fn video(&self) -> Result<Stream<'_>, MediaError> {
        let missing = || MediaError::NoVideoStream {
            path: self.path.clone(),
            holds: "other streams",
        };
        self.context.stream(self.stream).ok_or_else(missing)
    }

    pub fn time_base(&self) -> Rational {
        self.time_base
    }

    /// The time of a time stamp of the video stream.
    pub fn seconds(&self, stamp: i64) -> Seconds {
        self.length(stamp.saturating_sub(self.origin))
    }

    /// Where time starts, in seconds as the file counts them in all its streams.
    pub fn zero(&self) -> f64 {
        self.length(self.origin).0
    }

    /// The length of time of a number of the stream's units.
    pub fn length(&self, units: i64) -> Seconds {
        Seconds(units as f64 * f64::from(self.time_base.0) / f64::from(self.time_base.1.max(1)))
    }

    /// The largest time stamp that is not after `time`, but for the tolerance.
    pub fn stamp(&self, time: Seconds) -> i64 {
        self.origin
            .saturating_add(self.in_units(Seconds(time.0 + TOLERANCE)).floor() as i64)
    }

    /// A length of time as the stream counts it.
    pub fn units(&self, length: Seconds) -> i64 {
        self.in_units(length).round() as i64
    }

    fn in_units(&self, length: Seconds) -> f64 {
        length.0 * f64::from(self.time_base.1) / f64::from(self.time_base.0.max(1))
    }

    /// How the pictures are to be turned for showing.
    pub fn orientation(&self) -> Orientation {
        let matrix = self.video().ok().and_then(|video| {
            let matrix = video
                .side_data()
                .find(|data| data.kind() == side_data::Type::DisplayMatrix)?;
            Orientation::from_display_matrix(matrix.data())
        });
        matrix.unwrap_or_default()
    }

    /// Width of a pixel over its height; 1 where the file does not say.
    pub fn pixel_aspect(&mut self) -> f64 {
        // SAFETY: both pointers come from the open context, which is borrowed for the whole call; the library
        // allows for a missing stream and a missing frame.
        let aspect = unsafe {
            let stream = self
                .context
                .stream_mut(self.stream)
                .map(|mut stream| stream.as_mut_ptr());
            let context = self.context.as_mut_ptr();
            ffi::av_guess_sample_aspect_ratio(context, stream.unwrap_or(ptr::null_mut()), ptr::null_mut())
        };
        if aspect.num > 0 && aspect.den > 0 {
            f64::from(aspect.num) / f64::from(aspect.den)
        } else {
            1.0
        }
    }

    /// Pictures a second on average, where the file says or lets one guess.
    pub fn frame_rate(&self) -> Option<f64> {
        let video = self.video().ok()?;
        [video.avg_frame_rate(), video.rate()]
            .into_iter()
            .find(|rate| rate.0 > 0 && rate.1 > 0)
            .map(|rate| f64::from(rate.0) / f64::from(rate.1))
    }

    /// Where the pictures end by what the file says, from zero as [`Self::seconds`] counts it.
    pub fn declared_end(&self) -> Option<Seconds> {
        let video = self.video().ok()?;
        if video.duration() > 0 {
            let start = known(video.start_time()).unwrap_or(self.origin);
            return Some(self.seconds(start.saturating_add(video.duration())));
        }
        // Matroska notes the end of every track in a tag; its own duration is that of the longest track.
        let tagged = video.metadata().get("DURATION").and_then(clock_time);
        if let Some(end) = tagged {
            return Some(end - self.length(self.origin)).filter(|end| end.0 > 0.0);
        }
        let whole = known(self.context.duration()).filter(|duration| *duration > 0)?;
        let lead = self.length(self.origin).0 - self.file_start().unwrap_or(self.length(self.origin).0);
        Some(Seconds(whole as f64 / f64::from(ffi::AV_TIME_BASE) - lead)).filter(|end| end.0 > 0.0)
    }

    /// Reads the next packet of the video stream.
    pub fn read(&mut self) -> Reading {
        loop {
            let mut packet = Packet::empty();
            match packet.read(&mut self.context) {
                Ok(()) if packet.stream() == self.stream => {
                    self.unparsed = 0;
                    return Reading::Packet(packet);
                }
                Ok(()) => {}
                Err(Error::InvalidData) if self.unparsed < UNPARSED_IN_A_ROW => {
                    self.unparsed += 1;
                    return Reading::Damaged;
                }
                Err(_) => return Reading::Ended,
            }
        }
    }

    /// Goes to a key frame that the file's index has at or before `time`; says whether it could.
    pub fn seek(&mut self, time: Seconds) -> bool {
        let Ok(stream) = i32::try_from(self.stream) else {
            return false;
        };
        let stamp = self.stamp(time);
        // SAFETY: the context is open and no packet or stream is borrowed from it here.
        let answer =
            unsafe { ffi::avformat_seek_file(self.context.as_mut_ptr(), stream, i64::MIN, stamp, stamp, 0) };
        answer >= 0
    }

    /// Goes back to the beginning, also where a file cannot be sought in.
    ///
    /// # Errors
    /// When the file cannot be opened any more.
    pub fn rewind(&mut self) -> Result<(), MediaError> {
        *self = Self {
            origin: self.origin,
            ..Self::open(&self.path)?
        };
        Ok(())
    }

    /// Moves zero to a time stamp, if it is one that [`ENCODER_DELAY`] can explain.
    pub fn start_at(&mut self, stamp: i64) {
        if (0.0..ENCODER_DELAY).contains(&self.seconds(stamp).0) {
            self.origin = stamp;
        }
    }

    fn find_origin(&self) -> i64 {
        let start = self.video().ok().and_then(|video| known(video.start_time()));
        let (Some(start), Some(file_start)) = (start, self.file_start()) else {
            return start.unwrap_or(0);
        };
        if self.length(start).0 - file_start < ENCODER_DELAY {
            start
        } else {
            self.units(Seconds(file_start))
        }
    }

    /// Where the first of all streams starts, in seconds as the file counts them.
    fn file_start(&self) -> Option<f64> {
        // SAFETY: the context is open for as long as it is borrowed.
        let start = known(unsafe { (*self.context.as_ptr()).start_time })?;
        Some(start as f64 / f64::from(ffi::AV_TIME_BASE))
    }
}

/// Nothing for the number that stands for an unknown time.
fn known(stamp: i64) -> Option<i64> {
    (stamp != ffi::AV_NOPTS_VALUE).then_some(stamp)
}

/// Reads `hours:minutes:seconds.fraction`.
fn clock_time(text: &str) -> Option<Seconds> {
    text.trim()
        .split(':')
        .try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))
        .map(Seconds)
}

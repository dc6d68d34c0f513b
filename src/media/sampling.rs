//! Frames at equal distances in time.

use super::error::MediaError;
use super::input::{Input, TOLERANCE};
use super::reader::PictureReader;
use super::rgb::RgbConversion;
use crate::jobs::Watch;
use crate::project::{FrameIndex, Seconds};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The longest side that a sampled frame may have, in pixels.
const LONGEST_SIDE: u32 = 8192;

/// Pictures that end this much before the file says, or more, are missed.
const MISSED: f64 = 0.5;

/// Which picture is taken for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SamplingMode {
    /// The picture that is shown at that time.
    #[default]
    Exact,
    /// The nearest key frame, if it is no further away than half the distance between samples, and else the
    /// picture that is shown at that time. Much faster where key frames are as frequent as samples.
    Keyframes,
}

/// Which frames are taken, and their size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sampling {
    /// Distance between frames.
    pub every: Seconds,
    /// Time of the first frame.
    pub from: Seconds,
    /// No frame is taken at or after this time, nor after the end of the video.
    pub to: Option<Seconds>,
    /// Which picture is taken for a time.
    pub mode: SamplingMode,
    /// Width in pixels; the picture is stretched to it.
    pub width: u32,
    /// Height in pixels; the picture is stretched to it.
    pub height: u32,
}

impl Default for Sampling {
    /// The papers' sampling: every 2 s of the whole video, 200 x 120.
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

/// One sampled frame.
#[derive(Debug, Clone, PartialEq)]
pub struct SampledFrame {
    /// Its place among the sampled frames.
    pub index: FrameIndex,
    /// The time asked for.
    pub time: Seconds,
    /// The time from which the picture is shown in the video.
    pub shown_at: Seconds,
    /// Rows of red, green and blue from the top: `height * width * 3` bytes.
    pub rgb: Vec<u8>,
}

/// How the sampling went.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SamplingReport {
    /// Number of frames sampled.
    pub frames: u32,
    /// How many of them are a key frame in place of the picture shown at that time.
    pub substituted: u32,
    /// What the user should know, in words: damage, a video cut off, pictures that start late.
    pub warnings: Vec<String>,
}

/// Samples a video at `from`, `from + every`, and so on up to the end. The sink is given each frame as soon as it
/// is decoded, in the order of time. What a damaged or truncated video still has is sampled, with a warning.
///
/// # Errors
/// When the file is not a video, the sampling makes no sense, no picture can be decoded, or `watch` is cancelled.
pub fn sample(
    path: &Path,
    sampling: &Sampling,
    watch: &Watch,
    sink: &mut dyn FnMut(SampledFrame),
) -> Result<SamplingReport, MediaError> {
    check(sampling)?;
    let input = Input::open(path)?;
    // Only a guess: the pictures may end earlier, and where their distances vary, later.
    let expected_end = [input.declared_end(), sampling.to]
        .into_iter()
        .flatten()
        .reduce(Seconds::min);
    let expected = expected_end.map_or(0.0, |end| {
        ((end - sampling.from).0 / sampling.every.0 - TOLERANCE).ceil()
    });
    let orientation = input.orientation();
    let mut reader = PictureReader::open(input)?;
    if sampling.from.0 > 0.0 {
        reader.seek(sampling.from)?;
    }

    let mut conversion = RgbConversion::default();
    let mut report = SamplingReport::default();
    watch.report(0, expected as u64);
    loop {
        let time = time_of(sampling, report.frames);
        if sampling.to.is_some_and(|to| time.0 >= to.0 - TOLERANCE) {
            break;
        }
        let reach = Seconds(sampling.every.0 / 2.0);
        let key = match sampling.mode {
            SamplingMode::Exact => None,
            SamplingMode::Keyframes => reader.key_near(time, reach, watch)?,
        };
        reader.advance(
            key.as_ref().map_or(time, |key| key.time),
            Some(time_of(sampling, report.frames + 1)),
            watch,
        )?;
        let ended = reader.end().is_some_and(|end| time.0 >= end.0 - TOLERANCE);
        let Some(shown) = reader.shown().filter(|_| !ended) else {
            break;
        };
        if key.is_some_and(|key| !key.is_exact) {
            report.substituted += 1;
        }
        let rgb = conversion.convert(&shown.frame, orientation, sampling.width, sampling.height)?;
        let index = FrameIndex(report.frames);
        if index.0 == 0 && shown.time.0 > time.0 + reach.0 {
            let at = shown.time;
            report.warnings.push(format!(
                "The pictures start only at {at}: the first one stands for what is before."
            ));
        }
        sink(SampledFrame {
            index,
            time,
            shown_at: shown.time,
            rgb,
        });
        report.frames += 1;
        watch.report(
            u64::from(report.frames),
            (expected as u64).max(u64::from(report.frames)),
        );
    }
    if report.frames == 0 {
        return Err(match reader.end() {
            Some(end) => MediaError::StartsAfterEnd {
                from: sampling.from,
                end,
            },
            None => MediaError::NoPictures {
                path: path.to_path_buf(),
            },
        });
    }
    warn(&reader, expected_end, &mut report.warnings);
    Ok(report)
}

/// Never summed up, so that the thousandth time is as exact as the first.
fn time_of(sampling: &Sampling, index: u32) -> Seconds {
    Seconds(sampling.from.0 + f64::from(index) * sampling.every.0)
}

fn check(sampling: &Sampling) -> Result<(), MediaError> {
    let wrong = |what: String| Err(MediaError::Sampling(what));
    let Sampling {
        every,
        from,
        to,
        width,
        height,
        ..
    } = sampling;
    if !every.0.is_finite() || every.0 < TOLERANCE {
        return wrong(format!(
            "the distance between frames is {} s, but must be 0.001 s or more",
            every.0
        ));
    }
    if !from.0.is_finite() || from.0 < 0.0 {
        return wrong(format!("the start is {} s, but must be 0 s or more", from.0));
    }
    if let Some(to) = to.filter(|to| to.0.is_nan() || to.0 <= from.0) {
        return wrong(format!("the end, {to}, must be after the start, {from}"));
    }
    if [width, height]
        .into_iter()
        .any(|side| !(1..=LONGEST_SIDE).contains(side))
    {
        return wrong(format!(
            "the size is {width} x {height}, but each side must be from 1 to {LONGEST_SIDE} pixels"
        ));
    }
    Ok(())
}

fn warn(reader: &PictureReader, expected_end: Option<Seconds>, warnings: &mut Vec<String>) {
    if let (Some(end), Some(wanted)) = (reader.end(), expected_end)
        && end.0 < wanted.0 - MISSED
    {
        warnings.push(format!(
            "Pictures can be read only up to {end}, not to {wanted}: the file is cut off or damaged there. \
             Download or copy it again if you need the rest."
        ));
    }
    match reader.damaged() {
        0 => {}
        1 => warnings
            .push("One part of the file is damaged: near it an earlier picture may be shown.".to_owned()),
        n => warnings.push(format!(
            "{n} parts of the file are damaged: near them an earlier picture may be shown."
        )),
    }
}

//! Frames at equal distances in time.

use super::error::MediaError;
use super::input::{Input, TOLERANCE};
use super::reader::PictureReader;
use super::rgb::RgbConversion;
use crate::jobs::Watch;
use crate::project::{FrameIndex, Sampling, SamplingMode, Seconds};
use std::path::Path;

/// The longest side that a sampled frame may have, in pixels.
const LONGEST_SIDE: u32 = 8192;

/// Pictures that end this much before the file says, or more, are missed.
const MISSED: f64 = 0.5;

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
#[derive(Debug, Clone, PartialEq, Default)]
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
    sample_by(RgbConversion::default(), path, sampling, watch, sink)
}

/// The same by another conversion.
///
/// # Errors
/// As [`sample`].
pub(super) fn sample_by(
    mut conversion: RgbConversion,
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

#[cfg(test)]
mod tests {
    use super::super::test_videos::{difference, ffmpeg, index_at, make, picture_times, pictures, sampled};
    use super::*;
    use std::path::PathBuf;

    const MOVING: &str =
        "-f lavfi -i testsrc2=size=320x180:rate=25:duration=10 -pix_fmt yuv420p -c:v libx264";

    fn shared(name: &str) -> Option<PathBuf> {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(name);
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
        }
        path.exists().then_some(path)
    }

    fn every(seconds: f64) -> Sampling {
        Sampling {
            every: Seconds(seconds),
            ..Sampling::default()
        }
    }

    #[test]
    fn the_news_videos_give_the_papers_number_of_frames() {
        for (name, count) in [("us_new_variant.mp4", 109), ("cn_vaccine.mp4", 378)] {
            let Some(path) = shared(name) else {
                return;
            };
            let (frames, report) = sampled(&path, &Sampling::default()).unwrap();
            assert_eq!(
                (frames.len(), report.frames, report.warnings),
                (count, count as u32, vec![])
            );
            for frame in frames {
                assert!((frame.shown_at.0 - 2.0 * f64::from(frame.index.0)).abs() < 1e-9);
                assert_eq!(frame.rgb.len(), 200 * 120 * 3);
            }
        }
    }

    #[test]
    fn a_part_of_the_video_is_sampled() {
        let Some(video) = make("a.mp4", &format!("{MOVING} -g 40")) else {
            return;
        };
        let part = Sampling {
            from: Seconds(3.3),
            to: Some(Seconds(5.3)),
            ..every(0.5)
        };
        let (frames, _) = sampled(&video.path, &part).unwrap();
        let times: Vec<_> = frames.iter().map(|frame| frame.time.0).collect();
        assert_eq!(times, [3.3, 3.8, 4.3, 4.8]);
        let (times, expected) = (picture_times(&video.path), pictures(&video.path, 200, 120));
        for frame in &frames {
            let index = index_at(&times, frame.time.0);
            assert!((frame.shown_at.0 - times[index]).abs() < 1e-6);
            assert!(difference(&frame.rgb, &expected[index]) < 0.5);
        }
        let late = Sampling {
            from: Seconds(11.0),
            ..every(1.0)
        };
        assert!(matches!(
            sampled(&video.path, &late),
            Err(MediaError::StartsAfterEnd { .. })
        ));
        for wrong in [
            every(0.0),
            every(f64::NAN),
            Sampling {
                width: 0,
                ..every(1.0)
            },
        ] {
            assert!(matches!(
                sampled(&video.path, &wrong),
                Err(MediaError::Sampling(_))
            ));
        }
    }

    #[test]
    fn turned_videos_are_shown_upright() {
        // Full colour, so that it makes no difference whether a picture is turned before it is scaled or after.
        let Some(video) = make("a.mp4", &MOVING.replace("420p", "444p")) else {
            return;
        };
        for degrees in [90, 180, 270] {
            let turned = video.path.with_file_name("turned.mp4");
            let line = format!(
                "-i {} -c copy -metadata:s:v rotate={degrees}",
                video.path.display()
            );
            assert!(ffmpeg(&line, &turned));
            if super::super::probe(&turned).unwrap().rotation == 0 {
                eprintln!("skipped: this ffmpeg does not write a rotation");
                return;
            }
            let expected = pictures(&turned, 90, 160);
            let (frames, _) = sampled(
                &turned,
                &Sampling {
                    width: 90,
                    height: 160,
                    ..every(2.0)
                },
            )
            .unwrap();
            for frame in frames {
                let difference = difference(&frame.rgb, &expected[frame.index.index() * 50]);
                assert!(difference < 1.0, "{degrees} degrees: {difference}");
            }
        }
    }

    #[test]
    fn key_frames_stand_for_pictures_near_them() {
        let line = format!("{MOVING} -force_key_frames 0,2.4,4.2,7,9.8 -g 1000 -sc_threshold 0");
        let Some(video) = make("a.mp4", &line) else {
            return;
        };
        let (frames, report) = sampled(
            &video.path,
            &Sampling {
                mode: SamplingMode::Keyframes,
                ..every(1.0)
            },
        )
        .unwrap();
        let shown: Vec<_> = frames
            .iter()
            .map(|frame| (frame.shown_at.0 * 25.0).round() / 25.0)
            .collect();
        assert_eq!(shown, [0.0, 1.0, 2.4, 3.0, 4.2, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!(report.substituted, 2);
        let expected = pictures(&video.path, 200, 120);
        for (frame, shown) in frames.iter().zip(shown) {
            assert!(difference(&frame.rgb, &expected[(shown * 25.0).round() as usize]) < 0.5);
        }
    }

    #[test]
    fn a_truncated_video_is_sampled_as_far_as_it_goes() {
        for (name, more) in [("a.mp4", "-movflags +faststart"), ("a.mkv", ""), ("a.ts", "")] {
            let Some(video) = make(name, &format!("{MOVING} -g 50 {more}")) else {
                return;
            };
            let whole = std::fs::read(&video.path).unwrap();
            std::fs::write(&video.path, &whole[..whole.len() / 2]).unwrap();
            let (frames, report) = sampled(&video.path, &every(0.5)).unwrap();
            assert!((6..14).contains(&frames.len()), "{name}: {} frames", frames.len());
            // A transport stream does not say how long it was.
            let warned = report
                .warnings
                .iter()
                .any(|warning| warning.contains("only up to 0:0"));
            assert!(warned || name == "a.ts", "{name}: {:?}", report.warnings);
        }
    }

    #[test]
    fn damage_in_the_middle_is_survived() {
        for (name, coding) in [("a.mp4", "-g 50"), ("a.mkv", "-g 50"), ("a.ts", "-g 50")] {
            let Some(video) = make(name, &format!("{MOVING} {coding}")) else {
                return;
            };
            let mut bytes = std::fs::read(&video.path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle..middle + 20_000].fill(0x5a);
            std::fs::write(&video.path, bytes).unwrap();
            let (frames, _) = sampled(&video.path, &every(0.5)).unwrap();
            assert_eq!(frames.len(), 20, "{name}");
        }
    }

    #[test]
    fn times_before_a_late_start_show_the_first_picture() {
        let line = format!("-f lavfi -i sine=duration=12 -itsoffset 3 {MOVING} -map 0 -map 1 -vsync 2");
        for name in ["late.mp4", "late.mkv"] {
            let Some(video) = make(name, &line) else {
                return;
            };
            let whole = Sampling {
                to: Some(Seconds(13.0)),
                ..every(1.0)
            };
            let (frames, report) = sampled(&video.path, &whole).unwrap();
            assert_eq!(frames.len(), 13, "{name}");
            let shown: Vec<_> = frames.iter().map(|frame| frame.shown_at.0.round()).collect();
            assert_eq!(
                shown,
                [3., 3., 3., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.],
                "{name}"
            );
            assert!(
                report
                    .warnings
                    .iter()
                    .any(|warning| warning.contains("start only at 0:03.0"))
            );
        }
    }

    #[test]
    fn sampling_stops_when_cancelled() {
        let Some(video) = make("a.mp4", MOVING) else {
            return;
        };
        let watch = Watch::default();
        let mut count = 0;
        let result = sample(&video.path, &every(0.5), &watch, &mut |_| {
            count += 1;
            watch.cancel();
        });
        assert!(matches!(result, Err(MediaError::Cancelled(_))));
        assert_eq!((count, watch.progress()), (1, (1, 20)));
    }
}

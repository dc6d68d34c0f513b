//! Small videos for the tests of this room, made by the `ffmpeg` command, and what that command sees in them.

use super::sampling::{SampledFrame, SamplingReport, sample};
use super::{FrameSource, MediaError};
use crate::jobs::Watch;
use crate::project::{Sampling, Seconds};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A video in a folder that goes when this goes.
pub struct TestVideo {
    pub path: PathBuf,
    _folder: TempDir,
}

/// Makes a video by a line of `ffmpeg` arguments; the words are split at spaces. Nothing, with a message, where the
/// command is missing or lacks an encoder.
pub fn make(name: &str, arguments: &str) -> Option<TestVideo> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    ffmpeg(arguments, &path).then_some(TestVideo {
        path,
        _folder: folder,
    })
}

/// Runs `ffmpeg` with a line of arguments into a file.
pub fn ffmpeg(arguments: &str, path: &Path) -> bool {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-nostdin", "-y"])
        .args(arguments.split_whitespace())
        .arg(path);
    match command.output() {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            eprintln!(
                "skipped, ffmpeg cannot make it: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            false
        }
        Err(error) => {
            eprintln!("skipped, there is no ffmpeg command: {error}");
            false
        }
    }
}

/// When each picture of a video is shown, as ffprobe lists it, counted from the first.
pub fn picture_times(path: &Path) -> Vec<f64> {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "V:0",
            "-show_entries",
            "frame=best_effort_timestamp_time",
        ])
        .args(["-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut times: Vec<f64> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        // A picture with no time follows at the pace of those before.
        let pace = times
            .last()
            .map_or(0.0, |last| (last - times[0]) / (times.len() - 1).max(1) as f64);
        let after = times.last().map_or(0.0, |last| last + pace);
        times.push(line.trim_end_matches(',').parse().unwrap_or(after));
    }
    times.iter().map(|time| time - times[0]).collect()
}

/// Every picture of a video as `ffmpeg` shows it: upright, stretched to this size, as RGB.
pub fn pictures(path: &Path, width: u32, height: u32) -> Vec<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args([
            "-map",
            "0:V:0",
            "-vf",
            &format!("scale={width}:{height}"),
            "-vsync",
            "0",
        ])
        .args(["-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    output
        .stdout
        .chunks_exact((width * height * 3) as usize)
        .map(<[u8]>::to_vec)
        .collect()
}

/// Mean absolute difference between two pictures, in steps of 0 to 255.
pub fn difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| f64::from(a.abs_diff(*b)))
        .sum::<f64>()
        / a.len() as f64
}

/// All sampled frames, and the report.
pub fn sampled(path: &Path, sampling: &Sampling) -> Result<(Vec<SampledFrame>, SamplingReport), MediaError> {
    let mut frames = Vec::new();
    let report = sample(path, sampling, &Watch::default(), &mut |frame| frames.push(frame))?;
    Ok((frames, report))
}

/// The index of the picture to show at a time.
pub fn index_at(times: &[f64], time: f64) -> usize {
    times.iter().rposition(|shown| *shown <= time + 1e-3).unwrap_or(0)
}

/// Asserts that sampling at these distances and seeking give the pictures and times that the `ffmpeg` commands give.
pub fn assert_same_as_ffmpeg(path: &Path, distances: &[f64]) {
    let (times, expected) = (picture_times(path), pictures(path, 200, 120));
    assert_eq!(
        times.len(),
        expected.len(),
        "{path:?}: ffmpeg and ffprobe disagree"
    );
    for every in distances {
        assert_same_samples(path, *every, &times, &expected);
    }
    assert_same_seeks(path, &times);
}

fn assert_same_samples(path: &Path, every: f64, times: &[f64], expected: &[Vec<u8>]) {
    let sampling = Sampling {
        every: Seconds(every),
        ..Sampling::default()
    };
    let (frames, report) = sampled(path, &sampling).unwrap();
    assert_eq!(report.warnings, Vec::<String>::new(), "{path:?}");
    let last = times[times.len() - 1];
    assert!(
        frames.len() >= (last / every) as usize,
        "{path:?}: {} frames of {last} s",
        frames.len()
    );
    for frame in &frames {
        let index = index_at(times, frame.time.0);
        let (time, shown_at) = (frame.time.0, frame.shown_at.0);
        assert!(
            (shown_at - times[index]).abs() < 2e-3,
            "{path:?} at {time}: {shown_at}, not {}",
            times[index]
        );
        let difference = difference(&frame.rgb, &expected[index]);
        assert!(
            difference < 0.5,
            "{path:?} at {time}: pictures differ by {difference}"
        );
    }
}

fn assert_same_seeks(path: &Path, times: &[f64]) {
    let last = times[times.len() - 1];
    let mut source = FrameSource::open(path).unwrap();
    for part in [0.9, 0.2, 0.21, 0.5, 0.0, 0.77, 0.78, 1.0, 0.3] {
        let time = part * last;
        let picture = source.at(Seconds(time), u32::MAX).unwrap();
        let wanted = times[index_at(times, time)];
        assert!(
            (picture.time.0 - wanted).abs() < 2e-3,
            "{path:?} sought {time}: {:?}, not {wanted}",
            picture.time
        );
    }
}

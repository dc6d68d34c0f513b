//! The sampled frames in memory, and their cache on disk: a video is decoded once.

use crate::jobs::Watch;
use crate::media;
use crate::project::files::{fnv1a, write_whole};
use crate::project::{FrameIndex, Sampling, Seconds, VideoInfo};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One sampled frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The moment asked for.
    pub time: Seconds,
    /// When the picture really used is on screen.
    pub shown_at: Seconds,
    /// `height * width * 3` values, row by row, red, green, blue.
    pub rgb: Arc<[u8]>,
}

/// All sampled frames of a video, in order of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameSet {
    /// Columns of a picture.
    pub width: u32,
    /// Rows of a picture.
    pub height: u32,
    /// Time between frames.
    pub every: Seconds,
    /// The frames.
    pub frames: Vec<Frame>,
}

impl FrameSet {
    /// The moments of the frames.
    #[must_use]
    pub fn times(&self) -> Vec<Seconds> {
        self.frames.iter().map(|frame| frame.time).collect()
    }

    /// The frame on screen at a time; none where there are no frames.
    #[must_use]
    pub fn at(&self, time: Seconds) -> Option<FrameIndex> {
        let after = self.frames.partition_point(|frame| frame.time <= time);
        (!self.frames.is_empty()).then(|| FrameIndex::from(after.saturating_sub(1)))
    }

    /// One picture as planes, `[3, height, width]`, as the networks take them.
    #[must_use]
    pub fn planes(&self, index: FrameIndex) -> Option<Vec<u8>> {
        let rgb = &self.frames.get(index.index())?.rgb;
        Some(
            (0..3)
                .flat_map(|channel| rgb.iter().skip(channel).step_by(3).copied())
                .collect(),
        )
    }
}

/// Samples the video, or reads what an earlier sampling left in `cache`. Each frame is also given to `on_frame` as
/// soon as it is there. Returns the frames and what the analyst should know.
///
/// # Errors
/// When the video cannot be decoded, or the work is cancelled. A cache that cannot be read or written is no error.
pub fn sample_frames(
    video: &VideoInfo,
    sampling: &Sampling,
    cache: Option<&Path>,
    watch: &Watch,
    on_frame: &mut dyn FnMut(FrameIndex, &Frame),
) -> anyhow::Result<(FrameSet, Vec<String>)> {
    let (width, height, every) = (sampling.width, sampling.height, sampling.every);
    let mut set = FrameSet {
        width,
        height,
        every,
        frames: Vec::new(),
    };
    let kept = cache.map(|folder| cached_file(folder, video, sampling));
    if let Some(kept) = kept.as_deref().and_then(read_cached) {
        set.frames = kept.frames;
        set.frames
            .iter()
            .enumerate()
            .for_each(|(index, frame)| on_frame(FrameIndex::from(index), frame));
        return Ok((set, kept.warnings));
    }
    watch.say(format!("sampling frames of {width} x {height}"));
    let report = media::sample(&video.path, sampling, watch, &mut |sampled| {
        let frame = Frame {
            time: sampled.time,
            shown_at: sampled.shown_at,
            rgb: sampled.rgb.into(),
        };
        on_frame(sampled.index, &frame);
        set.frames.push(frame);
    })
    .with_context(|| format!("cannot sample frames from {}", video.path.display()))?;
    let mut warnings = report.warnings;
    if report.substituted > 0 {
        warnings.push(format!(
            "{} of {} frames are the nearest key frame, not the exact picture (sampling mode keyframes)",
            report.substituted, report.frames
        ));
    }
    if let Some(kept) = kept
        && let Err(error) = write_cached(&kept, &set, &warnings)
    {
        tracing::warn!("frames are not cached: {error}");
    }
    Ok((set, warnings))
}

struct Cached {
    frames: Vec<Frame>,
    warnings: Vec<String>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct CacheHeader {
    sampling: Sampling,
    times: Vec<[f64; 2]>,
    warnings: Vec<String>,
}

/// Named after everything the pictures depend on: the file, its size and its last change, and the sampling.
fn cached_file(folder: &Path, video: &VideoInfo, sampling: &Sampling) -> PathBuf {
    let changed = std::fs::metadata(&video.path)
        .and_then(|data| data.modified())
        .ok();
    let path = video.path.canonicalize().unwrap_or_else(|_| video.path.clone());
    let key = format!("{} {} {changed:?} {sampling:?}", path.display(), video.bytes);
    folder
        .join("frames")
        .join(format!("{:016x}.frames", fnv1a(key.bytes())))
}

fn write_cached(path: &Path, set: &FrameSet, warnings: &[String]) -> anyhow::Result<()> {
    let header = CacheHeader {
        sampling: Sampling {
            width: set.width,
            height: set.height,
            ..Sampling::default()
        },
        times: set
            .frames
            .iter()
            .map(|frame| [frame.time.0, frame.shown_at.0])
            .collect(),
        warnings: warnings.to_vec(),
    };
    let header = serde_json::to_vec(&header)?;
    write_whole(path, |file| {
        file.write_all(&header)?;
        file.write_all(b"\n")?;
        set.frames.iter().try_for_each(|frame| file.write_all(&frame.rgb))
    })?;
    Ok(())
}

fn read_cached(path: &Path) -> Option<Cached> {
    let bytes = std::fs::read(path).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let header: CacheHeader = serde_json::from_slice(bytes.get(..end)?).ok()?;
    let pixels = bytes.get(end + 1..)?;
    let size = (header.sampling.width * header.sampling.height * 3) as usize;
    if size == 0 || pixels.len() != size * header.times.len() {
        return None;
    }
    let frames = header
        .times
        .iter()
        .zip(pixels.chunks_exact(size))
        .map(|([time, shown_at], rgb)| Frame {
            time: Seconds(*time),
            shown_at: Seconds(*shown_at),
            rgb: rgb.into(),
        });
    Some(Cached {
        frames: frames.collect(),
        warnings: header.warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> FrameSet {
        let frame = |i: u8| Frame {
            time: Seconds(f64::from(i) * 2.0),
            shown_at: Seconds(f64::from(i) * 2.0 + 0.04),
            rgb: vec![i, 100, 200, i + 1, 101, 201].into(),
        };
        FrameSet {
            width: 2,
            height: 1,
            every: Seconds(2.0),
            frames: (0..3).map(frame).collect(),
        }
    }

    #[test]
    fn the_frame_at_a_time_is_the_last_one_begun() {
        let at = |time| set().at(Seconds(time)).map(|index| index.0);
        assert_eq!(
            [at(-1.0), at(0.0), at(1.9), at(2.0), at(99.0)],
            [0, 0, 0, 1, 2].map(Some)
        );
        assert_eq!(FrameSet::default().at(Seconds(0.0)), None);
    }

    #[test]
    fn planes_separate_the_colours() {
        assert_eq!(set().planes(FrameIndex(1)), Some(vec![1, 2, 100, 101, 200, 201]));
    }

    #[test]
    fn cached_frames_come_back_and_a_cut_file_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.frames");
        write_cached(&path, &set(), &["short".into()]).unwrap();
        let back = read_cached(&path).unwrap();
        assert_eq!((back.frames, back.warnings), (set().frames, vec!["short".into()]));
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(read_cached(&path).is_none());
    }
}

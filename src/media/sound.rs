//! The sound of a video, or of a part of it, as one row of samples.

use super::error::MediaError;
use super::sound_reader::SoundReader;
use crate::jobs::Watch;
use crate::project::Span;
use std::path::Path;

/// Decodes the sound of a file from its beginning, mixed to one channel and resampled to `rate` samples a second.
/// `take` is given the samples in order, a block at a time: sample number `i` of all is heard at `i / rate` seconds as
/// the pictures count time. Where there is no sound, before a late start and in gaps, samples are 0; after the end
/// of the sound there are none, even if pictures go on. Damaged parts are left out. Values are mostly from -1 to 1.
///
/// # Errors
/// When the file cannot be read, has no sound or none that can be decoded, or `watch` is cancelled.
pub fn read_sound(
    path: &Path,
    rate: u32,
    watch: &Watch,
    take: &mut dyn FnMut(&[f32]),
) -> Result<(), MediaError> {
    let mut reader = SoundReader::open(path, rate)?;
    let total = reader.declared_length().unwrap_or_default().0 as u64;
    let mut block = Vec::new();
    let mut reported = None;
    while reader.read(&mut block) {
        watch.check()?;
        take(&block);
        let done = reader.position() as u64 / u64::from(rate.max(1));
        if reported.replace(done) != Some(done) {
            watch.report(done, total.max(done));
        }
    }
    if reader.has_failed() {
        return Err(MediaError::DamagedSound {
            path: reader.path().to_path_buf(),
        });
    }
    Ok(())
}

/// Decodes the sound of a part of a file, as [`read_sound`] does: the samples from the start of the part on, fewer where the
/// sound ends before the part does.
///
/// # Errors
/// As [`read_sound`].
pub fn read_sound_between(path: &Path, rate: u32, part: Span, watch: &Watch) -> Result<Vec<f32>, MediaError> {
    let mut reader = SoundReader::open(path, rate)?;
    reader.seek(part.start)?;
    let wanted = (part.length().0.max(0.0) * f64::from(rate)).round() as usize;
    let mut samples = Vec::with_capacity(wanted);
    let mut block = Vec::new();
    while samples.len() < wanted && reader.read(&mut block) {
        watch.check()?;
        samples.extend_from_slice(&block);
    }
    samples.truncate(wanted);
    if samples.is_empty() && reader.has_failed() {
        return Err(MediaError::DamagedSound {
            path: reader.path().to_path_buf(),
        });
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::{ffmpeg, make};
    use super::*;

    const RATE: u32 = 16_000;
    const PICTURES: &str = "-f lavfi -i testsrc2=size=160x90:rate=25:duration=6";
    const CODING: &str = "-c:v libx264 -pix_fmt yuv420p";

    fn samples(path: &Path) -> Result<Vec<f32>, MediaError> {
        let mut all = Vec::new();
        read_sound(path, RATE, &Watch::default(), &mut |block| {
            all.extend_from_slice(block);
        })?;
        Ok(all)
    }

    /// Seconds where the sound becomes loud, and where it becomes quiet.
    fn edges(samples: &[f32]) -> Vec<f64> {
        let step = RATE as usize / 500;
        let loud: Vec<bool> = samples
            .chunks(step)
            .map(|part| part.iter().any(|value| value.abs() > 0.02))
            .collect();
        (1..loud.len())
            .filter(|&index| loud[index] != loud[index - 1])
            .map(|index| index as f64 * 0.002)
            .collect()
    }

    fn assert_near(found: &[f64], expected: &[f64], name: &str) {
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 0.012;
        assert!(
            found.len() == expected.len() && found.iter().zip(expected).all(near),
            "{name}: {found:?}, not {expected:?}"
        );
    }

    /// Tones from 1 to 2 s and from 4 to 4.5 s.
    const BEEPS: &str =
        "aevalsrc=exprs=0.5*sin(2*PI*440*t)*(between(t\\,1\\,2)+between(t\\,4\\,4.5)):s=44100:d=6";

    #[test]
    fn a_tone_is_where_it_is_in_every_container() {
        for (name, coding) in [
            ("a.mp4", "-c:a aac"),
            ("a.mkv", "-c:a libopus"),
            ("a.mkv", "-c:a libmp3lame"),
            ("a.mkv", "-c:a pcm_s16le"),
            ("a.ts", "-c:a aac"),
            ("a.avi", "-bf 0 -c:a pcm_s16le"),
            ("a.webm", "-c:v libvpx -c:a libvorbis"),
        ] {
            let Some(video) = make(name, &format!("{PICTURES} -f lavfi -i {BEEPS} {CODING} {coding}")) else {
                continue;
            };
            let samples = samples(&video.path).unwrap();
            assert_near(&edges(&samples), &[1.0, 2.0, 4.0, 4.5], name);
            let length = samples.len() as f64 / f64::from(RATE);
            assert!((5.9..6.1).contains(&length), "{name} {coding}: {length}");
            let peak = samples.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
            assert!((0.4..0.6).contains(&peak), "{name} {coding}: {peak}");
        }
    }

    #[test]
    fn sound_that_starts_late_or_early_keeps_its_time() {
        let coding = format!("{CODING} -c:a aac");
        for (name, line, expected) in [
            (
                "late-sound.mp4",
                format!("{PICTURES} -itsoffset 1.5 -f lavfi -i {BEEPS} -map 0 -map 1 {coding}"),
                [2.5, 3.5, 5.5, 6.0],
            ),
            (
                "late-pictures.mp4",
                format!("-itsoffset 1.5 {PICTURES} -f lavfi -i {BEEPS} -map 0 -map 1 {coding}"),
                [1.0, 2.0, 4.0, 4.5],
            ),
            (
                "late-file.ts",
                format!("{PICTURES} -f lavfi -i {BEEPS} -output_ts_offset 7000 {coding}"),
                [1.0, 2.0, 4.0, 4.5],
            ),
        ] {
            let Some(video) = make(name, &line) else {
                return;
            };
            assert_near(&edges(&samples(&video.path).unwrap()), &expected, name);
        }
    }

    #[test]
    fn a_gap_is_silence_and_what_follows_keeps_its_time() {
        let line = format!(
            "{PICTURES} -f lavfi -i sine=frequency=440:sample_rate=48000:duration=6 \
             -af volume=3,aselect=between(t\\,0\\,1)+between(t\\,3\\,4) {CODING} -c:a pcm_s16le"
        );
        let Some(video) = make("a.mkv", &line) else {
            return;
        };
        let samples = samples(&video.path).unwrap();
        let found = edges(&samples);
        assert!(found.len() >= 2, "{found:?}");
        let (quiet, loud) = (found[0], found[1]);
        assert!(
            (quiet - 1.0).abs() < 0.03 && (loud - 3.0).abs() < 0.03,
            "{found:?}"
        );
        assert!(
            samples[(1.1 * f64::from(RATE)) as usize..(2.9 * f64::from(RATE)) as usize]
                .iter()
                .all(|value| *value == 0.0)
        );
    }

    #[test]
    fn channels_are_mixed_and_a_voice_in_the_centre_is_kept() {
        let centre = "aevalsrc=exprs=0|0|0.5*sin(2*PI*440*t)*between(t\\,1\\,2)|0|0|0:c=5.1:s=48000:d=3";
        let line = format!("{PICTURES} -f lavfi -i {centre} {CODING} -c:a aac");
        let Some(video) = make("a.mp4", &line) else {
            return;
        };
        assert_near(&edges(&samples(&video.path).unwrap()), &[1.0, 2.0], "5.1");
    }

    #[test]
    fn seeking_gives_the_samples_that_reading_gives() {
        for (name, coding) in [
            ("a.mp4", "-c:a aac"),
            ("a.mkv", "-c:a libopus"),
            ("a.ts", "-c:a aac"),
        ] {
            let Some(video) = make(name, &format!("{PICTURES} -f lavfi -i {BEEPS} {CODING} {coding}")) else {
                return;
            };
            let whole = samples(&video.path).unwrap();
            let mut reader = SoundReader::open(&video.path, RATE).unwrap();
            let mut block = Vec::new();
            for time in [4.2, 1.0, 1.37, 0.0, 5.5, 0.1, 1.9] {
                reader.seek(crate::project::Seconds(time)).unwrap();
                let from = (time * f64::from(RATE)).round() as usize;
                let mut part: Vec<f32> = Vec::new();
                while part.len() < 3000 && reader.read(&mut block) {
                    part.extend_from_slice(&block);
                }
                // Matroska rounds times to milliseconds: up to one off.
                let off = |shift: usize| {
                    let whole = whole.iter().skip((from + shift).saturating_sub(16));
                    let pairs = part.iter().zip(whole).skip(16).take(2900);
                    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
                };
                let difference = (0..=32).map(off).fold(1.0, f32::min);
                assert!(part.len() >= 3000, "{name} at {time}");
                // Half a sample off in time, by rounding, is as much.
                assert!(difference < 0.045, "{name} at {time}: {difference}");
            }
        }
    }

    #[test]
    fn damage_leaves_the_rest_where_it_is() {
        let line = format!("{PICTURES} -f lavfi -i {BEEPS} {CODING} -g 25 -c:a aac");
        for name in ["a.mkv", "a.ts"] {
            let Some(video) = make(name, &line) else {
                return;
            };
            let mut bytes = std::fs::read(&video.path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle..middle + 5000].fill(0x5a);
            std::fs::write(&video.path, bytes).unwrap();
            let found = edges(&samples(&video.path).unwrap());
            let near = |time: f64| found.iter().any(|edge| (edge - time).abs() < 0.05);
            assert!([1.0, 2.0, 4.0, 4.5].into_iter().all(near), "{name}: {found:?}");
        }
    }

    #[test]
    fn what_has_no_sound_is_said_in_words() {
        let Some(silent) = make("silent.mp4", &format!("{PICTURES} {CODING}")) else {
            return;
        };
        let message = samples(&silent.path).unwrap_err().to_string();
        assert!(message.contains("silent.mp4 has no sound"), "{message}");
        let gone = samples(&silent.path.with_file_name("none.mp4")).unwrap_err();
        assert!(matches!(gone, MediaError::Missing { .. }));
        let broken = silent.path.with_file_name("broken.mkv");
        let line = format!("{PICTURES} -f lavfi -i {BEEPS} {CODING} -c:a aac -bsf:a noise=amount=1");
        if ffmpeg(&line, &broken) {
            let result = samples(&broken);
            assert!(
                matches!(result, Ok(_) | Err(MediaError::DamagedSound { .. })),
                "{result:?}"
            );
        }
    }

    #[test]
    fn sound_alone_counts_from_its_start_and_reading_can_be_cancelled() {
        let Some(sound) = make("a.flac", &format!("-f lavfi -i {BEEPS}")) else {
            return;
        };
        assert_near(
            &edges(&samples(&sound.path).unwrap()),
            &[1.0, 2.0, 4.0, 4.5],
            "flac",
        );
        let watch = Watch::default();
        let mut blocks = 0;
        let result = read_sound(&sound.path, RATE, &watch, &mut |_| {
            blocks += 1;
            watch.cancel();
        });
        assert!(matches!(result, Err(MediaError::Cancelled(_))));
        assert_eq!(blocks, 1);
    }

    #[test]
    fn a_part_is_the_same_sound_as_in_the_whole() {
        let line = format!("{PICTURES} -f lavfi -i {BEEPS} {CODING} -c:a aac");
        let Some(video) = make("a.mp4", &line) else {
            return;
        };
        let whole = samples(&video.path).unwrap();
        let part = |start, end| {
            read_sound_between(&video.path, RATE, Span::new(start, end), &Watch::default()).unwrap()
        };
        for (start, end) in [(0.0, 1.5), (1.9, 4.25), (4.1, 5.0)] {
            let first = (start * f64::from(RATE)) as usize;
            let found = part(start, end);
            assert_eq!(found.len(), ((end - start) * f64::from(RATE)).round() as usize);
            let off = found.iter().zip(&whole[first..]).map(|(a, b)| (a - b).abs());
            let off = off.fold(0.0, f32::max);
            // Half a sample off, the tone differs by up to 0.043.
            assert!(off < 0.05, "{start}: {off}");
        }
        assert_eq!(part(5.0, 99.0).len(), whole.len() - 5 * RATE as usize);
    }
}

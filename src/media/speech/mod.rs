//! Finding speech in the sound of a video, without any trained model: what rises above the noise in most bands of
//! frequency at once is taken for speech.

mod bands;
mod floor;

use super::kept::{keep, kept_file};
use super::{MediaError, read_sound};
use crate::jobs::Watch;
use crate::project::{Seconds, Span, Speech};
use bands::{BandLevels, BandMeter, COUNT, FRAMES, RATE};
use floor::{noise_floor, quantile};
use std::path::Path;

/// Decibels above the noise from which a band counts, and the most that one band can bring: a single loud band, such
/// as a held note, is no speech.
const MARGIN: f32 = 6.0;
const MOST: f32 = 12.0;
/// Mean over the bands of what rises above the noise: speech, and the quiet beginnings and ends next to it.
const SPOKEN: f32 = 2.4;
const MURMURED: f32 = 0.8;
/// Frames for which quiet speech may go on before and after.
const FRINGE: usize = 10;
/// Somewhere in it, speech is at least this clear.
const CLEAR: f32 = 4.8;
/// Shorter sounds are clicks; frames.
const SHORTEST: usize = 5;
/// Between the loudest speech and the noise, in decibels: little, where every pause is full of noise, and much.
const NOISY: f32 = 18.0;
const CLEAN: f32 = 36.0;

/// Listens to a video and says when someone speaks, or reads what an earlier time left in the folder `cache`. Edges
/// are within about 0.02 s in clear sound.
///
/// # Errors
/// When the file cannot be read, has no sound or none that can be decoded, or `watch` is cancelled. A cache that
/// cannot be read or written is no error.
pub fn find_speech(video: &Path, cache: Option<&Path>, watch: &Watch) -> Result<Speech, MediaError> {
    let kept = cache.map(|folder| kept_file(folder, video, "speech 1"));
    if let Some(speech) = kept.as_deref().and_then(read) {
        return Ok(speech);
    }
    watch.say("listening for speech");
    let mut meter = BandMeter::new();
    let mut samples = 0_usize;
    read_sound(video, RATE, watch, &mut |block| {
        samples += block.len();
        meter.take(block);
    })?;
    let speech = Speech {
        segments: segments(&meter.finish()),
        duration: Seconds(samples as f64 / f64::from(RATE)),
    };
    if let Some(path) = kept {
        keep(&path, |file| Ok(serde_json::to_writer(file, &speech)?));
    }
    Ok(speech)
}

fn read(path: &Path) -> Option<Speech> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn segments(levels: &BandLevels) -> Vec<Span> {
    let frames = levels.rows[0].len();
    let mut activity = vec![0.0_f32; frames];
    let mut range = 0.0;
    for row in &levels.rows {
        let loud = quantile(&mut row.clone(), 0.97);
        // Digital silence between words is no lower than a quiet room.
        let row: Vec<f32> = row.iter().map(|level| level.max(loud - 60.0)).collect();
        let floor = noise_floor(&row);
        for ((sum, level), floor) in activity.iter_mut().zip(&row).zip(&floor) {
            *sum += (level - floor - MARGIN).clamp(0.0, MOST) / COUNT as f32;
        }
        let mean = floor.iter().sum::<f32>() / frames.max(1) as f32;
        range += (loud - mean) / COUNT as f32;
    }
    // In noise a frame alone says little.
    let clarity = ((range - NOISY) / (CLEAN - NOISY)).clamp(0.0, 1.0);
    let reach = ((1.0 - clarity) * 2.0).round() as usize;
    let pause = (14.0 - 10.0 * clarity).round() as usize;
    let activity = smoothed(&activity, reach);
    let runs = joined(&spoken_runs(&activity), pause);
    runs.into_iter()
        .filter(|(from, to)| {
            let run = activity.get(*from..*to).unwrap_or_default();
            run.len() >= SHORTEST && run.iter().any(|value| *value > CLEAR)
        })
        .map(|(from, to)| Span::new(from as f64 / FRAMES, to as f64 / FRAMES))
        .collect()
}

/// The mean over each frame and `reach` on either side.
fn smoothed(values: &[f32], reach: usize) -> Vec<f32> {
    if reach == 0 {
        return values.to_vec();
    }
    (0..values.len())
        .map(|i| {
            let from = i.saturating_sub(reach);
            let part = values
                .get(from..(i + reach + 1).min(values.len()))
                .unwrap_or_default();
            part.iter().sum::<f32>() / part.len().max(1) as f32
        })
        .collect()
}

/// Runs of speech with their quiet fringes, as first frame and the one after the last.
fn spoken_runs(activity: &[f32]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(found) = activity.iter().skip(at).position(|value| *value > SPOKEN) {
        let from = at + found;
        let to = activity
            .iter()
            .skip(from)
            .position(|value| *value <= SPOKEN)
            .map_or(activity.len(), |length| from + length);
        let before = activity
            .iter()
            .take(from)
            .rev()
            .take(FRINGE)
            .take_while(|value| **value > MURMURED)
            .count();
        let after = activity
            .iter()
            .skip(to)
            .take(FRINGE)
            .take_while(|value| **value > MURMURED)
            .count();
        runs.push((from - before, to + after));
        at = to;
    }
    runs
}

/// Runs with shorter pauses between them made one.
fn joined(runs: &[(usize, usize)], pause: usize) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (from, to) in runs {
        match joined.last_mut() {
            Some(last) if *from < last.1 + pause => last.1 = last.1.max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::make;
    use super::*;

    /// Shares of the true starts and ends that have an edge of the found speech within 0.15 s.
    fn found(speech: &Speech, truth: &[Span]) -> f64 {
        let near = |times: &[f64], wanted: f64| times.iter().any(|time| (time - wanted).abs() <= 0.15);
        let starts: Vec<f64> = speech.segments.iter().map(|s| s.start.0).collect();
        let ends: Vec<f64> = speech.segments.iter().map(|s| s.end.0).collect();
        let hits = truth
            .iter()
            .map(|span| usize::from(near(&starts, span.start.0)) + usize::from(near(&ends, span.end.0)));
        hits.sum::<usize>() as f64 / (2 * truth.len()) as f64
    }

    #[test]
    fn speech_of_the_news_videos_is_found_where_it_is() {
        for name in ["us_new_variant", "cn_vaccine"] {
            let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
            let video = folder.join(format!("{name}.mp4"));
            if !video.exists() {
                eprintln!("skipped: {} is absent", video.display());
                return;
            }
            let mut rows = csv::Reader::from_path(folder.join(format!("{name}.truth.csv"))).unwrap();
            let truth: Vec<Span> = rows
                .deserialize::<(f64, f64, String)>()
                .map(|row| row.map(|(start, end, _)| Span::new(start, end)).unwrap())
                .filter(|span| span.length().0 > 0.0)
                .collect();
            let speech = find_speech(&video, None, &Watch::default()).unwrap();
            let share = found(&speech, &truth);
            eprintln!(
                "{name}: {} segments, {share:.3} of the edges",
                speech.segments.len()
            );
            assert!(share >= 0.97, "{name}: {share}");
            assert!(
                speech.segments.len() < 3 * truth.len(),
                "speech is cut into crumbs"
            );
            let phrases = speech.phrases(Seconds(0.1));
            let share = phrases
                .iter()
                .filter(|phrase| {
                    truth
                        .iter()
                        .any(|span| (span.start - phrase.start).0.abs() <= 0.15)
                })
                .count() as f64
                / phrases.len() as f64;
            assert!(
                share > 0.85,
                "{name}: {share} of the phrases begin where a row does"
            );
        }
    }

    /// Noise-like syllables, four a second, from 1 to 3 s and from 4 to 6 s, over what `under` makes.
    fn babble(under: &str) -> Option<Speech> {
        let voice = "if(between(t\\,1\\,3)+between(t\\,4\\,6)\\,(0.6+0.4*sin(2*PI*4*t))*(random(0)-0.5)\\,0)";
        let line = format!(
            "-f lavfi -i aevalsrc={voice}:s=16000:d=7 -f lavfi -i {under}:r=16000:d=7 \
             -f lavfi -i color=size=32x32:duration=7 -filter_complex amix=inputs=2:normalize=0 \
             -map 2:v -c:a pcm_s16le -t 7"
        );
        make("babble.mkv", &line).map(|video| find_speech(&video.path, None, &Watch::default()).unwrap())
    }

    #[test]
    fn noise_and_held_notes_are_no_speech() {
        for under in ["anullsrc=cl=mono", "sine=f=440"] {
            let Some(speech) = babble(under) else {
                return;
            };
            let phrases = speech.phrases(Seconds(0.5));
            assert_eq!(phrases.len(), 2, "{under}: {phrases:?}");
            for (phrase, (start, end)) in phrases.iter().zip([(1.0, 3.0), (4.0, 6.0)]) {
                assert!(
                    (phrase.start.0 - start).abs() < 0.05 && (phrase.end.0 - end).abs() < 0.05,
                    "{under}: {phrase:?}"
                );
            }
        }
    }

    #[test]
    fn what_was_heard_is_kept() {
        let line = "-f lavfi -i color=size=32x32:duration=2 -f lavfi -i anoisesrc=duration=2 -shortest";
        let Some(video) = make("a.mkv", line) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let listen = || find_speech(&video.path, Some(folder.path()), &Watch::default());
        let first = listen().unwrap();
        assert!((first.duration.0 - 2.0).abs() < 0.1);
        let cancelled = Watch::default();
        cancelled.cancel();
        // Cancelled work ends, unless there is nothing to do.
        assert!(find_speech(&video.path, None, &cancelled).is_err());
        assert_eq!(
            find_speech(&video.path, Some(folder.path()), &cancelled).unwrap(),
            first
        );
    }

    #[test]
    fn silence_holds_no_speech() {
        let levels = BandLevels::default();
        assert!(segments(&levels).is_empty());
        let silent = BandLevels {
            rows: std::array::from_fn(|_| vec![-100.0; 3_000]),
        };
        assert!(segments(&silent).is_empty());
    }
}

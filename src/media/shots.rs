//! Where one shot of a video is cut to the next.

use super::error::MediaError;
use super::kept::{keep, kept_file};
use super::look::Look;
use super::probe;
use super::rgb::RgbConversion;
use super::sampling::sample_by;
use crate::jobs::Watch;
use crate::project::{Sampling, Seconds};
use std::collections::VecDeque;
use std::path::Path;

/// Pictures are looked at no more often than this, in seconds.
const SHORTEST_STEP: f64 = 1.0 / 31.0;

/// What comes and goes within this time, in seconds, is a flash or a fault and no shot.
const FLASH: f64 = 0.25;

/// Pictures that differ by less than this belong together.
const ALIKE: f32 = 0.16;

/// In a shot that moves, a cut differs this many times as much as the pictures around it do.
const AGAINST_MOTION: f32 = 3.0;

/// Motion is judged by what happens within this time of a picture, in seconds.
const AROUND: f64 = 0.5;

/// The shots of a video.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shots {
    /// When each shot but the first begins: the time of its first picture, in order.
    pub cuts: Vec<Seconds>,
}

/// Finds the hard cuts of a video, or reads what an earlier time left in the folder `cache`. Fades and dissolves are
/// no cuts, nor are flashes. Every picture is decoded: this takes a while.
///
/// # Errors
/// When the file cannot be read, is not a video, no picture can be decoded, or `watch` is cancelled. A cache that
/// cannot be read or written is no error.
pub fn find_shots(video: &Path, cache: Option<&Path>, watch: &Watch) -> Result<Shots, MediaError> {
    let kept = cache.map(|folder| kept_file(folder, video, "shots 1"));
    if let Some(shots) = kept.as_deref().and_then(read) {
        return Ok(shots);
    }
    watch.say("looking for cuts");
    let rate = Some(probe(video)?.frame_rate)
        .filter(|rate| *rate > 0.0)
        .unwrap_or(25.0);
    let every = (SHORTEST_STEP * rate).ceil() / rate;
    let sampling = Sampling {
        every: Seconds(every),
        width: Look::WIDTH,
        height: Look::HEIGHT,
        ..Sampling::default()
    };
    let mut changes = Changes::default();
    sample_by(RgbConversion::quick(), video, &sampling, watch, &mut |frame| {
        changes.take(frame.shown_at, &frame.rgb);
    })?;
    let shots = Shots { cuts: changes.cuts() };
    if let Some(path) = kept {
        let bytes: Vec<u8> = shots.cuts.iter().flat_map(|cut| cut.0.to_le_bytes()).collect();
        keep(&path, |file| {
            file.write_all(&(shots.cuts.len() as u64).to_le_bytes())?;
            file.write_all(&bytes)
        });
    }
    Ok(shots)
}

fn read(path: &Path) -> Option<Shots> {
    let bytes = std::fs::read(path).ok()?;
    let (count, cuts) = bytes.split_first_chunk()?;
    let (cuts, rest) = cuts.as_chunks();
    let cuts: Vec<Seconds> = cuts.iter().map(|cut| Seconds(f64::from_le_bytes(*cut))).collect();
    (rest.is_empty() && cuts.len() as u64 == u64::from_le_bytes(*count)).then_some(Shots { cuts })
}

/// A picture that is not the same as the one before.
struct Change {
    time: Seconds,
    /// How much it differs from the picture before it.
    step: f32,
    /// The same, but little where a flash begins or ends: how much it differs at least from pictures soon before or
    /// after that something else came between.
    lasting: f32,
}

/// What changes from picture to picture.
#[derive(Default)]
struct Changes {
    changes: Vec<Change>,
    /// The last pictures, within [`FLASH`].
    recent: VecDeque<(Seconds, Look)>,
}

impl Changes {
    fn take(&mut self, time: Seconds, rgb: &[u8]) {
        if self.recent.back().is_some_and(|(shown, _)| *shown == time) {
            return;
        }
        let look = Look::of(rgb);
        let step = self
            .recent
            .back()
            .map_or(0.0, |(_, before)| look.difference(before));
        // What came after an earlier picture that looks like this one was only a flash, and so is the way back.
        let mut lasting = step;
        for (back, (_, earlier)) in self.recent.iter().rev().enumerate().skip(1) {
            let place = self.changes.len() - back;
            if let Some(change) = self.changes.get_mut(place)
                && change.step > ALIKE
            {
                let difference = look.difference(earlier);
                change.lasting = change.lasting.min(difference);
                lasting = lasting.min(difference);
            }
        }
        self.changes.push(Change { time, step, lasting });
        while self
            .recent
            .front()
            .is_some_and(|(shown, _)| shown.0 < time.0 - FLASH)
        {
            self.recent.pop_front();
        }
        self.recent.push_back((time, look));
    }

    fn cuts(&self) -> Vec<Seconds> {
        let mut cuts: Vec<&Change> = Vec::new();
        for (place, change) in self.changes.iter().enumerate() {
            if change.step.min(change.lasting) < ALIKE.max(AGAINST_MOTION * self.motion(place)) {
                continue;
            }
            match cuts.last_mut() {
                // A flash or a few mixed pictures between two shots: one cut, where most changes.
                Some(last) if change.time.0 - last.time.0 < FLASH => {
                    if change.step > last.step {
                        *last = change;
                    }
                }
                _ => cuts.push(change),
            }
        }
        cuts.into_iter().map(|cut| cut.time).collect()
    }

    /// How much pictures around this one usually differ.
    fn motion(&self, place: usize) -> f32 {
        let Some(here) = self.changes.get(place) else {
            return 0.0;
        };
        let near = |change: &&Change| (change.time.0 - here.time.0).abs() < AROUND;
        let before = self.changes.iter().take(place).rev().take_while(near);
        let after = self.changes.iter().skip(place + 1).take_while(near);
        let mut steps: Vec<f32> = before.chain(after).map(|change| change.step).collect();
        let middle = steps.len() / 2;
        if steps.is_empty() {
            return 0.0;
        }
        *steps.select_nth_unstable_by(middle, f32::total_cmp).1
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_videos::make;
    use super::*;

    fn cuts(name: &str, line: &str) -> Option<Vec<f64>> {
        let coding = "-c:v libx264 -pix_fmt yuv420p -g 250";
        let video = make(name, &format!("{line} {coding}"))?;
        let shots = find_shots(&video.path, None, &Watch::default()).unwrap();
        Some(
            shots
                .cuts
                .iter()
                .map(|cut| (cut.0 * 25.0).round() / 25.0)
                .collect(),
        )
    }

    const FOUR: &str = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 \
        -f lavfi -i mandelbrot=size=320x180:rate=25 \
        -f lavfi -i color=c=0x305080:size=320x180:rate=25:duration=1.2 \
        -f lavfi -i smptebars=size=320x180:rate=25:duration=2";

    #[test]
    fn hard_cuts_are_found_to_the_picture() {
        let line = format!("{FOUR} -filter_complex [1]trim=duration=3[m];[0][m][2][3]concat=n=4");
        if let Some(cuts) = cuts("a.mp4", &line) {
            assert_eq!(cuts, [2.0, 5.0, 6.2]);
        }
    }

    #[test]
    fn fades_flashes_and_motion_are_no_cuts() {
        for (name, filter, expected) in [
            ("fade", "[3]trim=duration=2,fade=in:0:40,fade=out:10:40", &[][..]),
            (
                "dissolve",
                "[0]settb=1/25[a];[3]settb=1/25[b];[a][b]xfade=duration=1.2:offset=0.6",
                &[],
            ),
            (
                "flash",
                "[3]lutrgb=r=255:g=255:b=255:enable='between(t,0.99,1.1)'",
                &[],
            ),
            (
                "flash-on-cut",
                "[0]lutrgb=r=255:g=255:b=255:enable='gte(t,1.9)'[a];[a][3]concat=n=2",
                &[2.0],
            ),
            ("motion", "[0]scroll=horizontal=0.05:vertical=0.03", &[]),
        ] {
            // Every input must be used by someone.
            let line = format!("{FOUR} -filter_complex {filter}[v] -map [v] -t 5");
            let Some(cuts) = cuts(&format!("{name}.mp4"), &line) else {
                continue;
            };
            let near = |(a, b): (&f64, &f64)| (a - b).abs() < 0.13;
            assert!(
                cuts.len() == expected.len() && cuts.iter().zip(expected).all(near),
                "{name}: {cuts:?}"
            );
        }
    }

    #[test]
    fn cuts_in_a_moving_picture_are_found() {
        let line = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 -f lavfi -i life=size=320x180:rate=25:mold=10:ratio=0.1:death_color=0xC83232:life_color=0x00ff00 \
            -filter_complex [0]scroll=horizontal=0.02[a];[1]trim=duration=2[b];[a][b]concat=n=2";
        if let Some(cuts) = cuts("a.mp4", line) {
            assert_eq!(cuts, [2.0]);
        }
    }

    #[test]
    fn the_news_video_is_cut_where_its_pictures_change() {
        let path = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../shared/data/us_new_variant.mp4"
        ));
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let shots = find_shots(path, Some(folder.path()), &Watch::default()).unwrap();
        // A picture is held for 2 s each: these are the first of another scene, as a person sees them.
        let scenes = [
            6, 10, 14, 16, 18, 20, 22, 26, 46, 50, 58, 66, 80, 94, 100, 102, 112, 126, 132, 146, 160, 162,
            176, 186, 212,
        ];
        let found: Vec<i32> = shots.cuts.iter().map(|cut| cut.0.round() as i32).collect();
        assert!(scenes.iter().all(|scene| found.contains(scene)), "{found:?}");
        // Where something moved far in the 2 s that are left out between the pictures, a cut is seen too.
        assert!(found.len() <= scenes.len() + 4, "{found:?}");
        assert_eq!(
            read(&kept_file(folder.path(), path, "shots 1")),
            Some(shots.clone())
        );
        assert_eq!(
            find_shots(path, Some(folder.path()), &Watch::default()).unwrap(),
            shots
        );
    }
}

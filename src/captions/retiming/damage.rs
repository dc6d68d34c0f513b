//! Transcripts damaged on purpose, for the tests: what recognisers do, with the answer.

use crate::project::{CaptionTrack, Cue, Seconds};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// What happened to a cue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fate {
    /// The true cues in it, as places in the true transcript.
    pub sources: Vec<usize>,
    pub is_moved: bool,
    /// A true cue next to it was dropped.
    pub lost_neighbour: bool,
}

impl Fate {
    pub(crate) fn is_sound(&self) -> bool {
        self.sources.len() == 1 && !self.is_moved && !self.lost_neighbour
    }
}

/// Damages true cues: drift of up to 3 %, an offset of up to 30 s, up to two jumps of 3 to 10 s, cues merged, dropped
/// and moved, and jitter of 0.3 s. The fates are in the order of the track.
pub(crate) fn damaged(truth: &[Cue], seed: u64) -> (CaptionTrack, Vec<Fate>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let signed = |random: &mut Xoshiro256PlusPlus, from: f64, to: f64| {
        random.gen_range(from..to) * if random.gen_bool(0.5) { 1.0 } else { -1.0 }
    };
    let drift = random.gen_range(-0.03..0.03);
    let offset = if random.gen_bool(0.7) {
        random.gen_range(-30.0..30.0)
    } else {
        0.0
    };
    let jumps: Vec<(usize, f64)> = (0..random.gen_range(0..3))
        .map(|_| {
            let at = random.gen_range(10..truth.len() - 10);
            (at, signed(&mut random, 3.0, 10.0))
        })
        .collect();
    let stretch = if random.gen_bool(0.5) { 1.0 + drift } else { 1.0 };
    let end_jitter = [0.0, 0.1, 0.2][random.gen_range(0..3)];
    let mut rows: Vec<(Cue, Fate)> = Vec::new();
    let mut lost = false;
    let mut index = 0;
    while let Some(cue) = truth.get(index) {
        if random.gen_bool(0.055) {
            if let Some((_, fate)) = rows.last_mut() {
                fate.lost_neighbour = true;
            }
            lost = true;
            index += 1;
            continue;
        }
        let mut fate = Fate {
            sources: vec![index],
            is_moved: false,
            lost_neighbour: lost,
        };
        lost = false;
        let (mut end, mut text) = (cue.end.0, cue.text.clone());
        let mut move_by = 0.0;
        match truth.get(index + 1) {
            Some(next) if random.gen_bool(0.09) => {
                fate.sources.push(index + 1);
                end = next.end.0;
                text = text + " " + &next.text;
            }
            _ if random.gen_bool(0.06) => {
                fate.is_moved = true;
                move_by = signed(&mut random, 2.0, 3.5);
            }
            _ => {}
        }
        let jumped: f64 = jumps
            .iter()
            .filter(|(at, _)| index >= *at)
            .map(|(_, by)| by)
            .sum();
        let start = cue.start.0 * (1.0 + drift) + offset + jumped + move_by + random.gen_range(-0.3..0.3);
        let end =
            start + ((end - cue.start.0) * stretch + random.gen_range(-1.0..1.0) * end_jitter).max(0.05);
        index += fate.sources.len();
        if end > 0.2 {
            rows.push((Cue::new(Seconds(start.max(0.0)), Seconds(end), text), fate));
        }
    }
    rows.sort_by(|(a, _), (b, _)| a.start.order(&b.start));
    let (cues, fates) = rows.into_iter().unzip();
    (CaptionTrack::new(cues), fates)
}

//! Stretches of the transcript that would fit better some pairs earlier or later.

use super::saying::{Said, Spoken, apart, pace};
use super::unseen::UnseenScores;
use crate::project::{Pair, Seconds};
use serde::{Deserialize, Serialize};

/// Pairs that a stretch may be moved by.
pub const FARTHEST: isize = 5;
/// What a change of the shift costs, in deviations of the scores: a stretch must gain twice as much, for its beginning and
/// its end.
const CHANGE: f64 = 6.0;
/// Deviations beyond which a score counts no more: one odd frame is no stretch.
const ODD: f64 = 3.0;
/// Fewest pairs of a stretch.
const SHORTEST: usize = 6;

/// A stretch whose captions seem to stand at the wrong frames.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProposedShift {
    /// First pair whose frame fits another caption.
    pub first: usize,
    /// Last such pair.
    pub last: usize,
    /// The caption that fits stands so many pairs later; negative where it stands earlier.
    pub by: isize,
    /// By how much its captions should be moved: the median way from a caption to the frame that it fits.
    pub seconds: Seconds,
    /// How much better it fits than as it is, in deviations of the scores a pair.
    pub gain: f64,
}

/// The stretches that would fit better within five pairs earlier or later, in order: the path of the largest score through
/// the shifts, where every change of the shift costs (Viterbi 1967, in a band).
#[must_use]
pub fn proposed_shifts(Gains(gains): &Gains, pairs: &[Pair]) -> Vec<ProposedShift> {
    let path = best_path(gains);
    let mut stretches = Vec::new();
    let mut first = 0;
    for run in path.chunk_by(|a, b| a == b) {
        let range = first..first + run.len();
        first = range.end;
        let by = run.first().copied().unwrap_or(0);
        if by == 0 || run.len() < SHORTEST {
            continue;
        }
        let gain = |row: usize| {
            let of = |by: isize| gains.get(row).and_then(|row| row.get(state(by))).copied();
            of(by).unwrap_or(0.0) - of(0).unwrap_or(0.0)
        };
        stretches.push(ProposedShift {
            first: range.start,
            last: range.end - 1,
            by,
            seconds: way(pairs, range.clone(), by),
            gain: range.map(gain).sum::<f64>() / run.len() as f64,
        });
    }
    stretches
}

/// Place of a shift among those that are tried.
const fn state(by: isize) -> usize {
    (by + FARTHEST).unsigned_abs()
}

/// Shifts that are tried.
const STATES: usize = state(FARTHEST) + 1;

/// How well each frame fits the caption of each shift, from the earliest to the latest, in deviations of one kind of evidence.
/// Nothing is said for, or against, a caption that is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Gains(Vec<[f64; STATES]>);

impl Gains {
    /// By the scores of pictures and words.
    #[must_use]
    pub fn of_pictures(scores: &UnseenScores) -> Self {
        Self::of(scores.len(), |frame, caption| {
            scores.fit(frame, caption).map(f64::from)
        })
    }

    /// By how the captions would be said: as fast as is usual in the video, and with the ends of their clauses in the pauses.
    /// `spoken` is the speech in the time of each pair, `said` its caption.
    #[must_use]
    pub fn of_speech(spoken: &[Spoken], said: &[Said]) -> Self {
        let at = |place: usize, caption: usize| Some((spoken.get(place)?, said.get(caption)?));
        let pace =
            |place: usize, caption: usize| at(place, caption).and_then(|(spoken, said)| pace(spoken, said));
        let count = spoken.len();
        let mut paces: Vec<f64> = (0..count).filter_map(|place| pace(place, place)).collect();
        paces.sort_by(f64::total_cmp);
        let usual = paces.get(paces.len() / 2).copied().unwrap_or_default();
        let by_pace = Self::of(count, |place, caption| {
            Some(-(pace(place, caption)? - usual).abs())
        });
        let by_pauses = Self::of(count, |place, caption| {
            at(place, caption).and_then(|(spoken, said)| Some(-apart(spoken, said)?))
        });
        by_pace.and(&by_pauses)
    }

    /// By how well each frame fits each caption, with what is usual for the frame and for the caption taken off.
    fn of(count: usize, fit: impl Fn(usize, usize) -> Option<f64>) -> Self {
        let fits: Vec<Vec<Option<f64>>> = (0..count)
            .map(|frame| (0..count).map(|caption| fit(frame, caption)).collect())
            .collect();
        let at = |frame: usize, caption: usize| fits.get(frame)?.get(caption).copied().flatten();
        let frames: Vec<f64> = fits
            .iter()
            .map(|row| mean(row.iter().copied().flatten()))
            .collect();
        let captions: Vec<f64> = (0..count)
            .map(|caption| mean((0..count).filter_map(|frame| at(frame, caption))))
            .collect();
        let all = mean(frames.iter().copied());
        let beyond = |frame: usize, caption: usize| {
            let usual = frames.get(frame)? + captions.get(caption)? - all;
            Some(at(frame, caption)? - usual)
        };
        let places = (0..count).flat_map(|frame| (0..count).map(move |caption| (frame, caption)));
        let squares = places.filter_map(|(frame, caption)| beyond(frame, caption).map(|value| value * value));
        let deviation = mean(squares).sqrt().max(1e-9);
        let gain = |frame: usize, place: usize| {
            let caption = (frame + place).checked_sub(FARTHEST.unsigned_abs())?;
            Some((beyond(frame, caption)? / deviation).clamp(-ODD, ODD))
        };
        let row = |frame| std::array::from_fn(|place| gain(frame, place).unwrap_or(0.0));
        Self((0..count).map(row).collect())
    }

    /// Both kinds of evidence together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
        self
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, of) = values.fold((0.0, 0.0), |(sum, of), value| (sum + value, of + 1.0));
    sum / f64::max(of, 1.0)
}

/// The shift of each frame on the path of the largest sum of gains; a change costs. Before the first frame and behind the last
/// nothing is shifted, so that a stretch at an end of the video is no cheaper than another.
fn best_path(gains: &[[f64; STATES]]) -> Vec<isize> {
    let mut sums = [-CHANGE; STATES];
    if let Some(sum) = sums.get_mut(state(0)) {
        *sum = 0.0;
    }
    let mut origins: Vec<[usize; STATES]> = Vec::with_capacity(gains.len());
    let largest = |sums: &[f64; STATES]| {
        // The middle wins among equals: where nothing is known, nothing is moved.
        let mut best = (state(0), sums.get(state(0)).copied().unwrap_or(0.0));
        for (place, &sum) in sums.iter().enumerate() {
            if sum > best.1 {
                best = (place, sum);
            }
        }
        best
    };
    for gains in gains {
        let (from, best) = largest(&sums);
        let mut origin = [0; STATES];
        for (place, ((sum, origin), gain)) in sums.iter_mut().zip(&mut origin).zip(gains).enumerate() {
            (*sum, *origin) = if best - CHANGE > *sum {
                (best - CHANGE, from)
            } else {
                (*sum, place)
            };
            *sum += gain;
        }
        origins.push(origin);
    }
    for (place, sum) in sums.iter_mut().enumerate() {
        *sum -= if place == state(0) { 0.0 } else { CHANGE };
    }
    let mut place = largest(&sums).0;
    let mut path = Vec::with_capacity(gains.len());
    for origin in origins.iter().rev() {
        path.push(place as isize - FARTHEST);
        place = origin.get(place).copied().unwrap_or(place);
    }
    path.reverse();
    path
}

/// The median way in time from the captions of these frames, so many pairs on, to the frames.
fn way(pairs: &[Pair], frames: std::ops::Range<usize>, by: isize) -> Seconds {
    let time = |row: usize| pairs.get(row).map(|pair| pair.time);
    let mut ways: Vec<Seconds> = frames
        .filter_map(|frame| Some(time(frame)? - time(frame.checked_add_signed(by)?)?))
        .collect();
    ways.sort_by(Seconds::order);
    ways.get(ways.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::sized_dataset;
    use ndarray::Array2;

    /// Scores where each frame fits the caption so many pairs on best, with some noise.
    fn scores(fits: impl Fn(usize) -> usize, count: usize) -> UnseenScores {
        let matrix = Array2::from_shape_fn((count, count), |(frame, caption)| {
            let noise = ((frame * 31 + caption * 17) % 13) as f32 / 13.0;
            noise + if caption == fits(frame) { 1.5 } else { 0.0 }
        });
        UnseenScores::of(matrix)
    }

    #[test]
    fn a_stretch_that_is_shifted_is_found_with_its_way_in_seconds() {
        let dataset = sized_dataset(80, 2, 2, 3);
        let shifted = scores(
            |frame| {
                if (30..50).contains(&frame) {
                    frame - 3
                } else {
                    frame
                }
            },
            80,
        );
        let [found] = proposed_shifts(&Gains::of_pictures(&shifted), &dataset.pairs)[..] else {
            panic!("not one stretch");
        };
        assert_eq!((found.first, found.last, found.by), (30, 49, -3));
        // Two seconds a pair: the captions stand too early.
        assert_eq!(found.seconds, Seconds(6.0));
        assert!(found.gain > 1.0);
    }

    #[test]
    fn a_sound_transcript_and_a_single_odd_pair_are_left_alone() {
        let dataset = sized_dataset(80, 2, 2, 3);
        assert!(proposed_shifts(&Gains::of_pictures(&scores(|frame| frame, 80)), &dataset.pairs).is_empty());
        let odd = scores(|frame| if frame == 40 { 43 } else { frame }, 80);
        assert!(proposed_shifts(&Gains::of_pictures(&odd), &dataset.pairs).is_empty());
        let mut silent = scores(|frame| frame, 80);
        silent.captions.fill(None);
        assert!(proposed_shifts(&Gains::of_pictures(&silent), &dataset.pairs).is_empty());
    }

    #[test]
    fn a_stretch_at_an_end_of_the_video_is_no_cheaper_than_another() {
        let gains = |from: usize, gain: f64| -> Vec<[f64; STATES]> {
            let row = |frame: usize| {
                // Where nothing is shifted, each frame fits its own caption a little better.
                let (fits, better) = if (from..from + 10).contains(&frame) {
                    (state(-5), gain)
                } else {
                    (state(0), 0.1)
                };
                std::array::from_fn(|place| if place == fits { better } else { 0.0 })
            };
            (0..40).map(row).collect()
        };
        for from in [0, 15, 30] {
            assert!(best_path(&gains(from, 1.1)).iter().all(|by| *by == 0), "{from}");
            let moved = best_path(&gains(from, 1.3));
            assert_eq!(moved.iter().filter(|by| **by == -5).count(), 10, "{from}");
        }
    }

    #[test]
    fn lengths_and_pauses_find_a_shift_by_themselves() {
        let dataset = sized_dataset(90, 2, 2, 3);
        let share = |pair: usize| ((pair * 29) % 83) as f64 / 100.0 + 0.05;
        let said: Vec<Said> = (0..90)
            .map(|pair| Said {
                syllables: (20 + (pair * 37) % 23) as f64,
                breaks: vec![share(pair)],
            })
            .collect();
        let shown = |pair: usize| if (40..65).contains(&pair) { pair + 3 } else { pair };
        let spoken: Vec<Spoken> = (0..90)
            .map(|pair| Spoken {
                length: said[shown(pair)].syllables / 4.0 * (1.0 + ((pair * 13) % 7) as f64 / 50.0),
                pauses: vec![(share(shown(pair)) + 0.01, 0.3)],
            })
            .collect();
        let [found] = proposed_shifts(&Gains::of_speech(&spoken, &said), &dataset.pairs)[..] else {
            panic!("not one stretch");
        };
        assert!(
            found.by == 3 && found.first.abs_diff(40) <= 1 && found.last.abs_diff(64) <= 1,
            "{found:?}"
        );
        let nothing = Gains::of_speech(&vec![Spoken::default(); 90], &said);
        assert!(proposed_shifts(&nothing, &dataset.pairs).is_empty());
        let both = Gains::of_speech(&spoken, &said).and(&nothing);
        assert_eq!(both, Gains::of_speech(&spoken, &said));
    }
}

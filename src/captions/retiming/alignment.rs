//! A transcript laid on speech: the scales are learned in a few rounds, then what was passed over is placed.

use super::atoms::Atoms;
use super::costs::Scales;
use super::leftovers::place_leftovers;
use super::lines::Lines;
use super::matching::{Matching, Reach, matched};
use super::placement::Placement;
use crate::jobs::{Cancelled, Watch};

/// Drifts that are tried at first, seconds a second.
const DRIFTS: [f64; 7] = [0.0, -0.01, 0.01, -0.02, 0.02, -0.03, 0.03];
/// Cues from which the drift is guessed.
const SAMPLE: usize = 400;
/// Rounds in which the scales are learned.
const ROUNDS: usize = 2;
/// The drift is measured between cues this far apart.
const BASELINE: usize = 5;

/// Where every cue of a transcript belongs.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::captions) struct Alignment {
    /// One for each line; none where no speech fits.
    pub placements: Vec<Option<Placement>>,
    /// Whether the line was placed by itself, away from where its neighbours lead one to expect it.
    pub stray: Vec<bool>,
    /// The shift of each line, in seconds: its own where it follows its neighbours, otherwise theirs.
    pub shifts: Vec<f64>,
    /// What was learned.
    pub scales: Scales,
}

/// Lays lines on atoms; none where there is no speech, no line, or nothing matches.
pub(in crate::captions) fn align(
    lines: &Lines,
    atoms: &Atoms,
    watch: &Watch,
) -> Result<Option<Alignment>, Cancelled> {
    let (Some(first), Some(last)) = (lines.list.first(), lines.list.last()) else {
        return Ok(None);
    };
    if atoms.len() == 0 {
        return Ok(None);
    }
    let syllables: f64 = lines.list.iter().map(|line| line.syllables).sum();
    let rate = atoms.spoken() / syllables;
    let sample = Lines {
        list: lines.list.iter().take(SAMPLE).copied().collect(),
        are_gapless: lines.are_gapless,
    };
    let length = last.start - first.start;
    let wide = Reach {
        around: 0.0,
        window: 45.0 + (0.03 * length).min(60.0),
        beam: 48,
    };
    let mut best: Option<(Matching, Scales)> = None;
    for drift in DRIFTS {
        let scales = Scales::first_guess(drift, rate, lines.are_gapless);
        let found = matched(&sample, atoms, &scales, wide, watch)?;
        if best.as_ref().is_none_or(|(other, _)| found.cost < other.cost) {
            best = Some((found, scales));
        }
    }
    let Some((mut found, mut scales)) = best else {
        return Ok(None);
    };
    let mut seen = &sample;
    for _ in 0..ROUNDS {
        scales = learned(seen, atoms, &found.placements, scales);
        let reach = if lines.list.len() > SAMPLE {
            let shift = found.placements.iter().zip(&seen.list);
            let around = shift
                .clone()
                .find_map(|(place, line)| Some(place.as_ref()?.start - line.start));
            Reach {
                around: around.unwrap_or_default(),
                window: 30.0,
                beam: 12,
            }
        } else {
            wide
        };
        found = matched(lines, atoms, &scales, reach, watch)?;
        seen = lines;
    }
    Ok(finished(lines, atoms, found.placements, scales))
}

/// The scales that the placements found speak for.
fn learned(lines: &Lines, atoms: &Atoms, placements: &[Option<Placement>], before: Scales) -> Scales {
    let placed: Vec<_> = lines
        .list
        .iter()
        .zip(placements)
        .filter_map(|(line, place)| Some((line, place.as_ref()?)))
        .filter(|(line, _)| !line.is_locked)
        .collect();
    let shift = |index: usize| {
        placed
            .get(index)
            .map(|(line, place)| (line.start, place.start - line.start))
    };
    let slopes = (0..placed.len()).filter_map(|index| {
        let ((from, a), (to, b)) = (shift(index)?, shift(index + BASELINE)?);
        (to - from > 1.0).then(|| (b - a) / (to - from))
    });
    let drift = median(slopes).unwrap_or(before.drift).clamp(-0.06, 0.06);
    let heard = |place: &Placement| {
        let end = atoms.get(place.last).map_or(place.start, |atom| atom.end);
        end - place.start
    };
    let spoken = |place: &Placement| atoms.spoken_before(place.last + 1) - atoms.spoken_before(place.first);
    let ratios = placed
        .iter()
        .filter(|(line, place)| (heard(place) - line.length).abs() < 1.0)
        .map(|(line, place)| heard(place) / line.length);
    let stretch = if lines.are_gapless {
        1.0 + drift
    } else {
        median(ratios).unwrap_or(1.0).clamp(0.9, 1.1)
    };
    let errors = placed
        .iter()
        .map(|(line, place)| (heard(place) - line.length * stretch).abs());
    let length = if lines.are_gapless {
        1.0
    } else {
        median(errors).map_or(before.length, |error| error.clamp(0.03, 0.5))
    };
    let rate = median(placed.iter().map(|(line, place)| spoken(place) / line.syllables));
    let rate = rate.filter(|rate| *rate > 0.0).unwrap_or(before.rate);
    let paces = placed
        .iter()
        .map(|(line, place)| (spoken(place) / (line.syllables * rate)).ln().abs());
    let pace = median(paces).map_or(before.pace, |error| error.clamp(0.05, 0.5));
    let steps = (0..placed.len()).filter_map(|index| {
        let ((from, a), (to, b)) = (shift(index)?, shift(index + 1)?);
        Some((b - a - drift * (to - from)).abs())
    });
    // A normal error is 1.48 times its median.
    let step = median(steps).map_or(before.step, |error| (1.48 * error).clamp(0.15, 0.5));
    Scales {
        drift,
        stretch,
        rate,
        length,
        pace,
        step,
        is_gapless: lines.are_gapless,
    }
}

fn finished(
    lines: &Lines,
    atoms: &Atoms,
    mut placements: Vec<Option<Placement>>,
    scales: Scales,
) -> Option<Alignment> {
    let chain: Vec<(f64, f64)> = lines
        .list
        .iter()
        .zip(&placements)
        .filter_map(|(line, place)| Some((line.start, place.as_ref()?.start - line.start)))
        .collect();
    if chain.is_empty() {
        return None;
    }
    let calm = calmed(&chain);
    let mut shifts: Vec<f64> = lines
        .list
        .iter()
        .map(|line| interpolated(&calm, line.start))
        .collect();
    place_leftovers(lines, atoms, &scales, &shifts, &mut placements);
    let mut stray = vec![false; placements.len()];
    let rows = lines
        .list
        .iter()
        .zip(&placements)
        .zip(shifts.iter_mut().zip(&mut stray));
    for ((line, place), (shift, is_stray)) in rows {
        let Some(place) = place else { continue };
        let own = place.start - line.start;
        *is_stray = (own - *shift).abs() > STRAY;
        if !*is_stray {
            *shift = own;
        }
    }
    Some(Alignment {
        placements,
        stray,
        shifts,
        scales,
    })
}

/// A cue this far off its neighbours was moved by itself; seconds.
pub(super) const STRAY: f64 = 1.0;

/// Shifts with those of single strays replaced by what is usual around them.
pub(super) fn calmed(chain: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let usual = |index: usize| {
        let around = chain.get(index.saturating_sub(2)..(index + 3).min(chain.len()));
        median(around.unwrap_or_default().iter().map(|(_, shift)| *shift))
    };
    let calm = chain.iter().enumerate().map(|(index, (time, shift))| {
        let usual = usual(index).unwrap_or(*shift);
        let is_stray = (shift - usual).abs() > STRAY;
        (*time, if is_stray { usual } else { *shift })
    });
    calm.collect()
}

/// The value at a time of a line through points in order of time, level before the first and after the last.
pub(super) fn interpolated(points: &[(f64, f64)], time: f64) -> f64 {
    let after = points.partition_point(|(at, _)| *at < time);
    let (next, last) = (
        points.get(after),
        after.checked_sub(1).and_then(|i| points.get(i)),
    );
    match (last, next) {
        (Some((t0, v0)), Some((t1, v1))) if t1 > t0 => v0 + (v1 - v0) * (time - t0) / (t1 - t0),
        (_, Some((_, value))) | (Some((_, value)), None) => *value,
        (None, None) => 0.0,
    }
}

/// The middle value; none of none.
pub(in crate::captions) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

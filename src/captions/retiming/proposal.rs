//! New times for a whole transcript, for the analyst to accept or not.

use super::alignment::{Alignment, align, interpolated};
use super::atoms::Atoms;
use super::change::{Retiming, to_millis};
use super::diagnosis::Diagnosis;
use super::lines::{Line, Lines};
use crate::jobs::{Cancelled, Watch};
use crate::project::{CaptionTrack, Seconds, Speech};
use serde::Serialize;

/// What is wrong with the times, and what would make them right.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Proposal {
    /// What is wrong as a whole; its `Display` says it in words.
    pub diagnosis: Diagnosis,
    /// New times, in the order of the transcript. Cues that are right, and locked ones, are not among them.
    pub changes: Vec<Retiming>,
}

/// A start this near the speech is right, in seconds.
const RIGHT: f64 = 0.3;
/// A transcript is right as a whole when this share of its cues is. Then only the others are moved.
const MOST: f64 = 0.9;
/// Smaller changes are not worth making.
const TRIFLE: f64 = 0.1;
/// Speech may end this much off the length of the cue, or this share of it, for the cue to end with it.
const END_OFF: f64 = 0.5;
const END_SHARE: f64 = 0.15;
/// No cue is made shorter than this by a neighbour.
const SHORTEST: f64 = 0.1;

/// Matches a transcript with the speech of its video and proposes new times: an offset, a drift, jumps, and cues
/// moved by themselves are found together. Cues that were merged from several are kept whole; where cues were lost,
/// speech stays without one. Locked cues are taken as right and hold the others.
///
/// # Errors
/// When `watch` is cancelled.
pub fn propose(
    track: &CaptionTrack,
    speech: &Speech,
    cuts: &[Seconds],
    watch: &Watch,
) -> Result<Proposal, Cancelled> {
    let lines = Lines::new(&track.cues);
    let atoms = Atoms::new(speech, cuts);
    let Some(alignment) = align(&lines, &atoms, watch)? else {
        let diagnosis = Diagnosis {
            cues: lines.list.len(),
            ..Diagnosis::default()
        };
        return Ok(Proposal {
            diagnosis,
            ..Proposal::default()
        });
    };
    Ok(Proposal {
        diagnosis: Diagnosis::of(&lines, &alignment),
        changes: changes(&lines, &atoms, &alignment),
    })
}

fn changes(lines: &Lines, atoms: &Atoms, alignment: &Alignment) -> Vec<Retiming> {
    let starts = starts(lines, alignment);
    let placed = lines.list.iter().zip(&starts).zip(&alignment.placements);
    let placed = placed.filter_map(|((line, start), place)| place.map(|_| (line.start - start).abs()));
    let (right, all) = placed.fold((0_usize, 0_usize), |(right, all), off| {
        (right + usize::from(off <= RIGHT), all + 1)
    });
    let is_right = right as f64 >= MOST * all as f64;
    let trifle = if is_right { RIGHT } else { TRIFLE };
    let shifts: Vec<(f64, f64)> = lines
        .list
        .iter()
        .zip(&alignment.shifts)
        .map(|(line, shift)| (line.start, *shift))
        .collect();
    let mut changes = Vec::new();
    for (index, (line, start)) in lines.list.iter().zip(&starts).enumerate() {
        if line.is_locked || (line.start - start).abs() <= trifle {
            continue;
        }
        let end = if lines.touches_next(index) {
            starts.get(index + 1).copied()
        } else if lines.are_gapless {
            Some(line.end + interpolated(&shifts, line.end))
        } else {
            spoken_end(index, line, atoms, alignment)
        };
        let end = end
            .filter(|end| *end >= start + SHORTEST)
            .unwrap_or(start + line.length * alignment.scales.stretch);
        changes.push(Retiming {
            cue: line.id,
            start: to_millis(*start),
            end: to_millis(end),
            confidence: confidence(index, alignment),
            reason: reason(index, line, *start, alignment),
        });
    }
    changes
}

/// When each cue is to begin: with its speech, or, where it has none, along with its neighbours.
fn starts(lines: &Lines, alignment: &Alignment) -> Vec<f64> {
    let rows = lines
        .list
        .iter()
        .zip(&alignment.placements)
        .zip(&alignment.shifts);
    rows.map(|((line, place), shift)| {
        let start = place.map_or(line.start + shift, |place| place.start);
        if line.is_locked {
            line.start
        } else {
            start.max(0.0)
        }
    })
    .collect()
}

fn spoken_end(index: usize, line: &Line, atoms: &Atoms, alignment: &Alignment) -> Option<f64> {
    let place = alignment.placements.get(index)?.as_ref()?;
    let end = atoms.get(place.last)?.end;
    let length = line.length * alignment.scales.stretch;
    let is_near = (end - place.start - length).abs() <= END_OFF.max(length * END_SHARE);
    is_near.then_some(end)
}

fn confidence(index: usize, alignment: &Alignment) -> f64 {
    let is_stray = alignment.stray.get(index).copied().unwrap_or_default();
    match alignment.placements.get(index) {
        Some(Some(place)) => {
            let doubt = place.cost.max(0.0) + if is_stray { 2.0 } else { 0.0 };
            (-doubt / 6.0).exp()
        }
        _ => 0.3,
    }
}

fn reason(index: usize, line: &Line, start: f64, alignment: &Alignment) -> String {
    let by = start - line.start;
    let way = if by > 0.0 { "later" } else { "earlier" };
    let by = by.abs();
    let is_stray = alignment.stray.get(index).copied().unwrap_or_default();
    match alignment.placements.get(index) {
        Some(Some(_)) if is_stray => format!("off by itself: what it says starts {by:.1} s {way}"),
        Some(Some(_)) => format!("what it says starts {by:.1} s {way}"),
        _ => format!("moved {by:.1} s {way} along with its neighbours: no speech of its own was found"),
    }
}

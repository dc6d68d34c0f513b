//! Which speech each cue says: the cheapest way of laying the cues, in order, on the atoms of speech.
//!
//! A dynamic programme. A state is a cue laid on a run of atoms; what it costs depends on how well the length of the
//! cue and of its text fit the run, and, seen from the state before, on how far the shift between cue and speech
//! jumps, on speech left uncovered (a lost cue) and on speech said twice. A cue may be passed over; a cue moved by
//! itself is cheaper to pass over than to follow, and is placed afterwards.

use super::atoms::Atoms;
use super::costs::{FIRST_SHIFT, LOST, MOST_SKIPPED, OUTSIDE, SKIP, Scales, overlap_cost, uncovered_cost};
use super::lines::{Line, Lines};
use super::placement::{Placement, best_run, locked_place};
use crate::jobs::{Cancelled, Watch};

/// A locked cue cannot be passed over.
const LOCKED_SKIP: f64 = 1_000.0;

/// How far is looked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// The shift expected of the first cue, in seconds.
    pub around: f64,
    /// Shifts this far from the expected one are tried.
    pub window: f64,
    /// The best states kept for each cue.
    pub beam: usize,
}

/// The best way found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matching {
    pub cost: f64,
    /// One for each line; none where it was passed over.
    pub placements: Vec<Option<Placement>>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    place: Placement,
    total: f64,
    from: Option<(usize, usize)>,
}

/// Lays the lines on the atoms.
pub(super) fn matched(
    lines: &Lines,
    atoms: &Atoms,
    scales: &Scales,
    reach: Reach,
    watch: &Watch,
) -> Result<Matching, Cancelled> {
    let mut way = Way {
        lines,
        atoms,
        scales,
        skips: skips(lines),
        states: Vec::with_capacity(lines.list.len()),
        settled: None,
    };
    let mut expected = (0.0, reach.around);
    for (index, line) in lines.list.iter().enumerate() {
        if index % 256 == 0 {
            watch.check()?;
        }
        let centre = expected.1 + scales.drift * (line.start - expected.0);
        let mut states = way.states_of(index, line, centre, reach.window);
        states.sort_by(|a, b| a.total.total_cmp(&b.total));
        states.truncate(reach.beam);
        if let Some(best) = states.first() {
            expected = (line.start, best.place.start - line.start);
        }
        way.states.push(states);
        way.settle(index);
    }
    Ok(way.best())
}

/// Cost of passing over all lines before each, and all.
fn skips(lines: &Lines) -> Vec<f64> {
    let cost = |line: &Line| if line.is_locked { LOCKED_SKIP } else { SKIP };
    let mut total = 0.0;
    let before = |line: &Line| {
        let so_far = total;
        total += cost(line);
        so_far
    };
    let mut skips: Vec<f64> = lines.list.iter().map(before).collect();
    skips.push(total);
    skips
}

struct Way<'a> {
    lines: &'a Lines,
    atoms: &'a Atoms,
    scales: &'a Scales,
    skips: Vec<f64>,
    states: Vec<Vec<State>>,
    /// The best state of lines too far back to remember the shift of: what going on from it costs, less the skips.
    settled: Option<(f64, usize, usize)>,
}

impl Way<'_> {
    fn skipped(&self, from: usize, to: usize) -> f64 {
        let at = |index: usize| self.skips.get(index).copied().unwrap_or_default();
        at(to) - at(from)
    }

    fn states_of(&self, index: usize, line: &Line, centre: f64, window: f64) -> Vec<State> {
        let places = if line.is_locked {
            vec![locked_place(line, self.atoms)]
        } else {
            let middle = line.start + centre;
            let range = self.atoms.starting_from(middle - window)..self.atoms.starting_from(middle + window);
            range
                .filter_map(|first| best_run(line, first..self.atoms.len(), self.atoms, self.scales))
                .collect()
        };
        places
            .into_iter()
            .map(|place| self.reached(index, line, place))
            .collect()
    }

    /// The cheapest way to a placement.
    fn reached(&self, index: usize, line: &Line, place: Placement) -> State {
        let fresh = self.skipped(0, index)
            + (place.start - line.start).abs() * FIRST_SHIFT
            + self.atoms.spoken_before(place.first) * OUTSIDE;
        let mut state = State {
            place,
            total: fresh,
            from: None,
        };
        if let Some((cost, before, at)) = self.settled {
            let total = cost + self.skipped(0, index) + LOST;
            let is_after = self
                .state(before, at)
                .is_some_and(|last| last.place.last < place.first);
            if is_after && total < state.total {
                (state.total, state.from) = (total, Some((before, at)));
            }
        }
        for before in (index.saturating_sub(MOST_SKIPPED + 1)..index).rev() {
            let (Some(states), Some(earlier)) = (self.states.get(before), self.lines.get(before)) else {
                continue;
            };
            let skipped = self.skipped(before + 1, index);
            let unsaid: f64 = self
                .lines
                .list
                .get(before + 1..index)
                .unwrap_or_default()
                .iter()
                .map(|l| l.length)
                .sum();
            for (at, last) in states.iter().enumerate() {
                if last.total + skipped >= state.total {
                    // The states are in order of their totals.
                    break;
                }
                let total = last.total + skipped + self.step(earlier, &last.place, line, &place, unsaid);
                if total < state.total {
                    (state.total, state.from) = (total, Some((before, at)));
                }
            }
        }
        state.total += place.cost;
        state
    }

    /// From one placement to the next; `unsaid` is the length of the cues passed over between them.
    fn step(&self, earlier: &Line, last: &Placement, line: &Line, place: &Placement, unsaid: f64) -> f64 {
        let is_free = earlier.is_locked || line.is_locked;
        if place.first <= last.first && !is_free {
            return f64::INFINITY;
        }
        let mut shift = last.start - earlier.start;
        let mut since = line.start - earlier.start;
        if earlier.may_be_cut() && !self.scales.is_gapless {
            // Its end still tells how far it is off.
            let end = self.atoms.get(last.last).map_or(last.start, |atom| atom.end);
            (shift, since) = (end - earlier.end, line.start - earlier.end);
        }
        let change = place.start - line.start - shift - self.scales.drift * since;
        let between = self.atoms.spoken_before(place.first) - self.atoms.spoken_before(last.last + 1);
        let coverage = if place.first > last.last {
            uncovered_cost(between - unsaid)
        } else if is_free {
            0.0
        } else {
            overlap_cost(-between)
        };
        self.scales.step_cost(change) + coverage
    }

    fn state(&self, line: usize, at: usize) -> Option<&State> {
        self.states.get(line)?.get(at)
    }

    /// Remembers the best of the states that the next line but one can no longer see.
    fn settle(&mut self, index: usize) {
        let Some(old) = index.checked_sub(MOST_SKIPPED) else {
            return;
        };
        let Some(best) = self.state(old, 0) else {
            return;
        };
        let cost = best.total - self.skipped(0, old + 1);
        if self.settled.is_none_or(|(other, ..)| cost < other) {
            self.settled = Some((cost, old, 0));
        }
    }

    fn best(&self) -> Matching {
        let lines = self.lines.list.len();
        let mut cost = self.skipped(0, lines);
        let mut at = None;
        for (line, states) in self.states.iter().enumerate() {
            for (index, state) in states.iter().enumerate() {
                let after = self.atoms.spoken() - self.atoms.spoken_before(state.place.last + 1);
                let total = state.total + self.skipped(line + 1, lines) + after * OUTSIDE;
                if total < cost {
                    (cost, at) = (total, Some((line, index)));
                }
            }
        }
        let mut placements = vec![None; lines];
        while let Some((line, index)) = at {
            let state = self.state(line, index);
            if let (Some(slot), Some(state)) = (placements.get_mut(line), state) {
                *slot = Some(state.place);
            }
            at = state.and_then(|state| state.from);
        }
        Matching { cost, placements }
    }
}

//! One cue laid on one run of speech, and how well it fits there.

use super::atoms::Atoms;
use super::costs::Scales;
use super::lines::Line;
use std::ops::Range;

/// How much more a weak pause costs where a cue may have lost its beginning.
const CUT_OFF: f64 = 4.0;

/// Where a cue is laid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::captions) struct Placement {
    /// When its speech begins.
    pub start: f64,
    /// The first and the last atom that it says.
    pub first: usize,
    pub last: usize,
    /// How badly it fits there, seen by itself.
    pub cost: f64,
}

/// A locked cue says the speech within its times.
pub(super) fn locked_place(line: &Line, atoms: &Atoms) -> Placement {
    let first = atoms.at(line.start);
    Placement {
        start: line.start,
        first,
        last: atoms.starting_from(line.end).saturating_sub(1).max(first),
        cost: 0.0,
    }
}

/// The run of atoms that a line fits best: it begins where `range` does and ends in it.
pub(super) fn best_run(
    line: &Line,
    range: Range<usize>,
    atoms: &Atoms,
    scales: &Scales,
) -> Option<Placement> {
    let first = range.start;
    let start = atoms.get(first)?;
    let length = line.length * scales.stretch;
    // Without a length that can be trusted, only a real pause tells where a cue begins.
    let start_cost = if line.may_be_cut() { CUT_OFF } else { 1.0 } * start.start_cost;
    let mut best: Option<Placement> = None;
    for (run, atom) in atoms.from(first).iter().take(range.len()).enumerate() {
        if run > 0 && atom.end > start.start + 2.0 * length + 2.0 {
            break;
        }
        let spoken = atom.spoken_before + atom.end - atom.start - start.spoken_before;
        let cost = run_cost(line, start.start, atom.end, atom.next_start, scales)
            + scales.pace_cost(spoken, line.syllables)
            + atom.end_cost
            + start_cost;
        if best.is_none_or(|best| cost < best.cost) {
            best = Some(Placement {
                start: start.start,
                first,
                last: first + run,
                cost,
            });
        }
    }
    best
}

/// How badly the length of a line fits a run from `start` to `end`, after which speech goes on at `next`.
fn run_cost(line: &Line, start: f64, end: f64, next: f64, scales: &Scales) -> f64 {
    let line_end = start + line.length * scales.stretch;
    let difference = if scales.is_gapless {
        // It may end anywhere in the pause.
        (end - line_end).max(0.0) + (line_end - next).max(0.0)
    } else if line.may_be_cut() {
        (line_end - end).max(0.0)
    } else {
        end - line_end
    };
    scales.length_cost(difference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::retiming::lines::Lines;
    use crate::project::{Cue, Seconds, Span, Speech};

    #[test]
    fn a_cue_takes_the_run_of_its_length() {
        let speech = Speech {
            segments: vec![Span::new(1.0, 2.0), Span::new(2.3, 4.0), Span::new(4.4, 6.0)],
            duration: Seconds(7.0),
        };
        let atoms = Atoms::new(&speech, &[]);
        let cues = [
            Cue::new(Seconds(11.0), Seconds(14.0), "老".repeat(11)),
            Cue::new(Seconds(20.0), Seconds(21.1), "老".repeat(4)),
        ];
        let lines = Lines::new(&cues);
        let scales = Scales::first_guess(0.0, 0.25, false);
        let run = |line: usize, range| {
            best_run(lines.get(line).unwrap(), range, &atoms, &scales).map(|place| (place.first, place.last))
        };
        assert_eq!((run(0, 0..3), run(1, 0..3)), (Some((0, 1)), Some((0, 0))));
        // Not beyond the range, whatever the length.
        assert_eq!((run(0, 1..2), run(0, 3..3)), (Some((1, 1)), None));
    }
}

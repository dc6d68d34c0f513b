//! Speech as the pieces that captions are laid on.

use crate::project::{Seconds, Speech};

/// A pause this long is as good a place for a caption to begin as any.
const PLAIN_PAUSE: f64 = 0.2;
/// Cost of beginning after the shortest pause.
const WORST_EDGE: f64 = 2.0;
/// A shot cut this near makes an edge more likely, by so much.
const CUT_NEAR: f64 = 0.12;
const CUT_BONUS: f64 = 0.3;

/// A stretch of speech without a pause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::captions) struct Atom {
    /// In seconds, as all times here.
    pub start: f64,
    pub end: f64,
    /// Speech of all atoms before this one.
    pub spoken_before: f64,
    /// What it costs that a caption begins here: little after a long pause.
    pub start_cost: f64,
    /// What it costs that a caption ends here.
    pub end_cost: f64,
    /// Where the next atom starts; long after the last.
    pub next_start: f64,
}

/// All atoms in order of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::captions) struct Atoms {
    list: Vec<Atom>,
}

impl Atoms {
    pub(in crate::captions) fn new(speech: &Speech, cuts: &[Seconds]) -> Self {
        let segments = &speech.segments;
        let mut spoken_before = 0.0;
        let mut list = Vec::with_capacity(segments.len());
        for (index, segment) in segments.iter().enumerate() {
            let (start, end) = (segment.start.0, segment.end.0);
            let last_end = index
                .checked_sub(1)
                .and_then(|i| segments.get(i))
                .map(|s| s.end.0);
            let next_start = segments.get(index + 1).map_or(end + 5.0, |s| s.start.0);
            let bonus = if near_cut(cuts, start) { CUT_BONUS } else { 0.0 };
            list.push(Atom {
                start,
                end,
                spoken_before,
                start_cost: last_end.map_or(0.0, |last| edge_cost(start - last)) - bonus,
                end_cost: edge_cost(next_start - end) / 2.0,
                next_start,
            });
            spoken_before += end - start;
        }
        Self { list }
    }

    pub(in crate::captions) fn len(&self) -> usize {
        self.list.len()
    }

    pub(in crate::captions) fn get(&self, index: usize) -> Option<&Atom> {
        self.list.get(index)
    }

    pub(in crate::captions) fn from(&self, index: usize) -> &[Atom] {
        self.list.get(index..).unwrap_or_default()
    }

    /// The first atom that starts at or after a time; `len()` where none does.
    pub(in crate::captions) fn starting_from(&self, time: f64) -> usize {
        self.list.partition_point(|atom| atom.start < time)
    }

    /// The atom being spoken at a time, or the next one.
    pub(in crate::captions) fn at(&self, time: f64) -> usize {
        self.list.partition_point(|atom| atom.end <= time)
    }

    /// Speech before the atom, in seconds; all of it for an index past the end.
    pub(in crate::captions) fn spoken_before(&self, index: usize) -> f64 {
        self.list
            .get(index)
            .map_or_else(|| self.spoken(), |atom| atom.spoken_before)
    }

    /// All speech, in seconds.
    pub(in crate::captions) fn spoken(&self) -> f64 {
        self.list
            .last()
            .map_or(0.0, |atom| atom.spoken_before + atom.end - atom.start)
    }
}

fn edge_cost(pause: f64) -> f64 {
    (1.2 * (PLAIN_PAUSE / pause.max(0.01)).ln()).clamp(0.0, WORST_EDGE)
}

fn near_cut(cuts: &[Seconds], time: f64) -> bool {
    let next = cuts.partition_point(|cut| cut.0 < time - CUT_NEAR);
    cuts.get(next).is_some_and(|cut| cut.0 <= time + CUT_NEAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Span;

    #[test]
    fn atoms_know_what_lies_about_them() {
        let speech = Speech {
            segments: vec![Span::new(1.0, 2.0), Span::new(2.05, 4.0), Span::new(6.0, 7.0)],
            duration: Seconds(8.0),
        };
        let atoms = Atoms::new(&speech, &[Seconds(6.1)]);
        let costs: Vec<f64> = atoms.from(0).iter().map(|atom| atom.start_cost).collect();
        assert!(costs[0] == 0.0 && costs[1] > 1.0 && costs[2] == -CUT_BONUS);
        assert_eq!(
            (atoms.starting_from(2.0), atoms.at(3.0), atoms.at(5.0)),
            (1, 1, 2)
        );
        assert!((atoms.spoken() - 3.95).abs() < 1e-9);
        assert!((atoms.spoken_before(2) - 2.95).abs() < 1e-9);
    }
}

//! The cues as the matching sees them.

use super::pace::syllables;
use crate::project::{Cue, CueId};

/// A cue in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::captions) struct Line {
    pub id: CueId,
    /// In seconds, as all times here.
    pub start: f64,
    pub end: f64,
    /// Length as written; until the next cue's start where cues run into each other.
    pub length: f64,
    /// Length of the text.
    pub syllables: f64,
    /// Right already.
    pub is_locked: bool,
}

impl Line {
    /// Whether it may have begun before 0, where its times cannot say so: they were cut off.
    pub(super) fn may_be_cut(&self) -> bool {
        self.start <= 0.0 && !self.is_locked
    }
}

/// A transcript in plain numbers, by start time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::captions) struct Lines {
    pub list: Vec<Line>,
    /// Most cues last until the next one begins, or longer.
    pub are_gapless: bool,
}

/// Shorter cues are taken for this long, in seconds.
const SHORTEST: f64 = 0.05;
/// Ends this near the next start touch it.
const TOUCHING: f64 = 0.02;

impl Lines {
    pub(in crate::captions) fn new(cues: &[Cue]) -> Self {
        let starts = cues.iter().skip(1).map(|cue| Some(cue.start.0)).chain([None]);
        let touching = cues
            .iter()
            .zip(starts.clone())
            .filter(|(cue, next)| next.is_some_and(|next| cue.end.0 >= next - TOUCHING))
            .count();
        let are_gapless = cues.len() > 1 && touching * 10 > (cues.len() - 1) * 6;
        let line = |(cue, next): (&Cue, Option<f64>)| {
            let spoken_end = match next {
                Some(next) if are_gapless => cue.end.0.min(next),
                _ => cue.end.0,
            };
            Line {
                id: cue.id,
                start: cue.start.0,
                end: cue.end.0,
                length: (spoken_end - cue.start.0).max(SHORTEST),
                syllables: syllables(&cue.text),
                is_locked: cue.locked,
            }
        };
        Self {
            list: cues.iter().zip(starts).map(line).collect(),
            are_gapless,
        }
    }

    pub(in crate::captions) fn get(&self, index: usize) -> Option<&Line> {
        self.list.get(index)
    }

    /// Whether a cue ends where the next one begins.
    pub(in crate::captions) fn touches_next(&self, index: usize) -> bool {
        match (self.get(index), self.get(index + 1)) {
            (Some(line), Some(next)) => (line.end - next.start).abs() <= TOUCHING,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    fn lines(times: &[(f64, f64)]) -> Lines {
        let cues: Vec<Cue> = times
            .iter()
            .map(|(start, end)| Cue::new(Seconds(*start), Seconds(*end), "a b"))
            .collect();
        Lines::new(&cues)
    }

    #[test]
    fn overlapping_cues_last_until_the_next() {
        let rolling = lines(&[(0.0, 4.0), (2.0, 5.0), (4.0, 9.0)]);
        let lengths: Vec<f64> = rolling.list.iter().map(|line| line.length).collect();
        assert!(rolling.are_gapless);
        assert_eq!(lengths, [2.0, 2.0, 5.0]);
        let apart = lines(&[(0.0, 1.0), (2.0, 3.0), (4.0, 4.0)]);
        assert!(!apart.are_gapless && apart.list[2].length == SHORTEST);
    }
}

//! What is wrong with the times of a transcript as a whole.

use super::alignment::{Alignment, median};
use super::lines::Lines;
use crate::project::{CueId, Seconds};
use serde::Serialize;
use std::fmt;

/// A place from which on all cues are off by another amount.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Jump {
    /// The first cue after it.
    pub cue: CueId,
    /// Its place in the transcript, from 1.
    pub number: usize,
    /// By how much cues are later from here on than those before; negative when they are earlier.
    pub by: Seconds,
}

/// How the captions' times differ from the speech.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Diagnosis {
    /// Cues that were matched with speech.
    pub matched: usize,
    /// All cues.
    pub cues: usize,
    /// How late the captions start; negative when they start early.
    pub late: Seconds,
    /// How much later they get, seconds a second.
    pub drift: f64,
    /// Places where they suddenly are earlier or later.
    pub jumps: Vec<Jump>,
    /// Cues that are off by themselves while their neighbours agree.
    pub moved: Vec<CueId>,
}

/// Cues looked at on either side of a jump.
const SIDE: usize = 5;
/// The smallest jump, and the smallest offset and drift worth a word; seconds and seconds a minute.
const JUMP: f64 = 0.8;
const OFFSET: f64 = 0.15;
const DRIFT: f64 = 0.06;

impl Diagnosis {
    pub(super) fn of(lines: &Lines, alignment: &Alignment) -> Self {
        let placed = lines
            .list
            .iter()
            .enumerate()
            .zip(alignment.placements.iter().zip(&alignment.stray));
        // Place, time and how late, drift taken off.
        let mut chain: Vec<(usize, f64, f64)> = Vec::new();
        let mut moved = Vec::new();
        for ((index, line), (place, is_stray)) in placed {
            match place {
                Some(_) if *is_stray => moved.push(line.id),
                Some(place) => {
                    let late = line.start - place.start + alignment.scales.drift * line.start;
                    chain.push((index, line.start, late));
                }
                None => {}
            }
        }
        let late: Vec<f64> = chain.iter().map(|(_, _, late)| *late).collect();
        let turns = turns(&late);
        let mut jumps = Vec::new();
        for (turn, by) in &turns {
            if let Some((index, ..)) = chain.get(*turn)
                && let Some(line) = lines.get(*index)
            {
                jumps.push(Jump {
                    cue: line.id,
                    number: index + 1,
                    by: Seconds(*by),
                });
            }
        }
        let first = turns.first().map_or(late.len(), |(turn, _)| *turn);
        let start = chain.first().map_or(0.0, |(_, time, _)| *time);
        let offset = median(late.iter().take(first).copied()).unwrap_or_default();
        Self {
            matched: alignment.placements.iter().flatten().count(),
            cues: lines.list.len(),
            late: Seconds(offset - alignment.scales.drift * start),
            drift: -alignment.scales.drift,
            jumps,
            moved,
        }
    }

    /// Whether there is something wrong with the transcript as a whole.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.late.0.abs() < OFFSET && self.drift.abs() * 60.0 < DRIFT && self.jumps.is_empty()
    }
}

/// Where the level of values changes, and by how much.
fn turns(values: &[f64]) -> Vec<(usize, f64)> {
    let change = |at: usize| {
        let before = values.get(at.saturating_sub(SIDE)..at)?;
        let after = values.get(at..(at + SIDE).min(values.len()))?;
        // The ends of a transcript say little.
        if before.len() < 3 || after.len() < 3 {
            return None;
        }
        Some(median(after.iter().copied())? - median(before.iter().copied())?)
    };
    let step = |at: usize| {
        let last = at.checked_sub(1).and_then(|last| values.get(last));
        last.zip(values.get(at)).map_or(0.0, |(a, b)| (b - a).abs())
    };
    let mut turns: Vec<(usize, f64)> = Vec::new();
    for at in 1..values.len() {
        let Some(by) = change(at).filter(|by| by.abs() > JUMP) else {
            continue;
        };
        match turns.last_mut() {
            // Several places near a jump see it; it is where the step from one cue to the next is largest.
            Some(last) if at - last.0 < SIDE => {
                if step(at) > step(last.0) {
                    *last = (at, by);
                }
            }
            _ => turns.push((at, by)),
        }
    }
    turns
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.matched == 0 {
            return f.write_str("no speech was found that these captions fit");
        }
        let mut parts = Vec::new();
        if self.late.0.abs() >= OFFSET {
            parts.push(format!("starts {}", lateness(self.late.0)));
        }
        let drift = self.drift * 60.0;
        if drift.abs() >= DRIFT {
            let way = if drift > 0.0 { "later" } else { "earlier" };
            parts.push(format!("drifts {:.1} s a minute {way}", drift.abs()));
        }
        for jump in &self.jumps {
            let way = if jump.by.0 > 0.0 { "later" } else { "earlier" };
            let (by, number) = (jump.by.0.abs(), jump.number);
            parts.push(format!("jumps {by:.1} s {way} at cue {number}"));
        }
        match self.moved.len() {
            0 => {}
            1 => parts.push("1 cue is off by itself".into()),
            more => parts.push(format!("{more} cues are off by themselves")),
        }
        if parts.is_empty() {
            parts.push("the times agree with the speech".into());
        }
        f.write_str(&parts.join(", "))?;
        match self.cues - self.matched {
            0 => Ok(()),
            1 => f.write_str("; 1 cue fits no speech"),
            more => write!(f, "; {more} cues fit no speech"),
        }
    }
}

fn lateness(late: f64) -> String {
    let way = if late > 0.0 { "late" } else { "early" };
    format!("{:.1} s {way}", late.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_told_once_and_where_it_is() {
        let mut values = vec![0.1; 20];
        values.extend([4.3; 20]);
        values[10] = 3.0;
        values[21] = 4.1;
        let found = turns(&values);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == 20 && (found[0].1 - 4.2).abs() < 0.1);
        assert!(turns(&[0.0, 5.0]).is_empty());
    }

    #[test]
    fn it_speaks_in_plain_words() {
        let diagnosis = Diagnosis {
            matched: 70,
            cues: 71,
            late: Seconds(0.42),
            drift: -0.015,
            jumps: vec![Jump {
                cue: CueId(43),
                number: 44,
                by: Seconds(4.2),
            }],
            moved: vec![CueId(3)],
        };
        assert_eq!(
            diagnosis.to_string(),
            "starts 0.4 s late, drifts 0.9 s a minute earlier, jumps 4.2 s later at cue 44, 1 cue is off by itself; \
             1 cue fits no speech"
        );
        let sound = Diagnosis {
            matched: 5,
            cues: 5,
            ..Diagnosis::default()
        };
        assert!(sound.is_sound());
        assert_eq!(sound.to_string(), "the times agree with the speech");
    }
}

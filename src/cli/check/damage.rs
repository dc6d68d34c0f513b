//! How well the queue of doubts finds what was damaged on purpose.

use crate::captions::suspicion::Doubt;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Above this share of the sound cues a wrong one is found.
const HIGH: f64 = 0.9;

/// What was done to a transcript.
#[derive(Debug, Deserialize)]
pub struct Damage {
    cues: Vec<DamagedCue>,
}

#[derive(Debug, Deserialize)]
struct DamagedCue {
    /// From 1; none where the cue was dropped.
    cue: Option<usize>,
    source: Vec<usize>,
    what: Vec<String>,
}

/// Where the cues that are wrong stand in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ranks {
    /// Cues that were moved, merged or lost a neighbour.
    pub damaged: usize,
    /// Of these, the share that ranks above nine tenths of the sound ones.
    pub above: f64,
    /// The share of the sound ones that the lowest of them ranks above.
    pub lowest: f64,
    /// The same share by the times alone.
    pub above_by_timing: f64,
    /// Chance that a cue with wrong characters is doubted more for its text than one without.
    pub wording_auroc: f64,
}

impl Damage {
    /// Reads what was damaged from JSON.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let damage = std::fs::read(path).map_err(anyhow::Error::from);
        let damage = damage.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
        damage.with_context(|| {
            format!(
                "{} does not say what was damaged: check the file given with --damage",
                path.display()
            )
        })
    }

    /// The rows of the truth in each cue.
    pub fn sources(&self, cues: usize) -> Vec<Vec<usize>> {
        let mut sources = vec![Vec::new(); cues];
        for row in &self.cues {
            if let Some(slot) = row.cue.and_then(|cue| sources.get_mut(cue.checked_sub(1)?)) {
                slot.clone_from(&row.source);
            }
        }
        sources
    }

    /// How well the queue finds what was damaged.
    pub fn ranks(&self, doubts: &[Doubt]) -> Ranks {
        let (mut times, mut texts) = (BTreeMap::new(), BTreeMap::new());
        for (index, row) in self.cues.iter().enumerate() {
            let Some(cue) = row.cue else { continue };
            let was = |what: &str| row.what.iter().any(|other| other == what);
            let beside = |other: Option<usize>| {
                let other = other.and_then(|other| self.cues.get(other));
                other.is_some_and(|row| row.cue.is_none())
            };
            let lost = beside(index.checked_sub(1)) || beside(Some(index + 1));
            times.insert(cue, was("moved") || was("merged") || lost);
            texts.insert(cue, was("characters"));
        }
        let split = |wrong: &BTreeMap<usize, bool>, score: &dyn Fn(&Doubt) -> f64| {
            let (mut bad, mut sound) = (Vec::new(), Vec::new());
            for doubt in doubts {
                match wrong.get(&(doubt.cue.index() + 1)) {
                    Some(true) => bad.push(score(doubt)),
                    Some(false) => sound.push(score(doubt)),
                    None => {}
                }
            }
            (bad, sound)
        };
        let above = |(bad, sound): &(Vec<f64>, Vec<f64>)| {
            let high = bad.iter().filter(|score| share_below(**score, sound) >= HIGH);
            high.count() as f64 / bad.len().max(1) as f64
        };
        let whole = split(&times, &|doubt| doubt.score);
        let lowest = whole.0.iter().map(|score| share_below(*score, &whole.1));
        let (bad, sound) = split(&texts, &|doubt| doubt.wording);
        let chance: f64 = bad.iter().map(|score| share_below(*score, &sound)).sum();
        Ranks {
            damaged: whole.0.len(),
            above: above(&whole),
            lowest: lowest.fold(1.0, f64::min),
            above_by_timing: above(&split(&times, &|doubt| doubt.timing)),
            wording_auroc: chance / bad.len().max(1) as f64,
        }
    }
}

/// The share of the values that are lower; equal ones count half.
fn share_below(score: f64, values: &[f64]) -> f64 {
    let below = values.iter().map(|value| match value.total_cmp(&score) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    });
    below.sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::CueId;

    #[test]
    fn ranks_tell_what_the_queue_finds() {
        let cue = |cue, what: &[&str]| DamagedCue {
            cue,
            source: vec![0],
            what: what.iter().map(|what| (*what).to_owned()).collect(),
        };
        let damage = Damage {
            cues: vec![
                cue(Some(1), &["moved"]),
                cue(Some(2), &[]),
                cue(Some(3), &["characters"]),
                cue(None, &["dropped"]),
                cue(Some(4), &[]),
            ],
        };
        let doubt = |cue, score, wording| Doubt {
            cue: CueId(cue),
            score,
            timing: score,
            wording,
            reasons: Vec::new(),
        };
        let ranks = damage.ranks(&[
            doubt(0, 0.9, 0.1),
            doubt(2, 0.8, 0.9),
            doubt(1, 0.5, 0.1),
            doubt(3, 0.1, 0.2),
        ]);
        // Cue 1 was moved, 3 and 4 lost a neighbour; only cue 2 is sound.
        assert_eq!((ranks.damaged, ranks.wording_auroc), (3, 1.0));
        assert!((ranks.above - 2.0 / 3.0).abs() < 1e-9 && ranks.lowest == 0.0);
    }
}

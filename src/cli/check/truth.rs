//! How good the proposed times are, where the right ones are known.

use crate::project::{CaptionTrack, Seconds};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// A start this near the truth is right, in seconds.
const RIGHT: f64 = 0.3;
/// The share of a row's pairs of characters that a cue which says it has at least.
const SAID: f64 = 0.5;

/// A row of the true transcript.
#[derive(Debug, Deserialize)]
pub struct TrueRow {
    start: f64,
    text: String,
}

/// How far starts are from the truth, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Errors {
    /// The share within 0.3 s.
    pub right: f64,
    pub median: f64,
    pub mean: f64,
    /// Nine tenths are no farther off.
    pub most: f64,
}

/// Starts before and after the proposal, of the cues that say one row of the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Correction {
    pub cues: usize,
    pub before: Errors,
    pub after: Errors,
    /// The most that a cue which was right got worse, in seconds; negative where every one got better.
    pub worst_harm: f64,
}

/// Reads the rows of a table with start, end and text.
pub fn read(path: &Path) -> anyhow::Result<Vec<TrueRow>> {
    let rows = csv::Reader::from_path(path).and_then(|mut rows| rows.deserialize().collect());
    rows.with_context(|| {
        format!(
            "{} is no table with start, end and text: check the file given with --truth",
            path.display()
        )
    })
}

/// The rows of the truth that each cue says, found by the pairs of characters they share.
pub fn sources(track: &CaptionTrack, truth: &[TrueRow]) -> Vec<Vec<usize>> {
    let mut rows_of: HashMap<(char, char), Vec<usize>> = HashMap::new();
    let mut sizes = Vec::with_capacity(truth.len());
    for (index, row) in truth.iter().enumerate() {
        let pairs = pairs(&row.text);
        sizes.push(pairs.len());
        for pair in pairs {
            rows_of.entry(pair).or_default().push(index);
        }
    }
    let sources = track.cues.iter().map(|cue| {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for pair in pairs(&cue.text) {
            for row in rows_of.get(&pair).into_iter().flatten() {
                *shared.entry(*row).or_default() += 1;
            }
        }
        let said = |row: usize| {
            let (shared, size) = (shared.get(&row), sizes.get(row));
            shared
                .zip(size)
                .map_or(0.0, |(shared, size)| *shared as f64 / *size as f64)
        };
        // A short row may stand in many cues; it is the source only of one that shares no more with another row.
        let most =
            |(a, x): &(usize, usize), (b, y): &(usize, usize)| x.cmp(y).then(said(*a).total_cmp(&said(*b)));
        let best = shared.iter().map(|(row, shared)| (*row, *shared)).max_by(most);
        let best = best.map(|(row, _)| row);
        let Some(best) = best.filter(|best| said(*best) >= SAID) else {
            return Vec::new();
        };
        let mut sources = vec![best];
        let before = (0..best).rev().take_while(|row| said(*row) >= SAID);
        sources.splice(0..0, before);
        sources.extend((best + 1..truth.len()).take_while(|row| said(*row) >= SAID));
        sources.sort_unstable();
        sources
    });
    sources.collect()
}

fn pairs(text: &str) -> Vec<(char, char)> {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut pairs: Vec<(char, char)> = letters
        .iter()
        .copied()
        .zip(letters.iter().copied().skip(1))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Compares starts before and after with the truth.
pub fn correction(
    before: &[Seconds],
    after: &[Seconds],
    sources: &[Vec<usize>],
    truth: &[TrueRow],
) -> Correction {
    let mut errors = Vec::new();
    for ((before, after), sources) in before.iter().zip(after).zip(sources) {
        if let [source] = sources.as_slice()
            && let Some(row) = truth.get(*source)
        {
            errors.push(((before.0 - row.start).abs(), (after.0 - row.start).abs()));
        }
    }
    let right = errors.iter().filter(|(before, _)| *before <= RIGHT);
    let harm = right.map(|(before, after)| after - before);
    Correction {
        cues: errors.len(),
        before: Errors::of(errors.iter().map(|(before, _)| *before)),
        after: Errors::of(errors.iter().map(|(_, after)| *after)),
        worst_harm: harm.reduce(f64::max).unwrap_or_default(),
    }
}

impl Errors {
    fn of(errors: impl Iterator<Item = f64>) -> Self {
        let mut errors: Vec<f64> = errors.collect();
        errors.sort_by(f64::total_cmp);
        let count = errors.len().max(1);
        let at = |share: f64| errors.get((share * (count - 1) as f64).round() as usize);
        Self {
            right: errors.iter().filter(|error| **error <= RIGHT).count() as f64 / count as f64,
            median: at(0.5).copied().unwrap_or_default(),
            mean: errors.iter().sum::<f64>() / count as f64,
            most: at(0.9).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Cue;

    fn truth() -> Vec<TrueRow> {
        ["老年人要接种疫苗", "一定要打新冠病毒疫苗", "我们都打了好几针"]
            .iter()
            .enumerate()
            .map(|(index, text)| TrueRow {
                start: index as f64 * 10.0,
                text: (*text).into(),
            })
            .collect()
    }

    #[test]
    fn rows_are_found_in_cues_in_spite_of_wrong_characters() {
        let cue = |text: &str| Cue::new(Seconds(0.0), Seconds(1.0), text);
        let track = CaptionTrack::new(vec![
            cue("老年人要接肿疫苗"),
            cue("一定要打新冠病毒疫苗，我们都打了好几针"),
            cue("谢谢"),
        ]);
        assert_eq!(sources(&track, &truth()), [vec![0], vec![1, 2], vec![]]);
        // "cove" stands in "recovers", which says more of another row.
        let rows = ["who recovers early", "gets", "cove"].map(|text| TrueRow {
            start: 0.0,
            text: text.into(),
        });
        let track = CaptionTrack::new(vec![cue("who recovers early")]);
        assert_eq!(sources(&track, &rows), [vec![0]]);
    }

    #[test]
    fn corrections_are_measured_on_cues_with_one_source() {
        let starts = |times: [f64; 3]| times.map(Seconds);
        let sources = [vec![0], vec![1], vec![1, 2]];
        let found = correction(
            &starts([0.1, 14.0, 99.0]),
            &starts([0.0, 10.2, 99.0]),
            &sources,
            &truth(),
        );
        assert_eq!((found.cues, found.before.right, found.after.right), (2, 0.5, 1.0));
        assert!((found.worst_harm + 0.1).abs() < 1e-9 && (found.before.mean - 2.05).abs() < 1e-9);
    }
}

//! A text laid on another one, unit by unit.

use crate::captions::language::is_hanzi;
use crate::jobs::{Cancelled, Watch};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Units in a row that the two texts have to share, once each, to be laid on each other without further thought.
const ANCHOR: usize = 3;
/// The largest table of costs between two anchors; texts that differ for longer are not laid on each other there.
const LARGEST: usize = 25_000_000;
/// What it costs that a unit stands for another, and that it stands for none.
const OTHER: u32 = 3;
const NONE: u32 = 2;
/// Rows of a table between two looks at the watch.
const CHECKED: usize = 64;

/// What a text is compared by: each Chinese character, and each run of other letters and digits, in small letters and
/// plain forms. Marks are left out.
pub(super) fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut is_open = false;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        // The apostrophe of "don't" is written or not.
        if matches!(c, '\'' | '’') {
            continue;
        }
        let is_run = c.is_alphanumeric() && !is_hanzi(c);
        match units.last_mut().filter(|_| is_run && is_open) {
            Some(unit) => unit.push(c),
            None if c.is_alphanumeric() => units.push(c.to_string()),
            None => {}
        }
        is_open = is_run;
    }
    units
}

/// What a unit of a text was laid on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// Place of the unit in the other text.
    pub place: usize,
    /// Whether both say the same; otherwise one stands where the other was expected.
    pub is_same: bool,
}

/// Lays each unit of a text on one of another, in order. Runs that both have once hold the rest, between them as
/// much as possible is laid on the same.
pub(super) fn matches(
    text: &[String],
    other: &[String],
    watch: &Watch,
) -> Result<Vec<Option<Match>>, Cancelled> {
    let (text, other) = numbered(text, other);
    let mut found = vec![None; text.len()];
    let mut from = (0, 0);
    let ends = (text.len(), other.len());
    for (row, column) in anchors(&text, &other).into_iter().chain([ends]) {
        watch.check()?;
        if row >= from.0 && column >= from.1 {
            lay(&text, &other, from, (row, column), &mut found, watch)?;
        } else if from.0.abs_diff(row) != from.1.abs_diff(column) {
            // It overlaps the one before in one of the texts only.
            continue;
        }
        for step in 0..ANCHOR {
            let place = column + step;
            if let Some(found) = found.get_mut(row + step) {
                *found = Some(Match { place, is_same: true });
            }
        }
        from = (row + ANCHOR, column + ANCHOR).max(from);
    }
    Ok(found)
}

/// The units as numbers, the same for the same.
fn numbered(text: &[String], other: &[String]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut number = |unit: &String| {
        let next = numbers.len() as u32;
        *numbers.entry(unit.clone()).or_insert(next)
    };
    let text = text.iter().map(&mut number).collect();
    (text, other.iter().map(number).collect())
}

/// Where runs of units begin that both texts have exactly once, as many as keep the order of both.
fn anchors(text: &[u32], other: &[u32]) -> Vec<(usize, usize)> {
    let once = |units: &[u32]| {
        let mut places: HashMap<Vec<u32>, Option<usize>> = HashMap::new();
        for (place, run) in units.windows(ANCHOR).enumerate() {
            let entry = places.entry(run.to_vec());
            entry.and_modify(|place| *place = None).or_insert(Some(place));
        }
        places
    };
    let (of_text, of_other) = (once(text), once(other));
    let both = text.windows(ANCHOR).filter_map(|run| {
        let place = of_text.get(run).copied().flatten()?;
        Some((place, of_other.get(run).copied().flatten()?))
    });
    rising(&both.collect::<Vec<_>>())
}

/// The longest part of pairs, ordered by their first, of which the second rises as well.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair with the smallest second on which a part of that length can end.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; pairs.len()];
    let second = |index: &usize| pairs.get(*index).map_or(0, |pair| pair.1);
    for (index, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(end) < pair.1);
        if let Some(before) = before.get_mut(index) {
            *before = length.checked_sub(1).and_then(|last| ends.get(last).copied());
        }
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut at = ends.last().copied();
    let mut rising = Vec::with_capacity(ends.len());
    while let Some(index) = at {
        rising.extend(pairs.get(index));
        at = before.get(index).copied().flatten();
    }
    rising.reverse();
    rising
}

#[derive(Clone, Copy)]
enum Step {
    Both,
    Text,
    Other,
}

/// Lays one part of a text on a part of the other with the least cost (Needleman and Wunsch 1970).
fn lay(
    text: &[u32],
    other: &[u32],
    from: (usize, usize),
    to: (usize, usize),
    found: &mut [Option<Match>],
    watch: &Watch,
) -> Result<(), Cancelled> {
    let rows = text.get(from.0..to.0).unwrap_or_default();
    let columns = other.get(from.1..to.1).unwrap_or_default();
    if rows.is_empty() || columns.is_empty() || rows.len().saturating_mul(columns.len()) > LARGEST {
        return Ok(());
    }
    let width = columns.len();
    let mut steps = vec![Step::Both; rows.len() * width];
    let mut costs: Vec<u32> = (0..=width as u32).map(|column| column * NONE).collect();
    for (index, (unit, steps)) in rows.iter().zip(steps.chunks_mut(width)).enumerate() {
        if index % CHECKED == 0 {
            watch.check()?;
        }
        let mut left = (index as u32 + 1) * NONE;
        let mut across = std::mem::replace(costs.first_mut().unwrap_or(&mut 0), left);
        for ((column, step), cost) in columns.iter().zip(steps).zip(costs.iter_mut().skip(1)) {
            let both = across + if unit == column { 0 } else { OTHER };
            let (only_text, only_other) = (*cost + NONE, left + NONE);
            across = *cost;
            let (least, chosen) = if both <= only_text && both <= only_other {
                (both, Step::Both)
            } else if only_text <= only_other {
                (only_text, Step::Text)
            } else {
                (only_other, Step::Other)
            };
            (*step, *cost, left) = (chosen, least, least);
        }
    }
    let (mut row, mut column) = (rows.len(), width);
    while row > 0 && column > 0 {
        match steps.get((row - 1) * width + column - 1) {
            Some(Step::Both) => {
                (row, column) = (row - 1, column - 1);
                let place = from.1 + column;
                let is_same = rows.get(row) == columns.get(column);
                if let Some(found) = found.get_mut(from.0 + row) {
                    *found = Some(Match { place, is_same });
                }
            }
            Some(Step::Text) => row -= 1,
            _ => column -= 1,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_case_and_width_do_not_matter() {
        assert_eq!(
            units("Don’t say “ＣＯＶＩＤ-19”: 老年人，打疫苗！"),
            ["dont", "say", "covid", "19", "老", "年", "人", "打", "疫", "苗"]
        );
        assert!(units("… —").is_empty());
    }

    fn laid(text: &str, other: &str) -> Vec<Option<(usize, bool)>> {
        let found = matches(&units(text), &units(other), &Watch::default()).unwrap();
        let told = found.into_iter();
        told.map(|found| found.map(|found| (found.place, found.is_same)))
            .collect()
    }

    #[test]
    fn what_is_changed_lost_and_added_is_found() {
        assert_eq!(
            laid(
                "the new variant spreads very quickly",
                "well the new variance spreads quickly"
            ),
            [
                Some((1, true)),
                Some((2, true)),
                Some((3, false)),
                Some((4, true)),
                None,
                Some((5, true))
            ]
        );
        assert_eq!(laid("a b", ""), [None, None]);
        assert!(laid("", "a b").is_empty());
    }

    #[test]
    fn anchors_keep_their_order_and_may_touch() {
        let text = "one two three four five six seven eight nine ten";
        let all: Vec<_> = (0..10).map(|place| Some((place, true))).collect();
        assert_eq!(laid(text, text), all);
        // What was moved is laid where it does not cross the rest.
        let moved = laid(text, "eight nine ten one two three four five six seven");
        assert_eq!(
            moved[..7],
            (3..10).map(|place| Some((place, true))).collect::<Vec<_>>()
        );
        assert_eq!(
            rising(&[(0, 5), (1, 2), (2, 9), (3, 3), (4, 4)]),
            [(1, 2), (3, 3), (4, 4)]
        );
    }

    #[test]
    fn work_can_be_stopped() {
        let watch = Watch::default();
        watch.cancel();
        let text = units("a b c d");
        assert!(matches(&text, &text, &watch).is_err());
    }
}

//! Which pairs are learned from while others are judged: else a doubt would measure nothing but memory.

use super::shift::FARTHEST;
use crate::training::TrainingError;
use std::collections::{HashMap, HashSet};

/// Parts of the video, each of which is judged once.
pub const FOLDS: usize = 5;
/// Fewest pairs in a row that go to one part. Longer than five, so that the gap beside them costs little.
const BLOCK: usize = 15;
/// Pairs beside a block that are neither learned from nor judged: they show the same scene, and shifts are looked for among them,
/// where nothing may be known of any.
pub const GAP: usize = FARTHEST.unsigned_abs();
/// Fewest pairs that can be parted so.
pub const FEWEST: usize = 75;

/// Most pairs: every frame is held against every caption, by every part.
pub const MOST: usize = 3_000;

/// Whether so many pairs can be judged part by part.
///
/// # Errors
/// When there are fewer than [`FEWEST`] or more than [`MOST`].
pub fn check_size(pairs: usize) -> Result<(), TrainingError> {
    if pairs < FEWEST {
        return Err(TrainingError::TooFewPairs {
            pairs,
            needed: FEWEST,
        });
    }
    if pairs > MOST {
        return Err(TrainingError::Dataset(format!(
            "there are {pairs} pairs, and pictures and words are fitted to at most {MOST} of them: pair by caption, or sample fewer frames"
        )));
    }
    Ok(())
}

/// One part of the pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Pairs that are judged.
    pub unseen: Vec<usize>,
    /// Pairs that are learned from.
    pub learned: Vec<usize>,
}

/// Pairs in a row that go to one part, of so many: two such blocks for each part where the video is long enough.
#[must_use]
pub fn block(pairs: usize) -> usize {
    let turns = if pairs < 2 * FOLDS * BLOCK { 1 } else { 2 };
    pairs.div_ceil(turns * FOLDS).max(1)
}

/// The part that a pair of so many is judged in: blocks in turns.
#[must_use]
pub fn fold_of(pair: usize, pairs: usize) -> usize {
    pair / block(pairs) % FOLDS
}

/// Blocks of pairs in turns, so that every part has pairs of the whole video. `captions` has the number of each pair's caption,
/// the same for the same words: what is judged in a part is not learned in it from another pair either.
#[must_use]
pub fn folds(captions: &[Option<usize>]) -> Vec<Fold> {
    let pairs = captions.len();
    let of = |fold: usize| {
        let is_judged = |pair: usize| fold_of(pair, pairs) == fold;
        let near = |pair: usize| (pair.saturating_sub(GAP)..pairs.min(pair + GAP + 1)).any(is_judged);
        let unseen: Vec<usize> = (0..pairs).filter(|&pair| is_judged(pair)).collect();
        let judged: HashSet<usize> = unseen
            .iter()
            .filter_map(|pair| captions.get(*pair).copied().flatten())
            .collect();
        let known = |pair: &usize| {
            let caption = captions.get(*pair).copied().flatten();
            caption.is_none_or(|caption| !judged.contains(&caption))
        };
        Fold {
            learned: (0..pairs).filter(|&pair| !near(pair)).filter(known).collect(),
            unseen,
        }
    };
    (0..FOLDS).map(of).collect()
}

/// The number of each row's words, the same for the same words; none where there are none.
#[must_use]
pub fn numbered(rows: &[Vec<u32>]) -> Vec<Option<usize>> {
    let mut numbers: HashMap<&[u32], usize> = HashMap::new();
    rows.iter()
        .map(|row| {
            let next = numbers.len();
            (!row.is_empty()).then(|| *numbers.entry(row).or_insert(next))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_judged_once_by_who_has_not_seen_its_neighbours() {
        for pairs in [FEWEST, 183, 500] {
            parted(pairs);
        }
    }

    fn parted(pairs: usize) {
        let captions: Vec<_> = (0..pairs).map(Some).collect();
        let folds = folds(&captions);
        let mut judged: Vec<usize> = folds.iter().flat_map(|fold| fold.unseen.clone()).collect();
        judged.sort_unstable();
        assert_eq!(judged, (0..pairs).collect::<Vec<_>>());
        for (index, fold) in folds.iter().enumerate() {
            let is_of = |&pair: &usize| fold_of(pair, pairs) == index;
            assert!(3 * fold.learned.len() >= 2 * pairs - 4 * GAP && fold.unseen.iter().all(is_of));
            for &pair in &fold.unseen {
                assert!(fold.learned.iter().all(|learned| learned.abs_diff(pair) > GAP));
            }
        }
    }
    #[test]
    fn a_caption_that_is_judged_is_not_learned_from_another_pair() {
        let rows: Vec<Vec<u32>> = (0..200).map(|pair| vec![pair / 8 % 11]).collect();
        let captions = numbered(&rows);
        assert_eq!(
            (captions[0], captions[8], captions[88]),
            (Some(0), Some(1), Some(0))
        );
        assert_eq!(numbered(&[vec![], vec![3]]), [None, Some(0)]);
        for fold in folds(&captions) {
            let judged: HashSet<_> = fold.unseen.iter().map(|pair| captions[*pair]).collect();
            assert!(fold.learned.iter().all(|pair| !judged.contains(&captions[*pair])));
        }
    }
}

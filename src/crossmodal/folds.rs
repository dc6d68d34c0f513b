//! Which pairs are learned from while others are judged: else a doubt would measure nothing but memory.

/// Parts of the video, each of which is judged once.
pub const FOLDS: usize = 5;
/// Pairs in a row that go to one part.
pub const BLOCK: usize = 5;
/// Pairs beside a block that are neither learned from nor judged: they show the same scene.
pub const GAP: usize = 1;
/// Fewest pairs that can be parted so.
pub const FEWEST: usize = 50;

/// One part of the pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Pairs that are judged.
    pub unseen: Vec<usize>,
    /// Pairs that are learned from.
    pub learned: Vec<usize>,
}

/// The part that a pair is judged in.
#[must_use]
pub const fn fold_of(pair: usize) -> usize {
    pair / BLOCK % FOLDS
}

/// Blocks of pairs in turns, so that every part has pairs of the whole video.
#[must_use]
pub fn folds(pairs: usize) -> Vec<Fold> {
    let of = |fold: usize| {
        let near = |pair: usize| (pair.saturating_sub(GAP)..=pair + GAP).any(|near| fold_of(near) == fold);
        Fold {
            unseen: (0..pairs).filter(|&pair| fold_of(pair) == fold).collect(),
            learned: (0..pairs).filter(|&pair| !near(pair)).collect(),
        }
    };
    (0..FOLDS).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_judged_once_by_who_has_not_seen_its_neighbours() {
        let folds = folds(83);
        let mut judged: Vec<usize> = folds.iter().flat_map(|fold| fold.unseen.clone()).collect();
        judged.sort_unstable();
        assert_eq!(judged, (0..83).collect::<Vec<_>>());
        for (index, fold) in folds.iter().enumerate() {
            assert!(fold.learned.len() > 50 && fold.unseen.iter().all(|&pair| fold_of(pair) == index));
            for &pair in &fold.unseen {
                assert!(fold.learned.iter().all(|learned| learned.abs_diff(pair) > GAP));
            }
        }
    }
}

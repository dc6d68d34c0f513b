//! How good scores are: the same measures for every system.

use serde::{Deserialize, Serialize};

/// How well the right one is found among others.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Retrieval {
    /// Share of the searches whose right one comes first.
    pub recall_at_1: f64,
    /// Share whose right one is among the first five.
    pub recall_at_5: f64,
    /// Share whose right one is among the first ten.
    pub recall_at_10: f64,
    /// Mean of one over the place of the right one (mean reciprocal rank).
    pub mean_reciprocal_rank: f64,
    /// Half of the right ones come at this place or before.
    pub median_place: f64,
    /// Searches.
    pub searches: usize,
    /// Mean number of those searched.
    pub candidates: f64,
}

impl Retrieval {
    /// From the place of the right one, from 1, and the number searched, a search each. Nothing where there are none.
    #[must_use]
    pub fn of(places: &[(f64, usize)]) -> Self {
        let mean = |value: &dyn Fn(f64, usize) -> f64| {
            places.iter().map(|&(place, of)| value(place, of)).sum::<f64>() / places.len().max(1) as f64
        };
        let mut sorted: Vec<f64> = places.iter().map(|(place, _)| *place).collect();
        sorted.sort_by(f64::total_cmp);
        let within = |first: f64| mean(&|place, _| f64::from(u8::from(place <= first)));
        Self {
            recall_at_1: within(1.0),
            recall_at_5: within(5.0),
            recall_at_10: within(10.0),
            mean_reciprocal_rank: mean(&|place, _| place.recip()),
            median_place: sorted.get(sorted.len() / 2).copied().unwrap_or_default(),
            searches: places.len(),
            candidates: mean(&|_, of| of as f64),
        }
    }
}

/// The place of `own` among `others` by score, from 1, the largest first; among equals it is in the middle.
#[must_use]
pub fn place(own: f32, others: impl IntoIterator<Item = f32>) -> f64 {
    others.into_iter().fold(1.0, |place, other| {
        place
            + match other.total_cmp(&own) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            }
    })
}

/// What the mean reciprocal rank is by chance among so many: the harmonic number over the number.
#[must_use]
pub fn chance_reciprocal_rank(candidates: usize) -> f64 {
    (1..=candidates).map(|place| (place as f64).recip()).sum::<f64>() / candidates.max(1) as f64
}

/// How likely one that is wrong scores above one that is right (the area under the receiver operating characteristic, as
/// the share of pairs in order, equals as half: Hanley and McNeil 1982). By chance 0.5, also where one kind is missing.
#[must_use]
pub fn auroc(wrong: &[f64], right: &[f64]) -> f64 {
    let of = wrong.len() * right.len();
    if of == 0 {
        return 0.5;
    }
    let mut above = 0.0;
    for wrong in wrong {
        for right in right {
            above += match wrong.total_cmp(right) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    above / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_of_hand() {
        let found = Retrieval::of(&[(1.0, 60), (2.0, 60), (6.0, 60), (20.0, 60)]);
        assert_eq!(
            (found.recall_at_1, found.recall_at_5, found.recall_at_10),
            (0.25, 0.5, 0.75)
        );
        assert!((found.mean_reciprocal_rank - (1.0 + 0.5 + 1.0 / 6.0 + 0.05) / 4.0).abs() < 1e-12);
        assert_eq!((found.searches, found.candidates), (4, 60.0));
        assert_eq!(Retrieval::of(&[]), Retrieval::default());
        assert_eq!(place(0.5, [0.9, 0.5, 0.1]), 2.5);
        assert!((chance_reciprocal_rank(60) - 0.078).abs() < 1e-3);
    }

    #[test]
    fn a_doubt_that_knows_nothing_is_worth_a_half() {
        assert_eq!(auroc(&[3.0, 4.0], &[1.0, 2.0]), 1.0);
        assert_eq!(auroc(&[1.0, 1.0], &[1.0]), 0.5);
        assert_eq!(auroc(&[1.0, 3.0], &[2.0, 2.0]), 0.5);
        assert_eq!(auroc(&[], &[2.0]), 0.5);
    }
}

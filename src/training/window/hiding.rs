//! What a network does not get to see, so that it has to be expected.

use crate::model::window::PLACES;
use rand::Rng;
use rand::seq::index::sample;
use std::ops::RangeInclusive;

/// Places of windows that are hidden, and those of them that are to be found again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Hiding {
    /// Whether a place is hidden, [`PLACES`] a window.
    pub hidden: Vec<bool>,
    /// Places to be found, counted on over all windows, in order.
    pub asked: Vec<usize>,
}

/// Fewest frames from which the next is to be expected.
const FEWEST_BEFORE: usize = 3;

impl Hiding {
    /// For so many windows by chance: a `next` share of them is hidden from one place on, of which that place is asked; of the
    /// others so many places are hidden, and all of them asked.
    pub fn by_chance(
        windows: usize,
        places: RangeInclusive<usize>,
        next: f64,
        random: &mut impl Rng,
    ) -> Self {
        let mut hiding = Self::default();
        for _ in 0..windows {
            if random.gen_bool(next) {
                hiding.from(random.gen_range(FEWEST_BEFORE..PLACES));
            } else {
                let count = random.gen_range(places.clone());
                let mut places = sample(random, PLACES, count).into_vec();
                places.sort_unstable();
                hiding.at(&places);
            }
        }
        hiding
    }

    /// Another window, where these places are hidden and asked.
    pub fn at(&mut self, places: &[usize]) {
        let before = self.hidden.len();
        self.hidden
            .extend((0..PLACES).map(|place| places.contains(&place)));
        self.asked.extend(places.iter().map(|place| before + place));
    }

    /// Another window, where all from this place on is hidden, and it is asked.
    pub fn from(&mut self, place: usize) {
        self.asked.push(self.hidden.len() + place);
        self.hidden.extend((0..PLACES).map(|other| other >= place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn what_is_asked_is_hidden_and_what_comes_next_is_hidden_as_well() {
        let mut hiding = Hiding::default();
        hiding.at(&[2, 5]);
        hiding.from(4);
        assert_eq!(hiding.asked, [2, 5, PLACES + 4]);
        let hidden = |window: usize| {
            hiding.hidden[window * PLACES..][..PLACES]
                .iter()
                .filter(|one| **one)
                .count()
        };
        assert_eq!((hidden(0), hidden(1)), (2, PLACES - 4));

        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(1);
        let hiding = Hiding::by_chance(400, 1..=6, 0.25, &mut random);
        assert_eq!(hiding.hidden.len(), 400 * PLACES);
        assert!(hiding.asked.iter().all(|&place| hiding.hidden[place]));
        let windows = hiding.hidden.chunks(PLACES);
        let to_the_end = windows.filter(|window| window.iter().skip(13).all(|hidden| *hidden));
        assert!((80..140).contains(&to_the_end.count()));
    }
}

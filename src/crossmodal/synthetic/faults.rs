//! What is wrong with the synthetic video, on purpose.

use super::drawing;
use super::story::Shown;
use rand::Rng;
use rand::seq::SliceRandom;

/// A stretch whose captions come too late or too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// First pair of the stretch.
    pub first: usize,
    /// Last pair of the stretch.
    pub last: usize,
    /// The caption of a frame in the stretch stands so many pairs later.
    pub by: isize,
}

/// What is true of the video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// What each frame shows, or would show had it not been replaced.
    pub shown: Vec<Shown>,
    /// The pair whose frame each caption was made for: the pair itself, where nothing is wrong with it.
    pub said: Vec<usize>,
    /// Pairs whose captions were dealt out anew among them, one in ten; in order.
    pub swapped: Vec<usize>,
    /// Pairs whose frame was replaced by one that belongs to no scene, one in twenty; in order.
    pub spliced: Vec<usize>,
    /// The stretch that is shifted.
    pub shift: Shift,
}

impl Answers {
    /// The scene that a pair's caption tells of.
    #[must_use]
    pub fn scene_said(&self, pair: usize) -> Option<usize> {
        self.shown.get(*self.said.get(pair)?).map(|shown| shown.scene)
    }

    /// The scene of a pair's frame; none where the frame was replaced.
    #[must_use]
    pub fn scene_shown(&self, pair: usize) -> Option<usize> {
        if self.spliced.binary_search(&pair).is_ok() {
            return None;
        }
        self.shown.get(pair).map(|shown| shown.scene)
    }

    /// Whether nothing is wrong with a pair.
    #[must_use]
    pub fn is_sound(&self, pair: usize) -> bool {
        !(self.shift.first..=self.shift.last).contains(&pair)
            && self.swapped.binary_search(&pair).is_err()
            && self.spliced.binary_search(&pair).is_err()
    }
}

/// Plants the faults: captions of chance pairs are dealt out anew, frames replaced, and a stretch of two pairs in fifteen
/// has its captions three pairs late or early; at its end they go on at its other end.
pub(super) fn plant(
    shown: &[Shown],
    images: &mut [u8],
    frame: (usize, usize),
    random: &mut impl Rng,
) -> Answers {
    let pairs = shown.len();
    let length = pairs * 2 / 15;
    let first = random.gen_range(pairs / 6..pairs - pairs / 6 - length);
    let shift = Shift {
        first,
        last: first + length - 1,
        by: if random.gen_bool(0.5) { 3 } else { -3 },
    };
    let mut said: Vec<usize> = (0..pairs).collect();
    if let Some(stretch) = said.get_mut(shift.first..=shift.last) {
        if shift.by > 0 {
            stretch.rotate_right(shift.by.unsigned_abs());
        } else {
            stretch.rotate_left(shift.by.unsigned_abs());
        }
    }
    let mut others: Vec<usize> = (0..pairs)
        .filter(|row| !(shift.first..=shift.last).contains(row))
        .collect();
    others.shuffle(random);
    let mut swapped: Vec<usize> = others.drain(..pairs / 10).collect();
    // Round in a circle, so that none keeps its own.
    for two in swapped.windows(2) {
        if let [one, other] = two {
            said.swap(*one, *other);
        }
    }
    let mut spliced: Vec<usize> = others.drain(..pairs / 20).collect();
    let size = 3 * frame.0 * frame.1;
    for &row in &spliced {
        if let Some(slot) = images.get_mut(row * size..(row + 1) * size) {
            slot.copy_from_slice(&drawing::foreign(frame, random));
        }
    }
    swapped.sort_unstable();
    spliced.sort_unstable();
    Answers {
        shown: shown.to_vec(),
        said,
        swapped,
        spliced,
        shift,
    }
}

//! What is said of one pair, and how it follows from what a network says.

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

/// How much a pair's frame surprises, and whether the frames around it go with the captions around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Surprise {
    /// How much less likely its frame is at its place than a frame by chance, from the frames on both sides: the natural
    /// logarithm of the ratio. 0 for chance, less where the frame is expected.
    pub surprise: f64,
    /// Share of the other frames of its part of the video that fit its place better.
    pub better: f64,
    /// The same as `surprise`, from the frames before it only; none at the first pair.
    pub sudden: Option<f64>,
    /// Whether the window around it goes with its captions; none where nothing is said in it, and in an end of the video that
    /// is too short to be judged.
    pub alignment: Option<Alignment>,
    /// The pairs whose frames are likeliest to come here after those before, the likeliest first.
    pub next: Vec<usize>,
}

impl Surprise {
    /// In words: what kind of place it is.
    #[must_use]
    pub fn told(&self) -> String {
        let kind = match (
            self.surprise > 0.0,
            self.sudden.is_some_and(|sudden| sudden > 0.0),
        ) {
            (true, true) => {
                "Fits neither what comes before nor what comes after: a shot that was put in, or something shown only once"
            }
            (true, false) => "Does not fit between what comes before and after, though it could follow",
            (false, true) => "A cut: unlike what comes before, and what comes after goes on with it",
            (false, false) => "Goes on with what is around it",
        };
        format!(
            "{kind}. {:.0} % of the frames elsewhere would fit here better",
            self.better * 100.0
        )
    }
}

/// How well a window of frames goes with its captions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alignment {
    /// How far it goes better with them than with other captions, and they with it than with other frames, in deviations; about 0 by
    /// chance.
    pub above: f64,
    /// Share of the windows elsewhere whose captions go better with its frames; a half by chance.
    pub better: f64,
}

/// The natural logarithm of how much less likely `own` is among `rivals` and itself than by chance, by their logits.
pub(super) fn surprise(own: f32, rivals: &[f32]) -> f64 {
    let count = rivals.len() + 1;
    let most = rivals.iter().copied().fold(own, f32::max);
    let sum: f64 = rivals
        .iter()
        .chain([&own])
        .map(|logit| f64::from(logit - most).exp())
        .sum();
    sum.ln() - f64::from(own - most) - (count as f64).ln()
}

/// Share of `rivals` that are larger than `own`, a half of those as large.
pub(super) fn better(own: f32, rivals: &[f32]) -> f64 {
    let place = crate::crossmodal::evaluation::place(own, rivals.iter().copied());
    (place - 1.0) / rivals.len().max(1) as f64
}

/// How far a value lies above others, in their deviations.
fn above(own: f32, others: &[f32]) -> f64 {
    let others = ArrayView1::from(others);
    let (mean, deviation) = (others.mean().unwrap_or(0.0), others.std(0.0));
    f64::from((own - mean) / deviation.max(1e-6))
}

/// How well the frames of one window go with the captions of another, by how well all go with all in `fits`: `[frames, captions]`,
/// both of windows that begin with the pairs `firsts`. Each is held against the windows that have no pair in common with it. None
/// where there are fewer than two of them.
pub(super) fn alignment(
    fits: &Array2<f32>,
    firsts: &[usize],
    (frames, captions): (usize, usize),
) -> Option<Alignment> {
    let own = *fits.get([frames, captions])?;
    let apart = |of: usize| {
        let first = firsts.get(of).copied().unwrap_or_default();
        let far = move |(_, other): &(usize, &usize)| other.abs_diff(first) >= crate::model::window::PLACES;
        firsts.iter().enumerate().filter(far).map(|(place, _)| place)
    };
    let of_captions: Vec<f32> = apart(frames)
        .filter_map(|other| fits.get([frames, other]).copied())
        .collect();
    let of_frames: Vec<f32> = apart(captions)
        .filter_map(|other| fits.get([other, captions]).copied())
        .collect();
    if of_captions.len() < 2 || of_frames.len() < 2 {
        return None;
    }
    Some(Alignment {
        above: f64::midpoint(above(own, &of_captions), above(own, &of_frames)),
        better: better(own, &of_captions),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_among_equals_is_no_surprise_and_an_unlikely_one_is() {
        assert!(surprise(1.0, &[1.0, 1.0, 1.0]).abs() < 1e-9);
        assert!(
            (surprise(-3.0, &[0.0; 9]) - (3.0 - (10.0_f64 / (9.0 + (-3.0_f64).exp())).ln())).abs() < 1e-6
        );
        assert!(surprise(5.0, &[0.0; 9]) < -2.0);
        assert!(surprise(-1000.0, &[0.0; 3]) > 900.0, "no overflow");
        assert_eq!(better(0.5, &[0.9, 0.1, 0.2, 0.3]), 0.25);
        assert_eq!(better(0.5, &[]), 0.0);
    }

    #[test]
    fn a_cut_and_an_inserted_shot_are_told_apart_in_words() {
        let place = |surprise: f64, sudden: f64| Surprise {
            surprise,
            better: 0.25,
            sudden: Some(sudden),
            alignment: None,
            next: Vec::new(),
        };
        assert!(place(-1.0, 2.0).told().starts_with("A cut"));
        assert!(place(2.0, 2.0).told().contains("put in"));
        assert!(place(-1.0, -1.0).told().contains("Goes on") && place(-1.0, -1.0).told().contains("25 %"));
    }

    #[test]
    fn a_window_is_held_against_those_that_have_no_pair_in_common() {
        let firsts = [0, 8, 16, 32, 48];
        let mut fits = Array2::from_shape_fn((5, 5), |(a, b)| 0.1 * ((a * 3 + b * 7) % 4) as f32);
        for (place, first) in firsts.iter().enumerate() {
            fits[[place, place]] = if *first == 16 { -1.0 } else { 1.0 };
        }
        // Much larger, but it shares pairs with the window.
        fits[[0, 1]] = 9.0;
        let good = alignment(&fits, &firsts, (0, 0)).unwrap();
        assert!(good.above > 3.0 && good.better == 0.0, "{good:?}");
        let bad = alignment(&fits, &firsts, (2, 2)).unwrap();
        assert!(bad.above < -3.0 && bad.better == 1.0, "{bad:?}");
        assert!(alignment(&fits, &firsts[..2], (0, 0)).is_none());
    }
}

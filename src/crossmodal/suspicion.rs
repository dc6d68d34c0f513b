//! Which pairs do not seem to belong together.

use super::unseen::UnseenScores;
use serde::{Deserialize, Serialize};

/// How doubtful a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Suspicion {
    /// The pair, by its place in the dataset.
    pub pair: usize,
    /// From 0 to 1; 0.5 where they fit as well as a frame and a caption of two pairs do, less where they fit better: the
    /// logistic function of how many deviations they lie below.
    pub doubt: f64,
    /// Share of the captions it was held against that fit its frame better than its own.
    pub better_captions: f64,
    /// Share of the frames it was held against that fit its caption better than its own.
    pub better_frames: f64,
}

/// Captions and frames of neighbours are not held against a pair: what is said there often fits as well.
const NEIGHBOURS: usize = 2;

/// The doubt about each pair that has a caption, the most doubtful first. A pair is held against the others of its part of
/// the video, which none of those who judge it has seen either.
#[must_use]
pub fn suspicions(scores: &UnseenScores) -> Vec<Suspicion> {
    let mut found: Vec<Suspicion> = (0..scores.len())
        .filter_map(|pair| suspicion(scores, pair))
        .collect();
    found.sort_by(|a, b| b.doubt.total_cmp(&a.doubt).then(a.pair.cmp(&b.pair)));
    found
}

fn suspicion(scores: &UnseenScores, pair: usize) -> Option<Suspicion> {
    let own = scores.fit(pair, pair)?;
    let (mut captions, mut frames, mut rivals) = (0.0, 0.0, 0.0);
    let (mut of_captions, mut of_frames) = (Spread::default(), Spread::default());
    for rival in scores
        .rivals(pair)
        .filter(|rival| rival.abs_diff(pair) > NEIGHBOURS)
    {
        let (caption, frame) = (scores.fit(pair, rival)?, scores.fit(rival, pair)?);
        captions += f64::from(u8::from(caption > own));
        frames += f64::from(u8::from(frame > own));
        of_captions.add(caption.into());
        of_frames.add(frame.into());
        rivals += 1.0;
    }
    if rivals < 2.0 {
        return None;
    }
    // How far it lies above what its frame has with other captions, and its caption with other frames, in deviations.
    let above = (of_captions.deviations(own.into()) + of_frames.deviations(own.into())) / 2.0;
    Some(Suspicion {
        pair,
        doubt: 1.0 / (1.0 + above.exp()),
        better_captions: captions / rivals,
        better_frames: frames / rivals,
    })
}

/// Mean and deviation of some values.
#[derive(Default)]
struct Spread {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn deviations(&self, value: f64) -> f64 {
        let mean = self.sum / self.count.max(1.0);
        let variance = (self.squares / self.count.max(1.0) - mean * mean).max(1e-12);
        (value - mean) / variance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn the_pair_that_fits_worst_is_doubted_most() {
        let mut matrix = Array2::from_shape_fn((60, 60), |(frame, caption)| {
            let noise = ((frame * 31 + caption * 17) % 13) as f32 / 13.0;
            noise + if frame == caption { 3.0 } else { 0.0 }
        });
        matrix[[17, 17]] = -1.0;
        let mut scores = UnseenScores::of(matrix);
        scores.captions[3] = None;
        let found = suspicions(&scores);
        assert_eq!((found.len(), found[0].pair), (59, 17));
        assert!(
            found[0].doubt > 0.9 && found[1].doubt < 0.1,
            "{:?}",
            found.get(..2)
        );
        assert_eq!((found[0].better_captions, found[0].better_frames), (1.0, 1.0));
        assert_eq!(found[1].better_captions, 0.0);
    }
}

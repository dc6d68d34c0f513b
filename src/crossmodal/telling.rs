//! Whether the words of a video tell anything of its pictures.

use super::evaluation::{Retrieval, chance_reciprocal_rank, place};
use super::unseen::UnseenScores;
use serde::{Deserialize, Serialize};

/// How far above chance counts as more than chance, in standard errors of guessing. Neighbours are no trials of their own,
/// which makes guessing vary more than this says: hence the distance.
const PLAIN: f64 = 4.0;

/// How well captions that were not learned from find their own frames among those of their part of the video, and the other
/// way round.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// The frame of a caption.
    pub frames_by_words: Retrieval,
    /// The caption of a frame.
    pub words_by_frame: Retrieval,
    /// Mean reciprocal rank by guessing.
    pub chance: f64,
    /// Whether that is more than guessing.
    pub plain: bool,
}

impl Telling {
    /// Of the pairs of a video, as they are: those that do not belong together count against it.
    #[must_use]
    pub fn of(scores: &UnseenScores) -> Self {
        let search = |fit: &dyn Fn(usize, usize) -> Option<f32>| -> Vec<(f64, usize)> {
            let one = |own: usize| {
                let score = fit(own, own)?;
                let others: Vec<f32> = scores.rivals(own).filter_map(|other| fit(own, other)).collect();
                Some((place(score, others.iter().copied()), others.len() + 1))
            };
            (0..scores.len()).filter_map(one).collect()
        };
        let by_words = search(&|own, other| scores.fit(other, own));
        let by_frame = search(&|own, other| scores.fit(own, other));
        let count = by_words.len().max(1) as f64;
        let of_each = |value: fn(usize) -> f64| by_words.iter().map(|(_, of)| value(*of)).sum::<f64>();
        let chance = of_each(chance_reciprocal_rank) / count;
        let error = of_each(variance).sqrt() / count;
        let (frames_by_words, words_by_frame) = (Retrieval::of(&by_words), Retrieval::of(&by_frame));
        let both = (frames_by_words.mean_reciprocal_rank + words_by_frame.mean_reciprocal_rank) / 2.0;
        Self {
            frames_by_words,
            words_by_frame,
            chance,
            plain: both > PLAIN.mul_add(error, chance),
        }
    }
}

/// Variance of one over a place by chance among so many.
fn variance(candidates: usize) -> f64 {
    let count = candidates.max(1) as f64;
    let squares: f64 = (1..=candidates).map(|place| (place as f64).powi(-2)).sum();
    squares / count - chance_reciprocal_rank(candidates).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::{Rng, SeedableRng};

    fn scores(own: f32) -> UnseenScores {
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(3);
        let noise = Array2::from_shape_fn((200, 200), |(frame, caption)| {
            random.gen_range(0.0..1.0) + if frame == caption { own } else { 0.0 }
        });
        UnseenScores::of(noise)
    }

    #[test]
    fn guessing_is_called_guessing() {
        let guessed = Telling::of(&scores(0.0));
        assert!(!guessed.plain, "{guessed:?}");
        assert!((guessed.frames_by_words.mean_reciprocal_rank - guessed.chance).abs() < 0.05);
        let known = Telling::of(&scores(0.4));
        assert!(
            known.plain && known.words_by_frame.mean_reciprocal_rank > 0.25,
            "{known:?}"
        );
    }
}

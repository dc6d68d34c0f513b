//! How good the systems are on the synthetic video, beside chance and what needs no network.

use super::baseline::nearest_caption;
use super::evaluation::{Retrieval, auroc, chance_reciprocal_rank, place};
use super::features::colour_layout;
use super::fit::cross_fit;
use super::shift::{Gains, ProposedShift, proposed_shifts};
use super::suspicion::suspicions;
use super::synthetic::{Answers, SyntheticVideo};
use super::unseen::UnseenScores;
use crate::jobs::Watch;
use crate::model::PictureTower;
use crate::pairing::Dataset;
use crate::training::contrast::ContrastConfig;
use crate::training::fitting::FitError;
use serde::Serialize;
use std::time::Instant;

/// How far the proposed shift may be from the planted one, in pairs.
const TOLERANCE: isize = 1;

/// What one way of scoring makes of the video. Sound pairs of each fifth of the video are searched for among all of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Share of the captions whose best frame is of their scene.
    pub scene_by_words: f64,
    /// Share of the frames whose best caption is of their scene.
    pub scene_by_picture: f64,
    /// The frame of a caption among those of its part.
    pub frames_by_words: Retrieval,
    /// The caption of a frame among those of its part.
    pub captions_by_picture: Retrieval,
    /// How likely a pair whose caption was swapped is more doubtful than a sound one.
    pub swapped_auroc: f64,
    /// How likely a pair whose frame was replaced is more doubtful than a sound one.
    pub spliced_auroc: f64,
    /// The stretches that are proposed to be moved.
    pub shifts: Vec<ProposedShift>,
    /// Whether most of the shifted stretch is proposed to be moved by what it was shifted by, give or take a pair.
    pub shift_found: bool,
    /// Share of the pairs outside it that are proposed to be moved as well.
    pub moved_wrongly: f64,
}

/// What guessing would make of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Chance {
    /// Mean share of a part's frames that are of a sound pair's scene.
    pub scene: f64,
    /// Mean reciprocal rank.
    pub mean_reciprocal_rank: f64,
    /// Area under the curve.
    pub auroc: f64,
}

/// The contrastive fit, measured with one seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContrastMeasure {
    /// Seed of the video and of the fit.
    pub seed: u64,
    /// Pairs of the video.
    pub pairs: usize,
    /// The towers.
    pub contrast: Figures,
    /// The nearest caption.
    pub baseline: Figures,
    /// Guessing.
    pub chance: Chance,
    /// First and last pair of the shifted stretch.
    pub shifted: (usize, usize),
    /// What it is shifted by, in pairs.
    pub shifted_by: isize,
    /// What stood for the pictures.
    pub pictures: String,
    /// Epochs of each fit.
    pub epochs: Vec<usize>,
    /// Seconds of the fits.
    pub seconds: f64,
    /// Whether all that is asked of it holds.
    pub accepted: bool,
}

/// Makes a synthetic video of so many pairs, fits, and measures.
///
/// # Errors
/// When a fit cannot go on, or the work is cancelled.
pub fn measure_contrast(
    pairs: usize,
    config: &ContrastConfig,
    watch: &Watch,
) -> Result<ContrastMeasure, FitError> {
    watch.say("Making a video whose answers are known");
    let video = SyntheticVideo::new(pairs, config.fit.seed);
    let (dataset, answers) = (&video.dataset, &video.answers);
    let features = colour_layout(dataset, watch)?;
    let started = Instant::now();
    let fit = cross_fit(dataset, &features, config, watch)?;
    let seconds = started.elapsed().as_secs_f64();
    let contrast = figures(&fit.scores, dataset, answers);
    Ok(ContrastMeasure {
        seed: config.fit.seed,
        pairs: dataset.len(),
        accepted: accepts(&contrast),
        contrast,
        baseline: figures(&nearest_caption(dataset, &features), dataset, answers),
        chance: chance(&fit.scores, answers),
        shifted: (answers.shift.first, answers.shift.last),
        shifted_by: answers.shift.by,
        pictures: match config.design.picture {
            PictureTower::Cached { .. } => features.source,
            PictureTower::Convolution(_) => "convolutions learned along".to_owned(),
        },
        epochs: fit.epochs,
        seconds,
    })
}

/// What is asked of the contrastive fit on a video of 300 pairs.
fn accepts(figures: &Figures) -> bool {
    figures.scene_by_words.min(figures.scene_by_picture) >= 0.8
        && figures
            .frames_by_words
            .mean_reciprocal_rank
            .min(figures.captions_by_picture.mean_reciprocal_rank)
            >= 0.5
        && figures.swapped_auroc >= 0.9
        && figures.shift_found
}

fn figures(scores: &UnseenScores, dataset: &Dataset, answers: &Answers) -> Figures {
    let words = Searches::new(scores, answers, Answers::scene_shown, |own, other| {
        scores.fit(other, own)
    });
    let pictures = Searches::new(scores, answers, Answers::scene_said, |own, other| {
        scores.fit(own, other)
    });
    let doubts = suspicions(scores);
    let doubt = |is: &dyn Fn(usize) -> bool| -> Vec<f64> {
        let of = doubts.iter().filter(|one| is(one.pair));
        of.map(|one| one.doubt).collect()
    };
    let sound = doubt(&|pair| answers.is_sound(pair));
    let swapped = doubt(&|pair| answers.swapped.binary_search(&pair).is_ok());
    let spliced = doubt(&|pair| answers.spliced.binary_search(&pair).is_ok());
    let shifts = proposed_shifts(&Gains::of_pictures(scores), &dataset.pairs);
    let planted = answers.shift;
    let inside = |pair: &usize| (planted.first..=planted.last).contains(pair);
    let moved = |right: &dyn Fn(&ProposedShift, usize) -> bool| {
        let of = |shift: &ProposedShift| {
            (shift.first..=shift.last)
                .filter(|&pair| right(shift, pair))
                .count()
        };
        shifts.iter().map(of).sum::<usize>()
    };
    let right = moved(&|shift, pair| inside(&pair) && (shift.by - planted.by).abs() <= TOLERANCE);
    let wrongly = moved(&|_, pair| !inside(&pair));
    let stretch = planted.last + 1 - planted.first;
    Figures {
        scene_by_words: words.scene,
        scene_by_picture: pictures.scene,
        frames_by_words: words.own,
        captions_by_picture: pictures.own,
        swapped_auroc: auroc(&swapped, &sound),
        spliced_auroc: auroc(&spliced, &sound),
        shift_found: 2 * right > stretch,
        moved_wrongly: wrongly as f64 / (scores.len() - stretch).max(1) as f64,
        shifts,
    }
}

/// Searches for sound pairs among all of their part, in one direction.
struct Searches {
    scene: f64,
    own: Retrieval,
}

impl Searches {
    fn new(
        scores: &UnseenScores,
        answers: &Answers,
        scene: impl Fn(&Answers, usize) -> Option<usize>,
        fit: impl Fn(usize, usize) -> Option<f32>,
    ) -> Self {
        let mut places = Vec::new();
        let mut same_scene = 0.0;
        for own in (0..scores.len()).filter(|&pair| answers.is_sound(pair)) {
            let Some(score) = fit(own, own) else { continue };
            let others: Vec<(usize, f32)> = scores
                .rivals(own)
                .filter_map(|other| Some((other, fit(own, other)?)))
                .collect();
            places.push((place(score, others.iter().map(|other| other.1)), others.len() + 1));
            let best = others.iter().copied().fold(
                (own, score),
                |best, other| {
                    if other.1 > best.1 { other } else { best }
                },
            );
            same_scene += f64::from(u8::from(scene(answers, best.0) == scene(answers, own)));
        }
        Self {
            scene: same_scene / places.len().max(1) as f64,
            own: Retrieval::of(&places),
        }
    }
}

fn chance(scores: &UnseenScores, answers: &Answers) -> Chance {
    let (mut scene, mut rank, mut searches) = (0.0, 0.0, 0.0);
    for own in (0..scores.len()).filter(|&pair| answers.is_sound(pair)) {
        let rivals: Vec<usize> = scores.rivals(own).collect();
        let same = rivals
            .iter()
            .filter(|&&other| answers.scene_shown(other) == answers.scene_shown(own));
        scene += (same.count() + 1) as f64 / (rivals.len() + 1) as f64;
        rank += chance_reciprocal_rank(rivals.len() + 1);
        searches += 1.0;
    }
    Chance {
        scene: scene / f64::max(searches, 1.0),
        mean_reciprocal_rank: rank / f64::max(searches, 1.0),
        auroc: 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossmodal::synthetic::Shown;
    use ndarray::Array2;

    /// Scores of one who knows what is shown and said.
    fn knowing(answers: &Answers) -> UnseenScores {
        let count = answers.shown.len();
        let parts = |one: &Shown| [one.scene, one.colour, one.shape, one.position, one.count];
        let matrix = Array2::from_shape_fn((count, count), |(frame, caption)| {
            let said = answers.shown[answers.said[caption]];
            let shown = answers.scene_shown(frame).map(|_| answers.shown[frame]);
            shown.map_or(0.0, |shown| {
                let same = parts(&shown)
                    .into_iter()
                    .zip(parts(&said))
                    .filter(|(a, b)| a == b);
                same.count() as f32
            })
        });
        UnseenScores::of(matrix)
    }

    #[test]
    fn one_who_knows_is_accepted_and_one_who_does_not_is_not() {
        let video = SyntheticVideo::new(300, 2);
        let mut scores = knowing(&video.answers);
        let found = figures(&scores, &video.dataset, &video.answers);
        assert!(accepts(&found), "{found:?}");
        assert!(
            found.spliced_auroc > 0.99 && found.moved_wrongly < 0.02,
            "{found:?}"
        );
        for matrix in &mut scores.matrices {
            matrix.fill(0.0);
        }
        let found = figures(&scores, &video.dataset, &video.answers);
        assert!(!accepts(&found) && found.shifts.is_empty(), "{found:?}");
        assert!((found.swapped_auroc - 0.5).abs() < 1e-9);
        assert!(chance(&scores, &video.answers).mean_reciprocal_rank < 0.09);
    }
}

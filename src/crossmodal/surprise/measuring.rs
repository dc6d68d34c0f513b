//! How good surprise and the alignment of windows are on the synthetic video, beside chance and what needs no network.

use super::fit::{Judged, JudgedWindows, judge_windows};
use super::scores::alignment;
use crate::crossmodal::baseline::{nearest_caption, unit};
use crate::crossmodal::evaluation::{Retrieval, auroc, chance_reciprocal_rank};
use crate::crossmodal::features::colour_layout;
use crate::crossmodal::synthetic::{Answers, SyntheticVideo};
use crate::jobs::Watch;
use crate::model::window::PLACES;
use crate::training::contrast::FrameFeatures;
use crate::training::fitting::FitError;
use crate::training::window::WindowConfig;
use ndarray::Array2;
use serde::Serialize;
use std::time::Instant;

/// Windows whose captions begin so many pairs from their frames, or further, do not go together.
const MOVED: usize = 3;

/// What one way of scoring makes of the video.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SurpriseFigures {
    /// Share of the replaced frames in the tenth that surprises most.
    pub spliced_in_top_tenth: f64,
    /// How likely a replaced frame surprises more than another.
    pub spliced_auroc: f64,
    /// How likely the first frame of a scene surprises more, from the frames before it, than one that goes on with it.
    pub cut_auroc: f64,
    /// How likely a window of frames goes better with its own captions than one of elsewhere does with them.
    pub window_auroc: f64,
    /// The same for captions that begin at least three pairs earlier or later and have pairs in common with the window.
    pub moved_auroc: f64,
    /// The same for windows of the stretch whose captions are shifted; a half where none was judged.
    pub shifted_auroc: f64,
}

/// Surprise and alignment, measured with one seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurpriseMeasure {
    /// Seed of the video and of the fit.
    pub seed: u64,
    /// Pairs of the video.
    pub pairs: usize,
    /// The network.
    pub network: SurpriseFigures,
    /// Without one: the mean distance of a frame's features to those of the frames beside it, the distance to the one before, and the
    /// mean cosine over a window of its frames and those of the nearest captions.
    pub baseline: SurpriseFigures,
    /// Guessing.
    pub chance: SurpriseFigures,
    /// How well hidden frames that were not replaced are found among those of their part.
    pub found: Retrieval,
    /// Mean reciprocal rank of that by guessing.
    pub chance_found: f64,
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
pub fn measure_surprise(
    pairs: usize,
    config: &WindowConfig,
    watch: &Watch,
) -> Result<SurpriseMeasure, FitError> {
    watch.say("Making a video whose answers are known");
    let video = SyntheticVideo::new(pairs, config.fit.seed);
    let (dataset, answers) = (&video.dataset, &video.answers);
    let features = colour_layout(dataset, watch)?;
    let started = Instant::now();
    let judged = judge_windows(dataset, &features, config, watch)?;
    let seconds = started.elapsed().as_secs_f64();
    let network = of_network(&judged, answers);
    let plain = nearest_caption(dataset, &features);
    let by_captions: Vec<JudgedWindows> = judged
        .windows
        .iter()
        .zip(&plain.matrices)
        .map(|(windows, matrix)| by_nearest_caption(windows, matrix))
        .collect();
    let baseline = figures(
        &distances(&features),
        &by_captions,
        |windows, pair| windows.fits.get(pair).copied().map(f64::from),
        answers,
    );
    Ok(SurpriseMeasure {
        seed: config.fit.seed,
        pairs: dataset.len(),
        accepted: network.spliced_in_top_tenth >= 0.8
            && network.window_auroc >= 0.9
            && network.window_auroc > baseline.window_auroc,
        network,
        baseline,
        chance: SurpriseFigures {
            spliced_in_top_tenth: (dataset.len() / 10) as f64 / dataset.len().max(1) as f64,
            spliced_auroc: 0.5,
            cut_auroc: 0.5,
            window_auroc: 0.5,
            moved_auroc: 0.5,
            shifted_auroc: 0.5,
        },
        found: judged.found,
        chance_found: chance_reciprocal_rank(judged.found.candidates.round() as usize),
        pictures: features.source,
        epochs: judged.epochs,
        seconds,
    })
}

/// How much each frame surprises: from both sides, and from the frames before it.
type Surprises = [Vec<f64>; 2];

fn of_network(judged: &Judged, answers: &Answers) -> SurpriseFigures {
    let places = judged.places.iter();
    let surprises = places.map(|place| (place.surprise, place.sudden.unwrap_or(0.0)));
    let (between, before) = surprises.unzip();
    figures(
        &[between, before],
        &judged.windows,
        |windows, pair| Some(alignment(&windows.fits, &windows.firsts, pair)?.above),
        answers,
    )
}

/// The mean distance of the features of each frame to those of the frames beside it, and the distance to the one before.
fn distances(features: &FrameFeatures) -> Surprises {
    let values = &features.values;
    let even = unit(values.clone());
    let count = values.nrows();
    let away = |of: &Array2<f32>, one: usize, other: usize| {
        let away = &of.row(one) - &of.row(other);
        f64::from(away.dot(&away).sqrt())
    };
    let beside = |row: usize| {
        let beside = [row.checked_sub(1), (row + 1 < count).then_some(row + 1)];
        let beside: Vec<f64> = beside
            .into_iter()
            .flatten()
            .map(|other| away(values, row, other))
            .collect();
        beside.iter().sum::<f64>() / beside.len().max(1) as f64
    };
    let before = |row: usize| row.checked_sub(1).map_or(0.0, |other| away(&even, row, other));
    [(0..count).map(beside).collect(), (0..count).map(before).collect()]
}

/// Mean scores over windows of a part, by a matrix `[frames, captions]` of pairs.
fn by_nearest_caption(windows: &JudgedWindows, matrix: &Array2<f32>) -> JudgedWindows {
    let firsts = windows.firsts.clone();
    let mean = |frames: usize, captions: usize| {
        let score = |place: usize| {
            matrix
                .get([frames + place, captions + place])
                .copied()
                .unwrap_or(0.0)
        };
        (0..PLACES).map(score).sum::<f32>() / PLACES as f32
    };
    let of = |place: usize| firsts.get(place).copied().unwrap_or_default();
    JudgedWindows {
        fits: Array2::from_shape_fn(windows.fits.dim(), |(frames, captions)| {
            mean(of(frames), of(captions))
        }),
        unseen: windows.unseen,
        firsts,
    }
}

/// `score` says how well the frames of one window of a part go with the captions of another.
fn figures(
    [between, before]: &Surprises,
    windows: &[JudgedWindows],
    score: impl Fn(&JudgedWindows, (usize, usize)) -> Option<f64>,
    answers: &Answers,
) -> SurpriseFigures {
    let replaced = |pair: usize| answers.spliced.binary_search(&pair).is_ok();
    let of = |values: &[f64], is: &dyn Fn(usize) -> bool| -> Vec<f64> {
        let pairs = values.iter().enumerate().filter(|(pair, _)| is(*pair));
        pairs.map(|(_, value)| *value).collect()
    };
    let mut order: Vec<usize> = (0..between.len()).collect();
    let value = |pair: usize| between.get(pair).copied().unwrap_or_default();
    order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    let top = order
        .iter()
        .take(between.len() / 10)
        .filter(|&&pair| replaced(pair))
        .count();

    // Only where the frame and the one before it are of the story.
    let scenes = |pair: usize| {
        answers
            .scene_shown(pair.checked_sub(1)?)
            .zip(answers.scene_shown(pair))
    };
    let cut = |pair: usize| scenes(pair).is_some_and(|(before, here)| before != here);
    let goes_on = |pair: usize| scenes(pair).is_some_and(|(before, here)| before == here);

    let shift = answers.shift;
    let touches = |first: usize| first <= shift.last && first + PLACES > shift.first;
    let inside = |first: usize| first >= shift.first && first + PLACES <= shift.last + 1;
    let (mut own, mut elsewhere, mut moved, mut shifted) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for windows in windows {
        let unseen = || windows.firsts.iter().copied().enumerate().take(windows.unseen);
        for (frames, first) in unseen() {
            if inside(first) {
                shifted.extend(score(windows, (frames, frames)));
            }
            if touches(first) {
                continue;
            }
            own.extend(score(windows, (frames, frames)));
            for (captions, other) in unseen().filter(|(_, other)| !touches(*other)) {
                match other.abs_diff(first) {
                    PLACES.. => elsewhere.extend(score(windows, (frames, captions))),
                    MOVED.. => moved.extend(score(windows, (frames, captions))),
                    _ => {}
                }
            }
        }
    }
    SurpriseFigures {
        spliced_in_top_tenth: top as f64 / answers.spliced.len().max(1) as f64,
        spliced_auroc: auroc(&of(between, &replaced), &of(between, &|pair| !replaced(pair))),
        cut_auroc: auroc(&of(before, &cut), &of(before, &goes_on)),
        window_auroc: auroc(&own, &elsewhere),
        moved_auroc: auroc(&own, &moved),
        shifted_auroc: auroc(&own, &shifted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_knows_finds_all_and_one_who_does_not_finds_nothing() {
        let answers = SyntheticVideo::new(300, 2).answers;
        let spliced = |pair: usize| f64::from(u8::from(answers.scene_shown(pair).is_none()));
        let between: Vec<f64> = (0..300).map(spliced).collect();
        let same = |pair: usize| pair > 0 && answers.scene_shown(pair) == answers.scene_shown(pair - 1);
        let before: Vec<f64> = (0..300).map(|pair| f64::from(u8::from(!same(pair)))).collect();
        let firsts: Vec<usize> = (0..285).step_by(3).collect();
        let count = firsts.len();
        let fits = Array2::from_shape_fn((count, count), |(frames, captions)| {
            let same =
                (0..PLACES).filter(|place| answers.said[firsts[captions] + place] == firsts[frames] + place);
            same.count() as f32
        });
        let windows = [JudgedWindows {
            unseen: count,
            firsts,
            fits,
        }];
        let fit = |windows: &JudgedWindows, pair| windows.fits.get(pair).copied().map(f64::from);
        let found = figures(&[between, before], &windows, fit, &answers);
        assert_eq!(found.spliced_in_top_tenth, 1.0);
        assert_eq!((found.spliced_auroc, found.cut_auroc), (1.0, 1.0));
        assert!(found.window_auroc > 0.99 && found.moved_auroc > 0.99, "{found:?}");
        assert_eq!(found.shifted_auroc, 1.0);
        let nothing = figures(
            &[vec![0.0; 300], vec![0.0; 300]],
            &windows,
            |_, _| Some(1.0),
            &answers,
        );
        assert_eq!((nothing.spliced_auroc, nothing.window_auroc), (0.5, 0.5));
        assert!(nothing.spliced_in_top_tenth < 0.4);
    }
}

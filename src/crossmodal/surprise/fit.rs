//! Networks for each part of the video, fitted without it, and what each says of its part.

use super::scores::{Surprise, alignment, better};
use crate::crossmodal::evaluation::Retrieval;
use crate::crossmodal::folds::{Fold, GAP, block, check_size, folds, numbered};
use crate::jobs::Watch;
use crate::model::window::PLACES;
use crate::pairing::Dataset;
use crate::training::contrast::FrameFeatures;
use crate::training::fitting::FitError;
use crate::training::window::{Judge, Question, WindowConfig, WindowPairs, fit};
use crate::training::{Control, device};
use ndarray::Array2;

/// Windows of the whole video that a window is held against, at most, besides those of its part.
const ELSEWHERE: usize = 64;
/// Pairs from one of these to the next, at least.
const STRIDE: usize = 4;
/// Likeliest pairs that are named for each place.
const NEXT: usize = 3;

/// What networks that have not seen them say of the pairs of a video.
#[derive(Debug)]
pub struct Judged {
    /// One a pair.
    pub places: Vec<Surprise>,
    /// How well a hidden frame is found among those of its part.
    pub found: Retrieval,
    /// The windows of each part.
    pub windows: Vec<JudgedWindows>,
    /// Epochs of each fit.
    pub epochs: Vec<usize>,
    /// Where it was fitted, for people.
    pub device: String,
}

/// How well windows go with each other, as one part of the video is judged.
#[derive(Debug)]
pub struct JudgedWindows {
    /// First pairs of the windows, without order: those no pair of which was learned from, then some of the whole video.
    pub firsts: Vec<usize>,
    /// How many were not learned from.
    pub unseen: usize,
    /// Mean cosines `[frames, captions]`.
    pub fits: Array2<f32>,
}

/// The part of a video around a block of pairs, of which nothing is known to who judges the block.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: usize,
    to: usize,
}

impl Stretch {
    /// Around the block that a pair is in.
    fn of(pair: usize, pairs: usize) -> Self {
        let block = block(pairs);
        let begin = pair / block * block;
        Self {
            from: begin.saturating_sub(GAP),
            to: (begin + block + GAP).min(pairs),
        }
    }

    /// First pairs of the windows within it; none where it is too short.
    fn windows(self) -> std::ops::Range<usize> {
        self.from..(self.to + 1).saturating_sub(PLACES).max(self.from)
    }

    /// First pair of the window that has a pair at this place, or as near to it as the stretch allows. At an end of the video that is
    /// too short the window reaches out of it.
    fn window(self, pair: usize, place: usize) -> usize {
        let last = self.to.saturating_sub(PLACES);
        pair.saturating_sub(place).clamp(self.from.min(last), last)
    }
}

/// Fits a network for each part of the video without it, and asks it for its part. Progress is in epochs of all fits.
///
/// # Errors
/// When there are too few pairs, when a fit cannot go on, or when the work is cancelled.
pub fn judge_windows(
    dataset: &Dataset,
    features: &FrameFeatures,
    config: &WindowConfig,
    watch: &Watch,
) -> Result<Judged, FitError> {
    check_size(dataset.len())?;
    let (on, device, _) = device::choose(config.fit.device, Control::default().threads())?;
    let pairs = WindowPairs::new(dataset, features, config, on)?;
    let folds = folds(&numbered(&dataset.tokens));
    let (mut windows, mut epochs) = (Vec::new(), Vec::new());
    let mut places: Vec<Option<Surprise>> = vec![None; dataset.len()];
    let mut found = Vec::new();
    let total = folds.len() as u64 * u64::from(config.fit.epochs);
    for (index, fold) in folds.iter().enumerate() {
        watch.say(format!(
            "learning what follows what, {} of {}",
            index + 1,
            folds.len()
        ));
        let before = index as u64 * u64::from(config.fit.epochs);
        let judge = fit(&pairs, &fold.learned, config, watch, &mut |epoch| {
            watch.report(before + u64::from(epoch), total);
        })?;
        epochs.push(judge.losses.len());
        let of_windows = windows_of(&pairs, fold, &judge)?;
        for said in places_of(&pairs, fold, &judge, &of_windows)? {
            found.push(said.found);
            if let Some(slot) = places.get_mut(said.pair) {
                *slot = Some(said.surprise);
            }
        }
        windows.push(of_windows);
        watch.check()?;
    }
    Ok(Judged {
        places: places.into_iter().flatten().collect(),
        found: Retrieval::of(&found),
        windows,
        epochs,
        device,
    })
}

/// How well the windows of a part go with each other and with some of the whole video.
fn windows_of(pairs: &WindowPairs, fold: &Fold, judge: &Judge<'_>) -> Result<JudgedWindows, FitError> {
    let block = block(pairs.len());
    let blocks = fold.unseen.iter().filter(|pair| pair.is_multiple_of(block));
    let mut firsts: Vec<usize> = blocks
        .flat_map(|&block| Stretch::of(block, pairs.len()).windows())
        .collect();
    let unseen = firsts.len();
    let stride = pairs.len().div_ceil(ELSEWHERE).max(STRIDE);
    let elsewhere = (0..=pairs.len().saturating_sub(PLACES)).step_by(stride);
    firsts.extend(
        elsewhere
            .filter(|first| !firsts.contains(first))
            .collect::<Vec<_>>(),
    );
    let spoken = |first: &usize| (*first..first + PLACES).any(|pair| pairs.has_caption(pair));
    let silent = firsts.iter().take(unseen).filter(|first| !spoken(first)).count();
    firsts.retain(spoken);
    Ok(JudgedWindows {
        fits: judge.fits(&firsts, &firsts)?,
        firsts,
        unseen: unseen - silent,
    })
}

/// What is said of a pair.
struct Said {
    pair: usize,
    surprise: Surprise,
    /// The place of its frame, and among how many.
    found: (f64, usize),
}

/// What is said of each pair of a part.
fn places_of(
    pairs: &WindowPairs,
    fold: &Fold,
    judge: &Judge<'_>,
    windows: &JudgedWindows,
) -> Result<Vec<Said>, FitError> {
    let ask = |place: usize, from_before: bool| {
        let question = |&pair: &usize| Question {
            first: Stretch::of(pair, pairs.len()).window(pair, place),
            pair,
            from_before,
        };
        judge.likely(&fold.unseen.iter().map(question).collect::<Vec<_>>())
    };
    let (between, behind) = (ask(PLACES / 2, false)?, ask(PLACES - 1, true)?);
    let rows = fold.unseen.iter().zip(between.rows()).zip(behind.rows());
    let said = rows.map(|((&pair, between), behind)| {
        let others = fold.unseen.iter().copied();
        let rivals: Vec<usize> = others
            .filter(|&other| other != pair && !pairs.is_spared(pair, other))
            .collect();
        let logit = |row: ndarray::ArrayView1<f32>, pair: usize| row.get(pair).copied().unwrap_or(f32::MIN);
        let logits = |row| -> Vec<f32> { rivals.iter().map(|&rival| logit(row, rival)).collect() };
        let (own, others) = (logit(between, pair), logits(between));
        let mut next: Vec<usize> = (0..pairs.len())
            .filter(|&other| other != pair && !pairs.is_spared(pair, other))
            .collect();
        next.sort_by(|&a, &b| logit(behind, b).total_cmp(&logit(behind, a)));
        next.truncate(NEXT);
        let of_window = Stretch::of(pair, pairs.len()).window(pair, PLACES / 2);
        let window = windows
            .firsts
            .iter()
            .take(windows.unseen)
            .position(|&first| first == of_window);
        let place = crate::crossmodal::evaluation::place(own, others.iter().copied());
        let surprise = Surprise {
            surprise: super::scores::surprise(own, &others),
            better: better(own, &others),
            sudden: (pair > 0).then(|| super::scores::surprise(logit(behind, pair), &logits(behind))),
            alignment: window.and_then(|window| alignment(&windows.fits, &windows.firsts, (window, window))),
            next: if pair > 0 { next } else { Vec::new() },
        };
        Said {
            pair,
            surprise,
            found: (place, others.len() + 1),
        }
    });
    Ok(said.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_lies_in_windows_that_were_not_learned_from() {
        let captions: Vec<_> = (0..207).map(Some).collect();
        for fold in folds(&captions) {
            for &pair in &fold.unseen {
                let stretch = Stretch::of(pair, 207);
                for place in [PLACES / 2, PLACES - 1] {
                    let first = stretch.window(pair, place);
                    assert!(
                        (first..first + PLACES).contains(&pair) && first + PLACES <= 207,
                        "{pair}"
                    );
                    if stretch.windows().contains(&first) {
                        assert!(
                            fold.learned
                                .iter()
                                .all(|one| !(first..first + PLACES).contains(one))
                        );
                    }
                }
            }
        }
        // Blocks of 21 pairs, but for the last, which has 18 and only the gap before it.
        assert_eq!(Stretch::of(200, 207).windows(), 184..192);
        // Blocks of 18 pairs: the last ten have no window of their own.
        assert_eq!(Stretch::of(171, 172).windows(), 157..157);
        assert_eq!(Stretch::of(171, 172).window(171, 8), 156);
    }
}

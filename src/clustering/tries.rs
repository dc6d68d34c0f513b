//! The searches of a sweep: for each k from several starts, and on bootstrap samples.

use super::ClusteringError;
use super::kmeans::{Clusters, Search, best_of};
use super::mixture::{Fit, Squared};
use super::plan::SweepPlan;
use super::points::Points;
use crate::jobs::Watch;
use crate::project::{ClusteringMethod, Likelihood};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bootstrap samples that are clustered for each k.
const SAMPLES: usize = 10;
/// Further mixtures that are fitted for each k from other starts, and from samples.
const FITS: usize = 5;

/// What the searches for one k found: labels from 0 on, in no order.
pub(super) struct Tries {
    pub k: usize,
    /// The best.
    pub best: Vec<usize>,
    /// How likely it is; none for k-means.
    pub likelihood: Option<Likelihood>,
    /// From other starts.
    pub others: Vec<Vec<usize>>,
    /// From bootstrap samples.
    pub samples: Vec<Vec<usize>>,
}

/// Searches for every k of the range.
///
/// # Errors
/// When cancelled.
pub(super) fn tries(
    points: &Points,
    range: RangeInclusive<usize>,
    plan: &SweepPlan,
    watch: &Watch,
) -> Result<Vec<Tries>, ClusteringError> {
    watch.say(format!("k-means for k = {} to {}", range.start(), range.end()));
    let weights: Vec<Vec<f64>> = (0..plan.restarts + SAMPLES)
        .map(|index| match index.checked_sub(plan.restarts) {
            None => vec![1.0; points.len()],
            Some(_) => sample(points.len(), plan.seed.wrapping_add(index as u64)),
        })
        .collect();
    let search = Search::new(points, watch)?;
    let places: Vec<(usize, usize)> = range
        .clone()
        .flat_map(|k| (0..weights.len()).map(move |index| (k, index)))
        .collect();
    let found = in_parallel(&places, watch, |&(k, index)| {
        search.find(k, &weights[index], plan.seed.wrapping_add(index as u64), watch)
    })?;
    let starts = range.zip(
        found
            .chunks(weights.len())
            .map(|found| found.split_at(plan.restarts)),
    );
    if plan.method == ClusteringMethod::Gmm {
        mixtures(points, starts.collect(), &weights[plan.restarts..], watch)
    } else {
        Ok(starts
            .map(|(k, (restarts, samples))| of_kmeans(k, restarts, samples))
            .collect())
    }
}

fn of_kmeans(k: usize, restarts: &[Clusters], samples: &[Clusters]) -> Tries {
    let (best, others) = best_first(restarts);
    let labels = |found: &Clusters| found.labels.clone();
    Tries {
        k,
        best: best.to_vec(),
        likelihood: None,
        others: others.into_iter().map(<[usize]>::to_vec).collect(),
        samples: samples.iter().map(labels).collect(),
    }
}

/// The labels of the best, and those of the others.
fn best_first(restarts: &[Clusters]) -> (&[usize], Vec<&[usize]>) {
    let best = best_of(restarts).unwrap_or(0);
    let others = restarts.iter().enumerate().filter(|(index, _)| *index != best);
    (
        restarts.get(best).map_or(&[], |found| &found.labels),
        others.map(|(_, found)| found.labels.as_slice()).collect(),
    )
}

/// Fits mixtures that begin from what k-means found for each k: from the best, from some of the others, and from some of
/// the samples with their weights.
fn mixtures(
    points: &Points,
    starts: Vec<(usize, (&[Clusters], &[Clusters]))>,
    weights: &[Vec<f64>],
    watch: &Watch,
) -> Result<Vec<Tries>, ClusteringError> {
    watch.say("fitting Gaussian mixtures");
    let whole = vec![1.0; points.len()];
    let mut begins: Vec<(usize, &[usize], &[f64])> = Vec::new();
    let mut counts = Vec::new();
    for (k, (restarts, samples)) in &starts {
        let (best, others) = best_first(restarts);
        let others: Vec<_> = others.into_iter().take(FITS).collect();
        counts.push((*k, others.len()));
        begins.push((*k, best, &whole));
        begins.extend(others.into_iter().map(|labels| (*k, labels, whole.as_slice())));
        let samples = samples.iter().zip(weights).take(FITS);
        begins.extend(samples.map(|(found, weights)| (*k, found.labels.as_slice(), weights.as_slice())));
    }
    let squared = Squared::new(points);
    let fits = in_parallel(&begins, watch, |&(k, labels, weights)| {
        squared.fit(labels, k, weights, watch)
    })?;
    let mut fits = fits.into_iter();
    let mut take = |count: usize| fits.by_ref().take(count).collect::<Vec<Fit>>();
    let labels = |fits: Vec<Fit>| fits.into_iter().map(|fit| fit.labels).collect();
    let found = counts.into_iter().map(|(k, others)| {
        let best = take(1).pop().ok_or(ClusteringError::Empty)?;
        Ok(Tries {
            k,
            best: best.labels,
            likelihood: Some(best.likelihood),
            others: labels(take(others)),
            samples: labels(take(FITS)),
        })
    });
    found.collect()
}

/// How often each point is in a sample of as many as there are, drawn with replacement.
fn sample(points: usize, seed: u64) -> Vec<f64> {
    let mut rng = Xoshiro256Plus::seed_from_u64(seed);
    // Far from the numbers that the search with this seed draws.
    rng.jump();
    let mut weights = vec![0.0; points];
    for _ in 0..points {
        weights[rng.gen_range(0..points)] += 1.0;
    }
    weights
}

/// Does the work for each of these and says how far it is; the results in their order.
fn in_parallel<T: Sync, R: Send>(
    places: &[T],
    watch: &Watch,
    work: impl Fn(&T) -> Result<R, ClusteringError> + Sync,
) -> Result<Vec<R>, ClusteringError> {
    let total = places.len() as u64;
    let done = AtomicU64::new(0);
    watch.report(0, total);
    let finished = places.par_iter().map(|place| {
        let result = work(place)?;
        watch.report(done.fetch_add(1, Ordering::Relaxed) + 1, total);
        Ok(result)
    });
    finished.collect()
}

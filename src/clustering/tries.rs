//! The searches of a sweep: for each k from several starts, and on bootstrap samples.

use super::ClusteringError;
use super::kmeans::{Clusters, Search, best_of};
use super::mixture::Squared;
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
    let starts: Vec<Starts> = range
        .zip(found.chunks(weights.len()))
        .map(|(k, found)| Starts::new(k, found.split_at(plan.restarts)))
        .collect();
    if plan.method == ClusteringMethod::Gmm {
        mixtures(points, &starts, &weights[plan.restarts..], watch)
    } else {
        Ok(starts.iter().map(Starts::to_tries).collect())
    }
}

/// The labels that k-means found for one k.
struct Starts<'a> {
    k: usize,
    best: &'a [usize],
    others: Vec<&'a [usize]>,
    samples: Vec<&'a [usize]>,
}

impl<'a> Starts<'a> {
    fn new(k: usize, (restarts, samples): (&'a [Clusters], &'a [Clusters])) -> Self {
        let labels = |found: &'a Clusters| found.labels.as_slice();
        let best = best_of(restarts).unwrap_or(0);
        let others = restarts.iter().enumerate().filter(|(index, _)| *index != best);
        Self {
            k,
            best: restarts.get(best).map_or(&[], labels),
            others: others.map(|(_, found)| labels(found)).collect(),
            samples: samples.iter().map(labels).collect(),
        }
    }

    fn to_tries(&self) -> Tries {
        let owned = |labels: &[&[usize]]| labels.iter().map(|labels| labels.to_vec()).collect();
        Tries {
            k: self.k,
            best: self.best.to_vec(),
            likelihood: None,
            others: owned(&self.others),
            samples: owned(&self.samples),
        }
    }
}

/// Fits mixtures that begin from what k-means found for each k: from the best, from some of the others, and from
/// some of the samples with their weights.
fn mixtures(
    points: &Points,
    starts: &[Starts],
    weights: &[Vec<f64>],
    watch: &Watch,
) -> Result<Vec<Tries>, ClusteringError> {
    watch.say("fitting Gaussian mixtures");
    let whole = vec![1.0; points.len()];
    let mut begins: Vec<(usize, &[usize], &[f64])> = Vec::new();
    for start in starts {
        let restarts = std::iter::once(&start.best).chain(start.others.iter().take(FITS));
        begins.extend(restarts.map(|labels| (start.k, *labels, whole.as_slice())));
        let samples = start.samples.iter().zip(weights).take(FITS);
        begins.extend(samples.map(|(labels, weights)| (start.k, *labels, weights.as_slice())));
    }
    let squared = Squared::new(points);
    let fits = in_parallel(&begins, watch, |&(k, labels, weights)| {
        squared.fit(labels, k, weights, watch)
    })?;
    let mut fits = fits.into_iter();
    let mut found = Vec::with_capacity(starts.len());
    for start in starts {
        let Some(best) = fits.next() else { break };
        let mut labels = |count: usize| fits.by_ref().take(count).map(|fit| fit.labels).collect();
        found.push(Tries {
            k: start.k,
            best: best.labels,
            likelihood: Some(best.likelihood),
            others: labels(FITS.min(start.others.len())),
            samples: labels(FITS.min(start.samples.len())),
        });
    }
    Ok(found)
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

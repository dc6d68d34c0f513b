//! k-means from several k-means++ starts.

use super::ClusteringError;
use super::measures::adjusted_rand;
use super::points::{Points, squared_distance};
use crate::jobs::Watch;
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array2, Axis};
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

/// Times the whole search is made again with the next seed, the first one included.
pub(super) const REPETITIONS: usize = 6;
/// Starts within one repetition, of which the best counts.
const STARTS: usize = 4;
/// Rounds that linfa makes from each start. Few, because it can only be stopped between calls, and because it counts
/// the old centroid as one more point, which slows its last rounds down; [`settle`] finishes what it began.
const FIRST_ROUNDS: u64 = 3;
/// Rounds after which a start is taken as it is. Small sets settle in ten or so.
const MOST_ROUNDS: usize = 300;

/// The least share of a point's cost by which a move must pay, so that rounding cannot keep points moving.
const LEAST_GAIN: f64 = 1e-9;

/// A settled clustering: putting any single point into another cluster makes it no better. That is more than Lloyd's
/// rounds reach, which stop too soon in many dimensions, where every point pulls its own centroid close.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clusters {
    /// The cluster of each point, from 0 to k - 1, none empty.
    pub labels: Vec<usize>,
    /// Sum of squared distances to the means of the clusters.
    pub inertia: f64,
}

/// The best of the starts of one repetition. `k` is at least 1 and at most the number of distinct points.
///
/// # Errors
/// When cancelled.
pub(super) fn repetition(
    points: &Points,
    k: usize,
    seed: u64,
    watch: &Watch,
) -> Result<Clusters, ClusteringError> {
    let mut seeds = Xoshiro256Plus::seed_from_u64(seed);
    let mut best: Option<Clusters> = None;
    for _ in 0..STARTS {
        watch.check()?;
        let centroids = start(points, k, seeds.next_u64())?;
        let found = exchange(points, settle(points, centroids, watch)?, k, watch)?;
        if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
            best = Some(found);
        }
    }
    best.ok_or(ClusteringError::Empty)
}

/// The best of the repetitions, and the mean agreement of the others with it (adjusted Rand index, 1 when alone).
pub(super) fn best_of(repetitions: &[Clusters]) -> Option<(Clusters, f64)> {
    // The first of equally good ones, so that a seed that finds the best is not overruled by rounding.
    let best = (0..repetitions.len()).min_by(|&a, &b| {
        let inertia = |index: usize| {
            repetitions
                .get(index)
                .map_or(f64::INFINITY, |found| found.inertia)
        };
        inertia(a).total_cmp(&inertia(b))
    })?;
    let chosen = repetitions.get(best)?.clone();
    let others: Vec<_> = repetitions
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != best)
        .collect();
    let agreement: f64 = others
        .iter()
        .map(|(_, other)| adjusted_rand(&chosen.labels, &other.labels))
        .sum();
    let stability = if others.is_empty() {
        1.0
    } else {
        agreement / others.len() as f64
    };
    Some((chosen, stability))
}

/// k-means++ centroids after a few rounds.
fn start(points: &Points, k: usize, seed: u64) -> Result<Array2<f64>, ClusteringError> {
    // linfa compares the way the centroids moved with an absolute length; latents come in any scale.
    let tolerance = (1e-4 * points.mean_variance().sqrt()).max(f64::MIN_POSITIVE);
    let model = KMeans::params_with_rng(k, Xoshiro256Plus::seed_from_u64(seed))
        .init_method(KMeansInit::KMeansPlusPlus)
        .n_runs(1)
        .max_n_iterations(FIRST_ROUNDS)
        .tolerance(tolerance)
        .fit(&DatasetBase::from(points.values().view()))?;
    Ok(model.centroids().to_owned())
}

/// Lloyd's rounds until no point changes its cluster.
fn settle(points: &Points, mut centroids: Array2<f64>, watch: &Watch) -> Result<Vec<usize>, ClusteringError> {
    let k = centroids.nrows();
    let mut labels = Vec::new();
    for _ in 0..MOST_ROUNDS {
        watch.check()?;
        let next = fill_empty(assign(points, &centroids), k);
        if next == labels {
            break;
        }
        labels = next;
        centroids = points.means(&labels, k);
    }
    Ok(labels)
}

/// Moves single points as long as that lowers the sum of squared distances (Hartigan and Wong, 1979).
fn exchange(
    points: &Points,
    mut labels: Vec<usize>,
    k: usize,
    watch: &Watch,
) -> Result<Clusters, ClusteringError> {
    let mut sizes = vec![0.0_f64; k];
    for &label in &labels {
        sizes[label] += 1.0;
    }
    for _ in 0..MOST_ROUNDS {
        watch.check()?;
        // Taken anew in every round, so that the rounding of many small changes does not add up.
        let mut means: Vec<Vec<f64>> = points
            .means(&labels, k)
            .rows()
            .into_iter()
            .map(|row| row.to_vec())
            .collect();
        let mut moved = false;
        for (index, label) in labels.iter_mut().enumerate() {
            let own = *label;
            if sizes[own] < 2.0 {
                continue;
            }
            let point = points.row(index);
            // What the point costs where it is, and what it would cost elsewhere, the centroids moving with it.
            let cost = squared_distance(point, &means[own]) * sizes[own] / (sizes[own] - 1.0);
            let elsewhere = (0..k).filter(|&other| other != own).map(|other| {
                (
                    other,
                    squared_distance(point, &means[other]) * sizes[other] / (sizes[other] + 1.0),
                )
            });
            let Some((other, least)) = elsewhere.min_by(|a, b| a.1.total_cmp(&b.1)) else {
                continue;
            };
            if least < cost * (1.0 - LEAST_GAIN) {
                sizes[own] -= 1.0;
                sizes[other] += 1.0;
                for (cluster, sign) in [(own, -1.0), (other, 1.0)] {
                    let share = sign / sizes[cluster];
                    for (mean, value) in means[cluster].iter_mut().zip(point) {
                        *mean += share * (value - *mean);
                    }
                }
                *label = other;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let means = points.means(&labels, k);
    let cost = |(index, &label): (usize, &usize)| {
        means
            .row(label)
            .to_slice()
            .map_or(0.0, |mean| squared_distance(points.row(index), mean))
    };
    Ok(Clusters {
        inertia: labels.iter().enumerate().map(cost).sum(),
        labels,
    })
}

/// The nearest centroid of each point and the squared distance to it.
fn assign(points: &Points, centroids: &Array2<f64>) -> Vec<(usize, f64)> {
    let square = |row: ndarray::ArrayView1<f64>| row.dot(&row);
    let lengths: Vec<f64> = centroids.rows().into_iter().map(square).collect();
    let products = points.values().dot(&centroids.t());
    let nearest = |products: ndarray::ArrayView1<f64>| {
        let distances = products
            .iter()
            .zip(&lengths)
            .map(|(product, length)| length - 2.0 * product);
        distances
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((0, 0.0))
    };
    let rows = products.axis_iter(Axis(0)).zip(points.values().rows());
    rows.map(|(products, point)| {
        let (label, distance) = nearest(products);
        (label, distance + square(point))
    })
    .collect()
}

/// Gives each cluster that lost all its points the point that is worst off where it is.
fn fill_empty(assigned: Vec<(usize, f64)>, k: usize) -> Vec<usize> {
    let (mut labels, mut distances): (Vec<usize>, Vec<f64>) = assigned.into_iter().unzip();
    let mut sizes = vec![0_usize; k];
    for &label in &labels {
        sizes[label] += 1;
    }
    for empty in (0..k).filter(|&label| sizes[label] == 0).collect::<Vec<_>>() {
        let shared = (0..labels.len()).filter(|&index| sizes[labels[index]] > 1);
        if let Some(worst) = shared.max_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(b.cmp(&a))) {
            sizes[labels[worst]] -= 1;
            sizes[empty] = 1;
            labels[worst] = empty;
            distances[worst] = 0.0;
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Latents;
    use ndarray::array;

    #[test]
    fn the_best_split_of_a_line_is_found() {
        let points = Points::new(&Latents {
            values: array![[0.0], [1.0], [10.0], [11.0], [12.0]],
        })
        .unwrap();
        let found = repetition(&points, 2, 1, &Watch::default()).unwrap();
        assert!((found.inertia - 2.5).abs() < 1e-12, "{found:?}");
        assert_eq!(found.labels[0], found.labels[1]);
        assert_ne!(found.labels[1], found.labels[2]);
    }

    #[test]
    fn as_many_clusters_as_different_rows_leave_none_empty() {
        let values = array![[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [3.0, 1.0]];
        let points = Points::new(&Latents { values }).unwrap();
        for seed in 0..20 {
            let found = repetition(&points, 3, seed, &Watch::default()).unwrap();
            assert!(found.inertia < 1e-12, "seed {seed}: {found:?}");
        }
    }

    #[test]
    fn a_point_that_holds_its_centroid_back_is_moved_all_the_same() {
        // 4 is nearer to the middle of {0, 4} than to {7, 7, 7}, and yet the sum is least when it goes over.
        let points = Points::new(&Latents {
            values: array![[0.0], [4.0], [7.0], [7.0], [7.0]],
        })
        .unwrap();
        let centroids = points.means(&[0, 0, 1, 1, 1], 2);
        let settled = settle(&points, centroids, &Watch::default()).unwrap();
        assert_eq!(settled, [0, 0, 1, 1, 1]);
        let moved = exchange(&points, settled, 2, &Watch::default()).unwrap();
        assert_eq!(moved.labels, [0, 1, 1, 1, 1]);
        assert!((moved.inertia - 6.75).abs() < 1e-12);
    }

    #[test]
    fn an_empty_cluster_takes_the_point_that_is_worst_off() {
        assert_eq!(fill_empty(vec![(0, 1.0), (0, 9.0), (1, 30.0)], 3), [0, 2, 1]);
    }
}

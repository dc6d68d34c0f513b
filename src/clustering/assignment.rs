//! From labels to the chosen clustering, by any method.

use super::ClusteringError;
use super::density::density_labels;
use super::kmeans::{REPETITIONS, best_of, repetition};
use super::measures::sizes;
use super::mixture::mixture_labels;
use super::points::Points;
use crate::jobs::Watch;
use crate::project::{Assignment, ClusterId, ClusteringMethod, KSweep, Latents, PairIndex};
use ndarray::Array2;
use rayon::prelude::*;

/// The clustering that the sweep found for this k; none when k is not in the sweep or the sweep is of other latents.
#[must_use]
pub fn choose(latents: &Latents, sweep: &KSweep, k: usize) -> Option<Assignment> {
    let row = sweep.rows.iter().find(|row| row.k == k)?;
    if row.labels.len() != latents.values.nrows() {
        return None;
    }
    let labels: Vec<_> = row.labels.iter().map(|label| Some(label.index())).collect();
    Some(assignment(latents, ClusteringMethod::KMeans, sweep.seed, &labels))
}

/// Clusters the latents. Clusters are numbered by size, the largest first; equally large ones by their first pair.
///
/// K-means gives what [`super::sweep`] gives for the same k and seed. A Gaussian mixture may end with fewer clusters than
/// `k` when one of its components explains no pair best; `Assignment::k` says how many there are. DBSCAN does not look
/// at `k` or `seed`: a pair is inside a cluster when it has at least five pairs, itself included, within the distance at the
/// knee of the sorted distances to the fourth neighbour; it may find no cluster at all.
///
/// # Errors
/// When the latents are empty or not finite, when `k` is 0 or more than the number of different rows, when there are
/// fewer than five rows for DBSCAN, or when cancelled.
pub fn cluster(
    latents: &Latents,
    method: ClusteringMethod,
    k: usize,
    seed: u64,
    watch: &Watch,
) -> Result<Assignment, ClusteringError> {
    let points = Points::new(latents)?;
    let labels = match method {
        ClusteringMethod::KMeans => some(kmeans_labels(&points, k, seed, watch)?),
        ClusteringMethod::Gmm => some(mixture_labels(
            &points,
            &kmeans_labels(&points, k, seed, watch)?,
            k,
            watch,
        )?),
        ClusteringMethod::Dbscan => density_labels(&points, watch)?,
    };
    Ok(assignment(latents, method, seed, &labels))
}

/// The pairs of each cluster that are nearest to its centroid, nearest first, at most `count` a cluster.
#[must_use]
pub fn representatives(latents: &Latents, assignment: &Assignment, count: usize) -> Vec<Vec<PairIndex>> {
    // The centroids are not kept on disk, so they are taken anew from the labels.
    let labels: Vec<_> = assignment
        .labels
        .iter()
        .map(|label| label.map(ClusterId::index))
        .collect();
    let centroids = centroids(latents, &labels, assignment.k);
    let mut members: Vec<Vec<(f64, usize)>> = vec![Vec::new(); assignment.k];
    for (pair, (row, label)) in latents.values.rows().into_iter().zip(&labels).enumerate() {
        if let Some((label, members)) = label.and_then(|label| Some((label, members.get_mut(label)?))) {
            let centroid = centroids.row(label);
            let squares = row
                .iter()
                .zip(centroid)
                .map(|(value, mean)| (f64::from(*value) - mean).powi(2));
            members.push((squares.sum(), pair));
        }
    }
    let nearest = |mut members: Vec<(f64, usize)>| {
        members.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        members
            .into_iter()
            .take(count)
            .map(|(_, pair)| PairIndex::from(pair))
            .collect()
    };
    members.into_iter().map(nearest).collect()
}

/// Numbers the clusters by size, the largest first and equally large ones by their first point. Also says how many
/// there are; clusters without points get no number.
pub(super) fn by_size(labels: &[Option<usize>]) -> (Vec<Option<usize>>, usize) {
    let sizes = sizes(labels);
    let mut order: Vec<usize> = Vec::new();
    for label in labels.iter().copied().flatten() {
        if !order.contains(&label) {
            order.push(label);
        }
    }
    // The sort is stable: clusters of one size stay in the order in which they were met.
    order.sort_by_key(|&label| std::cmp::Reverse(sizes[label]));
    let number = |label: usize| order.iter().position(|&other| other == label);
    (
        labels.iter().map(|label| label.and_then(number)).collect(),
        order.len(),
    )
}

fn kmeans_labels(points: &Points, k: usize, seed: u64, watch: &Watch) -> Result<Vec<usize>, ClusteringError> {
    let distinct = points.distinct();
    if k == 0 || k > distinct {
        return Err(ClusteringError::TooManyClusters {
            k,
            distinct,
            rows: points.len(),
        });
    }
    watch.say(format!("k-means for k = {k}"));
    let repetitions = (0..REPETITIONS as u64)
        .into_par_iter()
        .map(|further| repetition(points, k, seed.wrapping_add(further), watch))
        .collect::<Result<Vec<_>, _>>()?;
    best_of(&repetitions)
        .map(|(clusters, _)| clusters.labels)
        .ok_or(ClusteringError::Empty)
}

fn some(labels: Vec<usize>) -> Vec<Option<usize>> {
    labels.into_iter().map(Some).collect()
}

fn assignment(
    latents: &Latents,
    method: ClusteringMethod,
    seed: u64,
    labels: &[Option<usize>],
) -> Assignment {
    let (labels, k) = by_size(labels);
    let centroids = centroids(latents, &labels, k);
    let labels = labels
        .into_iter()
        .map(|label| label.map(ClusterId::from))
        .collect();
    Assignment {
        method,
        k,
        seed,
        labels,
        centroids,
    }
}

/// The mean of the latents of each cluster, k rows; zero for a cluster without pairs.
fn centroids(latents: &Latents, labels: &[Option<usize>], k: usize) -> Array2<f64> {
    let mut means = Array2::zeros((k, latents.values.ncols()));
    let mut sizes = vec![0_usize; k];
    for (row, label) in latents.values.rows().into_iter().zip(labels) {
        if let Some((label, size)) = label.and_then(|label| Some((label, sizes.get_mut(label)?))) {
            means
                .row_mut(label)
                .zip_mut_with(&row, |sum: &mut f64, value| *sum += f64::from(*value));
            *size += 1;
        }
    }
    for (mut mean, size) in means.rows_mut().into_iter().zip(sizes) {
        mean /= size.max(1) as f64;
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use ndarray::array;

    #[test]
    fn the_largest_cluster_comes_first_and_ties_go_to_the_first_pair() {
        let labels = [Some(3), None, Some(1), Some(0), Some(1), Some(0)];
        let (numbered, k) = by_size(&labels);
        assert_eq!(numbered, [Some(2), None, Some(0), Some(1), Some(0), Some(1)]);
        assert_eq!(k, 3);
    }

    #[test]
    fn representatives_are_the_pairs_nearest_to_the_mean() {
        let latents = Latents {
            values: array![[0.0], [1.0], [2.5], [100.0], [102.0], [101.0]],
        };
        let mut found = cluster(&latents, ClusteringMethod::KMeans, 2, 1, &Watch::default()).unwrap();
        assert_eq!(found.centroids, array![[3.5 / 3.0], [101.0]]);
        let pairs = |indices: &[u32]| indices.iter().copied().map(PairIndex).collect::<Vec<_>>();
        assert_eq!(
            representatives(&latents, &found, 2),
            [pairs(&[1, 0]), pairs(&[5, 3])]
        );
        found.centroids = Array2::default((0, 0));
        assert_eq!(
            representatives(&latents, &found, 1),
            [pairs(&[1]), pairs(&[5])],
            "read back from disk"
        );
    }

    #[test]
    fn every_method_finds_clear_clouds() {
        let latents = clouds(80, 10, 4, 0.5, 7);
        for method in [
            ClusteringMethod::KMeans,
            ClusteringMethod::Gmm,
            ClusteringMethod::Dbscan,
        ] {
            let found = cluster(&latents, method, 4, 1, &Watch::default()).unwrap();
            assert_eq!(found.k, 4, "{method:?}");
            let right =
                |(pair, label): (usize, &Option<ClusterId>)| *label == Some(ClusterId::from(pair % 4));
            assert!(
                found
                    .labels
                    .iter()
                    .enumerate()
                    .filter(|place| right(*place))
                    .count()
                    >= 78,
                "{method:?}"
            );
        }
    }

    #[test]
    fn more_clusters_than_different_rows_is_an_error_and_says_so() {
        let latents = Latents {
            values: array![[1.0], [1.0], [2.0]],
        };
        for k in [0, 3] {
            let refused = cluster(&latents, ClusteringMethod::Gmm, k, 1, &Watch::default()).unwrap_err();
            assert!(refused.to_string().contains("2 different rows"), "{refused}");
        }
        let same = Latents {
            values: array![[1.0], [1.0]],
        };
        let one = cluster(&same, ClusteringMethod::Gmm, 1, 1, &Watch::default()).unwrap();
        assert_eq!(one.labels, [Some(ClusterId(0)); 2]);
    }
}

//! From the sweep to the chosen clustering.

use super::measures::sizes;
use crate::project::{Assignment, ClusterId, ClusteringMethod, KSweep, Latents, PairIndex};
use ndarray::Array2;

/// The clustering that the sweep found for this k, whatever `k` is for DBSCAN; none when k is not in the sweep or
/// the sweep is of other latents. Clusters are numbered by size, the largest first; equally large ones by their
/// first pair. `Assignment::k` says how many there are: a component of a mixture that explains no pair best has
/// none, and DBSCAN may find no cluster at all.
#[must_use]
pub fn choose(latents: &Latents, sweep: &KSweep, k: usize) -> Option<Assignment> {
    let index = |label: &ClusterId| label.index();
    let labels: Vec<Option<usize>> = match &sweep.density {
        Some(density) => density
            .labels
            .iter()
            .map(|label| label.as_ref().map(index))
            .collect(),
        None => {
            let row = sweep.rows.iter().find(|row| row.k == k)?;
            row.labels.iter().map(|label| Some(index(label))).collect()
        }
    };
    (labels.len() == latents.values.nrows()).then(|| assignment(latents, sweep.method, sweep.seed, &labels))
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
        ..Assignment::default()
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
    use crate::clustering::{ClusteringError, SweepPlan, sweep};
    use crate::jobs::Watch;
    use ndarray::array;

    fn cluster(latents: &Latents, method: ClusteringMethod, k: usize) -> Result<Assignment, ClusteringError> {
        let plan = SweepPlan {
            method,
            ..SweepPlan::kmeans(k..=k, 1)
        };
        sweep(latents, &plan, &Watch::default()).map(|sweep| choose(latents, &sweep, k).unwrap())
    }

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
        let mut found = cluster(&latents, ClusteringMethod::KMeans, 2).unwrap();
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
            let found = cluster(&latents, method, 4).unwrap();
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
            let refused = cluster(&latents, ClusteringMethod::Gmm, k).unwrap_err();
            assert!(refused.to_string().contains("2 different rows"), "{refused}");
        }
        let same = Latents {
            values: array![[1.0], [1.0]],
        };
        let one = cluster(&same, ClusteringMethod::Gmm, 1).unwrap();
        assert_eq!(one.labels, [Some(ClusterId(0)); 2]);
    }
}

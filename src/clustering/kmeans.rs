//! k-means from greedy k-means++ starts.
//!
//! Small sets are settled on the products of their points ([`Products`]), where a round costs little whatever the
//! number of dimensions; large ones on the rows themselves ([`super::lloyd`]).

use super::ClusteringError;
use super::lloyd;
use super::points::Points;
use super::products::Products;
use crate::jobs::Watch;
use ndarray::Array2;
use rand::distributions::{Distribution, WeightedIndex};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

/// Rounds after which a search is taken as it is. Most settle in ten or twenty.
pub(super) const MOST_ROUNDS: usize = 300;

/// Up to so many points their products are taken whatever the number of dimensions...
const FEW_POINTS: usize = 1_024;
/// ...and up to so many (128 MB of products) where there are many dimensions...
const MOST_PRODUCTS: usize = 4_096;
/// ...which is when there are no more than so many points to a dimension.
const POINTS_A_DIMENSION: usize = 4;

/// Points tried for each further centre, and one more for every e-fold of k. Two more than is usual, which costs
/// little.
const TRIALS: usize = 4;

/// Starts that a seed gives, of which the best counts: so many where there are few values, and else one. What is
/// told of the agreement of seeds then speaks of the points rather than of bad luck.
const STARTS: usize = 4;
const FEW_VALUES: usize = 2_000_000;

/// A settled clustering.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clusters {
    /// The cluster of each point, from 0 to k - 1.
    pub labels: Vec<usize>,
    /// Sum of squared distances to the means of the clusters.
    pub inertia: f64,
}

/// Points made ready for many searches.
pub(super) enum Search<'a> {
    /// Few points.
    Products(Products<'a>),
    /// Many points.
    Rows(&'a Points),
}

impl<'a> Search<'a> {
    /// # Errors
    /// When cancelled.
    pub fn new(points: &'a Points, watch: &Watch) -> Result<Self, ClusteringError> {
        let most = MOST_PRODUCTS.min(POINTS_A_DIMENSION * points.dimension());
        Ok(if points.len() <= most.max(FEW_POINTS) {
            Self::Products(Products::new(points, watch)?)
        } else {
            Self::Rows(points)
        })
    }

    /// What k-means finds with this seed, where each point counts as often as its weight says. With weights of one
    /// no cluster is empty when there are k different points. Points of weight zero take no part but are put into
    /// the nearest cluster.
    ///
    /// # Errors
    /// When cancelled.
    pub fn find(
        &self,
        k: usize,
        weights: &[f64],
        seed: u64,
        watch: &Watch,
    ) -> Result<Clusters, ClusteringError> {
        let mut rng = Xoshiro256Plus::seed_from_u64(seed);
        let mut best: Option<Clusters> = None;
        for _ in 0..self.starts() {
            let labels = self.start(k, weights, &mut rng, watch)?;
            let found = match self {
                Self::Products(products) => products.settle(labels, k, weights, watch)?,
                Self::Rows(points) => lloyd::settle(points, labels, k, weights, watch)?,
            };
            if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
                best = Some(found);
            }
        }
        best.ok_or(ClusteringError::Empty)
    }

    fn starts(&self) -> usize {
        let values = match self {
            Self::Products(products) => products.points().values().len(),
            Self::Rows(points) => points.values().len(),
        };
        if values <= FEW_VALUES { STARTS } else { 1 }
    }

    /// Greedy k-means++ (Arthur and Vassilvitskii, 2007): each further centre is the best of a few points drawn by
    /// their squared distance to the centres there are. Gives the nearest centre of each point.
    fn start(
        &self,
        k: usize,
        weights: &[f64],
        rng: &mut Xoshiro256Plus,
        watch: &Watch,
    ) -> Result<Vec<usize>, ClusteringError> {
        let trials = TRIALS + (k as f64).ln() as usize;
        let first = draw(weights, rng);
        let mut nearest = self.squared_distances(&[first]).row(0).to_vec();
        let mut labels = vec![0; nearest.len()];
        for centre in 1..k {
            watch.check()?;
            let chances: Vec<f64> = nearest
                .iter()
                .zip(weights)
                .map(|(near, weight)| near * weight)
                .collect();
            let candidates: Vec<usize> = (0..trials).map(|_| draw(&chances, rng)).collect();
            let distances = self.squared_distances(&candidates);
            let left = |distances: &ndarray::ArrayView1<f64>| -> f64 {
                let pairs = distances.iter().zip(&nearest).zip(weights);
                pairs.map(|((new, old), weight)| weight * new.min(*old)).sum()
            };
            let best = distances
                .rows()
                .into_iter()
                .min_by(|a, b| left(a).total_cmp(&left(b)));
            let Some(best) = best else { continue };
            for ((near, label), &distance) in nearest.iter_mut().zip(&mut labels).zip(best) {
                if distance < *near {
                    (*near, *label) = (distance, centre);
                }
            }
        }
        Ok(labels)
    }

    fn squared_distances(&self, rows: &[usize]) -> Array2<f64> {
        match self {
            Self::Products(products) => products.squared_distances(rows),
            Self::Rows(points) => points.squared_distances(rows),
        }
    }
}

/// A place drawn by its chance; any of them when none has one.
fn draw(chances: &[f64], rng: &mut Xoshiro256Plus) -> usize {
    match WeightedIndex::new(chances) {
        Ok(places) => places.sample(rng),
        Err(_) => rng.gen_range(0..chances.len()),
    }
}

/// The place of the best; the first of equally good ones.
pub(super) fn best_of(found: &[Clusters]) -> Option<usize> {
    (0..found.len()).min_by(|&a, &b| found[a].inertia.total_cmp(&found[b].inertia))
}

/// Gives each cluster that has no point left the point that is worst off where it is, of those that count and are not
/// alone. `distances` tells how far each is from the mean of its cluster.
pub(super) fn fill_empty(labels: &mut [usize], distances: &mut [f64], weights: &[f64], k: usize) {
    let mut sizes = vec![0_usize; k];
    for (&label, &weight) in labels.iter().zip(weights) {
        sizes[label] += usize::from(weight > 0.0);
    }
    for empty in 0..k {
        if sizes[empty] > 0 {
            continue;
        }
        let shared = (0..labels.len()).filter(|&index| weights[index] > 0.0 && sizes[labels[index]] > 1);
        if let Some(worst) = shared.max_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(b.cmp(&a))) {
            sizes[labels[worst]] -= 1;
            sizes[empty] = 1;
            labels[worst] = empty;
            distances[worst] = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use crate::project::Latents;
    use ndarray::array;

    fn points(values: Array2<f32>) -> Points {
        Points::new(&Latents { values }).unwrap()
    }

    fn both(points: &Points) -> [Search<'_>; 2] {
        [
            Search::Products(Products::new(points, &Watch::default()).unwrap()),
            Search::Rows(points),
        ]
    }

    #[test]
    fn the_best_split_of_a_line_is_found() {
        let points = points(array![[0.0], [1.0], [10.0], [11.0], [12.0]]);
        for search in both(&points) {
            let found = search.find(2, &[1.0; 5], 1, &Watch::default()).unwrap();
            assert!((found.inertia - 2.5).abs() < 1e-9, "{found:?}");
            assert_eq!(found.labels[0], found.labels[1]);
            assert_ne!(found.labels[1], found.labels[2]);
        }
    }

    #[test]
    fn as_many_clusters_as_different_rows_leave_none_empty() {
        let points = points(array![[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [3.0, 1.0]]);
        for search in both(&points) {
            for seed in 0..20 {
                let found = search.find(3, &[1.0; 5], seed, &Watch::default()).unwrap();
                assert!(found.inertia < 1e-9, "seed {seed}: {found:?}");
            }
        }
    }

    #[test]
    fn points_that_do_not_count_join_the_nearest_cluster_and_move_none() {
        let points = points(array![[0.0], [1.0], [10.0], [11.0], [4.0]]);
        for search in both(&points) {
            let found = search
                .find(2, &[1.0, 1.0, 1.0, 1.0, 0.0], 3, &Watch::default())
                .unwrap();
            assert!((found.inertia - 1.0).abs() < 1e-9, "{found:?}");
            assert_eq!(found.labels[4], found.labels[0]);
            let heavy = search
                .find(2, &[1.0, 3.0, 1.0, 1.0, 0.0], 3, &Watch::default())
                .unwrap();
            assert!(
                (heavy.inertia - 1.25).abs() < 1e-9,
                "0 and three times 1: {heavy:?}"
            );
        }
    }

    #[test]
    fn a_sample_with_fewer_different_points_than_clusters_is_no_trouble() {
        let points = points(array![[0.0], [1.0], [2.0], [3.0]]);
        for search in both(&points) {
            let found = search
                .find(3, &[2.0, 0.0, 2.0, 0.0], 1, &Watch::default())
                .unwrap();
            assert!(found.labels.iter().all(|label| *label < 3) && found.inertia.abs() < 1e-9);
        }
    }

    #[test]
    fn clear_clouds_are_found_in_both_ways() {
        let points = points(clouds(300, 12, 5, 1.0, 3).values);
        let found =
            both(&points).map(|search| search.find(5, &vec![1.0; 300], 7, &Watch::default()).unwrap());
        assert_eq!(found[0].labels, found[1].labels);
        assert!((found[0].inertia / found[1].inertia - 1.0).abs() < 1e-9);
    }

    #[test]
    fn an_empty_cluster_takes_the_point_that_is_worst_off() {
        let (mut labels, mut distances) = (vec![0, 0, 1], vec![1.0, 9.0, 30.0]);
        fill_empty(&mut labels, &mut distances, &[1.0; 3], 3);
        assert_eq!(labels, [0, 2, 1]);
        let (mut labels, mut distances) = (vec![0, 0, 0], vec![1.0, 9.0, 30.0]);
        fill_empty(&mut labels, &mut distances, &[1.0, 1.0, 0.0], 2);
        assert_eq!(labels, [0, 1, 0], "what does not count fills nothing");
    }
}

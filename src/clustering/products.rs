//! k-means on the products of all points with one another.
//!
//! How far a point is from the mean of a cluster follows from its products with the points of the cluster. The sums of
//! those are kept for each point and cluster: when a point moves, two sums a point change, whatever the number of
//! dimensions.

use super::ClusteringError;
use super::kmeans::{Clusters, MOST_ROUNDS, fill_empty};
use super::points::{Points, squared_from_product};
use crate::jobs::Watch;
use ndarray::Array2;
use rayon::prelude::*;

/// The least share of a point's cost by which a move must pay, so that rounding cannot keep points moving.
const LEAST_GAIN: f64 = 1e-9;

/// Rows of products made at once.
const BLOCK: usize = 64;

/// The products of all points with one another.
pub(super) struct Products<'a> {
    points: &'a Points,
    /// n rows of n.
    table: Vec<Vec<f64>>,
}

impl<'a> Products<'a> {
    /// # Errors
    /// When cancelled.
    pub fn new(points: &'a Points, watch: &Watch) -> Result<Self, ClusteringError> {
        let all: Vec<usize> = (0..points.len()).collect();
        let blocks = all.par_chunks(BLOCK).map(|rows| {
            watch.check()?;
            let block = points.values().select(ndarray::Axis(0), rows);
            let products = block.dot(&points.values().t());
            Ok(products
                .rows()
                .into_iter()
                .map(|row| row.to_vec())
                .collect::<Vec<_>>())
        });
        let blocks = blocks.collect::<Result<Vec<_>, ClusteringError>>()?;
        Ok(Self {
            points,
            table: blocks.into_iter().flatten().collect(),
        })
    }

    pub fn points(&self) -> &Points {
        self.points
    }

    /// The squared distances of these points (one a row) to all (one a column).
    pub fn squared_distances(&self, rows: &[usize]) -> Array2<f64> {
        let squares = self.points.squares();
        Array2::from_shape_fn((rows.len(), squares.len()), |(line, other)| {
            let own = rows[line];
            squared_from_product(squares[own], squares[other], self.table[own][other])
        })
    }

    /// Lloyd's rounds until no point changes its cluster, then single moves until none pays. That is more than Lloyd's
    /// rounds reach, which stop too soon in many dimensions, where every point pulls its own mean close.
    ///
    /// # Errors
    /// When cancelled.
    pub fn settle(
        &self,
        labels: Vec<usize>,
        k: usize,
        weights: &[f64],
        watch: &Watch,
    ) -> Result<Clusters, ClusteringError> {
        let mut sums = Sums::new(self, labels, k, weights);
        for _ in 0..MOST_ROUNDS {
            watch.check()?;
            if !sums.assign() {
                break;
            }
        }
        for _ in 0..MOST_ROUNDS {
            watch.check()?;
            if !sums.exchange() {
                break;
            }
        }
        sums.place_uncounted();
        Ok(Clusters {
            inertia: sums.inertia(),
            labels: sums.labels,
        })
    }
}

/// A clustering with, for each cluster, the sums that distances are made of.
struct Sums<'a> {
    products: &'a Products<'a>,
    weights: &'a [f64],
    labels: Vec<usize>,
    /// For each cluster, the product of each point with the sum of the points of the cluster.
    with_sum: Vec<Vec<f64>>,
    /// Squared length of the sum of each cluster.
    square: Vec<f64>,
    /// Weight of each cluster.
    mass: Vec<f64>,
}

impl<'a> Sums<'a> {
    fn new(products: &'a Products<'a>, labels: Vec<usize>, k: usize, weights: &'a [f64]) -> Self {
        let mut sums = Self {
            products,
            weights,
            with_sum: vec![vec![0.0; labels.len()]; k],
            square: vec![0.0; k],
            mass: vec![0.0; k],
            labels,
        };
        for point in 0..sums.labels.len() {
            sums.add(point, sums.labels[point], 1.0);
        }
        sums.take_squares();
        sums
    }

    /// Counts a point in (`sign` 1) or out (-1) of the sums of a cluster.
    fn add(&mut self, point: usize, cluster: usize, sign: f64) {
        let weight = sign * self.weights[point];
        if weight != 0.0 {
            for (sum, product) in self.with_sum[cluster].iter_mut().zip(&self.products.table[point]) {
                *sum += weight * product;
            }
            self.mass[cluster] += weight;
        }
    }

    fn take_squares(&mut self) {
        self.square.fill(0.0);
        for (point, &label) in self.labels.iter().enumerate() {
            self.square[label] += self.weights[point] * self.with_sum[label][point];
        }
    }

    /// Squared distance of a point to the mean of a cluster; infinite where the cluster is empty.
    fn distance(&self, point: usize, cluster: usize) -> f64 {
        let mass = self.mass[cluster];
        if mass < 0.5 {
            return f64::INFINITY;
        }
        let own = self.products.points.squares()[point];
        own - 2.0 * self.with_sum[cluster][point] / mass + self.square[cluster] / (mass * mass)
    }

    /// Puts every point into its nearest cluster; whether any moved.
    fn assign(&mut self) -> bool {
        let k = self.mass.len();
        let mut nearest = vec![0; self.labels.len()];
        let mut distances = vec![f64::INFINITY; self.labels.len()];
        for cluster in 0..k {
            for (point, (label, least)) in nearest.iter_mut().zip(&mut distances).enumerate() {
                let distance = self.distance(point, cluster);
                if distance < *least {
                    (*label, *least) = (cluster, distance);
                }
            }
        }
        fill_empty(&mut nearest, &mut distances, self.weights, k);
        let mut moved = false;
        for (point, &label) in nearest.iter().enumerate() {
            let old = std::mem::replace(&mut self.labels[point], label);
            if old != label {
                self.add(point, old, -1.0);
                self.add(point, label, 1.0);
                moved = true;
            }
        }
        self.take_squares();
        moved
    }

    /// Moves single points to where that lowers the sum of squared distances, the means moving along (Hartigan and
    /// Wong, 1979); whether any moved.
    fn exchange(&mut self) -> bool {
        let k = self.mass.len();
        let mut moved = false;
        for point in 0..self.labels.len() {
            let (own, weight) = (self.labels[point], self.weights[point]);
            if weight == 0.0 || self.mass[own] < weight + 0.5 {
                continue;
            }
            let mass = self.mass[own];
            // What the point costs where it is, and what it would cost elsewhere.
            let cost = self.distance(point, own) * mass / (mass - weight);
            let filled = (0..k).filter(|&other| other != own && self.mass[other] > 0.5);
            let elsewhere = filled.map(|other| {
                let mass = self.mass[other];
                (other, self.distance(point, other) * mass / (mass + weight))
            });
            let Some((other, least)) = elsewhere.min_by(|a, b| a.1.total_cmp(&b.1)) else {
                continue;
            };
            if least < cost * (1.0 - LEAST_GAIN) {
                for (cluster, sign) in [(own, -1.0), (other, 1.0)] {
                    let along = 2.0 * sign * weight * self.with_sum[cluster][point];
                    let length = self.products.points.squares()[point];
                    self.square[cluster] += along + weight * weight * length;
                    self.add(point, cluster, sign);
                }
                self.labels[point] = other;
                moved = true;
            }
        }
        // Taken anew, so that the rounding of many small changes does not add up.
        self.take_squares();
        moved
    }

    /// Puts the points that do not count where they are nearest.
    fn place_uncounted(&mut self) {
        for point in 0..self.labels.len() {
            if self.weights[point] == 0.0 {
                let distance = |cluster: &usize| self.distance(point, *cluster);
                let nearest = (0..self.mass.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
                self.labels[point] = nearest.unwrap_or(0);
            }
        }
    }

    fn inertia(&self) -> f64 {
        let costs = self.labels.iter().enumerate().map(|(point, &label)| {
            let weight = self.weights[point];
            if weight > 0.0 {
                weight * self.distance(point, label).max(0.0)
            } else {
                0.0
            }
        });
        costs.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Latents;
    use ndarray::array;

    #[test]
    fn a_point_that_holds_its_mean_back_is_moved_all_the_same() {
        // 4 is nearer to the middle of {0, 4} than to {7, 7, 7}, and yet the sum is least when it goes over.
        let values = array![[0.0], [4.0], [7.0], [7.0], [7.0]];
        let points = Points::new(&Latents { values }).unwrap();
        let products = Products::new(&points, &Watch::default()).unwrap();
        let mut sums = Sums::new(&products, vec![0, 0, 1, 1, 1], 2, &[1.0; 5]);
        assert!(!sums.assign());
        assert!(sums.exchange());
        assert_eq!(sums.labels, [0, 1, 1, 1, 1]);
        assert!((sums.inertia() - 6.75).abs() < 1e-9);
        assert!(!sums.exchange());
    }

    #[test]
    fn distances_are_those_to_the_means() {
        let values = array![[0.0, 2.0], [4.0, 1.0], [7.0, -3.0]];
        let points = Points::new(&Latents { values }).unwrap();
        let products = Products::new(&points, &Watch::default()).unwrap();
        let sums = Sums::new(&products, vec![0, 0, 1], 2, &[1.0, 3.0, 1.0]);
        // The mean of the first cluster is (3, 1.25).
        assert!((sums.distance(0, 0) - (9.0 + 0.5625)).abs() < 1e-9);
        assert!((sums.distance(2, 0) - (16.0 + 4.25 * 4.25)).abs() < 1e-9);
        assert!((sums.distance(1, 1) - 25.0).abs() < 1e-9);
    }
}

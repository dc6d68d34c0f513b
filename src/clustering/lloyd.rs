//! k-means on the rows of many points.

use super::ClusteringError;
use super::kmeans::{Clusters, MOST_ROUNDS, fill_empty};
use super::points::{Points, squared_distance, squared_from_product};
use crate::jobs::Watch;
use ndarray::{Array2, Axis};

/// Rows measured at once.
const BLOCK: usize = 512;
/// How much nearer, as a share, a point must surely be to its own mean to be passed over.
const SURE: f64 = 1.0 - 1e-9;

/// Lloyd's rounds until no point changes its cluster. A point is measured anew only where the means have moved so
/// far that another might have come nearer than its own (Hamerly, 2010).
///
/// # Errors
/// When cancelled.
pub(super) fn settle(
    points: &Points,
    mut labels: Vec<usize>,
    k: usize,
    weights: &[f64],
    watch: &Watch,
) -> Result<Clusters, ClusteringError> {
    let counted: Vec<usize> = (0..points.len()).filter(|&point| weights[point] > 0.0).collect();
    let mut sums = Sums::new(points, &labels, k, weights);
    let mut means = sums.means();
    // At most so far from the own mean, at least so far from the others.
    let mut own = vec![f64::INFINITY; points.len()];
    let mut others = vec![0.0_f64; points.len()];
    for _ in 0..MOST_ROUNDS {
        let open: Vec<usize> = counted
            .iter()
            .copied()
            .filter(|&point| own[point] >= others[point] * SURE)
            .collect();
        let before = labels.clone();
        measure(points, &means, &open, watch, |point, nearest| {
            (labels[point], own[point], others[point]) = nearest;
        })?;
        fill_empty(&mut labels, &mut own, weights, k);
        if labels == before {
            break;
        }
        for &point in &counted {
            if labels[point] != before[point] {
                sums.add(points, point, before[point], -weights[point]);
                sums.add(points, point, labels[point], weights[point]);
            }
        }
        let next = sums.means();
        let moved: Vec<f64> = means
            .rows()
            .into_iter()
            .zip(next.rows())
            .map(|(old, new)| (&new - &old).mapv(|step| step * step).sum().sqrt())
            .collect();
        let farthest = moved.iter().copied().fold(0.0, f64::max);
        for &point in &counted {
            // A point that was given to an empty cluster had no distance yet; it has one after the next round.
            let filled = labels[point] != before[point] && own[point] == 0.0;
            own[point] = if filled {
                f64::INFINITY
            } else {
                own[point] + moved[labels[point]]
            };
            others[point] = (others[point] - farthest).max(0.0);
        }
        means = next;
    }
    let uncounted: Vec<usize> = (0..points.len()).filter(|&point| weights[point] == 0.0).collect();
    measure(points, &means, &uncounted, watch, |point, nearest| {
        labels[point] = nearest.0;
    })?;
    let cost = |&point: &usize| {
        let mean = means.row(labels[point]);
        weights[point] * squared_distance(points.row(point), mean.to_slice().unwrap_or_default())
    };
    Ok(Clusters {
        inertia: counted.iter().map(cost).sum(),
        labels,
    })
}

/// The sum and the weight of each cluster, changed only by the points that move.
struct Sums {
    rows: Array2<f64>,
    masses: Vec<f64>,
}

impl Sums {
    fn new(points: &Points, labels: &[usize], k: usize, weights: &[f64]) -> Self {
        let mut sums = Self {
            rows: Array2::zeros((k, points.dimension())),
            masses: vec![0.0; k],
        };
        for (point, (&label, &weight)) in labels.iter().zip(weights).enumerate() {
            if weight > 0.0 {
                sums.add(points, point, label, weight);
            }
        }
        sums
    }

    fn add(&mut self, points: &Points, point: usize, cluster: usize, weight: f64) {
        self.rows
            .row_mut(cluster)
            .scaled_add(weight, &points.values().row(point));
        self.masses[cluster] += weight;
    }

    /// The mean of each cluster; the middle of all for one without points.
    fn means(&self) -> Array2<f64> {
        let mut means = self.rows.clone();
        for (mut mean, &mass) in means.rows_mut().into_iter().zip(&self.masses) {
            mean /= mass.max(1.0);
        }
        means
    }
}

/// Tells `found` of each of these points its nearest mean, the distance to it and that to the second.
fn measure(
    points: &Points,
    means: &Array2<f64>,
    rows: &[usize],
    watch: &Watch,
    mut found: impl FnMut(usize, (usize, f64, f64)),
) -> Result<(), ClusteringError> {
    let lengths: Vec<f64> = means.rows().into_iter().map(|mean| mean.dot(&mean)).collect();
    for rows in rows.chunks(BLOCK) {
        watch.check()?;
        let products = points.values().select(Axis(0), rows).dot(&means.t());
        for (&point, products) in rows.iter().zip(products.rows()) {
            let mut nearest = (0, f64::INFINITY, f64::INFINITY);
            for (cluster, (product, length)) in products.iter().zip(&lengths).enumerate() {
                let distance = squared_from_product(points.squares()[point], *length, *product).sqrt();
                if distance < nearest.1 {
                    nearest = (cluster, distance, nearest.1);
                } else {
                    nearest.2 = nearest.2.min(distance);
                }
            }
            found(point, nearest);
        }
    }
    Ok(())
}

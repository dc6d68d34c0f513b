//! A mixture of Gaussians with diagonal covariance, by expectation and maximisation.

use super::ClusteringError;
use super::points::Points;
use crate::jobs::Watch;
use crate::project::Latents;
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;
use std::f64::consts::TAU;

/// The fit is done when the mean log-likelihood of a pair gains less than this in a round...
const LEAST_GAIN: f64 = 1e-3;
/// ...or after so many rounds.
const MOST_ROUNDS: usize = 1_000;
/// Added to every variance as a share of the mean variance of the columns, so that a component that sits on a
/// single value keeps a finite density.
const VARIANCE_FLOOR: f64 = 1e-6;

/// What to tell about a mixture of these latents: with no more pairs than dimensions, the densities of two components
/// differ by so many factors that every pair belongs to one of them with certainty. None when there are enough pairs.
#[must_use]
pub fn mixture_caveat(latents: &Latents) -> Option<String> {
    let (pairs, dimensions) = latents.values.dim();
    (pairs <= dimensions).then(|| {
        format!(
            "{pairs} pairs are few for {dimensions} dimensions: the probabilities of the mixture are all 0 or 1, \
             and it says little more than the k-means it starts from"
        )
    })
}

/// A mixture of k Gaussians; row `i` of each table is component `i`.
struct Mixture {
    log_weights: Array1<f64>,
    means: Array2<f64>,
    variances: Array2<f64>,
}

/// The component that explains each point best. The fit begins from `start`, the labels of a k-means with this k.
///
/// # Errors
/// When cancelled.
pub(super) fn mixture_labels(
    points: &Points,
    start: &[usize],
    k: usize,
    watch: &Watch,
) -> Result<Vec<usize>, ClusteringError> {
    watch.say("fitting a Gaussian mixture");
    let mut shares = Array2::zeros((points.len(), k));
    for (mut row, &label) in shares.rows_mut().into_iter().zip(start) {
        row[label] = 1.0;
    }
    let mut likelihood = f64::NEG_INFINITY;
    for round in 0..MOST_ROUNDS {
        watch.check()?;
        watch.report(round as u64, 0);
        let (next, reached) = Mixture::of(points, &shares).shares(points);
        shares = next;
        let gain = reached - likelihood;
        likelihood = reached;
        if gain < LEAST_GAIN {
            break;
        }
    }
    let best = |row: ndarray::ArrayView1<f64>| {
        // The first of equally likely components.
        let better = |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
        row.iter()
            .copied()
            .enumerate()
            .reduce(better)
            .map_or(0, |(component, _)| component)
    };
    Ok(shares.rows().into_iter().map(best).collect())
}

impl Mixture {
    /// The mixture that fits best when each point belongs to the components by these shares (n rows, k columns).
    fn of(points: &Points, shares: &Array2<f64>) -> Self {
        let floor = match VARIANCE_FLOOR * points.mean_variance() {
            floor if floor > 0.0 => floor,
            _ => VARIANCE_FLOOR,
        };
        // A component that no point belongs to keeps a vanishing weight instead of dividing by zero.
        let masses = shares.sum_axis(Axis(0)) + 10.0 * f64::EPSILON;
        let masses_column = masses.view().insert_axis(Axis(1));
        let means = shares.t().dot(points.values()) / masses_column;
        let mut variances = Array2::zeros(means.dim());
        for ((mut variances, mean), shares) in variances
            .rows_mut()
            .into_iter()
            .zip(means.rows())
            .zip(shares.columns())
        {
            for (point, &share) in points.values().rows().into_iter().zip(shares) {
                if share > 0.0 {
                    ndarray::Zip::from(&mut variances)
                        .and(&point)
                        .and(&mean)
                        .for_each(|sum: &mut f64, value, mean| {
                            *sum += share * (value - mean) * (value - mean);
                        });
                }
            }
        }
        let variances = variances / masses_column + floor;
        Self {
            log_weights: (masses / points.len() as f64).ln(),
            means,
            variances,
        }
    }

    /// By how much each point belongs to each component (n rows, k columns), and the mean log-likelihood.
    fn shares(&self, points: &Points) -> (Array2<f64>, f64) {
        let precisions = self.variances.mapv(f64::recip);
        let constants: Vec<f64> = self
            .variances
            .rows()
            .into_iter()
            .zip(&self.log_weights)
            .map(|(row, weight)| weight - 0.5 * row.iter().map(|variance| (TAU * variance).ln()).sum::<f64>())
            .collect();
        let mut shares = Array2::zeros((points.len(), constants.len()));
        let likelihoods: Vec<f64> = shares
            .axis_iter_mut(Axis(0))
            .into_par_iter()
            .enumerate()
            .map(|(index, mut shares)| {
                let point = points.row(index);
                let components = self
                    .means
                    .rows()
                    .into_iter()
                    .zip(precisions.rows())
                    .zip(&constants);
                for (share, ((mean, precision), constant)) in shares.iter_mut().zip(components) {
                    let spread: f64 = point
                        .iter()
                        .zip(mean.iter().zip(precision))
                        .map(|(value, (mean, precision))| (value - mean) * (value - mean) * precision)
                        .sum();
                    *share = constant - 0.5 * spread;
                }
                let highest = shares.fold(f64::NEG_INFINITY, |highest, &value| highest.max(value));
                let likelihood = highest + shares.mapv(|value| (value - highest).exp()).sum().ln();
                shares.mapv_inplace(|value| (value - likelihood).exp());
                likelihood
            })
            .collect();
        let mean = likelihoods.iter().sum::<f64>() / points.len() as f64;
        (shares, mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use ndarray::array;

    #[test]
    fn one_component_has_the_likelihood_of_the_normal_distribution() {
        let points = Points::new(&Latents {
            values: array![[-1.0], [1.0]],
        })
        .unwrap();
        let (shares, likelihood) = Mixture::of(&points, &array![[1.0], [1.0]]).shares(&points);
        assert_eq!(shares, array![[1.0], [1.0]]);
        let expected = -0.5 * (TAU.ln() + 1.0);
        assert!((likelihood - expected).abs() < 1e-5, "{likelihood} {expected}");
    }

    #[test]
    fn two_long_parallel_clouds_are_parted_along_their_length() {
        // Long in x, so that k-means would cut them across; apart in y only.
        let mut values = Array2::zeros((200, 2));
        for (index, mut row) in values.rows_mut().into_iter().enumerate() {
            row[0] = (index as f32 * 7.3) % 40.0;
            row[1] = (index % 2) as f32 + (index as f32 * 0.37) % 0.2;
        }
        let points = Points::new(&Latents { values }).unwrap();
        let start: Vec<usize> = (0..200)
            .map(|index| if index % 5 == 0 { 0 } else { index % 2 })
            .collect();
        let labels = mixture_labels(&points, &start, 2, &Watch::default()).unwrap();
        assert!(
            labels
                .iter()
                .enumerate()
                .all(|(index, &label)| label == index % 2),
            "{labels:?}"
        );
    }

    #[test]
    fn few_pairs_in_many_dimensions_are_pointed_out() {
        assert!(
            mixture_caveat(&clouds(9, 50, 2, 1.0, 1))
                .unwrap()
                .contains("9 pairs")
        );
        assert_eq!(mixture_caveat(&clouds(51, 50, 2, 1.0, 1)), None);
    }
}

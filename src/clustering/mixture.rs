//! A mixture of Gaussians with diagonal covariance, by expectation and maximisation.

use super::ClusteringError;
use super::points::Points;
use crate::jobs::Watch;
use crate::project::{Latents, Likelihood};
use ndarray::{Array1, Array2, ArrayView1, Axis};
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

/// A mixture that was fitted to points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// The component that explains each point best.
    pub labels: Vec<usize>,
    pub likelihood: Likelihood,
}

/// Points with the squares of their values, which every fit needs.
pub(super) struct Squared<'a> {
    points: &'a Points,
    squares: Array2<f64>,
}

impl<'a> Squared<'a> {
    pub fn new(points: &'a Points) -> Self {
        let squares = points.values().mapv(|value| value * value);
        Self { points, squares }
    }

    /// Fits a mixture to the points, each of which counts as often as its weight says. The fit begins from `start`, the
    /// labels of a k-means with this k.
    ///
    /// # Errors
    /// When cancelled.
    pub fn fit(
        &self,
        start: &[usize],
        k: usize,
        weights: &[f64],
        watch: &Watch,
    ) -> Result<Fit, ClusteringError> {
        let mut shares = Array2::zeros((self.points.len(), k));
        for (mut row, &label) in shares.rows_mut().into_iter().zip(start) {
            row[label] = 1.0;
        }
        let weights = ArrayView1::from(weights);
        let mut likelihood = f64::NEG_INFINITY;
        for _ in 0..MOST_ROUNDS {
            watch.check()?;
            let (next, reached) = Mixture::of(self, &shares, weights).shares(self, weights);
            shares = next;
            let gain = reached - likelihood;
            likelihood = reached;
            if gain < LEAST_GAIN {
                break;
            }
        }
        Ok(Fit {
            labels: shares.rows().into_iter().map(most_likely).collect(),
            likelihood: criteria(likelihood, self.points.values().dim(), k),
        })
    }
}

/// The first of the most likely components.
fn most_likely(shares: ArrayView1<f64>) -> usize {
    let better = |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
    let best = shares.iter().copied().enumerate().reduce(better);
    best.map_or(0, |(component, _)| component)
}

/// The criteria that weigh the likelihood against the number of parameters: a mean and a variance for each
/// component and dimension, and the weights, which sum to one.
fn criteria(log_likelihood: f64, (pairs, dimensions): (usize, usize), k: usize) -> Likelihood {
    let parameters = (2 * k * dimensions + k - 1) as f64;
    let deviance = -2.0 * log_likelihood * pairs as f64;
    Likelihood {
        log_likelihood,
        bic: deviance + parameters * (pairs as f64).ln(),
        aic: deviance + 2.0 * parameters,
    }
}

/// A mixture of k Gaussians; row `i` of each table is component `i`.
struct Mixture {
    log_weights: Array1<f64>,
    means: Array2<f64>,
    variances: Array2<f64>,
}

impl Mixture {
    /// The mixture that fits best when each point belongs to the components by these shares (n rows, k columns).
    fn of(of: &Squared, shares: &Array2<f64>, weights: ArrayView1<f64>) -> Self {
        let floor = match VARIANCE_FLOOR * of.points.mean_variance() {
            floor if floor > 0.0 => floor,
            _ => VARIANCE_FLOOR,
        };
        let shares = shares * &weights.insert_axis(Axis(1));
        // A component that no point belongs to keeps a vanishing weight instead of dividing by zero.
        let masses = shares.sum_axis(Axis(0)) + 10.0 * f64::EPSILON;
        let masses_column = masses.view().insert_axis(Axis(1));
        let means = shares.t().dot(of.points.values()) / masses_column;
        let variances = shares.t().dot(&of.squares) / masses_column - means.mapv(|mean| mean * mean);
        // Rounding can make the difference a little less than nothing.
        let variances = variances.mapv(|variance| variance.max(0.0) + floor);
        Self {
            log_weights: (&masses / weights.sum()).ln(),
            means,
            variances,
        }
    }

    /// By how much each point belongs to each component (n rows, k columns), and the mean log-likelihood.
    fn shares(&self, of: &Squared, weights: ArrayView1<f64>) -> (Array2<f64>, f64) {
        let precisions = self.variances.mapv(f64::recip);
        let drawn = &self.means * &precisions;
        let constants: Array1<f64> = self
            .variances
            .rows()
            .into_iter()
            .zip((&self.means * &drawn).sum_axis(Axis(1)))
            .zip(&self.log_weights)
            .map(|((row, spread), weight)| {
                let volume: f64 = row.iter().map(|variance| (TAU * variance).ln()).sum();
                weight - 0.5 * (volume + spread)
            })
            .collect();
        // The squares of (value - mean) over the variance, multiplied out so that they are products of matrices.
        let halves = precisions * 0.5;
        let mut shares = of.points.values().dot(&drawn.t()) - of.squares.dot(&halves.t()) + constants;
        let mut total = 0.0;
        for (mut shares, weight) in shares.rows_mut().into_iter().zip(weights) {
            let highest = shares.fold(f64::NEG_INFINITY, |highest, &value| highest.max(value));
            let likelihood = highest + shares.mapv(|value| (value - highest).exp()).sum().ln();
            shares.mapv_inplace(|value| (value - likelihood).exp());
            total += weight * likelihood;
        }
        (shares, total / weights.sum())
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
        let (points, weights) = (Squared::new(&points), array![1.0, 1.0]);
        let mixture = Mixture::of(&points, &array![[1.0], [1.0]], weights.view());
        let (shares, likelihood) = mixture.shares(&points, weights.view());
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
        let fit = Squared::new(&points).fit(&start, 2, &[1.0; 200], &Watch::default());
        let labels = fit.unwrap().labels;
        assert!(
            labels
                .iter()
                .enumerate()
                .all(|(index, &label)| label == index % 2),
            "{labels:?}"
        );
    }

    #[test]
    fn criteria_count_two_parameters_a_component_and_dimension() {
        let found = criteria(-2.5, (40, 3), 2);
        assert!((found.aic - (200.0 + 26.0)).abs() < 1e-9);
        assert!((found.bic - (200.0 + 13.0 * 40.0_f64.ln())).abs() < 1e-9);
    }

    #[test]
    fn weights_count_as_repeated_points() {
        let points = Points::new(&Latents {
            values: array![[0.0], [4.0], [10.0], [-14.0]],
        })
        .unwrap();
        let shares = array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]];
        let mixture = Mixture::of(&Squared::new(&points), &shares, array![3.0, 1.0, 2.0, 0.0].view());
        assert!((mixture.means[[0, 0]] - 1.0).abs() < 1e-9 && (mixture.means[[1, 0]] - 10.0).abs() < 1e-9);
        assert!((mixture.variances[[0, 0]] - 3.0).abs() < 1e-3);
        assert!((mixture.log_weights[0] - (4.0_f64 / 6.0).ln()).abs() < 1e-9);
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

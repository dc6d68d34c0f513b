//! When a training has nothing more to gain, or has lost its way: judged by its curves alone, so that a training that
//! was interrupted is judged as one that was not.

use super::config::EarlyStop;
use crate::project::LossPoint;

/// How many times the first epoch's loss is too much.
const ASTRAY: f64 = 100.0;
/// Epochs in a row that must be so. Without a Kullback-Leibler term a single epoch can leap and come back.
const ASTRAY_EPOCHS: usize = 10;

/// The loss that is judged: of the pairs that are not learned from, where there are such.
fn judged(point: &LossPoint) -> f64 {
    point.validation.unwrap_or(point.mean).total
}

/// Whether the last better loss is as many epochs back as the patience lasts.
#[must_use]
pub fn is_over(losses: &[LossPoint], stop: EarlyStop) -> bool {
    let mut best = f64::INFINITY;
    let mut since = 0;
    for point in losses {
        let loss = judged(point);
        if loss < best * (1.0 - stop.improvement) || best.is_infinite() && loss.is_finite() {
            best = loss;
            since = 0;
        } else {
            since += 1;
        }
    }
    since >= stop.patience
}

/// Whether the loss of the last epoch is far above where it began.
#[must_use]
pub fn strays(losses: &[LossPoint]) -> bool {
    let total = |point: &LossPoint| point.mean.total;
    let first = losses.first().map_or(f64::INFINITY, total);
    losses.last().is_some_and(|last| total(last) > ASTRAY * first)
}

/// Whether the loss has long been far above where it began.
#[must_use]
pub fn is_astray(losses: &[LossPoint]) -> bool {
    let Some(first) = losses.first().map(|point| point.mean.total) else {
        return false;
    };
    losses.len() > ASTRAY_EPOCHS
        && losses
            .iter()
            .rev()
            .take(ASTRAY_EPOCHS)
            .all(|point| point.mean.total > ASTRAY * first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::LossTerms;

    fn curve(totals: &[f64]) -> Vec<LossPoint> {
        let point = |&total: &f64| LossPoint {
            mean: LossTerms {
                total,
                ..LossTerms::default()
            },
            ..LossPoint::default()
        };
        totals.iter().map(point).collect()
    }

    #[test]
    fn a_plateau_is_as_long_as_the_patience() {
        let stop = EarlyStop {
            patience: 3,
            improvement: 0.01,
        };
        assert!(!is_over(&curve(&[1.0, 0.5, 0.499, 0.498]), stop));
        assert!(is_over(&curve(&[1.0, 0.5, 0.499, 0.498, 0.497]), stop));
        assert!(!is_over(&curve(&[1.0, 0.5, 0.499, 0.498, 0.4]), stop));
        assert!(!is_over(&[], stop));
    }

    #[test]
    fn held_out_pairs_are_what_counts_where_there_are_some() {
        let stop = EarlyStop {
            patience: 2,
            improvement: 0.0,
        };
        let mut losses = curve(&[4.0, 3.0, 2.0, 1.0]);
        assert!(!is_over(&losses, stop));
        for (point, total) in losses.iter_mut().zip([2.0, 1.0, 1.5, 1.6]) {
            point.validation = Some(LossTerms {
                total,
                ..LossTerms::default()
            });
        }
        assert!(is_over(&losses, stop));
    }

    #[test]
    fn one_leap_is_no_way_lost() {
        let mut totals = vec![0.5; 30];
        totals[20] = 143_000.0;
        assert!(!is_astray(&curve(&totals)));
        totals[18..].fill(143_000.0);
        assert!(is_astray(&curve(&totals)));
    }
}

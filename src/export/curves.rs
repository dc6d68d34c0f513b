//! Loss curves: smoothed for the eye, and as a table of several runs.

use crate::project::{LossPoint, LossTerms};
use std::fmt::Write as _;
use std::time::SystemTime;

/// A name and where it is found.
type Term = (&'static str, fn(&LossTerms) -> f64);

/// The terms of the loss in the order in which they are written.
pub const TERMS: [Term; 4] = [
    ("image", |terms| terms.image),
    ("text", |terms| terms.text),
    ("kl", |terms| terms.kl),
    ("total", |terms| terms.total),
];

/// A training whose curves are taken out of the program.
#[derive(Debug, Clone, Copy)]
pub struct Curves<'a> {
    /// For the legend.
    pub name: &'a str,
    /// A point an epoch.
    pub losses: &'a [LossPoint],
    /// When its last epoch was over.
    pub ended: SystemTime,
}

/// Epoch and value of one term, a place in [`TERMS`]: of the pairs that are learned from, or of those held out, where a
/// training has such.
#[must_use]
pub fn curve(losses: &[LossPoint], term: usize, held_out: bool) -> Vec<[f64; 2]> {
    let Some((_, value)) = TERMS.get(term) else {
        return Vec::new();
    };
    let terms = |point: &LossPoint| {
        if held_out {
            point.validation
        } else {
            Some(point.mean)
        }
    };
    let points = losses.iter();
    points
        .filter_map(|point| Some([f64::from(point.epoch), value(&terms(point)?)]))
        .collect()
}

/// The heaviest smoothing.
pub const MAX_WEIGHT: f64 = 0.999;

/// The exponential moving average of `values`, as TensorBoard draws it: `s_t = w s_{t-1} + (1 - w) x_t` from
/// `s_0 = 0`, divided by `1 - w^t` so that the start is not pulled towards zero. `weight` is from 0 (the values
/// themselves) to 0.999; what is beyond is taken as the nearest. Values that are not finite stay as they are and
/// leave the average as it was.
#[must_use]
pub fn smooth(values: &[f64], weight: f64) -> Vec<f64> {
    // max makes NaN 0, which clamp alone would let through.
    let weight = weight.max(0.0).clamp(0.0, MAX_WEIGHT);
    let (mut average, mut left) = (0.0, 1.0);
    values
        .iter()
        .map(|&value| {
            if !value.is_finite() {
                return value;
            }
            average = weight * average + (1.0 - weight) * value;
            left *= weight;
            average / (1.0 - left)
        })
        .collect()
}

/// A table with one row an epoch and run, in the order given: `run, epoch`, each term of the loss and after it the
/// same smoothed by [`smooth`] with `weight`, the terms of the pairs that are not learned from, where a run has such, and
/// the seconds of the epoch.
#[must_use]
pub fn curves_csv(trainings: &[Curves], weight: f64) -> String {
    let mut out = String::from("run,epoch");
    for (name, _) in TERMS {
        let _ = write!(out, ",{name},{name}_smoothed");
    }
    let mut points = trainings.iter().flat_map(|training| training.losses);
    let validated = points.any(|point| point.validation.is_some());
    for (name, _) in TERMS.into_iter().filter(|_| validated) {
        let _ = write!(out, ",validation_{name}");
    }
    out.push_str(",seconds\n");
    for Curves { name, losses, .. } in trainings {
        let run = name.replace('"', "\"\"");
        let curves = TERMS.map(|(_, term)| {
            let raw: Vec<f64> = losses.iter().map(|point| term(&point.mean)).collect();
            let smoothed = smooth(&raw, weight);
            raw.into_iter().zip(smoothed)
        });
        let mut curves = curves.map(IntoIterator::into_iter);
        for point in *losses {
            let _ = write!(out, "\"{run}\",{}", point.epoch);
            for (raw, smoothed) in curves.iter_mut().filter_map(Iterator::next) {
                let _ = write!(out, ",{raw},{smoothed}");
            }
            for (_, term) in TERMS.into_iter().filter(|_| validated) {
                let value = point.validation.as_ref().map(|terms| term(terms).to_string());
                let _ = write!(out, ",{}", value.unwrap_or_default());
            }
            let _ = writeln!(out, ",{}", point.seconds);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: &[f64], right: &[f64]) -> bool {
        left.len() == right.len() && left.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn without_weight_nothing_changes() {
        let values = [3.0, 0.1, -7.25, 1e300];
        for weight in [0.0, -1.0, f64::NAN] {
            assert_eq!(smooth(&values, weight), values);
        }
    }

    #[test]
    fn the_average_is_debiased() {
        // By hand: (0.5 * 1 + 0) / 0.5 = 1, then (0.25 + 1.5) / 0.75, then (0.875 + 0.5) / 0.875.
        let smoothed = smooth(&[1.0, 3.0, 1.0], 0.5);
        assert!(close(&smoothed, &[1.0, 7.0 / 3.0, 1.375 / 0.875]), "{smoothed:?}");
        assert!(close(&smooth(&[0.2; 50], 0.99), &[0.2; 50]));
        let heaviest = smooth(&[1.0, 2.0, 3.0], MAX_WEIGHT);
        assert_eq!(smooth(&[1.0, 2.0, 3.0], 7.0), heaviest);
        assert!(heaviest.iter().all(|value| (1.0..=2.01).contains(value)));
    }

    #[test]
    fn a_number_that_is_not_finite_leaves_the_average_as_it_was() {
        let with = smooth(&[1.0, f64::NAN, 3.0, f64::INFINITY, 1.0], 0.5);
        let without = smooth(&[1.0, 3.0, 1.0], 0.5);
        assert!(with[1].is_nan() && with[3] == f64::INFINITY);
        assert_eq!([with[0], with[2], with[4]], without[..]);
    }

    #[test]
    fn the_table_reads_back_with_one_row_an_epoch_and_run() {
        let point = |epoch, image| LossPoint {
            epoch,
            mean: LossTerms {
                image,
                text: 2.0,
                kl: 0.0,
                total: image + 2.0,
            },
            seconds: 1.5,
            ..LossPoint::default()
        };
        let (long, short) = ([point(1, 1.0), point(2, 3.0)], [point(1, 0.1)]);
        let curves = |name, losses| Curves {
            name,
            losses,
            ended: SystemTime::UNIX_EPOCH,
        };
        let table = curves_csv(&[curves("论文, \"a\"", &long[..]), curves("002", &short)], 0.5);
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let heads: Vec<String> = reader.headers().unwrap().iter().map(Into::into).collect();
        assert_eq!(
            heads.join(" "),
            "run epoch image image_smoothed text text_smoothed kl kl_smoothed total total_smoothed seconds"
        );
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let runs: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(runs, ["论文, \"a\"", "论文, \"a\"", "002"]);
        let second: Vec<f64> = rows[1]
            .iter()
            .skip(1)
            .map(|field| field.parse().unwrap())
            .collect();
        let smoothed = 7.0 / 3.0;
        assert!(
            close(
                &second,
                &[2.0, 3.0, smoothed, 2.0, 2.0, 0.0, 0.0, 5.0, smoothed + 2.0, 1.5]
            ),
            "{second:?}"
        );
        assert_eq!(&rows[2][3], "0.1");
    }
}

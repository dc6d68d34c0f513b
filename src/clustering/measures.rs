//! How good a clustering is.

use super::ClusteringError;
use super::points::{Points, squared_distance};
use crate::jobs::Watch;
use crate::project::{ClusterId, Latents};
use ndarray::Array2;
use rayon::prelude::*;

/// The silhouette coefficient of each pair, -1 to 1: how much nearer it is on average to its own cluster than to the
/// nearest other one. Zero for a pair that is alone in its cluster, for noise, when there is but one cluster, and
/// when the latents cannot be measured at all (empty or not finite).
#[must_use]
pub fn silhouettes(latents: &Latents, labels: &[Option<ClusterId>]) -> Vec<f64> {
    let labels: Vec<_> = labels.iter().map(|label| label.map(ClusterId::index)).collect();
    let measured = Points::new(latents)
        .and_then(|points| silhouette_table(&points, std::slice::from_ref(&labels), &Watch::default()));
    let first = measured.ok().and_then(|table| table.into_iter().next());
    first.unwrap_or_else(|| vec![0.0; labels.len()])
}

/// The silhouettes under several labellings at once, a row a labelling, for the distances are what costs time.
///
/// # Errors
/// When cancelled.
pub(super) fn silhouette_table(
    points: &Points,
    labellings: &[Vec<Option<usize>>],
    watch: &Watch,
) -> Result<Vec<Vec<f64>>, ClusteringError> {
    let sizes: Vec<Vec<usize>> = labellings.iter().map(|labels| sizes(labels)).collect();
    let by_point = (0..points.len())
        .into_par_iter()
        .map(|own| {
            watch.check()?;
            let distances: Vec<f64> = (0..points.len())
                .map(|other| squared_distance(points.row(own), points.row(other)).sqrt())
                .collect();
            let silhouette = |(labels, sizes): (&Vec<Option<usize>>, &Vec<usize>)| {
                silhouette(own, &distances, labels, sizes)
            };
            Ok(labellings
                .iter()
                .zip(&sizes)
                .map(silhouette)
                .collect::<Vec<f64>>())
        })
        .collect::<Result<Vec<_>, ClusteringError>>()?;
    let column = |index: usize| {
        by_point
            .iter()
            .map(|row| row.get(index).copied().unwrap_or(0.0))
            .collect()
    };
    Ok((0..labellings.len()).map(column).collect())
}

/// Points in each cluster, up to the highest label.
pub(super) fn sizes(labels: &[Option<usize>]) -> Vec<usize> {
    let clusters = labels.iter().flatten().max().map_or(0, |highest| highest + 1);
    let mut sizes = vec![0; clusters];
    for &label in labels.iter().flatten() {
        sizes[label] += 1;
    }
    sizes
}

fn silhouette(own: usize, distances: &[f64], labels: &[Option<usize>], sizes: &[usize]) -> f64 {
    let Some(label) = labels.get(own).copied().flatten() else {
        return 0.0;
    };
    let mut sums = vec![0.0; sizes.len()];
    for (distance, label) in distances.iter().zip(labels) {
        if let Some(label) = *label {
            sums[label] += distance;
        }
    }
    if sizes[label] < 2 {
        return 0.0;
    }
    // The distance to itself is zero, so that only the divisor leaves the point out.
    let inside = sums[label] / (sizes[label] - 1) as f64;
    let others = sums
        .iter()
        .zip(sizes)
        .enumerate()
        .filter(|(other, (_, size))| *other != label && **size > 0);
    let outside = others
        .map(|(_, (sum, size))| sum / *size as f64)
        .fold(f64::INFINITY, f64::min);
    let larger = inside.max(outside);
    if outside.is_finite() && larger > 0.0 {
        (outside - inside) / larger
    } else {
        0.0
    }
}

/// Mean distance of a point to the mean of its cluster.
pub(super) fn within(points: &Points, labels: &[usize], means: &Array2<f64>) -> f64 {
    let distances = labels.iter().enumerate().map(|(index, &label)| {
        means
            .row(label)
            .to_slice()
            .map_or(0.0, |mean| squared_distance(points.row(index), mean).sqrt())
    });
    distances.sum::<f64>() / labels.len().max(1) as f64
}

/// Mean distance between the means of two clusters; zero for a single cluster.
pub(super) fn cross(means: &Array2<f64>) -> f64 {
    let rows: Vec<_> = means
        .rows()
        .into_iter()
        .filter_map(|row| row.to_slice())
        .collect();
    let pairs = rows
        .iter()
        .enumerate()
        .flat_map(|(index, a)| rows.iter().skip(index + 1).map(move |b| (a, b)));
    let distances: Vec<f64> = pairs.map(|(a, b)| squared_distance(a, b).sqrt()).collect();
    distances.iter().sum::<f64>() / distances.len().max(1) as f64
}

/// Agreement of two clusterings of the same pairs (adjusted Rand index): 1 when they are the same but for names, about 0
/// for chance.
#[must_use]
pub fn agreement(a: &[ClusterId], b: &[ClusterId]) -> f64 {
    let plain = |labels: &[ClusterId]| labels.iter().map(|label| label.index()).collect::<Vec<_>>();
    adjusted_rand(&plain(a), &plain(b))
}

/// Agreement of two labellings of the same points, whatever the clusters are called: 1 for the same clusters, about
/// 0 for chance (Hubert and Arabie, 1985).
pub(super) fn adjusted_rand(a: &[usize], b: &[usize]) -> f64 {
    let clusters = |labels: &[usize]| labels.iter().max().map_or(0, |highest| highest + 1);
    let mut shared = Array2::<u64>::zeros((clusters(a), clusters(b)));
    for (&a, &b) in a.iter().zip(b) {
        shared[[a, b]] += 1;
    }
    let couples = |count: u64| count as f64 * (count as f64 - 1.0) / 2.0;
    let together: f64 = shared.iter().map(|&count| couples(count)).sum();
    let in_a: f64 = shared.rows().into_iter().map(|row| couples(row.sum())).sum();
    let in_b: f64 = shared
        .columns()
        .into_iter()
        .map(|column| couples(column.sum()))
        .sum();
    let by_chance = in_a * in_b / couples(a.len() as u64).max(1.0);
    let most = (in_a + in_b) / 2.0;
    // Both put all points together, or all apart: they cannot agree more.
    if most == by_chance {
        1.0
    } else {
        (together - by_chance) / (most - by_chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn ids(labels: &[u32]) -> Vec<Option<ClusterId>> {
        labels.iter().map(|&label| Some(ClusterId(label))).collect()
    }

    #[test]
    fn silhouettes_follow_the_definition() {
        let latents = Latents {
            values: array![[0.0], [1.0], [10.0]],
        };
        let found = silhouettes(&latents, &ids(&[0, 0, 1]));
        assert!(
            (found[0] - 0.9).abs() < 1e-12 && (found[1] - 8.0 / 9.0).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!(found[2], 0.0, "alone in its cluster");
        assert_eq!(silhouettes(&latents, &ids(&[0, 0, 0])), [0.0; 3], "one cluster");
    }

    #[test]
    fn noise_takes_no_part_in_silhouettes() {
        let latents = Latents {
            values: array![[0.0], [1.0], [10.0], [11.0], [5.0]],
        };
        let mut labels = ids(&[0, 0, 1, 1]);
        labels.push(None);
        let found = silhouettes(&latents, &labels);
        assert_eq!(found[4], 0.0);
        assert!((found[0] - (10.5 - 1.0) / 10.5).abs() < 1e-12);
    }

    #[test]
    fn agreement_ignores_names_and_is_low_for_chance() {
        assert_eq!(adjusted_rand(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
        assert_eq!(adjusted_rand(&[0, 0, 0], &[0, 0, 0]), 1.0);
        assert!((adjusted_rand(&[0, 0, 1, 1], &[0, 1, 0, 1]) + 0.5).abs() < 1e-12);
        assert!((adjusted_rand(&[0, 0, 1, 2], &[0, 0, 1, 1]) - 4.0 / 7.0).abs() < 1e-12);
    }
}

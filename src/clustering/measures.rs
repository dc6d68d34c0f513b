//! How good a clustering is.

use super::ClusteringError;
use super::overlap::Overlap;
use super::points::{Points, squared_distance};
use crate::jobs::Watch;
use crate::project::{ClusterId, Latents};
use ndarray::Array2;

/// The silhouette coefficient of each pair, -1 to 1: how much nearer it is on average to its own cluster than to the
/// nearest other one. Zero for a pair that is alone in its cluster, for noise, and when there is but one cluster.
///
/// # Errors
/// When the latents are empty or not finite, and when cancelled.
pub fn silhouettes(
    latents: &Latents,
    labels: &[Option<ClusterId>],
    watch: &Watch,
) -> Result<Vec<f64>, ClusteringError> {
    let labels: Vec<_> = labels.iter().map(|label| label.map(ClusterId::index)).collect();
    let table = silhouette_table(&Points::new(latents)?, std::slice::from_ref(&labels), watch)?;
    Ok(table.into_iter().next().unwrap_or_default())
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
    let by_point = points.by_distances(watch, |own, distances| {
        let tables = labellings.iter().zip(&sizes);
        tables
            .map(|(labels, sizes)| silhouette(own, distances, labels, sizes))
            .collect::<Vec<f64>>()
    })?;
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

/// Distance of each point to the mean of its cluster.
fn to_means(points: &Points, labels: &[usize], means: &Array2<f64>) -> Vec<f64> {
    let distances = labels.iter().enumerate().map(|(index, &label)| {
        let mean = means.row(label);
        squared_distance(points.row(index), mean.to_slice().unwrap_or_default()).sqrt()
    });
    distances.collect()
}

/// Sum of squared distances of the points to the means of their clusters, and the mean distance.
pub(super) fn within(points: &Points, labels: &[usize], means: &Array2<f64>) -> (f64, f64) {
    let distances = to_means(points, labels, means);
    let squares = distances.iter().map(|distance| distance * distance).sum();
    (
        squares,
        distances.iter().sum::<f64>() / labels.len().max(1) as f64,
    )
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

/// Mean over each cluster of what its points have.
pub(super) fn by_cluster(values: &[f64], labels: &[usize], sizes: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; sizes.len()];
    for (value, &label) in values.iter().zip(labels) {
        sums[label] += value;
    }
    let mean = |(sum, size): (f64, &usize)| sum / (*size).max(1) as f64;
    sums.into_iter().zip(sizes).map(mean).collect()
}

/// Spread of the means over spread around them, each by its degrees of freedom (Caliński and Harabasz, 1974). None for
/// one cluster, for as many clusters as points, and where nothing spreads around the means.
pub(super) fn calinski_harabasz(
    points: &Points,
    means: &Array2<f64>,
    sizes: &[usize],
    inertia: f64,
) -> Option<f64> {
    // The mean of all points is the origin.
    let square = |mean: ndarray::ArrayView1<f64>| mean.dot(&mean);
    let between: f64 = means
        .rows()
        .into_iter()
        .zip(sizes)
        .map(|(mean, &size)| size as f64 * square(mean))
        .sum();
    let (k, free) = (sizes.len(), points.len().checked_sub(sizes.len())?);
    (k > 1 && free > 0 && inertia > 0.0).then(|| between * free as f64 / (inertia * (k - 1) as f64))
}

/// Mean over the clusters of the greatest ratio of the spread of two clusters to the distance of their means
/// (Davies and Bouldin, 1979). None for one cluster.
pub(super) fn davies_bouldin(
    points: &Points,
    labels: &[usize],
    means: &Array2<f64>,
    sizes: &[usize],
) -> Option<f64> {
    if sizes.len() < 2 {
        return None;
    }
    let spreads = by_cluster(&to_means(points, labels, means), labels, sizes);
    let means: Vec<_> = means
        .rows()
        .into_iter()
        .filter_map(|row| row.to_slice())
        .collect();
    let likeness = |a: usize, b: usize| {
        let distance = squared_distance(means[a], means[b]).sqrt();
        if distance > 0.0 {
            (spreads[a] + spreads[b]) / distance
        } else {
            0.0
        }
    };
    let worst = |own: usize| {
        let others = (0..means.len()).filter(|&other| other != own);
        others.map(|other| likeness(own, other)).fold(0.0, f64::max)
    };
    Some((0..means.len()).map(worst).sum::<f64>() / means.len() as f64)
}

/// Agreement of two clusterings of the same pairs (adjusted Rand index): 1 when they are the same but for names,
/// about 0 for chance.
#[must_use]
pub fn agreement(a: &[ClusterId], b: &[ClusterId]) -> f64 {
    Overlap::ids(a, b).adjusted_rand()
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
        let found = silhouettes(&latents, &ids(&[0, 0, 1]), &Watch::default()).unwrap();
        assert!(
            (found[0] - 0.9).abs() < 1e-12 && (found[1] - 8.0 / 9.0).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!(found[2], 0.0, "alone in its cluster");
        assert_eq!(
            silhouettes(&latents, &ids(&[0, 0, 0]), &Watch::default()).unwrap(),
            [0.0; 3],
            "one cluster"
        );
    }

    #[test]
    fn noise_takes_no_part_in_silhouettes() {
        let latents = Latents {
            values: array![[0.0], [1.0], [10.0], [11.0], [5.0]],
        };
        let mut labels = ids(&[0, 0, 1, 1]);
        labels.push(None);
        let found = silhouettes(&latents, &labels, &Watch::default()).unwrap();
        assert_eq!(found[4], 0.0);
        assert!((found[0] - (10.5 - 1.0) / 10.5).abs() < 1e-12);
        let stopped = Watch::default();
        stopped.cancel();
        assert!(silhouettes(&latents, &labels, &stopped).is_err());
    }

    #[test]
    fn spread_between_and_within_follow_the_definitions() {
        let points = Points::new(&Latents {
            values: array![[0.0], [2.0], [10.0], [12.0]],
        })
        .unwrap();
        let labels = [0, 0, 1, 1];
        let means = points.means(&labels, 2);
        let (inertia, mean) = within(&points, &labels, &means);
        assert!((inertia - 4.0).abs() < 1e-12 && (mean - 1.0).abs() < 1e-12);
        let between = calinski_harabasz(&points, &means, &[2, 2], inertia).unwrap();
        assert!((between - 100.0 * 2.0 / 4.0).abs() < 1e-9, "{between}");
        let likeness = davies_bouldin(&points, &labels, &means, &[2, 2]).unwrap();
        assert!((likeness - 0.2).abs() < 1e-12);
        assert_eq!(by_cluster(&[1.0, 3.0, 5.0, 6.0], &labels, &[2, 2]), [2.0, 5.5]);
    }

    #[test]
    fn what_is_not_defined_is_said_to_be_none() {
        let points = Points::new(&Latents {
            values: array![[0.0], [2.0]],
        })
        .unwrap();
        let one = points.means(&[0, 0], 1);
        assert_eq!(calinski_harabasz(&points, &one, &[2], 2.0), None);
        assert_eq!(davies_bouldin(&points, &[0, 0], &one, &[2]), None);
        let each = points.means(&[0, 1], 2);
        assert_eq!(calinski_harabasz(&points, &each, &[1, 1], 0.0), None);
    }
}

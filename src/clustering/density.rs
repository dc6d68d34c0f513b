//! Clusters as dense places (DBSCAN).

use super::ClusteringError;
use super::assignment::by_size;
use super::knee::knee;
use super::measures::{silhouette_table, sizes};
use super::points::Points;
use crate::jobs::Watch;
use crate::project::{ClusterId, Density};

/// Points whose surroundings are looked at together.
const BLOCK: usize = 128;

/// Finds the dense places: a point with at least `min_samples` points within `epsilon`, itself included, is inside
/// a cluster together with all of these; what is within reach of no such point is noise (Ester and others, 1996).
/// Without an `epsilon` it is the knee of the k-distance plot: to its left lie the few points far from all others,
/// to its right the many inside clusters.
///
/// # Errors
/// When a setting has no meaning, when there are fewer points than `min_samples`, or when cancelled.
pub(super) fn dense_places(
    points: &Points,
    epsilon: Option<f64>,
    min_samples: usize,
    watch: &Watch,
) -> Result<Density, ClusteringError> {
    if min_samples < 2 {
        return Err(ClusteringError::MinSamples(min_samples));
    }
    if let Some(epsilon) = epsilon.filter(|epsilon| !(epsilon.is_finite() && *epsilon > 0.0)) {
        return Err(ClusteringError::Epsilon(epsilon));
    }
    if points.len() < min_samples {
        return Err(ClusteringError::TooFewRows {
            method: "DBSCAN",
            needed: min_samples,
            rows: points.len(),
        });
    }
    watch.say("measuring how dense the places are");
    let nearest = points.nearest(min_samples - 1, watch)?;
    let reaches: Vec<f64> = nearest
        .iter()
        .map(|row| row.last().map_or(f64::INFINITY, |farthest| farthest.distance))
        .collect();
    let mut distances = reaches.clone();
    distances.sort_by(|a, b| b.total_cmp(a));
    let place = knee(&distances).map_or(0, |(place, _)| place);
    let proposed_epsilon = distances
        .get(place)
        .copied()
        .unwrap_or(0.0)
        .max(f64::MIN_POSITIVE);
    let epsilon = epsilon.unwrap_or(proposed_epsilon);
    watch.say("looking for dense places");
    let (labels, _) = by_size(&spread(points, &reaches, epsilon, watch)?);
    let populations = sizes(&labels);
    let clustered: usize = populations.iter().sum();
    let silhouettes = silhouette_table(points, std::slice::from_ref(&labels), watch)?;
    let silhouettes: f64 = silhouettes.iter().flatten().sum();
    Ok(Density {
        min_samples,
        epsilon,
        proposed_epsilon,
        distances,
        noise: labels.len() - clustered,
        silhouette: silhouettes / clustered.max(1) as f64,
        populations,
        labels: labels
            .into_iter()
            .map(|label| label.map(ClusterId::from))
            .collect(),
    })
}

/// Grows a cluster from each point inside one that has none yet. `reaches` says from which reach on a point is inside.
fn spread(
    points: &Points,
    reaches: &[f64],
    epsilon: f64,
    watch: &Watch,
) -> Result<Vec<Option<usize>>, ClusteringError> {
    // A hair more, so that a neighbour which sets the reach is within it however its distance is rounded.
    let epsilon = epsilon * (1.0 + 1e-9);
    let inside = |point: usize| reaches[point] <= epsilon;
    let squared = epsilon * epsilon;
    let mut labels: Vec<Option<usize>> = vec![None; points.len()];
    let (mut clusters, mut seen) = (0, 0);
    for first in 0..points.len() {
        if labels[first].is_some() || !inside(first) {
            continue;
        }
        let cluster = Some(clusters);
        clusters += 1;
        labels[first] = cluster;
        let mut open = vec![first];
        while !open.is_empty() {
            watch.check()?;
            let now = open.split_off(open.len().saturating_sub(BLOCK));
            seen += now.len() as u64;
            watch.report(seen, points.len() as u64);
            for distances in points.squared_distances(&now).rows() {
                for (other, distance) in distances.iter().enumerate() {
                    if labels[other].is_none() && *distance <= squared {
                        labels[other] = cluster;
                        if inside(other) {
                            open.push(other);
                        }
                    }
                }
            }
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use crate::project::Latents;
    use ndarray::{Array2, array};

    fn found(latents: &Latents, epsilon: Option<f64>, min_samples: usize) -> Density {
        dense_places(
            &Points::new(latents).unwrap(),
            epsilon,
            min_samples,
            &Watch::default(),
        )
        .unwrap()
    }

    #[test]
    fn a_point_far_from_all_is_noise() {
        let mut latents = clouds(41, 2, 2, 0.5, 3);
        latents.values.row_mut(40).fill(500.0);
        let density = found(&latents, None, 5);
        assert_eq!(density.labels[40], None);
        assert_eq!(density.populations.len(), 2);
        assert!(density.noise <= 3 && density.silhouette > 0.8, "{density:?}");
        assert_eq!(density.populations.iter().sum::<usize>() + density.noise, 41);
        assert_eq!(density.distances.len(), 41);
        assert!(density.distances.windows(2).all(|two| two[0] >= two[1]));
        assert_eq!(density.epsilon, density.proposed_epsilon);
    }

    #[test]
    fn reach_and_number_are_as_asked() {
        let latents = Latents {
            values: array![[0.0], [1.0], [2.0], [3.0], [10.0], [11.0]],
        };
        let labels = |epsilon, min_samples| {
            let density = found(&latents, Some(epsilon), min_samples);
            density
                .labels
                .iter()
                .map(|label| label.map(ClusterId::index))
                .collect::<Vec<_>>()
        };
        let (a, b) = (Some(0), Some(1));
        assert_eq!(labels(1.0, 2), [a, a, a, a, b, b]);
        // The ends of the chain are within reach of a point inside, and 10 and 11 of none.
        assert_eq!(labels(1.0, 3), [a, a, a, a, None, None]);
        assert_eq!(labels(0.9, 2), [None; 6]);
        assert_eq!(labels(7.0, 2), [a; 6]);
    }

    #[test]
    fn equal_points_are_one_cluster() {
        let density = found(
            &Latents {
                values: Array2::ones((30, 3)),
            },
            None,
            5,
        );
        assert_eq!(density.labels, vec![Some(ClusterId(0)); 30]);
    }

    #[test]
    fn settings_without_meaning_and_too_few_points_are_errors_in_words() {
        let points = Points::new(&clouds(4, 3, 2, 1.0, 1)).unwrap();
        let refusal = |epsilon, min_samples| {
            dense_places(&points, epsilon, min_samples, &Watch::default())
                .unwrap_err()
                .to_string()
        };
        assert!(refusal(None, 5).contains("at least 5 rows"));
        assert!(refusal(Some(0.0), 2).contains("above 0"));
        assert!(refusal(Some(f64::NAN), 2).contains("above 0"));
        assert!(refusal(None, 1).contains("at least 2"));
    }
}

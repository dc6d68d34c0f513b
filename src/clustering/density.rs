//! Clusters as dense places (DBSCAN).

use super::ClusteringError;
use super::knee::knee;
use super::points::Points;
use crate::jobs::Watch;
use crossbeam_channel::RecvTimeoutError;
use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan;
use std::time::Duration;

/// Points that must lie within reach of a point, itself included, for it to be inside a cluster.
const LEAST_POINTS: usize = 5;
/// How often it is looked whether the work is still wanted.
const PATIENCE: Duration = Duration::from_millis(50);

/// The cluster of each point; none for noise.
///
/// # Errors
/// When there are fewer than five points, or when cancelled.
pub(super) fn density_labels(points: &Points, watch: &Watch) -> Result<Vec<Option<usize>>, ClusteringError> {
    if points.len() < LEAST_POINTS {
        let (needed, rows) = (LEAST_POINTS, points.len());
        return Err(ClusteringError::TooFewRows {
            method: "DBSCAN",
            needed,
            rows,
        });
    }
    watch.say("looking for dense places");
    let search = Dbscan::params(LEAST_POINTS)
        .tolerance(reach(points, watch)?)
        .check()?;
    let values = points.values().clone();
    // linfa cannot be stopped: what comes too late finds nobody listening.
    let (sender, receiver) = crossbeam_channel::bounded(1);
    std::thread::Builder::new()
        .name("dbscan".into())
        .spawn(move || sender.send(search.transform(&values).to_vec()))
        .map_err(|error| ClusteringError::Thread(error.to_string()))?;
    loop {
        watch.check()?;
        match receiver.recv_timeout(PATIENCE) {
            Ok(labels) => return Ok(labels),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(ClusteringError::Thread("DBSCAN broke off".into()));
            }
        }
    }
}

/// How far a neighbour may be: the knee of the distances to the fourth neighbour, in falling order. To its left lie the
/// few points far from all others, to its right the many inside clusters.
fn reach(points: &Points, watch: &Watch) -> Result<f64, ClusteringError> {
    let nearest = points.nearest(LEAST_POINTS - 1, watch)?;
    let mut distances: Vec<f64> = nearest
        .iter()
        .filter_map(|row| row.last())
        .map(|neighbour| neighbour.distance)
        .collect();
    distances.sort_by(|a, b| b.total_cmp(a));
    let place = knee(&distances).map_or(0, |(place, _)| place);
    // A hair more, so that the neighbour which set the distance is within it however it is rounded.
    Ok((distances.get(place).copied().unwrap_or(0.0) * (1.0 + 1e-9)).max(f64::MIN_POSITIVE.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use crate::project::Latents;
    use ndarray::Array2;

    #[test]
    fn a_point_far_from_all_is_noise() {
        let mut latents = clouds(41, 2, 2, 0.5, 3);
        latents.values.row_mut(40).fill(500.0);
        let labels = density_labels(&Points::new(&latents).unwrap(), &Watch::default()).unwrap();
        assert_eq!(labels[40], None);
        assert!(
            labels.iter().take(40).filter(|label| label.is_some()).count() >= 38,
            "{labels:?}"
        );
    }

    #[test]
    fn equal_points_are_one_cluster() {
        let points = Points::new(&Latents {
            values: Array2::ones((30, 3)),
        })
        .unwrap();
        assert_eq!(
            density_labels(&points, &Watch::default()).unwrap(),
            vec![Some(0); 30]
        );
    }

    #[test]
    fn too_few_points_are_an_error() {
        let points = Points::new(&Latents {
            values: Array2::ones((4, 3)),
        })
        .unwrap();
        let refused = density_labels(&points, &Watch::default());
        assert!(matches!(
            refused,
            Err(ClusteringError::TooFewRows {
                needed: 5,
                rows: 4,
                ..
            })
        ));
    }
}

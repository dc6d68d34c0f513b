//! What a sweep is asked to do.

use crate::project::ClusteringMethod;
use std::ops::RangeInclusive;

/// Restarts for each k unless the analyst sets another number.
pub const RESTARTS: usize = 10;

/// Pairs within reach of a pair, itself included, for it to be inside a cluster of DBSCAN, unless the analyst sets
/// another number.
pub const MIN_SAMPLES: usize = 5;

/// How to cluster and what to try.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepPlan {
    /// How to cluster.
    pub method: ClusteringMethod,
    /// Numbers of clusters to try, both ends included. DBSCAN does not look at it.
    pub range: RangeInclusive<usize>,
    /// Restarts for each k, at least one; the best counts.
    pub restarts: usize,
    /// Seed of the first restart; the others have those that follow.
    pub seed: u64,
    /// Reach of DBSCAN; none for the knee of the k-distance plot.
    pub epsilon: Option<f64>,
    /// Pairs within reach of a pair, itself included, for it to be inside a cluster of DBSCAN; at least 2.
    pub min_samples: usize,
}

impl SweepPlan {
    /// k-means over a range of k, with everything else as usual.
    #[must_use]
    pub fn kmeans(range: RangeInclusive<usize>, seed: u64) -> Self {
        Self {
            method: ClusteringMethod::KMeans,
            range,
            restarts: RESTARTS,
            seed,
            epsilon: None,
            min_samples: MIN_SAMPLES,
        }
    }
}

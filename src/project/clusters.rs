//! What clustering yields and what a run keeps of it on disk: the sweep over k, the tree of k, the chosen
//! clustering, the dense places and the map.

use super::board::Face;
use super::units::ClusterId;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// How clusters were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClusteringMethod {
    /// Lloyd's k-means with k-means++ starts.
    #[default]
    KMeans,
    /// Gaussian mixture with diagonal covariance.
    Gmm,
    /// Density-based; noise gets no cluster.
    Dbscan,
}

/// What was found for one k, for choosing k by eye (cluster section of the papers). Sweeps that were saved by earlier
/// programs lack what is optional here.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KSweepRow {
    /// Number of clusters that were asked for. A mixture may fill fewer.
    pub k: usize,
    /// Sum of squared distances to the own centroid.
    pub inertia: f64,
    /// Mean distance of a pair to its own centroid; the papers' "inter-cluster" distance. Small is good.
    pub within: f64,
    /// Mean distance between centroids; the papers' "cross-cluster" distance, of which they show half. Large is good.
    pub cross: f64,
    /// Mean silhouette coefficient, -1 to 1.
    pub silhouette: f64,
    /// Mean silhouette coefficient of the pairs of each cluster; empty in old sweeps.
    #[serde(default)]
    pub silhouettes: Vec<f64>,
    /// Spread between clusters over spread within, each by its degrees of freedom (Caliński and Harabasz, 1974). Large
    /// is good; none where it is not defined, as for one cluster.
    #[serde(default)]
    pub calinski_harabasz: Option<f64>,
    /// Mean over the clusters of their likeness with the cluster most like them (Davies and Bouldin, 1979). Small
    /// is good; none where it is not defined, as for one cluster.
    #[serde(default)]
    pub davies_bouldin: Option<f64>,
    /// Pairs in each cluster, the largest first.
    pub populations: Vec<usize>,
    /// Mean agreement (adjusted Rand index) of the other restarts, each with a seed of its own, with the best; 1 is
    /// perfectly stable.
    pub stability: f64,
    /// Mean agreement (adjusted Rand index) with clusterings of bootstrap samples, which place all pairs.
    #[serde(default)]
    pub bootstrap_stability: Option<f64>,
    /// Of each cluster, the mean over the other restarts of its best Jaccard index with one of their clusters, 0 to 1;
    /// empty in old sweeps.
    #[serde(default)]
    pub cluster_stability: Vec<f64>,
    /// How well a mixture explains the pairs; none for k-means.
    #[serde(default)]
    pub likelihood: Option<Likelihood>,
    /// The cluster of each pair, so that choosing another k needs no further work.
    pub labels: Vec<ClusterId>,
}

/// How well a mixture of k Gaussians explains the pairs it was fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    /// Mean natural log-likelihood of a pair.
    pub log_likelihood: f64,
    /// Bayesian information criterion of all pairs. Small is good.
    pub bic: f64,
    /// Akaike information criterion of all pairs. Small is good.
    pub aic: f64,
}

/// The sweep over a range of k.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KSweep {
    /// How the clusters were made.
    #[serde(default)]
    pub method: ClusteringMethod,
    /// Ascending k; empty for DBSCAN, which finds the number of clusters by itself.
    pub rows: Vec<KSweepRow>,
    /// The k at the elbow of `within`, when there is a clear one.
    pub elbow: Option<usize>,
    /// Seed of the first restart.
    pub seed: u64,
    /// Restarts for each k, of which the best counts; 0 in old sweeps, which did not keep it.
    #[serde(default)]
    pub restarts: usize,
    /// What DBSCAN found; none for the other methods.
    #[serde(default)]
    pub density: Option<Density>,
}

/// Which k to look at first, and why: a suggestion, never a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The k that the curves point to; none where they do not bend clearly.
    pub k: Option<usize>,
    /// The k to begin with: `k`, or the best guess where nothing points to one.
    pub first: usize,
    /// In words, with the figures behind it.
    pub reason: String,
}

/// The dense places that DBSCAN found, and the curve that its reach is chosen by.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Density {
    /// Pairs within reach of a pair, itself included, for it to be inside a cluster.
    pub min_samples: usize,
    /// The reach: how far a neighbour may be.
    pub epsilon: f64,
    /// The reach at the knee of `distances`.
    pub proposed_epsilon: f64,
    /// The k-distance plot: for each pair, the distance that its reach must have for it to be inside a cluster;
    /// falling.
    pub distances: Vec<f64>,
    /// The cluster of each pair; none for noise.
    pub labels: Vec<Option<ClusterId>>,
    /// Pairs in each cluster, the largest first.
    pub populations: Vec<usize>,
    /// Pairs in no cluster.
    pub noise: usize,
    /// Mean silhouette coefficient of the pairs in clusters.
    pub silhouette: f64,
}

/// How clusters split and merge as k grows (a clustering tree: Zappia and Oshlack, 2018).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KTree {
    /// A level for each k of the sweep, ascending; its nodes in the order of their clusters.
    pub levels: Vec<Vec<KNode>>,
    /// Every cluster of one k that shares pairs with one of the next.
    pub edges: Vec<KEdge>,
}

impl KTree {
    /// Pairs in the largest cluster of any k; at least 1.
    #[must_use]
    pub fn largest(&self) -> usize {
        let sizes = self.levels.iter().flatten().map(|node| node.size);
        sizes.max().unwrap_or(1).max(1)
    }

    /// The middle of a node: across, 0 to 1, and down, in levels.
    #[must_use]
    pub fn place(&self, level: usize, node: &KNode) -> [f64; 2] {
        let nodes = self.levels.get(level).map_or(1, Vec::len).max(1);
        [(node.place as f64 + 0.5) / nodes as f64, level as f64 + 0.5]
    }

    /// The middles of the two clusters that an edge joins, the parent first; none where they are not there.
    #[must_use]
    pub fn ends(&self, edge: &KEdge) -> Option<[[f64; 2]; 2]> {
        let of_edge = |nodes: &Vec<KNode>| nodes.first().is_some_and(|node| node.k == edge.k);
        let level = self.levels.iter().position(of_edge)?;
        let place = |level: usize, cluster: ClusterId| {
            let node = self.levels.get(level)?.get(cluster.index())?;
            Some(self.place(level, node))
        };
        Some([place(level, edge.parent)?, place(level + 1, edge.child)?])
    }
}

/// A cluster of one k.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KNode {
    /// Of which k.
    pub k: usize,
    /// Which of its clusters.
    pub cluster: ClusterId,
    /// Pairs in it.
    pub size: usize,
    /// Their mean silhouette coefficient; none in old sweeps.
    pub silhouette: Option<f64>,
    /// How well other restarts find it again (mean best Jaccard index, 0 to 1); none in old sweeps.
    pub stability: Option<f64>,
    /// Its colour number: the same along a line of clusters that continue one another.
    pub colour: usize,
    /// Its place in its level from the left, from 0, such that few edges cross.
    pub place: usize,
}

/// The pairs that a cluster of one k has in common with a cluster of the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KEdge {
    /// The smaller k.
    pub k: usize,
    /// Its cluster.
    pub parent: ClusterId,
    /// The cluster of the next k in the sweep.
    pub child: ClusterId,
    /// Pairs in both.
    pub count: usize,
    /// Share of the pairs of the child, above 0 and at most 1.
    pub share: f64,
}

/// The chosen clustering, as it was found and as the analyst made it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Assignment {
    /// How it was made.
    pub method: ClusteringMethod,
    /// Number of clusters.
    pub k: usize,
    /// Seed that made it.
    pub seed: u64,
    /// Cluster of each pair; none for noise.
    pub labels: Vec<Option<ClusterId>>,
    /// k rows in the space of the latents.
    #[serde(skip)]
    pub centroids: Array2<f64>,
    /// How each cluster is shown; where there is none for a cluster, as [`Self::face`] says.
    #[serde(default)]
    pub faces: Vec<Face>,
    /// Clusters were merged or split, or pairs moved, since it was found.
    #[serde(default)]
    pub by_hand: bool,
}

/// A picture of the latents in two dimensions by t-SNE.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Embedding2 {
    /// Perplexity really used (a small set forces a smaller one).
    pub perplexity: f64,
    /// Seed of the starting positions.
    pub seed: u64,
    /// Rounds of the descent; 0 in old maps, which did not keep it.
    #[serde(default)]
    pub iterations: usize,
    /// Kullback-Leibler divergence that the descent reached. Small is good; none in old maps.
    #[serde(default)]
    pub kl_divergence: Option<f64>,
    /// One point a pair.
    pub points: Vec<[f32; 2]>,
}

/// A picture of the latents in two dimensions by their principal components.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Principal2 {
    /// Share of the variance of the latents that lies along each axis, 0 to 1, the larger first.
    pub shares: [f64; 2],
    /// One point a pair, in the units of the latents, around their mean.
    pub points: Vec<[f32; 2]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_of_an_earlier_program_is_read_and_a_new_one_comes_back_as_it_was() {
        let old = r#"{"rows": [{"k": 2, "inertia": 1.5, "within": 0.5, "cross": 2.0, "silhouette": 0.3,
            "populations": [2, 1], "stability": 0.9, "labels": [0, 0, 1]}], "elbow": null, "seed": 7}"#;
        let sweep: KSweep = serde_json::from_str(old).unwrap();
        assert_eq!((sweep.method, sweep.restarts), (ClusteringMethod::KMeans, 0));
        let row = &sweep.rows[0];
        assert_eq!((row.stability, row.bootstrap_stability), (0.9, None));
        assert!(row.silhouettes.is_empty() && row.calinski_harabasz.is_none());
        let again: KSweep = serde_json::from_str(&serde_json::to_string(&sweep).unwrap()).unwrap();
        assert_eq!(again, sweep);
    }
}

//! The clusters as the analyst made them: names, colours, what is hidden, and pairs moved by hand.

use super::clusters::Assignment;
use super::results::Latents;
use super::run::Run;
use super::units::{ClusterId, PairIndex};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a cluster is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Face {
    /// The name given to it; none where it is only numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number of its colour in the palette.
    pub colour: usize,
    /// The colour was chosen by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recoloured: bool,
    /// It is left out of what is looked at, such as a talking head.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Assignment {
    /// How a cluster is shown; with its own number as its colour where nothing else was said.
    #[must_use]
    pub fn face(&self, cluster: ClusterId) -> Face {
        let said = self.faces.get(cluster.index()).cloned();
        said.unwrap_or_else(|| Face {
            colour: cluster.index(),
            ..Face::default()
        })
    }

    /// Number of its colour in the palette.
    #[must_use]
    pub fn colour(&self, cluster: ClusterId) -> usize {
        let face = self.faces.get(cluster.index());
        face.map_or(cluster.index(), |face| face.colour)
    }

    /// Whether it is left out of what is looked at.
    #[must_use]
    pub fn is_hidden(&self, cluster: ClusterId) -> bool {
        self.faces.get(cluster.index()).is_some_and(|face| face.hidden)
    }

    /// Its name; people count from 1.
    #[must_use]
    pub fn name(&self, cluster: ClusterId) -> String {
        let given = self.faces.get(cluster.index()).and_then(|face| face.name.clone());
        given.unwrap_or_else(|| format!("Cluster {}", cluster.0 + 1))
    }

    /// All clusters, in order.
    pub fn clusters(&self) -> impl DoubleEndedIterator<Item = ClusterId> + use<> {
        (0..self.k).map(ClusterId::from)
    }

    /// The pairs of a cluster, in order.
    pub fn members(&self, cluster: ClusterId) -> impl Iterator<Item = PairIndex> + '_ {
        let labels = self.labels.iter().enumerate();
        labels
            .filter(move |(_, label)| **label == Some(cluster))
            .map(|(pair, _)| PairIndex::from(pair))
    }

    /// Pairs in each cluster.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.k];
        for label in self.labels.iter().flatten() {
            if let Some(size) = sizes.get_mut(label.index()) {
                *size += 1;
            }
        }
        sizes
    }

    /// Whether both have the same pairs in the same clusters, shown in the same way.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let found = |of: &Self| (of.method, of.k, of.seed, of.by_hand);
        found(self) == found(other)
            && self.labels == other.labels
            && self
                .clusters()
                .all(|cluster| self.face(cluster) == other.face(cluster))
    }

    /// With a cluster shown in another way. An empty name takes the name away.
    #[must_use]
    pub fn with_face(&self, cluster: ClusterId, change: impl FnOnce(&mut Face)) -> Self {
        let mut changed = self.clone();
        changed.faces = self.clusters().map(|cluster| self.face(cluster)).collect();
        if let Some(face) = changed.faces.get_mut(cluster.index()) {
            change(face);
            let name = face.name.take().map(|name| name.trim().to_owned());
            face.name = name.filter(|name| !name.is_empty());
        }
        changed
    }

    /// With several clusters as one, in place of the first of them, which keeps its name and colour.
    #[must_use]
    pub fn merged(&self, clusters: &[ClusterId]) -> Self {
        let Some(first) = clusters.iter().min().copied() else {
            return self.clone();
        };
        self.relabelled(|_, label| label.map(|label| if clusters.contains(&label) { first } else { label }))
    }

    /// With pairs moved into a cluster, or into none. A cluster that loses its last pair is gone.
    #[must_use]
    pub fn moved(&self, pairs: &BTreeSet<PairIndex>, to: Option<ClusterId>) -> Self {
        let to = to.filter(|to| to.index() < self.k);
        self.relabelled(|pair, label| if pairs.contains(&pair) { to } else { label })
    }

    /// With some pairs as a cluster of their own, the last, in a colour that no other has.
    #[must_use]
    pub fn parted(&self, pairs: &BTreeSet<PairIndex>) -> Self {
        let mut wider = self.clone();
        wider.faces = self.clusters().map(|cluster| self.face(cluster)).collect();
        let is_free = |colour: &usize| wider.faces.iter().all(|face| face.colour != *colour);
        let colour = (0..).find(is_free).unwrap_or_default();
        wider.faces.push(Face {
            colour,
            ..Face::default()
        });
        wider.k += 1;
        wider.moved(pairs, Some(ClusterId::from(self.k)))
    }

    /// Gives every pair another cluster. Clusters that no pair is left in are gone, and those behind them move up; the
    /// centroids are to be found anew.
    fn relabelled(&self, label: impl Fn(PairIndex, Option<ClusterId>) -> Option<ClusterId>) -> Self {
        let old = self.labels.iter().enumerate();
        let labels: Vec<Option<ClusterId>> = old
            .map(|(pair, old)| label(PairIndex::from(pair), *old))
            .collect();
        let kept: BTreeSet<ClusterId> = labels.iter().copied().flatten().collect();
        let place: Vec<Option<usize>> = self
            .clusters()
            .map(|cluster| kept.contains(&cluster).then(|| kept.range(..cluster).count()))
            .collect();
        let number = |label: ClusterId| place.get(label.index()).copied().flatten().map(ClusterId::from);
        Self {
            k: kept.len(),
            labels: labels.into_iter().map(|label| label.and_then(number)).collect(),
            faces: kept.iter().map(|cluster| self.face(*cluster)).collect(),
            centroids: Array2::default((0, 0)),
            by_hand: true,
            ..self.clone()
        }
    }

    /// Takes over from another clustering what the analyst said of its clusters: names, colours chosen by hand, and what
    /// is hidden. `kin` says for each cluster of this one which of the other's it goes on from.
    pub fn inherit(&mut self, other: &Self, kin: &[Option<ClusterId>]) {
        self.faces = self.clusters().map(|cluster| self.face(cluster)).collect();
        for (face, from) in self.faces.iter_mut().zip(kin) {
            let Some(from) = from.map(|from| other.face(from)) else {
                continue;
            };
            (face.name, face.hidden) = (from.name, from.hidden);
            if from.recoloured {
                (face.colour, face.recoloured) = (from.colour, true);
            }
        }
    }
}

impl Run {
    /// Takes other clusters. Tags go where pairs have moved.
    pub(super) fn set_clusters(&mut self, mut clusters: Option<Assignment>) {
        if let (Some(clusters), Some(latents)) = (&mut clusters, &self.latents) {
            clusters.centroids = latents.centroids(&clusters.labels, clusters.k);
        }
        let labels = |of: &Option<Assignment>| of.as_ref().map(|of| of.labels.clone());
        if labels(&self.assignment) != labels(&clusters) {
            self.tags.clear();
        }
        self.assignment = clusters;
    }
}

impl Latents {
    /// The mean of the rows of each cluster; zero for one without rows.
    #[must_use]
    pub fn centroids(&self, labels: &[Option<ClusterId>], k: usize) -> Array2<f64> {
        let mut sums = Array2::<f64>::zeros((k, self.values.ncols()));
        let mut counts = vec![0_u32; k];
        for (row, label) in self.values.rows().into_iter().zip(labels) {
            let Some(label) = label.map(ClusterId::index).filter(|label| *label < k) else {
                continue;
            };
            let mut sum = sums.row_mut(label);
            sum.zip_mut_with(&row, |sum, value| *sum += f64::from(*value));
            if let Some(count) = counts.get_mut(label) {
                *count += 1;
            }
        }
        for (mut sum, count) in sums.rows_mut().into_iter().zip(counts) {
            sum.mapv_inplace(|sum| sum / f64::from(count.max(1)));
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Assignment {
        Assignment {
            k: 3,
            labels: [Some(0), Some(1), Some(2), Some(1), None, Some(2)]
                .map(|label| label.map(ClusterId))
                .into(),
            ..Assignment::default()
        }
    }

    fn labels(board: &Assignment) -> Vec<i64> {
        let number = |label: &Option<ClusterId>| label.map_or(-1, |label| i64::from(label.0));
        board.labels.iter().map(number).collect()
    }

    fn pairs(of: &[u32]) -> BTreeSet<PairIndex> {
        of.iter().copied().map(PairIndex).collect()
    }

    #[test]
    fn names_and_colours_follow_their_cluster_through_a_merge() {
        let named = board().with_face(ClusterId(2), |face| face.name = Some(" guests ".into()));
        assert_eq!(named.name(ClusterId(2)), "guests");
        assert_eq!(named.name(ClusterId(1)), "Cluster 2");
        let merged = named.merged(&[ClusterId(1), ClusterId(0)]);
        assert_eq!((merged.k, merged.sizes()), (2, vec![3, 2]));
        assert_eq!(labels(&merged), [0, 0, 1, 0, -1, 1]);
        assert_eq!(merged.name(ClusterId(1)), "guests");
        assert_eq!(merged.face(ClusterId(1)).colour, 2);
        let bare = merged.with_face(ClusterId(1), |face| face.name = Some("  ".into()));
        assert_eq!(bare.name(ClusterId(1)), "Cluster 2");
    }

    #[test]
    fn a_cluster_that_loses_its_last_pair_is_gone() {
        let moved = board().moved(&pairs(&[0, 4]), Some(ClusterId(2)));
        assert_eq!((moved.k, moved.sizes()), (2, vec![2, 4]));
        assert_eq!(labels(&moved), [1, 0, 1, 0, 1, 1]);
        assert_eq!([0, 1].map(|at| moved.face(ClusterId(at)).colour), [1, 2]);
        let out = board().moved(&pairs(&[1]), None);
        assert_eq!(labels(&out), [0, -1, 2, 1, -1, 2]);
        assert_eq!(board().moved(&pairs(&[1]), Some(ClusterId(7))), out);
    }

    #[test]
    fn a_part_becomes_a_cluster_in_a_colour_of_its_own() {
        let parted = board().parted(&pairs(&[3]));
        assert_eq!((parted.k, labels(&parted)), (4, vec![0, 1, 2, 3, -1, 2]));
        assert_eq!(parted.face(ClusterId(3)).colour, 3);
        // All of a cluster: it only changes its number and colour.
        let all = board().parted(&pairs(&[1, 3]));
        assert_eq!((all.k, labels(&all)), (3, vec![0, 2, 1, 2, -1, 1]));
    }

    #[test]
    fn what_was_said_of_a_cluster_is_inherited() {
        let old = board().with_face(ClusterId(0), |face| {
            (face.name, face.hidden) = (Some("desk".into()), true);
        });
        let old = old.with_face(ClusterId(1), |face| (face.colour, face.recoloured) = (9, true));
        let mut new = board();
        new.inherit(&old, &[None, Some(ClusterId(0)), Some(ClusterId(1))]);
        let colours: Vec<usize> = new.clusters().map(|cluster| new.face(cluster).colour).collect();
        assert_eq!(colours, [0, 1, 9]);
        assert!(new.face(ClusterId(1)).hidden && new.name(ClusterId(1)) == "desk");
        assert_eq!(new.name(ClusterId(0)), "Cluster 1");
    }

    #[test]
    fn a_centroid_is_the_mean_of_its_rows() {
        let latents = Latents {
            values: ndarray::array![[1.0, 0.0], [3.0, 2.0], [9.0, 9.0]],
        };
        let labels = [Some(ClusterId(1)), Some(ClusterId(1)), None];
        assert_eq!(
            latents.centroids(&labels, 2),
            ndarray::array![[0.0, 0.0], [2.0, 1.0]]
        );
    }
}

//! How two clusterings of the same points lie over one another.

use super::matching::best_matching;
use crate::project::ClusterId;
use ndarray::Array2;

/// Points that each cluster of one labelling shares with each of another. Points that either calls noise count for
/// nothing.
pub(super) struct Overlap {
    shared: Array2<usize>,
}

impl Overlap {
    pub fn new(
        a: impl IntoIterator<Item = Option<usize>, IntoIter: Clone>,
        b: impl IntoIterator<Item = Option<usize>, IntoIter: Clone>,
    ) -> Self {
        let (a, b) = (a.into_iter(), b.into_iter());
        let shape = (
            a.clone().flatten().max().map_or(0, |highest| highest + 1),
            b.clone().flatten().max().map_or(0, |highest| highest + 1),
        );
        let mut shared = Array2::zeros(shape);
        for pair in a.zip(b) {
            if let (Some(a), Some(b)) = pair {
                shared[[a, b]] += 1;
            }
        }
        Self { shared }
    }

    pub fn plain(a: &[usize], b: &[usize]) -> Self {
        Self::new(a.iter().copied().map(Some), b.iter().copied().map(Some))
    }

    pub fn ids(a: &[ClusterId], b: &[ClusterId]) -> Self {
        let index = |label: &ClusterId| Some(label.index());
        Self::new(a.iter().map(index), b.iter().map(index))
    }

    /// A row for each cluster of the first labelling, a column for each of the second.
    pub fn shared(&self) -> &Array2<usize> {
        &self.shared
    }

    /// Agreement whatever the clusters are called: 1 for the same clusters, about 0 for chance (Hubert and Arabie,
    /// 1985).
    pub fn adjusted_rand(&self) -> f64 {
        let couples = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
        let together: f64 = self.shared.iter().map(|&count| couples(count)).sum();
        let in_a: f64 = self.shared.rows().into_iter().map(|row| couples(row.sum())).sum();
        let in_b: f64 = self
            .shared
            .columns()
            .into_iter()
            .map(|column| couples(column.sum()))
            .sum();
        let by_chance = in_a * in_b / couples(self.shared.sum()).max(1.0);
        let most = (in_a + in_b) / 2.0;
        if most > by_chance {
            (together - by_chance) / (most - by_chance)
        } else {
            1.0
        }
    }

    /// Of each cluster of the first labelling, its greatest Jaccard index with one of the second, 0 to 1.
    pub fn best_jaccards(&self) -> Vec<f64> {
        let sizes: Vec<usize> = self
            .shared
            .columns()
            .into_iter()
            .map(|column| column.sum())
            .collect();
        let best = |row: ndarray::ArrayView1<usize>| {
            let size = row.sum();
            row.iter()
                .zip(&sizes)
                .map(|(&both, other)| both as f64 / (size + other - both).max(1) as f64)
                .fold(0.0, f64::max)
        };
        self.shared.rows().into_iter().map(best).collect()
    }

    /// For each cluster of the second labelling the one of the first that it goes with, such that all together
    /// share the most points; none where nothing shared is left for it.
    pub fn matching(&self) -> Vec<Option<usize>> {
        let mut of_second = vec![None; self.shared.ncols()];
        for (first, second) in best_matching(&self.shared.mapv(|count| count as i64)) {
            if self.shared[[first, second]] > 0 {
                of_second[second] = Some(first);
            }
        }
        of_second
    }
}

/// Which of the old clusters each new one goes on, for keeping names and colours through a re-run: one to one, such
/// that together they share the most pairs (Kuhn, 1955). Both tell the cluster of the same pairs, in the same
/// order.
///
/// Entry `i` is the old cluster that new cluster `i` goes on. None for a new cluster that no old one is left for,
/// and for one that has less than half of the pairs of the smaller of the two: a name must not pass to a stranger.
#[must_use]
pub fn match_clusters(old: &[Option<ClusterId>], new: &[Option<ClusterId>]) -> Vec<Option<ClusterId>> {
    let index = |label: &Option<ClusterId>| label.map(ClusterId::index);
    let overlap = Overlap::new(old.iter().map(index), new.iter().map(index));
    let shared = overlap.shared();
    let kin = |(new, old): (usize, Option<usize>)| {
        let old = old?;
        let smaller = shared.row(old).sum().min(shared.column(new).sum());
        (2 * shared[[old, new]] >= smaller).then(|| ClusterId::from(old))
    };
    overlap.matching().into_iter().enumerate().map(kin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(labels: &[u32]) -> Vec<Option<ClusterId>> {
        labels.iter().map(|&label| Some(ClusterId(label))).collect()
    }

    #[test]
    fn agreement_ignores_names_and_is_low_for_chance() {
        let rand = |a: &[usize], b: &[usize]| Overlap::plain(a, b).adjusted_rand();
        assert_eq!(rand(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
        assert_eq!(rand(&[0, 0, 0], &[0, 0, 0]), 1.0);
        assert!((rand(&[0, 0, 1, 1], &[0, 1, 0, 1]) + 0.5).abs() < 1e-12);
        assert!((rand(&[0, 0, 1, 2], &[0, 0, 1, 1]) - 4.0 / 7.0).abs() < 1e-12);
    }

    #[test]
    fn a_cluster_that_is_found_again_has_a_jaccard_index_of_one() {
        let found = Overlap::plain(&[0, 0, 0, 1, 1, 2], &[1, 1, 0, 0, 0, 2]).best_jaccards();
        assert!((found[0] - 2.0 / 3.0).abs() < 1e-12 && (found[1] - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(found[2], 1.0);
    }

    #[test]
    fn names_follow_the_pairs_through_a_rerun() {
        let old = ids(&[0, 0, 0, 0, 1, 1, 1, 2, 2]);
        // The old first cluster has split, and the order has changed.
        let new = ids(&[2, 2, 2, 3, 0, 0, 0, 1, 1]);
        let kept = match_clusters(&old, &new);
        let expected = [Some(1), Some(2), Some(0), None];
        assert_eq!(kept, expected.map(|id| id.map(ClusterId)));
        assert_eq!(match_clusters(&[], &[]), []);
    }

    #[test]
    fn a_name_does_not_pass_to_a_stranger_and_noise_has_none() {
        let old = ids(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        let mut new = ids(&[0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
        new[0] = None;
        // Cluster 1 of the old has but one pair, and the new cluster 0 holds it: most together is 0 to 0 and
        // nothing to 1.
        assert_eq!(match_clusters(&old, &new), [Some(ClusterId(0)), None]);
        let old = ids(&[0, 0, 0, 1, 1, 1, 2, 2, 2]);
        assert_eq!(
            match_clusters(&old, &ids(&[0, 1, 2, 0, 1, 2, 0, 1, 2])),
            [None; 3]
        );
    }
}

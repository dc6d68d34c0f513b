//! What is known of each cluster of the chosen clustering, beside its pairs.

use crate::clustering;
use crate::project::{KTree, PairIndex, Run, Seconds, Suggestion};
use crate::training::Decoded;
use std::sync::Arc;

/// Most typical pairs that are kept for a cluster.
const TYPICAL: usize = 40;

/// The clusters as the board shows them.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// One a cluster.
    pub cards: Vec<Card>,
    /// How clusters split as k grows.
    pub tree: KTree,
    /// Which k to look at first.
    pub suggestion: Option<Suggestion>,
    /// Counts the changes of the clusters, so that what was found out about earlier ones is not shown.
    pub revision: u64,
    /// Up to which of them the mean silhouettes, and the pictures of the centroids, were asked for.
    pub asked: [u64; 2],
    /// What the network tells from the middle of each cluster, once it was asked.
    pub centroids: Vec<Arc<Decoded>>,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Card {
    /// Its pairs, in order.
    pub members: Vec<PairIndex>,
    /// The pairs nearest to its centroid, the nearest first.
    pub typical: Vec<PairIndex>,
    /// Mean silhouette of its pairs, -1 to 1, once it is known.
    pub silhouette: Option<f64>,
    /// How many of its pairs are of each video, in order of [`crate::project::SourceIndex`].
    pub sources: Vec<usize>,
    /// When it occurs in the own video: each stretch of pairs that follow one another.
    pub spells: Vec<[Seconds; 2]>,
}

impl Board {
    /// Takes in the sweep of a run, which is another than before.
    pub fn follow_sweep(&mut self, run: Option<&Run>) {
        let sweep = run.and_then(|run| run.sweep.as_ref());
        self.tree = sweep.map(clustering::k_tree).unwrap_or_default();
        self.suggestion = sweep.and_then(clustering::suggestion);
    }

    /// Takes in the clusters of a run, which are others than before.
    pub fn follow(&mut self, run: Option<&Run>) {
        self.revision += 1;
        self.centroids.clear();
        self.cards.clear();
        let Some((run, latents, chosen)) =
            run.and_then(|run| Some((run, run.latents.as_ref()?, run.assignment.as_ref()?)))
        else {
            return;
        };
        // What the sweep measured holds as long as the clusters are those of the sweep.
        let row = run
            .sweep
            .as_ref()
            .and_then(|sweep| sweep.rows.iter().find(|row| row.k == chosen.k));
        let measured = row.filter(|_| !chosen.by_hand);
        let typical = clustering::representatives(latents, chosen, TYPICAL);
        let sources = crate::analysis::clusters::sources(run);
        self.cards = chosen
            .clusters()
            .zip(typical)
            .zip(sources)
            .map(|((cluster, typical), sources)| {
                let members: Vec<PairIndex> = chosen.members(cluster).collect();
                Card {
                    spells: spells(run, &members),
                    silhouette: measured.and_then(|row| row.silhouettes.get(cluster.index()).copied()),
                    members,
                    typical,
                    sources,
                }
            })
            .collect();
    }
}

/// From the first to the last pair of each stretch of pairs of the own video that follow one another.
fn spells(run: &Run, members: &[PairIndex]) -> Vec<[Seconds; 2]> {
    let time = |pair: PairIndex| {
        let own = run.on.pairs.get(pair.index()).filter(|pair| pair.source.is_own());
        own.map(|pair| pair.time)
    };
    let own = members.partition_point(|pair| time(*pair).is_some());
    let members = members.get(..own).unwrap_or_default();
    let stretches = members.chunk_by(|a, b| b.0 == a.0 + 1);
    let ends = |stretch: &[PairIndex]| Some([time(*stretch.first()?)?, time(*stretch.last()?)?]);
    stretches.filter_map(ends).collect()
}

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
    /// Counts the changes of how they are shown.
    pub names: u64,
    /// Up to which of them the mean silhouettes, and the pictures of the centroids, were asked for.
    pub asked: [u64; 2],
    /// What the network tells from the middle of each cluster, once it was asked; empty where no network was kept.
    pub centroids: Option<Vec<Arc<Decoded>>>,
    /// The clusters are those that the sweep found for their k: what it measured holds for them.
    pub of_sweep: bool,
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
    /// That of another run. It goes on counting, so that what is still told of the run before is not taken for this one's.
    #[must_use]
    pub fn of_another_run(&self) -> Self {
        Self {
            revision: self.revision + 1,
            ..Self::default()
        }
    }

    /// Takes in the sweep of a run, which is another than before.
    pub fn follow_sweep(&mut self, run: Option<&Run>) {
        let sweep = run.and_then(|run| run.sweep.as_ref());
        self.tree = sweep.map(clustering::k_tree).unwrap_or_default();
        self.suggestion = sweep.and_then(clustering::suggestion);
        self.of_sweep = run.is_some_and(is_of_sweep);
    }

    /// The k of the sweep that the clusters are of; none for clusters of an earlier sweep, or made over by hand.
    #[must_use]
    pub fn k(&self) -> Option<usize> {
        self.of_sweep.then_some(self.cards.len())
    }

    /// Takes in the clusters of a run. True where other pairs are together than before, and not only names are others.
    pub fn follow(&mut self, run: Option<&Run>) -> bool {
        self.of_sweep = run.is_some_and(is_of_sweep);
        let Some((run, latents, chosen)) =
            run.and_then(|run| Some((run, run.latents.as_ref()?, run.assignment.as_ref()?)))
        else {
            self.revision += 1;
            self.cards.clear();
            self.centroids = None;
            return true;
        };
        let members = chosen.clusters().map(|cluster| chosen.members(cluster).collect());
        let members: Vec<Vec<PairIndex>> = members.collect();
        if members.iter().eq(self.cards.iter().map(|card| &card.members)) {
            return false;
        }
        self.revision += 1;
        self.centroids = None;
        let row = run
            .sweep
            .as_ref()
            .and_then(|sweep| sweep.rows.iter().find(|row| row.k == chosen.k));
        let measured = row.filter(|_| self.of_sweep);
        let typical = clustering::representatives(latents, chosen, TYPICAL);
        let sources = crate::analysis::clusters::sources(run);
        let clusters = members.into_iter().zip(typical).zip(sources).enumerate();
        self.cards = clusters
            .map(|(cluster, ((members, typical), sources))| Card {
                spells: spells(run, &members),
                silhouette: measured.and_then(|row| row.silhouettes.get(cluster).copied()),
                members,
                typical,
                sources,
            })
            .collect();
        true
    }
}

/// Whether the clusters of a run are those that its sweep found.
fn is_of_sweep(run: &Run) -> bool {
    let Some((sweep, chosen)) = run.sweep.as_ref().zip(run.assignment.as_ref()) else {
        return false;
    };
    let same = match &sweep.density {
        Some(density) => density.labels == chosen.labels,
        None => sweep.rows.iter().any(|row| {
            let labels = row.labels.iter().copied().map(Some);
            row.k == chosen.k && labels.eq(chosen.labels.iter().copied())
        }),
    };
    same && !chosen.by_hand && sweep.method == chosen.method
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

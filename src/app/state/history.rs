//! What the watched training was like on the way, and the epoch that is looked at.

use super::State;
use crate::project::{Embedding2, Reconstruction, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The way of one training.
#[derive(Default)]
pub struct History {
    /// Name of its run.
    pub run: String,
    /// What was kept, the earliest first.
    pub snapshots: Vec<Arc<Snapshot>>,
    /// The epoch that is looked at; none for the end, or for the latest while it runs.
    pub shown: Option<u32>,
    /// Maps of earlier epochs, laid over the map of the run, as far as they are drawn.
    pub maps: BTreeMap<u32, Embedding2>,
    /// The epoch whose map is wanted first; read by the job that draws them.
    pub wanted: Arc<AtomicU32>,
}

impl History {
    /// Takes in a snapshot; those of later epochs are of weights that were given up.
    pub fn add(&mut self, snapshot: Snapshot) {
        self.snapshots.retain(|known| known.epoch < snapshot.epoch);
        self.snapshots.push(Arc::new(snapshot));
    }

    /// Takes in what was read from disk; what has come since is kept.
    pub fn take(&mut self, read: Vec<Snapshot>) {
        let last = read.last().map_or(0, |snapshot| snapshot.epoch);
        let newer = self.snapshots.iter().filter(|known| known.epoch > last).cloned();
        self.snapshots = read.into_iter().map(Arc::new).chain(newer).collect();
    }

    /// Looks at an epoch; its map is wanted first from now on.
    pub fn show(&mut self, epoch: Option<u32>) {
        self.shown = epoch;
        if let Some(epoch) = epoch {
            self.wanted.store(epoch, Ordering::Relaxed);
        }
    }

    /// The snapshot that is looked at.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Snapshot> {
        let shown = self.shown?;
        let found = self.snapshots.iter().find(|snapshot| snapshot.epoch == shown);
        found.map(Arc::as_ref)
    }
}

impl State {
    /// The pictures and words put back at the epoch that is looked at.
    #[must_use]
    pub fn put_back(&self) -> &[Reconstruction] {
        match self.history.snapshot() {
            Some(snapshot) => &snapshot.reconstructions,
            None => &self.training.reconstructions,
        }
    }

    /// The epoch whose map is looked at; none for that of the run in use as it is.
    #[must_use]
    pub fn map_epoch(&self) -> Option<u32> {
        let run = self.project.as_ref()?.run.as_ref()?;
        self.history.shown.filter(|_| run.name == self.history.run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Latents;

    fn snapshot(epoch: u32) -> Snapshot {
        Snapshot {
            epoch,
            latents: Latents {
                values: ndarray::Array2::zeros((1, 1)),
            },
            reconstructions: Vec::new(),
        }
    }

    fn epochs(history: &History) -> Vec<u32> {
        history.snapshots.iter().map(|snapshot| snapshot.epoch).collect()
    }

    #[test]
    fn snapshots_from_disk_and_live_ones_become_one_row() {
        let mut history = History::default();
        history.add(snapshot(9));
        history.take(vec![snapshot(1), snapshot(4), snapshot(8)]);
        assert_eq!(epochs(&history), [1, 4, 8, 9]);
        history.add(snapshot(5));
        assert_eq!(epochs(&history), [1, 4, 5]);
    }

    #[test]
    fn the_end_is_no_snapshot() {
        let mut history = History::default();
        history.add(snapshot(3));
        assert!(history.snapshot().is_none());
        history.show(Some(3));
        assert_eq!(history.snapshot().unwrap().epoch, 3);
        assert_eq!(history.wanted.load(Ordering::Relaxed), 3);
    }
}

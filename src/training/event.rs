//! What a training tells while it runs.

use crate::project::{LossPoint, Reconstruction, Snapshot};

/// What a training tells while it runs.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainingEvent {
    /// The network stands and the first step is next.
    Started {
        /// Where it is trained, for people.
        device: String,
        /// Weights that are learned.
        parameters: u64,
        /// Pairs in the dataset.
        pairs: usize,
        /// Steps in an epoch.
        batches_per_epoch: u32,
        /// Epochs already done according to the checkpoint; 0 for a new start.
        resumed_from: u32,
        /// Points of the epochs already done.
        losses: Vec<LossPoint>,
        /// What the analyst should know of this run.
        notes: Vec<String>,
    },
    /// A step is done.
    Step {
        /// The running epoch, from 1.
        epoch: u32,
        /// Steps done in this epoch.
        step: u32,
        /// Steps in an epoch.
        of: u32,
        /// Loss of this step; none where losses are read once an epoch, so that a graphics card need not wait.
        total: Option<f64>,
    },
    /// An epoch is done.
    Epoch(LossPoint),
    /// How some pairs look now: after the first epoch, every few seconds, and at the end.
    Reconstructions(Vec<Reconstruction>),
    /// What the network makes of all pairs, at some epochs on the way and at the end: worth keeping.
    Snapshot(Box<Snapshot>),
    /// The state is on disk.
    Checkpoint {
        /// Epochs done.
        epoch: u32,
    },
    /// Something went otherwise than expected and the training goes on.
    Note(String),
    /// It ended early, as asked; what was learned is kept.
    Stopped {
        /// Epochs done.
        epoch: u32,
    },
    /// All epochs are done, or there was nothing more to gain.
    Finished,
}

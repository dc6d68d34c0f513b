//! Why a training cannot go on.

use thiserror::Error;

/// Why a training cannot start or go on, in words for the analyst.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum TrainingError {
    /// The dataset is too small to learn from.
    #[error(
        "there are only {pairs} pairs and training needs at least {needed}; \
         sample more frames or add captions, then pair again"
    )]
    TooFewPairs {
        /// Pairs in the dataset.
        pairs: usize,
        /// Pairs needed.
        needed: usize,
    },
    /// The parts of the dataset do not fit together.
    #[error("the dataset does not fit together: {0}; pair frames and captions again")]
    Dataset(String),
    /// A setting that nothing can be trained with.
    #[error("the training cannot run with {0}")]
    Setting(String),
    /// A graphics card was asked for and cannot be used.
    #[error("no graphics card can be used: {0}; choose “auto” or “cpu” to compute on the processor")]
    NoCuda(String),
    /// The loss stopped being a number, and did so again from other weights.
    #[error(
        "{what}, also on a second try, and there are no good weights to keep; try a smaller learning rate (it was \
         {learning_rate}), a gradient bound, or a small β, which keeps ln σ in check"
    )]
    Diverged {
        /// In which step, and what was wrong.
        what: String,
        /// Step size that was used.
        learning_rate: f64,
    },
    /// The trained network cannot be had from its checkpoint.
    #[error("the trained network cannot be opened: {0}; train again to have one")]
    Checkpoint(String),
    /// libtorch gave up, for example for want of memory.
    #[error("the computation failed: {0}")]
    Computation(String),
}

//! Fitting two towers, so that the pictures and captions that belong together lie near each other.

mod config;
mod fit;
mod fitted;
mod pairs;

pub use config::ContrastConfig;
pub use fit::fit;
pub use fitted::{Fitted, read_tensors};
pub use pairs::{ContrastPairs, FrameFeatures};

use super::checkpoint::CheckpointError;
use super::error::TrainingError;
use crate::jobs::Cancelled;
use thiserror::Error;

/// Why two towers cannot be fitted.
#[derive(Debug, Error)]
pub enum ContrastError {
    /// The pairs or the settings cannot be trained with, or the computation failed.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// The towers could not be kept or read.
    #[error(transparent)]
    Kept(#[from] CheckpointError),
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

//! Fitting two towers, so that the pictures and captions that belong together lie near each other.

mod config;
mod fit;
mod fitted;
mod pairs;

pub use config::ContrastConfig;
pub use fit::fit;
pub use fitted::Fitted;
pub use pairs::{ContrastPairs, FrameFeatures};

use super::error::TrainingError;
use crate::jobs::Cancelled;
use thiserror::Error;

/// Why two towers cannot be fitted.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum ContrastError {
    /// The pairs or the settings cannot be trained with, or the computation failed.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

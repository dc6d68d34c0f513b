//! Fitting two towers, so that the pictures and captions that belong together lie near each other.

mod config;
mod fit;
mod fitted;
mod pairs;

pub use config::ContrastConfig;
pub use fit::fit;
pub use fitted::{Fitted, read_tensors};
pub(super) use pairs::spared;
pub use pairs::{ContrastPairs, FrameFeatures};

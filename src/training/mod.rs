//! Training: the loop, the optimiser, checkpoints and devices. It knows nothing of windows.

pub mod batches;
pub mod checkpoint;
pub mod config;
pub mod contrast;
pub mod control;
pub mod device;
pub mod error;
pub mod event;
mod fallback;
pub mod fitting;
pub mod history;
pub mod inspection;
mod latents;
pub mod limits;
pub mod memory;
pub mod optimizer;
mod plateau;
mod presets;
pub mod progress;
pub mod reconstruction;
mod scores;
mod session;
mod sweep;
pub(crate) mod train;
mod vocabulary;
pub mod waiting;
pub mod window;

/// The version of libtorch that this program is built against.
pub const LIBTORCH: &str = "2.11.0";

pub use crate::project::Reconstruction;
pub use config::{DeviceChoice, EarlyStop, PictureSize, Schedule, TrainingConfig};
pub use control::Control;
pub use device::{Devices, devices};
pub use error::TrainingError;
pub use event::TrainingEvent;
pub use inspection::{Decoded, Inspection, Mixture};
pub use presets::Preset;
pub use train::{Trained, train};

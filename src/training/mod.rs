//! Training: the loop, the optimiser, checkpoints and devices. It knows nothing of windows.

pub mod batches;
pub mod checkpoint;
pub mod config;
pub mod control;
pub mod device;
pub mod error;
pub mod event;
pub mod memory;
pub mod optimizer;
pub mod progress;
pub mod reconstruction;
mod session;
mod sweep;
mod train;
pub mod waiting;

/// The version of libtorch that this program is built against.
pub const LIBTORCH: &str = "2.11.0";

pub use crate::project::Reconstruction;
pub use config::{DeviceChoice, TrainingConfig};
pub use control::Control;
pub use device::{Devices, devices};
pub use error::TrainingError;
pub use event::TrainingEvent;
pub use train::{Trained, train};

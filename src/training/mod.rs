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

pub use config::{DeviceChoice, TrainingConfig};
pub use control::Control;
pub use device::{Devices, devices};
pub use error::TrainingError;
pub use event::{Reconstruction, TrainingEvent};
pub use train::{Trained, train};

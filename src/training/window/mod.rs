//! Fitting a network over windows of the video: which frame belongs where, and which captions to which frames.

mod config;
mod fit;
mod hiding;
mod judging;
mod pairs;

pub use config::WindowConfig;
pub use fit::{FEWEST_WINDOWS, fit};
pub use judging::{Judge, Question};
pub use pairs::WindowPairs;

//! Frames with captions: the pairing rules of the papers, and the dataset they yield.

pub mod choices;
pub mod dataset;
pub mod rules;

pub use choices::choose;
pub use dataset::{Dataset, FEWEST_PAIRS};
pub use rules::{Paired, pair, spread};

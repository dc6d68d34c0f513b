//! Frames with captions: the pairing rules of the papers, and the dataset they yield.

pub mod dataset;
pub mod rules;

pub use dataset::{Dataset, FEWEST_PAIRS};
pub use rules::{Paired, pair, spread};

//! Frames with captions: the pairing rules of the papers, and the dataset they yield.

pub mod dataset;

pub use dataset::{Dataset, Vocabulary};

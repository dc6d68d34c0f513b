//! What the clusters mean.

pub mod answer;
mod keywords;
mod plain;
mod stop_words;
mod words;

pub use keywords::keywords;

/// How many tags a cluster gets.
pub const TAGS: usize = 10;

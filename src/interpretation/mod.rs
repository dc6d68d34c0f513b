//! What the clusters mean.

mod keywords;
mod stop_words;
mod words;

/// How many tags a cluster gets.
pub const TAGS: usize = 10;

pub use keywords::keywords;

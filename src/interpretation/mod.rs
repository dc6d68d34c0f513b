//! What the clusters mean.

pub mod answer;
pub mod chat;
mod keywords;
mod plain;
pub mod server;
mod stop_words;
mod words;

pub use keywords::keywords;

/// How many tags a cluster gets.
pub const TAGS: usize = 10;

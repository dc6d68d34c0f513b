//! What the clusters mean: keywords and tags by language models.

pub mod answer;
pub mod chat;
mod keywords;
mod plain;
pub mod prompt;
pub mod server;
mod stop_words;
pub mod tagging;
mod words;

pub use keywords::keywords;

/// How many tags a cluster gets.
pub const TAGS: usize = 10;

//! What the clusters mean: keywords, descriptions, tags by language models, what supports them, and how the clusters of
//! two projects compare.

pub mod answer;
pub mod chat;
pub mod comparison;
mod describing;
mod descriptions;
pub mod evidence;
mod keywords;
pub mod phrases;
mod plain;
pub mod prompt;
pub mod server;
mod shared_words;
mod stop_words;
pub mod tagging;
mod words;

pub use describing::{Describe, PROMPT, Still, describe};
pub use descriptions::is_looping;
pub use keywords::keywords;
pub use shared_words::SharedWords;

/// How many tags a cluster gets.
pub const TAGS: usize = 10;

//! What the clusters mean.

mod keywords;
mod stop_words;
mod words;

pub use keywords::keywords;

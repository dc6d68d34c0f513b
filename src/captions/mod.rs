//! Reading and writing captions, finding their words, and the vectors of the words.

mod clock;
mod encoding;
#[cfg(test)]
mod endurance;
mod error;
mod format;
mod import;
mod language;
mod readers;
mod report;
pub mod retiming;
pub mod suspicion;
mod timing;
mod tokenizer;
pub mod vectors;
mod vocabulary;
mod writers;

pub use encoding::{ENCODINGS, preview};
pub use error::CaptionError;
pub use format::CaptionFormat;
pub use import::{Imported, ReadOptions, parse, read};
pub use language::{detect_language, language_doubt};
pub use tokenizer::Tokenizer;
pub use vectors::{LoadedVectors, VectorError, WordVectors};
pub use vocabulary::{NumberedTokens, Vocabulary, mixed_vocabulary, vocabulary};
pub use writers::{OutputFormat, UnknownOutput, write};

#[cfg(test)]
pub(crate) mod testing {
    use proptest::test_runner::Config;

    /// How many cases a property of the formats is tried with: few in passing, and as many as the environment
    /// variable `FRAMELOOM_CASES` says: `FRAMELOOM_CASES=1000000 cargo test --release --lib captions::`.
    pub(crate) fn cases() -> Config {
        let cases = std::env::var("FRAMELOOM_CASES").ok();
        Config {
            cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(256),
            failure_persistence: None,
            ..Config::default()
        }
    }
}

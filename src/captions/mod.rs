//! Reading and writing captions, finding their words, and the vectors of the words.

mod clock;
mod encoding;
mod error;
mod format;
mod import;
mod language;
mod markup;
mod plain;
pub mod retiming;
mod rolling;
mod srt;
pub mod suspicion;
mod table;
mod timing;
mod tokenizer;
pub mod vectors;
mod vocabulary;
mod vtt;
mod write;

pub use error::CaptionError;
pub use format::CaptionFormat;
pub use import::{Imported, ReadOptions, parse, read};
pub use language::detect_language;
pub use tokenizer::Tokenizer;
pub use vectors::{LoadedVectors, VectorError, WordVectors};
pub use vocabulary::{NumberedTokens, Vocabulary, vocabulary};
pub use write::{OutputFormat, UnknownOutput, write};

/// "1 row", "2 rows": a count in a message.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

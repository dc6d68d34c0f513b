//! What can be wrong with captions and word vectors, in words.

use crate::jobs::Cancelled;
use std::path::PathBuf;
use thiserror::Error;

/// Why captions could not be read.
#[derive(Debug, Error)]
pub enum CaptionError {
    /// The file is not there or cannot be read.
    #[error("cannot read the captions {name}: {source}")]
    Read {
        /// The file.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The name tells of no known format.
    #[error("{0} is not a caption file that can be read: SRT, VTT, CSV and TXT can")]
    Format(String),
    /// There is nothing in the file.
    #[error("the caption file {0} is empty")]
    Empty(String),
    /// The file holds something else than text.
    #[error("{0} is not text: it looks like a binary file")]
    Binary(String),
    /// No encoding fits.
    #[error(
        "the encoding of {0} is not clear: choose one (UTF-8, GB18030, Big5, UTF-16), on the command line with --encoding"
    )]
    UnknownEncoding(String),
    /// The encoding asked for does not exist.
    #[error("there is no encoding named {0}: try utf-8, gb18030, big5 or utf-16le")]
    NoSuchEncoding(String),
    /// The encoding asked for does not fit the file.
    #[error("{name} is not written in {encoding}: choose another encoding, or none to have it found out")]
    WrongEncoding {
        /// The file.
        name: String,
        /// The encoding asked for.
        encoding: String,
    },
    /// The file is text but holds no cue.
    #[error("no captions in {name}: expected {expected}")]
    NoCues {
        /// The file.
        name: String,
        /// What the format looks like.
        expected: &'static str,
    },
    /// The table has no column with texts.
    #[error("no captions in {name}: the first line names no text column. It has: {columns}")]
    NoTextColumn {
        /// The file.
        name: String,
        /// The columns there are.
        columns: String,
    },
}

/// Why word vectors could not be read.
#[derive(Debug, Error)]
pub enum VectorError {
    /// The file is not there or breaks off.
    #[error("cannot read the word vectors {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Hardly any row is a word with numbers.
    #[error(
        "{} does not look like word vectors: {broken} of {rows} rows are broken, the first at line {line}. Expected a \
         word and its numbers on each line, separated by spaces",
        file.display()
    )]
    Broken {
        /// The file.
        file: PathBuf,
        /// Rows that are no word with numbers.
        broken: u64,
        /// Rows there are.
        rows: u64,
        /// The first broken one.
        line: u64,
    },
    /// Two files have vectors of different length.
    #[error("{} has vectors of {found} numbers, but {} has {expected}: use files of one dimension", file.display(), first.display())]
    Dimension {
        /// The file.
        file: PathBuf,
        /// Length of its vectors.
        found: usize,
        /// The file read before.
        first: PathBuf,
        /// Length of that one's vectors.
        expected: usize,
    },
    /// Someone asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

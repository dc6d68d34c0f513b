use crate::jobs::Cancelled;
use std::path::PathBuf;
use thiserror::Error;

/// Why word vectors could not be read. Each message says what to do.
#[derive(Debug, Error)]
pub enum VectorError {
    /// The file could not be opened, read or unpacked.
    #[error("cannot read the word vectors {}: {source}; if it was downloaded, download it again", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system or the unpacking said.
        source: std::io::Error,
    },
    /// The file is an archive of files.
    #[error("{} is a zip archive: unpack it and choose the text file inside", file.display())]
    Archive {
        /// The file.
        file: PathBuf,
    },
    /// The file does not hold rows of a word and its numbers.
    #[error(
        "{} does not hold word vectors as text (line {line}): each line must be a word and its numbers, with a space between; the binary form of word2vec and fastText cannot be read",
        file.display()
    )]
    NotVectors {
        /// The file.
        file: PathBuf,
        /// From 1.
        line: u64,
    },
    /// The vectors of one file are not as long as those of another.
    #[error(
        "{} has vectors of {dimension} numbers (line {line}), but those before have {expected}: choose files of one dimension",
        file.display()
    )]
    Dimension {
        /// The file.
        file: PathBuf,
        /// Where its first vector stands, from 1.
        line: u64,
        /// Numbers in its vectors.
        dimension: usize,
        /// Numbers in the vectors of the files before.
        expected: usize,
    },
    /// The vectors of one language are not as long as those of the other.
    #[error(
        "the word vectors for Chinese have {chinese} numbers and those for English {english}: choose files of one dimension \
         for videos that are studied together"
    )]
    Languages {
        /// Numbers in a vector of a Chinese word.
        chinese: usize,
        /// Numbers in a vector of an English word.
        english: usize,
    },
    /// More than one row in a hundred cannot be read.
    #[error(
        "{broken} of {rows} rows of {} are broken (first in line {line}; expected a word and {dimension} numbers): the file is damaged or of another kind",
        file.display()
    )]
    TooManyBroken {
        /// The file.
        file: PathBuf,
        /// Rows that cannot be read.
        broken: u64,
        /// Rows seen until then.
        rows: u64,
        /// The first broken row, from 1.
        line: u64,
        /// Numbers that a row should have.
        dimension: usize,
    },
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

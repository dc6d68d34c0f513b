//! What can go wrong when captions are read.

use std::path::PathBuf;
use thiserror::Error;

/// Why a file gave no captions. Each message says what to do.
#[derive(Debug, Error)]
pub enum CaptionError {
    /// The file could not be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Neither the extension nor the text shows one of the formats.
    #[error(
        "cannot read captions from {name}: SRT, WebVTT, ASS, LRC, TTML, timed text (srv1 to srv3), JSON3, Whisper JSON, CSV, TSV and plain text can be read; convert it to one of them"
    )]
    UnknownFormat {
        /// The file's name.
        name: String,
    },
    /// No caption file is that large.
    #[error("{name} is too large for captions ({megabytes} MB): choose a caption file")]
    TooLarge {
        /// The file's name.
        name: String,
        /// Its size.
        megabytes: u64,
    },
    /// The file holds nothing.
    #[error("{name} is empty: choose a file with captions")]
    Empty {
        /// The file's name.
        name: String,
    },
    /// The bytes are not text in any encoding.
    #[error("{name} is not text: choose a caption file, not a video, a picture or an archive")]
    Binary {
        /// The file's name.
        name: String,
    },
    /// The text is in none of the encodings that can be told apart.
    #[error(
        "the encoding of {name} is not plain (it is not UTF-8, UTF-16, GB18030 or Big5): choose it, on the command line with --encoding; it may be {alternatives}"
    )]
    UndecidedEncoding {
        /// The file's name.
        name: String,
        /// Encodings that the bytes may be in, as a list for people.
        alternatives: String,
    },
    /// The chosen encoding does not exist.
    #[error(
        "no encoding is called \"{label}\": try utf-8, utf-16le, gb18030, big5, shift_jis or windows-1252"
    )]
    UnknownEncoding {
        /// What was chosen.
        label: String,
    },
    /// A table without a column of captions.
    #[error(
        "{name} has no column of captions: its first row must name one \"text\", beside \"start\" and \"duration\" or \"end\"; it has {columns}"
    )]
    Columns {
        /// The file's name.
        name: String,
        /// The columns it has, as a list for people.
        columns: String,
    },
    /// The file was read to its end and holds no caption.
    #[error("no captions found in {name}: expected {expected}{}", detail(.warnings))]
    NoCues {
        /// The file's name.
        name: String,
        /// What a caption looks like in this format.
        expected: &'static str,
        /// What was seen on the way.
        warnings: Vec<String>,
    },
}

fn detail(warnings: &[String]) -> String {
    if warnings.is_empty() {
        String::new()
    } else {
        format!(" ({})", warnings.join("; "))
    }
}

//! What can go wrong between latents and clusters.

use crate::jobs::watch::Cancelled;
use std::path::PathBuf;
use thiserror::Error;

/// Why latents could not be read, clustered or mapped.
#[derive(Debug, Error)]
pub enum ClusteringError {
    /// The file cannot be opened or read.
    #[error("{path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The ending of the name is none that is known.
    #[error("{path} is neither .npy nor .csv nor .tsv: save the latents as one of these", path = path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what its name says.
    #[error("{path}: {reason}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A line of a table is wrong.
    #[error("{path}, line {line}: {reason}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1, as editors count.
        line: u64,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// There is nothing to cluster.
    #[error("there are no latents: at least one row and one column are needed")]
    Empty,
    /// A value is NaN or infinite.
    #[error(
        "row {row}, column {column} of the latents (counting from 1) holds a value that is not a finite number; train again or leave the row out"
    )]
    NotFinite {
        /// From 1.
        row: usize,
        /// From 1.
        column: usize,
    },
    /// More clusters were asked for than the latents can fill.
    #[error(
        "{k} clusters cannot be made of {distinct} different rows ({rows} rows in all): choose a smaller k"
    )]
    TooManyClusters {
        /// The smallest k that was asked for.
        k: usize,
        /// Rows that differ from all others.
        distinct: usize,
        /// All rows.
        rows: usize,
    },
    /// The method needs more rows.
    #[error("{method} needs at least {needed} rows, and there are {rows}")]
    TooFewRows {
        /// What was to be done.
        method: &'static str,
        /// The least that it works with.
        needed: usize,
        /// What there is.
        rows: usize,
    },
    /// t-SNE was asked for with a perplexity that has no meaning.
    #[error("a perplexity of {0} has no meaning: choose a number from 1, such as 8")]
    Perplexity(f64),
    /// t-SNE was asked for without a single round.
    #[error("without a round no map is drawn: choose 1 or more iterations, such as 1000")]
    NoRound,
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A sweep was asked for without a single start.
    #[error("without a restart nothing is searched: choose 1 or more, such as 10")]
    NoRestart,
    /// DBSCAN was asked for with a reach that has no meaning.
    #[error("a reach (epsilon) of {0} has no meaning: choose a number above 0, in the unit of the distances")]
    Epsilon(f64),
    /// DBSCAN was asked for with a number of pairs that has no meaning.
    #[error("{0} pairs within reach make no dense place: choose at least 2, such as 5")]
    MinSamples(usize),
}

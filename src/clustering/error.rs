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
    /// The ending of the name is neither `.npy` nor `.csv`.
    #[error("{path} is neither .npy nor .csv: save the latents as one of these", path = path.display())]
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
        "row {row} of the latents (counting from 1) holds a value that is not a finite number; train again or leave the row out"
    )]
    NotFinite {
        /// From 1.
        row: usize,
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
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// k-means refused.
    #[error("k-means failed: {0}")]
    KMeans(#[from] linfa_clustering::KMeansError),
    /// DBSCAN refused.
    #[error("DBSCAN failed: {0}")]
    Dbscan(#[from] linfa_clustering::DbscanParamsError),
    /// The system gave no thread, or the thread broke off.
    #[error("the work could not be given a thread of its own: {0}")]
    Thread(String),
}

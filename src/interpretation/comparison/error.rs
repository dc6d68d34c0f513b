use thiserror::Error;

/// Why nothing was compared. Each message says what to do.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ComparisonError {
    /// One side has nothing to compare.
    #[error(
        "one of the projects has no clusters to compare: find clusters there, or leave fewer of them out"
    )]
    NoClusters,
    /// A cluster has no tags.
    #[error("cluster \"{name}\" has no tags: tag it, or leave it out")]
    NoTags {
        /// What it is called.
        name: String,
    },
    /// There is not one vector for each tag.
    #[error("cluster \"{name}\" has {tags} tags but {vectors} vectors: compare again")]
    Vectors {
        /// What it is called.
        name: String,
        /// How many tags.
        tags: usize,
        /// How many vectors.
        vectors: usize,
    },
    /// The vectors come from different models.
    #[error(
        "the tags of \"{one}\" have vectors of {one_length} numbers and those of \"{other}\" of {other_length}: use one model for both"
    )]
    Lengths {
        /// A cluster of the one.
        one: String,
        /// Numbers in its vectors.
        one_length: usize,
        /// A cluster of the other.
        other: String,
        /// Numbers in its vectors.
        other_length: usize,
    },
    /// A table could not be made.
    #[error("cannot make the table: {0}")]
    Table(String),
}

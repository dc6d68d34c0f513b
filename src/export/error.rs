//! What can go wrong when something is taken out of the program.

use crate::jobs::Cancelled;
use crate::project::StoreError;
use std::path::PathBuf;
use thiserror::Error;

/// Why nothing was written. Each message says what to do.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The file could not be written. What was there before is untouched.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The name of the file does not say which picture is wanted.
    #[error("cannot write a plot to {name}: give it a name that ends in .svg or .png")]
    PictureFormat {
        /// The file's name.
        name: String,
    },
    /// Without fonts a PNG would have no words and numbers in it.
    #[error(
        "cannot draw the words of the plot, for this system has no fonts: install some and start Frameloom again, \
         or write the plot as .svg"
    )]
    NoFonts,
    /// The drawing could not be turned into a PNG.
    #[error("cannot turn the plot into a PNG: {what}. Write it as .svg instead")]
    Raster {
        /// What was wrong.
        what: String,
    },
    /// TensorBoard names a run after its folder, and this name cannot be one.
    #[error("\"{name}\" cannot be the name of a folder: name the run without slashes")]
    RunName {
        /// The run's name.
        name: String,
    },
    /// Nothing was trained yet.
    #[error("the project has no training yet: train first")]
    NoTraining,
    /// The training has no latents on disk.
    #[error("this training has no latents: train it again")]
    NoLatents,
    /// No clustering is chosen.
    #[error("the project has no clusters yet: find clusters and choose k first")]
    NoClusters,
    /// No sweep over k was made.
    #[error("the clusters were not sought over a range of k yet: find clusters first")]
    NoSweep,
    /// No map is drawn.
    #[error("the project has no map yet: find clusters first, which draws it")]
    NoMap,
    /// The project has no pairs, or none was chosen.
    #[error("there are no pairs to write: choose some")]
    NoPairs,
    /// A pair that does not exist.
    #[error("there is no pair {number}; there are pairs 1 to {count}")]
    UnknownPair {
        /// Counted from 1.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// What is to be a new folder holds something.
    #[error("{} is there already and is no empty folder: name a new one", .0.display())]
    NotEmpty(PathBuf),
    /// A picture could not be made or read.
    #[error("cannot take a picture out: {what}")]
    Picture {
        /// What was wrong.
        what: String,
    },
    /// A table or a document could not be made.
    #[error("cannot make the file: {0}")]
    Table(String),
    /// The work was stopped because someone asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

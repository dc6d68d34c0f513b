//! What can go wrong when something is taken out of the program.

use crate::project::StoreError;
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
}

//! Curves as files for other programs.

use super::{CurveStyle, Curves, ExportError, curves_csv, loss_plot, write_events, write_plot};
use crate::project::files::write_whole;
use std::path::Path;
use std::time::Duration;

/// What curves are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveFormat {
    /// A picture of dots.
    Png,
    /// A picture of lines.
    Svg,
    /// A table.
    Csv,
    /// Event files.
    TensorBoard,
}

impl CurveFormat {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Png, Self::Svg, Self::Csv, Self::TensorBoard];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Csv => "CSV",
            Self::TensorBoard => "TensorBoard",
        }
    }

    /// What it is good for, in a sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Png => "A picture for slides and documents, as the curves are drawn here",
            Self::Svg => "A picture that stays sharp at any size, as the curves are drawn here",
            Self::Csv => "A table with every epoch and every term, raw and smoothed",
            Self::TensorBoard => "Event files in a log folder",
        }
    }

    /// The format of a file with this extension.
    #[must_use]
    pub fn of(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| {
            format
                .extension()
                .is_some_and(|known| known.eq_ignore_ascii_case(extension))
        })
    }

    /// Extension of its file; none where it is a folder.
    #[must_use]
    pub const fn extension(self) -> Option<&'static str> {
        match self {
            Self::Png => Some("png"),
            Self::Svg => Some("svg"),
            Self::Csv => Some("csv"),
            Self::TensorBoard => None,
        }
    }

    /// Name of the file or folder unless another is chosen.
    #[must_use]
    pub fn file_name(self) -> String {
        match self.extension() {
            Some(extension) => format!("curves.{extension}"),
            None => "tensorboard".into(),
        }
    }
}

/// Writes the curves of trainings: one file, or for TensorBoard a log folder with a folder for each training.
///
/// # Errors
/// When the file or the folder cannot be written.
pub fn write_curves(
    path: &Path,
    format: CurveFormat,
    trainings: &[Curves],
    style: &CurveStyle,
) -> Result<(), ExportError> {
    match format {
        CurveFormat::Png | CurveFormat::Svg => write_plot(path, &loss_plot(trainings, style)),
        CurveFormat::Csv => {
            let table = curves_csv(trainings, style.smoothing);
            Ok(write_whole(path, |file| file.write_all(table.as_bytes()))?)
        }
        CurveFormat::TensorBoard => trainings.iter().try_for_each(|training| {
            let seconds = training.losses.iter().map(|point| point.seconds).sum();
            let took = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            let began = training.ended.checked_sub(took).unwrap_or(training.ended);
            write_events(path, training.name, training.losses, began).map(drop)
        }),
    }
}

//! Curves for other programs.

use super::{Message, Out};
use crate::export::{self, CurveStyle, Curves, loss_plot};
use crate::project::LossPoint;
use crate::project::files::write_whole;
use std::path::Path;
use std::time::{Duration, SystemTime};

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

    /// What it is good for.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Png => "A picture for slides and documents, as the curves are drawn here",
            Self::Svg => "A picture that stays sharp at any size, as the curves are drawn here",
            Self::Csv => "A table with every epoch and every term, raw and smoothed",
            Self::TensorBoard => "Event files in a log folder",
        }
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

/// Curves to be written.
pub struct Drawing {
    /// Name and points of each training.
    pub runs: Vec<(String, Vec<LossPoint>)>,
    /// How they are drawn.
    pub style: CurveStyle,
}

/// Writes curves.
pub fn export(drawing: &Drawing, format: CurveFormat, path: &Path, out: &Out) -> anyhow::Result<()> {
    // The name that was typed may lack the extension, which decides the format.
    let path = match format.extension() {
        Some(extension) if path.extension().is_none() => path.with_extension(extension),
        _ => path.to_path_buf(),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| anyhow::anyhow!("cannot make the folder {}: {error}", folder.display()))?;
    }
    match format {
        CurveFormat::Png | CurveFormat::Svg => {
            let trainings = drawing.runs.iter();
            let curves: Vec<Curves> = trainings.map(|(name, losses)| Curves { name, losses }).collect();
            export::write_plot(&path, &loss_plot(&curves, &drawing.style))?;
        }
        CurveFormat::Csv => {
            let trainings = drawing.runs.iter();
            let curves: Vec<_> = trainings
                .map(|(name, losses)| (name.as_str(), losses.as_slice()))
                .collect();
            let table = export::curves_csv(&curves, drawing.style.smoothing);
            write_whole(&path, |file| file.write_all(table.as_bytes()))?;
        }
        CurveFormat::TensorBoard => {
            for (name, losses) in &drawing.runs {
                let seconds: f64 = losses.iter().map(|point| point.seconds).sum();
                let now = SystemTime::now();
                let began = now.checked_sub(Duration::from_secs_f64(seconds)).unwrap_or(now);
                export::write_events(&path, name, losses, began)?;
            }
        }
    }
    Ok(out.send(Message::Exported("The curves", path))?)
}

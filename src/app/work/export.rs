//! Curves for other programs.

use super::{Message, Out};
use crate::export::{CurveFormat, CurveStyle, Curves, write_curves};
use crate::project::{LossPoint, Project, Run};
use std::path::Path;

/// Curves to be written.
pub struct Drawing {
    /// Name and points of each training.
    pub runs: Vec<(String, Vec<LossPoint>)>,
    /// How they are drawn.
    pub style: CurveStyle,
}

/// Writes curves.
pub fn export(
    project: &Project,
    drawing: &Drawing,
    format: CurveFormat,
    path: &Path,
    out: &Out,
) -> anyhow::Result<()> {
    // The name that was typed may lack the extension, which decides the format.
    let path = match format.extension() {
        Some(extension) if path.extension().is_none() => path.with_extension(extension),
        _ => path.to_path_buf(),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| anyhow::anyhow!("cannot make the folder {}: {error}", folder.display()))?;
    }
    let trainings = drawing.runs.iter();
    let curves: Vec<Curves> = trainings
        .map(|(name, losses)| Curves {
            name,
            losses,
            ended: Run::ended(&project.run_folder(name)),
        })
        .collect();
    write_curves(&path, format, &curves, &drawing.style)?;
    Ok(out.send(Message::Exported(path))?)
}

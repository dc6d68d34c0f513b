//! What is written for other programs and people, and what is taken from them.

use super::dialog::NO_DIALOG;
use super::{Message, Opened, Out};
use crate::analysis::{self, Places, Takeaway, Taking};
use crate::app::action::Action;
use crate::export::{CurveFormat, CurveStyle, Curves, Study, write_curves};
use crate::project::store::EXTENSION;
use crate::project::{LossPoint, PairIndex, Project, Run};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Curves to be written.
pub struct Drawing {
    /// Name and points of each training.
    pub runs: Vec<(String, Vec<LossPoint>)>,
    /// How they are drawn.
    pub style: CurveStyle,
}

/// Makes the folder that a file or folder is to be written into.
pub(super) fn make_folder_of(path: &Path) -> anyhow::Result<()> {
    path.parent().map_or(Ok(()), |folder| {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))
    })
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
    make_folder_of(&path)?;
    let trainings = drawing.runs.iter();
    let curves: Vec<Curves> = trainings
        .map(|(name, losses)| Curves {
            name,
            losses,
            ended: Run::ended(&project.run_folder(name)),
        })
        .collect();
    write_curves(&path, format, &curves, &drawing.style)?;
    Ok(out.send(Message::Exported("Curves", path))?)
}

/// Asks where something is to be taken away to; without a dialog it goes into the project's own folder.
pub fn takeaway_dialog(
    what: Takeaway,
    project: &Project,
) -> impl FnOnce(&Out) -> anyhow::Result<()> + Send + 'static {
    let file = format!("{}-{}", project.manifest.name, what.file());
    let beside = project.folder.join("exports").join(&file);
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(format!("Export: {}", what.name()))
        .set_file_name(&file);
    move |out| {
        let began = Instant::now();
        let chosen = pollster::block_on(dialog.save_file()).map(|file| file.path().to_path_buf());
        let path = match chosen {
            Some(path) if path.extension().is_none() && !what.is_folder() => {
                path.with_extension(Path::new(what.file()).extension().unwrap_or_default())
            }
            Some(path) => path,
            None if began.elapsed() < NO_DIALOG => free(beside, what.is_folder()),
            None => return Ok(()),
        };
        Ok(out.send(Message::Picked(Action::TakeAway(what, path)))?)
    }
}

/// The path, with a number where a folder of this name is there already.
fn free(path: PathBuf, is_folder: bool) -> PathBuf {
    if !is_folder || !path.exists() {
        return path;
    }
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let numbered = (2..10_000).map(|number| path.with_file_name(format!("{name}-{number}")));
    numbered.into_iter().find(|path| !path.exists()).unwrap_or(path)
}

/// Takes something away.
pub fn take_away(
    project: &Project,
    what: Takeaway,
    pairs: &[PairIndex],
    path: PathBuf,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    make_folder_of(&path)?;
    let taking = Taking {
        pairs,
        thumbnails: true,
    };
    analysis::take_away(project, what, taking, &path, places, &out.watch)?;
    Ok(out.send(Message::Exported(what.name(), path))?)
}

/// How the results were made, in words.
pub fn methods(project: &Project, revision: u64, out: &Out) -> anyhow::Result<()> {
    let fingerprints = analysis::fingerprints(project, &out.watch)?;
    let text = crate::export::methods(&Study::of(project), &fingerprints).text();
    Ok(out.send(Message::Methods(revision, text))?)
}

/// Opens the vectors of a file by themselves; a project that was made of them before is gone on with.
pub fn open_table(path: &Path, out: &Out) -> anyhow::Result<()> {
    let path = &std::path::absolute(path)?;
    let folder = path.with_extension(EXTENSION);
    let opened = if Project::is_project(&folder) {
        Opened::new(Project::load(&folder)?, false)?
    } else {
        Opened::new(analysis::clusters::table_project(path)?, true)?
    };
    Ok(out.send(Message::Opened(Box::new(opened)))?)
}

/// Takes the vectors of a file as the latents of the pairs that there are, in a run of their own.
pub fn import_latents(project: &Project, path: &Path, out: &Out) -> anyhow::Result<()> {
    let run = analysis::clusters::imported(project, path)?;
    Ok(out.send(Message::Trained(Box::new(run)))?)
}

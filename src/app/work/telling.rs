//! Work around other tellings of an event.

use super::dialog::NO_DIALOG;
use super::{Message, Out};
use crate::analysis::comparing::{self, Ruler, Spread};
use crate::analysis::library::{Entry, projects_in};
use crate::analysis::models::Found;
use crate::analysis::takeaway::TYPICAL;
use crate::analysis::{self, Places};
use crate::app::action::Action;
use crate::app::state::Other;
use crate::clustering;
use crate::interpretation::comparison::{Comparison, csv};
use crate::pretrained::Translator;
use crate::project::files::write_whole;
use crate::project::{ClusterId, Project, Seconds};
use anyhow::Context;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Reads the project to compare with, and samples its video; without its pictures it can be compared all the same.
pub fn open_other(folder: &Path, places: &Places, out: &Out) -> anyhow::Result<()> {
    let folder = std::path::absolute(folder)?;
    anyhow::ensure!(
        Project::is_project(&folder),
        "{} is not a Frameloom project: choose a .frameloom folder",
        folder.display()
    );
    let mut project = Project::load(&folder)?;
    let untagged = project
        .run
        .as_ref()
        .is_some_and(|run| run.assignment.is_some() && run.tags.is_empty());
    if untagged {
        analysis::tag_clusters(&mut project);
    }
    let run = project.run.as_ref();
    let typical = run.and_then(|run| Some((run.latents.as_ref()?, run.assignment.as_ref()?)));
    let typical = typical
        .map(|(latents, chosen)| clustering::representatives(latents, chosen, TYPICAL))
        .unwrap_or_default();
    let manifest = &project.manifest;
    let sampled = manifest.video.as_ref().map(|video| {
        let cache = Some(places.cache.as_path());
        analysis::sample_frames(video, &manifest.sampling, cache, &out.watch, &mut |_, _| {})
    });
    let (frames, trouble) = match sampled {
        Some(Ok((frames, _))) => (frames, Ok(())),
        Some(Err(error)) => {
            out.watch.check()?;
            let shown = format!("{} is shown without pictures", manifest.name);
            (analysis::FrameSet::default(), Err(error).context(shown))
        }
        None => (analysis::FrameSet::default(), Ok(())),
    };
    out.send(Message::Other(Box::new(Other {
        project: Arc::new(project),
        frames: Arc::new(frames),
        typical,
        playhead: Seconds(0.0),
    })))?;
    trouble
}

/// Compares the project that is open with another.
pub fn compare(
    project: &Project,
    other: &Project,
    left_out: &[BTreeSet<ClusterId>; 2],
    spread: Spread,
    [phrases, translate]: [Option<&Found>; 2],
    out: &Out,
) -> anyhow::Result<()> {
    let mut ruler = Ruler::load(phrases, &out.watch)?;
    let mut translator = translator(translate, &ruler, out)?;
    let [one, two] = left_out;
    let compared = comparing::compare(
        [project, other],
        [one, two],
        &mut ruler,
        translator.as_mut(),
        spread,
        &out.watch,
    )?;
    Ok(out.send(Message::Compared(project.folder.clone(), Box::new(compared)))?)
}

/// Compares all projects of a topic. The one that is open is taken as it is.
pub fn compare_topic(
    open: Option<&Project>,
    topic: &str,
    folders: &[PathBuf],
    [phrases, translate]: [Option<&Found>; 2],
    out: &Out,
) -> anyhow::Result<()> {
    let mut projects = Vec::new();
    for folder in folders {
        out.watch.check()?;
        match open.filter(|open| open.folder == *folder) {
            Some(open) => projects.push(open.clone()),
            None => projects.push(Project::load(folder)?),
        }
    }
    let mut ruler = Ruler::load(phrases, &out.watch)?;
    let mut translator = translator(translate, &ruler, out)?;
    let all: Vec<&Project> = projects.iter().collect();
    let matrix = comparing::matrix(&all, &mut ruler, translator.as_mut(), &out.watch)?;
    Ok(out.send(Message::Topic(topic.to_owned(), matrix))?)
}

/// Only a model of phrases that knows one language needs one that translates.
fn translator(found: Option<&Found>, ruler: &Ruler, out: &Out) -> anyhow::Result<Option<Translator>> {
    let Some(found) = found.filter(|_| ruler.knows_english_only()) else {
        return Ok(None);
    };
    out.watch.say(format!("loading {}", found.name));
    Ok(Some(Translator::load(&found.path, &out.watch)?))
}

/// Writes the comparison as a CSV table.
pub fn export_comparison(comparison: &Comparison, path: &Path, out: &Out) -> anyhow::Result<()> {
    let table = csv(comparison)?;
    write_whole(path, |file| file.write_all(table.as_bytes()))?;
    Ok(out.send(Message::Exported("Comparison", path.to_owned()))?)
}

/// Asks in the system's dialog where the comparison is to be written; where the system shows none, into the folder `exports` of the
/// project.
pub fn comparison_dialog(project: PathBuf) -> impl FnOnce(&Out) -> anyhow::Result<()> + Send + 'static {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Export the comparison")
        .set_file_name("comparison.csv");
    move |out| {
        let began = Instant::now();
        let chosen = pollster::block_on(dialog.save_file()).map(|file| file.path().to_path_buf());
        let path = match chosen {
            Some(path) => path,
            None if began.elapsed() < NO_DIALOG => project.join("exports").join("comparison.csv"),
            None => return Ok(()),
        };
        Ok(out.send(Message::Picked(Action::ExportComparison(path)))?)
    }
}

/// Reads what is in the library.
pub fn read_library(folders: &[PathBuf], out: &Out) -> anyhow::Result<()> {
    let mut entries = Vec::new();
    for folder in folders {
        out.watch.check()?;
        entries.push(Entry::read(folder));
    }
    entries.sort_by(|a, b| {
        (a.topic.is_empty(), &a.topic, &a.name).cmp(&(b.topic.is_empty(), &b.topic, &b.name))
    });
    Ok(out.send(Message::Library(entries))?)
}

/// Looks for projects in a folder and below it.
pub fn find_projects(folder: &Path, out: &Out) -> anyhow::Result<()> {
    let folder = std::path::absolute(folder)?;
    let found = projects_in(&folder);
    Ok(out.send(Message::ProjectsFound(folder, found))?)
}

/// Says what a project that is not open is about, and reads the library again.
pub fn set_topic(folder: &Path, topic: &str, library: &[PathBuf], out: &Out) -> anyhow::Result<()> {
    Project::set_topic(folder, topic)?;
    read_library(library, out)
}

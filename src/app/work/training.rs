//! Work around trainings: training itself, the trainings on disk, and the way that one of them went.

use super::{Message, Out, WordFacts};
use crate::analysis::{self, FrameSet, Places};
use crate::clustering::{self, MapPlan};
use crate::project::history::load_snapshots;
use crate::project::{Embedding2, Project, Run, RunSummary, Snapshot};
use crate::training::{Control, TrainingConfig, TrainingEvent};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Trains on the pairs of a project.
pub fn train(
    project: &Project,
    frames: &FrameSet,
    config: &TrainingConfig,
    control: &Control,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let (dataset, warnings) =
        analysis::training_dataset(project, frames, config, Some(&places.cache), &out.watch)?;
    let vocabulary = &dataset.vocabulary;
    out.send(Message::Words(WordFacts {
        warnings,
        share: vocabulary.share_found(),
        source: vocabulary.source.clone(),
        dimension: vocabulary.dimension,
        longest: dataset.longest_caption(),
    }))?;
    let mut run = analysis::prepare_run(project, &dataset, config)?;
    run.config.words = Some((vocabulary.share_found(), vocabulary.source.clone()));
    out.send(Message::Began(run.name.clone()))?;
    let folder = project.run_folder(&run.name);
    let run = analysis::train_run(run, &folder, &dataset, config, control, &mut |event| {
        if out.watch.is_cancelled() {
            control.stop();
        }
        match event {
            // The next one replaces it.
            event @ TrainingEvent::Step { .. } => out.offer(Message::Training(event)),
            event => {
                let _ = out.send(Message::Training(event));
            }
        }
    })?;
    Ok(out.send(Message::Trained(Box::new(run)))?)
}

/// Reads an earlier training, be it of other pairs than there are now.
pub fn use_run(project: &Project, name: &str, out: &Out) -> anyhow::Result<()> {
    let mut run = Run::load(&project.run_folder(name))?;
    for companion in &mut run.config.companions {
        companion.follow(&project.folder);
    }
    if run.on.pairs.is_empty() && run.config.made_of == project.made_of() {
        run.on = project.trainable();
    }
    anyhow::ensure!(
        run.latents.is_some() && !run.on.pairs.is_empty(),
        "{name} was cut short, or does not say which pairs it was trained on: it cannot be used"
    );
    Ok(out.send(Message::Trained(Box::new(run)))?)
}

/// Lists the trainings on the pairs that there are now, and those that are stale together with the one in use. What cannot be read is left out, as where nothing was trained.
pub fn list_runs(project: &Project, out: &Out) -> anyhow::Result<()> {
    let used = project.run.as_ref().map(|run| run.config.made_of.clone());
    let made_of = [Some(project.made_of()), used];
    let mut runs = Vec::new();
    for name in project.runs() {
        out.watch.check()?;
        match Run::load_summary(&project.run_folder(&name)) {
            Ok(run) if made_of.contains(&Some(run.config.made_of.clone())) => runs.push(run),
            Ok(RunSummary { .. }) => {}
            Err(error) => tracing::warn!("{name} is not listed: {error}"),
        }
    }
    Ok(out.send(Message::Runs(runs))?)
}

/// Deletes a training from disk, and lists the others.
pub fn delete_run(project: &Project, name: &str, out: &Out) -> anyhow::Result<()> {
    anyhow::ensure!(
        project.run.as_ref().is_none_or(|run| run.name != name),
        "{name} is in use: use another training first"
    );
    anyhow::ensure!(
        project.runs().iter().any(|known| known == name),
        "there is no training {name} any more"
    );
    let folder = project.run_folder(name);
    std::fs::remove_dir_all(&folder)
        .map_err(|error| anyhow::anyhow!("cannot delete {}: {error}", folder.display()))?;
    list_runs(project, out)
}

/// Reads what a training was like on the way, up to an epoch.
pub fn history(project: &Project, name: String, last: u32, out: &Out) -> anyhow::Result<()> {
    let snapshots = load_snapshots(&project.run_folder(&name), last);
    Ok(out.send(Message::History(name, snapshots))?)
}

/// Draws the maps of snapshots with the settings of the map of their run, and lays them over it: first the one nearest
/// to the epoch that is wanted at the moment.
pub fn maps(
    run: &str,
    mut snapshots: Vec<Arc<Snapshot>>,
    map: &Embedding2,
    wanted: &AtomicU32,
    out: &Out,
) -> anyhow::Result<()> {
    while !snapshots.is_empty() {
        let wanted = wanted.load(Ordering::Relaxed);
        let nearest = snapshots
            .iter()
            .enumerate()
            .min_by_key(|(_, snapshot)| snapshot.epoch.abs_diff(wanted))
            .map_or(0, |(place, _)| place);
        let snapshot = snapshots.swap_remove(nearest);
        let plan = MapPlan::new(map.perplexity, map.seed);
        let mut drawn = clustering::tsne(&snapshot.latents, &plan, &out.watch, |_| {})?;
        clustering::align(&mut drawn.points, &map.points);
        out.watch.say(format!("{} left", snapshots.len()));
        out.send(Message::Map(run.to_owned(), snapshot.epoch, drawn))?;
    }
    Ok(())
}

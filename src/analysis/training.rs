//! Training a project's pairs into a run.

use super::{FrameSet, build_dataset, sample_frames};
use crate::jobs::Watch;
use crate::pairing::Dataset;
use crate::project::history::save_snapshot;
use crate::project::{Manifest, Project, Run, RunConfig, Sampling};
use crate::training::{self, Control, TrainingConfig, TrainingEvent, checkpoint};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::path::Path;

/// The pairs as numbers, with pictures of the size that the configuration asks for: where the sampled frames have
/// another, the video is sampled again, or what an earlier sampling left in `cache` is read; so are the videos of the
/// companions. Returns also what the analyst should know of the word vectors.
///
/// # Errors
/// When a video or a companion cannot be read, there are too few pairs, or the work is cancelled.
pub fn training_dataset(
    project: &Project,
    frames: &FrameSet,
    config: &TrainingConfig,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<(Dataset, Vec<String>)> {
    let size = [config.picture.width, config.picture.height];
    let mut company = Vec::new();
    for companion in &project.manifest.companions {
        let other = project.companion(companion)?;
        let frames = frames_of(&other.manifest, size, cache, watch);
        company.push(frames.with_context(|| format!("{} has no frames", companion.name))?);
    }
    if [frames.width, frames.height] == size {
        return build_dataset(project, frames, &company, cache, watch);
    }
    let frames = frames_of(&project.manifest, size, cache, watch)?;
    build_dataset(project, &frames, &company, cache, watch)
}

/// The frames of a project's video as its manifest says, but for their columns and rows.
fn frames_of(
    manifest: &Manifest,
    [width, height]: [u32; 2],
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<FrameSet> {
    let video = manifest.video.as_ref().context("the project has no video")?;
    let sampling = Sampling {
        width,
        height,
        ..manifest.sampling.clone()
    };
    Ok(sample_frames(video, &sampling, cache, watch, &mut |_, _| {})?.0)
}

/// The run that these inputs make: the one on disk that was begun with the very same, be it for fewer epochs, to be
/// gone on with, or a new one.
///
/// # Errors
/// When a run on disk cannot be read.
pub fn prepare_run(project: &Project, dataset: &Dataset, config: &TrainingConfig) -> anyhow::Result<Run> {
    let settings = serde_json::to_value(config).context("cannot write the training settings")?;
    let fingerprint = checkpoint::fingerprint(dataset);
    let made_of = project.made_of();
    let names = project.runs();
    for name in names.iter().rev() {
        // A run that cannot be read is no reason not to train.
        let Ok(mut run) = Run::load(&project.run_folder(name)) else {
            continue;
        };
        let same = run.config.fingerprint == fingerprint && run.config.made_of == made_of;
        // A training that was cut short may be further on than the run that was saved of it.
        let done = checkpoint::epochs_done(&project.run_folder(name)).max(run.losses.len() as u32);
        if same
            && let Ok(asked) = TrainingConfig::deserialize(&run.config.training)
            && asked.begins(config)
            && done <= config.epochs
        {
            run.config.finished &= (asked.epochs, asked.early_stop) == (config.epochs, config.early_stop);
            run.config.training = settings;
            run.on = project.trainable();
            run.config.companions = project.companions();
            return Ok(run);
        }
    }
    let name = format!("{:03}-{}-seed{}", next_number(&names), config.preset, config.seed);
    let versions = [
        ("frameloom".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("libtorch".to_owned(), training::LIBTORCH.to_owned()),
    ];
    let config = RunConfig {
        fingerprint,
        made_of,
        language: Some(project.manifest.language),
        companions: project.companions(),
        training: settings,
        versions: versions.into(),
        pairs: dataset.len(),
        ..RunConfig::default()
    };
    let mut run = Run {
        name,
        config,
        on: project.trainable(),
        ..Run::default()
    };
    if let Some(earlier) = &project.run {
        run.inherit_written(earlier);
    }
    Ok(run)
}

/// Trains a run to its end, or until it is stopped, in its folder. What it has learned is in the run afterwards;
/// clusters and tags of an earlier state of it are let go.
///
/// # Errors
/// When the training cannot go on; the checkpoint stays.
pub fn train_run(
    run: Run,
    folder: &Path,
    dataset: &Dataset,
    config: &TrainingConfig,
    control: &Control,
    events: &mut dyn FnMut(TrainingEvent),
) -> anyhow::Result<Run> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {} for this training", folder.display()))?;
    crate::project::files::write_json(&folder.join("config.json"), &run.config)?;
    let mut reconstructions = Vec::new();
    let trained = training::train(dataset, config, folder, control, &mut |event| {
        match &event {
            TrainingEvent::Reconstructions(latest) => reconstructions.clone_from(latest),
            TrainingEvent::Snapshot(snapshot) => {
                // A history with a gap is no reason to end a training.
                if let Err(error) = save_snapshot(folder, snapshot) {
                    tracing::warn!("{error}");
                }
            }
            _ => {}
        }
        events(event);
    })?;
    ensure!(
        !trained.losses.is_empty(),
        "it was stopped before its first epoch was over, so there is nothing to keep: train again"
    );
    let same = run.latents.as_ref() == Some(&trained.latents);
    let mut run = if same {
        run
    } else {
        Run {
            name: run.name,
            config: run.config,
            on: run.on,
            // What was written of frames and clusters outlives another training.
            descriptions: run.descriptions,
            written: run.written,
            ..Run::default()
        }
    };
    if !reconstructions.is_empty() {
        run.reconstructions = reconstructions;
    }
    run.latents = Some(trained.latents);
    run.losses = trained.losses;
    run.config.device = trained.device;
    run.config.parameters = trained.parameters;
    run.config.scores = Some(trained.scores);
    run.config.finished = trained.finished;
    run.config.notes = trained.notes;
    if let Err(error) = run.save(folder) {
        // What was learned is worth more than this one save: it is tried again with the project.
        run.config
            .notes
            .push(format!("Not saved at the end of the training: {error}"));
    }
    Ok(run)
}

/// The number that the next run begins with: one more than the last of these names.
pub(super) fn next_number(runs: &[String]) -> u32 {
    let numbers = runs
        .iter()
        .filter_map(|name| name.split('-').next()?.parse::<u32>().ok());
    numbers.max().unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::LossPoint;
    use crate::training::train::tests::{dataset, small};

    #[test]
    fn a_run_is_gone_on_with_unless_it_is_further_on_than_asked() {
        let home = tempfile::tempdir().unwrap();
        let project = Project {
            folder: home.path().to_path_buf(),
            ..Project::default()
        };
        let dataset = dataset(13);
        let config = |epochs| TrainingConfig { epochs, ..small() };
        let train = |run: Run, epochs: u32, control: &Control| {
            let folder = project.run_folder(&run.name);
            let config = config(epochs);
            train_run(run, &folder, &dataset, &config, control, &mut |event| {
                if matches!(event, TrainingEvent::Epoch(LossPoint { epoch: 3, .. })) {
                    control.stop();
                }
            })
        };
        let first = prepare_run(&project, &dataset, &config(2)).unwrap();
        let done = train(first, 2, &Control::default()).unwrap();
        let again = prepare_run(&project, &dataset, &config(2)).unwrap();
        assert_eq!((&again.name, again.config.finished), (&done.name, true));
        let longer = prepare_run(&project, &dataset, &config(6)).unwrap();
        assert_eq!((&longer.name, longer.config.finished), (&done.name, false));
        // Killed after epoch 3: the checkpoint is further on than the losses of the run.
        train(longer, 6, &Control::default()).unwrap();
        done.save(&project.run_folder(&done.name)).unwrap();
        let other = prepare_run(&project, &dataset, &config(2)).unwrap();
        assert_ne!(other.name, done.name);
        assert_eq!(
            prepare_run(&project, &dataset, &config(6)).unwrap().name,
            done.name
        );
    }
}

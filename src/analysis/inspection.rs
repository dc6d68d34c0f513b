//! The trained network of a project, to be asked what it tells.

use super::{build_dataset, sample_frames};
use crate::jobs::Watch;
use crate::project::{Project, Sampling};
use crate::training::{Inspection, TrainingConfig};
use anyhow::Context;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;

/// Opens the network of the run in use, with the pictures that it was trained on.
///
/// # Errors
/// When there is no run, its network is not on disk, the video cannot be read, or the work is cancelled.
pub fn open_inspection(project: &Project, cache: Option<&Path>, watch: &Watch) -> anyhow::Result<Inspection> {
    let run = project
        .run
        .as_ref()
        .context("there is no training yet: train first")?;
    let config = TrainingConfig::deserialize(&run.config.training)
        .context("the settings of this training cannot be read: train again")?;
    let video = project
        .manifest
        .video
        .as_ref()
        .context("the project has no video")?;
    let sampling = Sampling {
        height: config.picture.height,
        width: config.picture.width,
        ..project.manifest.sampling.clone()
    };
    let (frames, _) = sample_frames(video, &sampling, cache, watch, &mut |_, _| {})?;
    let (dataset, _) = build_dataset(project, &frames, cache, watch)?;
    Ok(Inspection::open(
        &project.run_folder(&run.name),
        Arc::new(dataset),
    )?)
}

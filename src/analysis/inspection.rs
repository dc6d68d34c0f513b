//! The trained network of a project, to be asked what it tells.

use super::{FrameSet, training_dataset};
use crate::jobs::Watch;
use crate::project::Project;
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
    let project = &project.as_trained();
    // No frames are at hand: all are sampled, or read from the cache.
    let (dataset, _) = training_dataset(project, &FrameSet::default(), &config, cache, watch)?;
    Ok(Inspection::open(
        &project.run_folder(&run.name),
        Arc::new(dataset),
    )?)
}

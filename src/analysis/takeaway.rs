//! A project as it leaves the program, with what only the other rooms can tell of it.

use super::frames::sample_frames;
use crate::clustering;
use crate::export::{ExportError, Picture, Study};
use crate::jobs::Watch;
use crate::media::{self, FrameSource, MediaError};
use crate::project::{CompanionError, Manifest, PairIndex, Project, SourceIndex};
use anyhow::Context;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

/// Pairs that stand for a cluster where few are shown or described.
pub const TYPICAL: usize = 6;

/// The project with the pairs nearest to the middle of each cluster, and with its shots. These are looked for in the whole
/// video, or read from `cache`; without a video, there are none.
///
/// # Errors
/// When the work is cancelled.
pub fn study<'a>(project: &'a Project, cache: Option<&Path>, watch: &Watch) -> anyhow::Result<Study<'a>> {
    let mut study = Study::of(project);
    if let Some(run) = &project.run
        && let (Some(latents), Some(chosen)) = (&run.latents, &run.assignment)
    {
        let typical = clustering::representatives(latents, chosen, TYPICAL);
        for (cluster, typical) in study.clusters.iter_mut().zip(typical) {
            cluster.typical = typical;
        }
    }
    if let Some(sweep) = project.run.as_ref().and_then(|run| run.sweep.as_ref()) {
        study.tree = clustering::k_tree(sweep);
    }
    if let Some(video) = &project.manifest.video {
        match media::find_shots(&video.path, cache, watch) {
            Ok(shots) => study.cuts = shots.cuts,
            Err(error) => {
                watch.check()?;
                tracing::warn!("there are no shots: {error}");
            }
        }
    }
    Ok(study)
}

/// The pictures of the studied pairs straight from their videos, in the proportions of each, as large as asked for. A video
/// is opened when the first of its pairs is wanted.
pub fn exact_pictures(project: &Project) -> impl FnMut(PairIndex, u32) -> Result<Picture, ExportError> {
    let mut opened: HashMap<SourceIndex, FrameSource> = HashMap::new();
    move |pair, width| {
        let facts = project.studied().get(pair.index()).ok_or(ExportError::NoPairs)?;
        let failed = |error: MediaError| ExportError::Picture {
            what: error.to_string(),
        };
        let source = match opened.entry(facts.source) {
            Entry::Occupied(source) => source.into_mut(),
            Entry::Vacant(place) => {
                let manifest = manifest_of(project, facts.source).map_err(|error| picture_error(&error))?;
                let video = manifest.video.as_ref().ok_or(ExportError::NoPairs)?;
                place.insert(FrameSource::open(&video.path).map_err(failed)?)
            }
        };
        let picture = source.at(facts.time, width).map_err(failed)?;
        Picture::new(picture.width, picture.height, picture.rgb)
    }
}

/// The pictures of the studied pairs from the frames as they were sampled, in the proportions of their videos: small, and
/// quick where there are thousands. They are sampled anew where `cache` does not have them.
///
/// # Errors
/// When a video cannot be read, or the work is cancelled.
pub fn sampled_pictures(
    project: &Project,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<impl FnMut(PairIndex, u32) -> Result<Picture, ExportError>> {
    let mut sources = Vec::new();
    for source in 0..project.source_names().len() {
        let manifest = manifest_of(project, source.into())?;
        let video = manifest.video.as_ref().context("the project has no video")?;
        let (frames, _) = sample_frames(video, &manifest.sampling, cache, watch, &mut |_, _| {})?;
        sources.push((frames, f64::from(video.height) / f64::from(video.width.max(1))));
    }
    Ok(move |pair: PairIndex, width: u32| {
        let facts = project.studied().get(pair.index()).ok_or(ExportError::NoPairs)?;
        let (frames, shape) = sources.get(facts.source.index()).ok_or(ExportError::NoPairs)?;
        let frame = frames.at(facts.time).and_then(|at| frames.frames.get(at.index()));
        let frame = frame.ok_or(ExportError::NoPairs)?;
        let width = width.min(frames.width).max(1);
        let height = (f64::from(width) * shape).round().max(1.0) as u32;
        Ok(Picture::new(frames.width, frames.height, frame.rgb.to_vec())?.stretched(width, height))
    })
}

/// What is known of the video that a studied pair is of.
fn manifest_of(project: &Project, source: SourceIndex) -> Result<&Manifest, CompanionError> {
    let companion = source.companion();
    match companion.and_then(|place| project.studied_companions().get(place)) {
        Some(companion) => Ok(&project.companion(companion)?.manifest),
        None => Ok(&project.manifest),
    }
}

fn picture_error(error: &CompanionError) -> ExportError {
    ExportError::Picture {
        what: error.to_string(),
    }
}

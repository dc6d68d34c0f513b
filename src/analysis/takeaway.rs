//! A project as it leaves the program, with what only the other rooms can tell of it.

use super::frames::sample_frames;
use crate::clustering;
use crate::export::{ExportError, Picture, Study};
use crate::jobs::Watch;
use crate::media::{self, FrameSource, MediaError};
use crate::project::{PairIndex, Project};
use anyhow::Context;
use std::path::Path;

/// Pairs that are shown of a cluster.
const TYPICAL: usize = 6;

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

/// The pictures of the studied pairs straight from the video, in its own proportions, as large as asked for. The video is
/// opened when the first is wanted.
pub fn exact_pictures(project: &Project) -> impl FnMut(PairIndex, u32) -> Result<Picture, ExportError> {
    let mut source = None;
    move |pair, width| {
        let (video, facts) = project
            .manifest
            .video
            .as_ref()
            .zip(project.studied().get(pair.index()))
            .ok_or(ExportError::NoPairs)?;
        let failed = |error: MediaError| ExportError::Picture {
            what: error.to_string(),
        };
        let source = match &mut source {
            Some(source) => source,
            None => source.insert(FrameSource::open(&video.path).map_err(failed)?),
        };
        let picture = source.at(facts.time, width).map_err(failed)?;
        Picture::new(picture.width, picture.height, picture.rgb)
    }
}

/// The pictures of the studied pairs from the frames as they were sampled, in the proportions of the video: small, and
/// quick where there are thousands. They are sampled anew where `cache` does not have them.
///
/// # Errors
/// When the video cannot be read, or the work is cancelled.
pub fn sampled_pictures(
    project: &Project,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<impl FnMut(PairIndex, u32) -> Result<Picture, ExportError>> {
    let video = project
        .manifest
        .video
        .as_ref()
        .context("the project has no video")?;
    let (frames, _) = sample_frames(video, &project.manifest.sampling, cache, watch, &mut |_, _| {})?;
    let shape = f64::from(video.height) / f64::from(video.width.max(1));
    Ok(move |pair: PairIndex, width: u32| {
        let facts = project.studied().get(pair.index());
        let frame = facts.and_then(|facts| frames.frames.get(frames.at(facts.time)?.index()));
        let frame = frame.ok_or(ExportError::NoPairs)?;
        let width = width.min(frames.width).max(1);
        let height = (f64::from(width) * shape).round().max(1.0) as u32;
        Ok(Picture::new(frames.width, frames.height, frame.rgb.to_vec())?.stretched(width, height))
    })
}

//! Where a project's video surprises, and whether its captions go with its frames window by window.

use super::Eyes;
use super::fitting::{alone, seen};
use super::frames::FrameSet;
use super::models::state_of;
use super::steps::build_dataset;
use crate::crossmodal::folds::check_size;
use crate::crossmodal::surprise::{SurpriseCurve, judge_windows};
use crate::jobs::Watch;
use crate::project::Project;
use crate::training::window::WindowConfig;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Learns from a project's own video what follows what and which captions go with which frames, part by part, judges each part
/// by what was learned without it, and keeps what comes of it in the project's folder. What is there already of the same pairs
/// and settings is taken.
///
/// # Errors
/// When there are too few pairs, when the fit cannot go on or be kept, and when the work is cancelled.
pub fn judge_surprise(
    project: &Project,
    (frames, eyes): (&FrameSet, &Eyes),
    config: &WindowConfig,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<SurpriseCurve> {
    let alone = alone(project);
    let made_of = made_of(&alone, frames, eyes)?;
    if let Ok(Some(kept)) = SurpriseCurve::load(&project.folder)
        && kept.made_of == made_of
        && kept.config == *config
    {
        return Ok(kept);
    }
    let on = alone.trainable();
    check_size(on.pairs.len())?;
    let (dataset, _) = build_dataset(&alone, frames, &[], cache, watch)?;
    let features = seen(&alone, &dataset, eyes, cache, watch)?;
    let judged = judge_windows(&dataset, &features, config, watch)?;
    let sources = [features.source, dataset.vocabulary.source];
    let curve = SurpriseCurve::new((made_of, on), config.clone(), sources, judged);
    curve.save(&project.folder)?;
    Ok(curve)
}

/// A hash of all that a curve is made of: pairs and captions, word vectors, the size of the frames, and the model that sees.
fn made_of(alone: &Project, frames: &FrameSet, eyes: &Eyes) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    hash.update(alone.made_of());
    let (width, height) = (frames.width, frames.height);
    hash.update(format!("{:?} {width} {height}", alone.manifest.vectors));
    if let Some(eye) = &eyes.blip {
        hash.update(state_of(&eye.path)?);
    }
    Ok(format!("{:x}", hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_vectors_or_frames_are_another_curve() {
        let (mut project, eyes) = (Project::default(), Eyes::default());
        let frames = FrameSet::default();
        let print = made_of(&project, &frames, &eyes).unwrap();
        assert_eq!(print, made_of(&project, &frames, &eyes).unwrap());
        let larger = FrameSet {
            width: 320,
            ..FrameSet::default()
        };
        assert_ne!(print, made_of(&project, &larger, &eyes).unwrap());
        project.manifest.vectors.push("a.vec".into());
        assert_ne!(print, made_of(&project, &frames, &eyes).unwrap());
    }
}

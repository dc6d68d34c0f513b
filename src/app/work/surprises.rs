//! What surprises in a video, in the background.

use super::{Message, Out};
use crate::analysis::{self, Eyes, FrameSet, Places};
use crate::project::Project;
use crate::training::window::WindowConfig;

/// Learns what follows what, or takes what was learned before of the same.
pub fn judge_surprise(
    project: &Project,
    frames: &FrameSet,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let eyes = Eyes::ready(places, project.manifest.language)?;
    let (config, cache) = (WindowConfig::default(), Some(places.cache.as_path()));
    let curve = analysis::judge_surprise(project, (frames, &eyes), &config, cache, &out.watch)?;
    Ok(out.send(Message::Surprises(Box::new(curve)))?)
}

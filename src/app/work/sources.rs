//! Work around other videos that are studied together with the one that is open.

use super::{Message, Out};
use crate::analysis::{self, Places};
use crate::project::{Companion, Project};
use anyhow::Context;
use std::path::Path;
use std::sync::Arc;

/// Reads the project of another video.
pub fn add_companion(mut project: Project, path: &Path, out: &Out) -> anyhow::Result<()> {
    project.add_companion(path)?;
    let companion = project.manifest.companions.pop().context("it was not added")?;
    let other = Arc::clone(project.companion(&companion)?);
    Ok(out.send(Message::Joined(companion, other))?)
}

/// Samples the videos of companions, each as its own project says, which is read where it was not yet. One that cannot be sampled keeps none of the others from it.
pub fn sample_company(
    project: &Project,
    companions: &[Companion],
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let mut trouble = Ok(());
    for companion in companions {
        let company = match project.company.get(&companion.folder) {
            Some(company) => company.clone(),
            None => {
                let company = companion.read();
                out.send(Message::Companion(companion.folder.clone(), company.clone()))?;
                company
            }
        };
        // Why it cannot be read is said where it is listed.
        let Ok(other) = company else { continue };
        let manifest = &other.manifest;
        let Some(video) = &manifest.video else { continue };
        let cache = Some(places.cache.as_path());
        match analysis::sample_frames(video, &manifest.sampling, cache, &out.watch, &mut |_, _| {}) {
            Ok((frames, _)) => {
                out.send(Message::Company(companion.folder.clone(), Arc::new(frames)))?;
            }
            Err(error) => {
                out.watch.check()?;
                trouble = Err(error).with_context(|| format!("{} is shown without pictures", companion.name));
            }
        }
    }
    trouble
}

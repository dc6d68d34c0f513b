//! The sound and the shots of the video, found in the background.

use super::{Message, Out};
use crate::analysis::Places;
use crate::media::{MediaError, find_shots, survey_sound};
use crate::project::Project;
use std::sync::Arc;

/// Reads the sound of a project's video for the timeline. A video without sound is no failure.
pub fn read_sound(project: &Project, places: &Places, out: &Out) -> anyhow::Result<()> {
    let Some(video) = &project.manifest.video else {
        return Ok(());
    };
    let found = match survey_sound(&video.path, Some(&places.cache), &out.watch) {
        Ok(survey) => Ok(Arc::new(survey)),
        Err(error @ MediaError::Cancelled(_)) => return Err(error.into()),
        Err(error) => Err(error.to_string()),
    };
    Ok(out.send(Message::Sound(found))?)
}

/// Finds the shot cuts of a project's video.
pub fn read_shots(project: &Project, places: &Places, out: &Out) -> anyhow::Result<()> {
    let Some(video) = &project.manifest.video else {
        return Ok(());
    };
    let shots = find_shots(&video.path, Some(&places.cache), &out.watch)?;
    Ok(out.send(Message::Shots(Arc::new(shots)))?)
}

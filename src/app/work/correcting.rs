//! Times and texts compared with the sound, in the background.

use super::{Message, Out};
use crate::analysis::Places;
use crate::captions::retiming;
use crate::media::{MediaError, Shots, find_speech};
use crate::project::{Project, Speech};
use std::sync::Arc;

/// Listens for speech in a project's video. A video without sound is no failure.
pub fn find_voices(project: &Project, _places: &Places, out: &Out) -> anyhow::Result<()> {
    let Some(video) = &project.manifest.video else {
        return Ok(());
    };
    match find_speech(&video.path, &out.watch) {
        Ok(speech) => Ok(out.send(Message::Speech(Arc::new(speech)))?),
        Err(error @ MediaError::Cancelled(_)) => Err(error.into()),
        // The window has said why with the sound.
        Err(_) => Ok(()),
    }
}

/// Proposes new times.
pub fn propose(project: &Project, speech: &Speech, shots: Option<&Shots>, out: &Out) -> anyhow::Result<()> {
    let cuts = shots.map_or(&[][..], |shots| &shots.cuts);
    let proposal = retiming::propose(&project.track, speech, cuts, &out.watch)?;
    Ok(out.send(Message::Proposal(Box::new(proposal)))?)
}

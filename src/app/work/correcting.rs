//! Times and texts compared with the sound, in the background.

use super::{Message, Out};
use crate::analysis::{self, Places};
use crate::captions::retiming::{self, SpreadUnit};
use crate::captions::suspicion::Doubt;
use crate::media::{MediaError, Shots};
use crate::project::{CueId, Project, Seconds, Speech};
use std::sync::Arc;

/// A silence from this length on is followed by a place where it is plain when a cue starts.
const SILENCE: Seconds = Seconds(1.0);

/// Listens for speech in a project's video. A video without sound is no failure: the window has said so with the sound.
pub fn find_voices(project: &Project, places: &Places, out: &Out) -> anyhow::Result<()> {
    let Some(video) = &project.manifest.video else {
        return Ok(());
    };
    match analysis::speech(video, Some(&places.cache), &out.watch) {
        Ok(speech) => Ok(out.send(Message::Speech(Arc::new(speech)))?),
        Err(error) if matches!(error.downcast_ref(), Some(MediaError::NoSound { .. })) => Ok(()),
        Err(error) => Err(error),
    }
}

fn cuts(shots: Option<&Shots>) -> &[Seconds] {
    shots.map_or(&[][..], |shots| &shots.cuts)
}

/// Proposes new times for the captions as they are at this revision of them.
pub fn propose(
    (project, revision): (&Project, u64),
    speech: &Speech,
    shots: Option<&Shots>,
    out: &Out,
) -> anyhow::Result<()> {
    let proposal = analysis::propose(project, speech, cuts(shots), &out.watch)?;
    Ok(out.send(Message::Proposal(Box::new(proposal), revision))?)
}

/// Spreads the texts of the captions, as they are at this revision of them, over the speech.
pub fn spread(
    (project, revision): (&Project, u64),
    speech: &Speech,
    unit: SpreadUnit,
    out: &Out,
) -> anyhow::Result<()> {
    let texts: Vec<String> = project.track.cues.iter().map(|cue| cue.text.clone()).collect();
    let track = retiming::spread(&texts, speech, unit, &out.watch)?;
    Ok(out.send(Message::Spread(unit, Box::new(track), revision))?)
}

/// Looks for captions that are probably wrong, and for cues that are best pinned.
pub fn doubts(
    project: &Project,
    speech: &Speech,
    shots: Option<&Shots>,
    places: &Places,
    out: &Out,
) -> anyhow::Result<()> {
    let doubts = analysis::doubts(project, speech, cuts(shots), Some(&places.cache), &out.watch)?;
    let doubtful: Vec<(CueId, String)> = doubts.iter().filter_map(told).collect();
    let anchors = analysis::suggested_anchors(project, speech, SILENCE, &out.watch)?;
    Ok(out.send(Message::Doubts(doubtful, anchors))?)
}

/// A cue with the reasons for doubt in words; none where there is only a trace of it.
fn told(doubt: &Doubt) -> Option<(CueId, String)> {
    let reasons: Vec<String> = doubt.reasons.iter().map(ToString::to_string).collect();
    (!reasons.is_empty()).then(|| (doubt.cue, reasons.join("; ")))
}

//! What is known of the sound and the shots of the video, found in the background.

use super::State;
use crate::media::{Shots, SoundSurvey};
use crate::project::{CueId, Seconds, Speech};
use std::sync::Arc;

/// The sound and the shots of the video.
#[derive(Debug, Clone, Default)]
pub struct Soundtrack {
    /// Waveform and spectrogram; none until they are read.
    pub survey: Option<Arc<SoundSurvey>>,
    /// Why there is no sound to be seen, in words.
    pub without: Option<String>,
    /// When someone speaks; none until it is listened to.
    pub speech: Option<Arc<Speech>>,
    /// Where shots are cut; none until they are found.
    pub shots: Option<Arc<Shots>>,
}

impl State {
    /// What the edge of a cue at a moment of the video snaps to, within a reach: a shot cut, where speech begins or ends, the edge
    /// of another cue, or the playhead; the nearest of them.
    #[must_use]
    pub fn snap(&self, time: Seconds, dragged: Option<CueId>, reach: Seconds) -> Option<Seconds> {
        let project = self.project.as_ref()?;
        let mut near = vec![self.playhead];
        if let Some(shots) = &self.sound.shots {
            let after = shots.cuts.partition_point(|cut| *cut < time);
            let around = shots.cuts.iter().skip(after.saturating_sub(1)).take(2);
            near.extend(around.copied());
        }
        if let Some(speech) = &self.sound.speech {
            let after = speech
                .segments
                .partition_point(|segment| segment.end < time - reach);
            let around = speech
                .segments
                .iter()
                .skip(after)
                .take_while(|segment| segment.start <= time + reach);
            near.extend(around.flat_map(|segment| [segment.start, segment.end]));
        }
        let [from, to] = [time - reach, time + reach].map(|time| project.manifest.pairing.in_captions(time));
        for place in self.lanes.seen(&project.track, from, to) {
            if let Some(cue) = project
                .track
                .cues
                .get(place)
                .filter(|cue| Some(cue.id) != dragged)
            {
                near.extend([cue.start, cue.end].map(|time| project.manifest.pairing.placed(time)));
            }
        }
        let distance = |at: &Seconds| (at.0 - time.0).abs();
        let nearest = near
            .into_iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(&nearest) <= reach.0).then_some(nearest)
    }
}

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
        for place in project.track.between(from, to) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{CaptionTrack, Cue, Project, Span};

    #[test]
    fn the_nearest_edge_within_reach_is_taken() {
        let cues = vec![
            Cue::new(Seconds(1.05), Seconds(2.4), "a"),
            Cue::new(Seconds(3.0), Seconds(4.0), "b"),
        ];
        let project = Project {
            track: CaptionTrack::new(cues),
            ..Project::default()
        };
        let speech = Speech {
            segments: vec![Span::new(1.0, 2.0)],
            duration: Seconds(9.0),
        };
        let shots = Shots {
            cuts: vec![Seconds(2.9)],
        };
        let mut state = State {
            project: Some(project),
            playhead: Seconds(6.0),
            ..State::default()
        };
        state.sound.speech = Some(Arc::new(speech));
        state.sound.shots = Some(Arc::new(shots));
        let snapped = |state: &State, time| {
            let found = state.snap(Seconds(time), Some(CueId(0)), Seconds(0.2));
            found.map(|time| time.0)
        };
        assert_eq!(snapped(&state, 1.1), Some(1.0), "speech begins");
        assert_eq!(snapped(&state, 2.1), Some(2.0), "speech ends");
        assert_eq!(snapped(&state, 2.92), Some(2.9), "a cut");
        assert_eq!(snapped(&state, 2.97), Some(3.0), "another cue");
        assert_eq!(snapped(&state, 6.1), Some(6.0), "the playhead");
        assert_eq!(
            snapped(&state, 2.4),
            None,
            "edges of the dragged cue do not hold it"
        );
        // Captions that lie half a second late in the video.
        if let Some(project) = &mut state.project {
            project.manifest.pairing.offset = Seconds(0.5);
        }
        assert_eq!(
            snapped(&state, 3.4),
            Some(3.5),
            "another cue, where it is in the video"
        );
    }
}

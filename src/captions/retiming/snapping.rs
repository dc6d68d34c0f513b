//! Times worth stopping at while an edge of a cue is dragged.

use crate::project::{CaptionTrack, CueId, Seconds, Speech};

/// What lies at such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnapKind {
    /// A shot cut.
    Cut,
    /// Speech begins.
    SpeechStart,
    /// Speech ends.
    SpeechEnd,
    /// Another cue begins or ends.
    CueEdge,
}

/// A time to stop at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snap {
    /// When.
    pub time: Seconds,
    /// What is there.
    pub kind: SnapKind,
}

/// All times to stop at, in order; made once when a drag begins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SnapTargets {
    targets: Vec<Snap>,
}

/// Pauses in speech from this length on have edges to stop at; seconds.
const PAUSE: Seconds = Seconds(0.08);

impl SnapTargets {
    /// Cuts, the edges of speech, and the edges of all cues but the one that is dragged.
    #[must_use]
    pub fn new(cuts: &[Seconds], speech: &Speech, track: &CaptionTrack, dragged: Option<CueId>) -> Self {
        let cue = track.cues.iter().filter(|cue| Some(cue.id) != dragged);
        let edges = cue
            .flat_map(|cue| [cue.start, cue.end])
            .map(|time| (time, SnapKind::CueEdge));
        let phrases = speech.phrases(PAUSE);
        let spoken = phrases.iter().flat_map(|phrase| {
            [
                (phrase.start, SnapKind::SpeechStart),
                (phrase.end, SnapKind::SpeechEnd),
            ]
        });
        let cuts = cuts.iter().map(|time| (*time, SnapKind::Cut));
        let mut targets: Vec<Snap> = cuts
            .chain(spoken)
            .chain(edges)
            .map(|(time, kind)| Snap { time, kind })
            .collect();
        targets.sort_by(|a, b| a.time.order(&b.time));
        Self { targets }
    }

    /// The nearest time to stop at; none within the tolerance.
    #[must_use]
    pub fn nearest(&self, time: Seconds, tolerance: Seconds) -> Option<Snap> {
        let next = self.targets.partition_point(|target| target.time < time);
        let last = next.checked_sub(1).and_then(|last| self.targets.get(last));
        let off = |snap: &&Snap| (snap.time - time).0.abs();
        [last, self.targets.get(next)]
            .into_iter()
            .flatten()
            .filter(|snap| off(snap) <= tolerance.0)
            .min_by(|a, b| off(a).total_cmp(&off(b)))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, Span};

    #[test]
    fn the_nearest_edge_within_reach_is_taken() {
        let speech = Speech {
            segments: vec![Span::new(1.0, 2.0)],
            duration: Seconds(9.0),
        };
        let track = CaptionTrack::new(vec![
            Cue::new(Seconds(1.05), Seconds(2.4), "a"),
            Cue::new(Seconds(3.0), Seconds(4.0), "b"),
        ]);
        let targets = SnapTargets::new(&[Seconds(2.9)], &speech, &track, Some(CueId(0)));
        let at = |time| {
            targets
                .nearest(Seconds(time), Seconds(0.2))
                .map(|snap| (snap.time.0, snap.kind))
        };
        assert_eq!(at(1.1), Some((1.0, SnapKind::SpeechStart)));
        assert_eq!(at(2.1), Some((2.0, SnapKind::SpeechEnd)));
        assert_eq!(at(2.92), Some((2.9, SnapKind::Cut)));
        assert_eq!(at(2.97), Some((3.0, SnapKind::CueEdge)));
        // The edges of the dragged cue itself do not hold it.
        assert_eq!(at(2.4), None);
    }
}

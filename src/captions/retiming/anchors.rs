//! Cues that are right hold the others: setting one right moves its neighbourhood along, and a few of them put a
//! whole transcript straight.

use super::alignment::align;
use super::atoms::Atoms;
use super::change::{Retiming, to_millis};
use super::lines::Lines;
use super::warp::Warp;
use crate::jobs::{Cancelled, Watch};
use crate::project::{CaptionTrack, CueId, Seconds, Span, Speech};
use serde::Serialize;
use thiserror::Error;

/// A cue whose right start is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    /// The cue.
    pub cue: CueId,
    /// When it really starts.
    pub start: Seconds,
}

/// A place where an anchor would help: after a long silence it is plain where a cue starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SuggestedAnchor {
    /// The cue that starts there.
    pub cue: CueId,
    /// Where speech starts.
    pub start: Seconds,
    /// How long the silence before it is.
    pub silence: Seconds,
}

/// Why cues cannot be retimed so.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum AnchorError {
    /// The transcript has no such cue.
    #[error("the cue is no longer in the transcript: choose it again")]
    Missing,
    /// The cue would end before it starts.
    #[error("the cue would end at {end}, before it starts at {start}: give it a later end")]
    Reversed {
        /// The wanted start.
        start: Seconds,
        /// The wanted end.
        end: Seconds,
    },
    /// The cue would be moved past one that is pinned.
    #[error("{}", past(*start, *from, *to))]
    PastAnchor {
        /// The wanted start.
        start: Seconds,
        /// Start of the pinned cue before; minus infinity where there is none.
        from: Seconds,
        /// Start of the pinned cue after; infinity where there is none.
        to: Seconds,
    },
    /// Two anchors contradict each other.
    #[error("the anchors at {earlier} and {later} would change their order: remove one of them")]
    Crossed {
        /// Start of the earlier cue as it is.
        earlier: Seconds,
        /// Start of the later cue as it is.
        later: Seconds,
    },
}

/// Between which pinned cues a start is not; one of them may be infinite.
fn past(start: Seconds, from: Seconds, to: Seconds) -> String {
    let wrong = match (from.0.is_finite(), to.0.is_finite()) {
        (true, true) => format!("is not between the pinned cues around it, which start at {from} and {to}"),
        (true, false) => format!("is before the pinned cue before it, which starts at {from}"),
        _ => format!("is after the pinned cue after it, which starts at {to}"),
    };
    format!("{start} {wrong}: unpin one of them, or choose another time")
}

/// Sets one cue right and moves the cues around it along: times are stretched evenly up to the nearest locked cue on
/// either side, and the cues beyond stay as they are. On a side without a locked cue all cues are shifted like
/// this one. The cue itself takes the given times; lock it afterwards.
///
/// # Errors
/// When the cue is missing, its end is before its start, or it would pass a locked cue.
pub fn realign(track: &CaptionTrack, cue: CueId, right: Span) -> Result<Vec<Retiming>, AnchorError> {
    if right.end < right.start {
        return Err(AnchorError::Reversed {
            start: right.start,
            end: right.end,
        });
    }
    let index = track
        .cues
        .iter()
        .position(|other| other.id == cue)
        .ok_or(AnchorError::Missing)?;
    let old = track.cues.get(index).ok_or(AnchorError::Missing)?;
    // Locked cues of the same start cannot hold the stretch between.
    let mut before = track.cues.iter().take(index).rev();
    let before = before.find(|other| other.locked && other.start < old.start);
    let mut after = track.cues.iter().skip(index + 1);
    let after = after.find(|other| other.locked && other.start > old.start);
    let from = before.map_or(Seconds(f64::NEG_INFINITY), |other| other.start);
    let to = after.map_or(Seconds(f64::INFINITY), |other| other.start);
    if right.start <= from || right.start >= to {
        return Err(AnchorError::PastAnchor {
            start: right.start,
            from,
            to,
        });
    }
    let held = |time: Seconds| (time.0, time.0);
    let mut points = vec![(old.start.0, right.start.0)];
    // What lies beyond a locked cue stays: a shift of nothing.
    points.splice(0..0, before.map(|other| held(other.start)));
    points.extend(after.map(|other| held(other.start)));
    let warp = Warp::shifting(points);
    let moved = track.cues.iter().filter_map(|other| {
        if other.id == cue {
            return Some(Retiming {
                cue,
                start: to_millis(right.start.0),
                end: to_millis(right.end.0),
                confidence: 1.0,
                reason: "set by hand".into(),
            });
        }
        warp.retiming(other, "moved along with a cue set by hand")
    });
    Ok(moved.collect())
}

/// Puts a whole transcript straight by cues whose right starts are known: between anchors times are stretched evenly,
/// outside they go on as between the two nearest; a single anchor shifts everything. Locked cues stay.
///
/// # Errors
/// When an anchor's cue is missing, or two anchors would change their order.
pub fn sync(track: &CaptionTrack, anchors: &[Anchor]) -> Result<Vec<Retiming>, AnchorError> {
    let starts: std::collections::HashMap<CueId, f64> =
        track.cues.iter().map(|cue| (cue.id, cue.start.0)).collect();
    let mut points = Vec::with_capacity(anchors.len());
    for anchor in anchors {
        let old = starts.get(&anchor.cue).ok_or(AnchorError::Missing)?;
        points.push((*old, anchor.start.0));
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    for ((old, new), (next, later)) in points.iter().zip(points.iter().skip(1)) {
        if next <= old || later <= new {
            return Err(AnchorError::Crossed {
                earlier: Seconds(*old),
                later: Seconds(*next),
            });
        }
    }
    let warp = Warp::going_on(points);
    let moved = track.cues.iter();
    Ok(moved
        .filter_map(|cue| warp.retiming(cue, "moved by the anchors"))
        .collect())
}

/// Cues that start after a silence of at least `silence`, with the moment their speech begins: the best ones to
/// check and pin. They are found by matching, so the transcript may be off. Locked cues are left out.
///
/// # Errors
/// When `watch` is cancelled.
pub fn suggested_anchors(
    track: &CaptionTrack,
    speech: &Speech,
    silence: Seconds,
    watch: &Watch,
) -> Result<Vec<SuggestedAnchor>, Cancelled> {
    let lines = Lines::new(&track.cues);
    let atoms = Atoms::new(speech, &[]);
    let Some(alignment) = align(&lines, &atoms, watch)? else {
        return Ok(Vec::new());
    };
    let rows = lines
        .list
        .iter()
        .zip(alignment.placements.iter().zip(&alignment.stray));
    let suggested = rows.filter_map(|(line, (place, is_stray))| {
        let place = place.as_ref().filter(|_| !line.is_locked && !is_stray)?;
        let last = place.first.checked_sub(1).and_then(|last| atoms.get(last));
        let before = place.start - last.map_or(0.0, |atom| atom.end);
        (before >= silence.0).then_some(SuggestedAnchor {
            cue: line.id,
            start: to_millis(place.start),
            silence: Seconds(before),
        })
    });
    Ok(suggested.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Cue;

    fn track(starts: &[f64]) -> CaptionTrack {
        let cue = |start: &f64| Cue::new(Seconds(*start), Seconds(start + 1.5), "词语很多");
        CaptionTrack::new(starts.iter().map(cue).collect())
    }

    fn applied(track: &CaptionTrack, changes: &[Retiming]) -> Vec<f64> {
        let start = |cue: &Cue| {
            let change = changes.iter().find(|change| change.cue == cue.id);
            change.map_or(cue.start.0, |change| change.start.0)
        };
        track.cues.iter().map(start).collect()
    }

    #[test]
    fn only_cues_between_the_pinned_ones_move() {
        let mut track = track(&[0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]);
        track.cues[1].locked = true;
        track.cues[5].locked = true;
        let changes = realign(&track, CueId(3), Span::new(33.0, 34.0)).unwrap();
        let moved: Vec<u32> = changes.iter().map(|change| change.cue.0).collect();
        assert_eq!(moved, [2, 3, 4]);
        assert_eq!(
            applied(&track, &changes),
            [0.0, 10.0, 21.5, 33.0, 41.5, 50.0, 60.0]
        );
        assert_eq!(changes[1].end, Seconds(34.0));
        let past = realign(&track, CueId(3), Span::new(51.0, 52.0)).unwrap_err();
        assert!(past.to_string().contains("0:10.0 and 0:50.0"), "{past}");
        assert_eq!(
            realign(&track, CueId(99), Span::default()),
            Err(AnchorError::Missing)
        );
    }

    #[test]
    fn without_pinned_cues_all_are_shifted() {
        let track = track(&[0.0, 10.0, 20.0]);
        let changes = realign(&track, CueId(1), Span::new(10.5, 12.0)).unwrap();
        assert_eq!(applied(&track, &changes), [0.5, 10.5, 20.5]);
    }

    #[test]
    fn two_anchors_undo_a_drift_everywhere() {
        let truth: Vec<f64> = (0..60).map(|i| f64::from(i) * 7.3).collect();
        let drifted: Vec<f64> = truth
            .iter()
            .map(|t| ((t * 1.021 + 12.4) * 1_000.0).round() / 1_000.0)
            .collect();
        let track = track(&drifted);
        let anchor = |index: usize| Anchor {
            cue: CueId::from(index),
            start: Seconds(truth[index]),
        };
        let changes = sync(&track, &[anchor(50), anchor(10)]).unwrap();
        for (time, right) in applied(&track, &changes).iter().zip(&truth) {
            assert!((time - right).abs() < 0.05, "{time} for {right}");
        }
        let crossed = [
            anchor(10),
            Anchor {
                cue: CueId(20),
                start: Seconds(1.0),
            },
        ];
        assert!(matches!(sync(&track, &crossed), Err(AnchorError::Crossed { .. })));
        assert!(sync(&track, &[]).unwrap().is_empty());
    }

    #[test]
    fn cues_after_silence_are_suggested_where_speech_starts() {
        // A sentence every 3 s, a longer silence before the seventh; the transcript is 1.2 s late.
        let starts: Vec<f64> = (0..12)
            .map(|i| f64::from(i) * 3.0 + if i > 5 { 4.0 } else { 0.0 })
            .collect();
        let lengths = [1.5, 1.1, 1.9, 1.3, 1.7, 1.2];
        let spans = starts
            .iter()
            .zip(lengths.iter().cycle())
            .map(|(start, length)| Span::new(*start, start + length));
        let speech = Speech {
            segments: spans.clone().collect(),
            duration: Seconds(45.0),
        };
        let cues = spans.map(|span| {
            Cue::new(
                span.start + Seconds(1.2),
                span.end + Seconds(1.2),
                "些".repeat((span.length().0 * 5.0) as usize),
            )
        });
        let track = CaptionTrack::new(cues.collect());
        let found = suggested_anchors(&track, &speech, Seconds(3.0), &Watch::default()).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].cue, found[0].start), (CueId(6), Seconds(22.0)));
    }
}

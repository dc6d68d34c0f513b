//! Edits of when captions are spoken. Times are whole milliseconds afterwards, never negative, and no cue ends before it
//! starts. A cue whose times are set is no estimate any more.

use super::{Draft, Edit, chosen, cues};
use crate::project::{CaptionTrack, Cue, CueId, CueOrigin, Seconds, TimedWord};

/// When a cue is to be spoken, as a correction proposes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewTimes {
    /// Which cue.
    pub cue: CueId,
    /// Its start.
    pub start: Seconds,
    /// Its end.
    pub end: Seconds,
}

/// Sets when a cue starts. Where that is past its end, the whole cue moves.
#[must_use]
pub fn set_start(track: &CaptionTrack, id: CueId, at: Seconds) -> Option<Edit> {
    let cue = track.cue(id)?;
    let end = if at < cue.end {
        cue.end
    } else {
        at + (cue.end - cue.start)
    };
    one(cue, at, end, format!("Set start to {}", at.max(Seconds(0.0))))
}

/// Sets when a cue ends. Where that is before its start, the whole cue moves.
#[must_use]
pub fn set_end(track: &CaptionTrack, id: CueId, at: Seconds) -> Option<Edit> {
    let cue = track.cue(id)?;
    let start = if at > cue.start {
        cue.start
    } else {
        at - (cue.end - cue.start)
    };
    one(cue, start, at, format!("Set end to {}", at.max(Seconds(0.0))))
}

/// Sets both times of a cue, as dragging does.
#[must_use]
pub fn drag(track: &CaptionTrack, id: CueId, start: Seconds, end: Seconds) -> Option<Edit> {
    one(track.cue(id)?, start, end, "Move cue".into())
}

fn one(cue: &Cue, start: Seconds, end: Seconds, label: String) -> Option<Edit> {
    let mut draft = Draft::new();
    draft.change(cue, retimed(cue, start, end, CueOrigin::Edited)?);
    draft.edit(label)
}

/// Moves cues by a length of time, later where it is positive. Of several, locked ones stay, and none moves before the
/// start of the video: then all move by less.
#[must_use]
pub fn shift(track: &CaptionTrack, ids: &[CueId], by: Seconds) -> Option<Edit> {
    let named = chosen(track, ids);
    let alone = named.len() == 1;
    move_by(named, by, |cue| alone || !cue.locked)
}

/// Moves a cue and all after it, as [`shift`] does. The cue itself moves even if it is locked.
#[must_use]
pub fn shift_after(track: &CaptionTrack, id: CueId, by: Seconds) -> Option<Edit> {
    let rest = track.cues.iter().skip(track.place(id)?).collect();
    move_by(rest, by, |cue| cue.id == id || !cue.locked)
}

/// Sets when a cue starts and moves it and all after it by as much.
#[must_use]
pub fn start_and_shift_rest(track: &CaptionTrack, id: CueId, at: Seconds) -> Option<Edit> {
    shift_after(track, id, at - track.cue(id)?.start)
}

fn move_by(all: Vec<&Cue>, by: Seconds, moves: impl Fn(&Cue) -> bool) -> Option<Edit> {
    let (moving, staying): (Vec<&Cue>, Vec<&Cue>) = all.into_iter().partition(|cue| moves(cue));
    let earliest = moving.first()?.start;
    let by = by.max(Seconds(0.0) - earliest);
    let mut draft = Draft::new();
    for cue in &moving {
        draft.change(
            cue,
            retimed(cue, cue.start + by, cue.end + by, CueOrigin::Edited)?,
        );
    }
    let anchors = match staying.len() {
        0 => String::new(),
        1 => " (1 anchor stays)".into(),
        several => format!(" ({several} anchors stay)"),
    };
    draft.edit(format!("Move {} by {:+.3} s{anchors}", cues(moving.len()), by.0))
}

/// Sets the times of many cues, as a correction that was accepted has them: locked cues stay. Where the analyst looked at
/// the cues one by one, they are `confirmed`; else they come from where they came from before.
#[must_use]
pub fn set_times(track: &CaptionTrack, times: &[NewTimes], confirmed: bool) -> Option<Edit> {
    let mut draft = Draft::new();
    for new in times {
        if let Some(cue) = track.cue(new.cue).filter(|cue| !cue.locked) {
            let origin = if confirmed { CueOrigin::Edited } else { cue.origin };
            // What is no time leaves a cue where it is.
            if let Some(after) = retimed(cue, new.start, new.end, origin) {
                draft.change(cue, after);
            }
        }
    }
    let count = draft.changes.len();
    draft.edit(format!("Correct the times of {}", cues(count)))
}

/// The cue at other times; none where they are no times. Its words go with it: they move as it moves, are cut where one
/// edge alone is set, and are stretched where both are.
pub(super) fn retimed(cue: &Cue, start: Seconds, end: Seconds, origin: CueOrigin) -> Option<Cue> {
    if !start.0.is_finite() || !end.0.is_finite() {
        return None;
    }
    let start = whole(start.max(Seconds(0.0)));
    let end = whole(end.max(start));
    let (old, new) = (cue.end - cue.start, end - start);
    let moved = (old - new).0.abs() < 0.002;
    let edge = (start - cue.start).0.abs() < 0.002 || (end - cue.end).0.abs() < 0.002;
    let place = |time: Seconds| {
        let time = if moved || old.0 <= 0.0 {
            time + (start - cue.start)
        } else if edge {
            time
        } else {
            start + Seconds((time - cue.start).0 / old.0 * new.0)
        };
        whole(time.max(start).min(end))
    };
    let words = cue.words.iter().map(|word| TimedWord {
        text: word.text.clone(),
        start: place(word.start),
        end: word.end.map(place),
    });
    let same = start == cue.start && end == cue.end;
    Some(Cue {
        start,
        end,
        origin,
        words: if same { cue.words.clone() } else { words.collect() },
        ..cue.clone()
    })
}

/// To the millisecond, as caption files have it.
pub(super) fn whole(time: Seconds) -> Seconds {
    Seconds((time.0 * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::super::Turn;
    use super::*;
    use crate::project::edits::Change;

    fn track() -> CaptionTrack {
        let mut cues: Vec<Cue> = (0..4)
            .map(|i| {
                Cue::new(
                    Seconds(f64::from(i) * 2.0 + 0.5),
                    Seconds(f64::from(i) * 2.0 + 2.0),
                    "a",
                )
            })
            .collect();
        cues[2].locked = true;
        cues[1].origin = CueOrigin::Estimated;
        CaptionTrack::new(cues)
    }

    fn after(edit: Option<Edit>) -> Vec<(u32, f64, f64)> {
        let changes = edit.unwrap().changes;
        let cue = |change: &Change| match change {
            Change::Cue(Turn { after: Some(cue), .. }) => (cue.id.0, cue.start.0, cue.end.0),
            _ => panic!("no cue"),
        };
        changes.iter().map(cue).collect()
    }

    #[test]
    fn an_edge_past_the_other_moves_the_cue() {
        assert_eq!(
            after(set_start(&track(), CueId(0), Seconds(1.0))),
            [(0, 1.0, 2.0)]
        );
        assert_eq!(
            after(set_start(&track(), CueId(0), Seconds(5.0))),
            [(0, 5.0, 6.5)]
        );
        assert_eq!(
            after(set_end(&track(), CueId(0), Seconds(0.25))),
            [(0, 0.0, 0.25)]
        );
        assert_eq!(
            set_end(&track(), CueId(3), Seconds(8.0)).unwrap().label,
            "Set end to 0:08.0"
        );
        assert_eq!(set_start(&track(), CueId(0), Seconds(f64::NAN)), None);
    }

    #[test]
    fn anchors_stay_unless_they_are_meant() {
        let moved = shift_after(&track(), CueId(1), Seconds(1.0));
        assert_eq!(after(moved.clone()), [(1, 3.5, 5.0), (3, 7.5, 9.0)]);
        assert_eq!(moved.unwrap().label, "Move 2 cues by +1.000 s (1 anchor stays)");
        assert_eq!(after(shift(&track(), &[CueId(2)], Seconds(0.1))), [(2, 4.6, 6.1)]);
        assert_eq!(
            after(start_and_shift_rest(&track(), CueId(3), Seconds(6.0))),
            [(3, 6.0, 7.5)]
        );
    }

    #[test]
    fn nothing_moves_before_the_video() {
        let moved = shift(&track(), &[CueId(0), CueId(1)], Seconds(-9.0));
        assert_eq!(after(moved), [(0, 0.0, 1.5), (1, 2.0, 3.5)]);
    }

    #[test]
    fn a_correction_spares_anchors_and_says_nothing_of_who_looked() {
        let times = [1, 2, 9].map(|id| NewTimes {
            cue: CueId(id),
            start: Seconds(1.0),
            end: Seconds(0.5),
        });
        let edit = set_times(&track(), &times, false).unwrap();
        let Change::Cue(Turn { after: Some(cue), .. }) = &edit.changes[0] else {
            panic!("no cue")
        };
        assert_eq!(
            (cue.start.0, cue.end.0, cue.origin),
            (1.0, 1.0, CueOrigin::Estimated)
        );
        assert_eq!(edit.changes.len(), 1);
    }

    #[test]
    fn words_go_with_their_cue() {
        let mut cue = Cue::new(Seconds(10.0), Seconds(14.0), "a b");
        let word = |text: &str, start| TimedWord {
            text: text.into(),
            start: Seconds(start),
            end: None,
        };
        cue.words = vec![word("a", 10.0), word("b", 12.0)];
        let starts = |start, end| -> Vec<f64> {
            let cue = retimed(&cue, Seconds(start), Seconds(end), CueOrigin::Edited).unwrap();
            cue.words.iter().map(|word| word.start.0).collect()
        };
        assert_eq!(starts(11.0, 15.0), [11.0, 13.0]);
        assert_eq!(starts(11.0, 14.0), [11.0, 12.0]);
        assert_eq!(starts(20.0, 22.0), [20.0, 21.0]);
    }
}

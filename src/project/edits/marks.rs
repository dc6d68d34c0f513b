//! Edits of what is known about cues.

use super::{Draft, Edit, chosen, cues};
use crate::project::{CaptionTrack, Cue, CueId, CueOrigin};

/// Makes cues anchors, whose times are right and stay, or lets them go.
#[must_use]
pub fn lock(track: &CaptionTrack, ids: &[CueId], locked: bool) -> Option<Edit> {
    let mut draft = Draft::new();
    for cue in chosen(track, ids) {
        let after = Cue {
            locked,
            ..cue.clone()
        };
        draft.change(cue, after);
    }
    let what = if locked {
        "Make anchors of"
    } else {
        "Let go of the anchors in"
    };
    let count = draft.changes.len();
    draft.edit(format!("{what} {}", cues(count)))
}

/// Says that the times of cues were looked at and are as they should be.
#[must_use]
pub fn confirm(track: &CaptionTrack, ids: &[CueId]) -> Option<Edit> {
    let mut draft = Draft::new();
    for cue in chosen(track, ids) {
        let after = Cue {
            origin: CueOrigin::Edited,
            ..cue.clone()
        };
        draft.change(cue, after);
    }
    let count = draft.changes.len();
    draft.edit(format!("Mark {} as checked", cues(count)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    #[test]
    fn only_what_changes_is_part_of_the_edit() {
        let mut cues: Vec<Cue> = (0..3)
            .map(|_| Cue::new(Seconds(0.0), Seconds(1.0), "a"))
            .collect();
        cues[1].locked = true;
        let track = CaptionTrack::new(cues);
        let all = [0, 1, 2, 7].map(CueId);
        let edit = lock(&track, &all, true).unwrap();
        assert_eq!(
            (edit.changes.len(), edit.label.as_str()),
            (2, "Make anchors of 2 cues")
        );
        assert_eq!(lock(&track, &[CueId(1)], true), None);
        assert_eq!(confirm(&track, &all).unwrap().changes.len(), 3);
    }
}

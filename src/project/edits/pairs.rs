//! Edits of more than cues: which captions there are, and how they find their frames.

use super::times::retimed;
use super::{Change, Draft, Edit, NewTimes, Turn, cues};
use crate::project::{
    CaptionSource, CaptionTrack, Cue, CueId, Language, PairChoice, PairFate, PairKey, Pairing, Project,
    Seconds,
};
use std::collections::HashMap;

/// Decides about a pair by hand, or leaves it to the rule again.
#[must_use]
pub fn choose_pair(project: &Project, key: PairKey, fate: Option<PairFate>) -> Option<Edit> {
    let before = project.choice(key);
    let after = fate.map(|fate| PairChoice { key, fate });
    let label = match fate {
        Some(PairFate::Frame(time)) => format!("Pair with the frame at {time}"),
        Some(PairFate::Dropped) => "Drop pair".into(),
        None => "Pair by the rule again".into(),
    };
    (before != after).then(|| single(label, Change::Pair(Turn { before, after })))
}

/// Finds words by the rules of another language.
#[must_use]
pub fn set_language(project: &Project, language: Language) -> Option<Edit> {
    let before = project.manifest.language;
    let change = Change::Language(Turn {
        before,
        after: language,
    });
    (before != language).then(|| single(format!("Words as in {}", language.name()), change))
}

/// Pairs captions with frames in another way.
#[must_use]
pub fn set_pairing(project: &Project, pairing: Pairing) -> Option<Edit> {
    let before = project.manifest.pairing.clone();
    (before != pairing).then(|| {
        let change = Change::Pairing(Turn {
            before,
            after: pairing,
        });
        single("Change the pairing".into(), change)
    })
}

fn single(label: String, change: Change) -> Edit {
    Edit {
        label,
        changes: vec![change],
        group: None,
    }
}

/// Takes other captions, paired in this way, in place of all there are.
#[must_use]
pub fn replace_captions(
    project: &Project,
    track: CaptionTrack,
    source: CaptionSource,
    language: Language,
    pairing: Pairing,
) -> Edit {
    let mut draft = Draft::new();
    project.track.cues.iter().for_each(|cue| draft.delete(cue));
    let next = project.track.next_id().0;
    for (id, cue) in (next..).zip(track.cues) {
        draft.insert(Cue { id: CueId(id), ..cue });
    }
    draft.changes.extend([
        Change::Source(Turn {
            before: project.manifest.captions.clone(),
            after: Some(source),
        }),
        Change::Language(Turn {
            before: project.manifest.language,
            after: language,
        }),
        Change::Pairing(Turn {
            before: project.manifest.pairing.clone(),
            after: pairing,
        }),
    ]);
    Edit {
        label: "Take other captions".into(),
        changes: draft.changes,
        group: None,
    }
}

/// Accepts a correction: these cues get these times of the video, locked ones excepted. An offset and a scale that
/// captions were looked at with become part of the times of all others.
#[must_use]
pub fn accept_times(project: &Project, times: &[NewTimes], confirmed: bool) -> Option<Edit> {
    let (pairing, track) = (&project.manifest.pairing, &project.track);
    if pairing.scale == 1.0 && pairing.offset == Seconds(0.0) {
        return super::set_times(track, times, confirmed);
    }
    let accepted: HashMap<CueId, &NewTimes> = times.iter().map(|new| (new.cue, new)).collect();
    let mut draft = Draft::new();
    for cue in &track.cues {
        let new = accepted.get(&cue.id).filter(|_| !cue.locked);
        let after = match new {
            Some(new) if confirmed => retimed(cue, new.start, new.end, crate::project::CueOrigin::Edited),
            Some(new) => retimed(cue, new.start, new.end, cue.origin),
            None => retimed(
                cue,
                pairing.placed(cue.start),
                pairing.placed(cue.end),
                cue.origin,
            ),
        };
        if let Some(after) = after {
            draft.change(cue, after);
        }
    }
    draft.changes.push(Change::Pairing(Turn {
        before: pairing.clone(),
        after: Pairing {
            rule: pairing.rule,
            ..Pairing::default()
        },
    }));
    draft.edit(format!("Correct the times of {}", cues(accepted.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::edits::EditHistory;

    fn project() -> Project {
        let cue = |start: f64| Cue::new(Seconds(start), Seconds(start + 1.0), "a");
        Project {
            track: CaptionTrack::new(vec![cue(0.0), cue(2.0), cue(4.0)]),
            ..Project::default()
        }
    }

    #[test]
    fn other_captions_come_and_go_again_as_one_step() {
        let (mut project, mut history) = (project(), EditHistory::default());
        let before = project.clone();
        let source = CaptionSource {
            file: "b.srt".into(),
            encoding: "UTF-8".into(),
            warnings: Vec::new(),
        };
        let other = CaptionTrack::new(vec![Cue::new(Seconds(1.0), Seconds(2.0), "疫苗")]);
        let pairing = Pairing::default();
        let edit = replace_captions(&project, other, source.clone(), Language::Chinese, pairing);
        history.apply(&mut project, edit);
        assert_eq!(project.track.cues.len(), 1);
        assert_eq!(project.track.cues[0].id, CueId(3));
        assert_eq!(project.manifest.captions, Some(source));
        history.undo(&mut project).unwrap();
        assert_eq!(project, before);
    }

    #[test]
    fn an_offset_becomes_part_of_the_times_that_are_accepted() {
        let (mut project, mut history) = (project(), EditHistory::default());
        project.manifest.pairing.offset = Seconds(10.0);
        let times = [NewTimes {
            cue: CueId(1),
            start: Seconds(12.5),
            end: Seconds(13.0),
        }];
        let edit = accept_times(&project, &times, true).unwrap();
        history.apply(&mut project, edit);
        let starts: Vec<f64> = project.track.cues.iter().map(|cue| cue.start.0).collect();
        assert_eq!(starts, [10.0, 12.5, 14.0]);
        assert_eq!(project.manifest.pairing, Pairing::default());
    }

    #[test]
    fn a_choice_is_made_and_taken_back() {
        let (mut project, mut history) = (project(), EditHistory::default());
        let key = PairKey::Cue(CueId(1));
        let fate = PairFate::Frame(Seconds(4.0));
        let edit = choose_pair(&project, key, Some(fate)).unwrap();
        history.apply(&mut project, edit);
        assert_eq!(choose_pair(&project, key, Some(fate)), None);
        let edit = choose_pair(&project, key, None).unwrap();
        history.apply(&mut project, edit);
        assert_eq!(project.choice(key), None);
        history.undo(&mut project).unwrap();
        assert_eq!(project.choice(key).map(|choice| choice.fate), Some(fate));
    }
}

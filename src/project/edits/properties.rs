//! What must hold of every sequence of edits.

use super::*;
use crate::captions::{OutputFormat, write};
use crate::project::{
    CueId, CueOrigin, Language, PairFate, PairKey, Pairing, PairingRule, Project, Seconds, TimedWord,
};
use proptest::prelude::*;

/// Something that an analyst does; numbers stand for whatever there is at the moment.
#[derive(Debug, Clone)]
enum Deed {
    Text(usize, String),
    Typing(usize, String),
    Start(usize, f64),
    End(usize, f64),
    Shift(usize, f64),
    ShiftAfter(usize, f64),
    StartAndRest(usize, f64),
    Drag(usize, f64),
    Split(usize, Option<f64>, Option<usize>),
    Merge(usize, usize),
    Insert(f64),
    Delete(usize, usize),
    Lock(usize, bool),
    Confirm(usize),
    Replace(String, String),
    Times(usize, f64),
    Accept(f64),
    Captions(usize),
    Language(bool),
    Pairing(f64),
    Pair(usize, Option<bool>),
    Seal,
    Undo,
    Redo,
    Written,
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = 0..60_usize;
    let time = -3.0..40.0_f64;
    let by = -5.0..5.0_f64;
    let text = "[a疫苗 ，]{0,6}";
    prop_oneof![
        (which.clone(), text).prop_map(|(i, text)| Deed::Text(i, text)),
        (0..3_usize, text).prop_map(|(i, text)| Deed::Typing(i, text)),
        (which.clone(), time.clone()).prop_map(|(i, at)| Deed::Start(i, at)),
        (which.clone(), time.clone()).prop_map(|(i, at)| Deed::End(i, at)),
        (which.clone(), by.clone()).prop_map(|(i, by)| Deed::Shift(i, by)),
        (which.clone(), by.clone()).prop_map(|(i, by)| Deed::ShiftAfter(i, by)),
        (which.clone(), time.clone()).prop_map(|(i, at)| Deed::StartAndRest(i, at)),
        (0..3_usize, time.clone()).prop_map(|(i, at)| Deed::Drag(i, at)),
        (
            which.clone(),
            proptest::option::of(time.clone()),
            proptest::option::of(0..8_usize)
        )
            .prop_map(|(i, at, caret)| Deed::Split(i, at, caret)),
        (which.clone(), 1..4_usize).prop_map(|(i, count)| Deed::Merge(i, count)),
        time.clone().prop_map(Deed::Insert),
        (which.clone(), 1..40_usize).prop_map(|(i, count)| Deed::Delete(i, count)),
        (which.clone(), any::<bool>()).prop_map(|(i, on)| Deed::Lock(i, on)),
        which.clone().prop_map(Deed::Confirm),
        ("[a疫]", text).prop_map(|(find, with)| Deed::Replace(find, with)),
        (which.clone(), by).prop_map(|(i, by)| Deed::Times(i, by)),
        time.clone().prop_map(Deed::Accept),
        (1..50_usize).prop_map(Deed::Captions),
        any::<bool>().prop_map(Deed::Language),
        time.prop_map(Deed::Pairing),
        (which, proptest::option::of(any::<bool>())).prop_map(|(i, fate)| Deed::Pair(i, fate)),
        Just(Deed::Seal),
        Just(Deed::Undo),
        Just(Deed::Undo),
        Just(Deed::Redo),
        Just(Deed::Written),
    ]
}

fn captions(count: usize) -> CaptionTrack {
    let cue = |i: usize| {
        let start = Seconds(i as f64 * 1.7);
        let mut cue = Cue::new(start, start + Seconds(2.5), format!("疫苗 a{i}"));
        cue.origin = if i.is_multiple_of(3) {
            CueOrigin::Estimated
        } else {
            CueOrigin::Imported
        };
        cue.words = vec![TimedWord {
            text: format!("a{i}"),
            start: start + Seconds(1.1),
            end: i.is_multiple_of(2).then_some(start + Seconds(1.9)),
        }];
        cue
    };
    CaptionTrack::new((0..count).map(cue).collect())
}

fn project() -> Project {
    Project {
        track: captions(45),
        ..Project::default()
    }
}

fn act(project: &mut Project, history: &mut EditHistory, deed: Deed, journal: &mut Vec<Entry>) {
    let track = &project.track;
    let id = |which: usize| {
        let cue = track.cues.get(which % track.cues.len().max(1));
        cue.map_or(CueId(9_999), |cue| cue.id)
    };
    let some = |which: usize, count: usize| -> Vec<CueId> { (which..which + count).map(id).collect() };
    let edit = match deed {
        Deed::Text(i, text) => set_text(track, id(i), &text),
        Deed::Typing(i, text) => {
            set_text(track, id(i), &text).map(|edit| edit.in_group(Group::Typing(id(i))))
        }
        Deed::Start(i, at) => set_start(track, id(i), Seconds(at)),
        Deed::End(i, at) => set_end(track, id(i), Seconds(at)),
        Deed::Shift(i, by) => shift(track, &some(i, 5), Seconds(by)),
        Deed::ShiftAfter(i, by) => shift_after(track, id(i), Seconds(by)),
        Deed::StartAndRest(i, at) => start_and_shift_rest(track, id(i), Seconds(at)),
        Deed::Drag(i, at) => {
            let edit = drag(track, id(i), Seconds(at), Seconds(at + 1.3));
            edit.map(|edit| edit.in_group(Group::Drag(i as u64)))
        }
        Deed::Split(i, at, caret) => split(track, id(i), at.map(Seconds), caret),
        Deed::Merge(i, count) => merge(track, &some(i, count)),
        Deed::Insert(at) => insert_at(track, Seconds(at)),
        Deed::Delete(i, count) => delete(track, &some(i, count)),
        Deed::Lock(i, on) => lock(track, &some(i, 3), on),
        Deed::Confirm(i) => confirm(track, &some(i, 2)),
        Deed::Replace(find, with) => {
            let finder = Finder::new(&find, false, true).unwrap().unwrap();
            finder.replace_all(track, None, &with)
        }
        Deed::Times(i, by) => {
            let times: Vec<NewTimes> = some(i, 20)
                .into_iter()
                .map(|cue| NewTimes {
                    cue,
                    start: Seconds(by * 3.0),
                    end: Seconds(by * 2.0),
                })
                .collect();
            set_times(track, &times, by > 0.0)
        }
        Deed::Accept(start) => {
            let times = some(1, 2).into_iter().map(|cue| NewTimes {
                cue,
                start: Seconds(start),
                end: Seconds(start + 1.0),
            });
            accept_times(project, &times.collect::<Vec<_>>(), false)
        }
        Deed::Captions(count) => {
            let source = crate::project::CaptionSource {
                file: format!("{count}.srt").into(),
                encoding: "UTF-8".into(),
                warnings: Vec::new(),
            };
            let pairing = Pairing::default();
            Some(replace_captions(
                project,
                captions(count),
                source,
                Language::Chinese,
                pairing,
            ))
        }
        Deed::Language(chinese) => set_language(
            project,
            if chinese {
                Language::Chinese
            } else {
                Language::English
            },
        ),
        Deed::Pairing(offset) => set_pairing(
            project,
            Pairing {
                rule: PairingRule::Frames,
                offset: Seconds(offset),
                scale: 1.5,
            },
        ),
        Deed::Pair(i, fate) => {
            let fate = fate.map(|frame| {
                if frame {
                    PairFate::Frame(Seconds(i as f64))
                } else {
                    PairFate::Dropped
                }
            });
            choose_pair(project, PairKey::Cue(id(i)), fate)
        }
        Deed::Seal => {
            history.seal();
            None
        }
        Deed::Undo => {
            history.undo(project);
            None
        }
        Deed::Redo => {
            history.redo(project);
            None
        }
        Deed::Written => {
            journal.extend(history.hand_over());
            history.kept();
            None
        }
    };
    if let Some(edit) = edit {
        history.apply(project, edit);
    }
}

fn srt(project: &Project) -> String {
    write(&project.track, OutputFormat::Srt)
}

/// The track is in order, finds all its cues, and all its times are sound.
fn is_sound(track: &CaptionTrack) -> bool {
    let order = |pair: &[Cue]| match pair {
        [a, b] => a.start.order(&b.start).then(a.id.cmp(&b.id)).is_lt(),
        _ => true,
    };
    track.cues.windows(2).all(order)
        && track.cues.iter().all(|cue| track.cue(cue.id) == Some(cue))
        && track
            .cues
            .iter()
            .all(|cue| cue.start.0 >= 0.0 && cue.end >= cue.start)
        && track.cues.iter().all(|cue| cue.id < track.next_id())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_undone_is_as_before_and_all_redone_as_after(deeds in proptest::collection::vec(deed(), 0..40)) {
        let (mut project, mut history) = (project(), EditHistory::default());
        let (before, original) = (project.clone(), srt(&project));
        for deed in deeds {
            act(&mut project, &mut history, deed, &mut Vec::new());
            prop_assert!(is_sound(&project.track));
        }
        while history.redo(&mut project).is_some() {}
        let after = project.clone();
        while history.undo(&mut project).is_some() {}
        prop_assert_eq!(&project, &before);
        prop_assert_eq!(srt(&project), original);
        while history.redo(&mut project).is_some() {}
        prop_assert_eq!(project, after);
    }

    #[test]
    fn the_journal_holds_what_memory_holds(deeds in proptest::collection::vec(deed(), 0..40), saved_at in 0..40_usize) {
        let (mut project, mut history) = (project(), EditHistory::default());
        let mut journal = Vec::new();
        let mut saved = project.clone();
        let mut steps_saved = 0;
        for (i, deed) in deeds.into_iter().enumerate() {
            if i == saved_at {
                // What was done before is part of the save.
                history.hand_over();
                history.kept();
                history.seal();
                journal.clear();
                saved = project.clone();
                steps_saved = history.depth();
            }
            act(&mut project, &mut history, deed, &mut journal);
        }
        journal.extend(history.hand_over());
        let lines: Vec<String> = journal.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
        let read: Vec<Entry> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (mut recovered, mut again) = (saved, EditHistory::default());
        again.replay(&mut recovered, read.clone());
        prop_assert_eq!(&recovered, &project);
        prop_assert_eq!(recovered.track.next_id(), project.track.next_id());
        if steps_saved == 0 {
            prop_assert_eq!((again.depth(), again.undoes(), again.redoes()), (history.depth(), history.undoes(), history.redoes()));
        }
        // What a crash amid saving left makes no difference.
        EditHistory::default().replay(&mut recovered, read);
        prop_assert_eq!(recovered, project);
    }
}

#[test]
fn many_cues_are_edited_at_once_and_one_by_one_in_no_time() {
    let mut project = Project {
        track: captions(100_000),
        ..Project::default()
    };
    let mut history = EditHistory::default();
    let began = std::time::Instant::now();
    for i in 0..300 {
        let id = CueId(i * 331);
        let edit = set_start(&project.track, id, Seconds(f64::from(i))).unwrap();
        history.apply(&mut project, edit);
    }
    let all: Vec<CueId> = project.track.cues.iter().map(|cue| cue.id).collect();
    let edit = shift(&project.track, &all, Seconds(0.5)).unwrap();
    history.apply(&mut project, edit);
    while history.undo(&mut project).is_some() {}
    assert_eq!(project.track, captions(100_000));
    // Generous: anything that grows with the square of the cues takes minutes.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

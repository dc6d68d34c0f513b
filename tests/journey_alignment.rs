//! The Alignment step in the real window: cues are corrected by keys alone, undone, done again, lost in a crash, brought
//! back and exported; and what that makes stale.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod window;

use eframe::egui::{Event, ImeEvent, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::{Pick, Question, Stage, State, Step};
use frameloom::captions::{OutputFormat, write};
use frameloom::project::{CueId, CueOrigin, PairIndex, Project, Seconds};
use frameloom::training::TrainingConfig;
use std::path::Path;
use std::time::{Duration, Instant};
use window::{press, settle, window};

type Window = Harness<'static, App>;

/// Lets the window live until it is so.
fn wait(app: &mut Window, what: &str, is_so: impl Fn(&State) -> bool) {
    window::wait(app, what, |app| is_so(app.state()));
}

fn key(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn plain(window: &mut Window, pressed: Key) {
    key(window, Modifiers::NONE, pressed);
}

fn text(window: &mut Window, text: &str) {
    window.event(Event::Text(text.into()));
    settle(window);
}

fn ask(window: &mut Window, action: Action) {
    window.state_mut().ask(action);
    settle(window);
}

fn project(window: &Window) -> &Project {
    window.state().state().project.as_ref().unwrap()
}

fn srt(window: &Window) -> String {
    write(&project(window).track, OutputFormat::Srt)
}

fn said(window: &Window, row: usize) -> String {
    project(window).track.cues[row].text.clone()
}

fn start(window: &Window, id: u32) -> f64 {
    project(window).track.cue(CueId(id)).unwrap().start.0
}

fn all_saved(state: &State) -> bool {
    state.running.is_empty() && state.revision == state.saved_revision
}

/// The sample in the Alignment step, saved.
fn aligning(home: &Path) -> Window {
    let mut app = window(home, None);
    settle(&mut app);
    press(&mut app, "Open the sample");
    wait(&mut app, "pairs", |state| {
        state.stage(Step::Training) == Stage::Ready
    });
    press(&mut app, "Alignment: done");
    wait(&mut app, "saving and words", all_saved);
    app
}

/// Edits of every kind, by keys. Returns what the captions are then.
fn correct(app: &mut Window) -> String {
    ask(app, Action::PickCue(CueId(2), Pick::Only));
    plain(app, Key::F2);
    text(app, " and more");
    assert!(said(app, 2).ends_with(" and more"), "{}", said(app, 2));
    plain(app, Key::Enter);
    // Enter goes on to the next cue.
    text(app, " again");
    assert!(said(app, 3).ends_with(" again"));
    let before = said(app, 3);
    plain(app, Key::Enter);
    text(app, " in vain");
    plain(app, Key::Escape);
    assert!(!said(app, 4).contains("in vain"));
    assert_eq!(said(app, 3), before);

    let playhead = Seconds(start(app, 5) + 0.25);
    ask(app, Action::PickCue(CueId(5), Pick::Only));
    ask(app, Action::Seek(playhead));
    plain(app, Key::F5);
    assert!((start(app, 5) - playhead.0).abs() < 1e-9);
    assert_eq!(
        project(app).track.cue(CueId(5)).unwrap().origin,
        CueOrigin::Edited
    );

    let cues = project(app).track.cues.len();
    let later = Seconds(start(app, 5) + 0.5);
    ask(app, Action::Seek(later));
    plain(app, Key::F7);
    assert_eq!(project(app).track.cues.len(), cues + 1);
    ask(app, Action::PickCue(CueId(8), Pick::Only));
    key(app, Modifiers::SHIFT, Key::ArrowDown);
    plain(app, Key::F8);
    assert_eq!(project(app).track.cues.len(), cues);
    plain(app, Key::F9);
    assert!(project(app).track.cue(CueId(8)).unwrap().locked);
    ask(app, Action::PickCue(CueId(0), Pick::Only));
    let (first, anchor) = (start(app, 0), start(app, 8));
    key(app, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowRight);
    assert!((start(app, 0) - first - 0.1).abs() < 1e-9);
    assert_eq!(start(app, 8), anchor);

    key(app, Modifiers::COMMAND, Key::H);
    text(app, "the");
    settle(app);
    assert!(app.get_all_by_label_contains(" in ").next().is_some());
    press(app, "Replace all");
    assert!(!srt(app).contains("the "));
    press(app, "Close");
    srt(app)
}

#[test]
fn corrections_are_undone_redone_lost_brought_back_and_exported() {
    let home = tempfile::tempdir().unwrap();
    let mut app = aligning(home.path());
    let original = srt(&app);
    let pairs = project(&app).pairs.clone();
    let corrected = correct(&mut app);
    assert_ne!(corrected, original);

    while app.state().state().edits.undoes().is_some() {
        key(&mut app, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(srt(&app), original);
    assert_eq!(project(&app).pairs, pairs);
    key(&mut app, Modifiers::COMMAND, Key::Y);
    while app.state().state().edits.redoes().is_some() {
        key(&mut app, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    }
    assert_eq!(srt(&app), corrected);

    let edited = Instant::now();
    wait(&mut app, "the journal", |state| {
        !state.edits.is_ahead() && state.journaled.is_some()
    });
    assert!(
        edited.elapsed() < Duration::from_secs(2),
        "{:?}",
        edited.elapsed()
    );
    let state = app.state().state();
    assert!(
        state.revision != state.saved_revision,
        "nothing was left to be lost"
    );
    let folder = project(&app).folder.clone();
    // As if it were killed: nothing is saved when the window is dropped.
    drop(app);

    let mut app = window(home.path(), Some(folder.clone()));
    wait(&mut app, "the question", |state| state.question.is_some());
    assert_eq!(srt(&app), original);
    press(&mut app, "Bring them back");
    assert_eq!(srt(&app), corrected);
    wait(&mut app, "saving", all_saved);
    assert!(!folder.join("journal.jsonl").exists());

    let path = home.path().join("out.srt");
    ask(&mut app, Action::ExportCaptions(OutputFormat::Srt, path.clone()));
    wait(&mut app, "the export", |state| state.running.is_empty());
    assert_eq!(std::fs::read_to_string(path).unwrap(), corrected);
    while app.state().state().edits.undoes().is_some() {
        ask(&mut app, Action::Run(Command::Undo));
    }
    assert_eq!(srt(&app), original);
}

#[test]
fn what_is_not_wanted_back_is_gone_for_good() {
    let home = tempfile::tempdir().unwrap();
    let mut app = aligning(home.path());
    let (original, folder) = (srt(&app), project(&app).folder.clone());
    ask(&mut app, Action::PickCue(CueId(1), Pick::Only));
    plain(&mut app, Key::Delete);
    wait(&mut app, "the journal", |state| state.journaled.is_some());
    drop(app);
    let mut app = window(home.path(), Some(folder.clone()));
    wait(&mut app, "the question", |state| {
        matches!(state.question, Some(Question::Recover(_)))
    });
    wait(&mut app, "pairs", |state| {
        state.stage(Step::Training) == Stage::Ready
    });
    press(&mut app, "Discard them");
    wait(&mut app, "quiet", |state| state.running.is_empty());
    assert_eq!(srt(&app), original);
    assert!(!folder.join("journal.jsonl").exists());
}

#[test]
fn an_input_method_keeps_enter_to_itself() {
    let home = tempfile::tempdir().unwrap();
    let mut app = aligning(home.path());
    ask(&mut app, Action::BeginTyping(CueId(1)));
    let before = said(&app, 1);
    let preedit = |text: &str| {
        Event::Ime(ImeEvent::Preedit {
            text: text.into(),
            active_range_chars: None,
        })
    };
    app.event(preedit("yimiao"));
    settle(&mut app);
    // What is only proposed is no part of the caption.
    assert_eq!(said(&app, 1), before);
    app.key_press(Key::Enter);
    app.event(Event::Ime(ImeEvent::Commit("疫苗".into())));
    settle(&mut app);
    assert_eq!(said(&app, 1), format!("{before}疫苗"));
    assert_eq!(app.state().state().cues.active, Some(CueId(1)));
    plain(&mut app, Key::Enter);
    assert_eq!(app.state().state().cues.active, Some(CueId(2)));
}

#[test]
fn other_captions_are_asked_for_where_work_was_done() {
    let home = tempfile::tempdir().unwrap();
    let mut app = aligning(home.path());
    ask(&mut app, Action::PickCue(CueId(1), Pick::Only));
    key(&mut app, Modifiers::COMMAND, Key::D);
    let worked_on = srt(&app);
    let chinese = home.path().join("data/sample/storm.zh.srt");
    ask(&mut app, Action::Open(chinese.clone()));
    press(&mut app, "Keep these");
    assert_eq!(srt(&app), worked_on);
    ask(&mut app, Action::Open(chinese));
    press(&mut app, "Take the other captions");
    wait(&mut app, "the other captions", |state| {
        state.edits.undoes() == Some("Take other captions")
    });
    assert_ne!(srt(&app), worked_on);
    ask(&mut app, Action::Run(Command::Undo));
    assert_eq!(srt(&app), worked_on);
}

#[test]
fn pairs_are_changed_by_hand_and_a_training_becomes_stale() {
    let home = tempfile::tempdir().unwrap();
    let mut app = aligning(home.path());
    let config = TrainingConfig::default().with_epochs(2);
    ask(&mut app, Action::Compare(vec![config]));
    wait(&mut app, "tags", |state| {
        state.stage(Step::Tags) == Stage::Done && state.running.is_empty()
    });
    let run = project(&app).run.clone().unwrap();
    press(&mut app, "Alignment: done");
    key(&mut app, Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    let before = project(&app).pairs.clone();
    ask(&mut app, Action::SelectRow(PairIndex(3)));
    let time = Seconds(before[3].time.0 + 4.0);
    let cue = before[3].cue;
    ask(&mut app, Action::Seek(time));
    ask(&mut app, Action::SelectRow(PairIndex(3)));
    key(&mut app, Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    wait(&mut app, "what is stale", |state| state.stale.is_some());
    assert_eq!(project(&app).pairs.len(), before.len() - 1);
    assert!(project(&app).pairs.iter().all(|pair| pair.cue != cue));
    // Results stay in use, and still speak of the pairs of their time.
    assert_eq!(app.state().state().stage(Step::Map), Stage::Stale);
    assert_eq!(project(&app).run.as_ref().unwrap().latents, run.latents);
    assert_eq!(project(&app).studied().len(), before.len());
    press(&mut app, "Map: stale");
    ask(&mut app, Action::Select(PairIndex(3)));
    app.get_by_label("Pair 4 of 28");
    press(&mut app, "Alignment: done");
    app.get_by_label_contains("1 of 28 pairs are others than training");

    ask(&mut app, Action::Run(Command::Save));
    wait(&mut app, "saving", all_saved);
    let folder = project(&app).folder.clone();
    drop(app);
    let mut app = window(home.path(), Some(folder));
    wait(&mut app, "what is stale", |state| {
        state.stale.is_some() && state.stage(Step::Map) == Stage::Stale && state.running.is_empty()
    });
    assert_eq!(project(&app).pairs.len(), before.len() - 1);
    press(&mut app, "Alignment: done");
    ask(&mut app, Action::PickCue(cue.unwrap(), Pick::Only));
    key(&mut app, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    wait(&mut app, "nothing stale", |state| state.stale.is_none());
    assert_eq!(project(&app).pairs, before);
    assert_eq!(app.state().state().stage(Step::Map), Stage::Done);
}

#[test]
fn keys_are_found_and_changed() {
    let home = tempfile::tempdir().unwrap();
    let mut app = aligning(home.path());
    plain(&mut app, Key::F1);
    text(&mut app, "split");
    assert!(app.query_by_label("Show Map").is_none());
    press(&mut app, "F7");
    // F8 is taken: that is told, and nothing is taken without asking.
    plain(&mut app, Key::F8);
    app.get_by_label("F8 belongs to “Merge”");
    press(&mut app, "Leave it");
    press(&mut app, "F7");
    key(&mut app, Modifiers::COMMAND, Key::B);
    press(&mut app, "Close");
    let cues = project(&app).track.cues.len();
    ask(&mut app, Action::PickCue(CueId(3), Pick::Only));
    let middle = Seconds(start(&app, 3) + 0.5);
    ask(&mut app, Action::Seek(middle));
    key(&mut app, Modifiers::COMMAND, Key::B);
    assert_eq!(project(&app).track.cues.len(), cues + 1);
    plain(&mut app, Key::F7);
    assert_eq!(project(&app).track.cues.len(), cues + 1);
}

//! A damaged transcript made right in the real window: what the sound proposes is accepted, doubts are walked through, all of
//! it is undone, done again, lost in a crash, brought back and exported.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod window;

use egui_kittest::Harness;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::{Question, Step};
use frameloom::captions::{OutputFormat, ReadOptions, read, write};
use frameloom::project::{CaptionTrack, Project, Seconds};
use std::path::{Path, PathBuf};
use window::{ask, press, run, settle, wait, window};

fn project<'a>(app: &'a Harness<'_, App>) -> &'a Project {
    app.state().state().project.as_ref().unwrap()
}

fn srt(app: &Harness<'_, App>) -> String {
    write(&project(app).track, OutputFormat::Srt)
}

fn quiet(app: &App) -> bool {
    let state = app.state();
    state.running.is_empty() && state.revision == state.saved_revision && state.sound.speech.is_some()
}

/// Share of the cues that start within 0.3 s of the truth: of the cue with the same text.
fn share_right(track: &CaptionTrack, truth: &[(f64, String)]) -> f64 {
    let right = truth.iter().filter(|(start, text)| {
        let cue = track.cues.iter().find(|cue| cue.text == *text);
        cue.is_some_and(|cue| (cue.start.0 - start).abs() <= 0.3)
    });
    right.count() as f64 / truth.len() as f64
}

/// The captions as a recogniser with a wrong clock would have left them: drifting, with a jump in the middle.
fn damaged(track: &CaptionTrack) -> String {
    let mut cues = track.cues.clone();
    let half = cues.len() / 2;
    for (place, cue) in cues.iter_mut().enumerate() {
        let jump = if place >= half { 2.6 } else { 0.0 };
        for time in [&mut cue.start, &mut cue.end] {
            *time = Seconds((time.0 * 1.02 + 0.7 + jump).max(0.0));
        }
    }
    write(&CaptionTrack::new(cues), OutputFormat::Srt)
}

#[test]
fn a_drifting_transcript_of_the_sample_is_put_right() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    press(&mut app, "Open the sample");
    wait(&mut app, "the sample", quiet);
    let truth: Vec<(f64, String)> = project(&app)
        .track
        .cues
        .iter()
        .map(|cue| (cue.start.0, cue.text.clone()))
        .collect();
    let file = home.path().join("damaged.srt");
    std::fs::write(&file, damaged(&project(&app).track)).unwrap();
    put_right(&mut app, &file, &truth);
    come_back(app, home.path());
}

/// The shared Chinese video, where it is there.
#[test]
fn the_damaged_transcript_of_the_chinese_video_is_put_right() {
    let data = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    let [video, file, truth] =
        ["cn_vaccine.mp4", "cn_vaccine.damaged.srt", "cn_vaccine.truth.csv"].map(|name| data.join(name));
    if ![&video, &file, &truth].iter().all(|path| path.exists()) {
        eprintln!("skipped: the shared videos are absent");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let near = home.path().join("cn.mp4");
    std::fs::copy(video, &near).unwrap();
    let mut app = window(home.path(), Some(near));
    wait(&mut app, "the video", quiet);
    let track = read(&file, &ReadOptions::default()).unwrap().track;
    let truth = read(&truth, &ReadOptions::default()).unwrap().track;
    // Cues whose text nobody changed are found by it.
    let kept: Vec<(f64, String)> = truth
        .cues
        .iter()
        .filter(|cue| track.cues.iter().any(|other| other.text == cue.text))
        .map(|cue| (cue.start.0, cue.text.clone()))
        .collect();
    assert!(kept.len() > 15, "{}", kept.len());
    put_right(&mut app, &file, &kept);
    run(&mut app, Command::NextAnchor);
    assert!(app.state().state().cues.active.is_some());
    come_back(app, home.path());
}

/// Imports the file, checks its times, accepts what is proposed, walks the doubts, undoes and redoes.
fn put_right(app: &mut Harness<'_, App>, file: &Path, truth: &[(f64, String)]) {
    ask(app, Action::ReadCaptions(file.to_path_buf()));
    wait(app, "the damaged captions and the doubts about them", quiet);
    run(app, Command::Show(Step::Alignment));
    let damaged = srt(app);
    let before = share_right(&project(app).track, truth);
    assert!(before < 0.5, "the file is not damaged: {before:.2} right");
    let steps = app.state().state().edits.depth();

    press(app, "Check times");
    wait(app, "the proposal", |app| {
        app.state().correction.diagnosis.is_some()
    });
    let count = app.state().state().correction.changes.len();
    assert!(count > truth.len() / 2, "{count}");
    press(app, &format!("Accept all ({count})"));
    let after = share_right(&project(app).track, truth);
    assert!(after >= 0.9, "{after:.2} right of {}", truth.len());
    assert_eq!(app.state().state().edits.depth(), steps + 1, "one step");
    wait(app, "the doubts about the new times", quiet);

    // What is left to doubt is walked through by one key, the most doubtful first.
    let queue = app.state().state().correction.queue.clone();
    for cue in queue.iter().take(5) {
        run(app, Command::NextDoubt);
        let state = app.state().state();
        assert_eq!(state.cues.active, Some(*cue));
        assert!(!state.cues.doubts[cue].is_empty());
    }
    if let Some(first) = queue.first() {
        ask(app, Action::PickCue(*first, frameloom::app::state::Pick::Only));
        run(app, Command::NudgeLater);
    }

    let corrected = srt(app);
    while app.state().state().edits.depth() > steps {
        run(app, Command::Undo);
    }
    assert_eq!(srt(app), damaged);
    while app.state().state().edits.redoes().is_some() {
        run(app, Command::Redo);
    }
    assert_eq!(srt(app), corrected);
}

/// The window is killed once the journal is kept, and comes back with all that was done; the captions are written.
fn come_back(mut app: Harness<'_, App>, home: &Path) {
    wait(&mut app, "the journal", |app| {
        !app.state().edits.is_ahead() || app.state().revision == app.state().saved_revision
    });
    let (folder, corrected) = (project(&app).folder.clone(), srt(&app));
    drop(app);
    let mut again = window(home, Some(folder));
    wait(&mut again, "the project", |app| app.state().project.is_some());
    if matches!(again.state().state().question, Some(Question::Recover(_))) {
        ask(&mut again, Action::Answer(true));
    }
    assert_eq!(srt(&again), corrected);
    let out: PathBuf = home.join("out.vtt");
    ask(&mut again, Action::ExportCaptions(OutputFormat::Vtt, out.clone()));
    wait(&mut again, "the export", |app| app.state().running.is_empty());
    let written = read(&out, &ReadOptions::default()).unwrap().track;
    assert_eq!(written.cues.len(), project(&again).track.cues.len());
}

/// A text without times is put where someone speaks when it is read, and never again unasked.
#[test]
fn a_text_without_times_is_spread_once_and_a_pin_is_one_step() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    press(&mut app, "Open the sample");
    wait(&mut app, "the sample", quiet);
    let truth: Vec<f64> = project(&app).track.cues.iter().map(|cue| cue.start.0).collect();
    let text = write(&project(&app).track, OutputFormat::Txt);
    let file = home.path().join("text.txt");
    std::fs::write(&file, text).unwrap();
    ask(&mut app, Action::ReadCaptions(file));
    wait(&mut app, "the text, spread", |app| {
        quiet(app) && app.state().edits.undoes() == Some("Spread over the speech")
    });
    let starts = |app: &Harness<'_, App>| -> Vec<f64> {
        project(app).track.cues.iter().map(|cue| cue.start.0).collect()
    };
    let mut errors: Vec<f64> = starts(&app)
        .iter()
        .zip(&truth)
        .map(|(a, b)| (a - b).abs())
        .collect();
    errors.sort_by(f64::total_cmp);
    assert!(errors[errors.len() / 2] < 0.5, "{errors:?}");

    run(&mut app, Command::Show(Step::Alignment));
    let before = (srt(&app), app.state().state().edits.depth());
    let id = project(&app).track.cues[3].id;
    ask(&mut app, Action::PickCue(id, frameloom::app::state::Pick::Only));
    let there = project(&app).track.cues[3].start + Seconds(0.4);
    ask(&mut app, Action::Seek(there));
    run(&mut app, Command::PinHere);
    let pinned = project(&app).track.cue(id).unwrap().clone();
    assert!(
        pinned.locked && (pinned.start.0 - there.0).abs() < 2e-3,
        "{pinned:?}"
    );
    assert_eq!(app.state().state().edits.depth(), before.1 + 1);
    run(&mut app, Command::Undo);
    assert_eq!(srt(&app), before.0);
    run(&mut app, Command::Redo);

    let kept = srt(&app);
    run(&mut app, Command::Save);
    wait(&mut app, "saving", quiet);
    let folder = project(&app).folder.clone();
    drop(app);
    let mut again = window(home.path(), Some(folder));
    wait(&mut again, "the speech", |app| {
        app.state().project.is_some() && quiet(app)
    });
    assert_eq!(srt(&again), kept);
}

/// Two cues that are told right put a transcript on a wrong clock straight: seen first, and moved when it is accepted.
#[test]
fn two_sync_points_put_a_drifting_transcript_straight() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    press(&mut app, "Open the sample");
    wait(&mut app, "the sample", quiet);
    let truth: Vec<Seconds> = project(&app).track.cues.iter().map(|cue| cue.start).collect();
    let mut cues = project(&app).track.cues.clone();
    for cue in &mut cues {
        for time in [&mut cue.start, &mut cue.end] {
            *time = Seconds(time.0 * 1.03 + 1.5);
        }
    }
    let file = home.path().join("drift.srt");
    std::fs::write(&file, write(&CaptionTrack::new(cues), OutputFormat::Srt)).unwrap();
    ask(&mut app, Action::ReadCaptions(file));
    wait(&mut app, "the drifting captions", quiet);
    run(&mut app, Command::Show(Step::Alignment));
    let (drifting, steps) = (srt(&app), app.state().state().edits.depth());

    let last = truth.len() - 1;
    for place in [1, last] {
        let id = project(&app).track.cues[place].id;
        ask(&mut app, Action::PickCue(id, frameloom::app::state::Pick::Only));
        ask(&mut app, Action::Seek(truth[place]));
        run(&mut app, Command::SyncPoint);
        assert_eq!(srt(&app), drifting, "nothing moves before it is accepted");
    }
    // A point at the wrong place is taken away again, and one that contradicts the others is refused.
    let middle = project(&app).track.cues[last / 2].id;
    ask(
        &mut app,
        Action::PickCue(middle, frameloom::app::state::Pick::Only),
    );
    ask(&mut app, Action::Seek(truth[0]));
    run(&mut app, Command::SyncPoint);
    assert_eq!(
        app.state().state().correction.points.len(),
        2,
        "it would change the order"
    );
    ask(&mut app, Action::Seek(truth[last / 2] + Seconds(0.8)));
    run(&mut app, Command::SyncPoint);
    assert_eq!(app.state().state().correction.points.len(), 3);
    press(
        &mut app,
        &format!("Remove the sync point of cue {}", last / 2 + 1),
    );
    let count = app.state().state().correction.changes.len();
    assert_eq!(count, truth.len());
    press(&mut app, &format!("Accept all ({count})"));
    for (cue, right) in project(&app).track.cues.iter().zip(&truth) {
        assert!((cue.start - *right).0.abs() < 0.05, "{} for {right}", cue.start);
    }
    assert!(app.state().state().correction.points.is_empty());
    assert_eq!(app.state().state().edits.depth(), steps + 1, "one step");
    run(&mut app, Command::Undo);
    assert_eq!(srt(&app), drifting);
}

//! The whole journey in the real window: from the empty window to tags on the sample, and back from disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod window;

use eframe::egui::{ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::state::{Stage, Step};
use frameloom::project::{ClusterId, Language, PairIndex, Project, Seconds};
use std::time::{Duration, Instant};
use window::{press, settle, wait, window};

const STEPS: [Step; 7] = Step::ALL;

fn open_sample(window: &mut Harness<'_, App>) {
    press(window, "Open the sample");
    wait(window, "pairs", |app| {
        app.state().stage(Step::Training) == Stage::Ready
    });
}

fn show(window: &mut Harness<'_, App>, step: Step) {
    let stage = window.state().state().stage(step);
    press(window, &format!("{}: {}", step.name(), stage.word()));
    assert_eq!(window.state().state().step, step);
}

fn project(window: &Harness<'_, App>) -> Project {
    window.state().state().project.clone().unwrap()
}

/// Epochs of the default preset.
fn epochs() -> usize {
    frameloom::training::TrainingConfig::default().epochs as usize
}

#[test]
fn from_an_empty_window_to_tags_and_back_from_disk() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    app.get_by_label("Find the themes of one news video, from its pictures and its words.");

    open_sample(&mut app);
    assert_eq!(project(&app).pairs.len(), 28);
    assert_eq!(project(&app).manifest.language, Language::English);

    show(&mut app, Step::Alignment);
    app.get_by_label("Pairs (28)");
    show(&mut app, Step::Training);
    press(&mut app, "Train");
    wait(&mut app, "the first epochs", |app| {
        app.state().training.losses.len() > 2
    });
    press(&mut app, "Pause");
    wait(&mut app, "the checkpoint of a pause", |app| {
        app.state()
            .training
            .control
            .as_ref()
            .is_some_and(|control| control.is_paused())
    });
    app.get_by_label_contains("Training, paused");
    press(&mut app, "Resume");
    wait(&mut app, "tags", |app| {
        app.state().stage(Step::Tags) == Stage::Done
    });
    assert!(
        app.state()
            .state()
            .training
            .reconstructions
            .iter()
            .all(|back| back.rgb.len() == 200 * 120 * 3)
    );

    show(&mut app, Step::Clusters);
    let k = if project(&app).run.unwrap().assignment.unwrap().k == 4 {
        5
    } else {
        4
    };
    press(&mut app, &format!("k = {k}"));
    wait(&mut app, "tags for the new k", |app| {
        app.state().stage(Step::Tags) == Stage::Done
    });
    let run = project(&app).run.unwrap();
    assert_eq!(run.assignment.as_ref().unwrap().k, k);
    assert_eq!(run.tags.len(), k);
    assert!(
        run.tags.iter().all(|tags| tags.tags.len() == 10),
        "{:?}",
        run.tags
    );

    show(&mut app, Step::Map);
    let points = run.embedding.as_ref().unwrap().points.len();
    assert_eq!(points, 28);
    app.state_mut().ask(Action::Select(PairIndex(7)));
    settle(&mut app);
    assert_eq!(app.state().state().playhead, project(&app).pairs[7].time);
    app.get_by_label("Pair 8 of 28");

    show(&mut app, Step::Tags);
    press(&mut app, &run.tags[0].tags[0].text.clone());
    assert_eq!(app.state().state().tag, Some((ClusterId(0), 0)));
    app.get_by_label(&format!("“{}”", run.tags[0].tags[0].text));

    // Nobody presses save: it happens by itself.
    wait(&mut app, "saving", |app| {
        app.state().changed.is_none() && app.state().running.is_empty()
    });
    let before = project(&app);
    drop(app);

    let mut again = window(home.path(), Some(before.folder.clone()));
    wait(&mut again, "the project", |app| {
        app.state().stage(Step::Video) == Stage::Done
    });
    // There is nothing to compare with yet.
    for step in STEPS.into_iter().filter(|step| *step != Step::Compare) {
        assert_eq!(again.state().state().stage(step), Stage::Done, "{}", step.name());
        show(&mut again, step);
    }
    let after = project(&again);
    assert_eq!(after.track, before.track);
    assert_eq!(after.pairs, before.pairs);
    assert_eq!(after.run, before.run);
    assert_eq!(again.state().state().training.losses.len(), epochs());
}

#[test]
fn other_captions_in_chinese_take_the_place_of_the_first() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    open_sample(&mut app);
    let chinese = home.path().join("data/sample/storm.zh.srt");
    app.state_mut().ask(Action::Open(chinese));
    wait(&mut app, "Chinese captions", |app| {
        app.state()
            .project
            .as_ref()
            .is_some_and(|p| p.manifest.language == Language::Chinese && !p.pairs.is_empty())
    });
    show(&mut app, Step::Alignment);
    let caption = project(&app).track.cues[0].text.clone();
    assert!(app.get_all_by_label(&caption).next().is_some(), "{caption}");
    app.state_mut().ask(Action::Seek(Seconds(20.0)));
    settle(&mut app);
    assert_eq!(app.state().state().playhead, Seconds(20.0));
}

#[test]
fn what_cannot_be_opened_is_said_once_and_in_words() {
    let home = tempfile::tempdir().unwrap();
    let bad = home.path().join("bad.mp4");
    std::fs::write(&bad, "this is no video").unwrap();
    let mut app = window(home.path(), Some(bad));
    let began = Instant::now();
    while app.state().state().notices.is_empty() && began.elapsed() < Duration::from_secs(20) {
        app.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    settle(&mut app);
    let notices = app.state().state().notices.clone();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(
        notices[0].error && notices[0].text.contains("bad.mp4"),
        "{notices:?}"
    );
    press(&mut app, "Dismiss");
    assert!(app.state().state().notices.is_empty());
}

#[test]
fn the_palette_finds_commands_by_a_few_letters() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    press(&mut app, "Search commands");
    app.get_all_by_label("Open video…").next().unwrap();
    app.event(eframe::egui::Event::Text("showma".into()));
    settle(&mut app);
    app.get_by_label("Show Map");
    assert!(app.query_by_label("Show Tags").is_none());
    app.key_press(eframe::egui::Key::Enter);
    settle(&mut app);
    assert_eq!(app.state().state().step, Step::Map);
}

#[test]
fn a_window_closed_while_training_keeps_what_was_learned() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    open_sample(&mut app);
    show(&mut app, Step::Training);
    press(&mut app, "Train");
    wait(&mut app, "the first epochs", |app| {
        app.state().training.losses.len() > 2
    });
    let root = app.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    root.events.push(ViewportEvent::Close);
    // It closes of itself once all is on disk.
    let closes = |app: &Harness<'_, App>| {
        let mut viewports = app.output().viewport_output.values();
        viewports.any(|viewport| viewport.commands.contains(&ViewportCommand::Close))
    };
    let began = Instant::now();
    while !closes(&app) {
        assert!(
            began.elapsed() < Duration::from_secs(300),
            "the window stays open"
        );
        app.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    let state = app.state().state();
    assert_eq!(state.revision, state.saved_revision);
    let folder = project(&app).folder;
    drop(app);

    let mut again = window(home.path(), Some(folder));
    wait(&mut again, "the project", |app| {
        app.state().stage(Step::Video) == Stage::Done
    });
    let run = project(&again).run.unwrap();
    assert!(!run.config.finished && run.losses.len() > 2, "{:?}", run.config);
    show(&mut again, Step::Training);
    again.get_by_label_contains(&format!(
        "Stopped after epoch {} of {}",
        run.losses.len(),
        epochs()
    ));
    again.get_by_label("Go on training");
}

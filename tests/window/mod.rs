//! The real window under test: opened in a home of its own, waited for, pressed.

#![allow(dead_code, reason = "each test uses a part of it")]

use eframe::egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::analysis::Places;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::{Stage, Step};
use frameloom::project::{Latents, Project, Run, RunConfig};
use ndarray::Array2;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The window with everything it keeps under `home`, and a video or project opened.
pub fn window(home: &Path, open: Option<PathBuf>) -> Harness<'static, App> {
    let places = Places::under(home);
    Harness::builder()
        .with_size(Vec2::new(1280.0, 800.0))
        .build_eframe(move |creation| App::new(&creation.egui_ctx, places, open))
}

/// Lets the window live until it is so.
pub fn wait(window: &mut Harness<'_, App>, what: &str, is_so: impl Fn(&App) -> bool) {
    let began = Instant::now();
    while !is_so(window.state()) {
        let notices = &window.state().state().notices;
        assert!(
            began.elapsed() < Duration::from_secs(900),
            "waited in vain for {what}; notices: {notices:?}"
        );
        assert!(!notices.iter().any(|notice| notice.error), "{notices:?}");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    settle(window);
}

/// Lets what was asked for take effect.
pub fn settle(window: &mut Harness<'_, App>) {
    for _ in 0..4 {
        window.step();
    }
}

/// Clicks on what is named so. What a panel and the strip of jobs both offer is one thing.
pub fn press(window: &mut Harness<'_, App>, label: &str) {
    let button = window.get_all_by_label(label).next();
    button
        .unwrap_or_else(|| panic!("nothing is named {label:?}"))
        .click();
    settle(window);
}

/// Asks for something, and lets it take effect.
pub fn ask(app: &mut Harness<'_, App>, action: Action) {
    app.state_mut().ask(action);
    settle(app);
}

/// Does as if the key of a command were pressed.
pub fn run(app: &mut Harness<'_, App>, command: Command) {
    ask(app, Action::Run(command));
}

/// Goes to a step by its button.
pub fn show(app: &mut Harness<'_, App>, step: Step) {
    let stage = app.state().state().stage(step);
    press(app, &format!("{}: {}", step.name(), stage.word()));
}

/// Chooses another entry of a list.
pub fn pick(app: &mut Harness<'_, App>, shown: &str, wanted: &str) {
    app.get_by_value(shown).click();
    settle(app);
    press(app, wanted);
}

/// Nothing is under way, and all is on disk.
pub fn is_saved(app: &App) -> bool {
    app.state().running.is_empty() && app.state().revision == app.state().saved_revision
}

/// The sample, saved with latents in clear groups, in order of time; `begin` is where each group but the first begins.
pub fn clustered(home: &Path, begin: &[usize]) -> PathBuf {
    let mut app = window(home, None);
    settle(&mut app);
    press(&mut app, "Open the sample");
    wait(&mut app, "pairs", |app| {
        app.state().stage(Step::Training) == Stage::Ready && app.state().running.is_empty()
    });
    run(&mut app, Command::Save);
    wait(&mut app, "saving", is_saved);
    let folder = app.state().state().project.as_ref().unwrap().folder.clone();
    drop(app);
    let mut project = Project::load(&folder).unwrap();
    let pairs = project.pairs.len();
    assert_eq!(pairs, 28);
    let group = |pair: usize| begin.iter().filter(|first| pair >= **first).count();
    let value = |(pair, column): (usize, usize)| {
        let centre = if column == group(pair) { 10.0 } else { 0.0 };
        centre + ((pair * 7 + column * 13) % 11) as f32 * 0.03
    };
    project.run = Some(Run {
        name: "001-made-for-the-test".into(),
        config: RunConfig {
            made_of: project.made_of(),
            pairs,
            finished: true,
            ..RunConfig::default()
        },
        on: project.trainable(),
        latents: Some(Latents {
            values: Array2::from_shape_fn((pairs, 6), value),
        }),
        ..Run::default()
    });
    project.save().unwrap();
    folder
}

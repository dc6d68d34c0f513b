//! What surprises in a video, in the real window: learned in the background, drawn above the sound, gone through by a key.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod window;

use egui_kittest::kittest::Queryable;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::Step;
use frameloom::app::work::Kind;
use frameloom::crossmodal::SurpriseCurve;
use frameloom::project::Seconds;
use serde_json::Value;
use std::path::Path;
use std::time::Instant;
use window::{ask, press, run, settle, show, wait, window};

fn frameloom(home: &Path, arguments: &[&str]) -> Value {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_frameloom"))
        .args(arguments)
        .env("HOME", home)
        .env("XDG_CACHE_HOME", home.join("cache"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_surprises_is_drawn_and_gone_through() {
    let home = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample");
    let (video, captions) = (format!("{sample}/storm.mp4"), format!("{sample}/storm.en.srt"));
    let folder = home.path().join("storm.frameloom");
    let text = folder.to_str().unwrap();
    let whole = [
        "run",
        &video,
        "--captions",
        &captions,
        "--pairing",
        "frames",
        "--every",
        "0.5",
    ];
    let short = [
        "--epochs", "1", "--preset", "fast", "--k", "2", "--out", text, "--json",
    ];
    let made = frameloom(home.path(), &[whole.as_slice(), &short].concat());
    let pairs = made["pairs"].as_u64().unwrap() as usize;
    assert!(pairs >= 100, "{pairs}");

    // With the usual settings, so that the window takes what is there.
    let judged = frameloom(home.path(), &["surprise", text, "--json"]);
    assert_eq!(
        frameloom(home.path(), &["surprise", text, "--json"]),
        judged,
        "what is there is taken"
    );
    let places = judged["places"].as_array().unwrap();
    assert_eq!(places.len(), pairs);
    // The sample is of a few long shots: what is around a frame tells which it is.
    let found = judged["found"]["mean_reciprocal_rank"].as_f64().unwrap();
    assert!(found > judged["chance"].as_f64().unwrap(), "{found}");
    let kept = SurpriseCurve::load(&folder).unwrap().unwrap();
    let most: Vec<f64> = kept
        .most_surprising()
        .iter()
        .map(|&pair| kept.pairs[pair].time.0)
        .collect();
    assert_eq!(most.len(), pairs / 10);

    let mut app = window(home.path(), Some(folder.clone()));
    wait(&mut app, "the project with its frames", |app| {
        !app.state().frames.frames.is_empty() && app.state().running.is_empty()
    });
    show(&mut app, Step::Video);
    assert!(
        !app.state().state().surprises.is_known(),
        "nothing is read before it is asked for"
    );
    press(&mut app, "Draw what surprises");
    wait(&mut app, "what was learned", |app| {
        app.state().surprises.is_known()
    });
    settle(&mut app);

    // The key goes through all of them, and begins again.
    ask(&mut app, Action::Seek(Seconds(0.0)));
    let expected: Vec<f64> = most.iter().copied().filter(|time| *time > 0.0).collect();
    for time in expected.iter().chain(most.first()) {
        run(&mut app, Command::NextSurprise);
        let playhead = app.state().state().playhead.0;
        assert!((playhead - time).abs() < 1e-6, "{playhead} is not {time}");
    }

    // Under the pointer it says in words what it is.
    let timeline = app.get_by_label("Timeline").rect();
    let mut told = false;
    for height in (0..timeline.height() as i32).step_by(6) {
        app.hover_at(timeline.left_top() + eframe::egui::vec2(200.0, height as f32));
        app.run_steps(12);
        told |= app
            .query_by_label_contains("of the frames elsewhere would fit here better")
            .is_some();
    }
    assert!(told, "nothing is said of what is drawn");

    // Hidden, shown again; other pairs are another curve, whose learning can be stopped.
    press(&mut app, "Draw what surprises");
    press(&mut app, "Draw what surprises");
    assert!(!app.state().state().is_running(Kind::Surprise), "it is known");
    show(&mut app, Step::Alignment);
    run(&mut app, Command::SwitchTable);
    ask(
        &mut app,
        Action::SelectRow(frameloom::project::PairIndex::from(5)),
    );
    run(&mut app, Command::DropPair);
    {
        let state = app.state().state();
        let project = state.project.as_ref().unwrap();
        assert_eq!(project.pairs.len(), pairs - 1);
        assert!(state.surprises.of(project).is_none());
    }
    press(&mut app, "Draw what surprises");
    let begun = Instant::now();
    while begun.elapsed().as_secs() < 3 {
        app.step();
    }
    assert!(app.state().state().is_running(Kind::Surprise));
    let asked = Instant::now();
    ask(&mut app, Action::Cancel(Kind::Surprise));
    wait(&mut app, "the end", |app| !app.state().is_running(Kind::Surprise));
    eprintln!("stopped after {:.2} s", asked.elapsed().as_secs_f64());
    assert_eq!(SurpriseCurve::load(&folder).unwrap().unwrap(), kept);
}

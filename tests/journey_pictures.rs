//! Words and pictures in the real window: frames found by words, and captions doubted for what is shown beside them.

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
use frameloom::crossmodal::PictureFit;
use serde_json::Value;
use std::path::{Path, PathBuf};
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

/// The sample with a pair a frame and a short training, as a project.
fn project(home: &Path) -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample");
    let (video, captions) = (format!("{sample}/storm.mp4"), format!("{sample}/storm.en.srt"));
    let folder = home.join("storm.frameloom");
    let made = frameloom(
        home,
        &[
            "run",
            &video,
            "--captions",
            &captions,
            "--pairing",
            "frames",
            "--every",
            "0.5",
            "--epochs",
            "1",
            "--preset",
            "fast",
            "--k",
            "2",
            "--out",
            folder.to_str().unwrap(),
            "--json",
        ],
    );
    assert!(made["pairs"].as_u64().unwrap() >= 100, "{}", made["pairs"]);
    folder
}

#[test]
fn frames_are_found_by_words_and_a_fit_can_be_stopped() {
    let home = tempfile::tempdir().unwrap();
    let folder = project(home.path());
    let text = folder.to_str().unwrap();
    // A few epochs on the command line, which the window finds in the project.
    let quick = ["fit", text, "--set", "epochs=4", "--set", "judges=1", "--json"];
    let fitted = frameloom(home.path(), &quick);
    let pairs = fitted["pairs"].as_array().unwrap().len();
    assert_eq!(fitted["captions"].as_array().unwrap().len(), pairs);
    assert_eq!(frameloom(home.path(), &quick), fitted, "what is there is taken");
    let found = frameloom(home.path(), &["find", text, "the storm", "--top", "7", "--json"]);
    let rows = found["found"].as_array().unwrap();
    assert_eq!(rows.len(), 7);
    let scores: Vec<f64> = rows.iter().map(|row| row["score"].as_f64().unwrap()).collect();
    assert!(
        scores.is_sorted_by(|a, b| a >= b) && scores[0] <= 1.0,
        "{scores:?}"
    );

    let mut app = window(home.path(), Some(folder.clone()));
    wait(&mut app, "the project with its frames and its fit", |app| {
        let state = app.state();
        state.pictures.fit.is_some() && !state.frames.frames.is_empty() && state.running.is_empty()
    });
    show(&mut app, Step::Video);
    app.get_by_label("What the frames are to show").focus();
    settle(&mut app);
    app.get_by_label("What the frames are to show")
        .type_text("the storm");
    settle(&mut app);
    press(&mut app, "Find");
    wait(&mut app, "what was found", |app| {
        app.state().pictures.found.is_some()
    });
    {
        let pictures = &app.state().state().pictures;
        let (sentence, best) = pictures.found.as_ref().unwrap();
        assert_eq!(sentence, "the storm");
        assert_eq!(best[0].pair as u64 + 1, rows[0]["pair"].as_u64().unwrap());
        app.get_by_label_contains("tell");
    }
    press(&mut app, "All frames");
    assert!(app.state().state().pictures.found.is_none());

    // Beside the player: the captions that fit the frame at the playhead. One that is pressed is gone to.
    press(&mut app, "Captions that fit this frame");
    settle(&mut app);
    let (text, time) = {
        let state = app.state().state();
        let best = state.pictures.captions_at(state.playhead);
        assert!((1..=5).contains(&best.len()), "{best:?}");
        let other = best.iter().find(|caption| !caption.is_own).unwrap();
        (other.text.to_owned(), other.time)
    };
    app.get_all_by_label(&text).last().unwrap().click();
    settle(&mut app);
    assert_eq!(app.state().state().playhead, time);

    // The window's own fit takes longer. Stopped, it leaves what was there.
    let before = PictureFit::load(&folder).unwrap();
    show(&mut app, Step::Alignment);
    run(&mut app, Command::CheckPictures);
    let begun = Instant::now();
    while begun.elapsed().as_secs() < 3 {
        app.step();
    }
    assert!(app.state().state().is_running(Kind::Fit));
    let asked = Instant::now();
    ask(&mut app, Action::Cancel(Kind::Fit));
    wait(&mut app, "the end", |app| !app.state().is_running(Kind::Fit));
    eprintln!("stopped after {:.2} s", asked.elapsed().as_secs_f64());
    assert_eq!(PictureFit::load(&folder).unwrap(), before);
    assert!(app.state().state().correction.diagnosis.is_none());
}

#[test]
fn a_video_with_few_pairs_says_what_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let mut app = window(home.path(), None);
    settle(&mut app);
    press(&mut app, "Open the sample");
    wait(&mut app, "pairs", |app| {
        let project = app.state().project.as_ref();
        project.is_some_and(|project| !project.pairs.is_empty()) && app.state().running.is_empty()
    });
    show(&mut app, Step::Alignment);
    press(&mut app, "Check against the pictures");
    let began = Instant::now();
    while app.state().state().notices.is_empty() {
        assert!(began.elapsed().as_secs() < 120, "nothing is said");
        app.step();
    }
    let notice = &app.state().state().notices[0];
    assert!(
        notice.text.contains("28 pairs") && notice.text.contains("at least 75"),
        "{}",
        notice.text
    );
}

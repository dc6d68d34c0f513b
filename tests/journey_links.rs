//! From a link to a video with captions, against a web server on this machine, and from speech to captions, in the real window.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod stand_in;
mod window;

use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::State;
use stand_in::{Asked, Piece, Reply, StandIn};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use window::{ask, press, settle, wait, window};

const PAGE: &str = "<html><head><title>Storm: the news</title></head><body><video>\
     <source src=\"/storm.mp4\" type=\"video/mp4\">\
     <track kind=\"captions\" srclang=\"en\" src=\"/storm.srt\"></video></body></html>";

/// A page with the sample. What asks for the video the first time gets half of it, and then nothing more.
fn site() -> StandIn {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample");
    let video = std::fs::read(format!("{sample}/storm.mp4")).unwrap();
    let captions = std::fs::read_to_string(format!("{sample}/storm.en.srt")).unwrap();
    let stalled = AtomicBool::new(false);
    StandIn::new(move |asked: &Asked| match asked.path.as_str() {
        "/news" => Reply::new(200, "text/html", PAGE),
        "/storm.srt" => Reply::new(200, "application/x-subrip", &captions),
        "/storm.mp4" if asked.method == "GET" => {
            let range = asked.header("range").and_then(|range| {
                let from = range.strip_prefix("bytes=")?.split('-').next()?;
                from.parse::<usize>().ok()
            });
            let from = range.unwrap_or(0).min(video.len());
            let mut reply = Reply::new(if range.is_some() { 206 } else { 200 }, "video/mp4", "");
            if range.is_some() {
                let part = format!("bytes {from}-{}/{}", video.len() - 1, video.len());
                reply = reply.with("Content-Range", &part);
            }
            reply.pieces = vec![Piece::Text(video[from..].to_vec())];
            // What is only looked at is not worth stalling.
            if asked.header("range").is_none() && !stalled.swap(true, Ordering::Relaxed) {
                reply.pieces = vec![Piece::Text(video[..video.len() / 2].to_vec()), Piece::Silence];
            }
            reply
        }
        "/storm.mp4" => Reply::new(200, "video/mp4", ""),
        _ => Reply::error(404, "not found"),
    })
}

fn state<'a>(app: &'a Harness<'_, App>) -> &'a State {
    app.state().state()
}

/// Lets the window live until it is so, also where something has failed.
fn until(app: &mut Harness<'_, App>, what: &str, is_so: impl Fn(&State) -> bool) {
    let began = Instant::now();
    while !is_so(app.state().state()) {
        let told = (&state(app).linked, &state(app).notices);
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "waited in vain for {what}: {told:?}"
        );
        app.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    settle(app);
}

#[test]
fn a_pasted_link_becomes_a_video_with_captions() {
    let Some(program) = std::env::var_os("FRAMELOOM_TEST_YT_DLP")
        .map(PathBuf::from)
        .filter(|place| place.is_dir())
    else {
        eprintln!("skipped: there is no yt-dlp for tests; 'make test' installs it");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let own = home.path().join("data/yt-dlp");
    std::fs::create_dir_all(&own).unwrap();
    std::os::unix::fs::symlink(program, own.join("2026.1.1")).unwrap();
    let server = site();
    let mut app = window(home.path(), None);
    settle(&mut app);

    // What is no link, and what leads into this machine, is refused in words.
    ask(&mut app, Action::Open("ftp://news.example/a".into()));
    until(&mut app, "a refusal", |state| state.linked.trouble.is_some());
    assert!(state(&app).linked.program.is_some());
    app.get_by_label_contains("does not begin with http://");
    ask(&mut app, Action::Open(format!("{}/news", server.url()).into()));
    until(&mut app, "a refusal", |state| {
        state
            .linked
            .trouble
            .as_ref()
            .is_some_and(|why| why.contains("private network"))
    });
    assert!(server.asked().is_empty(), "nothing was asked");

    // What helps against a refusal is unfolded with it.
    press(
        &mut app,
        "Allow addresses of this machine and of private networks",
    );
    until(&mut app, "what is behind it", |state| {
        state.linked.listing.is_some()
    });
    app.get_by_label_contains("Storm: the news");
    app.get_by_label("given with the video");

    // Stopped in the middle, nothing is opened, and what has come is kept.
    press(&mut app, "Fetch and open");
    until(&mut app, "some of it", |state| {
        state.linked.progress.is_some_and(|now| now.done > 0)
    });
    // The strip at the foot lies behind the window of links and has one as well.
    app.get_all_by_label("Cancel").last().unwrap().click();
    settle(&mut app);
    until(&mut app, "an end", |state| {
        state.linked.progress.is_none() && state.running.is_empty()
    });
    assert!(state(&app).project.is_none() && state(&app).linked.trouble.is_none());
    app.get_by_label_contains("What has come is kept");

    press(&mut app, "Fetch and open");
    wait(&mut app, "the video with its captions", |app| {
        let project = app.state().project.as_ref();
        project.is_some_and(|project| !project.track.cues.is_empty() && !project.pairs.is_empty())
            && app.state().running.is_empty()
    });
    let project = state(&app).project.as_ref().unwrap();
    let video = &project.manifest.video.as_ref().unwrap().path;
    assert!(
        video.starts_with(home.path().join("videos").canonicalize().unwrap()),
        "{}",
        video.display()
    );
    assert!(
        project.manifest.name.starts_with("Storm the news"),
        "{}",
        project.manifest.name
    );
    let ranges = server.asked();
    assert!(
        ranges
            .iter()
            .any(|asked| asked.path == "/storm.mp4" && asked.header("range").is_some()),
        "it was gone on with"
    );

    // The same link again opens what has been worked on since, and takes nothing from it.
    let cue = project.track.cues[0].id;
    let length = project.track.cues.len();
    ask(&mut app, Action::Type(cue, "a corrected line".into()));
    ask(&mut app, Action::EndTyping { keep: true });
    ask(&mut app, Action::Run(Command::CloseProject));
    until(&mut app, "the way out", |state| state.project.is_none());
    assert_eq!(state(&app).linked.listing, None, "another link is meant");
    ask(&mut app, Action::Open(format!("{}/news", server.url()).into()));
    until(&mut app, "what is behind it", |state| {
        state.linked.listing.is_some()
    });
    press(&mut app, "Fetch and open");
    wait(&mut app, "the project as it was left", |app| {
        app.state().project.is_some() && app.state().running.is_empty()
    });
    let track = &state(&app).project.as_ref().unwrap().track;
    assert_eq!(
        (track.cues[0].text.as_str(), track.cues.len()),
        ("a corrected line", length)
    );
    app.get_by_label_contains("opened as you left it");
}

/// The captions as SRT, so many seconds later.
fn later(state: &State, by: f64) -> String {
    let stamp = |time: f64| {
        let millis = (time * 1000.0).round() as u64;
        let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
        format!(
            "{hours:02}:{minutes:02}:{:02},{:03}",
            millis / 1000 % 60,
            millis % 1000
        )
    };
    let cues = &state.project.as_ref().unwrap().track.cues;
    let lines = cues.iter().enumerate().map(|(place, cue)| {
        let (start, end) = (stamp(cue.start.0 + by), stamp(cue.end.0 + by));
        format!("{}\n{start} --> {end}\n{}\n\n", place + 1, cue.text)
    });
    lines.collect()
}

/// Has a program "recognise" what stands in a file.
fn recognise(app: &mut Harness<'_, App>, file: &Path, button: &str) {
    ask(app, Action::Run(Command::RecogniseSpeech));
    press(app, "a program of yours");
    app.get_by_label("Command of the program").focus();
    settle(app);
    app.key_press_modifiers(Modifiers::COMMAND, Key::A);
    settle(app);
    let command = format!(
        "sh -c 'cp \"$1\" \"$2\"' x '{}' {{out.srt}} {{audio}}",
        file.display()
    );
    app.get_by_label("Command of the program").type_text(&command);
    settle(app);
    press(app, button);
    until(app, "what is heard", |state| {
        state.hearing.heard.is_some() && state.running.is_empty()
    });
}

#[test]
fn speech_becomes_captions_or_gives_them_their_times() {
    let home = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample");
    let video = home.path().join("news.mp4");
    std::fs::copy(sample.join("storm.mp4"), &video).unwrap();
    let mut app = window(home.path(), Some(video));
    wait(&mut app, "the video", |app| {
        app.state().project.is_some() && app.state().running.is_empty()
    });

    // A program that is not there says so where it was asked for.
    ask(&mut app, Action::Run(Command::RecogniseSpeech));
    press(&mut app, "a program of yours");
    app.get_by_label("Command of the program").focus();
    settle(&mut app);
    app.get_by_label("Command of the program")
        .type_text("no-such-recogniser {audio}");
    settle(&mut app);
    press(&mut app, "Recognise");
    until(&mut app, "why not", |state| state.hearing.trouble.is_some());
    app.get_by_label_contains("cannot be started");
    assert!(state(&app).notices.is_empty());

    recognise(&mut app, &sample.join("storm.en.srt"), "Recognise");
    press(&mut app, "Take it as the captions");
    wait(&mut app, "captions", |app| {
        let project = app.state().project.as_ref();
        project.is_some_and(|project| !project.track.cues.is_empty()) && app.state().running.is_empty()
    });
    let track = &state(&app).project.as_ref().unwrap().track;
    assert!(track.is_estimated() && !track.is_without_times());
    let first = track.cues[0].start.0;

    // Heard later, the same words propose later times; the text stays.
    let heard = home.path().join("heard.srt");
    std::fs::write(&heard, later(state(&app), 1.5)).unwrap();
    recognise(&mut app, &heard, "Recognise");
    // Keys go to the window of the recogniser, and not to the table behind it.
    let cues = |app: &Harness<'_, App>| state(app).project.as_ref().unwrap().track.cues.len();
    let before = cues(&app);
    app.key_press_modifiers(Modifiers::COMMAND, Key::A);
    app.key_press(Key::Delete);
    settle(&mut app);
    assert_eq!((cues(&app), before > 0), (before, true));
    app.get_by_label("Recognise again");
    press(&mut app, "Give my captions these times");
    wait(&mut app, "a proposal", |app| {
        app.state().correction.diagnosis.is_some()
    });
    ask(&mut app, Action::Run(Command::AcceptAllTimes));
    let track = &state(&app).project.as_ref().unwrap().track;
    let moved = track.cues[0].start.0 - first;
    assert!((moved - 1.5).abs() < 0.3, "{moved}");
    // The window of the recogniser remembers the program.
    let settings = std::fs::read_to_string(home.path().join("settings/settings.json")).unwrap();
    assert!(
        settings.contains("heard.srt") && !settings.contains("\"open\""),
        "{settings}"
    );
}

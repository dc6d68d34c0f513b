//! From a link to a video with captions, in the real window, against a web server on this machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod stand_in;
mod window;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use frameloom::app::App;
use frameloom::app::action::Action;
use frameloom::app::command::Command;
use frameloom::app::state::State;
use stand_in::{Asked, Piece, Reply, StandIn};
use std::path::PathBuf;
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

    press(&mut app, "More");
    press(
        &mut app,
        "Allow addresses of this machine and of private networks",
    );
    press(&mut app, "Look");
    until(&mut app, "what is behind it", |state| {
        state.linked.listing.is_some()
    });
    app.get_by_label_contains("Storm: the news");
    app.get_by_label("made by people");

    // Stopped in the middle, nothing is opened, and what has come is kept.
    press(&mut app, "Fetch and open");
    until(&mut app, "some of it", |state| {
        state.linked.progress.is_some_and(|now| now.done > 0)
    });
    press(&mut app, "Cancel");
    until(&mut app, "an end", |state| {
        state.linked.progress.is_none() && state.running.is_empty()
    });
    assert!(state(&app).project.is_none() && state(&app).linked.trouble.is_none());

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
    ask(&mut app, Action::Run(Command::CloseProject));
}

//! yt-dlp against a web server on loopback, with what goes well and what goes wrong.

mod installing;
mod listings;

use super::calling::Call;
use super::gate::Gate;
use super::*;
use crate::jobs::Watch;
use crate::pretrained::download::stand_in::{Reply, Request, StandIn};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const VIDEO: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample/storm.mp4"));
const CAPTIONS: &str = "WEBVTT\n\n00:01.000 --> 00:02.000\nA storm is coming\n";

/// The yt-dlp that the set-up installed for tests.
fn program() -> Option<Program> {
    let place = std::env::var_os("FRAMELOOM_TEST_YT_DLP").map(PathBuf::from);
    let Some(place) = place.filter(|place| place.is_dir()) else {
        eprintln!("skipped: there is no yt-dlp for tests; 'make test' installs it");
        return None;
    };
    Some(Program::at(&place, &Watch::default()).unwrap())
}

fn allowed() -> Access {
    Access {
        private: true,
        ..Access::default()
    }
}

/// The video as a server gives it that knows ranges.
fn video(request: &Request) -> Reply {
    let from = request
        .header("range")
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .split('-')
                .next()?
                .parse::<usize>()
                .ok()
        })
        .unwrap_or(0);
    let total = VIDEO.len();
    let reply = match from {
        0 => Reply::whole(VIDEO),
        from if from >= total => Reply::status(416).with("content-range", format!("bytes */{total}")),
        from => Reply::whole(&VIDEO[from..])
            .with_status(206)
            .with("content-range", format!("bytes {from}-{}/{total}", total - 1)),
    };
    reply
        .with("content-type", "video/mp4")
        .with("accept-ranges", "bytes")
}

/// A page with a video and captions.
fn page() -> Reply {
    let page = "<!DOCTYPE html><html><head><title>../../../etc/疫苗: what?</title></head><body><video>\
                <source src=\"/storm.mp4\" type=\"video/mp4\">\
                <track kind=\"captions\" srclang=\"en\" src=\"/storm.en.vtt\">\
                <track kind=\"captions\" srclang=\"../../x\" src=\"/storm.en.vtt\"></video></body></html>";
    Reply::whole(page).with("content-type", "text/html; charset=utf-8")
}

fn link(server: &StandIn, path: &str) -> Link {
    Link::parse(&format!("{}{path}", server.address)).unwrap()
}

fn fetch(program: &Program, link: &Link, folder: &Path, watch: &Watch) -> Result<Fetched, LinkError> {
    let listing = program.look(link, &allowed(), watch)?;
    program.fetch(
        &listing,
        &Choice::default(),
        &allowed(),
        folder,
        watch,
        &mut |_| {},
    )
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_page_gives_a_video_with_captions_and_is_not_fetched_twice() {
    let Some(program) = program() else { return };
    let server = StandIn::new(|request, _| match request.path.as_str() {
        "/news" => page(),
        "/storm.mp4" => video(request),
        "/storm.en.vtt" => Reply::whole(CAPTIONS).with("content-type", "text/vtt"),
        _ => Reply::status(404),
    });
    let link = link(&server, "/news");
    let folder = tempfile::tempdir().unwrap();
    let listing = program.look(&link, &allowed(), &Watch::default()).unwrap();
    assert!(listing.title.contains("疫苗") && !listing.live, "{listing:?}");
    let tracks: Vec<_> = listing
        .tracks
        .iter()
        .map(|track| (track.kind, track.language.as_str()))
        .collect();
    assert_eq!(
        tracks,
        [(TrackKind::Manual, "en")],
        "a language that is a path is none"
    );
    let mut told = Vec::new();
    let choice = Choice::default();
    let inside = folder.path().join("videos");
    let fetched = program
        .fetch(
            &listing,
            &choice,
            &allowed(),
            &inside,
            &Watch::default(),
            &mut |progress| told.push(*progress),
        )
        .unwrap();
    assert_eq!(std::fs::read(&fetched.video).unwrap(), VIDEO);
    assert_eq!(
        std::fs::read_to_string(fetched.captions.as_ref().unwrap()).unwrap(),
        CAPTIONS
    );
    assert_eq!(names(folder.path()), ["videos"]);
    let stem = "etc 疫苗 what";
    let files = names(&inside);
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(
        files
            .iter()
            .all(|name| name.contains("疫苗") && !name.starts_with('.')),
        "{files:?} for {stem}"
    );
    let last = told.last().unwrap();
    assert!(
        last.done >= VIDEO.len() as u64 && last.total == Some(last.done),
        "{last:?}"
    );

    let before = server.seen().len();
    let again = program
        .fetch(
            &listing,
            &choice,
            &allowed(),
            &inside,
            &Watch::default(),
            &mut |_| {},
        )
        .unwrap();
    assert_eq!(
        (again.video, again.captions),
        (fetched.video.clone(), fetched.captions)
    );
    assert_eq!(server.seen().len(), before, "nothing was asked");
    assert!(finished(&inside, link.as_str(), &choice).is_some());
    let none = Choice {
        captions: None,
        ..choice
    };
    assert_eq!(
        finished(&inside, link.as_str(), &none),
        None,
        "another choice is another file"
    );
}

#[test]
fn what_was_cancelled_or_cut_is_gone_on_with() {
    let Some(program) = program() else { return };
    let half = VIDEO.len() / 2;
    let server = StandIn::new(move |request, before| match request.method.as_str() {
        "HEAD" => video(request),
        // To look, to begin, and to fetch: this stops in the middle.
        _ if before == 2 => video(request).silent_after(half),
        _ => video(request),
    });
    let link = link(&server, "/storm.mp4");
    let folder = tempfile::tempdir().unwrap();
    let listing = program.look(&link, &allowed(), &Watch::default()).unwrap();
    let watch = Watch::default();
    let cancel = watch.clone();
    let mut cancelled = None;
    let mut tell = |progress: &Progress| {
        if progress.done > 0 && cancelled.is_none() {
            // All that is sent has come by then.
            std::thread::sleep(Duration::from_millis(400));
            cancelled = Some(Instant::now());
            cancel.cancel();
        }
    };
    let result = program.fetch(
        &listing,
        &Choice::default(),
        &allowed(),
        folder.path(),
        &watch,
        &mut tell,
    );
    assert!(matches!(result, Err(LinkError::Cancelled(_))), "{result:?}");
    let took = cancelled.unwrap().elapsed();
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert_eq!(names(folder.path()), ["storm.part"]);
    let fetched = fetch(&program, &link, folder.path(), &Watch::default()).unwrap();
    assert_eq!(std::fs::read(&fetched.video).unwrap(), VIDEO);
    let ranges: Vec<_> = server
        .seen()
        .iter()
        .filter_map(|request| request.header("range").map(str::to_owned))
        .collect();
    assert!(ranges.iter().any(|range| range != "bytes=0-"), "{ranges:?}");
    assert_eq!(names(folder.path()), ["storm.link.json", "storm.mp4"]);
}

#[test]
fn a_cut_connection_is_gone_on_with_at_once() {
    let Some(program) = program() else { return };
    let server = StandIn::new(|request, _| {
        let begins = request.header("range").is_none_or(|range| range == "bytes=0-");
        if begins && request.method != "HEAD" {
            video(request).cut_after(VIDEO.len() / 3)
        } else {
            video(request)
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = fetch(
        &program,
        &link(&server, "/storm.mp4"),
        folder.path(),
        &Watch::default(),
    )
    .unwrap();
    assert_eq!(std::fs::read(&fetched.video).unwrap(), VIDEO);
}

#[test]
fn what_servers_refuse_is_said_in_words() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (status, words) in [(403, "(403)"), (404, "(404)"), (429, "(429)")] {
        let server = StandIn::new(move |_, _| Reply::status(status));
        let error = fetch(
            &program,
            &link(&server, "/storm.mp4"),
            folder.path(),
            &Watch::default(),
        )
        .unwrap_err();
        assert!(error.to_string().contains(words), "{status}: {error}");
    }
    let server = StandIn::new(|request, _| Reply::redirect(format!("{}a", request.path)));
    let error = fetch(&program, &link(&server, "/"), folder.path(), &Watch::default()).unwrap_err();
    assert!(matches!(error, LinkError::EndlessRedirect(_)), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_file_refused_after_its_page_leaves_nothing_that_counts_as_a_video() {
    let Some(program) = program() else { return };
    let server = StandIn::new(|request, _| match request.path.as_str() {
        "/news" => page(),
        "/storm.en.vtt" => Reply::whole(CAPTIONS),
        _ => Reply::status(403),
    });
    let folder = tempfile::tempdir().unwrap();
    let error = fetch(
        &program,
        &link(&server, "/news"),
        folder.path(),
        &Watch::default(),
    )
    .unwrap_err();
    assert!(matches!(error, LinkError::Forbidden { .. }), "{error}");
    assert!(names(folder.path()).iter().all(|name| name.ends_with(".part")));
}

#[test]
fn captions_that_do_not_come_are_told_and_fetched_alone_later() {
    let Some(program) = program() else { return };
    let open = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = open.clone();
    let server = StandIn::new(move |request, _| match request.path.as_str() {
        "/news" => page(),
        "/storm.mp4" => video(request),
        _ if seen.load(std::sync::atomic::Ordering::SeqCst) => Reply::whole(CAPTIONS),
        _ => Reply::status(429),
    });
    let folder = tempfile::tempdir().unwrap();
    let link = link(&server, "/news");
    let fetched = fetch(&program, &link, folder.path(), &Watch::default()).unwrap();
    assert_eq!((fetched.captions, fetched.warnings.len()), (None, 1));
    assert!(
        fetched.warnings[0].contains("too often"),
        "{:?}",
        fetched.warnings
    );
    open.store(true, std::sync::atomic::Ordering::SeqCst);
    let videos = |server: &StandIn| {
        server
            .seen()
            .iter()
            .filter(|request| request.path == "/storm.mp4" && request.method == "GET")
            .count()
    };
    let before = videos(&server);
    let fetched = fetch(&program, &link, folder.path(), &Watch::default()).unwrap();
    assert_eq!(
        std::fs::read_to_string(fetched.captions.unwrap()).unwrap(),
        CAPTIONS
    );
    assert_eq!(videos(&server), before, "the video was not fetched again");
}

#[test]
fn what_is_shorter_than_announced_is_no_video() {
    let Some(program) = program() else { return };
    let server = StandIn::new(|request, _| {
        let longer = (VIDEO.len() + 5000).to_string();
        match request.header("range").is_none_or(|range| range == "bytes=0-") {
            true => Reply::whole(VIDEO)
                .with("content-length", longer)
                .with("content-type", "video/mp4"),
            false => Reply::status(416),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let error = fetch(
        &program,
        &link(&server, "/storm.mp4"),
        folder.path(),
        &Watch::default(),
    )
    .unwrap_err();
    assert!(
        matches!(error, LinkError::Cut { .. } | LinkError::Other(_)),
        "{error:?}"
    );
    assert_eq!(names(folder.path()), ["storm.part"]);
}

#[test]
fn what_is_no_video_is_not_kept() {
    let Some(program) = program() else { return };
    let server = StandIn::new(|_, _| {
        Reply::whole("a text, and no video. ".repeat(500)).with("content-type", "video/mp4")
    });
    let folder = tempfile::tempdir().unwrap();
    let error = fetch(
        &program,
        &link(&server, "/storm.mp4"),
        folder.path(),
        &Watch::default(),
    )
    .unwrap_err();
    assert!(matches!(error, LinkError::NotAVideo { .. }), "{error:?}");
    assert_eq!(names(&folder.path().join("storm.part")), ["lock", "request.json"]);
}

#[test]
fn private_addresses_are_asked_only_where_that_is_allowed() {
    let Some(program) = program() else { return };
    let server = StandIn::new(|request, _| video(request));
    let link = link(&server, "/storm.mp4");
    let public = Access::default();
    let error = program.look(&link, &public, &Watch::default()).unwrap_err();
    assert!(matches!(error, LinkError::PrivateAddress(_)), "{error}");
    // As after a redirect: the link itself has passed, and what is asked then is private.
    let options = ["--dump-single-json".into()];
    let call = Call {
        link: &link,
        access: &public,
        options: &options,
        folder: None,
    };
    let outcome = program.ask(&call, &Watch::default(), &mut |_| {}).unwrap();
    let error = outcome.into_error(&program, &link);
    assert!(matches!(error, LinkError::PrivateAddress(_)), "{error}");
    assert!(server.seen().is_empty(), "{:?}", server.seen());
    // What the gate lets through comes as without it.
    let gate = Gate::to(|_| true).unwrap();
    let mut listed = String::new();
    let mut hear = |line: &str| listed.push_str(line);
    program
        .ask_through(Some(gate), &call, &Watch::default(), &mut hear)
        .unwrap();
    assert_eq!(
        Listing::read(&listed, &link).unwrap().formats.len(),
        1,
        "{listed}"
    );
    assert!(!server.seen().is_empty());
}

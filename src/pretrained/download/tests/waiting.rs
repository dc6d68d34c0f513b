//! What is learned beforehand, told on the way, and left at once.

use super::*;

#[test]
fn a_silent_server_can_be_left_at_once() {
    let silent: [fn() -> Reply; 2] = [
        || Reply::whole(BODY).with("etag", "\"1\"").silent_after(50_000),
        Reply::mute,
    ];
    for reply in silent {
        let hub = StandIn::new(move |_, _| reply());
        let folder = folder();
        let watch = Watch::default();
        let cancel = watch.clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(150));
            cancel.cancel();
            Instant::now()
        });
        let files = [wanted("a.bin")];
        let error = fetch(&hub.hub(), &files, folder.path(), &watch, &mut |_| {}).unwrap_err();
        let waited = stopper.join().unwrap().elapsed();
        assert!(matches!(error, DownloadError::Cancelled(_)), "{error}");
        assert!(waited < Duration::from_millis(200), "{waited:?}");
        // Whoever comes next need not wait for the one who left.
        assert!(!is_held(&folder.path().join("a.bin")));
    }
}

#[test]
fn a_pause_between_tries_can_be_left_at_once() {
    let hub = StandIn::new(|_, _| Reply::status(500));
    let mut asked = hub.hub();
    asked.patience.pauses = vec![Duration::from_secs(30)];
    let watch = Watch::default();
    let cancel = watch.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        cancel.cancel();
    });
    let since = Instant::now();
    let folder = folder();
    let error = fetch(&asked, &[wanted("a.bin")], folder.path(), &watch, &mut |_| {}).unwrap_err();
    assert!(matches!(error, DownloadError::Cancelled(_)), "{error}");
    assert!(since.elapsed() < Duration::from_millis(500));
}

#[test]
fn two_files_add_up() {
    let serve = |request: &Request, _| {
        let body = if request.path.ends_with("a.bin") {
            BODY
        } else {
            &BODY[..100_000]
        };
        Reply::ranged(request, body, "\"1\"")
    };
    let hub = StandIn::new(serve);
    let watch = Watch::default();
    let files = survey(&hub.hub(), vec![wanted("a.bin"), wanted("b.bin")], &watch).unwrap();
    let folder = folder();
    let mut told = Vec::new();
    let mut tell = |progress: &Progress| told.push((progress.file.clone(), progress.done, progress.total));
    fetch(&hub.hub(), &files, folder.path(), &watch, &mut tell).unwrap();
    assert!(
        told.iter().all(|(_, _, total)| *total == Some(400_000)),
        "{told:?}"
    );
    assert!(told.is_sorted_by_key(|(_, done, _)| *done), "{told:?}");
    assert!(
        told.contains(&("a.bin".into(), 300_000, Some(400_000))),
        "{told:?}"
    );
    assert_eq!(told.last(), Some(&("b.bin".into(), 400_000, Some(400_000))));
    assert_eq!(watch.progress(), (400_000, 400_000));
}

#[test]
fn a_survey_turns_the_branch_into_a_commit_and_learns_the_hash() {
    let hash = sha(BODY);
    let hub = StandIn::new(move |request, _| {
        let reply = Reply::redirect("https://cdn.example/blob").with("x-repo-commit", COMMIT);
        if request.path.ends_with("a.bin") {
            reply
                .with("x-linked-size", "300000")
                .with("x-linked-etag", format!("\"{hash}\""))
        } else {
            reply
        }
    });
    let wanted = vec![
        wanted("a.bin"),
        wanted("b.bin"),
        Wanted {
            repo: "other/model".into(),
            ..wanted("c.bin")
        },
    ];
    let found = survey(&hub.hub(), wanted, &Watch::default()).unwrap();
    assert!(found.iter().all(|file| file.revision == COMMIT));
    assert_eq!(
        (found[0].size, found[0].sha256.clone()),
        (Some(300_000), Some(sha(BODY)))
    );
    assert_eq!((found[1].size, found[1].sha256.clone()), (None, None));
    let asked: Vec<_> = hub
        .seen()
        .into_iter()
        .map(|request| (request.method, request.path))
        .collect();
    let path = |repo: &str, revision: &str, file: &str| {
        ("HEAD".into(), format!("/{repo}/resolve/{revision}/{file}"))
    };
    assert_eq!(
        asked,
        [
            path("owner/model", "main", "a.bin"),
            path("owner/model", COMMIT, "b.bin"),
            path("other/model", "main", "c.bin")
        ]
    );
}

#[test]
fn a_survey_hears_of_refusals_and_of_other_files() {
    let known = Wanted {
        size: Some(5),
        ..wanted("a.bin")
    };
    let ask = |reply: fn() -> Reply| {
        survey(
            &StandIn::new(move |_, _| reply()).hub(),
            vec![known.clone()],
            &Watch::default(),
        )
    };
    assert!(matches!(
        ask(|| Reply::status(401)),
        Err(DownloadError::NotAllowed { token: false, .. })
    ));
    assert!(matches!(
        ask(|| Reply::status(404)),
        Err(DownloadError::NotFound { .. })
    ));
    let longer = ask(|| Reply::whole("123456"));
    assert!(matches!(
        longer,
        Err(DownloadError::WrongLength {
            expected: 5,
            found: 6,
            ..
        })
    ));
    let page = ask(|| Reply::whole("12345").with("content-type", "text/html"));
    assert!(matches!(page, Err(DownloadError::WebPage { .. })));
    assert_eq!(
        ask(|| Reply::status(405)).unwrap().as_slice(),
        std::slice::from_ref(&known)
    );
}

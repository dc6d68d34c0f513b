//! Files that come whole, in one piece or in several.

use super::*;

#[test]
fn a_whole_file_comes_with_its_hash() {
    let hub = StandIn::file(BODY);
    let folder = folder();
    let here = get(&hub.hub(), &wanted("a.bin"), &folder).unwrap();
    assert_eq!(
        (here.size, here.sha256.as_str(), here.checked),
        (300_000, sha(BODY).as_str(), false)
    );
    assert_eq!(content(&folder, "a.bin"), BODY);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let [request] = &hub.seen()[..] else {
        panic!("one request")
    };
    assert_eq!(request.path, "/owner/model/resolve/main/a.bin");
    assert_eq!(request.header("authorization"), None);
    assert!(request.header("user-agent").unwrap().starts_with("frameloom/"));
    // What is there is not fetched again.
    get(&hub.hub(), &wanted("a.bin"), &folder).unwrap();
    assert_eq!(hub.seen().len(), 1);
}

#[test]
fn a_cut_file_is_gone_on_from() {
    let hub = StandIn::new(|request, before| match before {
        0 => Reply::ranged(request, BODY, "\"1\"").cut_after(100_000),
        _ => Reply::ranged(request, BODY, "\"1\""),
    });
    let folder = folder();
    let file = Wanted {
        sha256: Some(sha(BODY)),
        ..wanted("a.bin")
    };
    assert!(get(&hub.hub(), &file, &folder).unwrap().checked);
    assert_eq!(content(&folder, "a.bin"), BODY);
    let seen = hub.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].header("range"), Some("bytes=100000-"));
    assert_eq!(seen[1].header("if-range"), Some("\"1\""));
}

#[test]
fn a_part_of_another_day_is_gone_on_from() {
    let cut = Arc::new(AtomicBool::new(true));
    let broken = cut.clone();
    let hub = StandIn::new(move |request, _| {
        let reply = Reply::ranged(request, BODY, "\"1\"");
        let sent = reply.sent.min(90_000);
        if broken.load(Ordering::Relaxed) {
            reply.cut_after(sent)
        } else {
            reply
        }
    });
    let folder = folder();
    let mut impatient = hub.hub();
    impatient.patience.pauses.clear();
    let error = get(&impatient, &wanted("a.bin"), &folder).unwrap_err();
    assert!(matches!(error, DownloadError::Cut { tries: 1, .. }), "{error}");
    assert_eq!(
        std::fs::metadata(part_of(&folder.path().join("a.bin")))
            .unwrap()
            .len(),
        90_000
    );
    cut.store(false, Ordering::Relaxed);
    get(&hub.hub(), &wanted("a.bin"), &folder).unwrap();
    assert_eq!(content(&folder, "a.bin"), BODY);
    assert_eq!(hub.seen()[1].header("range"), Some("bytes=90000-"));
}

#[test]
fn a_part_that_was_whole_is_only_checked() {
    let hub = StandIn::file(BODY);
    let folder = folder();
    let whole = folder.path().join("a.bin");
    std::fs::write(part_of(&whole), BODY).unwrap();
    std::fs::write(version_of(&whole), "\"1\"").unwrap();
    let here = get(&hub.hub(), &wanted("a.bin"), &folder).unwrap();
    assert_eq!((here.size, here.sha256), (300_000, sha(BODY)));
}

#[test]
fn a_server_without_ranges_begins_again() {
    let hub = StandIn::new(|_, before| {
        let reply = Reply::whole(BODY).with("etag", "\"1\"");
        if before == 0 {
            reply.cut_after(100_000)
        } else {
            reply
        }
    });
    let folder = folder();
    get(&hub.hub(), &wanted("a.bin"), &folder).unwrap();
    assert_eq!(content(&folder, "a.bin"), BODY);
    assert_eq!(hub.seen().len(), 2);
}

#[test]
fn a_file_that_changed_in_between_begins_again() {
    let hub = StandIn::new(|request, before| match before {
        0 => Reply::ranged(request, BODY, "\"1\"").cut_after(100_000),
        _ => Reply::ranged(request, &[8; 200_000], "\"2\""),
    });
    let folder = folder();
    assert_eq!(get(&hub.hub(), &wanted("a.bin"), &folder).unwrap().size, 200_000);
    assert_eq!(content(&folder, "a.bin"), [8; 200_000]);
}

#[test]
fn a_range_that_was_not_asked_for_is_not_believed() {
    let hub = StandIn::new(|request, before| match before {
        0 => Reply::ranged(request, BODY, "\"1\"").cut_after(100_000),
        1 => Reply::whole(&BODY[50..])
            .with_status(206)
            .with("content-range", "bytes 50-299999/300000"),
        _ => Reply::ranged(request, BODY, "\"1\""),
    });
    let folder = folder();
    get(&hub.hub(), &wanted("a.bin"), &folder).unwrap();
    assert_eq!(content(&folder, "a.bin"), BODY);
    assert_eq!(hub.seen()[2].header("range"), None);
}

#[test]
fn a_server_that_falls_silent_counts_as_cut() {
    let hub = StandIn::new(|request, before| {
        let reply = Reply::ranged(request, BODY, "\"1\"");
        if before == 0 {
            reply.silent_after(50_000)
        } else {
            reply
        }
    });
    let mut asked = hub.hub();
    asked.patience.silence = Duration::from_millis(100);
    let folder = folder();
    get(&asked, &wanted("a.bin"), &folder).unwrap();
    assert_eq!(content(&folder, "a.bin"), BODY);
}

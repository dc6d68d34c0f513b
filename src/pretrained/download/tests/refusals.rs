//! What is refused, and in what words.

use super::*;

#[test]
fn a_wrong_hash_leaves_nothing_behind() {
    let hub = StandIn::file(BODY);
    let file = Wanted {
        sha256: Some("ab".repeat(32)),
        ..wanted("a.bin")
    };
    let (error, left) = refusal(&hub, &file);
    assert!(matches!(error, DownloadError::WrongHash { .. }), "{error}");
    assert!(
        left.is_empty() && error.to_string().contains(&sha(BODY)),
        "{left:?}"
    );
}

#[test]
fn a_wrong_length_leaves_nothing_behind() {
    let hub = StandIn::file(BODY);
    for expected in [299_999, 300_001] {
        let (error, left) = refusal(
            &hub,
            &Wanted {
                size: Some(expected),
                ..wanted("a.bin")
            },
        );
        assert!(
            matches!(error, DownloadError::WrongLength { found: 300_000, .. }),
            "{error}"
        );
        assert!(left.is_empty(), "{left:?}");
    }
    // A server that does not say how long the file is, and does not end.
    let chunk = format!("{:x}\r\n{}\r\n", 4000, "a".repeat(4000));
    let hub = StandIn::new(move |_, _| {
        Reply::whole(chunk.repeat(50) + "0\r\n\r\n")
            .with("transfer-encoding", "chunked")
            .with("content-length", "0")
    });
    let (error, _) = refusal(
        &hub,
        &Wanted {
            size: Some(10_000),
            ..wanted("a.bin")
        },
    );
    assert!(matches!(error, DownloadError::WrongLength { .. }), "{error}");
}

#[test]
fn each_refusal_says_what_to_do() {
    for (status, says) in [
        (401, "HF_TOKEN"),
        (403, "accept the licence"),
        (404, "renamed or removed"),
        (416, "error (416)"),
        (418, "error (418)"),
        (429, "busy"),
        (500, "error (500)"),
    ] {
        let hub = StandIn::new(move |_, _| Reply::status(status));
        let (error, left) = refusal(&hub, &wanted("a.bin"));
        assert!(error.to_string().contains(says), "{status}: {error}");
        assert!(left.iter().all(|name| name == "a.bin.part"), "{left:?}");
        let tries = if matches!(status, 429 | 500) { 4 } else { 1 };
        assert_eq!(hub.seen().len(), tries, "{status}");
    }
}

#[test]
fn a_busy_hub_is_left_alone_as_long_as_it_says() {
    let hub = StandIn::new(|request, before| match before {
        0 => Reply::status(429).with("retry-after", "0"),
        1 => Reply::status(503).with("retry-after", "0"),
        _ => Reply::ranged(request, BODY, "\"1\""),
    });
    get(&hub.hub(), &wanted("a.bin"), &folder()).unwrap();
    let hub = StandIn::new(|_, _| Reply::status(429).with("retry-after", "3600"));
    let (error, _) = refusal(&hub, &wanted("a.bin"));
    assert!(error.to_string().contains("in 60 minutes"), "{error}");
    assert_eq!(hub.seen().len(), 1);
}

#[test]
fn another_host_does_not_get_the_token() {
    let cdn = StandIn::file(BODY);
    let elsewhere = format!("{}/blob?signature=1", cdn.address);
    let hub = StandIn::new(move |request, _| match request.path.as_str() {
        "/moved/a.bin" => Reply::redirect(&elsewhere).with("x-repo-commit", COMMIT),
        _ => Reply::redirect("/moved/a.bin"),
    });
    let folder = folder();
    let asked = hub.hub().with_token("hf_secret");
    let here = get(&asked, &wanted("a.bin"), &folder).unwrap();
    assert_eq!(here.commit.as_deref(), Some(COMMIT));
    for request in hub.seen() {
        assert_eq!(request.header("authorization"), Some("Bearer hf_secret"));
    }
    let [request] = &cdn.seen()[..] else {
        panic!("one request")
    };
    assert_eq!(
        (request.path.as_str(), request.header("authorization")),
        ("/blob?signature=1", None)
    );
}

#[test]
fn redirects_have_an_end_and_stay_on_the_web() {
    let hub = StandIn::new(|_, before| Reply::redirect(format!("/{before}")));
    let (error, _) = refusal(&hub, &wanted("a.bin"));
    assert!(matches!(error, DownloadError::EndlessRedirect { .. }), "{error}");
    assert!(hub.seen().len() < 15);
    for location in [
        "file:///etc/passwd",
        "ftp://a.example/x",
        "https://",
        "gopher://a",
    ] {
        let hub = StandIn::new(move |_, _| Reply::redirect(location));
        let (error, _) = refusal(&hub, &wanted("a.bin"));
        assert!(
            matches!(error, DownloadError::BadRedirect { .. }),
            "{location}: {error}"
        );
    }
}

#[test]
fn a_page_in_place_of_a_file_is_told_apart() {
    let kinds = [
        Some("text/html; charset=utf-8"),
        Some("application/octet-stream"),
        None,
    ];
    for kind in kinds {
        let hub = StandIn::new(move |_, _| {
            let reply = Reply::whole("<!DOCTYPE html><title>Log in</title>");
            kind.map_or(reply.clone(), |kind| reply.with("content-type", kind))
        });
        let (error, _) = refusal(&hub, &wanted("config.json"));
        assert!(
            matches!(error, DownloadError::WebPage { .. }),
            "{kind:?}: {error}"
        );
        assert_eq!(hub.seen().len(), 1);
    }
}

#[test]
fn nobody_at_home_is_said_in_words() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut hub = Hub::new(&format!("http://{closed}")).unwrap();
    hub.patience.pauses.clear();
    let error = survey(&hub, vec![wanted("a.bin")], &Watch::default()).unwrap_err();
    assert!(error.to_string().contains("cannot be reached"), "{error}");
    let error = get(&hub, &wanted("a.bin"), &folder()).unwrap_err();
    assert!(matches!(error, DownloadError::Unreachable { .. }), "{error}");
}

#[test]
fn a_full_disk_is_found_before_anything_is_fetched() {
    let hub = StandIn::file(BODY);
    let (error, _) = refusal(
        &hub,
        &Wanted {
            size: Some(u64::MAX / 2),
            ..wanted("a.bin")
        },
    );
    assert!(matches!(error, DownloadError::Space { .. }), "{error}");
    assert!(hub.seen().is_empty());
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let hub = StandIn::file(BODY);
    let (error, _) = refusal(&hub, &wanted("../a.bin"));
    assert!(matches!(error, DownloadError::Name(_)), "{error}");
    assert!(hub.seen().is_empty());
}

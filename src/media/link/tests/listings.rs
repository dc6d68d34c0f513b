//! The document that yt-dlp prints of a link, in shapes of YouTube and of plain pages.

use super::super::listing::{Listing, TrackChoice, TrackKind};
use super::super::{Link, LinkError};
use crate::project::Seconds;
use serde_json::{Value, json};

fn read(document: &Value) -> Result<Listing, LinkError> {
    Listing::read(
        &document.to_string(),
        &Link::parse("https://video.example/watch?v=abc").unwrap(),
    )
}

/// Captions of one language in YouTube's formats.
fn forms(language: &str, translated: Option<&str>) -> Value {
    let tail = translated.map_or(String::new(), |to| format!("&tlang={to}"));
    let form = |kind: &str| json!({ "ext": kind, "url": format!("https://video.example/timedtext?lang={language}&fmt={kind}{tail}"), "name": language });
    Value::Array(
        ["json3", "srv1", "srv2", "srv3", "ttml", "srt", "vtt"]
            .map(form)
            .into(),
    )
}

fn video() -> Value {
    json!({
        "id": "abc", "title": "疫苗\u{1b}[31m news", "uploader": "A station", "upload_date": "20211201", "duration": 220.5,
        "thumbnail": "https://img.example/a.jpg", "language": "en", "live_status": "was_live", "is_live": false,
        "formats": [
            { "format_id": "sb0", "ext": "mhtml", "vcodec": "none", "acodec": "none" },
            { "format_id": "140", "ext": "m4a", "vcodec": "none", "acodec": "mp4a.40.2", "filesize": 3_500_000 },
            { "format_id": "134", "ext": "mp4", "vcodec": "avc1", "acodec": "none", "height": 360, "width": 640, "filesize_approx": 9_000_000.5 },
        ],
        "subtitles": { "zh-Hans": forms("zh-Hans", None), "live_chat": [{ "ext": "json", "url": "https://video.example/chat" }] },
        "automatic_captions": {
            "en-orig": forms("en", None), "en": forms("en", None),
            "de": forms("en", Some("de")), "zh-Hant": forms("en", Some("zh-Hant")),
            "fr-zh-Hans": forms("zh-Hans", Some("fr")),
        },
    })
}

#[test]
fn a_video_and_its_tracks_are_told_apart() {
    let listing = read(&video()).unwrap();
    assert_eq!(listing.title, "疫苗 [31m news", "nothing steers a terminal");
    assert_eq!(
        (listing.duration, listing.uploaded.as_deref()),
        (Some(Seconds(220.5)), Some("2021-12-01"))
    );
    assert!(!listing.live);
    let formats: Vec<_> = listing
        .formats
        .iter()
        .map(|format| (format.pictures, format.sound, format.height))
        .collect();
    assert_eq!(formats, [(false, true, None), (true, false, Some(360))]);
    let tracks: Vec<_> = listing
        .tracks
        .iter()
        .map(|track| {
            (
                track.kind,
                track.language.as_str(),
                track.from.as_deref(),
                track.key.as_str(),
            )
        })
        .collect();
    assert_eq!(
        tracks,
        [
            (TrackKind::Manual, "zh-Hans", None, "zh-Hans"),
            (TrackKind::Automatic, "en", None, "en-orig"),
            (TrackKind::Translated, "de", Some("en"), "de"),
            (TrackKind::Translated, "fr", Some("zh-Hans"), "fr-zh-Hans"),
            (TrackKind::Translated, "zh-Hant", Some("en"), "zh-Hant"),
        ]
    );
    assert_eq!(
        listing.tracks[0].preference(),
        "vtt/srt/json3/ttml/srv3/srv2/srv1"
    );
    assert!(listing.tracks[1].preference().starts_with("json3/vtt/srt/"));
}

#[test]
fn the_track_that_is_wanted_is_found_or_missed_by_name() {
    let listing = read(&video()).unwrap();
    let choose = |kind, language: Option<&str>| {
        let wanted = TrackChoice {
            kind,
            language: language.map(str::to_owned),
            from: None,
        };
        let found = listing.track(&wanted)?;
        Ok::<_, LinkError>(found.map(|track| track.key.as_str()))
    };
    assert_eq!(
        choose(None, None).unwrap(),
        Some("en-orig"),
        "the language of the sound comes first"
    );
    assert_eq!(choose(Some(TrackKind::Manual), None).unwrap(), Some("zh-Hans"));
    assert_eq!(choose(None, Some("zh")).unwrap(), Some("zh-Hans"));
    assert_eq!(
        choose(Some(TrackKind::Translated), Some("ZH-hant")).unwrap(),
        Some("zh-Hant")
    );
    let missed = choose(None, Some("de")).unwrap_err().to_string();
    assert!(
        missed.contains("no de captions") && missed.contains("translated de"),
        "{missed}"
    );
    // Into the same language from two others.
    let mut document = video();
    document["automatic_captions"]["fr"] = forms("en", Some("fr"));
    let listing = read(&document).unwrap();
    let french = |from: &str| {
        let wanted = TrackChoice {
            kind: None,
            language: Some("fr".into()),
            from: Some(from.into()),
        };
        Ok::<_, LinkError>(listing.track(&wanted)?.map(|track| track.key.clone()))
    };
    assert_eq!(french("en").unwrap().as_deref(), Some("fr"));
    assert_eq!(french("zh-Hans").unwrap().as_deref(), Some("fr-zh-Hans"));
    let missed = french("ru").unwrap_err().to_string();
    assert!(missed.contains("translated fr from zh-Hans"), "{missed}");
    let silent = read(&json!({ "id": "a", "title": "a" })).unwrap();
    assert_eq!(silent.track(&TrackChoice::default()).unwrap(), None);
}

#[test]
fn without_a_mark_of_the_recogniser_addresses_tell_translations() {
    let mut document = video();
    document["automatic_captions"] = json!({ "en": forms("en", None), "de": forms("en", Some("de")) });
    let kinds: Vec<_> = read(&document)
        .unwrap()
        .tracks
        .iter()
        .map(|track| (track.language.clone(), track.kind))
        .collect();
    assert!(
        kinds.contains(&("en".into(), TrackKind::Automatic))
            && kinds.contains(&("de".into(), TrackKind::Translated))
    );
}

#[test]
fn names_that_are_paths_or_options_are_no_tracks() {
    let mut document = video();
    document["subtitles"] = json!({ "../x": forms("a", None), "-all": forms("a", None), "all,-en": forms("a", None), "": forms("a", None), "en.*": forms("a", None) });
    assert!(
        read(&document)
            .unwrap()
            .tracks
            .iter()
            .all(|track| track.kind != TrackKind::Manual)
    );
}

#[test]
fn lists_and_live_streams_are_known() {
    let list = |entries: Vec<Value>| json!({ "_type": "playlist", "title": "all", "entries": entries });
    assert_eq!(read(&list(vec![video()])).unwrap().id, "abc");
    assert!(matches!(
        read(&list(vec![video(), video()])),
        Err(LinkError::Several)
    ));
    assert!(matches!(read(&list(vec![])), Err(LinkError::Unsupported(_))));
    for status in ["is_live", "is_upcoming"] {
        let mut document = video();
        document["live_status"] = status.into();
        assert!(read(&document).unwrap().live);
    }
    assert!(Listing::read("nonsense", &Link::parse("https://a.example").unwrap()).is_err());
}

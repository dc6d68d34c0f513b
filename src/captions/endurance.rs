//! Tests of all readers together: any bytes, shapes that would take time by the square of their length, and very
//! many captions. `FRAMELOOM_CASES=1000000 cargo test --release --lib captions::` is the long run.

use super::{CaptionError, CaptionFormat, Imported, OutputFormat, ReadOptions, parse, testing, write};
use crate::project::{CaptionTrack, Cue, Seconds, TimedWord};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Far more than any shape takes, and far less than time by the square of its length would be.
const PATIENCE: Duration = Duration::from_secs(10);

/// Parts of files of all formats, whole and broken.
const PARTS: &[&str] = &[
    "1\n",
    "\n",
    "\n\n",
    "00:00:01,000 --> 00:00:02,000\n",
    "-00:00:01,000 --> 30:00:00.5\n",
    "00:00:05.000 --> 00:00:02.000\n",
    "00:0x --> 1\n",
    "WEBVTT\n",
    "NOTE ",
    "X-TIMESTAMP-MAP=MPEGTS:9,LOCAL:0:01.0\n",
    "<c>",
    "</c>",
    "<00:00:01.5>",
    "&amp;",
    "&#x4e00;",
    "&",
    "疫苗。",
    "so it is",
    "[1:02]",
    "[00:01.50]",
    "[00:01.50 --> 00:02.50]",
    "[offset:+500]\n",
    "[ti:x]\n",
    "[Script Info]\n",
    "[Events]\n",
    "Format: Start, End, Text\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,",
    "Dialogue: 0:00:01.00,0:00:02.00,",
    "{\\p1}",
    "{",
    "}",
    "\\N",
    "\\{",
    "text,start,end\n",
    "start\tend\ttext\n",
    "\"",
    ",",
    ";",
    "\t",
    "0",
    "1.5",
    "-3",
    "1e99",
    "nan",
    "<tt ttp:frameRate='24' tickRate='9'>",
    "<body begin='1s'>",
    "<p begin='1s' end='2s'>",
    "<p begin='7t' dur='3f'>",
    "<p t=\"1500\" d=\"5000\" w=\"1\">",
    "<p t=\"1500\" w=\"1\" a=\"1\">",
    "</p>",
    "<span begin='3f'>",
    "</span>",
    "<br/>",
    "<s t='50'>",
    "<text start='1' dur='2'>",
    "<timedtext>",
    "<transcript>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<!DOCTYPE a [<!ENTITY b '&b;&b;'>]>",
    "{\"events\": [",
    "{\"tStartMs\": 1, \"dDurationMs\": 5, \"wWinId\": 1, \"segs\": [{\"utf8\": \"a\"}, {\"utf8\": \" b\", \"tOffsetMs\": 3}]}",
    "{\"tStartMs\": 3, \"aAppend\": 1, \"wWinId\": 1, \"segs\": [{\"utf8\": \"\\n\"}]}",
    "{\"cues\": [",
    "{\"segments\": [",
    "{\"start\": 1, \"end\": 2, \"text\": \"a b\", \"words\": [{\"word\": \"a\", \"text\": \"a\", \"start\": 1, \"end\": 0.5}]}",
    "{\"offsets\": {\"from\": 0, \"to\": 900}, \"text\": \"a\"}",
    "]}",
    "NaN",
    "null",
    " ",
    "\r",
    "\u{feff}",
    "\0",
    "\u{200b}",
];

fn check(bytes: &[u8], name: &str, duration: Option<f64>) {
    let options = ReadOptions {
        duration: duration.map(Seconds),
        ..ReadOptions::default()
    };
    let Ok(imported) = parse(bytes, name, &options) else {
        return;
    };
    let cues = &imported.track.cues;
    assert!(!cues.is_empty());
    for cue in cues {
        assert!(
            0.0 <= cue.start.0 && cue.start.0 <= cue.end.0 && cue.end.0 < 1e7,
            "{cue:?}"
        );
        for word in &cue.words {
            assert!(
                !word.text.is_empty() && 0.0 <= word.start.0 && word.start.0 < 1e7,
                "{cue:?}"
            );
        }
    }
    assert!(cues.is_sorted_by_key(|cue| cue.start.0));
    for format in OutputFormat::ALL {
        let written = write(&imported.track, format);
        let again = parse(written.as_bytes(), &format!("x.{}", format.extension()), &options);
        if format == OutputFormat::Json {
            assert_eq!(again.unwrap().track, imported.track);
        }
    }
}

proptest! {
    #![proptest_config(testing::cases())]

    #[test]
    fn any_bytes_give_captions_or_an_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        name in proptest::sample::select(CaptionFormat::EXTENSIONS)
    ) {
        check(&bytes, &format!("x.{name}"), None);
    }

    #[test]
    fn anything_like_captions_gives_sound_times(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40),
        name in proptest::sample::select(CaptionFormat::EXTENSIONS),
        duration in proptest::option::of(0.0..500.0)
    ) {
        check(parts.concat().as_bytes(), &format!("x.{name}"), duration);
    }
}

/// Reads in time, whatever comes of it.
fn read_in_time(text: &[u8], name: &str) -> Result<Imported, CaptionError> {
    let begun = Instant::now();
    let imported = parse(text, name, &ReadOptions::default());
    let took = begun.elapsed();
    let head = String::from_utf8_lossy(text.get(..80).unwrap_or(text)).into_owned();
    assert!(
        took < PATIENCE,
        "{name}: {took:?} for {} bytes of {head:?}",
        text.len()
    );
    imported
}

#[test]
fn no_shape_takes_time_by_the_square_of_its_length() {
    const LENGTH: usize = 512 << 10;
    let heads = [
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\n"),
        ("vtt", "WEBVTT\n\n0:01.000 --> 0:02.000\n"),
        (
            "ass",
            "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,",
        ),
        ("lrc", "[00:01.00]"),
        ("ttml", "<tt><body><p begin='1s'>"),
        ("ttml", "<tt "),
        ("srv3", "<timedtext><body><p t='1' d='2'>"),
        ("json3", "{\"events\": ["),
        ("json", "{\"cues\": ["),
        ("json", "{\"segments\": [{\"start\": 1, \"text\": \""),
        ("csv", "text,start\n"),
        ("txt", ""),
    ];
    let parts = [
        "<",
        ">",
        "<>",
        "{",
        "{}",
        "[",
        "[]",
        "(",
        "&",
        "&amp",
        "\"",
        "\"\"",
        "\",",
        "\\",
        "\\{",
        ",",
        ";",
        ":",
        "1:",
        ".",
        "-->",
        "0:01.0 --> 0:02.0\n",
        "\n",
        " ",
        "a\n",
        "A.",
        "。",
        "<a>",
        "</a>",
        "<a ",
        "a='1' ",
        "<p>",
        "<!--",
        "<![CDATA[",
        "[00:01.00]",
        "<00:00:01.5>",
        "{\\p1}",
        "{\"segs\": [",
        "{\"start\": 1, \"text\": \"a\"}, ",
        "NaN,",
        "\"cues\" ",
        "疫",
        "\u{feff}",
        "\0",
    ];
    for (name, head) in heads {
        for part in parts {
            let body = part.repeat(LENGTH / part.len());
            for tail in ["", ">};\"]"] {
                let _ = read_in_time(format!("{head}{body}{tail}").as_bytes(), &format!("x.{name}"));
            }
        }
    }
    for byte in [0x80, 0x81, 0xa4, 0xff] {
        let _ = read_in_time(&vec![byte; LENGTH], "x.txt");
    }
    // Two captions of very many lines that are nearly the same.
    let lines = "a\n".repeat(LENGTH / 2);
    let long = format!("1\n00:00:01,0 --> 00:00:02,0\n{lines}b\n\n2\n00:00:02,0 --> 00:00:03,0\n{lines}c\n");
    assert_eq!(
        read_in_time(long.as_bytes(), "x.srt").unwrap().track.cues.len(),
        2
    );
}

#[test]
fn a_hundred_thousand_captions_are_read_and_written() {
    const COUNT: u32 = 100_000;
    let cue = |index: u32| {
        let start = f64::from(index) * 0.5;
        let mut cue = Cue::new(
            Seconds(start),
            Seconds(start + 0.5),
            format!("caption {index} 疫苗"),
        );
        let words = ["caption", "疫苗"].into_iter().zip([0.0, 0.25]);
        cue.words = words
            .map(|(text, offset)| TimedWord {
                text: text.to_owned(),
                start: Seconds(start + offset),
                end: None,
            })
            .collect();
        cue
    };
    let track = CaptionTrack::new((0..COUNT).map(cue).collect());
    let mut files: Vec<(String, String)> = Vec::new();
    for format in OutputFormat::ALL {
        let begun = Instant::now();
        files.push((format.extension().to_owned(), write(&track, format)));
        assert!(begun.elapsed() < PATIENCE, "{format:?}");
    }
    let mut list = |name: &str, head: &str, tail: &str, line: &dyn Fn(u32) -> String| {
        let body: String = (0..COUNT).map(line).collect();
        files.push((name.to_owned(), format!("{head}{body}{tail}")));
    };
    list("lrc", "", "", &|i| {
        format!("[{}:{:02}.00]line {i}\n", i / 60, i % 60)
    });
    list("ttml", "<tt><body>", "</body></tt>", &|i| {
        format!("<p begin='{i}s' end='{}s'>line {i}</p>\n", i + 1)
    });
    list("srv3", "<timedtext><body>", "</body></timedtext>", &|i| {
        let start = i * 1_000;
        format!("<p t='{start}' d='2000' w='1'><s>line</s><s t='9'> {i}</s></p>\n")
    });
    list("json3", "{\"events\": [", "{}]}", &|i| {
        let start = i * 1_000;
        format!(
            "{{\"tStartMs\": {start}, \"dDurationMs\": 2000, \"wWinId\": 1, \"segs\": [{{\"utf8\": \"line {i}\"}}]}},\n"
        )
    });
    list("json", "{\"segments\": [", "{}]}", &|i| {
        format!("{{\"start\": {i}.5, \"end\": {i}.75, \"text\": \"line {i}\"}},\n")
    });
    for (name, text) in files {
        let imported = read_in_time(text.as_bytes(), &format!("x.{name}")).unwrap();
        assert_eq!(imported.track.cues.len(), COUNT as usize, "{name}");
    }
}

#[test]
fn every_broken_caption_is_told_and_the_rest_is_kept() {
    let mut text = String::new();
    for index in 0..1_000 {
        let time = if index % 2 == 0 {
            "00:00:01,000"
        } else {
            "00:00:0x,000"
        };
        text += &format!("{index}\n{time} --> 30:00:00,000\nline {index}\n\n");
    }
    let imported = parse(text.as_bytes(), "x.srt", &ReadOptions::default()).unwrap();
    assert_eq!(imported.track.cues.len(), 500);
    assert_eq!(imported.track.end(), Seconds(108_000.0));
    let told = imported.warnings.join("\n");
    assert!(
        told.starts_with("500 captions left out") && told.contains("lines 6, 14, 22"),
        "{told}"
    );
    assert!(told.contains("and 480 more"), "{told}");
}

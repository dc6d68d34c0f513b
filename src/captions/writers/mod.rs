//! Writing captions: strict, always UTF-8, and so that the readers give back all that the format can hold.

mod ass;
mod json;
mod srt;
mod vtt;

use super::clock;
use crate::project::{CaptionTrack, Cue};
use std::fmt::Write as _;
use thiserror::Error;

/// A format that captions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// SubRip.
    Srt,
    /// WebVTT, with the times of words where there are such.
    Vtt,
    /// Advanced SubStation Alpha. Its times are hundredths of a second.
    Ass,
    /// A table with the columns index, text, start, duration, times in seconds.
    Csv,
    /// `{"cues": [{"start": 0.0, "end": 1.5, "text": "…", "origin": "imported", "locked": false, "words": […]}]}`,
    /// times in seconds: all that there is, to be read again without loss.
    Json,
    /// A caption a line, without times.
    Txt,
}

impl OutputFormat {
    /// Every format, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Srt, Self::Vtt, Self::Ass, Self::Csv, Self::Json, Self::Txt];

    /// The name shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Srt => "SRT",
            Self::Vtt => "WebVTT",
            Self::Ass => "ASS",
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Txt => "plain text",
        }
    }

    /// The extension of its files, by which it is also called on the command line.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Ass => "ass",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Txt => "txt",
        }
    }
}

/// A name that belongs to no output format.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("captions cannot be written as \"{0}\": choose srt, vtt, ass, csv, json or txt")]
pub struct UnknownOutput(String);

impl std::str::FromStr for OutputFormat {
    type Err = UnknownOutput;

    fn from_str(name: &str) -> Result<Self, UnknownOutput> {
        let known = Self::ALL
            .into_iter()
            .find(|format| format.extension().eq_ignore_ascii_case(name));
        known.ok_or_else(|| UnknownOutput(name.to_owned()))
    }
}

/// The whole track in the format. Times are written to the millisecond (ASS: to the hundredth; JSON: as they
/// are), none before the video, and no end before its start.
#[must_use]
pub fn write(track: &CaptionTrack, to: OutputFormat) -> String {
    match to {
        OutputFormat::Srt => srt::write(track),
        OutputFormat::Vtt => vtt::write(track),
        OutputFormat::Ass => ass::write(track),
        OutputFormat::Csv => csv(track),
        OutputFormat::Json => json::write(track),
        OutputFormat::Txt => track.cues.iter().map(|cue| one_line(&cue.text) + "\n").collect(),
    }
}

fn csv(track: &CaptionTrack) -> String {
    let mut out = String::from("index,text,start,duration\n");
    for (index, cue) in track.cues.iter().enumerate() {
        let quoted = lines(cue).join("\n").replace('"', "\"\"");
        let (start, end) = span(cue);
        let seconds = |millis: u64| millis as f64 / 1e3;
        let _ = writeln!(
            out,
            "{index},\"{quoted}\",{},{}",
            seconds(start),
            seconds(end - start)
        );
    }
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Start and end of a cue in milliseconds, never reversed.
fn span(cue: &Cue) -> (u64, u64) {
    let start = clock::millis(cue.start.0);
    (start, clock::millis(cue.end.0).max(start))
}

/// The lines of a cue's text, trimmed, without control characters and without blank ones around them.
fn lines(cue: &Cue) -> Vec<String> {
    let text = cue.text.replace("\r\n", "\n").replace('\r', "\n");
    let line = |line: &str| {
        let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        line.trim().to_owned()
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let last = lines.iter().rposition(|line| !line.is_empty()).unwrap_or(0);
    lines.into_iter().take(last + 1).skip(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::{ReadOptions, parse, testing};
    use crate::project::{CueOrigin, Seconds, TimedWord};
    use proptest::prelude::*;

    fn seconds(millis: u32) -> Seconds {
        Seconds(f64::from(millis) / 1e3)
    }

    fn track(cues: Vec<(u32, u32, &str)>) -> CaptionTrack {
        let cue = |(start, end, text)| Cue::new(seconds(start), seconds(end), text);
        CaptionTrack::new(cues.into_iter().map(cue).collect())
    }

    fn read_back(track: &CaptionTrack, to: OutputFormat) -> CaptionTrack {
        let name = format!("x.{}", to.extension());
        let imported = parse(write(track, to).as_bytes(), &name, &ReadOptions::default()).unwrap();
        assert!(imported.format.fits(&name), "{:?} in {name}", imported.format);
        imported.track
    }

    #[test]
    fn formats_as_they_stand() {
        let track = track(vec![
            (0, 1_500, "a \"b\" & <c>"),
            (3_600_000, 3_601_000, "疫\n\n苗"),
        ]);
        assert_eq!(
            write(&track, OutputFormat::Srt),
            "1\n00:00:00,000 --> 00:00:01,500\na \"b\" & <\u{200b}c>\n\n2\n01:00:00,000 --> 01:00:01,000\n疫\n \n苗\n\n"
        );
        assert_eq!(
            write(&track, OutputFormat::Vtt),
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\na \"b\" &amp; &lt;c&gt;\n\n\
             01:00:00.000 --> 01:00:01.000\n疫\n \n苗\n"
        );
        assert_eq!(
            write(&track, OutputFormat::Csv),
            "index,text,start,duration\n0,\"a \"\"b\"\" & <c>\",0,1.5\n1,\"疫\n\n苗\",3600,1\n"
        );
        let ass = write(&track, OutputFormat::Ass);
        assert!(
            ass.ends_with("Dialogue: 0,1:00:00.00,1:00:01.00,Default,,0,0,0,,疫\\N\\N苗\n"),
            "{ass}"
        );
        assert_eq!(write(&track, OutputFormat::Txt), "a \"b\" & <c>\n疫 苗\n");
        for format in OutputFormat::ALL {
            assert_eq!(format.extension().to_uppercase().parse(), Ok(format));
            if format != OutputFormat::Txt {
                assert_eq!(read_back(&track, format), track, "{format:?}");
            }
        }
        assert!("doc".parse::<OutputFormat>().is_err());
    }

    #[test]
    fn the_times_of_words_are_written() {
        let mut track = track(vec![(1_000, 4_000, "so it's\n疫苗 <b>")]);
        let word = |text: &str, start, end: Option<u32>| TimedWord {
            text: text.to_owned(),
            start: seconds(start),
            end: end.map(seconds),
        };
        track.cues[0].words = vec![
            word("so", 1_000, None),
            word("it's", 1_250, Some(1_500)),
            word("疫苗", 2_000, None),
            word("<b>", 2_500, Some(3_000)),
        ];
        assert_eq!(
            write(&track, OutputFormat::Vtt),
            "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nso <00:00:01.250>it's<00:00:01.500>\n\
             <00:00:02.000>疫苗 <00:00:02.500>&lt;b&gt;<00:00:03.000>\n"
        );
        assert_eq!(read_back(&track, OutputFormat::Vtt), track);
        // Words that an edit of the text has left behind are passed over.
        track.cues[0].text = "so it is".to_owned();
        assert!(write(&track, OutputFormat::Vtt).ends_with("\nso it is\n"));
    }

    #[test]
    fn json_holds_everything() {
        let mut track = track(vec![(1_000, 2_000, "  so\r\n"), (3_000, 4_000, "")]);
        track.cues[0].start = Seconds(1.000_000_1);
        track.cues[0].origin = CueOrigin::Edited;
        track.cues[0].locked = true;
        track.cues[0].words = vec![TimedWord {
            text: "so".to_owned(),
            start: Seconds(1.1),
            end: Some(Seconds(1.2)),
        }];
        track.cues[1].origin = CueOrigin::Estimated;
        assert_eq!(read_back(&track, OutputFormat::Json), track);
        let document: serde_json::Value = serde_json::from_str(&write(&track, OutputFormat::Json)).unwrap();
        assert_eq!(
            document["cues"][1],
            serde_json::json!({"start": 3.0, "end": 4.0, "text": "", "origin": "estimated", "locked": false})
        );
    }

    #[test]
    fn impossible_times_are_not_written() {
        let mut track = track(vec![(0, 0, "a"), (0, 0, "b")]);
        (track.cues[0].start, track.cues[0].end) = (Seconds(-3.0), Seconds(-1.0));
        (track.cues[1].start, track.cues[1].end) = (Seconds(5.0), Seconds(f64::NAN));
        for format in [
            OutputFormat::Srt,
            OutputFormat::Vtt,
            OutputFormat::Ass,
            OutputFormat::Csv,
            OutputFormat::Json,
        ] {
            let read = read_back(&track, format);
            let times: Vec<(f64, f64)> = read.cues.iter().map(|cue| (cue.start.0, cue.end.0)).collect();
            assert_eq!(times, [(0.0, 0.0), (5.0, 5.0)], "{format:?}");
        }
    }

    #[test]
    fn what_the_formats_give_markup_to_comes_through() {
        let hard = "00:00:01,000 --> 00:00:02,000\n<i>{\\an8}</i> -->\n\n2\nC:\\News \\{b} \\\n&amp; NOTE WEBVTT\n[Events]";
        let track = track(vec![
            (1_000, 2_000, hard),
            (108_000_000, 108_001_000, "{open \\h\\n\\N \"x\""),
        ]);
        for format in [
            OutputFormat::Srt,
            OutputFormat::Vtt,
            OutputFormat::Ass,
            OutputFormat::Csv,
            OutputFormat::Json,
        ] {
            assert_eq!(read_back(&track, format), track, "{format:?}");
        }
    }

    /// Lines of anything that could be taken for markup of some format.
    fn text() -> impl Strategy<Value = String> {
        let line = "([a-zA-Z0-9疫苗，。 &;.,!?'\"<>{}\\\\\\[\\]:-]|-->|<i>|</b>|\\{\\\\an8\\}|&lt;|\\\\N|00:01:02[.,]5|WEBVTT|Dialogue: ){0,8}";
        let lines = proptest::collection::vec(line, 1..4);
        let text = lines.prop_map(|lines| {
            let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            trimmed.join("\n").trim().to_owned()
        });
        text.prop_filter("says something", |text| !text.is_empty())
    }

    fn cue() -> impl Strategy<Value = Cue> {
        (0_u32..110_000_000, 0_u32..20_000, text())
            .prop_map(|(start, length, text)| Cue::new(seconds(start), seconds(start + length), text))
    }

    /// A cue whose words all have times, in order.
    fn timed_cue() -> impl Strategy<Value = Cue> {
        let word = ("[a-z疫苗&<>]{1,4}", 1_u32..500, 1_u32..500, any::<bool>());
        (0_u32..7_200_000, proptest::collection::vec(word, 2..8)).prop_map(|(start, words)| {
            let mut now = start;
            let mut cue = Cue::new(seconds(start), seconds(start), "");
            for (place, (text, spoken, pause, has_end)) in words.into_iter().enumerate() {
                now += if place == 0 { 0 } else { pause };
                let begins = now;
                now += spoken;
                if place > 0 {
                    cue.text.push(if place % 4 == 3 { '\n' } else { ' ' });
                }
                cue.text.push_str(&text);
                cue.words.push(TimedWord {
                    text,
                    start: seconds(begins),
                    end: has_end.then(|| seconds(now)),
                });
            }
            cue.end = seconds(now + 1);
            cue
        })
    }

    proptest! {
        #![proptest_config(testing::cases())]

        #[test]
        fn written_and_read_back_cues_are_the_same(cues in proptest::collection::vec(cue(), 1..12)) {
            let track = CaptionTrack::new(cues);
            for format in [OutputFormat::Srt, OutputFormat::Vtt, OutputFormat::Csv, OutputFormat::Json] {
                prop_assert_eq!(&read_back(&track, format), &track, "{:?}", format);
            }
            let in_hundredths = |time: Seconds| Seconds((time.0 * 100.0).round() / 100.0);
            let mut coarse = track.clone();
            for cue in &mut coarse.cues {
                (cue.start, cue.end) = (in_hundredths(cue.start), in_hundredths(cue.end));
            }
            let coarse = CaptionTrack::new(coarse.cues);
            prop_assert_eq!(&read_back(&coarse, OutputFormat::Ass), &coarse);
        }

        #[test]
        fn words_come_back_with_their_times(
            cues in proptest::collection::vec(timed_cue(), 1..6),
            marks in proptest::collection::vec((0_u8..3, any::<bool>()), 6)
        ) {
            let mut track = CaptionTrack::new(cues);
            prop_assert_eq!(&read_back(&track, OutputFormat::Vtt), &track);
            for (cue, (origin, locked)) in track.cues.iter_mut().zip(marks) {
                let origins = [CueOrigin::Imported, CueOrigin::Estimated, CueOrigin::Edited];
                cue.origin = origins[usize::from(origin)];
                cue.locked = locked;
            }
            prop_assert_eq!(&read_back(&track, OutputFormat::Json), &track);
        }

        #[test]
        fn nothing_impossible_is_written(start in any::<f64>(), end in any::<f64>(), text in any::<String>()) {
            let track = CaptionTrack { cues: vec![Cue::new(Seconds(start), Seconds(end), text)] };
            for format in [OutputFormat::Srt, OutputFormat::Vtt, OutputFormat::Ass, OutputFormat::Csv, OutputFormat::Json] {
                let name = format!("x.{}", format.extension());
                if let Ok(read) = parse(write(&track, format).as_bytes(), &name, &ReadOptions::default()) {
                    prop_assert!(read.format.fits(&name), "{:?}", read.format);
                    prop_assert_eq!(read.track.cues.len(), 1);
                }
            }
        }
    }
}

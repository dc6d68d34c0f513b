//! Writing captions.

use super::clock;
use crate::project::CaptionTrack;
use serde::Serialize;
use std::fmt::Write as _;
use thiserror::Error;

/// A format that captions are written in, always as UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
    /// A table with the columns index, text, start, duration, times in seconds.
    Csv,
    /// `{"cues": [{"start": 0.0, "end": 1.5, "text": "…"}]}`, times in seconds.
    Json,
    /// A caption a line, without times.
    Txt,
}

/// A name that belongs to no output format.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("captions cannot be written as \"{0}\": choose srt, vtt, csv, json or txt")]
pub struct UnknownOutput(String);

impl std::str::FromStr for OutputFormat {
    type Err = UnknownOutput;

    fn from_str(name: &str) -> Result<Self, UnknownOutput> {
        match name.to_ascii_lowercase().as_str() {
            "srt" => Ok(Self::Srt),
            "vtt" => Ok(Self::Vtt),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "txt" => Ok(Self::Txt),
            _ => Err(UnknownOutput(name.to_owned())),
        }
    }
}

/// The whole track in the format, times to the millisecond.
#[must_use]
pub fn write(track: &CaptionTrack, to: OutputFormat) -> String {
    match to {
        OutputFormat::Srt => srt(track),
        OutputFormat::Vtt => vtt(track),
        OutputFormat::Csv => csv(track),
        OutputFormat::Json => json(track),
        OutputFormat::Txt => track.cues.iter().map(|cue| one_line(&cue.text) + "\n").collect(),
    }
}

fn srt(track: &CaptionTrack) -> String {
    let mut out = String::new();
    for (index, cue) in track.cues.iter().enumerate() {
        let (start, end) = (clock::written(cue.start.0, ','), clock::written(cue.end.0, ','));
        let _ = write!(out, "{}\n{start} --> {end}\n{}\n\n", index + 1, cue.text.trim());
    }
    out
}

fn vtt(track: &CaptionTrack) -> String {
    let mut out = String::from("WEBVTT\n");
    for cue in &track.cues {
        let (start, end) = (clock::written(cue.start.0, '.'), clock::written(cue.end.0, '.'));
        let escaped = cue
            .text
            .trim()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let _ = write!(out, "\n{start} --> {end}\n");
        for line in escaped.lines() {
            // A blank line would end the cue; a space does not.
            let _ = writeln!(out, "{}", if line.is_empty() { " " } else { line });
        }
    }
    out
}

fn csv(track: &CaptionTrack) -> String {
    let mut out = String::from("index,text,start,duration\n");
    for (index, cue) in track.cues.iter().enumerate() {
        let quoted = cue.text.trim().replace('"', "\"\"");
        let (start, duration) = (to_millis(cue.start.0), to_millis(cue.end.0 - cue.start.0));
        let _ = writeln!(out, "{index},\"{quoted}\",{start},{duration}");
    }
    out
}

fn json(track: &CaptionTrack) -> String {
    #[derive(Serialize)]
    struct Plain<'a> {
        start: f64,
        end: f64,
        text: &'a str,
    }
    #[derive(Serialize)]
    struct Document<'a> {
        cues: Vec<Plain<'a>>,
    }
    let cues = track
        .cues
        .iter()
        .map(|cue| Plain {
            start: to_millis(cue.start.0),
            end: to_millis(cue.end.0),
            text: &cue.text,
        })
        .collect();
    // Numbers and text cannot fail to be written.
    serde_json::to_string_pretty(&Document { cues }).unwrap_or_default() + "\n"
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn to_millis(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::{ReadOptions, parse};
    use crate::project::{Cue, Seconds};
    use proptest::prelude::*;

    fn track(cues: Vec<(u32, u32, String)>) -> CaptionTrack {
        let seconds = |millis: u32| Seconds(f64::from(millis) / 1e3);
        let cue = |(start, end, text): (u32, u32, String)| Cue::new(seconds(start), seconds(end), text);
        CaptionTrack::new(cues.into_iter().map(cue).collect())
    }

    fn read_back(track: &CaptionTrack, to: OutputFormat, name: &str) -> CaptionTrack {
        parse(write(track, to).as_bytes(), name, &ReadOptions::default())
            .unwrap()
            .track
    }

    #[test]
    fn formats_as_they_stand() {
        let track = track(vec![
            (0, 1_500, "a \"b\" & <c>".to_owned()),
            (3_600_000, 3_601_000, "疫\n\n苗".to_owned()),
        ]);
        assert_eq!(
            write(&track, OutputFormat::Srt),
            "1\n00:00:00,000 --> 00:00:01,500\na \"b\" & <c>\n\n2\n01:00:00,000 --> 01:00:01,000\n疫\n\n苗\n\n"
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
        assert_eq!(write(&track, OutputFormat::Txt), "a \"b\" & <c>\n疫 苗\n");
        let json: serde_json::Value = serde_json::from_str(&write(&track, OutputFormat::Json)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"cues": [
                {"start": 0.0, "end": 1.5, "text": "a \"b\" & <c>"},
                {"start": 3600.0, "end": 3601.0, "text": "疫\n\n苗"},
            ]})
        );
        assert_eq!(read_back(&track, OutputFormat::Vtt, "x.vtt"), track);
        assert_eq!(read_back(&track, OutputFormat::Csv, "x.csv"), track);
        assert_eq!("VTT".parse(), Ok(OutputFormat::Vtt));
        assert!("doc".parse::<OutputFormat>().is_err());
    }

    /// Captions of one to three lines, some blank inside, without what SRT cannot say.
    fn cues() -> impl Strategy<Value = Vec<(u32, u32, String)>> {
        let line = "[a-zA-Z0-9疫苗，。 &;.,!?'<>-]{0,12}";
        let text = proptest::collection::vec(line, 1..4).prop_map(|lines| {
            let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            trimmed.join("\n").trim().to_owned()
        });
        let text = text.prop_filter("says something", |text| !text.is_empty() && !text.contains("-->"));
        let cue = (0_u32..7_200_000, 1_u32..20_000, text)
            .prop_map(|(start, length, text)| (start, start + length, text));
        proptest::collection::vec(cue, 1..12)
    }

    fn has_tag(text: &str) -> bool {
        text.contains('<') && text.contains('>')
    }

    proptest! {
        #[test]
        fn written_and_read_back_cues_are_the_same(cues in cues()) {
            let track = track(cues);
            prop_assert_eq!(&read_back(&track, OutputFormat::Vtt, "x.vtt"), &track);
            prop_assert_eq!(&read_back(&track, OutputFormat::Csv, "x.csv"), &track);
            if !track.cues.iter().any(|cue| has_tag(&cue.text)) {
                prop_assert_eq!(&read_back(&track, OutputFormat::Srt, "x.srt"), &track);
            }
        }
    }
}

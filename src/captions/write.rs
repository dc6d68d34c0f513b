//! Writing captions.

use super::times::write_time;
use crate::project::CaptionTrack;
use serde_json::json;

/// A format that captions can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
    /// A table with start, end and text.
    Csv,
    /// `{"cues": [{"start", "end", "text"}]}`, seconds as numbers.
    Json,
    /// A line a cue.
    Txt,
}

/// Writes a track as text in UTF-8.
#[must_use]
pub fn write(track: &CaptionTrack, to: OutputFormat) -> String {
    let cues = &track.cues;
    match to {
        OutputFormat::Srt => {
            let blocks = cues.iter().enumerate().map(|(i, cue)| {
                let (start, end) = (write_time(cue.start, ','), write_time(cue.end, ','));
                format!("{}\n{start} --> {end}\n{}\n", i + 1, cue.text)
            });
            blocks.collect::<Vec<_>>().join("\n")
        }
        OutputFormat::Vtt => {
            let blocks = cues.iter().map(|cue| {
                let (start, end) = (write_time(cue.start, '.'), write_time(cue.end, '.'));
                let text = cue
                    .text
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;");
                format!("\n{start} --> {end}\n{text}\n")
            });
            format!("WEBVTT\n{}", blocks.collect::<String>())
        }
        OutputFormat::Csv => {
            let mut rows = csv::Writer::from_writer(Vec::new());
            // Writing to memory does not fail.
            let _ = rows.write_record(["start", "end", "text"]);
            for cue in cues {
                let _ = rows.write_record([
                    format!("{:.3}", cue.start.0),
                    format!("{:.3}", cue.end.0),
                    cue.text.clone(),
                ]);
            }
            rows.into_inner()
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .unwrap_or_default()
        }
        OutputFormat::Json => {
            let cues: Vec<_> = cues
                .iter()
                .map(|cue| json!({ "start": cue.start, "end": cue.end, "text": cue.text }))
                .collect();
            format!("{:#}\n", json!({ "cues": cues }))
        }
        OutputFormat::Txt => cues
            .iter()
            .map(|cue| cue.text.replace('\n', " ") + "\n")
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, CueId, CueOrigin, Seconds};

    #[test]
    fn each_format_as_its_readers_expect() {
        let cue = Cue {
            id: CueId(0),
            start: Seconds(1.0),
            end: Seconds(2.5),
            text: "R&D, \"疫苗\"".into(),
            origin: CueOrigin::Imported,
            locked: false,
        };
        let track = CaptionTrack::new(vec![cue]);
        assert_eq!(
            write(&track, OutputFormat::Srt),
            "1\n00:00:01,000 --> 00:00:02,500\nR&D, \"疫苗\"\n"
        );
        assert_eq!(
            write(&track, OutputFormat::Vtt),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nR&amp;D, \"疫苗\"\n"
        );
        assert_eq!(
            write(&track, OutputFormat::Csv),
            "start,end,text\n1.000,2.500,\"R&D, \"\"疫苗\"\"\"\n"
        );
        assert_eq!(write(&track, OutputFormat::Txt), "R&D, \"疫苗\"\n");
    }
}

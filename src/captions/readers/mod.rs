//! The readers of the formats: each is lenient, keeps what can be read, and reports what cannot.

mod ass;
mod document;
mod json;
mod json3;
mod lrc;
mod markup;
mod phrases;
mod plain;
mod rolling;
mod srt;
mod table;
mod timed_text;
mod ttml;
mod vtt;
mod whisper;
mod xml;

use super::report::Report;
use super::timing::{self, TimedText};
use super::{CaptionError, CaptionFormat};
use crate::project::Seconds;
pub(super) use lrc::is_tag as is_lyrics_tag;
pub(super) use markup::guard_srt;
use rolling::unroll;
pub(super) use table::has_header as has_table_header;

/// Captions as a file holds them.
#[derive(Debug, PartialEq)]
pub(super) enum Captions {
    /// With times, in the order of the file.
    Timed(Vec<TimedText>),
    /// Texts in order, for the file has no times.
    Untimed(Vec<String>),
}

/// The name of the outermost element of an XML file.
pub(super) fn xml_root(text: &str) -> Option<String> {
    xml::Document::root(text)
}

/// What is told of a cue whose times are no times.
const UNREADABLE: &str = "left out, for their times cannot be read";

/// Reads the captions of a decoded file. The name stands in messages; the duration of the video decides whether
/// bare numbers are seconds or milliseconds.
///
/// # Errors
/// When a table has no captions in it.
pub(super) fn read(
    format: CaptionFormat,
    text: &str,
    name: &str,
    duration: Option<Seconds>,
    report: &mut Report,
) -> Result<Captions, CaptionError> {
    let mut cues = match format {
        CaptionFormat::Srt => unroll(srt::parse(text, report)),
        CaptionFormat::Vtt => unroll(vtt::parse(text, report)),
        CaptionFormat::Ass => ass::parse(text, report),
        CaptionFormat::Lrc => lrc::parse(text, report),
        CaptionFormat::Ttml => ttml::parse(text, report),
        CaptionFormat::TimedText => timed_text::parse(text, report),
        CaptionFormat::Json3 => json3::parse(text, report),
        CaptionFormat::Whisper => whisper::parse(text, duration, report),
        // What the program itself has written is kept as it is, captions without text among it.
        CaptionFormat::Json => return Ok(Captions::Timed(document::parse(text, report))),
        CaptionFormat::Csv => match table::parse(text, name, duration, report)? {
            Captions::Timed(cues) => cues,
            untimed @ Captions::Untimed(_) => return Ok(untimed),
        },
        CaptionFormat::Txt => match plain::parse(text) {
            Captions::Timed(cues) => cues,
            untimed @ Captions::Untimed(_) => return Ok(untimed),
        },
    };
    timing::drop_empty(&mut cues, report);
    Ok(Captions::Timed(cues))
}

#[cfg(test)]
mod testing {
    use super::*;

    /// Starts, ends and texts of cues, and what was reported.
    pub(super) type Told = (Vec<(f64, Option<f64>, String)>, Vec<String>);

    /// Runs a reader and gives what a test compares.
    pub(super) fn told(parse: impl FnOnce(&mut Report) -> Vec<TimedText>) -> Told {
        let mut report = Report::default();
        let cues = parse(&mut report).into_iter();
        let cues = cues.map(|cue| (cue.start, cue.end, cue.text)).collect();
        (cues, report.into_lines())
    }

    /// Starts, ends and texts of the words of a cue.
    pub(super) fn words(cue: &TimedText) -> Vec<(f64, Option<f64>, &str)> {
        let words = cue.words.iter();
        words
            .map(|word| (word.start.0, word.end.map(|end| end.0), word.text.as_str()))
            .collect()
    }
}

//! Reading and writing captions, finding their words, and the vectors of the words.

mod builtin;
mod encoding;
mod error;
mod language;
mod plain;
mod srt;
mod table;
mod times;
mod tokens;
mod vectors;
mod vtt;
mod write;

pub use error::{CaptionError, VectorError};
pub use language::detect_language;
pub use tokens::Tokenizer;
pub use vectors::vocabulary;
pub use write::{OutputFormat, write};

use crate::project::{CaptionTrack, Cue, CueId, CueOrigin, Seconds};
use std::path::Path;

/// The format of a caption file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptionFormat {
    /// A table with a text column and times.
    Csv,
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
    /// Lines of text, perhaps with a time stamp each.
    Txt,
}

impl CaptionFormat {
    /// The format that a file's name stands for.
    fn of(name: &str) -> Option<Self> {
        let extension = Path::new(name).extension()?.to_string_lossy().to_lowercase();
        match extension.as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "srt" => Some(Self::Srt),
            "vtt" => Some(Self::Vtt),
            "txt" => Some(Self::Txt),
            _ => None,
        }
    }
}

/// What the reader should know beforehand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadOptions {
    /// Encoding by a label such as "gb18030"; found out where none.
    pub encoding: Option<String>,
    /// Length of the video: text without times is spread over it.
    pub duration: Option<Seconds>,
}

/// A caption file read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The cues.
    pub track: CaptionTrack,
    /// The format of the file.
    pub format: CaptionFormat,
    /// The encoding of the file, as shown to people: "UTF-8 with BOM", "GB18030".
    pub encoding: String,
    /// What was repaired or looks odd, in words.
    pub warnings: Vec<String>,
}

/// Cues as a format's parser finds them.
#[derive(Debug, Default, PartialEq)]
struct Parsed {
    cues: Vec<RawCue>,
    warnings: Vec<String>,
}

/// A cue before it has an identity.
#[derive(Debug, Clone, PartialEq)]
struct RawCue {
    start: Option<Seconds>,
    end: Option<Seconds>,
    text: String,
}

/// Reads a caption file.
///
/// # Errors
/// When the file cannot be read, is in no known format or encoding, or holds no cue.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Imported, CaptionError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| CaptionError::Read {
        name: name.clone(),
        source,
    })?;
    parse(&bytes, &name, options)
}

/// Reads captions from memory; `name` decides the format and is used in messages.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Imported, CaptionError> {
    let format = CaptionFormat::of(name).ok_or_else(|| CaptionError::Format(name.into()))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CaptionError::Empty(name.into()));
    }
    let (text, encoding) = encoding::decode(bytes, name, options.encoding.as_deref())?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let parsed = match format {
        CaptionFormat::Csv => table::parse(&text, name)?,
        CaptionFormat::Srt => srt::parse(&text),
        CaptionFormat::Vtt => vtt::parse(&text),
        CaptionFormat::Txt => plain::parse(&text),
    };
    if parsed.cues.is_empty() {
        return Err(CaptionError::NoCues {
            name: name.into(),
            expected: expected(format),
        });
    }
    let mut warnings = parsed.warnings;
    let track = CaptionTrack::new(time_cues(parsed.cues, options.duration, &mut warnings));
    Ok(Imported {
        track,
        format,
        encoding,
        warnings,
    })
}

const fn expected(format: CaptionFormat) -> &'static str {
    match format {
        CaptionFormat::Csv => "a header with a text column, and a start column or no times at all",
        CaptionFormat::Srt => "blocks with a line such as 00:00:01,000 --> 00:00:03,500",
        CaptionFormat::Vtt => "WEBVTT, then blocks with a line such as 00:01.000 --> 00:03.500",
        CaptionFormat::Txt => "lines of text",
    }
}

/// A plain speaking rate, for text without times and without a video: characters a second, a Han character counting
/// as three.
const SPEAKING_RATE: f64 = 14.0;

/// Gives every cue its times: those of the file, repaired where they cannot be, or estimated ones.
fn time_cues(raw: Vec<RawCue>, duration: Option<Seconds>, warnings: &mut Vec<String>) -> Vec<Cue> {
    if raw.iter().all(|cue| cue.start.is_none()) {
        return spread(raw, duration);
    }
    let unordered = raw
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.start > b.start))
        .count();
    if unordered > 0 {
        warnings.push(format!(
            "{unordered} cues were out of order and have been sorted by start time"
        ));
    }
    let mut raw = raw;
    raw.sort_by(|a, b| a.start.unwrap_or_default().order(&b.start.unwrap_or_default()));
    let starts: Vec<Seconds> = raw.iter().map(|cue| cue.start.unwrap_or_default()).collect();
    let mut repaired = 0;
    let cues = raw.into_iter().enumerate().map(|(i, cue)| {
        let start = starts.get(i).copied().unwrap_or_default();
        let next = starts.get(i + 1).copied().filter(|next| *next > start);
        let spoken = Seconds((length(&cue.text) / SPEAKING_RATE).max(1.0));
        let end = match cue.end {
            Some(end) if end >= start => end,
            Some(_) => {
                repaired += 1;
                next.unwrap_or(start + spoken)
            }
            None => next.unwrap_or(start + spoken),
        };
        Cue {
            id: CueId(0),
            start,
            end,
            text: cue.text,
            origin: CueOrigin::Imported,
            locked: false,
        }
    });
    let cues = cues.collect();
    if repaired > 0 {
        warnings.push(format!(
            "{repaired} cues ended before they started; they now end where the next one starts"
        ));
    }
    cues
}

/// Spreads cues without times over the video by the length of their text.
fn spread(raw: Vec<RawCue>, duration: Option<Seconds>) -> Vec<Cue> {
    let total: f64 = raw.iter().map(|cue| length(&cue.text)).sum();
    let duration = duration.map_or(total / SPEAKING_RATE, |duration| duration.0);
    let mut at = 0.0;
    let time = |share: f64| Seconds((duration * share / total.max(1.0) * 1000.0).round() / 1000.0);
    raw.into_iter()
        .map(|cue| {
            let start = time(at);
            at += length(&cue.text);
            Cue {
                id: CueId(0),
                start,
                end: time(at),
                text: cue.text,
                origin: CueOrigin::Estimated,
                locked: false,
            }
        })
        .collect()
}

/// How long a text takes to say, in Latin letters: a Han character takes about three.
fn length(text: &str) -> f64 {
    text.chars()
        .map(|c| if language::is_han(c) { 3.0 } else { 1.0 })
        .sum::<f64>()
        .max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shared(name: &str) -> Option<Imported> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data")
            .join(name);
        if !path.exists() {
            eprintln!("skipped: {} is not there", path.display());
            return None;
        }
        Some(
            read(
                &path,
                &ReadOptions {
                    duration: Some(Seconds(756.0)),
                    ..ReadOptions::default()
                },
            )
            .unwrap(),
        )
    }

    #[test]
    fn the_real_csv_gives_96_cues() {
        let Some(read) = shared("us_new_variant.csv") else {
            return;
        };
        let cues = &read.track.cues;
        assert_eq!(cues.len(), 96);
        assert_eq!(cues[0].text, "health officials here in new york city");
        assert_eq!((cues[1].start, cues[1].end), (Seconds(1.92), Seconds(5.6)));
    }

    #[test]
    fn rolling_captions_hold_each_phrase_once_at_the_time_of_the_csv() {
        let (Some(vtt), Some(csv)) = (shared("us_new_variant.rolling.vtt"), shared("us_new_variant.csv"))
        else {
            return;
        };
        let words = |track: &CaptionTrack| -> Vec<String> {
            track
                .cues
                .iter()
                .flat_map(|cue| cue.text.split_whitespace())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(words(&vtt.track), words(&csv.track));
        assert_eq!(vtt.track.cues.len(), csv.track.cues.len());
        for (a, b) in vtt.track.cues.iter().zip(&csv.track.cues) {
            assert!(
                (a.start.0 - b.start.0).abs() <= 0.1,
                "{} starts at {} and {}",
                a.text,
                a.start,
                b.start
            );
        }
    }

    #[test]
    fn the_real_chinese_text_gives_90_estimated_cues() {
        let Some(read) = shared("cn_vaccine.txt") else {
            return;
        };
        assert_eq!((read.track.cues.len(), read.encoding.as_str()), (90, "GB18030"));
        assert!(read.track.is_estimated());
        assert_eq!(read.track.end(), Seconds(756.0));
        let Some(srt) = shared("cn_vaccine.srt") else {
            return;
        };
        assert_eq!(srt.encoding, "UTF-8 with BOM");
        let texts =
            |read: &Imported| -> Vec<String> { read.track.cues.iter().map(|cue| cue.text.clone()).collect() };
        assert_eq!(texts(&srt), texts(&read));
    }

    #[test]
    fn odd_times_are_repaired_and_told() {
        let srt = "1\n00:00:09,000 --> 00:00:08,000\nlate\n\n2\n00:00:01,000 --> 00:00:02,000\nearly\n";
        let read = parse(srt.as_bytes(), "a.srt", &ReadOptions::default()).unwrap();
        let texts: Vec<&str> = read.track.cues.iter().map(|cue| cue.text.as_str()).collect();
        assert_eq!(texts, ["early", "late"]);
        assert!(read.track.cues.iter().all(|cue| cue.end > cue.start));
        assert_eq!(read.warnings.len(), 2, "{:?}", read.warnings);
    }

    #[test]
    fn nothing_is_never_an_empty_list_in_silence() {
        let message = |bytes: &[u8], name: &str| {
            parse(bytes, name, &ReadOptions::default())
                .unwrap_err()
                .to_string()
        };
        assert!(message(b" \n", "a.srt").contains("is empty"));
        assert!(message(b"hello", "a.srt").contains("-->"));
        assert!(message(b"hello", "a.doc").contains("SRT"));
        assert!(message(&[0, 1, 2, 3, 0, 9, 200, 0], "a.txt").contains("not text"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_parser_panic(bytes: Vec<u8>, kind in 0..4usize) {
            let name = ["a.csv", "a.srt", "a.vtt", "a.txt"][kind];
            let _ = parse(&bytes, name, &ReadOptions::default());
        }

        #[test]
        fn no_text_makes_a_parser_panic(
            text in "([0-9]{1,2}[:.,]|-->|<c>|\n|WEBVTT|NOTE|老年人|,text,start| |\"){0,40}",
            kind in 0..4usize,
        ) {
            let name = ["a.csv", "a.srt", "a.vtt", "a.txt"][kind];
            let _ = parse(text.as_bytes(), name, &ReadOptions::default());
        }

        #[test]
        fn cues_written_are_read_back(
            cues in proptest::collection::vec((0u32..90_000_000, 1u32..60_000, "[a-z疫苗]( ?[a-z疫苗，]){0,20}[a-z疫苗]"), 1..12),
            format in 0..4usize,
        ) {
            let (format, name) = [
                (OutputFormat::Srt, "a.srt"), (OutputFormat::Vtt, "a.vtt"),
                (OutputFormat::Csv, "a.csv"), (OutputFormat::Srt, "a.srt"),
            ][format];
            let cue = |(start, length, text): (u32, u32, String)| Cue {
                id: CueId(0),
                start: Seconds(f64::from(start) / 1000.0),
                end: Seconds(f64::from(start + length) / 1000.0),
                text,
                origin: CueOrigin::Imported,
                locked: false,
            };
            let track = CaptionTrack::new(cues.into_iter().map(cue).collect());
            let back = parse(write(&track, format).as_bytes(), name, &ReadOptions::default()).unwrap().track;
            prop_assert_eq!(back.cues.len(), track.cues.len());
            for (a, b) in back.cues.iter().zip(&track.cues) {
                prop_assert_eq!(&a.text, &b.text);
                prop_assert!((a.start.0 - b.start.0).abs() < 0.0011 && (a.end.0 - b.end.0).abs() < 0.0011);
            }
        }
    }
}

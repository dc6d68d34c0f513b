//! Reading captions from a file of any format and encoding.

use super::readers::{self, Captions};
use super::report::Report;
use super::{CaptionError, CaptionFormat, encoding, timing};
use crate::project::{CaptionTrack, Seconds};
use std::path::Path;

/// What the file itself cannot say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// A WHATWG label such as "gb18030". Without one the encoding is found.
    pub encoding: Option<String>,
    /// Of the video. Text without times is spread over it, and it tells seconds from milliseconds.
    pub duration: Option<Seconds>,
}

/// Captions and how they were read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// In order of time; never empty.
    pub track: CaptionTrack,
    /// The format they were found in.
    pub format: CaptionFormat,
    /// The encoding as shown: "UTF-8 with BOM", "GB18030".
    pub encoding: String,
    /// What was repaired, left out or is doubtful, each in one line.
    pub warnings: Vec<String>,
}

/// Bytes. A whole day of captions with the times of its words, in the wordiest format, has a quarter of that.
const LARGEST: u64 = 256 << 20;

/// Reads the captions of a file.
///
/// # Errors
/// When the file cannot be read, is of an unknown format or encoding, or holds no caption.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Imported, CaptionError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let unreadable = |source| CaptionError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > LARGEST {
        return Err(CaptionError::TooLarge {
            name: name.into_owned(),
            megabytes: length >> 20,
        });
    }
    parse(&std::fs::read(path).map_err(unreadable)?, &name, options)
}

/// Reads captions from the bytes of a file. What they hold tells the format, and where it does not the extension
/// of the name, which also stands in messages.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Imported, CaptionError> {
    let decoded = encoding::decode(bytes, name, options.encoding.as_deref())?;
    if decoded.text.trim().is_empty() {
        return Err(CaptionError::Empty {
            name: name.to_owned(),
        });
    }
    let format = CaptionFormat::of(name, &decoded.text).ok_or_else(|| CaptionError::UnknownFormat {
        name: name.to_owned(),
    })?;
    let mut report = Report::default();
    decoded
        .warning
        .into_iter()
        .for_each(|warning| report.note(warning));
    if !format.fits(name) {
        report.note(format!("read as {}, which is what the file holds", format.name()));
    }
    let captions = readers::read(format, &decoded.text, name, options.duration, &mut report)?;
    let track = match captions {
        Captions::Timed(cues) => timing::settle(cues, options.duration, &mut report),
        Captions::Untimed(texts) => {
            let track = timing::spread(texts, options.duration);
            let (captions, end) = (crate::project::counted(track.cues.len(), "caption"), track.end());
            report.note(format!(
                "the file has no times: {captions} spread over {end} by their length"
            ));
            track
        }
    };
    let warnings = report.into_lines();
    if track.cues.is_empty() {
        return Err(CaptionError::NoCues {
            name: name.to_owned(),
            expected: format.expected(),
            warnings,
        });
    }
    Ok(Imported {
        track,
        format,
        encoding: decoded.encoding,
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shared test data; none where they are absent.
    fn shared(name: &str) -> Option<std::path::PathBuf> {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(name);
        if !path.exists() {
            eprintln!("skipped: {} is absent", path.display());
            return None;
        }
        Some(path)
    }

    fn read_shared(name: &str, options: &ReadOptions) -> Option<Imported> {
        shared(name).map(|path| read(&path, options).unwrap())
    }

    /// Both say the same words in the same order, and begin to say them within 100 ms of each other.
    fn assert_same_talk(a: &Imported, b: &Imported) {
        assert_eq!(
            a.track.cues.len(),
            b.track.cues.len(),
            "{:?} {:?}",
            a.format,
            b.format
        );
        for (a, b) in a.track.cues.iter().zip(&b.track.cues) {
            assert_eq!(a.text, b.text);
            assert!((a.start.0 - b.start.0).abs() <= 0.1, "{a:?} {b:?}");
        }
    }

    fn parse_text(text: &str, name: &str) -> Imported {
        parse(text.as_bytes(), name, &ReadOptions::default()).unwrap()
    }

    /// WebVTT as programs turn it into SRT that know nothing of rolling captions.
    fn as_srt(vtt: &str) -> String {
        let mut srt = String::new();
        for line in vtt.lines().skip(4) {
            let line = line.split(" align:").next().unwrap();
            let bare = line.split('<').map(|part| part.rsplit('>').next().unwrap());
            srt += &if line.contains("-->") {
                line.replace('.', ",")
            } else {
                bare.collect()
            };
            srt += "\n";
        }
        srt
    }

    #[test]
    fn every_format_of_one_video_says_the_same() {
        let options = ReadOptions::default();
        let (Some(table), Some(rolling), Some(json3)) = (
            read_shared("us_new_variant.csv", &options),
            read_shared("us_new_variant.rolling.vtt", &options),
            read_shared("us_new_variant.json3", &options),
        ) else {
            return;
        };
        let vtt = std::fs::read_to_string(shared("us_new_variant.rolling.vtt").unwrap()).unwrap();
        let srt = parse_text(&as_srt(&vtt), "x.srt");
        assert_eq!(table.track.cues.len(), 96);
        for (other, format) in [
            (&rolling, CaptionFormat::Vtt),
            (&json3, CaptionFormat::Json3),
            (&srt, CaptionFormat::Srt),
        ] {
            assert_eq!(other.format, format);
            assert!(other.warnings.is_empty(), "{:?}", other.warnings);
            assert_same_talk(&table, other);
        }
        // The two that time words agree on them too.
        for (a, b) in rolling.track.cues.iter().zip(&json3.track.cues) {
            // A line of one word has no stamps.
            let words = Some(a.text.split(' ').count()).filter(|words| *words > 1);
            assert_eq!(a.words.len(), words.unwrap_or(0), "{a:?}");
            assert_eq!(a.words.len(), b.words.len());
            for (a, b) in a.words.iter().zip(&b.words) {
                assert_eq!(a.text, b.text);
                assert!((a.start.0 - b.start.0).abs() <= 0.1, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn what_is_said_twice_stays_twice_in_every_format() {
        let vtt = "WEBVTT\nKind: captions\nLanguage: en\n\n\
                   00:00:01.000 --> 00:00:02.990 align:start\n \nno<00:00:01.500><c> no</c>\n\n\
                   00:00:02.990 --> 00:00:03.000 align:start\nno no\n \n\n\
                   00:00:03.000 --> 00:00:04.990 align:start\nno no\nno<00:00:03.500><c> no</c>\n\n\
                   00:00:04.990 --> 00:00:05.000 align:start\nno no\n \n\n\
                   00:00:05.000 --> 00:00:07.000 align:start\nno no\nyes<00:00:05.400><c> 疫苗</c>\n";
        let phrase = |start: u32, second: &str, offset: u32| {
            let first = if second == " no" { "no" } else { "yes" };
            format!(
                "{{\"tStartMs\": {start}, \"dDurationMs\": 4000, \"wWinId\": 1, \"segs\": [{{\"utf8\": \"{first}\"}}, \
                 {{\"utf8\": \"{second}\", \"tOffsetMs\": {offset}}}]}}, {{\"tStartMs\": {}, \"dDurationMs\": 10, \"wWinId\": 1, \
                 \"aAppend\": 1, \"segs\": [{{\"utf8\": \"\\n\"}}]}}",
                start + 1_990
            )
        };
        let events = [
            phrase(1_000, " no", 500),
            phrase(3_000, " no", 500),
            phrase(5_000, " 疫苗", 400),
        ];
        let json3 = format!("{{\"events\": [{}]}}", events.join(", "));
        let csv = ",text,start,duration\n0,no no,1.0,4.0\n1,no no,3.0,4.0\n2,yes 疫苗,5.0,2.0\n";
        let table = parse_text(csv, "x.csv");
        let texts: Vec<&str> = table.track.cues.iter().map(|cue| cue.text.as_str()).collect();
        assert_eq!(texts, ["no no", "no no", "yes 疫苗"]);
        for (text, name) in [(vtt, "x.vtt"), (&json3, "x.json3"), (&as_srt(vtt), "x.srt")] {
            assert_same_talk(&table, &parse_text(text, name));
        }
    }

    #[test]
    fn chinese_text_without_times_is_spread() {
        let duration = Some(Seconds(756.0));
        let Some(text) = read_shared(
            "cn_vaccine.txt",
            &ReadOptions {
                duration,
                ..ReadOptions::default()
            },
        ) else {
            return;
        };
        assert_eq!((text.track.cues.len(), text.encoding.as_str()), (90, "GB18030"));
        assert!(text.track.is_estimated() && (text.track.end().0 - 756.0).abs() < 0.01);
        assert!(
            text.warnings.iter().any(|warning| warning.contains("no times")),
            "{:?}",
            text.warnings
        );
        let Some(timed) = read_shared("cn_vaccine.srt", &ReadOptions::default()) else {
            return;
        };
        assert_eq!(
            (timed.track.cues.len(), timed.encoding.as_str()),
            (90, "UTF-8 with BOM")
        );
        assert!(!timed.track.is_estimated());
        for (a, b) in text.track.cues.iter().zip(&timed.track.cues) {
            assert_eq!(a.text, b.text);
        }
    }

    #[test]
    fn bad_files_are_refused_with_advice() {
        let refuse = |bytes: &[u8], name: &str| {
            parse(bytes, name, &ReadOptions::default())
                .unwrap_err()
                .to_string()
        };
        assert!(refuse(b"x", "x.doc").contains("SRT, WebVTT"));
        assert!(refuse(b"", "x.srt").contains("empty"));
        assert!(refuse(b"\xef\xbb\xbf \r\n", "x.srt").contains("empty"));
        assert!(refuse(b"\0\0\0\x20ftypisom\0\0\x02\0", "x.srt").contains("not text"));
        assert!(refuse(b"no captions here", "x.srt").contains("00:00:01,000 --> 00:00:02,500"));
        assert!(refuse(b"1\n00:00:xx --> 00:00:02,000\na\n", "x.srt").contains("line 2"));
        assert!(refuse(b"text,start\n", "x.csv").contains("no captions found"));
    }

    #[test]
    fn subtitles_under_another_name_are_known() {
        let srt = b"1\n00:00:01,000 --> 00:00:02,000\na\n";
        let imported = parse(srt, "x.txt", &ReadOptions::default()).unwrap();
        assert_eq!(imported.format, CaptionFormat::Srt);
        let vtt = b"WEBVTT\n\n00:01.000 --> 00:02.000\na\n";
        assert_eq!(
            parse(vtt, "x.srt", &ReadOptions::default()).unwrap().format,
            CaptionFormat::Vtt
        );
    }
}

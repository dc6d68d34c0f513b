//! Reading captions from a file of any format and encoding.

use super::plain::Plain;
use super::rolling::unroll;
use super::table::Table;
use super::{CaptionError, CaptionFormat, encoding, plain, srt, table, timing, vtt};
use crate::project::{CaptionTrack, Seconds};
use std::path::Path;

/// What the file itself cannot say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// A WHATWG label such as "gb18030". Without one the encoding is found.
    pub encoding: Option<String>,
    /// Of the video. Text without times is spread over it.
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

/// Reads the captions of a file.
///
/// # Errors
/// When the file cannot be read, is of an unknown format or encoding, or holds no caption.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Imported, CaptionError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    CaptionFormat::of(&name)?;
    let bytes = std::fs::read(path).map_err(|source| CaptionError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    parse(&bytes, &name, options)
}

/// Reads captions from the bytes of a file. The name gives the format by its extension and stands in messages.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Imported, CaptionError> {
    let named = CaptionFormat::of(name)?;
    let decoded = encoding::decode(bytes, name, options.encoding.as_deref())?;
    if decoded.text.trim().is_empty() {
        return Err(CaptionError::Empty {
            name: name.to_owned(),
        });
    }
    let format = named.seen_in(&decoded.text);
    let mut warnings: Vec<String> = decoded.warning.into_iter().collect();
    if format != named {
        warnings.push(format!("read as {}, which is what the file holds", format.name()));
    }
    let timed = match format {
        CaptionFormat::Srt => Ok(unroll(srt::parse(&decoded.text, &mut warnings))),
        CaptionFormat::Vtt => Ok(unroll(vtt::parse(&decoded.text, &mut warnings))),
        CaptionFormat::Csv => match table::parse(&decoded.text, name, &mut warnings)? {
            Table::Timed(cues) => Ok(cues),
            Table::Untimed(texts) => Err(texts),
        },
        CaptionFormat::Txt => match plain::parse(&decoded.text) {
            Plain::Stamped(cues) => Ok(cues),
            Plain::Untimed(texts) => Err(texts),
        },
    };
    let track = match timed {
        Ok(cues) => timing::settle(cues, options.duration, &mut warnings),
        Err(texts) => {
            let track = timing::spread(texts, options.duration);
            let (captions, end) = (super::counted(track.cues.len(), "caption"), track.end());
            warnings.push(format!(
                "the file has no times: {captions} spread over {end} by their length"
            ));
            track
        }
    };
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
    use proptest::prelude::*;

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

    fn starts_and_texts(imported: &Imported) -> Vec<(f64, String)> {
        imported
            .track
            .cues
            .iter()
            .map(|cue| (cue.start.0, cue.text.clone()))
            .collect()
    }

    #[test]
    fn rolling_captions_say_what_the_table_says() {
        let options = ReadOptions::default();
        let (Some(table), Some(rolling)) = (
            read_shared("us_new_variant.csv", &options),
            read_shared("us_new_variant.rolling.vtt", &options),
        ) else {
            return;
        };
        assert_eq!((table.track.cues.len(), rolling.format), (96, CaptionFormat::Vtt));
        assert!(
            table.warnings.is_empty() && rolling.warnings.is_empty(),
            "{:?}",
            rolling.warnings
        );
        for ((start, text), (rolling_start, rolling_text)) in starts_and_texts(&table)
            .into_iter()
            .zip(starts_and_texts(&rolling))
        {
            assert_eq!(text, rolling_text);
            assert!(
                (start - rolling_start).abs() <= 0.1,
                "{start} against {rolling_start}: {text}"
            );
        }
        assert_eq!(rolling.track.cues.len(), 96);
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
        assert!(refuse(b"x", "x.ass").contains(".srt, .vtt"));
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

    proptest! {
        #[test]
        fn any_bytes_give_captions_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for name in ["x.csv", "x.srt", "x.vtt", "x.txt"] {
                if let Ok(imported) = parse(&bytes, name, &ReadOptions::default()) {
                    prop_assert!(!imported.track.cues.is_empty());
                }
            }
        }

        #[test]
        fn anything_like_captions_gives_sound_times(
            text in "([0-9]{1,2}|WEBVTT|NOTE|text,start,end|<c>|疫苗。|\\[1:02\\]|[0-9]{1,3}:[0-9]{2}[,.][0-9]{1,3} --> [0-9]{2}:[0-9]{2}.5|\"|[,;<>&\\\\{}' \\r\\n]|\n){0,60}"
        ) {
            for name in ["x.csv", "x.srt", "x.vtt", "x.txt"] {
                if let Ok(imported) = parse(text.as_bytes(), name, &ReadOptions::default()) {
                    prop_assert!(imported.track.cues.iter().all(|cue| cue.end >= cue.start && cue.start.0 >= 0.0));
                }
            }
        }
    }
}

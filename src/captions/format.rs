//! The caption formats that are read.

use super::clock;
use super::readers;
use std::path::Path;

/// A format of captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptionFormat {
    /// A table: columns of text, start and duration or end.
    Csv,
    /// SubRip.
    Srt,
    /// WebVTT, rolling automatic captions among it.
    Vtt,
    /// Advanced SubStation Alpha, and SubStation Alpha.
    Ass,
    /// Lyrics.
    Lrc,
    /// Timed text markup of the W3C.
    Ttml,
    /// YouTube's timed text, formats 1 to 3.
    TimedText,
    /// YouTube's JSON of events.
    Json3,
    /// The JSON of speech recognisers.
    Whisper,
    /// The program's own JSON.
    Json,
    /// Plain text, a caption a line.
    Txt,
}

impl CaptionFormat {
    /// Extensions of the files that are read, for file dialogs.
    pub const EXTENSIONS: &[&str] = &[
        "srt", "vtt", "ass", "ssa", "lrc", "ttml", "dfxp", "xml", "srv1", "srv2", "srv3", "json3", "json",
        "csv", "tsv", "txt",
    ];

    /// The name shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Srt => "SRT",
            Self::Vtt => "WebVTT",
            Self::Ass => "ASS",
            Self::Lrc => "LRC",
            Self::Ttml => "TTML",
            Self::TimedText => "timed text",
            Self::Json3 => "JSON3",
            Self::Whisper => "Whisper JSON",
            Self::Json => "Frameloom JSON",
            Self::Txt => "plain text",
        }
    }

    /// The format of a file by what it holds, or, where that does not tell, by the extension of its name.
    /// Extensions that stand for several formats are told apart by what the file holds alone.
    pub(super) fn of(name: &str, text: &str) -> Option<Self> {
        Self::seen_in(text).or_else(|| Self::named(name))
    }

    /// By the extension of the file's name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let extension = Path::new(name).extension()?.to_str()?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Self::Csv,
            "srt" => Self::Srt,
            "vtt" | "webvtt" => Self::Vtt,
            "ass" | "ssa" => Self::Ass,
            "lrc" => Self::Lrc,
            "ttml" | "dfxp" | "xml" => Self::Ttml,
            "srv1" | "srv2" | "srv3" => Self::TimedText,
            "json3" => Self::Json3,
            "json" => Self::Whisper,
            "txt" => Self::Txt,
            _ => return None,
        })
    }

    /// Whether a file of this name was to be expected to hold this format.
    pub(super) fn fits(self, name: &str) -> bool {
        let named = Self::named(name);
        let is_shared = match self {
            Self::TimedText => named == Some(Self::Ttml),
            Self::Json3 | Self::Json => named == Some(Self::Whisper),
            _ => false,
        };
        named == Some(self) || is_shared
    }

    /// What the text shows plainly.
    fn seen_in(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if text.starts_with("WEBVTT") {
            return Some(Self::Vtt);
        }
        if text.starts_with('<') {
            return match readers::xml_root(text)?.as_str() {
                "tt" => Some(Self::Ttml),
                "timedtext" | "transcript" => Some(Self::TimedText),
                _ => None,
            };
        }
        if text.starts_with('{') || (text.starts_with('[') && is_list_of_objects(text)) {
            return Some(match () {
                () if has_list(text, "events") => Self::Json3,
                () if has_list(text, "cues") => Self::Json,
                () => Self::Whisper,
            });
        }
        let first_section = text
            .lines()
            .find(|line| !line.starts_with([';', '!']) && !line.is_empty());
        if first_section.is_some_and(|line| line.trim().eq_ignore_ascii_case("[Script Info]")) {
            return Some(Self::Ass);
        }
        if readers::has_table_header(text) {
            return Some(Self::Csv);
        }
        // A transcript that a recogniser printed also has arrows, but between brackets.
        if text.lines().any(|line| clock::timing(line).is_some()) {
            return Some(Self::Srt);
        }
        let is_lyrics = text.lines().next().is_some_and(readers::is_lyrics_tag);
        is_lyrics.then_some(Self::Lrc)
    }

    /// What a caption looks like, to say when none is found.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Csv => {
                "a row a caption below a first row that names the columns, such as text, start, duration"
            }
            Self::Srt => "a line such as 00:00:01,000 --> 00:00:02,500 above the text of each caption",
            Self::Vtt => "WEBVTT, then a line such as 00:01.000 --> 00:02.500 above the text of each caption",
            Self::Ass => {
                "[Events], then a line such as Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,text"
            }
            Self::Lrc => "a line such as [00:01.00]text",
            Self::Ttml => "<tt>, and in it <p begin=\"1s\" end=\"2.5s\">text</p>",
            Self::TimedText => "<timedtext>, and in it <p t=\"1000\" d=\"1500\">text</p>",
            Self::Json3 => {
                "{\"events\": [{\"tStartMs\": 1000, \"dDurationMs\": 1500, \"segs\": [{\"utf8\": \"text\"}]}]}"
            }
            Self::Whisper => "{\"segments\": [{\"start\": 1.0, \"end\": 2.5, \"text\": \"text\"}]}",
            Self::Json => "{\"cues\": [{\"start\": 1.0, \"end\": 2.5, \"text\": \"text\"}]}",
            Self::Txt => "a caption a line",
        }
    }
}

/// `[` may also begin a stamp or a section.
fn is_list_of_objects(text: &str) -> bool {
    let inside = text.strip_prefix('[').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with('{'))
}

/// Whether the JSON has a list under this name. Inside of strings quotation marks are escaped, so the name with
/// its quotation marks, a colon and a bracket is none.
fn has_list(text: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    text.match_indices(&quoted).any(|(at, _)| {
        let behind = text.get(at + quoted.len()..).unwrap_or_default();
        let value = behind.trim_start().strip_prefix(':').map(str::trim_start);
        value.is_some_and(|value| value.starts_with('['))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_the_format() {
        let cases = [
            ("WEBVTT\n", CaptionFormat::Vtt),
            ("<?xml version='1.0'?><tt xmlns='x'/>", CaptionFormat::Ttml),
            ("<timedtext format='3'>", CaptionFormat::TimedText),
            ("<!-- a -->\n<transcript>", CaptionFormat::TimedText),
            ("{\"wireMagic\": 1, \"events\" : [", CaptionFormat::Json3),
            ("{\"cues\": []}", CaptionFormat::Json),
            ("{\"segments\": [{\"text\": \"cues\"}]}", CaptionFormat::Whisper),
            ("{\"text\": \"\\\"events\\\": [\"}", CaptionFormat::Whisper),
            ("[ {\"start\": 1}]", CaptionFormat::Whisper),
            ("; a\n[script info]\n", CaptionFormat::Ass),
            ("1\n00:00:01,0 --> 00:00:02,0\na", CaptionFormat::Srt),
            ("[ar:x]\n[00:01.0]a", CaptionFormat::Lrc),
            ("Text;Start\na;1", CaptionFormat::Csv),
        ];
        for (text, format) in cases {
            assert_eq!(CaptionFormat::of("x.doc", text), Some(format), "{text}");
        }
        for text in [
            "[00:01.0 --> 00:02.0] a",
            "so, it\nis",
            "<b>a</b>",
            "[0:01] a",
            "",
        ] {
            assert_eq!(CaptionFormat::seen_in(text), None, "{text}");
        }
    }

    #[test]
    fn every_extension_has_a_format() {
        for extension in CaptionFormat::EXTENSIONS {
            assert!(
                CaptionFormat::named(&format!("a.B.{extension}")).is_some(),
                "{extension}"
            );
        }
        assert!(CaptionFormat::Json3.fits("x.json") && CaptionFormat::TimedText.fits("x.xml"));
        assert!(!CaptionFormat::Srt.fits("x.txt") && !CaptionFormat::Whisper.fits("x.json3"));
    }
}

//! The caption formats that are read.

use super::CaptionError;
use super::clock;
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
    /// Plain text, a caption a line.
    Txt,
}

impl CaptionFormat {
    /// The name shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Srt => "SRT",
            Self::Vtt => "WebVTT",
            Self::Txt => "plain text",
        }
    }

    /// By the extension of the file's name.
    ///
    /// # Errors
    /// When there is none, or none that is known.
    pub(super) fn of(name: &str) -> Result<Self, CaptionError> {
        let extension = Path::new(name)
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Ok(Self::Csv),
            "srt" => Ok(Self::Srt),
            "vtt" | "webvtt" => Ok(Self::Vtt),
            "txt" => Ok(Self::Txt),
            _ => Err(CaptionError::UnknownFormat {
                name: name.to_owned(),
            }),
        }
    }

    /// Subtitles that were only saved under another extension are known by their text.
    pub(super) fn seen_in(self, text: &str) -> Self {
        match self {
            Self::Srt | Self::Txt if text.starts_with("WEBVTT") => Self::Vtt,
            Self::Txt if text.lines().any(|line| clock::timing(line).is_some()) => Self::Srt,
            named => named,
        }
    }

    /// What a caption looks like, to say when none is found.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Csv => {
                "a row a caption below a first row that names the columns, such as text, start, duration"
            }
            Self::Srt => "a line such as 00:00:01,000 --> 00:00:02,500 above the text of each caption",
            Self::Vtt => "WEBVTT, then a line such as 00:01.000 --> 00:02.500 above the text of each caption",
            Self::Txt => "a caption a line",
        }
    }
}

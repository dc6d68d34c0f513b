//! What is behind a link: the video, its formats, and its captions.

use super::address::Link;
use super::error::LinkError;
use super::tracks::tracks;
use crate::project::Seconds;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use std::str::FromStr;

/// What is behind a link.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listing {
    /// The link, as it was given.
    pub link: String,
    /// The name of the video among those of its site.
    pub id: String,
    /// The title, as the site has it: never the name of a file.
    pub title: String,
    /// Who uploaded it.
    pub uploader: Option<String>,
    /// The day it was uploaded: `2021-12-01`.
    pub uploaded: Option<String>,
    /// Language of the sound, where the site says so: `en`, `zh-Hans`.
    pub language: Option<String>,
    /// How long it is.
    pub duration: Option<Seconds>,
    /// Address of a picture of it.
    pub thumbnail: Option<String>,
    /// Whether it is a live stream that is not over, or has not begun.
    pub live: bool,
    /// The forms it can be had in, the best last.
    pub formats: Vec<Format>,
    /// Its captions: those made by people, then those of a recogniser, then translations.
    pub tracks: Vec<Track>,
}

/// A form that a video can be had in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Format {
    /// Extension of its files.
    pub extension: String,
    /// Columns, where known.
    pub width: Option<u64>,
    /// Rows, where known.
    pub height: Option<u64>,
    /// Whether it has pictures.
    pub pictures: bool,
    /// Whether it has sound.
    pub sound: bool,
    /// Size in bytes, at least about, where known.
    pub bytes: Option<u64>,
}

/// Who made captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackKind {
    /// People.
    Manual,
    /// A speech recogniser, in the language of the sound.
    Automatic,
    /// A translating program, from captions of another language.
    Translated,
}

impl fmt::Display for TrackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::Translated => "translated",
        })
    }
}

impl FromStr for TrackKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kinds = [Self::Manual, Self::Automatic, Self::Translated];
        let found = kinds.into_iter().find(|kind| kind.to_string() == text);
        found.ok_or_else(|| "captions are manual, automatic or translated".into())
    }
}

/// Captions in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Track {
    /// Who made them.
    pub kind: TrackKind,
    /// Their language: `en`, `zh-Hans`.
    pub language: String,
    /// Language they were translated from, where known.
    pub from: Option<String>,
    /// The site's name for them.
    pub name: Option<String>,
    /// The formats there are, of those that are read.
    pub formats: Vec<String>,
    /// What yt-dlp calls them.
    pub(super) key: String,
}

/// Which captions are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackChoice {
    /// Who is to have made them: people, else a recogniser, where not given. Translations are taken only when asked for.
    pub kind: Option<TrackKind>,
    /// Their language; that of the sound where not given, else the first there is.
    pub language: Option<String>,
    /// Of translations: the language they are to be from; any where not given.
    pub from: Option<String>,
}

impl Listing {
    /// Reads the document that yt-dlp prints of a link.
    pub(super) fn read(document: &str, link: &Link) -> Result<Self, LinkError> {
        let strange = || LinkError::Extractor("what it says cannot be read".into());
        let document: Value = serde_json::from_str(document).map_err(|_| strange())?;
        let mut video = document.as_object().ok_or_else(strange)?;
        // A page that holds one video is a list of one.
        if video.get("_type").and_then(Value::as_str) == Some("playlist") {
            let entries = video
                .get("entries")
                .and_then(Value::as_array)
                .ok_or_else(strange)?;
            video = match entries.as_slice() {
                [] => return Err(LinkError::Unsupported(link.to_string())),
                [one] => one.as_object().ok_or_else(strange)?,
                _ => return Err(LinkError::Several),
            };
        }
        let text = |name: &str| text(video, name);
        let status = text("live_status").unwrap_or_default();
        let formats = video
            .get("formats")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let thumbnail = text("thumbnail").filter(|address| Link::parse(address).is_ok());
        Ok(Self {
            link: link.to_string(),
            id: text("id").unwrap_or_default(),
            title: text("title").unwrap_or_default(),
            uploader: text("uploader").or_else(|| text("channel")),
            uploaded: text("upload_date").and_then(|day| date(&day)),
            language: text("language"),
            duration: video.get("duration").and_then(Value::as_f64).map(Seconds),
            thumbnail,
            live: video.get("is_live").and_then(Value::as_bool) == Some(true)
                || matches!(status.as_str(), "is_live" | "is_upcoming" | "post_live"),
            formats: formats
                .filter_map(|format| Format::read(format.as_object()?))
                .collect(),
            tracks: tracks(video),
        })
    }

    /// The captions that are wanted; none where there are none at all and no kind or language was asked for.
    ///
    /// # Errors
    /// When a kind or a language was asked for that is not there.
    pub fn track(&self, wanted: &TrackChoice) -> Result<Option<&Track>, LinkError> {
        let is_kind = |track: &&Track| match wanted.kind {
            Some(kind) => track.kind == kind,
            // Only translations are from another language.
            None if wanted.from.is_some() => track.kind == TrackKind::Translated,
            None => track.kind != TrackKind::Translated,
        };
        let is_from = |track: &&Track| wanted.from.is_none() || track.from == wanted.from;
        let of_kind: Vec<&Track> = self.tracks.iter().filter(is_kind).filter(is_from).collect();
        let first = of_kind.first().copied();
        let found = match (&wanted.language, &self.language) {
            (Some(language), _) => of_language(&of_kind, language),
            (None, Some(spoken)) => of_language(&of_kind, spoken).or(first),
            (None, None) => first,
        };
        if found.is_none() && *wanted != TrackChoice::default() {
            let from = |language: &String| format!("from {language}");
            let named = |track: &Track| {
                let named = format!("{} {}", track.kind, track.language);
                track
                    .from
                    .as_ref()
                    .map_or(named.clone(), |language| format!("{named} {}", from(language)))
            };
            let there: Vec<String> = self.tracks.iter().map(named).collect();
            let kind = wanted.kind.map(|kind| kind.to_string());
            let wanted = [kind, wanted.language.clone(), wanted.from.as_ref().map(from)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ");
            return Err(LinkError::NoTrack {
                wanted,
                there: there.join(", "),
            });
        }
        Ok(found)
    }
}

/// The track of a language, or of another form of it: for `zh` also `zh-Hans`, and the other way round.
fn of_language<'a>(tracks: &[&'a Track], language: &str) -> Option<&'a Track> {
    let root = |language: &str| language.split('-').next().unwrap_or_default().to_lowercase();
    let same = tracks
        .iter()
        .find(|track| track.language.eq_ignore_ascii_case(language));
    same.or_else(|| {
        tracks
            .iter()
            .find(|track| root(&track.language) == root(language))
    })
    .copied()
}

impl Format {
    fn read(format: &Map<String, Value>) -> Option<Self> {
        let number = |name: &str| {
            format
                .get(name)
                .and_then(Value::as_f64)
                .map(|number| number as u64)
        };
        // What is not said may well be there.
        let has = |name: &str| format.get(name).and_then(Value::as_str) != Some("none");
        let (pictures, sound) = (has("vcodec"), has("acodec"));
        (pictures || sound).then_some(Self {
            extension: text(format, "ext").unwrap_or_default(),
            width: number("width"),
            height: number("height"),
            pictures,
            sound,
            bytes: number("filesize").or_else(|| number("filesize_approx")),
        })
    }
}

/// A text for people: what would steer a terminal is left out.
pub(super) fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    let text = object.get(name)?.as_str()?.replace(char::is_control, " ");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `20211201` as `2021-12-01`.
fn date(day: &str) -> Option<String> {
    let (year, month, day) = (day.get(..4)?, day.get(4..6)?, day.get(6..8)?);
    [year, month, day]
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| format!("{year}-{month}-{day}"))
}

//! Captions of a video, told apart by who made them.

use super::listing::{Track, TrackKind, text};
use serde_json::{Map, Value};

/// Formats of captions that are read, those that say most first.
const READ: [&str; 9] = [
    "json3", "vtt", "srt", "ttml", "srv3", "srv2", "srv1", "ass", "lrc",
];

/// The tracks of a video: those made by people, then those of a recogniser, then translations.
pub(super) fn tracks(video: &Map<String, Value>) -> Vec<Track> {
    let empty = Map::new();
    let named = |name: &str| video.get(name).and_then(Value::as_object).unwrap_or(&empty);
    let (manual, automatic) = (named("subtitles"), named("automatic_captions"));
    let mut tracks: Vec<Track> = manual
        .iter()
        .filter_map(|(key, forms)| track(key, forms, TrackKind::Manual, key, None))
        .collect();
    // YouTube marks what its recogniser heard, and lists it without the mark once more.
    let heard: Vec<&str> = automatic
        .keys()
        .filter_map(|key| key.strip_suffix("-orig"))
        .collect();
    for (key, forms) in automatic {
        let found = if let Some(language) = key.strip_suffix("-orig") {
            track(key, forms, TrackKind::Automatic, language, None)
        } else if heard.contains(&key.as_str()) {
            None
        } else {
            // Translations of captions made by people have the language they come from behind their own.
            let source = manual
                .keys()
                .find_map(|from| Some((key.strip_suffix(from.as_str())?.strip_suffix('-')?, from.as_str())));
            match source {
                Some((language, from)) => track(key, forms, TrackKind::Translated, language, Some(from)),
                None if !heard.is_empty() || is_translation(forms) => {
                    track(key, forms, TrackKind::Translated, key, heard.first().copied())
                }
                None => track(key, forms, TrackKind::Automatic, key, None),
            }
        };
        tracks.extend(found);
    }
    tracks.sort_by(|a, b| (a.kind, &a.language, &a.from).cmp(&(b.kind, &b.language, &b.from)));
    tracks
}

/// A track, where it can be read and its name is one that can be asked for.
fn track(key: &str, forms: &Value, kind: TrackKind, language: &str, from: Option<&str>) -> Option<Track> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if key.is_empty() || key.len() > 40 || key.starts_with('-') || !key.bytes().all(is_plain) {
        return None;
    }
    let forms = forms.as_array()?;
    let has = |format: &str| {
        forms
            .iter()
            .any(|form| form.get("ext").and_then(Value::as_str) == Some(format))
    };
    let formats: Vec<String> = READ
        .iter()
        .filter(|format| has(format))
        .map(|format| (*format).to_owned())
        .collect();
    let name = forms.iter().find_map(|form| text(form.as_object()?, "name"));
    (!formats.is_empty()).then(|| Track {
        kind,
        language: language.to_owned(),
        from: from.map(str::to_owned),
        name,
        formats,
        key: key.to_owned(),
    })
}

/// Whether the address of captions asks for a translation, in YouTube's way.
fn is_translation(forms: &Value) -> bool {
    let forms = forms.as_array().into_iter().flatten();
    forms
        .filter_map(|form| url::Url::parse(form.get("url")?.as_str()?).ok())
        .any(|address| address.query_pairs().any(|(name, _)| name == "tlang"))
}

impl Track {
    /// The formats to ask for, best first. What a recogniser heard has its words' times in YouTube's JSON; of what
    /// people wrote the plain formats are as they left them.
    pub(super) fn preference(&self) -> String {
        let first: &[&str] = match self.kind {
            TrackKind::Manual => &["vtt", "srt"],
            TrackKind::Automatic | TrackKind::Translated => &["json3", "vtt", "srt"],
        };
        let first = first.iter().map(|format| (*format).to_owned());
        let mut all: Vec<String> = first.filter(|format| self.formats.contains(format)).collect();
        all.extend(
            self.formats
                .iter()
                .filter(|format| !all.contains(format))
                .cloned()
                .collect::<Vec<_>>(),
        );
        all.join("/")
    }
}

//! The program's own JSON, which holds all of a track.

use crate::project::{CaptionTrack, Cue, CueOrigin, TimedWord};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cues: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    start: f64,
    end: f64,
    text: &'a str,
    origin: CueOrigin,
    locked: bool,
    #[serde(skip_serializing_if = "<[TimedWord]>::is_empty")]
    words: &'a [TimedWord],
}

impl<'a> Entry<'a> {
    fn new(cue: &'a Cue) -> Self {
        let sound = |time: f64, least: f64| if time.is_finite() { time.max(least) } else { least };
        let start = sound(cue.start.0, 0.0);
        Self {
            start,
            end: sound(cue.end.0, start),
            text: &cue.text,
            origin: cue.origin,
            locked: cue.locked,
            words: &cue.words,
        }
    }
}

pub(super) fn write(track: &CaptionTrack) -> String {
    let cues = track.cues.iter().map(Entry::new).collect();
    // Numbers and text cannot fail to be written.
    serde_json::to_string_pretty(&Document { cues }).unwrap_or_default() + "\n"
}

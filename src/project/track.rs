//! The transcript: cues in time.

use super::units::{CueId, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How a cue came by its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CueOrigin {
    /// Read from a caption file that carries times.
    #[default]
    Imported,
    /// The file had no times; these were spread over the video and nobody has confirmed them yet.
    Estimated,
    /// Set or confirmed by the analyst.
    Edited,
}

/// A word of a caption and when it is spoken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimedWord {
    /// As it stands in the caption's text, without the space around it. Some files time a few words together.
    pub text: String,
    /// When it begins, from the start of the video.
    pub start: Seconds,
    /// When it ends, where the file says so; otherwise the next word's start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Seconds>,
}

/// One caption with its times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// Identity through edits.
    pub id: CueId,
    /// When it appears, from the start of the video.
    pub start: Seconds,
    /// When it disappears. Rows may overlap: rolling captions do.
    pub end: Seconds,
    /// What it says, without markup. May hold line breaks.
    pub text: String,
    /// Where its times come from.
    #[serde(default)]
    pub origin: CueOrigin,
    /// Its times are right and must not be moved by any retiming.
    #[serde(default)]
    pub locked: bool,
    /// Its words with their own times, in the order of the text, where the caption file has them; otherwise empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<TimedWord>,
}

impl Cue {
    /// A cue of these times, as read from a file: unlocked, without times of its words, and not yet numbered.
    #[must_use]
    pub fn new(start: Seconds, end: Seconds, text: impl Into<String>) -> Self {
        Self {
            id: CueId::default(),
            start,
            end,
            text: text.into(),
            origin: CueOrigin::Imported,
            locked: false,
            words: Vec::new(),
        }
    }
}

/// The language that decides how words are found in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// Words between spaces, lower case.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Words found by segmentation; Latin runs inside are read as English.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// The two-letter code, as on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The name shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "Chinese",
        }
    }
}

/// A whole transcript, in order of start time; equal starts in order of identity. The order is the only one there is, so
/// that an edit and its inverse lead back to the very same track.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "TrackFile")]
pub struct CaptionTrack {
    /// The cues, in order. To be read freely, and changed by edits only: see [`super::edits`].
    pub cues: Vec<Cue>,
    /// The identity of the next cue that is made. Never one that was used before.
    next: u32,
    /// Where each cue starts, to find it by its identity.
    #[serde(skip)]
    starts: HashMap<CueId, Seconds>,
    /// No cue lasts longer; to find what is spoken without looking at all cues.
    #[serde(skip)]
    longest: Seconds,
}

/// Tracks are alike when their cues are; which identities were used on the way does not matter.
impl PartialEq for CaptionTrack {
    fn eq(&self, other: &Self) -> bool {
        self.cues == other.cues
    }
}

/// The track as it stands in its file, which people may have changed.
#[derive(Deserialize)]
struct TrackFile {
    cues: Vec<Cue>,
    #[serde(default)]
    next: u32,
}

impl From<TrackFile> for CaptionTrack {
    fn from(file: TrackFile) -> Self {
        let used = file.cues.iter().map(|cue| cue.id.0.saturating_add(1)).max();
        let mut track = Self {
            next: file.next.max(used.unwrap_or(0)),
            ..Self::default()
        };
        let mut seen = HashSet::new();
        for mut cue in file.cues {
            cue.start = cue.start.max(Seconds(0.0));
            cue.end = cue.end.max(cue.start);
            if !seen.insert(cue.id) {
                cue.id = CueId(track.next);
                track.next = track.next.saturating_add(1);
            }
            track.cues.push(cue);
        }
        track.put_in_order();
        track
    }
}

/// Up to so many cues are put in place one by one; more are sorted in together.
const FEW: usize = 32;

impl CaptionTrack {
    /// A track of these cues, put in order of start and numbered from 0.
    #[must_use]
    pub fn new(mut cues: Vec<Cue>) -> Self {
        cues.sort_by(|a, b| a.start.order(&b.start));
        for (i, cue) in cues.iter_mut().enumerate() {
            cue.id = CueId::from(i);
        }
        let mut track = Self {
            next: CueId::from(cues.len()).0,
            cues,
            ..Self::default()
        };
        track.put_in_order();
        track
    }

    /// The identity of the next cue that is made.
    #[must_use]
    pub fn next_id(&self) -> CueId {
        CueId(self.next)
    }

    /// The place of a cue in the order, from 0.
    #[must_use]
    pub fn place(&self, id: CueId) -> Option<usize> {
        let start = *self.starts.get(&id)?;
        let place = self.place_for(start, id);
        self.cues.get(place).filter(|cue| cue.id == id).map(|_| place)
    }

    /// The cue of this identity.
    #[must_use]
    pub fn cue(&self, id: CueId) -> Option<&Cue> {
        self.cues.get(self.place(id)?)
    }

    /// The caption being spoken at a moment: of captions that overlap, the one that started last.
    #[must_use]
    pub fn spoken_at(&self, time: Seconds) -> Option<&Cue> {
        let begun = self.cues.partition_point(|cue| cue.start <= time);
        self.cues
            .iter()
            .take(begun)
            .rev()
            .take_while(|cue| time < cue.start + self.longest)
            .find(|cue| time < cue.end)
    }

    /// Places of the cues among which are all that are spoken between two times.
    #[must_use]
    pub fn between(&self, from: Seconds, to: Seconds) -> Range<usize> {
        let earliest = from - self.longest;
        let first = self.cues.partition_point(|cue| cue.start < earliest);
        let last = self.cues.partition_point(|cue| cue.start <= to);
        first..last.max(first)
    }

    /// When the last cue ends; zero for an empty track.
    #[must_use]
    pub fn end(&self) -> Seconds {
        self.cues.iter().fold(Seconds(0.0), |end, cue| end.max(cue.end))
    }

    /// True when every cue only has estimated times, as after importing plain text.
    #[must_use]
    pub fn is_estimated(&self) -> bool {
        !self.cues.is_empty() && self.cues.iter().all(|cue| cue.origin == CueOrigin::Estimated)
    }

    /// True when nothing is known of the times, as of plain text; of a recogniser's transcript the times of the words are.
    #[must_use]
    pub fn is_without_times(&self) -> bool {
        self.is_estimated() && self.cues.iter().all(|cue| cue.words.is_empty())
    }

    /// Makes each of these cues what it is to be: put in its place, or taken away. What it was before does not matter, so
    /// that the same changes may be made twice.
    pub(super) fn set(&mut self, changes: &[(CueId, Option<&Cue>)]) {
        for (_, after) in changes {
            if let Some(cue) = after {
                self.next = self.next.max(cue.id.0.saturating_add(1));
                self.longest = self.longest.max(cue.end - cue.start);
            }
        }
        if changes.len() <= FEW {
            for (id, after) in changes {
                self.set_one(*id, *after);
            }
            return;
        }
        let after: HashMap<CueId, Option<&Cue>> = changes.iter().copied().collect();
        self.cues.retain(|cue| !after.contains_key(&cue.id));
        for id in after.keys() {
            self.starts.remove(id);
        }
        self.cues.extend(after.into_values().flatten().cloned());
        self.put_in_order();
    }

    fn set_one(&mut self, id: CueId, after: Option<&Cue>) {
        let place = self.place(id);
        match (place.and_then(|place| self.cues.get_mut(place)), after) {
            (Some(cue), Some(after)) if cue.start == after.start => cue.clone_from(after),
            (_, after) => {
                if let Some(place) = place {
                    self.cues.remove(place);
                    self.starts.remove(&id);
                }
                if let Some(cue) = after {
                    self.cues.insert(self.place_for(cue.start, id), cue.clone());
                    self.starts.insert(id, cue.start);
                }
            }
        }
    }

    fn place_for(&self, start: Seconds, id: CueId) -> usize {
        self.cues
            .partition_point(|cue| cue.start.order(&start).then(cue.id.cmp(&id)).is_lt())
    }

    fn put_in_order(&mut self) {
        self.cues
            .sort_by(|a, b| a.start.order(&b.start).then(a.id.cmp(&b.id)));
        self.starts = self.cues.iter().map(|cue| (cue.id, cue.start)).collect();
        self.longest = self
            .cues
            .iter()
            .fold(Seconds(0.0), |longest, cue| longest.max(cue.end - cue.start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(id: u32, start: f64, end: f64) -> Cue {
        Cue {
            id: CueId(id),
            ..Cue::new(Seconds(start), Seconds(end), "a")
        }
    }

    fn ids(track: &CaptionTrack) -> Vec<u32> {
        track.cues.iter().map(|cue| cue.id.0).collect()
    }

    #[test]
    fn cues_are_found_after_every_way_of_changing_them() {
        let mut track = CaptionTrack::new((0..5).map(|i| cue(0, f64::from(i), 9.0)).collect());
        track.set(&[(CueId(1), None), (CueId(3), Some(&cue(3, 0.0, 2.0)))]);
        assert_eq!(ids(&track), [0, 3, 2, 4]);
        assert_eq!(
            [0, 1, 2, 3, 4].map(|id| track.place(CueId(id))),
            [Some(0), None, Some(2), Some(1), Some(3)]
        );
        let many: Vec<Cue> = (10..60).map(|id| cue(id, f64::from(60 - id), 99.0)).collect();
        let changes: Vec<_> = many.iter().map(|cue| (cue.id, Some(cue))).collect();
        track.set(&changes);
        assert!(track.cues.iter().all(|cue| track.cue(cue.id) == Some(cue)));
        assert_eq!(track.next_id(), CueId(60));
        track.set(&[(CueId(59), None)]);
        assert_eq!(track.next_id(), CueId(60));
    }

    #[test]
    fn the_caption_that_started_last_is_spoken() {
        let track = CaptionTrack::new(vec![cue(0, 0.0, 90.0), cue(0, 1.0, 2.0), cue(0, 5.0, 6.0)]);
        let at = |time| track.spoken_at(Seconds(time)).map(|cue| cue.id.0);
        assert_eq!(
            [at(-1.0), at(0.5), at(1.5), at(3.0), at(6.0), at(90.0)],
            [None, Some(0), Some(1), Some(0), Some(0), None]
        );
    }

    #[test]
    fn a_file_changed_by_hand_becomes_a_sound_track() {
        let text = r#"{"cues": [{"id": 4, "start": 9.0, "end": 1.0, "text": "b"}, {"id": 4, "start": -1.0, "end": 3.0, "text": "a"}]}"#;
        let track: CaptionTrack = serde_json::from_str(text).unwrap();
        let told: Vec<_> = track
            .cues
            .iter()
            .map(|cue| (cue.id.0, cue.start.0, cue.end.0))
            .collect();
        assert_eq!(told, [(5, 0.0, 3.0), (4, 9.0, 9.0)]);
        assert_eq!(track.next_id(), CueId(6));
        let again: CaptionTrack = serde_json::from_str(&serde_json::to_string(&track).unwrap()).unwrap();
        assert_eq!((again.next_id(), again), (CueId(6), track));
    }
}

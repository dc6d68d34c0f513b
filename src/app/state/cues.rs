//! The cues as the Alignment panel shows them: which are chosen, which are shown, what is found in them.

use crate::app::forms::Filter;
use crate::project::edits::{FindError, Finder, Found};
use crate::project::{CaptionTrack, CueId, CueOrigin, ReadingLimits, ReadingSpeed};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How a cue is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// In place of all others.
    Only,
    /// In addition, or no more.
    Toggle,
    /// With all from the one that was chosen first up to it.
    Range,
}

/// What is known of the words of the captions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownWords {
    /// What the vectors are; none until they were looked at.
    pub source: Option<String>,
    /// Words with a vector.
    pub found: HashSet<String>,
    /// Words without one.
    pub missing: HashSet<String>,
    /// Vectors are made from the spelling, so that every word has one.
    pub all: bool,
}

impl KnownWords {
    /// Whether a word has a vector; none where it has not been looked up.
    #[must_use]
    pub fn has(&self, word: &str) -> Option<bool> {
        if self.missing.contains(word) {
            Some(false)
        } else {
            (self.all || self.found.contains(word)).then_some(true)
        }
    }
}

/// The cues as the panel shows them.
#[derive(Default)]
pub struct Cues {
    /// The one that is looked at.
    pub active: Option<CueId>,
    /// Those chosen, the active one among them.
    pub chosen: BTreeSet<CueId>,
    /// Where a range began.
    from: Option<CueId>,
    /// Places of the rows shown, in order; none for all.
    pub shown: Option<Vec<u32>>,
    /// Why a cue is doubtful, in words, by what looks for doubts.
    pub doubts: BTreeMap<CueId, String>,
    /// Where the text that is looked for was found last.
    pub found: Option<Found>,
    /// How often the text is there and in how many cues; none while nothing is looked for.
    pub count: Option<Result<(usize, usize), FindError>>,
    /// Which words have vectors.
    pub known: KnownWords,
    /// The words of the active cue, each with whether it has a vector.
    pub words: Vec<(String, Option<bool>)>,
}

impl Cues {
    /// Chooses a cue.
    pub fn pick(&mut self, track: &CaptionTrack, id: CueId, how: Pick) {
        match how {
            Pick::Only => {
                self.chosen = [id].into();
                self.from = Some(id);
            }
            Pick::Toggle => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
                self.from = Some(id);
            }
            Pick::Range => {
                let from = self.from.or(self.active).unwrap_or(id);
                let rows = [from, id].map(|id| self.row(track, id).unwrap_or(0));
                let (first, last) = (rows[0].min(rows[1]), rows[0].max(rows[1]));
                self.chosen = (first..=last).filter_map(|row| self.at(track, row)).collect();
                self.from = Some(from);
            }
        }
        self.active = Some(id);
    }

    /// Chooses all that are shown.
    pub fn pick_all(&mut self, track: &CaptionTrack) {
        self.chosen = (0..self.len(track))
            .filter_map(|row| self.at(track, row))
            .collect();
    }

    /// Those chosen that are there, in order of the track.
    #[must_use]
    pub fn selection(&self, track: &CaptionTrack) -> Vec<CueId> {
        let mut places: Vec<usize> = self.chosen.iter().filter_map(|id| track.place(*id)).collect();
        places.sort_unstable();
        let there = places.into_iter().filter_map(|place| track.cues.get(place));
        there.map(|cue| cue.id).collect()
    }

    /// How many rows are shown.
    #[must_use]
    pub fn len(&self, track: &CaptionTrack) -> usize {
        self.shown.as_ref().map_or(track.cues.len(), Vec::len)
    }

    /// The cue of a row.
    #[must_use]
    pub fn at(&self, track: &CaptionTrack, row: usize) -> Option<CueId> {
        let place = match &self.shown {
            Some(shown) => *shown.get(row)? as usize,
            None => row,
        };
        track.cues.get(place).map(|cue| cue.id)
    }

    /// The row of a cue, where it is shown.
    #[must_use]
    pub fn row(&self, track: &CaptionTrack, id: CueId) -> Option<usize> {
        let place = track.place(id)?;
        match &self.shown {
            Some(shown) => shown.binary_search(&(place as u32)).ok(),
            None => Some(place),
        }
    }

    /// The cue so many rows from the active one, the last or first where there are not as many.
    #[must_use]
    pub fn step(&self, track: &CaptionTrack, by: i64) -> Option<CueId> {
        let last = self.len(track).checked_sub(1)?;
        let now = self.active.and_then(|id| self.row(track, id));
        let row = match now {
            Some(row) => (row as i64 + by).clamp(0, last as i64) as usize,
            None => 0,
        };
        self.at(track, row)
    }

    /// Lets go of cues that are there no more, and finds the rows that are shown.
    pub fn follow(&mut self, track: &CaptionTrack, filter: &Filter, limits: &ReadingLimits) {
        self.chosen.retain(|id| track.place(*id).is_some());
        if self.active.is_none_or(|id| track.place(id).is_none()) {
            self.active = self.chosen.first().copied();
        }
        if filter.is_open() {
            self.shown = None;
            return;
        }
        let finder = Finder::new(&filter.text, false, false).ok().flatten();
        let shown = track.cues.iter().enumerate().filter(|(_, cue)| {
            let passes = finder.as_ref().is_none_or(|finder| finder.is_in(&cue.text))
                && (!filter.estimated || cue.origin == CueOrigin::Estimated)
                && (!filter.doubtful || self.doubts.contains_key(&cue.id))
                && (!filter.fast || ReadingSpeed::of(cue).is_beyond(limits));
            // The row under the hands does not vanish while it is corrected.
            passes || self.active == Some(cue.id)
        });
        self.shown = Some(shown.map(|(place, _)| place as u32).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Cue, Seconds};

    fn track() -> CaptionTrack {
        let texts = ["storm", "rain", "Storm", "sun", "a storm"];
        let cue = |(i, text): (usize, &&str)| Cue::new(Seconds(i as f64), Seconds(i as f64 + 1.0), *text);
        CaptionTrack::new(texts.iter().enumerate().map(cue).collect())
    }

    fn ids(set: &BTreeSet<CueId>) -> Vec<u32> {
        set.iter().map(|id| id.0).collect()
    }

    #[test]
    fn cues_are_chosen_as_in_every_list() {
        let (track, mut cues) = (track(), Cues::default());
        cues.pick(&track, CueId(1), Pick::Only);
        cues.pick(&track, CueId(3), Pick::Range);
        assert_eq!(ids(&cues.chosen), [1, 2, 3]);
        cues.pick(&track, CueId(0), Pick::Range);
        assert_eq!((ids(&cues.chosen), cues.active), (vec![0, 1], Some(CueId(0))));
        cues.pick(&track, CueId(4), Pick::Toggle);
        cues.pick(&track, CueId(0), Pick::Toggle);
        assert_eq!(cues.selection(&track), [CueId(1), CueId(4)]);
    }

    #[test]
    fn a_filter_leaves_rows_to_walk_through() {
        let (track, mut cues) = (track(), Cues::default());
        let filter = Filter {
            text: "storm".into(),
            ..Filter::default()
        };
        cues.pick(&track, CueId(2), Pick::Only);
        cues.follow(&track, &filter, &ReadingLimits::default());
        assert_eq!(cues.shown, Some(vec![0, 2, 4]));
        assert_eq!(cues.step(&track, 1), Some(CueId(4)));
        assert_eq!(cues.step(&track, -9), Some(CueId(0)));
        assert_eq!(cues.row(&track, CueId(1)), None);
        cues.pick_all(&track);
        assert_eq!(ids(&cues.chosen), [0, 2, 4]);
        cues.pick(&track, CueId(1), Pick::Only);
        cues.follow(&track, &filter, &ReadingLimits::default());
        assert_eq!(cues.row(&track, CueId(1)), Some(1));
        cues.follow(&track, &Filter::default(), &ReadingLimits::default());
        assert_eq!(cues.len(&track), 5);
    }
}

//! The pairs as the Alignment panel shows them, with what is remarkable about each.

use crate::project::{Pair, Project};

/// What is remarkable about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairMarks {
    /// It has no caption.
    pub empty: bool,
    /// Another caption has the same frame.
    pub shared: bool,
    /// Its caption is spoken while the next one is.
    pub overlapping: bool,
    /// Its frame was chosen by hand.
    pub by_hand: bool,
}

impl PairMarks {
    /// Whether it needs a look.
    #[must_use]
    pub fn is_flagged(self) -> bool {
        self.empty || self.shared || self.overlapping
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        let marks = [
            (self.empty, "no caption"),
            (self.shared, "shares its frame"),
            (self.overlapping, "overlaps the next"),
            (self.by_hand, "by hand"),
        ];
        let words: Vec<&str> = marks
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, word)| word)
            .collect();
        words.join(", ")
    }
}

/// The pairs as they are shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PairRows {
    /// Of each pair, in order.
    pub marks: Vec<PairMarks>,
    /// The pairs that are shown, in order.
    pub shown: Vec<usize>,
}

impl PairRows {
    /// Looks at the pairs that there are now; shows all of them, or only the flagged ones.
    #[must_use]
    pub fn of(project: &Project, flagged_only: bool) -> Self {
        let pairs = &project.pairs;
        let marks: Vec<PairMarks> = (0..pairs.len()).map(|index| marks(project, index)).collect();
        let is_shown =
            |index: &usize| !flagged_only || marks.get(*index).is_some_and(|marks| marks.is_flagged());
        Self {
            shown: (0..pairs.len()).filter(is_shown).collect(),
            marks,
        }
    }

    /// How many have a mark.
    #[must_use]
    pub fn count(&self, has: impl Fn(&PairMarks) -> bool) -> usize {
        self.marks.iter().filter(|marks| has(marks)).count()
    }
}

fn marks(project: &Project, index: usize) -> PairMarks {
    let pairs = &project.pairs;
    let Some(pair) = pairs.get(index) else {
        return PairMarks::default();
    };
    let before = index.checked_sub(1).and_then(|before| pairs.get(before));
    let after = pairs.get(index + 1);
    let same = |other: Option<&Pair>| other.is_some_and(|other| other.frame == pair.frame);
    let place = pair.cue.and_then(|id| project.track.place(id));
    let cue = place.and_then(|place| project.track.cues.get(place));
    let next = place.and_then(|place| project.track.cues.get(place + 1));
    PairMarks {
        empty: pair.cue.is_none(),
        shared: same(before) || same(after),
        overlapping: cue.zip(next).is_some_and(|(cue, next)| next.start < cue.end),
        by_hand: project.choice(pair.key(project.manifest.pairing.rule)).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{
        CaptionTrack, Cue, CueId, FrameIndex, PairChoice, PairFate, PairKey, Seconds, SourceIndex,
    };

    #[test]
    fn what_needs_a_look_is_marked() {
        let cue = |start: f64, end: f64| Cue::new(Seconds(start), Seconds(end), "a");
        let pair = |frame: u32, cue: Option<u32>| Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex(frame),
            time: Seconds(f64::from(frame)),
            cue: cue.map(CueId),
        };
        let mut project = Project {
            track: CaptionTrack::new(vec![cue(0.0, 2.5), cue(2.0, 3.0), cue(4.0, 5.0)]),
            pairs: vec![
                pair(0, Some(0)),
                pair(1, None),
                pair(3, Some(1)),
                pair(3, Some(2)),
            ],
            ..Project::default()
        };
        project.manifest.choices = vec![PairChoice {
            key: PairKey::Cue(CueId(2)),
            fate: PairFate::Frame(Seconds(3.0)),
        }];
        let words =
            |rows: &PairRows| -> Vec<String> { rows.marks.iter().map(|marks| marks.words()).collect() };
        let rows = PairRows::of(&project, false);
        assert_eq!(
            words(&rows),
            [
                "overlaps the next",
                "no caption",
                "shares its frame",
                "shares its frame, by hand"
            ]
        );
        project.pairs.truncate(3);
        let rows = PairRows::of(&project, true);
        assert_eq!(rows.shown, [0, 1]);
        assert_eq!(rows.count(|marks| marks.empty), 1);
    }
}

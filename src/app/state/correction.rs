//! New times that are proposed, and cues that are doubtful.

use crate::captions::retiming::{Anchor, Retiming, SuggestedAnchor};
use crate::project::{CueId, Project, Seconds, Span};
use std::collections::HashMap;

/// What times are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Against {
    /// The speech of the video.
    #[default]
    Speech,
    /// Words that a recogniser heard.
    Words,
    /// The pictures.
    Pictures,
}

/// Proposed times under review, and the queue of doubts.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// What is wrong as a whole, in words; none until times were checked.
    pub diagnosis: Option<String>,
    /// New times that were neither accepted nor refused yet, in order of the transcript.
    pub changes: Vec<Retiming>,
    /// Cues whose right starts in the video were told by hand: the new times are made of them where there are any.
    pub points: Vec<Anchor>,
    /// When the cues were spoken, in the video, when times were proposed for them.
    before: HashMap<CueId, Span>,
    /// What the times were compared with.
    pub against: Against,
    /// Captions were read without times and are not spread over the speech yet.
    pub unspread: bool,
    /// Place of a cue's change among them.
    places: HashMap<CueId, usize>,
    /// Cues in order of doubt, the most doubtful first.
    pub queue: Vec<CueId>,
    /// Doubtful cues in the order in which they were looked at.
    visited: Vec<CueId>,
    /// Cues that are best pinned: it is plain when their speech starts.
    pub anchors: Vec<SuggestedAnchor>,
}

impl Correction {
    /// Takes a proposal, with what is wrong as a whole and what times were compared with, in place of the one before.
    pub fn take(&mut self, against: Against, diagnosis: String, changes: Vec<Retiming>, project: &Project) {
        self.against = against;
        let times = changes
            .iter()
            .filter_map(|change| Some((change.cue, project.spoken(change.cue)?)));
        self.before = times.collect();
        self.diagnosis = Some(diagnosis);
        self.changes = changes;
        self.index();
    }

    /// What is proposed for a cue.
    #[must_use]
    pub fn of(&self, cue: CueId) -> Option<&Retiming> {
        self.changes.get(*self.places.get(&cue)?)
    }

    /// Takes what is proposed for a cue out, because it was accepted or refused, and returns it with the cue that is to be
    /// looked at next.
    pub fn settle(&mut self, cue: CueId) -> Option<(Retiming, Option<CueId>)> {
        let place = *self.places.get(&cue)?;
        let change = self.changes.remove(place);
        self.index();
        let next = self.changes.get(place).or(self.changes.last());
        Some((change, next.map(|next| next.cue)))
    }

    /// Whether a cue still is where it was when times were proposed for it.
    #[must_use]
    pub fn still_holds(&self, cue: CueId, project: &Project) -> bool {
        let near = |a: Seconds, b: Seconds| (a.0 - b.0).abs() < 2e-3;
        let both = self.before.get(&cue).zip(project.spoken(cue));
        both.is_some_and(|(before, now)| near(before.start, now.start) && near(before.end, now.end))
    }

    /// Nothing is known any more of when cues were spoken.
    pub fn forget(&mut self) {
        self.before.clear();
    }

    /// Takes everything that is proposed out.
    pub fn clear(&mut self) -> Vec<Retiming> {
        self.diagnosis = None;
        self.points.clear();
        self.places.clear();
        std::mem::take(&mut self.changes)
    }

    /// The most doubtful cue that was not looked at yet; from the start again when all were.
    pub fn next_doubt(&mut self) -> Option<CueId> {
        let new = |cue: &&CueId| !self.visited.contains(cue);
        let next = self.queue.iter().find(new).or(self.queue.first()).copied()?;
        if self.visited.contains(&next) {
            self.visited.clear();
        }
        self.visited.push(next);
        Some(next)
    }

    /// The doubtful cue that was looked at before the last.
    pub fn previous_doubt(&mut self) -> Option<CueId> {
        if self.visited.len() > 1 {
            self.visited.pop();
        }
        self.visited.last().copied()
    }

    fn index(&mut self) {
        let changes = self.changes.iter().enumerate();
        self.places = changes.map(|(place, change)| (change.cue, place)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{CaptionTrack, Cue, Pairing};

    #[test]
    fn changes_are_settled_one_by_one_and_lead_to_the_next() {
        let change = |cue| Retiming {
            cue: CueId(cue),
            start: Seconds(1.0),
            end: Seconds(2.0),
            confidence: 1.0,
            reason: String::new(),
        };
        let cues = (0..10).map(|i| Cue::new(Seconds(f64::from(i)), Seconds(f64::from(i) + 1.0), "a"));
        let mut project = Project {
            track: CaptionTrack::new(cues.collect()),
            ..Project::default()
        };
        let mut correction = Correction::default();
        let changes = vec![change(3), change(5), change(9)];
        correction.take(Against::Speech, "is late".into(), changes, &project);
        assert!(correction.still_holds(CueId(5), &project) && !correction.still_holds(CueId(4), &project));
        project.manifest.pairing = Pairing {
            offset: Seconds(1.0),
            ..Pairing::default()
        };
        assert!(!correction.still_holds(CueId(5), &project));
        assert!(correction.of(CueId(5)).is_some() && correction.diagnosis.is_some());
        let (settled, next) = correction.settle(CueId(5)).unwrap();
        assert_eq!((settled.cue, next), (CueId(5), Some(CueId(9))));
        assert!(correction.of(CueId(5)).is_none() && correction.of(CueId(9)).is_some());
        assert!(correction.settle(CueId(5)).is_none());
        assert_eq!(correction.clear().len(), 2);
    }

    #[test]
    fn the_queue_goes_from_the_most_doubtful_to_what_was_not_seen_yet() {
        let mut correction = Correction {
            queue: [7, 2, 4].map(CueId).into(),
            ..Correction::default()
        };
        assert_eq!(correction.next_doubt(), Some(CueId(7)));
        assert_eq!(correction.next_doubt(), Some(CueId(2)));
        assert_eq!(correction.previous_doubt(), Some(CueId(7)));
        // Cue 2 was mended, and another came.
        correction.queue = [9, 7, 4].map(CueId).into();
        let walk: Vec<Option<CueId>> = (0..3).map(|_| correction.next_doubt()).collect();
        assert_eq!(walk, [9, 4, 9].map(|cue| Some(CueId(cue))));
        assert_eq!(Correction::default().next_doubt(), None);
    }
}

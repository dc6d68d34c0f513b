//! Pairs and what is looked at: the playhead, the selected pair, the row of the table.

use crate::analysis::{self, FrameSet};
use crate::app::App;
use crate::app::action::Action;
use crate::app::forms::AlignmentTab;
use crate::app::state::{Pick, Step};
use crate::app::work::Kind;
use crate::project::{
    CaptionSource, CaptionTrack, Language, Pair, PairIndex, Pairing, Sampling, Seconds, edits,
};
use std::sync::Arc;
use std::time::Instant;

impl App {
    pub(super) fn sampled(&mut self, frames: FrameSet, sampling: Sampling, warnings: Vec<String>) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        let pairing = (!project.pairs.is_empty()).then(|| project.manifest.pairing.clone());
        let other = project.manifest.sampling != sampling;
        if other {
            project.manifest.sampling = sampling;
            self.changed();
        }
        self.state.frames = Arc::new(frames);
        self.state.frame_warnings = warnings;
        match pairing {
            // The same frames give the same pairs, but for what was edited since.
            Some(pairing) => self.pair(pairing),
            None => self.pair_as_suggested(),
        }
        // Of other pictures a run knows nothing, and its own are there no more.
        if other
            && let Some(project) = &mut self.state.project
            && project
                .run
                .as_ref()
                .is_some_and(|_| project.studied_own() != project.pairs)
        {
            project.run = None;
            self.let_go_of_results();
        }
        if self.state.selected.is_none() {
            self.look_at_pairs();
        }
    }

    /// Takes captions that were read: the first ones, or others as an edit that can be undone.
    pub(super) fn take_captions(&mut self, track: CaptionTrack, source: CaptionSource, language: Language) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        self.forms.cues.editing = None;
        self.jobs.forget(Kind::Correct);
        self.state.correction.unspread = track.is_without_times();
        if project.track.cues.is_empty() {
            project.set_captions(track, source, language);
            self.let_go_of_results();
            self.pair_as_suggested();
            self.state.track_revision += 1;
            self.unsettled = Some(Instant::now());
        } else {
            let frames = self.state.frames.frames.len();
            let pairing = if frames > 0 {
                analysis::suggested_pairing(&track, frames)
            } else {
                Pairing::default()
            };
            let edit = edits::replace_captions(project, track, source, language, pairing);
            self.edit(Some(edit));
        }
        self.changed();
        self.look_up_words();
        self.state.correction.clear();
        self.hear();
    }

    pub(super) fn pair_as_suggested(&mut self) {
        let frames = self.state.frames.frames.len();
        if let Some(project) = &self.state.project
            && !project.track.cues.is_empty()
            && frames > 0
        {
            self.pair(analysis::suggested_pairing(&project.track, frames));
        }
    }

    /// Pairs in this way, as part of opening something.
    fn pair(&mut self, pairing: Pairing) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        let before = (project.pairs.clone(), project.manifest.pairing.clone());
        project.manifest.pairing = pairing;
        self.pair_again();
        let now = self.state.project.as_ref();
        if now.is_some_and(|project| before != (project.pairs.clone(), project.manifest.pairing.clone())) {
            self.changed();
        }
    }

    /// Makes the pairs of the captions as they are now.
    pub(super) fn pair_again(&mut self) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        if self.state.frames.frames.is_empty() {
            return;
        }
        let row = self
            .state
            .pair_row
            .and_then(|row| project.pairs.get(row.index()))
            .cloned();
        let pairing = project.manifest.pairing.clone();
        let rule = pairing.rule;
        self.state.pair_warnings = analysis::make_pairs(project, &self.state.frames, pairing);
        let same = |row: &Pair| {
            project
                .pairs
                .iter()
                .position(|pair| pair.key(rule) == row.key(rule))
        };
        // Where the pair is gone, the one that took its place is looked at.
        let place = self
            .state
            .pair_row
            .filter(|place| place.index() < project.pairs.len());
        self.state.pair_row = row.as_ref().and_then(same).map(PairIndex::from).or(place);
        if project.run.is_none() {
            self.state.selected = self.state.pair_at(self.state.playhead);
        }
        self.unsettled = Some(Instant::now());
    }

    pub(super) fn seek(&mut self, time: Seconds) {
        self.state.playhead = time.max(Seconds(0.0)).min(self.state.duration());
        self.look_at_pairs();
        self.forms.scroll_to_selected = true;
        self.play_on_from(self.state.playhead);
    }

    /// Looks at the pairs of the playhead.
    fn look_at_pairs(&mut self) {
        let state = &mut self.state;
        let time = state.playhead;
        state.selected = state.pair_at(time);
        let project = state.project.as_ref();
        state.pair_row = project.and_then(|project| state.pair_among(&project.pairs, time));
    }

    /// Looks at a pair of those there are now.
    pub(super) fn select_row(&mut self, row: PairIndex) {
        let Some(project) = &self.state.project else {
            return;
        };
        let Some(pair) = project.pairs.get(row.index()).cloned() else {
            return;
        };
        let studied = project.studied().iter().position(|studied| *studied == pair);
        self.seek(pair.time);
        self.state.pair_row = Some(row);
        if let Some(studied) = studied {
            self.state.selected = Some(PairIndex::from(studied));
        }
        if let Some(cue) = pair.cue
            && let Some(project) = &self.state.project
        {
            self.state.cues.pick(&project.track, cue, Pick::Only);
            self.forms.cues.scroll = true;
        }
    }

    pub(super) fn step_frames(&mut self, by: i64) {
        let frames = self.state.shown_frames();
        if let Some(now) = frames.at(self.state.playhead) {
            let index = (i64::from(now.0) + by).clamp(0, frames.frames.len() as i64 - 1);
            if let Some(time) = frames.frames.get(index as usize).map(|frame| frame.time) {
                self.seek(time);
            }
        }
    }

    /// Goes on by so many rows of what is looked at.
    pub(super) fn step_rows(&mut self, by: i64) {
        let pairs = self.state.step == Step::Alignment && self.forms.cues.tab == AlignmentTab::Pairs;
        if self.state.step == Step::Alignment && !pairs {
            self.step_cues(by, Pick::Only);
        } else if pairs {
            let rows = &self.state.pair_rows.shown;
            let now = self.state.pair_row.map_or(0, PairIndex::index);
            let place = rows.partition_point(|row| *row < now) as i64 + by;
            let place = place.clamp(0, (rows.len() as i64 - 1).max(0)) as usize;
            if let Some(row) = rows.get(place) {
                self.select_row(PairIndex::from(*row));
            }
        } else {
            let project = self.state.project.as_ref();
            let count = project.map_or(0, |project| project.studied().len()) as i64;
            if count > 0 {
                let now = self.state.selected.map_or(0, |pair| i64::from(pair.0));
                let pair = PairIndex((now + by).clamp(0, count - 1) as u32);
                self.actions.push(Action::Select(pair));
            }
        }
    }
}

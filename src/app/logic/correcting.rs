//! What the sound says of the times of the captions: checked, accepted, refused, walked through.

use super::edits::TAKES_BACK;
use crate::analysis;
use crate::app::App;
use crate::app::command::Command;
use crate::app::state::Against;
use crate::app::work::{self, Kind};
use crate::captions::retiming::{self, Anchor, Proposal, Retiming, SpreadUnit, SuggestedAnchor};
use crate::project::edits::{self, Edit, Group, NewTimes};
use crate::project::{CaptionTrack, CueId, Pairing, Project, Span, Speech, counted};
use std::sync::Arc;

impl App {
    /// Carries out a command about proposed times, doubts or anchors.
    pub(super) fn run_correction(&mut self, command: Command) {
        match command {
            Command::CheckTimes => self.check_times(),
            Command::CheckPictures => self.check_pictures(),
            Command::SpreadOverSpeech => self.start_spreading(SpreadUnit::Lines),
            Command::AcceptAllTimes => {
                let changes = self.state.correction.clear();
                let text = format!("{} moved{TAKES_BACK}", counted(changes.len(), "cue"));
                self.state.notice(text, false);
                self.accept(&changes);
                self.state.correction.forget();
            }
            Command::AcceptTimes | Command::RefuseTimes => {
                let active = self.state.cues.active;
                let settled = active.and_then(|cue| self.state.correction.settle(cue));
                if let Some((change, next)) = settled {
                    if command == Command::AcceptTimes {
                        self.accept(&[change]);
                    }
                    if let Some(next) = next {
                        self.look_at_cue(next);
                    }
                }
            }
            Command::PinHere => self.pin_here(),
            Command::SyncPoint => self.add_sync_point(),
            Command::NextAnchor => self.go_to_anchor(),
            Command::NextDoubt => {
                let next = self.state.correction.next_doubt();
                self.go_to_doubt(next);
            }
            Command::PreviousDoubt => {
                let before = self.state.correction.previous_doubt();
                self.go_to_doubt(before);
            }
            _ => {
                self.state.correction.clear();
            }
        }
    }

    /// The project and the speech in it, to be compared by a job; says so where there is none yet.
    fn spoken(&mut self) -> Option<(Project, Arc<Speech>)> {
        let both = self.state.project.clone().zip(self.state.sound.speech.clone());
        if both.is_none() && self.state.sound.without.is_none() && !self.jobs.is_running(Kind::Speech) {
            // It was cancelled, or failed: listening begins again.
            self.listen();
        }
        if both.is_none() {
            let why = self.state.sound.without.clone();
            let why = why.unwrap_or_else(|| "it is not listened to yet".into());
            self.state.notice(
                format!("Captions are compared with the speech of the video: {why}"),
                false,
            );
        }
        both
    }

    fn check_times(&mut self) {
        self.asked_against = Against::Speech;
        if let Some((project, speech)) = self.spoken() {
            if project.track.is_without_times() {
                // There are no times yet that could be checked.
                self.start_spreading(SpreadUnit::Lines);
                return;
            }
            let (shots, of) = (self.state.sound.shots.clone(), self.state.track_revision);
            self.jobs.start(Kind::Correct, move |out| {
                work::propose((&project, of), &speech, shots.as_deref(), out)
            });
        }
    }

    pub(super) fn start_spreading(&mut self, unit: SpreadUnit) {
        if let Some((project, speech)) = self.spoken() {
            let of = self.state.track_revision;
            self.jobs.start(Kind::Correct, move |out| {
                work::spread((&project, of), &speech, unit, out)
            });
        }
    }

    /// Speech or captions are new: captions that were just read without times are put where someone speaks, others are
    /// looked through. Nothing is done before it is decided what becomes of edits that a crash left.
    pub(super) fn hear(&mut self) {
        if self.state.sound.speech.is_none() || self.is_recovery_open() {
            return;
        }
        if std::mem::take(&mut self.state.correction.unspread) {
            self.start_spreading(SpreadUnit::Lines);
        } else {
            self.look_for_doubts();
        }
    }

    /// One step that can be undone: texts stay where they are lines of the file, else other cues take their place.
    pub(super) fn spread_out(&mut self, unit: SpreadUnit, track: CaptionTrack, of: u64) {
        if of != self.state.track_revision {
            // The texts are others by now.
            self.start_spreading(unit);
            return;
        }
        let Some(project) = &self.state.project else {
            return;
        };
        let edit = if unit == SpreadUnit::Lines && track.cues.len() == project.track.cues.len() {
            let pairs = project.track.cues.iter().zip(&track.cues);
            let times: Vec<NewTimes> = pairs
                .map(|(cue, new)| new_times(cue.id, new.start, new.end))
                .collect();
            edits::accept_times(project, &times, false)
        } else {
            let manifest = &project.manifest;
            // The new times are those of the video.
            let pairing = Pairing {
                rule: manifest.pairing.rule,
                ..Pairing::default()
            };
            let source = manifest.captions.clone();
            source.map(|source| edits::replace_captions(project, track, source, manifest.language, pairing))
        };
        let label = "Spread over the speech".to_owned();
        self.state.correction.clear();
        self.state.edits.seal();
        self.edit(edit.map(|edit| Edit { label, ..edit }));
    }

    pub(super) fn proposed(&mut self, proposal: Proposal, of: u64) {
        if of != self.state.track_revision {
            // The captions are others by now.
            match self.asked_against {
                Against::Words => self.propose_by_words(),
                Against::Speech | Against::Pictures => self.check_times(),
            }
            return;
        }
        let Some(project) = &self.state.project else {
            return;
        };
        self.state.correction.points.clear();
        let diagnosis = proposal.diagnosis.to_string();
        let against = self.asked_against;
        self.state
            .correction
            .take(against, diagnosis, proposal.changes, project);
        if let Some(first) = self.state.correction.changes.first().map(|change| change.cue) {
            self.look_at_cue(first);
        }
    }

    /// One step that can be undone, however many cues it moves.
    fn accept(&mut self, changes: &[Retiming]) {
        let Some(project) = &self.state.project else {
            return;
        };
        // What was set by hand since is worth more than what was proposed before.
        let (fresh, old): (Vec<_>, Vec<_>) = changes
            .iter()
            .partition(|change| self.state.correction.still_holds(change.cue, project));
        let times: Vec<NewTimes> = fresh.into_iter().map(times_of).collect();
        let edit = edits::accept_times(project, &times, false);
        if !old.is_empty() {
            let verb = if old.len() == 1 { "was" } else { "were" };
            let text = format!(
                "{} {verb} changed by hand since the times were checked, and left alone",
                counted(old.len(), "cue")
            );
            self.state.notice(text, false);
        }
        self.state.edits.seal();
        self.edit(edit);
    }

    /// The cue starts at the playhead and stays there; those between it and the anchors around are stretched along.
    fn pin_here(&mut self) {
        let (Some(project), Some(id)) = (&self.state.project, self.state.cues.active) else {
            return;
        };
        let Some(cue) = project.track.cue(id) else { return };
        let start = project.manifest.pairing.in_captions(self.state.playhead);
        let right = Span {
            start,
            end: start + (cue.end - cue.start),
        };
        let times: Vec<NewTimes> = match retiming::realign(&project.track, id, right) {
            Ok(changes) => changes.iter().map(times_of).collect(),
            Err(why) => {
                self.state.notice(why.to_string(), false);
                return;
            }
        };
        let along = times.len().saturating_sub(1);
        if along > 0 {
            let text = format!(
                "{} moved along with the pinned one, up to the next anchors{TAKES_BACK}",
                counted(along, "cue")
            );
            self.state.notice(text, false);
        }
        self.state.correction.clear();
        // One step: an anchor is let go of, moved with the others, and made an anchor again.
        self.state.edits.seal();
        self.forms.cues.drag += 1;
        let group = Group::Drag(self.forms.cues.drag);
        self.pin_step(group, |track| edits::lock(track, &[id], false));
        self.pin_step(group, |track| edits::set_times(track, &times, false));
        self.pin_step(group, |track| edits::lock(track, &[id], true));
        self.state.edits.seal();
    }

    /// The cue that is looked at starts at the playhead: one more of the points that put the whole transcript straight.
    fn add_sync_point(&mut self) {
        let (Some(project), Some(cue)) = (&self.state.project, self.state.cues.active) else {
            return;
        };
        if project.track.cue(cue).is_some_and(|cue| cue.locked) {
            self.state.notice(
                "This cue is an anchor, and counts as a sync point already: F9 lets it go",
                false,
            );
            return;
        }
        let mut points = self.state.correction.points.clone();
        points.retain(|point| point.cue != cue);
        points.push(Anchor {
            cue,
            start: self.state.playhead,
        });
        self.set_sync_points(points);
    }

    /// Proposes the times that the points make; nothing is moved before it is accepted.
    pub(super) fn set_sync_points(&mut self, mut points: Vec<Anchor>) {
        let Some(project) = &self.state.project else {
            return;
        };
        points.retain(|point| project.track.cue(point.cue).is_some());
        points.sort_by_key(|point| project.track.place(point.cue));
        if points.is_empty() {
            self.state.correction.clear();
            return;
        }
        match analysis::sync(project, &points) {
            Ok(changes) => {
                let locked = project.track.cues.iter().any(|cue| cue.locked);
                let diagnosis = if points.len() == 1 && !locked {
                    "moved as a whole by one sync point: a second one, far from it, corrects a drift too"
                        .to_owned()
                } else {
                    format!(
                        "stretched between {}{}",
                        counted(points.len(), "sync point"),
                        if locked { " and the anchors" } else { "" }
                    )
                };
                self.state
                    .correction
                    .take(Against::Speech, diagnosis, changes, project);
                self.state.correction.points = points;
            }
            Err(why) => self.state.notice(why.to_string(), false),
        }
    }

    /// A part of pinning a cue.
    fn pin_step(&mut self, group: Group, step: impl Fn(&CaptionTrack) -> Option<Edit>) {
        let project = self.state.project.as_ref();
        let edit = project.and_then(|project| step(&project.track));
        let label = "Pin cue".to_owned();
        self.edit(edit.map(|edit| Edit { label, ..edit }.in_group(group)));
    }

    /// To the next cue that is best pinned, with the playhead where its speech starts.
    fn go_to_anchor(&mut self) {
        let Some(project) = &self.state.project else {
            return;
        };
        let track = &project.track;
        let here = self.state.cues.active.and_then(|cue| track.place(cue));
        let anchors = &self.state.correction.anchors;
        let place = |anchor: &&SuggestedAnchor| track.place(anchor.cue);
        let next = anchors.iter().find(|anchor| place(anchor) > here);
        match next.or(anchors.first()).copied() {
            Some(anchor) => {
                // Where speech starts is a time of the video.
                self.look_at_cue(anchor.cue);
                self.seek(anchor.start);
            }
            None => self.state.notice("No cue starts after a silence", false),
        }
    }

    fn go_to_doubt(&mut self, cue: Option<CueId>) {
        match cue {
            Some(cue) => self.look_at_cue(cue),
            None => self.state.notice("No cue is doubtful", false),
        }
    }

    /// Looks for doubts again, once there is speech to compare with.
    pub(super) fn look_for_doubts(&mut self) {
        let (Some(project), Some(speech)) = (self.state.project.clone(), self.state.sound.speech.clone())
        else {
            return;
        };
        if project.track.cues.is_empty() {
            return;
        }
        let (shots, places) = (self.state.sound.shots.clone(), self.places.clone());
        self.jobs.start(Kind::Doubts, move |out| {
            work::doubts(&project, &speech, shots.as_deref(), &places, out)
        });
    }

    pub(super) fn doubted(&mut self, doubts: Vec<(CueId, String)>, anchors: Vec<SuggestedAnchor>) {
        self.state.correction.queue = doubts.iter().map(|(cue, _)| *cue).collect();
        self.state.correction.anchors = anchors;
        self.state.cues.doubts = doubts.into_iter().collect();
    }
}

fn new_times(cue: CueId, start: crate::project::Seconds, end: crate::project::Seconds) -> NewTimes {
    NewTimes { cue, start, end }
}

fn times_of(change: &Retiming) -> NewTimes {
    new_times(change.cue, change.start, change.end)
}

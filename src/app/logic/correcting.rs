//! What the sound says of the times of the captions: checked, accepted, refused, walked through.

use crate::app::App;
use crate::app::command::Command;
use crate::app::work::{self, Kind};
use crate::captions::retiming::{self, Proposal, Retiming, SpreadUnit, SuggestedAnchor};
use crate::project::edits::{self, Edit, NewTimes};
use crate::project::{CaptionTrack, CueId, Project, Span, Speech};
use std::sync::Arc;

impl App {
    /// Carries out a command about proposed times, doubts or anchors.
    pub(super) fn run_correction(&mut self, command: Command) {
        match command {
            Command::CheckTimes => self.check_times(),
            Command::SpreadOverSpeech => self.start_spreading(SpreadUnit::Lines),
            Command::AcceptAllTimes => {
                let changes = self.state.correction.clear();
                self.accept(&changes);
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
        if let Some((project, speech)) = self.spoken() {
            let shots = self.state.sound.shots.clone();
            self.jobs.start(Kind::Correct, move |out| {
                work::propose(&project, &speech, shots.as_deref(), out)
            });
        }
    }

    pub(super) fn start_spreading(&mut self, unit: SpreadUnit) {
        if let Some((project, speech)) = self.spoken() {
            self.jobs.start(Kind::Correct, move |out| {
                work::spread(&project, &speech, unit, out)
            });
        }
    }

    /// Speech is known: captions without times of their own are put where someone speaks, the others are looked through.
    pub(super) fn hear(&mut self) {
        let untouched = self.state.edits.depth() == 0;
        let estimated = self
            .state
            .project
            .as_ref()
            .is_some_and(|project| project.track.is_estimated());
        if estimated && untouched && self.state.sound.speech.is_some() {
            self.start_spreading(SpreadUnit::Lines);
        } else {
            self.look_for_doubts();
        }
    }

    /// One step that can be undone: texts stay where they are lines of the file, else other cues take their place.
    pub(super) fn spread_out(&mut self, unit: SpreadUnit, track: CaptionTrack) {
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
            manifest.captions.clone().map(|source| {
                edits::replace_captions(
                    project,
                    track,
                    source,
                    manifest.language,
                    manifest.pairing.clone(),
                )
            })
        };
        let label = "Spread over the speech".to_owned();
        self.state.edits.seal();
        self.edit(edit.map(|edit| Edit { label, ..edit }));
    }

    pub(super) fn proposed(&mut self, proposal: Proposal) {
        self.state.correction.take(proposal);
        if let Some(first) = self.state.correction.changes.first().map(|change| change.cue) {
            self.look_at_cue(first);
        }
    }

    /// One step that can be undone, however many cues it moves.
    fn accept(&mut self, changes: &[Retiming]) {
        let times: Vec<NewTimes> = changes.iter().map(times_of).collect();
        let project = self.state.project.as_ref();
        let edit = project.and_then(|project| edits::accept_times(project, &times, false));
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
        let edit = match retiming::realign(&project.track, id, right) {
            Ok(changes) => {
                let times: Vec<NewTimes> = changes.iter().map(times_of).collect();
                edits::set_times(&project.track, &times, false)
            }
            Err(why) => {
                self.state.notice(why.to_string(), false);
                return;
            }
        };
        self.state.edits.seal();
        self.edit(edit);
        let project = self.state.project.as_ref();
        let lock = project.and_then(|project| edits::lock(&project.track, &[id], true));
        self.edit(lock);
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
                let at = project.manifest.pairing.placed(anchor.start);
                self.look_at_cue(anchor.cue);
                self.state.playhead = at;
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

//! What the sound says of the times of the captions: checked, accepted, refused, walked through.

use crate::app::App;
use crate::app::command::Command;
use crate::app::work::{self, Kind};
use crate::captions::retiming::{Proposal, Retiming};
use crate::project::CueId;
use crate::project::edits::{self, NewTimes};

impl App {
    /// Carries out a command about proposed times or doubts.
    pub(super) fn run_correction(&mut self, command: Command) {
        match command {
            Command::CheckTimes => self.check_times(),
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
            Command::NextDoubt => self.go_to_doubt(1),
            Command::PreviousDoubt => self.go_to_doubt(-1),
            _ => {
                self.state.correction.clear();
            }
        }
    }

    fn check_times(&mut self) {
        let (Some(project), Some(speech)) = (self.state.project.clone(), self.state.sound.speech.clone())
        else {
            self.state.notice(
                "Times are checked against the speech, which is not listened to yet",
                false,
            );
            return;
        };
        let shots = self.state.sound.shots.clone();
        self.jobs.start(Kind::Correct, move |out| {
            work::propose(&project, &speech, shots.as_deref(), out)
        });
    }

    pub(super) fn proposed(&mut self, proposal: Proposal) {
        self.state.correction.take(proposal);
        if let Some(first) = self.state.correction.changes.first().map(|change| change.cue) {
            self.look_at_cue(first);
        }
    }

    /// One step that can be undone, however many cues it moves.
    fn accept(&mut self, changes: &[Retiming]) {
        let times: Vec<NewTimes> = changes
            .iter()
            .map(|change| NewTimes {
                cue: change.cue,
                start: change.start,
                end: change.end,
            })
            .collect();
        let edit = self
            .state
            .project
            .as_ref()
            .and_then(|project| edits::accept_times(project, &times, false));
        self.state.edits.seal();
        self.edit(edit);
    }

    fn go_to_doubt(&mut self, by: isize) {
        let next = self.state.correction.doubt_after(self.state.cues.active, by);
        match next {
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
        let _ = (project, speech);
    }

    pub(super) fn doubted(&mut self, doubts: Vec<(CueId, String)>) {
        self.state.correction.queue = doubts.iter().map(|(cue, _)| *cue).collect();
        self.state.cues.doubts = doubts.into_iter().collect();
    }
}

//! Everything is saved by itself a moment after it changed, by a job. The window closes, and a project makes room for
//! another, only when what was changed is on disk or the user gives it up.

use crate::app::work::{self, Kind};
use crate::app::{App, Leaving};
use eframe::egui;
use std::time::{Duration, Instant};

/// A change is saved by itself once nothing more has changed for this long.
const QUIET: Duration = Duration::from_millis(1500);

/// Where changes never cease, as while frames are described, they are saved this long after the first.
const AT_LATEST: Duration = Duration::from_secs(15);

/// Edits are in the journal meanwhile, so that the whole project need not be written at every pause.
const QUIET_OF_EDITS: Duration = Duration::from_secs(20);

impl App {
    /// To be called after every change of the project that is no edit.
    pub(super) fn changed(&mut self) {
        self.state.revision += 1;
        self.state.base_revision = self.state.revision;
        let now = Instant::now();
        self.state.changed = Some(now);
        self.state.unsaved_since.get_or_insert(now);
    }

    /// Whether something is not on disk yet.
    pub(super) fn is_unsaved(&self) -> bool {
        self.state.project.is_some()
            && self.state.revision != self.state.saved_revision
            && !self.is_recovery_open()
    }

    /// Whether the journal has something on disk to build upon.
    pub(super) fn has_base(&self) -> bool {
        self.state.saved_revision >= self.state.base_revision
    }

    /// Whether the window is on its way out.
    pub(super) fn is_closing(&self) -> bool {
        matches!(self.leaving, Leaving::Close | Leaving::Stuck(..))
    }

    pub(super) fn start_saving(&mut self) {
        if self.is_recovery_open() || self.jobs.is_running(Kind::Save) {
            return;
        }
        if self.jobs.is_running(Kind::Journal) {
            // In a moment; both write the journal.
            self.state.changed.get_or_insert(Instant::now());
            return;
        }
        if let Some(project) = self.state.project.clone() {
            (self.state.changed, self.state.edited) = (None, None);
            self.state.unsaved_since = None;
            self.state.edits.hand_over();
            let revision = self.state.revision;
            self.jobs
                .start(Kind::Save, move |out| work::save(&project, revision, out));
        }
    }

    pub(super) fn saved(&mut self, revision: u64) {
        self.state.edits.kept();
        self.state.saved_revision = revision;
        self.state.saved = Some(Instant::now());
        // Only what waits is taken: a window on its way out stays so.
        self.leaving = match std::mem::take(&mut self.leaving) {
            Leaving::Then(action) if !self.is_unsaved() => {
                self.actions.push(action);
                Leaving::No
            }
            other => other,
        };
    }

    /// Tried again after the next change, or when asked to.
    pub(super) fn saving_failed(&mut self, why: &str) {
        self.state.edits.refused();
        if self.has_base() {
            self.journal_due = Some(Instant::now());
        }
        let leaving = std::mem::take(&mut self.leaving);
        self.leaving = match leaving {
            Leaving::No => Leaving::No,
            Leaving::Then(action) => Leaving::Stuck(why.to_owned(), Some(Box::new(action))),
            Leaving::Close | Leaving::Stuck(..) => Leaving::Stuck(why.to_owned(), None),
        };
    }

    /// Gives up what could not be saved.
    pub(super) fn leave_unsaved(&mut self) {
        self.state.saved_revision = self.state.revision;
        match std::mem::take(&mut self.leaving) {
            Leaving::Stuck(_, Some(action)) => self.actions.push(*action),
            _ => self.leaving = Leaving::Close,
        }
    }

    /// Stays, for the user to make room on the disk or bring it back.
    pub(super) fn stay(&mut self) {
        self.leaving = Leaving::No;
        self.changed();
    }

    pub(super) fn save_when_quiet(&mut self, context: &egui::Context) {
        let changed = self
            .state
            .changed
            .map(|since| QUIET.saturating_sub(since.elapsed()));
        let edited = self
            .state
            .edited
            .map(|since| QUIET_OF_EDITS.saturating_sub(since.elapsed()));
        let at_latest = self
            .state
            .unsaved_since
            .map(|since| AT_LATEST.saturating_sub(since.elapsed()));
        match changed.into_iter().chain(edited).chain(at_latest).min() {
            Some(Duration::ZERO) => self.start_saving(),
            Some(wait) => context.request_repaint_after(wait),
            None => {}
        }
    }

    /// A window closed while training stops the training and waits until what it learned is on disk.
    pub(super) fn close_when_safe(&mut self, context: &egui::Context) {
        let asked = context.input(|input| input.viewport().close_requested());
        if asked && !self.is_closing() {
            self.end_typing(true);
            self.leaving = Leaving::Close;
            self.stop_training();
        }
        match self.leaving {
            Leaving::Stuck(_, None) if asked => context.send_viewport_cmd(egui::ViewportCommand::CancelClose),
            Leaving::Close => {
                let busy = self.jobs.is_running(Kind::Train) || self.jobs.is_running(Kind::Save);
                if !busy && !self.is_unsaved() {
                    self.jobs.forget_all_but(&[Kind::Devices]);
                    self.settings.save(&self.places.settings);
                    if !asked {
                        context.send_viewport_cmd(egui::ViewportCommand::Close);
                    }
                    return;
                }
                if !busy {
                    self.start_saving();
                }
                if asked {
                    context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
                }
            }
            _ => {}
        }
    }
}

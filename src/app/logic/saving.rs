//! Everything is saved by itself a moment after it changed, by a job. The window closes, and a project makes room for
//! another, only when what was changed is on disk or the user gives it up.

use crate::app::work::{self, Kind};
use crate::app::{App, Leaving};
use eframe::egui;
use std::time::{Duration, Instant};

/// A change is saved by itself once nothing more has changed for this long.
const QUIET: Duration = Duration::from_millis(1500);

impl App {
    /// To be called after every change of the project.
    pub(super) fn changed(&mut self) {
        self.state.revision += 1;
        self.state.changed = Some(Instant::now());
    }

    /// Whether something is not on disk yet.
    pub(super) fn is_unsaved(&self) -> bool {
        self.state.project.is_some() && self.state.revision != self.state.saved_revision
    }

    /// Whether the window is on its way out.
    pub(super) fn is_closing(&self) -> bool {
        matches!(self.leaving, Leaving::Close | Leaving::Stuck(..))
    }

    pub(super) fn start_saving(&mut self) {
        if let Some(project) = self.state.project.clone()
            && !self.jobs.is_running(Kind::Save)
        {
            self.state.changed = None;
            let revision = self.state.revision;
            self.jobs
                .start(Kind::Save, move |out| work::save(&project, revision, out));
        }
    }

    pub(super) fn saved(&mut self, revision: u64) {
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
        let Some(changed) = self.state.changed else { return };
        let quiet = changed.elapsed();
        if quiet < QUIET {
            context.request_repaint_after(QUIET - quiet);
        } else {
            self.start_saving();
        }
    }

    /// A window closed while training stops the training and waits until what it learned is on disk.
    pub(super) fn close_when_safe(&mut self, context: &egui::Context) {
        let asked = context.input(|input| input.viewport().close_requested());
        if asked && !self.is_closing() {
            self.leaving = Leaving::Close;
            self.stop_training();
        }
        match self.leaving {
            Leaving::Stuck(_, None) if asked => context.send_viewport_cmd(egui::ViewportCommand::CancelClose),
            Leaving::Close => {
                let busy = self.jobs.is_running(Kind::Train) || self.jobs.is_running(Kind::Save);
                if !busy && !self.is_unsaved() {
                    self.jobs.forget_all_but(Kind::Devices);
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

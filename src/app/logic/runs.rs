//! The trainings on disk, and their curves.

use crate::app::App;
use crate::app::work::{self, Drawing, Kind};
use crate::export::palette::{TOTAL, colour};
use crate::export::{CurveFormat, CurveStyle};
use crate::project::{LossPoint, RunSummary};
use std::path::PathBuf;

impl App {
    pub(super) fn list_runs(&mut self) {
        if let Some(project) = self.state.project.clone() {
            self.jobs
                .start(Kind::Runs, move |out| work::list_runs(&project, out));
        }
    }

    pub(super) fn runs_listed(&mut self, runs: Vec<RunSummary>) {
        let there = |name: &String| runs.iter().any(|run| run.name == *name);
        self.forms.trainings.overlaid.retain(there);
        self.state.runs.take(runs);
    }

    pub(super) fn delete_run(&mut self, name: String) {
        let training = self.jobs.is_running(Kind::Train) && self.state.training.run == name;
        let Some(project) = self.state.project.clone().filter(|_| !training) else {
            return;
        };
        self.jobs
            .start(Kind::Runs, move |out| work::delete_run(&project, &name, out));
    }

    /// Everything the panel draws that takes more than reading.
    pub(super) fn prepare_training_panel(&mut self) {
        let forms = &self.forms.trainings;
        self.state.draw_curves(&forms.curves, &forms.overlaid);
        self.state.runs.sort(forms.order);
        self.follow_latent();
        self.follow_board();
    }

    pub(super) fn pick_export(&mut self, format: CurveFormat) {
        if let Some(project) = &self.state.project {
            let dialog = work::export_dialog(format, project.folder.clone());
            self.jobs.start(Kind::Dialog, dialog);
        }
    }

    pub(super) fn export_curves(&mut self, format: CurveFormat, path: PathBuf) {
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let forms = &self.forms.trainings;
        let drawn: Vec<(&str, usize, &[LossPoint])> = self.state.drawn(&forms.overlaid).collect();
        let colours = match &drawn[..] {
            [_] => vec![colour(0), colour(1), colour(2), TOTAL],
            several => several.iter().map(|(_, place, _)| colour(*place)).collect(),
        };
        let drawing = Drawing {
            runs: drawn
                .iter()
                .map(|(name, _, losses)| ((*name).to_owned(), losses.to_vec()))
                .collect(),
            style: CurveStyle {
                terms: forms.curves.terms,
                held_out: forms.curves.held_out,
                smoothing: forms.curves.smoothing,
                logarithmic: forms.curves.logarithmic,
                dark: false,
                colours,
            },
        };
        self.jobs.start(Kind::Export, move |out| {
            work::export(&project, &drawing, format, &path, out)
        });
    }
}

//! What is asked before it is done, what is typed where, and what goes out to files.

use crate::analysis::Takeaway;
use crate::app::App;
use crate::app::command::Typing;
use crate::app::state::{Question, Step};
use crate::app::work::{self, Kind};
use crate::captions::OutputFormat;
use crate::project::{CueOrigin, PairIndex};
use eframe::egui;
use std::path::PathBuf;

impl App {
    /// Where keys go at the moment.
    pub(super) fn typing(&self, context: &egui::Context) -> Typing {
        let covered = context.memory(|memory| memory.top_modal_layer().is_some());
        if covered || self.forms.is_asking() {
            Typing::Dialog
        } else if !context.egui_wants_keyboard_input() {
            Typing::No
        } else if self.forms.cues.editing.is_some() && self.state.step == Step::Alignment {
            Typing::Cue
        } else {
            Typing::Elsewhere
        }
    }

    pub(super) fn show(&mut self, step: Step) {
        if step != Step::Alignment {
            self.end_typing(true);
        }
        self.state.step = step;
        let never = self.state.cues.known.source.is_none() && !self.jobs.is_running(Kind::Words);
        if step == Step::Alignment && never {
            self.look_up_words();
        }
    }

    /// Reads captions, after asking where others have been worked on.
    pub(super) fn ask_for_captions(&mut self, file: PathBuf, encoding: Option<String>) {
        let worked_on = self.state.project.as_ref().is_some_and(|project| {
            let mut cues = project.track.cues.iter();
            !project.manifest.choices.is_empty()
                || cues.any(|cue| cue.locked || cue.origin == CueOrigin::Edited)
                || self.state.edits.undoes().is_some()
        });
        if worked_on {
            self.state.question = Some(Question::ReadCaptions(file, encoding));
        } else {
            self.read_captions(file, encoding);
        }
    }

    /// Yes or no to the question that is open.
    pub(super) fn answer(&mut self, yes: bool) {
        match self.state.question.take() {
            Some(Question::Recover(recovery)) if yes => {
                self.recover(recovery);
                self.hear();
            }
            Some(Question::Recover(_)) => {
                self.discard_recovery();
                self.hear();
            }
            Some(Question::ReadCaptions(file, encoding)) if yes => self.read_captions(file, encoding),
            Some(Question::ReadCaptions(..)) | None => {}
        }
    }

    /// Looks up which words of the captions have vectors.
    pub(super) fn look_up_words(&mut self) {
        let project = self.state.project.clone();
        if let Some(project) = project.filter(|project| !project.track.cues.is_empty()) {
            let places = self.places.clone();
            self.jobs.start(Kind::Words, move |out| {
                work::look_up_words(&project, &places, out)
            });
        }
    }

    pub(super) fn pick_captions_export(&mut self, format: OutputFormat) {
        if let Some(project) = &self.state.project {
            let dialog = work::captions_dialog(format, project);
            self.jobs.start(Kind::Dialog, dialog);
        }
    }

    pub(super) fn export_captions(&mut self, format: OutputFormat, path: PathBuf) {
        if let Some(project) = &self.state.project {
            let track = project.track.clone();
            self.jobs.start(Kind::Export, move |out| {
                work::export_captions(&track, format, &path, out)
            });
        }
    }

    pub(super) fn pick_takeaway(&mut self, what: Takeaway) {
        if what == Takeaway::Selection && self.state.chosen.is_empty() {
            self.state.notice(
                "Choose pairs first: draw around them on the map with Shift held, or press a cluster",
                false,
            );
        } else if let Some(project) = &self.state.project {
            let dialog = work::takeaway_dialog(what, project);
            self.jobs.start(Kind::Dialog, dialog);
        }
    }

    pub(super) fn take_away(&mut self, what: Takeaway, path: PathBuf) {
        if let Some(project) = self.state.project.clone() {
            let pairs: Vec<PairIndex> = self.state.chosen.iter().copied().collect();
            let places = self.places.clone();
            self.jobs.start(Kind::Export, move |out| {
                work::take_away(&project, what, &pairs, path, &places, out)
            });
        }
    }

    /// Shows how the results were made; the files are read for it where the project has changed since.
    pub(super) fn show_methods(&mut self) {
        let Some(project) = self.state.project.clone() else {
            return;
        };
        self.forms.methods = true;
        let revision = self.state.revision;
        if self.state.methods.as_ref().is_none_or(|(of, _)| *of != revision) {
            self.jobs
                .start(Kind::Methods, move |out| work::methods(&project, revision, out));
        }
    }

    /// Takes vectors from elsewhere as the latents of a run of their own; without a project, they are one by themselves.
    pub(super) fn import_latents(&mut self, path: PathBuf) {
        if !self.is_free() {
            return;
        }
        if let Some(project) = self.state.project.clone() {
            self.jobs
                .start(Kind::Open, move |out| work::import_latents(&project, &path, out));
        } else {
            self.state.step = Step::Map;
            self.jobs
                .start(Kind::Open, move |out| work::open_table(&path, out));
        }
    }

    /// Writes the settings.
    pub(super) fn keep_settings(&mut self) {
        let (settings, folder) = (self.settings.clone(), self.places.settings.clone());
        self.jobs.start(Kind::Settings, move |_| {
            settings.save(&folder);
            Ok(())
        });
    }
}

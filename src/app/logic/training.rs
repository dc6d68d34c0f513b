//! Training as the window sees it.

use crate::app::App;
use crate::app::state::{TrainingProgress, config_of};
use crate::app::work::{self, Kind};
use crate::project::Run;
use crate::training::{Control, TrainingConfig, TrainingEvent};
use std::time::Instant;

impl App {
    /// Trains with the settings of the panel.
    pub(super) fn start_training(&mut self) {
        let config = self.forms.training.clone();
        if let Err(wrong) = config.check() {
            self.state
                .notice(format!("The training cannot run with {wrong}"), false);
            return;
        }
        // Kept with the project, so that the same training is gone on with after a crash.
        let settings = serde_json::to_value(&config).unwrap_or_default();
        // Curves of a comparison would be drawn over by those of a training that is not part of it.
        self.forms.trainings.overlaid.clear();
        if self.begin_training(config)
            && let Some(project) = &mut self.state.project
        {
            project.manifest.training = settings;
            self.changed();
        }
    }

    /// Goes on with the run in use for so many more epochs.
    pub(super) fn extend(&mut self, epochs: u32) {
        if !self.is_free() {
            return;
        }
        let project = self.state.project.as_ref();
        if let Some(run) = project.and_then(|project| project.run.as_ref())
            && let Some(config) = config_of(run)
        {
            let done = u32::try_from(run.losses.len()).unwrap_or(u32::MAX);
            self.forms.training = config.extended(done, epochs);
            self.start_training();
        }
    }

    /// Starts a training; says why not where it cannot begin.
    pub(super) fn begin_training(&mut self, config: TrainingConfig) -> bool {
        let Some(project) = &self.state.project else {
            self.state.notice("Open a video first", false);
            return false;
        };
        if self.jobs.is_running(Kind::Train) {
            return false;
        }
        if [Kind::Sample, Kind::Captions, Kind::Join, Kind::Company]
            .iter()
            .any(|kind| self.jobs.is_running(*kind))
        {
            self.state.notice(
                "Frames or captions are still being read: train in a moment",
                false,
            );
            return false;
        }
        let (pairs, fewest) = (project.pairs.len(), crate::pairing::FEWEST_PAIRS);
        if pairs < fewest || self.state.frames.frames.is_empty() {
            let text =
                format!("Training needs frames and at least {fewest} frame-caption pairs; there are {pairs}");
            self.state.notice(text, false);
            return false;
        }
        // One core is left to the window.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let control = Control::with_threads(cores.saturating_sub(1).max(1));
        let (project, frames, places) = (project.clone(), self.state.frames.clone(), self.places.clone());
        self.state.training = TrainingProgress::beginning(&config, control.clone());
        self.state.training.on = Some(project.trainable());
        self.jobs.start(Kind::Train, move |out| {
            work::train(&project, &frames, &config, &control, &places, out)
        });
        true
    }

    /// Stops and keeps; before the first step there is nothing to keep. A comparison ends with it.
    pub(super) fn stop_training(&mut self) {
        if let Some(comparison) = &mut self.state.comparison {
            comparison.end();
        }
        if let Some(control) = &self.state.training.control {
            control.stop();
        }
        if self.state.training.began.is_none() {
            self.jobs.cancel(Kind::Train);
        }
    }

    /// The run is known that the training goes into.
    pub(super) fn training_began(&mut self, run: String) {
        if self.state.history.run != run {
            self.begin_history(run.clone());
        }
        self.state.training.run = run;
    }

    pub(super) fn training_event(&mut self, event: TrainingEvent) {
        let training = &mut self.state.training;
        match event {
            TrainingEvent::Started {
                device,
                parameters,
                pairs,
                resumed_from,
                losses,
                notes,
                ..
            } => {
                training.losses = losses;
                let millions = parameters as f64 / 1e6;
                let mut head = format!("{pairs} pairs, {millions:.1} million parameters on {device}");
                if resumed_from > 0 {
                    head += &format!("  ·  Going on from the checkpoint of epoch {resumed_from}");
                }
                training.notes = vec![head];
                training.notes.extend(notes);
                training.began = Some(resumed_from);
                let run = training.run.clone();
                if resumed_from > 0 {
                    self.read_history_of(run, resumed_from);
                }
                // Its folder is there now, and it stands among the others.
                self.list_runs();
            }
            TrainingEvent::Step { epoch, step, of, .. } => training.step = Some((epoch, step, of)),
            TrainingEvent::Epoch(point) => {
                // After a step back to good weights, epochs come again.
                training.losses.retain(|known| known.epoch < point.epoch);
                training.losses.push(point);
                self.state.runs.grow(&training.run, &training.losses);
            }
            TrainingEvent::Reconstructions(pictures) => training.reconstructions = pictures,
            TrainingEvent::Snapshot(snapshot) => self.state.history.add(*snapshot),
            TrainingEvent::Note(note) => {
                training.notes.push(note.clone());
                self.state.notice(note, false);
            }
            TrainingEvent::Stopped { epoch } => {
                training
                    .notes
                    .push(format!("Stopped after epoch {epoch}; what it learned is kept"));
            }
            TrainingEvent::Checkpoint { .. } => training.kept = Some(Instant::now()),
            TrainingEvent::Finished => {}
        }
    }

    pub(super) fn trained(&mut self, mut run: Run) {
        let Some(project) = &self.state.project else {
            return;
        };
        self.state.interrupted = false;
        let in_use = project.run.as_ref().map(|used| used.name.as_str());
        if self.state.comparison.is_some() {
            self.forms.trainings.overlaid.insert(run.name.clone());
            if in_use.is_some_and(|used| used != run.name) {
                return;
            }
        }
        // What was written while it was trained goes over to it.
        if let Some(used) = &project.run {
            run.inherit_written(used);
        }
        if let Some(config) = config_of(&run) {
            // What the panel shows is what the results come from.
            self.forms.training = config;
        }
        let clustered = run.assignment.is_some();
        self.state.show_run(&run);
        if let Some(project) = &mut self.state.project {
            let before = project.run.replace(run);
            // What clusters were called is not lost with a new training.
            self.former = before.and_then(|run| Some((run.on, run.assignment?)));
        }
        self.follow_run();
        self.unsettled = Some(std::time::Instant::now());
        self.forget_latent();
        self.read_history();
        self.changed();
        if !clustered {
            self.start_clusters();
            self.draw_map();
        }
    }

    pub(super) fn training_ended(&mut self) {
        self.state.training.control = None;
        self.state.training.step = None;
        self.list_runs();
        if self.state.comparison.is_some() {
            self.compare_next();
            return;
        }
        // A training that failed or was stopped early leaves the earlier one in use, and its curves.
        let run = self
            .state
            .project
            .as_ref()
            .and_then(|project| project.run.clone());
        if let Some(run) = run.filter(|_| self.state.training.losses.is_empty()) {
            self.state.show_run(&run);
            self.read_history();
        }
    }
}

//! What happens between two frames of the window: reports of the jobs are taken in, then actions are carried out.

use super::action::Action;
use super::command::{self, Command};
use super::forms::Palette;
use super::player::Player;
use super::state::{State, Step, TrainingProgress};
use super::work::{self, CAPTION_EXTENSIONS, Kind, Message, Wanted};
use super::{App, theme};
use crate::analysis::{self, FrameSet};
use crate::clustering;
use crate::jobs::{Ending, Report};
use crate::project::{PairIndex, Pairing, Project, Seconds};
use crate::training::{Control, TrainingEvent};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A change is saved by itself once nothing more has changed for this long.
const QUIET: Duration = Duration::from_millis(1500);

/// Typical pairs kept for each cluster; more than a wide window has room for.
const TYPICAL: usize = 24;

impl App {
    /// One round of logic.
    pub(super) fn update(&mut self, context: &egui::Context) {
        while let Some(report) = self.jobs.next_report() {
            match report {
                Report::Message(_, message) => self.receive(message),
                Report::Ended(kind, ending) => self.ended(kind, ending),
            }
        }
        self.state.running = self.jobs.running().iter().map(|job| job.kind).collect();
        if self.forms.palette.is_none() && !self.forms.keys {
            self.actions
                .extend(command::pressed(context).into_iter().map(Action::Run));
        }
        let dropped = context.input(|input| input.raw.dropped_files.clone());
        self.actions
            .extend(dropped.iter().map(|file| Action::Open(file.path().into())));
        for action in std::mem::take(&mut self.actions) {
            self.apply(context, action);
        }
        self.state.running = self.jobs.running().iter().map(|job| job.kind).collect();
        self.show_picture(context);
        self.save_when_quiet(context);
        self.close_when_safe(context);
        if let Some(size) = context
            .input(|input| input.viewport().inner_rect)
            .map(|rect| rect.size())
        {
            self.settings.window = [size.x, size.y];
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Opened(project) => self.opened(*project),
            Message::Frame(_, frame) => self.state.arriving.frames.push(frame),
            Message::Sampled(frames, warnings) => self.sampled(*frames, warnings),
            Message::Captions(read) => {
                let (track, source, language) = *read;
                if let Some(project) = &mut self.state.project {
                    (project.track, project.manifest.captions) = (track, Some(source));
                    project.manifest.language = language;
                    project.pairs.clear();
                    project.run = None;
                    self.state.training = TrainingProgress::default();
                }
                self.pair_as_suggested();
                self.changed();
            }
            Message::Words(warnings, share, source) => {
                self.state.word_warnings = warnings;
                self.state.words_found = Some((share, source));
            }
            Message::Training(event) => self.training_event(event),
            Message::Trained(run) => {
                if let Some(project) = &mut self.state.project {
                    self.state.training.losses.clone_from(&run.losses);
                    project.run = Some(*run);
                    self.changed();
                    self.start_clusters();
                }
            }
            Message::Clustered(found) => {
                let (sweep, map) = *found;
                let k = analysis::clusters::suggested_k(&sweep);
                if let Some(run) = self
                    .state
                    .project
                    .as_mut()
                    .and_then(|project| project.run.as_mut())
                {
                    let earlier = run.assignment.as_ref().map(|chosen| chosen.k);
                    let kept = earlier.filter(|k| sweep.rows.iter().any(|row| row.k == *k));
                    (run.sweep, run.embedding) = (Some(sweep), Some(map));
                    self.changed();
                    if let Some(k) = kept.or(k) {
                        self.choose_k(k);
                    }
                }
            }
            Message::Tagged(k, tags) => {
                let run = self
                    .state
                    .project
                    .as_mut()
                    .and_then(|project| project.run.as_mut());
                if let Some(run) = run
                    && run.assignment.as_ref().is_some_and(|chosen| chosen.k == k)
                {
                    run.tags = tags;
                    self.changed();
                }
            }
            Message::Saved => self.state.saved = Some(Instant::now()),
            Message::Picked(action) => self.actions.push(action),
            Message::Device(text) => self.state.device = text,
        }
    }

    fn ended(&mut self, kind: Kind, ending: Ending) {
        if kind == Kind::Train {
            self.state.training.control = None;
            self.state.training.step = None;
        }
        if let Ending::Failed(why) = ending {
            self.state.notice(format!("{} failed: {why}", kind.title()), true);
        }
    }

    fn apply(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::Run(command) => self.run(context, command),
            Action::Open(path) => self.open(path),
            Action::ReadCaptions(path) => self.read_captions(path, None),
            Action::SetEncoding(encoding) => {
                let project = self.state.project.as_ref();
                let file = project
                    .and_then(|project| project.manifest.captions.as_ref())
                    .map(|c| c.file.clone());
                if let Some(file) = file {
                    self.read_captions(file, encoding);
                }
            }
            Action::SetLanguage(language) => {
                if let Some(project) = &mut self.state.project {
                    analysis::set_language(project, language);
                    self.changed();
                }
            }
            Action::Sample(sampling) => self.start_sampling(sampling),
            Action::SetPairing(pairing) => self.pair(pairing),
            Action::SetVectors(files) => {
                if let Some(project) = &mut self.state.project {
                    project.manifest.vectors = files;
                    self.changed();
                }
            }
            Action::PickVectors => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Vectors)),
            Action::AnalyseClusters { from, to, perplexity } => {
                self.forms.k_range = from..=to;
                self.forms.perplexity = perplexity;
                self.start_clusters();
            }
            Action::ChooseK(k) => self.choose_k(k),
            Action::Seek(time) => {
                let end = self
                    .state
                    .project
                    .as_ref()
                    .and_then(|p| p.manifest.video.as_ref())
                    .map(|v| v.duration);
                self.state.playhead = time.max(Seconds(0.0)).min(end.unwrap_or(time));
                self.state.selected = self.state.pair_at(self.state.playhead);
                self.forms.scroll_to_selected = true;
            }
            Action::Select(pair) => self.select(pair),
            Action::Focus(cluster) => self.state.focus = cluster,
            Action::ShowTag(cluster, tag) => {
                self.state.tag = (self.state.tag != Some((cluster, tag))).then_some((cluster, tag));
            }
            Action::Cancel(Kind::Train) => self.stop_training(),
            Action::Cancel(kind) => self.jobs.cancel(kind),
            Action::Dismiss(id) => self.state.notices.retain(|notice| notice.id != id),
        }
    }

    fn run(&mut self, context: &egui::Context, command: Command) {
        match command {
            Command::OpenVideo => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Video)),
            Command::OpenProject => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Project)),
            Command::OpenCaptions if self.state.project.is_none() => {
                self.state
                    .notice("Open a video first: captions belong to one", false);
            }
            Command::OpenCaptions => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Captions)),
            Command::OpenSample => {
                if self.leave_project() {
                    let places = self.places.clone();
                    self.jobs
                        .start(Kind::Open, move |out| work::open_sample(&places, out));
                }
            }
            Command::Save => {
                self.changed();
                self.save_now();
            }
            Command::CloseProject => {
                self.leave_project();
            }
            Command::Show(step) => self.state.step = step,
            Command::Train => self.start_training(),
            Command::PauseOrResume => {
                if let Some(control) = &self.state.training.control {
                    if control.is_paused() {
                        control.resume();
                    } else {
                        control.pause();
                    }
                }
            }
            Command::StopAndKeep => self.stop_training(),
            Command::PreviousFrame => self.step_frames(-1),
            Command::NextFrame => self.step_frames(1),
            Command::PreviousPair => self.step_pairs(-1),
            Command::NextPair => self.step_pairs(1),
            Command::ToggleTheme => {
                self.settings.dark = !self.settings.dark;
                context.set_theme(if self.settings.dark {
                    egui::Theme::Dark
                } else {
                    egui::Theme::Light
                });
                theme::apply(context);
            }
            Command::Palette => self.forms.palette = Some(Palette::default()),
            Command::Keys => self.forms.keys = true,
            Command::Quit => context.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    /// Opens whatever a path leads to: captions go to the project, all else replaces it.
    fn open(&mut self, path: PathBuf) {
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        let captions = extension.is_some_and(|extension| CAPTION_EXTENSIONS.contains(&extension.as_str()));
        if captions && self.state.project.is_some() {
            self.read_captions(path, None);
        } else if self.leave_project() {
            let places = self.places.clone();
            self.jobs
                .start(Kind::Open, move |out| work::open(&path, &places, out));
        }
    }

    /// Saves and lets go of the project. False when it has to stay, because training is under way or it could not
    /// be saved.
    fn leave_project(&mut self) -> bool {
        if self.jobs.is_running(Kind::Train) {
            self.state.notice(
                "Training is under way: stop it first (what it has learned is kept)",
                false,
            );
            return false;
        }
        if !self.save_now() {
            return false;
        }
        self.jobs.forget_all();
        self.state = State::with_device(std::mem::take(&mut self.state.device));
        self.forms = super::forms::Forms::default();
        self.thumbnails.clear();
        (self.player, self.picture) = (None, None);
        true
    }

    fn opened(&mut self, project: Project) {
        if let Some(video) = &project.manifest.video {
            self.player = Some(Player::new(&video.path, self.waker.clone()));
            self.state.captions_nearby = captions_beside(&video.path);
            if !video.path.exists() {
                let text = format!(
                    "The video {} is not there any more. Everything else of the project is; put the video back to see \
                     its pictures",
                    video.path.display()
                );
                self.state.notice(text, true);
            }
        }
        self.settings.remember(&project.folder);
        self.settings.save(&self.places.settings);
        self.forms.sampling = project.manifest.sampling.clone();
        self.forms.has_out = self.forms.sampling.to.is_some();
        if let Some(run) = &project.run {
            self.state.training.losses.clone_from(&run.losses);
            self.state.training.notes.clone_from(&run.config.notes);
            if let (Some(latents), Some(chosen)) = (&run.latents, &run.assignment) {
                self.state.typical = clustering::representatives(latents, chosen, TYPICAL);
            }
            if let Ok(config) = serde_json::from_value(run.config.training.clone()) {
                self.forms.training = config;
            }
        }
        let sampling = project.manifest.sampling.clone();
        let fresh = !Project::is_project(&project.folder);
        self.state.project = Some(project);
        if fresh {
            self.changed();
        }
        self.start_sampling(sampling);
    }

    fn start_sampling(&mut self, sampling: crate::project::Sampling) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        if self.jobs.is_running(Kind::Train) {
            self.state
                .notice("Training is under way: stop it before sampling anew", false);
            return;
        }
        project.manifest.sampling = sampling.clone();
        let (width, height, every) = (sampling.width, sampling.height, sampling.every);
        self.state.arriving = FrameSet {
            width,
            height,
            every,
            frames: Vec::new(),
        };
        self.thumbnails.clear();
        let (project, places) = (project.clone(), self.places.clone());
        self.jobs.start(Kind::Sample, move |out| {
            work::sample(&project, &sampling, &places, out)
        });
    }

    fn sampled(&mut self, frames: FrameSet, warnings: Vec<String>) {
        self.state.frames = Arc::new(frames);
        self.state.arriving = FrameSet::default();
        self.state.frame_warnings = warnings;
        let paired = self
            .state
            .project
            .as_ref()
            .is_some_and(|project| !project.pairs.is_empty());
        if paired {
            // The same frames give the same pairs, and the run stays; other frames give others.
            let pairing = self
                .state
                .project
                .as_ref()
                .map(|project| project.manifest.pairing.clone());
            self.pair(pairing.unwrap_or_default());
        } else {
            self.pair_as_suggested();
        }
        if self.state.selected.is_none() {
            self.state.selected = self.state.pair_at(self.state.playhead);
        }
    }

    fn read_captions(&mut self, file: PathBuf, encoding: Option<String>) {
        let Some(project) = self.state.project.clone() else {
            self.state
                .notice("Open a video first: captions belong to one", false);
            return;
        };
        if self.jobs.is_running(Kind::Train) {
            self.state.notice(
                "Training is under way: stop it before reading other captions",
                false,
            );
            return;
        }
        self.jobs.start(Kind::Captions, move |out| {
            work::read_captions(project, &file, encoding, out)
        });
    }

    fn pair_as_suggested(&mut self) {
        let frames = self.state.frames.frames.len();
        if let Some(project) = &self.state.project
            && !project.track.cues.is_empty()
            && frames > 0
        {
            self.pair(analysis::suggested_pairing(project, frames));
        }
    }

    fn pair(&mut self, pairing: Pairing) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        if self.state.frames.frames.is_empty() || project.track.cues.is_empty() {
            return;
        }
        let before = (
            project.pairs.len(),
            project.run.is_some(),
            project.manifest.pairing.clone(),
        );
        self.state.pair_warnings = analysis::make_pairs(project, &self.state.frames, pairing);
        let after = (
            project.pairs.len(),
            project.run.is_some(),
            project.manifest.pairing.clone(),
        );
        if before.1 && !after.1 {
            self.state.training = TrainingProgress::default();
        }
        if before != after {
            self.state.selected = self.state.pair_at(self.state.playhead);
            self.changed();
        }
    }

    fn start_training(&mut self) {
        let Some(project) = &self.state.project else {
            return;
        };
        if self.jobs.is_running(Kind::Train) {
            return;
        }
        if self.state.stage(Step::Training) == super::state::Stage::Nothing {
            self.state.notice(
                "There is nothing to train on yet: frames and captions come first",
                false,
            );
            return;
        }
        // One core is left to the window.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let control = Control::with_threads(cores.saturating_sub(1).max(1));
        let config = self.forms.training.clone();
        self.state.training = TrainingProgress {
            control: Some(control.clone()),
            epochs: config.epochs,
            ..TrainingProgress::default()
        };
        let (project, frames, places) = (project.clone(), self.state.frames.clone(), self.places.clone());
        self.jobs.start(Kind::Train, move |out| {
            work::train(&project, &frames, &config, &control, &places, out)
        });
    }

    fn stop_training(&self) {
        match &self.state.training.control {
            // Stopping keeps what was learned; before the first batch there is nothing to keep.
            Some(control) => control.stop(),
            None => self.jobs.cancel(Kind::Train),
        }
    }

    fn training_event(&mut self, event: TrainingEvent) {
        let training = &mut self.state.training;
        match event {
            TrainingEvent::Started {
                device,
                parameters,
                pairs,
                resumed_from,
                notes,
                ..
            } => {
                let millions = parameters as f64 / 1e6;
                training.notes = vec![format!(
                    "{pairs} pairs, {millions:.1} million parameters on {device}"
                )];
                if resumed_from > 0 {
                    training
                        .notes
                        .push(format!("Going on from the checkpoint of epoch {resumed_from}"));
                }
                training.notes.extend(notes);
                training.began = Some((Instant::now(), resumed_from));
            }
            TrainingEvent::Step { epoch, step, of, .. } => training.step = Some((epoch, step, of)),
            TrainingEvent::Epoch(point) => {
                // After a step back to good weights, epochs come again.
                training.losses.retain(|known| known.epoch < point.epoch);
                training.losses.push(point);
            }
            TrainingEvent::Reconstructions(pictures) => training.reconstructions = pictures,
            TrainingEvent::Checkpoint { .. } => self.state.saved = Some(Instant::now()),
            TrainingEvent::Note(note) => training.notes.push(note),
            TrainingEvent::Stopped { epoch } => {
                training
                    .notes
                    .push(format!("Stopped after epoch {epoch}; what it learned is kept"));
            }
            TrainingEvent::Finished => {}
        }
    }

    fn start_clusters(&mut self) {
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let (range, perplexity) = (self.forms.k_range.clone(), self.forms.perplexity);
        let seed = self.forms.training.seed;
        self.jobs.start(Kind::Clusters, move |out| {
            work::clusters(&project, range, perplexity, seed, out)
        });
    }

    fn choose_k(&mut self, k: usize) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        let Some(run) = &mut project.run else { return };
        if let (Some(latents), Some(sweep)) = (&run.latents, &run.sweep)
            && let Some(chosen) = clustering::choose(latents, sweep, k)
        {
            self.state.typical = clustering::representatives(latents, &chosen, TYPICAL);
            run.assignment = Some(chosen);
            run.tags.clear();
            (self.state.focus, self.state.tag) = (None, None);
            let project = project.clone();
            self.jobs.start(Kind::Tags, move |out| work::tags(project, out));
            self.changed();
        }
    }

    fn select(&mut self, pair: PairIndex) {
        let time = self
            .state
            .project
            .as_ref()
            .and_then(|p| p.pairs.get(pair.index()))
            .map(|pair| pair.time);
        if let Some(time) = time {
            self.state.selected = Some(pair);
            self.state.playhead = time;
            self.forms.scroll_to_selected = true;
        }
    }

    fn step_frames(&mut self, by: i64) {
        let frames = self.state.shown_frames();
        if let Some(now) = frames.at(self.state.playhead) {
            let index = (i64::from(now.0) + by).clamp(0, frames.frames.len() as i64 - 1);
            if let Some(time) = frames.frames.get(index as usize).map(|frame| frame.time) {
                self.state.playhead = time;
                self.state.selected = self.state.pair_at(time);
                self.forms.scroll_to_selected = true;
            }
        }
    }

    fn step_pairs(&mut self, by: i64) {
        let count = self
            .state
            .project
            .as_ref()
            .map_or(0, |project| project.pairs.len()) as i64;
        if count > 0 {
            let now = self.state.selected.map_or(0, |pair| i64::from(pair.0));
            self.select(PairIndex((now + by).clamp(0, count - 1) as u32));
        }
    }

    fn show_picture(&mut self, context: &egui::Context) {
        let Some(player) = &mut self.player else { return };
        player.show(self.state.playhead);
        if let Some(picture) = player.take() {
            let size = [picture.width as usize, picture.height as usize];
            let image = egui::ColorImage::from_rgb(size, &picture.rgb);
            match &mut self.picture {
                Some((texture, time)) if texture.size() == size => {
                    texture.set(image, egui::TextureOptions::LINEAR);
                    *time = picture.time;
                }
                slot => {
                    let texture = context.load_texture("player", image, egui::TextureOptions::LINEAR);
                    *slot = Some((texture, picture.time));
                }
            }
        }
    }

    fn changed(&mut self) {
        self.state.changed = Some(Instant::now());
    }

    fn save_when_quiet(&mut self, context: &egui::Context) {
        let (Some(changed), Some(project)) = (self.state.changed, &self.state.project) else {
            return;
        };
        let quiet = changed.elapsed();
        if quiet < QUIET {
            context.request_repaint_after(QUIET - quiet);
        } else if !self.jobs.is_running(Kind::Save) {
            // Should it fail, it is tried again after the next change.
            self.state.changed = None;
            let project = project.clone();
            self.jobs.start(Kind::Save, move |out| work::save(&project, out));
        }
    }

    /// Saves at once if anything has changed. False when it cannot be.
    pub(super) fn save_now(&mut self) -> bool {
        self.settings.save(&self.places.settings);
        let Some(project) = &self.state.project else {
            return true;
        };
        if self.state.changed.is_none() && !self.jobs.is_running(Kind::Save) {
            return true;
        }
        match analysis::save(project) {
            Ok(()) => {
                self.state.changed = None;
                self.state.saved = Some(Instant::now());
                true
            }
            Err(error) => {
                self.state.notice(format!("Saving failed: {error}"), true);
                false
            }
        }
    }

    /// A window closed while training stops the training, waits until what it learned is on disk, then closes.
    fn close_when_safe(&mut self, context: &egui::Context) {
        if context.input(|input| input.viewport().close_requested()) && !self.closing {
            self.closing = true;
            self.stop_training();
        }
        if !self.closing {
            return;
        }
        if self.jobs.is_running(Kind::Train) {
            context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        } else if self.save_now() {
            self.jobs.forget_all();
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        } else {
            // Nothing may be lost: the window stays, and says why.
            context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.closing = false;
        }
    }
}

/// Caption files in the folder of a video whose names begin like it, in order.
fn captions_beside(video: &Path) -> Vec<PathBuf> {
    let stem = video
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let Some(entries) = video.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    let fits = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        name.starts_with(&stem) && extension.is_some_and(|e| CAPTION_EXTENSIONS.contains(&e.as_str()))
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(fits).collect();
    files.sort();
    files
}

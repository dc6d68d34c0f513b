//! What happens between two frames of the window: reports of the jobs are taken in, then actions are carried out.
//! Files are read and written by jobs only.

mod comparison;
mod history;
mod latent;
mod opening;
mod runs;
mod saving;
mod training;

use super::action::Action;
use super::command::{self, Command};
use super::forms::Palette;
use super::state::{History, LatentView, TrainingProgress};
use super::work::{self, Kind, Message, Wanted};
use super::{App, theme};
use crate::analysis::{self, FrameSet};
use crate::clustering;
use crate::jobs::{Ending, Report};
use crate::project::{PairIndex, Pairing, Sampling, Seconds};
use eframe::egui;
use std::path::PathBuf;
use std::sync::Arc;

/// Typical pairs kept for each cluster; more than a wide window has room for.
const TYPICAL: usize = 24;

impl App {
    /// One round of logic.
    pub(super) fn update(&mut self, context: &egui::Context) {
        while let Some(report) = self.jobs.next_report() {
            match report {
                Report::Message(_, message) => self.receive(message),
                Report::Ended(kind, ending) => self.ended(kind, &ending),
            }
        }
        self.state.running = self.jobs.running().iter().map(|job| job.kind).collect();
        if self.forms.palette.is_none() && !self.forms.keys && !self.is_closing() {
            self.actions
                .extend(command::pressed(context).into_iter().map(Action::Run));
        }
        let mut dropped: Vec<PathBuf> = context.input(|input| {
            input
                .raw
                .dropped_files
                .iter()
                .map(|file| file.path().into())
                .collect()
        });
        // A video dropped together with its captions comes first.
        dropped.sort_by_key(|path| opening::is_captions(path));
        self.actions.extend(dropped.into_iter().map(Action::Open));
        for action in std::mem::take(&mut self.actions) {
            self.apply(context, action);
        }
        self.show_picture(context);
        self.prepare_training_panel();
        self.save_when_quiet(context);
        self.close_when_safe(context);
        self.state.running = self.jobs.running().iter().map(|job| job.kind).collect();
        if let Some(size) = context
            .input(|input| input.viewport().inner_rect)
            .map(|rect| rect.size())
        {
            self.settings.window = [size.x, size.y];
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Opened(opened) => self.adopt(*opened),
            Message::Frame(frame) => self.state.arriving.frames.push(frame),
            Message::Sampled(sampled) => {
                let (frames, sampling, warnings) = *sampled;
                self.sampled(frames, sampling, warnings);
            }
            Message::Captions(read) => {
                let (track, source, language) = *read;
                if let Some(project) = &mut self.state.project {
                    project.set_captions(track, source, language);
                    self.let_go_of_results();
                }
                self.pair_as_suggested();
                self.changed();
            }
            Message::Words(words) => {
                self.state.word_warnings = words.warnings;
                self.state.words_found = Some((words.share, words.source));
                self.state.word_shape = Some([words.dimension, words.longest]);
            }
            Message::Training(event) => self.training_event(event),
            Message::Began(name) => self.training_began(name),
            Message::Trained(run) => self.trained(*run),
            Message::Runs(runs) => self.runs_listed(runs),
            Message::History(run, snapshots) => self.history_read(&run, snapshots),
            Message::Map(run, epoch, map) => {
                if self.state.history.run == run {
                    self.state.history.maps.insert(epoch, map);
                }
            }
            Message::Network(run, network) => self.network_opened(&run, network),
            Message::Decoded(decoded) => self.state.latent.take(*decoded),
            Message::Exported(path) => {
                let text = format!("The curves are written: {}", path.display());
                self.state.notice(text, false);
            }
            Message::Clustered(found) => {
                let (name, sweep, map) = *found;
                let k = analysis::clusters::suggested_k(&sweep);
                let run = self
                    .state
                    .project
                    .as_mut()
                    .and_then(|project| project.run.as_mut());
                if let Some(run) = run.filter(|run| run.name == name) {
                    let earlier = run.assignment.as_ref().map(|chosen| chosen.k);
                    let kept = earlier.filter(|k| sweep.rows.iter().any(|row| row.k == *k));
                    (run.sweep, run.embedding) = (Some(sweep), Some(map));
                    self.forget_maps();
                    self.changed();
                    if let Some(k) = kept.or(k) {
                        self.choose_k(k);
                    }
                }
            }
            Message::Tagged(name, k, tags) => {
                let run = self
                    .state
                    .project
                    .as_mut()
                    .and_then(|project| project.run.as_mut());
                if let Some(run) = run.filter(|run| run.name == name)
                    && run.assignment.as_ref().is_some_and(|chosen| chosen.k == k)
                {
                    run.tags = tags;
                    self.changed();
                }
            }
            Message::Saved(revision) => self.saved(revision),
            Message::Picked(action) => self.actions.push(action),
            Message::Device(text, no_cuda) => (self.state.device, self.state.no_cuda) = (text, no_cuda),
        }
    }

    fn ended(&mut self, kind: Kind, ending: &Ending) {
        let compared = self.state.comparison.as_ref().filter(|_| kind == Kind::Train);
        let compared = compared.map(crate::app::state::Comparison::text);
        match kind {
            Kind::Train => self.training_ended(),
            Kind::Sample => {
                self.state.arriving = FrameSet::default();
                if *ending != Ending::Done {
                    // Pictures of a sampling that was not finished must not stand beside the pairs of another.
                    self.thumbnails.clear();
                }
            }
            _ => {}
        }
        if *ending == Ending::Done {
            self.state.notices.retain(|notice| notice.about != Some(kind));
        }
        if let Ending::Failed(why) = ending {
            let what = compared.as_deref().unwrap_or(kind.title());
            self.state.notice(format!("{what} failed: {why}"), true);
            if let Some(notice) = self.state.notices.last_mut() {
                // The next training of a comparison says nothing of this one.
                notice.about = Some(kind).filter(|_| compared.is_none());
            }
            if kind == Kind::Save {
                self.saving_failed(why);
            }
        }
    }

    fn apply(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::Run(command) => self.run(context, command),
            Action::Open(path) => self.open(path),
            Action::Adopt(opened) => self.adopt(*opened),
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
            Action::SetLanguage(language) if self.is_free() => {
                if let Some(project) = &mut self.state.project {
                    analysis::set_language(project, language);
                    self.let_go_of_results();
                    self.changed();
                }
            }
            Action::Sample(sampling) => self.start_sampling(sampling),
            Action::SetPairing(pairing) if self.is_free() => self.pair(pairing),
            Action::SetVectors(files) if self.is_free() => {
                if let Some(project) = &mut self.state.project {
                    let absolute = |file: PathBuf| std::path::absolute(&file).unwrap_or(file);
                    project.manifest.vectors = files.into_iter().map(absolute).collect();
                    self.changed();
                }
            }
            Action::SetLanguage(_) | Action::SetPairing(_) | Action::SetVectors(_) => {}
            Action::PickVectors => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Vectors)),
            Action::AnalyseClusters { from, to, perplexity } => {
                self.forms.k_range = from..=to;
                self.forms.perplexity = perplexity;
                self.start_clusters();
            }
            Action::CountWords => self.start_tags(),
            Action::UseRun(name) if self.is_free() => {
                if let Some(project) = self.state.project.clone() {
                    self.jobs
                        .start(Kind::Open, move |out| work::use_run(&project, &name, out));
                }
            }
            Action::UseRun(_) => {}
            Action::DeleteRun(name) => self.delete_run(name),
            Action::Extend(epochs) => self.extend(epochs),
            Action::Compare(configs) => self.compare(configs),
            Action::ShowEpoch(epoch) => self.show_epoch(epoch),
            Action::PickExport(format) => self.pick_export(format),
            Action::ExportCurves(format, path) => self.export_curves(format, path),
            Action::ChooseK(k) => self.choose_k(k),
            Action::Seek(time) => self.seek(time),
            Action::Select(pair) => {
                let pairs = self.state.project.as_ref().map(|project| &project.pairs);
                if let Some(time) = pairs
                    .and_then(|pairs| pairs.get(pair.index()))
                    .map(|pair| pair.time)
                {
                    self.seek(time);
                    self.state.selected = Some(pair);
                }
            }
            Action::Focus(cluster) => self.state.focus = cluster,
            Action::ShowTag(cluster, tag) => {
                self.state.tag = (self.state.tag != Some((cluster, tag))).then_some((cluster, tag));
            }
            Action::Cancel(Kind::Train) => self.stop_training(),
            Action::Cancel(kind) => self.jobs.cancel(kind),
            Action::Dismiss(id) => self.state.notices.retain(|notice| notice.id != id),
            Action::LeaveUnsaved => self.leave_unsaved(),
            Action::Stay => self.stay(),
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
                let places = self.places.clone();
                if self.is_free() {
                    self.jobs
                        .start(Kind::Open, move |out| work::open_sample(&places, out));
                }
            }
            Command::Save => {
                self.changed();
                self.start_saving();
            }
            Command::CloseProject => {
                self.leave_project(Action::Run(Command::CloseProject));
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

    /// Whether what training is made of may be changed now; says why not.
    fn is_free(&mut self) -> bool {
        let training = self.jobs.is_running(Kind::Train);
        if training {
            self.state.notice(
                "Training is under way: stop it first (what it has learned is kept)",
                false,
            );
        }
        !training
    }

    /// What was shown of a run that is in use no more.
    fn let_go_of_results(&mut self) {
        if self
            .state
            .project
            .as_ref()
            .is_some_and(|project| project.run.is_none())
        {
            self.state.training = TrainingProgress::default();
            self.state.history = History::default();
            self.state.latent = LatentView::default();
            self.list_runs();
            self.state.typical.clear();
            (self.state.focus, self.state.tag) = (None, None);
        }
    }

    fn start_sampling(&mut self, sampling: Sampling) {
        if !self.is_free() {
            return;
        }
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let (width, height, every) = (sampling.width, sampling.height, sampling.every);
        self.state.arriving = FrameSet {
            width,
            height,
            every,
            frames: Vec::new(),
        };
        self.thumbnails.clear();
        let places = self.places.clone();
        self.jobs.start(Kind::Sample, move |out| {
            work::sample(&project, &sampling, &places, out)
        });
    }

    fn sampled(&mut self, frames: FrameSet, sampling: Sampling, warnings: Vec<String>) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        let pairing = (!project.pairs.is_empty()).then(|| project.manifest.pairing.clone());
        if project.manifest.sampling != sampling {
            project.manifest.sampling = sampling;
            self.changed();
        }
        self.state.frames = Arc::new(frames);
        self.state.frame_warnings = warnings;
        match pairing {
            // The same frames give the same pairs, and the run stays; other frames give others.
            Some(pairing) => self.pair(pairing),
            None => self.pair_as_suggested(),
        }
        if self.state.selected.is_none() {
            self.state.selected = self.state.pair_at(self.state.playhead);
        }
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
        let before = (project.pairs.clone(), project.manifest.pairing.clone());
        self.state.pair_warnings = analysis::make_pairs(project, &self.state.frames, pairing);
        if before != (project.pairs.clone(), project.manifest.pairing.clone()) {
            self.let_go_of_results();
            self.state.selected = self.state.pair_at(self.state.playhead);
            self.changed();
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

    /// The labels of every k are there already, so that a choice is seen everywhere at once; the words follow.
    fn choose_k(&mut self, k: usize) {
        let Some(run) = self
            .state
            .project
            .as_mut()
            .and_then(|project| project.run.as_mut())
        else {
            return;
        };
        if let (Some(latents), Some(sweep)) = (&run.latents, &run.sweep)
            && let Some(chosen) = clustering::choose(latents, sweep, k)
        {
            self.state.typical = clustering::representatives(latents, &chosen, TYPICAL);
            run.assignment = Some(chosen);
            run.tags.clear();
            (self.state.focus, self.state.tag) = (None, None);
            self.start_tags();
            self.changed();
        }
    }

    fn start_tags(&mut self) {
        if let Some(project) = self.state.project.clone() {
            self.jobs.start(Kind::Tags, move |out| work::tags(project, out));
        }
    }

    fn seek(&mut self, time: Seconds) {
        self.state.playhead = time.max(Seconds(0.0)).min(self.state.duration());
        self.state.selected = self.state.pair_at(self.state.playhead);
        self.forms.scroll_to_selected = true;
    }

    fn step_frames(&mut self, by: i64) {
        let frames = self.state.shown_frames();
        if let Some(now) = frames.at(self.state.playhead) {
            let index = (i64::from(now.0) + by).clamp(0, frames.frames.len() as i64 - 1);
            if let Some(time) = frames.frames.get(index as usize).map(|frame| frame.time) {
                self.seek(time);
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
            self.actions
                .push(Action::Select(PairIndex((now + by).clamp(0, count - 1) as u32)));
        }
    }

    fn show_picture(&mut self, context: &egui::Context) {
        let Some(player) = &mut self.player else { return };
        player.show(self.state.playhead);
        let Some(picture) = player.take() else { return };
        let size = [picture.width as usize, picture.height as usize];
        let image = egui::ColorImage::from_rgb(size, &picture.rgb);
        match &mut self.picture {
            Some(texture) if texture.size() == size => texture.set(image, egui::TextureOptions::LINEAR),
            slot => *slot = Some(context.load_texture("player", image, egui::TextureOptions::LINEAR)),
        }
    }
}

//! What happens between two frames of the window: reports of the jobs are taken in, then actions are carried out.
//! Files are read and written by jobs only.

mod answers;
mod clusters;
mod comparison;
mod correcting;
mod cues;
mod edits;
mod history;
mod latent;
mod opening;
mod pairs;
mod playing;
mod runs;
mod saving;
mod sources;
mod training;

use super::action::Action;
use super::command::{self, Command};
use super::forms::{KeysForm, Palette};
use super::state::{History, LatentView, Pick, State, Step, TrainingProgress};
use super::work::{self, Kind, Message, Wanted};
use super::{App, theme};
use crate::analysis::FrameSet;
use crate::jobs::{Ending, Report};
use crate::project::{Sampling, edits as edit};
use eframe::egui;
use std::path::PathBuf;
use std::time::Instant;

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
        let asked = self.state.question.is_some();
        if self.forms.palette.is_none() && self.forms.keys.is_none() && !asked && !self.is_closing() {
            let pressed = command::pressed(
                context,
                &self.settings.keys,
                self.state.step,
                self.typing(context),
            );
            self.actions.extend(pressed.into_iter().map(Action::Run));
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
        self.follow_playing(context);
        self.follow_map(context);
        let State {
            project,
            lanes,
            track_revision,
            ..
        } = &mut self.state;
        if let Some(project) = project {
            lanes.follow(&project.track, *track_revision);
        }
        self.show_picture(context);
        self.settle(context);
        self.prepare_training_panel();
        self.prepare_alignment_panel();
        self.keep_journal(context);
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
            Message::Joined(companion, other) => self.joined(companion, other),
            Message::Companion(folder, company) => {
                if let Some(project) = &mut self.state.project {
                    project.company.insert(folder, company);
                }
            }
            Message::Company(folder, frames) => {
                self.state.company_frames.insert(folder, frames);
            }
            Message::Captions(read) => {
                let (track, source, language) = *read;
                self.take_captions(track, source, language);
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
            Message::Journaled => self.journal_kept(),
            Message::KnownWords(known) => {
                self.state.cues.known = known;
                self.prepared = None;
            }
            Message::Exported(what, path) => {
                self.state
                    .notice(format!("{what}: written to {}", path.display()), false);
            }
            Message::Methods(of, text) => self.state.methods = Some((of, text)),
            Message::Swept(found) => self.swept(&found.0, found.1),
            Message::Principal(run, found) => {
                if self.state.is_of_run(&run) {
                    self.state.scatter.principal = Some(found);
                }
            }
            Message::LiveMap(run, points) => {
                if self.state.is_of_run(&run) {
                    self.state.scatter.live = Some(points);
                }
            }
            Message::Mapped(run, map) => self.mapped(&run, map),
            Message::Losses(run, losses) => {
                if self.state.is_of_run(&run) {
                    self.state.scatter.losses = Some(losses);
                }
            }
            Message::Silhouettes(revision, means, each) => {
                if revision == self.state.board.revision {
                    for (card, mean) in self.state.board.cards.iter_mut().zip(means) {
                        card.silhouette = Some(mean);
                    }
                    self.state.scatter.silhouettes = Some((revision, each));
                }
            }
            Message::Split(revision, part) => self.split(revision, &part),
            Message::Centroids(revision, told) => {
                if revision == self.state.board.revision {
                    self.state.board.centroids = Some(told);
                }
            }
            Message::Tagged(name, labels, tags) => {
                let run = self.state.run_mut();
                if let Some(run) = run.filter(|run| run.name == name)
                    && run
                        .assignment
                        .as_ref()
                        .is_some_and(|chosen| chosen.labels == labels)
                {
                    run.tags = tags;
                    self.changed();
                }
            }
            Message::Previews(file, texts) => self.state.previews = Some((file, texts)),
            Message::Sound(Ok(survey)) => self.state.sound.survey = Some(survey),
            Message::Sound(Err(why)) => self.state.sound.without = Some(why),
            Message::Shots(shots) => self.state.sound.shots = Some(shots),
            Message::Speech(speech) => {
                self.state.sound.speech = Some(speech);
                self.hear();
            }
            Message::Proposal(proposal, of) => self.proposed(*proposal, of),
            Message::Doubts(doubts, anchors) => self.doubted(doubts, anchors),
            Message::Spread(unit, track, of) => self.spread_out(unit, *track, of),
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
            match kind {
                Kind::Save => self.saving_failed(why),
                Kind::Journal => self.journal_refused(),
                _ => {}
            }
        }
    }

    fn apply(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::Run(command) => self.run(context, command),
            Action::Open(path) => self.open(path),
            Action::Adopt(opened) => self.adopt(*opened),
            Action::ReadCaptions(path) => self.ask_for_captions(path, None),
            Action::SetEncoding(encoding) => {
                let project = self.state.project.as_ref();
                let file = project
                    .and_then(|project| project.manifest.captions.as_ref())
                    .map(|c| c.file.clone());
                if let Some(file) = file {
                    self.ask_for_captions(file, encoding);
                }
            }
            Action::SetLanguage(language) => {
                let project = self.state.project.as_ref();
                self.edit(project.and_then(|project| edit::set_language(project, language)));
                self.look_up_words();
            }
            Action::Sample(sampling) => self.start_sampling(sampling),
            Action::SetPairing(pairing) => {
                let project = self.state.project.as_ref();
                self.edit(project.and_then(|project| edit::set_pairing(project, pairing)));
            }
            Action::SetVectors(files) if self.is_free() => {
                if let Some(project) = &mut self.state.project {
                    let absolute = |file: PathBuf| std::path::absolute(&file).unwrap_or(file);
                    project.manifest.vectors = files.into_iter().map(absolute).collect();
                    self.changed();
                    self.look_up_words();
                }
            }
            Action::SetVectors(_) => {}
            Action::AddCompanion(path) => self.add_companion(path),
            Action::RemoveCompanion(folder) => self.remove_companion(&folder),
            Action::PickCompanion => self.pick_companion(),
            Action::PickVectors => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Vectors)),
            Action::FindClusters => self.start_clusters(),
            Action::DrawMap => self.draw_map(),
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
            Action::PreviewEncodings(file) => self
                .jobs
                .start(Kind::Preview, move |out| work::preview_encodings(&file, out)),
            Action::Spread(unit) => self.start_spreading(unit),
            Action::RemoveSyncPoint(cue) => {
                let mut points = self.state.correction.points.clone();
                points.retain(|point| point.cue != cue);
                self.set_sync_points(points);
            }
            Action::SetSpeed(speed) => self.set_speed(speed),
            Action::SetVolume(volume) => self.set_volume(volume),
            Action::Select(pair) => {
                if let Some((source, time)) =
                    self.state.studied_pair(pair).map(|pair| (pair.source, pair.time))
                {
                    // The playhead is of the video that is open.
                    if source.is_own() {
                        self.seek(time);
                    }
                    self.state.selected = Some(pair);
                    self.choose_pairs(&[pair], Pick::Only);
                }
            }
            Action::SelectRow(row) => self.select_row(row),
            Action::ShowFlagged(flagged) => {
                self.forms.flagged_only = flagged;
                self.unsettled = Some(Instant::now());
            }
            Action::Edit(edit) => self.edit(Some(edit)),
            Action::Seal => self.state.edits.seal(),
            Action::PickCue(cue, how) => self.pick_cue(cue, how),
            Action::BeginTyping(cue) => {
                self.pick_cue(cue, Pick::Only);
                self.begin_typing(cue);
            }
            Action::Type(cue, text) => self.type_text(cue, &text),
            Action::TypeNext => self.type_next(),
            Action::EndTyping { keep } => self.end_typing(keep),
            Action::Shift(form) => self.shift_cues(form),
            Action::ReplaceOne => self.replace_one(),
            Action::ReplaceAll => self.replace_all(),
            Action::LookUpWords => self.look_up_words(),
            Action::PickCaptionsExport(format) => self.pick_captions_export(format),
            Action::ExportCaptions(format, path) => self.export_captions(format, path),
            Action::Answer(yes) => self.answer(yes),
            Action::SetReading(limits, nudge) => {
                (self.settings.reading, self.settings.nudge) = (limits, nudge);
                self.keep_settings();
            }
            Action::SetKey(command, key) => {
                self.settings.keys.set(command, key);
                self.keep_settings();
            }
            Action::ResetKey(command) => {
                self.settings.keys.reset(command);
                self.keep_settings();
            }
            Action::Focus(cluster) => self.focus(cluster),
            Action::Choose(pairs, how) => self.choose_pairs(&pairs, how),
            Action::PickTakeaway(what) => self.pick_takeaway(what),
            Action::TakeAway(what, path) => self.take_away(what, path),
            Action::ImportLatents(path) => self.import_latents(path),
            Action::EditClusters(edit) => self.edit_clusters(edit),
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
            Command::Show(step) => self.show(step),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::ExportCaptions => self.forms.exporting = true,
            Command::Export => self.forms.taking = self.state.project.is_some(),
            Command::Methods => self.show_methods(),
            Command::ImportLatents => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Latents)),
            Command::PlayOrPause
            | Command::PlayCue
            | Command::PlayBefore
            | Command::PlayAfter
            | Command::PlayStart
            | Command::PlayEnd
            | Command::ToggleLoop
            | Command::Slower
            | Command::Faster
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomToCue
            | Command::ZoomToAll => self.run_playing(command),
            command if command.is_of_alignment() => {
                if self.state.step == Step::Alignment {
                    self.run_alignment(command);
                } else {
                    self.show(Step::Alignment);
                }
            }
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
            Command::PreviousRow => self.step_rows(-1),
            Command::NextRow => self.step_rows(1),
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
            Command::Keys => self.forms.keys = Some(KeysForm::default()),
            Command::Quit => context.send_viewport_cmd(egui::ViewportCommand::Close),
            // All others are about the Alignment step.
            _ => {}
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
            self.follow_run();
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

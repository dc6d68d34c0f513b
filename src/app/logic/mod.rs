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
mod links;
mod models;
mod opening;
mod pairs;
mod pictures;
mod playing;
mod reports;
mod runs;
mod saving;
mod sources;
mod speech;
mod surprises;
mod tagging;
mod telling;
mod training;

use super::action::Action;
use super::command::{self, Command};
use super::forms::{KeysForm, Palette};
use super::state::{History, LatentView, Pick, State, Step, TrainingProgress};
use super::work::{self, Kind, Wanted};
use super::{App, Leaving, theme};
use crate::analysis::FrameSet;
use crate::jobs::Report;
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
        dropped.sort_by_key(|path| work::is_captions(path));
        self.actions.extend(dropped.into_iter().map(Action::Open));
        for action in std::mem::take(&mut self.actions) {
            self.apply(context, action);
        }
        self.follow_playing(context);
        self.follow_map(context);
        self.follow_other(context);
        self.follow_models(context);
        self.show_thumbnail(context);
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
            Action::DescribeFrames => self.describe_frames(),
            Action::WriteTags(cluster) => self.write_tags(cluster),
            Action::ForgetTags(cluster) => self.forget_tags(cluster),
            Action::RecogniseSpeech => self.recognise_speech(),
            Action::TakeTranscript => self.take_transcript(),
            Action::AlignWithTranscript => self.align_with_transcript(),
            Action::OpenLink(link) => self.open_link(Some(link)),
            Action::InstallFetcher => self.install_fetcher(),
            Action::LookAtLink => self.look_at_link(),
            Action::ForgetLink => self.forget_link(),
            Action::FindFrames => self.find_frames(),
            Action::FetchVideo => self.fetch_video(),
            Action::AskServer => self.ask_server(),
            Action::CompareWith(folder) => self.compare_with(folder),
            Action::PickOther => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Other)),
            Action::CompareTellings => self.compare_tellings(),
            Action::ShowCell(cell) => self.show_cell(cell),
            Action::LeaveOut(side, cluster, out) => self.leave_out(side, cluster, out),
            Action::SeekOther(time) => self.seek_other(time),
            Action::PlayOther(on) => self.play_other(on),
            Action::PickComparisonExport => self.pick_comparison_export(),
            Action::ExportComparison(path) => self.export_comparison(path),
            Action::AddToLibrary(folder) => self.add_to_library(folder),
            Action::PickLibrary => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Library)),
            Action::LeaveLibrary(folder) => self.leave_library(&folder),
            Action::SetTopic(folder, topic) => self.set_topic(folder, topic),
            Action::CompareTopic(topic, folders) => self.compare_topic(topic, folders),
            Action::RewriteTag(cluster, tag, text) => self.rewrite_tag(cluster, tag, &text),
            Action::RewriteDescription(pair, text) => {
                let project = self.state.project.as_ref();
                self.edit(project.and_then(|project| edit::describe(project, pair, text)));
            }
            Action::ChooseModel(job, id) => self.choose_model(job, &id),
            Action::GetModel(id) => self.get_model(&id),
            Action::AddModel(job, path) => self.add_model(job, path),
            Action::PickModel(job) => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Model(job))),
            Action::RemoveModel(id) => self.remove_model(&id),
            Action::UseRun(name) if self.is_free() => {
                if self.is_unsaved() {
                    // The run in use goes out of memory: what was changed of it has to be on disk.
                    self.leaving = Leaving::Then(Action::UseRun(name));
                    self.start_saving();
                } else if let Some(project) = self.state.project.clone() {
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
            Action::PickFigures => self.jobs.start(Kind::Dialog, work::dialog(Wanted::Figures)),
            Action::ReadFigures(path) => self.read_figures(path),
            Action::EditClusters(edit) => self.edit_clusters(edit),
            Action::ShowTag(cluster, tag) => {
                self.state.tag = (self.state.tag != Some((cluster, tag))).then_some((cluster, tag));
                self.forms.scroll_to_evidence = self.state.tag.is_some();
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
            Command::RecogniseSpeech if self.state.project.is_some() => self.forms.speech.open = true,
            Command::RecogniseSpeech => {
                let text = "Open a video first: its speech is recognised";
                self.state.notice(text, false);
            }
            Command::OpenLink => self.open_link(None),
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
            Command::Models => self.forms.models = Some(crate::pretrained::Job::Describe),
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
            Command::ShowSurprise => self.show_surprise(),
            Command::NextSurprise => self.next_surprise(),
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
        if let Some(picture) = player.take() {
            show_in(&mut self.picture, context, &picture);
        }
    }
}

/// Puts a picture into a texture, which is made where there is none of its size.
fn show_in(slot: &mut Option<egui::TextureHandle>, context: &egui::Context, picture: &crate::media::Picture) {
    let size = [picture.width as usize, picture.height as usize];
    let image = egui::ColorImage::from_rgb(size, &picture.rgb);
    match slot {
        Some(texture) if texture.size() == size => texture.set(image, egui::TextureOptions::LINEAR),
        slot => *slot = Some(context.load_texture("player", image, egui::TextureOptions::LINEAR)),
    }
}

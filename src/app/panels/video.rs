//! The Video step: what the file is, how frames are taken, and the frames.

use super::Look;
use super::sources::companions_ui;
use super::widgets::{frame_button, picture_size, primary_button, warnings_ui};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::{Stage, Step};
use crate::app::theme;
use crate::app::work::Kind;
use crate::crossmodal::Found;
use crate::project::{FrameIndex, SamplingMode, Seconds, VideoInfo};
use eframe::egui::{Button, DragValue, Key, Label, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo};
use std::path::PathBuf;

/// The Video panel.
pub fn video_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal(|ui| {
        ui.heading(&project.manifest.name);
        if look.state.stage(Step::Alignment) == Stage::Done
            && primary_button(ui, "Next: check the pairs").clicked()
        {
            look.actions.push(Action::Run(Command::Show(Step::Alignment)));
        }
    });
    if let Some(video) = &project.manifest.video {
        facts_ui(ui, video);
    }
    ui.add_space(theme::GAP);
    sampling_ui(ui, look);
    ui.add_space(theme::GAP);
    captions_ui(ui, look);
    ui.add_space(theme::GAP);
    companions_ui(ui, look);
    warnings_ui(ui, &look.state.frame_warnings);
    ui.separator();
    frames_ui(ui, look);
}

fn facts_ui(ui: &mut Ui, video: &VideoInfo) {
    let sound = match &video.audio {
        Some(audio) => format!("{} {} Hz, {} ch", audio.codec, audio.sample_rate, audio.channels),
        None => "no sound".into(),
    };
    let facts = [
        video.duration.to_string(),
        format!("{}×{}", video.width, video.height),
        format!("{:.2} frames/s", video.frame_rate),
        format!("{} {}", video.video_codec, video.pixel_format),
        sound,
        format!("{:.1} MB", video.bytes as f64 / 1e6),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(facts.join("  ·  ")).weak())
            .on_hover_text(video.path.display().to_string());
    });
}

fn sampling_ui(ui: &mut Ui, look: &mut Look) {
    let duration = look
        .state
        .project
        .as_ref()
        .and_then(|p| p.manifest.video.as_ref())
        .map_or(0.0, |v| v.duration.0);
    let playhead = look.state.playhead;
    let forms = &mut look.forms;
    ui.horizontal_wrapped(|ui| {
        ui.label("One frame every");
        let every = DragValue::new(&mut forms.sampling.every.0)
            .range(0.04..=60.0)
            .speed(0.05)
            .suffix(" s");
        ui.add(every).on_hover_text("Time between sampled frames");
        ui.label("from");
        let from = DragValue::new(&mut forms.sampling.from.0)
            .range(0.0..=duration)
            .speed(0.5)
            .suffix(" s");
        ui.add(from)
            .on_hover_text("In point: what comes before is left out");
        if ui
            .button("Set in")
            .on_hover_text("Take the playhead as the in point")
            .clicked()
        {
            forms.sampling.from = playhead;
        }
        ui.checkbox(&mut forms.has_out, "to")
            .on_hover_text("Leave out what comes after the out point");
        let mut to = forms.sampling.to.map_or(duration, |to| to.0);
        let out = DragValue::new(&mut to)
            .range(0.0..=duration)
            .speed(0.5)
            .suffix(" s");
        ui.add_enabled(forms.has_out, out).on_hover_text("Out point");
        if ui
            .button("Set out")
            .on_hover_text("Take the playhead as the out point")
            .clicked()
        {
            (to, forms.has_out) = (playhead.0, true);
        }
        forms.sampling.to = forms.has_out.then_some(Seconds(to));
        let mode = &mut forms.sampling.mode;
        ui.selectable_value(mode, SamplingMode::Exact, "Exact")
            .on_hover_text("The very picture at each moment");
        ui.selectable_value(mode, SamplingMode::Keyframes, "Key frames")
            .on_hover_text("The nearest key frame where one is close: many times faster on long videos");
    });
    let used = look
        .state
        .project
        .as_ref()
        .map(|project| &project.manifest.sampling);
    let none = look.state.frames.frames.is_empty();
    let differs = none || used != Some(&look.forms.sampling);
    let sampling = look.state.is_running(Kind::Sample);
    if differs && !sampling {
        ui.horizontal(|ui| {
            if primary_button(ui, if none { "Sample frames" } else { "Sample again" }).clicked() {
                let wanted = look.forms.sampling.clone();
                look.ask(Action::Sample(wanted));
            }
            let trained = look
                .state
                .project
                .as_ref()
                .is_some_and(|project| project.run.is_some());
            if trained {
                ui.label(
                    RichText::new("Other frames need a new training; the last one stays on disk").weak(),
                );
            }
        });
    }
}

fn captions_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let source = project.manifest.captions.as_ref();
    match source {
        Some(source) => {
            let name = source
                .file
                .file_name()
                .map(|name| name.to_string_lossy())
                .unwrap_or_default();
            let (cues, language) = (project.track.cues.len(), project.manifest.language.name());
            ui.label(format!(
                "Captions: {name}, {cues} cues, {language}, {}",
                source.encoding
            ))
            .on_hover_text(source.file.display().to_string());
            warnings_ui(ui, &source.warnings);
        }
        None => {
            ui.label(RichText::new("Next: open the captions of this video").strong());
        }
    }
    let first = source.is_none();
    ui.add_enabled_ui(!look.state.is_running(Kind::Captions), |ui| {
        ui.horizontal_wrapped(|ui| {
            for file in look.state.captions_nearby.clone().into_iter().filter(|_| first) {
                let name = file
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default();
                if primary_button(ui, &name)
                    .on_hover_text("Found beside the video: read these captions")
                    .clicked()
                {
                    look.ask(Action::ReadCaptions(file));
                }
            }
            super::widgets::command_button(ui, look, Command::OpenCaptions);
            super::widgets::command_button(ui, look, Command::RecogniseSpeech);
            let field =
                TextEdit::singleline(&mut look.forms.captions_path).hint_text("/path/to/captions.srt");
            let field = ui
                .add(field.desired_width(240.0))
                .on_hover_text("Path of a caption file");
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let path = PathBuf::from(look.forms.captions_path.trim());
            let read = ui
                .button("Read")
                .on_hover_text("Read the captions at this path")
                .clicked();
            if (read || entered) && !path.as_os_str().is_empty() {
                look.ask(Action::ReadCaptions(path));
            }
        });
    });
}

/// Frames by words: what they are to show, and what may be made of the answer.
fn search_ui(ui: &mut Ui, look: &mut Look, count: usize) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{count} frames")).weak());
        let fitted = look.state.pictures.fit.is_some();
        let field = TextEdit::singleline(&mut look.forms.frame_search)
            .desired_width(240.0)
            .hint_text("frames that show…");
        let field = ui.add_enabled(fitted, field);
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "What the frames are to show"));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let find = ui
            .add_enabled(fitted, Button::new("Find"))
            .on_hover_text("Order the frames by how well they fit these words, the best first")
            .on_disabled_hover_text("Words and pictures of this video must be learned first");
        if find.clicked() || entered {
            look.ask(Action::FindFrames);
        }
        if look.state.pictures.found.is_some() && ui.button("All frames").clicked() {
            look.forms.frame_search.clear();
            look.ask(Action::FindFrames);
        }
        let has_captions = look
            .state
            .project
            .as_ref()
            .is_some_and(|project| !project.pairs.is_empty());
        if !fitted && has_captions {
            let busy = look.state.is_running(Kind::Fit) || look.state.is_running(Kind::Sample);
            let learn = ui
                .add_enabled(!busy, Button::new("Learn words and pictures"))
                .on_hover_text("Some minutes, in the background: frames can then be found by words");
            if learn.clicked() {
                look.ask(Action::Run(Command::CheckPictures));
            }
        }
    });
    if found_frames(look).is_some_and(|found| found.is_empty()) {
        let text =
            "These frames are others than those that were learned from: learn words and pictures again";
        ui.label(RichText::new(text).color(ui.visuals().warn_fg_color));
    }
    if look.state.pictures.found.is_some()
        && let Some(verdict) = look.state.pictures.verdict()
    {
        ui.add(Label::new(RichText::new(verdict).weak().small()).wrap());
        if look.state.pictures.wants_model() {
            ui.horizontal_wrapped(|ui| {
                let text =
                    "CLIP has seen millions of captioned pictures; where it is here, it judges instead:";
                ui.label(RichText::new(text).weak().small());
                super::widgets::command_button(ui, look, Command::Models);
            });
        }
    }
}

/// The frames that were found, the best first, each once, with how well it fits; none where nothing is searched for.
fn found_frames(look: &Look) -> Option<Vec<(FrameIndex, Option<f32>)>> {
    let (_, found) = look.state.pictures.found.as_ref()?;
    let fit = look.state.pictures.fit.as_ref()?;
    let frames = &look.state.shown_frames().frames;
    let mut seen = std::collections::HashSet::new();
    let of = |found: &Found| {
        let pair = fit.pairs.get(found.pair)?;
        // Frames that were sampled otherwise since are others.
        let shown = frames
            .get(pair.frame.index())
            .is_some_and(|frame| frame.time == pair.time);
        let frame = pair.frame;
        (shown && seen.insert(frame)).then_some((frame, Some(found.score)))
    };
    Some(found.iter().filter_map(of).collect())
}

/// All frames, as many a row as fit; pressing one moves the playhead.
fn frames_ui(ui: &mut Ui, look: &mut Look) {
    let count = look.state.shown_frames().frames.len();
    if count == 0 {
        let text = if look.state.is_running(Kind::Sample) {
            "The first frames will be here in a moment…"
        } else {
            "No frames: press Sample frames"
        };
        ui.label(RichText::new(text).weak());
        return;
    }
    search_ui(ui, look, count);
    let found = found_frames(look);
    let count = found.as_ref().map_or(count, Vec::len);
    let width = theme::THUMBNAIL_WIDTH;
    let cell = picture_size(look, width).y + 18.0;
    let columns = ((ui.available_width() - 12.0) / (width + theme::SMALL_GAP))
        .floor()
        .max(1.0) as usize;
    let now = look.state.shown_frames().at(look.state.playhead);
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_rows(ui, cell, count.div_ceil(columns), |ui, rows| {
            ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
            for row in rows {
                ui.horizontal(|ui| {
                    for index in (row * columns..(row + 1) * columns).take_while(|index| *index < count) {
                        let (frame, score) = match &found {
                            Some(found) => found.get(index).copied().unwrap_or_default(),
                            None => (FrameIndex::from(index), None),
                        };
                        let time = look
                            .state
                            .shown_frames()
                            .frames
                            .get(frame.index())
                            .map(|frame| frame.time)
                            .unwrap_or_default();
                        let border = (now == Some(frame)).then(|| theme::accent(ui.visuals()));
                        ui.vertical(|ui| {
                            ui.spacing_mut().item_spacing.y = 1.0;
                            let response =
                                frame_button(ui, look, frame, width, &format!("Frame at {time}"), border);
                            if response.clicked() {
                                look.ask(Action::Seek(time));
                            }
                            let text = match score {
                                Some(score) => format!("{time}  {score:.2}"),
                                None => time.to_string(),
                            };
                            ui.label(RichText::new(text).small().weak());
                        });
                    }
                });
            }
        });
}

//! The Training step: settings, live curves of every loss term, pictures and words put back.

use super::Look;
use super::widgets::{
    command_button, empty_ui, log_marks, marks, paint_frame, picture_size, primary_button, short, warnings_ui,
};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::{Stage, Step};
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{ClusterId, LossPoint, LossTerms};
use crate::training::{DeviceChoice, Reconstruction, TrainingConfig};
use eframe::egui::{self, ColorImage, ComboBox, DragValue, RichText, ScrollArea, Sense, TextureOptions, Ui};
use egui_plot::{Line, Plot, PlotPoints};

/// The Training panel.
pub fn training_ui(ui: &mut Ui, look: &mut Look) {
    if look.state.stage(Step::Training) == Stage::Nothing {
        let what = "Loss curves, and the pictures and words the network puts back";
        let next = "Training needs at least 8 frame-caption pairs.";
        empty_ui(
            ui,
            look,
            what,
            next,
            "Make pairs",
            Action::Run(Command::Show(Step::Alignment)),
        );
        return;
    }
    settings_ui(ui, look);
    buttons_ui(ui, look);
    vectors_ui(ui, look);
    warnings_ui(ui, &look.state.word_warnings);
    let notes = look.state.training.notes.join("  ·  ");
    if !notes.is_empty() {
        ui.label(RichText::new(notes).weak().small());
    }
    ui.separator();
    if look.state.training.losses.is_empty() {
        waiting_ui(ui, look);
        return;
    }
    let height = (ui.available_height() * 0.48).clamp(140.0, 360.0);
    curves_ui(ui, look, height);
    reconstructions_ui(ui, look);
}

fn waiting_ui(ui: &mut Ui, look: &Look) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.25);
        if look.state.is_running(Kind::Train) {
            ui.spinner();
            ui.label("The first epoch is under way. The curves of the losses will be drawn here.");
        } else {
            ui.label(
                "Press Train. The curves of the losses will be drawn here, and below them what the network",
            );
            ui.label("puts back of pictures and words.");
        }
    });
}

fn settings_ui(ui: &mut Ui, look: &mut Look) {
    let running = look.state.is_running(Kind::Train);
    let no_cuda = look.state.no_cuda.clone();
    let config = &mut look.forms.training;
    ui.add_enabled_ui(!running, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label("Preset");
            let mut chosen = None;
            ComboBox::from_id_salt("preset")
                .selected_text(&config.preset)
                .show_ui(ui, |ui| {
                    for crate::training::Preset { name, about } in TrainingConfig::PRESETS {
                        if ui
                            .selectable_label(config.preset == *name, *name)
                            .on_hover_text(*about)
                            .clicked()
                        {
                            chosen = TrainingConfig::preset(name);
                        }
                    }
                });
            if let Some(preset) = chosen {
                *config = TrainingConfig {
                    seed: config.seed,
                    device: config.device,
                    ..preset
                };
            }
            ui.add(
                DragValue::new(&mut config.epochs)
                    .range(1..=100_000)
                    .suffix(" epochs"),
            )
            .on_hover_text("Epochs");
            ui.label("seed");
            ui.add(DragValue::new(&mut config.seed))
                .on_hover_text("The same seed gives the same result");
            ui.label("on");
            for (device, name) in [
                (DeviceChoice::Auto, "auto"),
                (DeviceChoice::Cpu, "CPU"),
                (DeviceChoice::Cuda, "CUDA"),
            ] {
                let why = no_cuda.as_ref().filter(|_| device == DeviceChoice::Cuda);
                ui.add_enabled_ui(why.is_none(), |ui| {
                    let value = ui.selectable_value(&mut config.device, device, name);
                    value.on_disabled_hover_text(why.map_or("", String::as_str));
                });
            }
        });
        egui::CollapsingHeader::new("More settings").show(ui, |ui| more_settings_ui(ui, config));
    });
}

fn more_settings_ui(ui: &mut Ui, config: &mut TrainingConfig) {
    ui.horizontal_wrapped(|ui| {
        ui.label("batch");
        ui.add(DragValue::new(&mut config.batch_size).range(2..=512))
            .on_hover_text("Pairs in a batch");
        ui.label("learning rate");
        let rate = DragValue::new(&mut config.learning_rate)
            .range(1e-7..=1.0)
            .speed(1e-5)
            .max_decimals(7);
        ui.add(rate).on_hover_text("Step size of AdamW");
        ui.label("λ");
        ui.add(
            DragValue::new(&mut config.objectives.lambda)
                .range(0.0..=100.0)
                .speed(0.1),
        )
        .on_hover_text("Weight of the text loss");
        ui.label("β");
        let beta = DragValue::new(&mut config.objectives.beta)
            .range(0.0..=10.0)
            .speed(0.001)
            .max_decimals(5);
        ui.add(beta)
            .on_hover_text("Weight of the Kullback-Leibler term; the papers have none");
        if let Some(text) = &mut config.network.text {
            ui.checkbox(&mut text.teacher_forcing, "teacher forcing")
                .on_hover_text("The text decoder is fed the true words; without it, its own");
        }
    });
}

/// Always the same buttons in the same places, so that none turns into another under the pointer.
fn buttons_ui(ui: &mut Ui, look: &mut Look) {
    let running = look.state.is_running(Kind::Train);
    ui.horizontal_wrapped(|ui| {
        let key = ui.ctx().format_shortcut(&Command::Train.shortcut());
        ui.add_enabled_ui(!running, |ui| {
            let train = primary_button(ui, train_text(look));
            if train
                .on_hover_text(format!("{} ({key})", Command::Train.tooltip()))
                .clicked()
            {
                look.ask(Action::Run(Command::Train));
            }
        });
        let paused = look
            .state
            .training
            .control
            .as_ref()
            .is_some_and(crate::training::Control::is_paused);
        ui.add_enabled_ui(running, |ui| {
            let pause = ui.button(if paused { "Resume" } else { "Pause" });
            if pause.on_hover_text(Command::PauseOrResume.tooltip()).clicked() {
                look.ask(Action::Run(Command::PauseOrResume));
            }
            command_button(ui, look, Command::StopAndKeep);
        });
        let clusters = look.state.stage(Step::Clusters);
        ui.add_enabled_ui(!running && clusters != Stage::Nothing, |ui| {
            if ui.button("Next: clusters").clicked() {
                look.ask(Action::Run(Command::Show(Step::Clusters)));
            }
        });
        runs_ui(ui, look, running);
    });
    if look.state.interrupted && !running {
        let text = "A training was cut short. Train with the same settings goes on from its last checkpoint.";
        ui.label(RichText::new(text).color(ui.visuals().warn_fg_color));
    }
}

/// The trainings there are: an earlier one can be taken up again.
fn runs_ui(ui: &mut Ui, look: &mut Look, running: bool) {
    let used = look
        .state
        .project
        .as_ref()
        .and_then(|project| project.run.as_ref())
        .map(|run| run.name.as_str());
    let others = look.state.runs.iter().any(|name| used != Some(name));
    if !others || running {
        return;
    }
    let mut chosen = None;
    let combo = ComboBox::from_id_salt("run").selected_text(used.unwrap_or("earlier trainings"));
    let combo = combo.show_ui(ui, |ui| {
        for name in &look.state.runs {
            if ui.selectable_label(used == Some(name), name).clicked() {
                chosen = Some(name.clone());
            }
        }
    });
    combo
        .response
        .on_hover_text("Trainings of this project: choose one to see its results again");
    if let Some(name) = chosen {
        look.ask(Action::UseRun(name));
    }
}

/// What pressing the button will do.
fn train_text(look: &Look) -> &'static str {
    let run = look
        .state
        .project
        .as_ref()
        .and_then(|project| project.run.as_ref());
    match run {
        None => "Train",
        Some(run) if run.config.finished => "Train again",
        Some(_) => "Go on training",
    }
}

fn vectors_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label("Word vectors:");
        let files = &project.manifest.vectors;
        if files.is_empty() {
            ui.label("built-in character n-grams").on_hover_text(
                "Words that are spelled alike have like vectors. For meaning, choose files of GloVe, word2vec or \
                 fastText vectors",
            );
        }
        for file in files {
            let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
            ui.label(name).on_hover_text(file.display().to_string());
        }
        let free = !look.state.is_running(Kind::Train);
        if ui.add_enabled(free, egui::Button::new("Choose files…")).clicked() {
            look.actions.push(Action::PickVectors);
        }
        if !files.is_empty() && ui.add_enabled(free, egui::Button::new("Use built-in")).clicked() {
            look.actions.push(Action::SetVectors(Vec::new()));
        }
        if let Some((share, _)) = &look.state.words_found {
            ui.label(RichText::new(format!("{:.1} % of the distinct words found", share * 100.0)).weak());
        }
    });
}

type Term = (&'static str, fn(&LossTerms) -> f64);

const TERMS: [Term; 3] = [
    ("image", |terms| terms.image),
    ("text", |terms| terms.text),
    ("total", |terms| terms.total),
];

/// A curve a term, and the last values in numbers with the published unit beside them.
fn curves_ui(ui: &mut Ui, look: &mut Look, height: f32) {
    let losses = &look.state.training.losses;
    // Blue and orange, told apart by everyone; the total in the colour of text.
    let colours = [Some(ClusterId(0)), Some(ClusterId(1)), None].map(|id| id.map(theme::cluster_colour));
    ui.horizontal_wrapped(|ui| {
        if let Some(last) = losses.last() {
            let LossPoint {
                epoch,
                mean,
                paper_scale,
                seconds,
                ..
            } = last;
            ui.label(RichText::new(format!("Epoch {epoch}")).strong());
            for ((name, term), colour) in TERMS.into_iter().zip(colours) {
                let colour = colour.unwrap_or(ui.visuals().text_color());
                ui.label(RichText::new("■").color(colour));
                let paper = format!(
                    "Mean per element; {} as a sum over batches, the papers' unit",
                    short(term(paper_scale))
                );
                ui.label(format!("{name} {}", short(term(mean))))
                    .on_hover_text(paper);
            }
            if mean.kl != 0.0 {
                ui.label(format!("KL {}", short(mean.kl)))
                    .on_hover_text("Per latent dimension");
            }
            ui.label(RichText::new(format!("{seconds:.2} s an epoch")).weak());
        }
        ui.checkbox(&mut look.forms.log_axis, "logarithmic");
    });
    let plain = ui.visuals().text_color();
    let log = look.forms.log_axis;
    let scale = move |value: f64| if log { value.max(1e-12).log10() } else { value };
    Plot::new(("losses", log))
        .height(height)
        .show_crosshair(false)
        .grid_color(ui.visuals().weak_text_color().gamma_multiply(0.4))
        .x_grid_spacer(|input| marks(&input))
        .y_grid_spacer(move |input| if log { log_marks(&input) } else { marks(&input) })
        .allow_scroll(false)
        .x_axis_label("epoch")
        .y_axis_formatter(move |mark, _| {
            if log {
                short(10f64.powf(mark.value))
            } else {
                short(mark.value)
            }
        })
        .label_formatter(move |position| match position {
            egui_plot::HoverPosition::NearDataPoint {
                plot_name, position, ..
            } => {
                let value = if log { 10f64.powf(position.y) } else { position.y };
                Some(format!("{plot_name}\nepoch {:.0}\n{}", position.x, short(value)))
            }
            egui_plot::HoverPosition::Elsewhere { .. } => None,
        })
        .show(ui, |plot| {
            for ((name, term), colour) in TERMS.into_iter().zip(colours) {
                let points: PlotPoints = losses
                    .iter()
                    .map(|point| [f64::from(point.epoch), scale(term(&point.mean))])
                    .collect();
                plot.line(Line::new(name, points).color(colour.unwrap_or(plain)).width(2.0));
            }
        });
}

fn reconstructions_ui(ui: &mut Ui, look: &mut Look) {
    let state = look.state;
    let pictures = &state.training.reconstructions;
    let Some(first) = pictures.first() else { return };
    ui.label(RichText::new(format!("Put back after epoch {}", first.epoch)).strong());
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for back in pictures {
            reconstruction_ui(ui, look, back);
        }
    });
}

fn reconstruction_ui(ui: &mut Ui, look: &mut Look, back: &Reconstruction) {
    let size = picture_size(look, 110.0);
    ui.horizontal_top(|ui| {
        if let Some(frame) = look.state.frame_of(back.pair) {
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            paint_frame(ui, look, frame, rect);
        }
        let texture = reconstruction_texture(ui, look, back);
        ui.add(egui::Image::new((texture.id(), size)).alt_text(format!("Pair {} put back", back.pair.0 + 1)));
        ui.vertical(|ui| {
            ui.label(RichText::new("said").small().weak());
            ui.label(look.state.caption_of(back.pair));
            ui.label(RichText::new("put back").small().weak());
            ui.label(back.words.join(" "));
        });
    });
    ui.add_space(theme::SMALL_GAP);
}

/// The texture of a picture put back, made once an epoch and kept by the context.
fn reconstruction_texture(ui: &Ui, look: &Look, back: &Reconstruction) -> egui::TextureHandle {
    let id = egui::Id::unique(("reconstruction", back.pair.0));
    let known: Option<(u32, egui::TextureHandle)> = ui.data(|data| data.get_temp(id));
    match known {
        Some((epoch, texture)) if epoch == back.epoch => texture,
        _ => {
            let size = [
                look.state.frames.width as usize,
                look.state.frames.height as usize,
            ];
            let image = if back.rgb.len() == size[0] * size[1] * 3 {
                ColorImage::from_rgb(size, &back.rgb)
            } else {
                ColorImage::filled([1, 1], egui::Color32::GRAY)
            };
            let texture = ui
                .ctx()
                .load_texture("reconstruction", image, TextureOptions::LINEAR);
            ui.data_mut(|data| data.insert_temp(id, (back.epoch, texture.clone())));
            texture
        }
    }
}

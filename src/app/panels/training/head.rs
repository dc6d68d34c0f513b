//! What is trained, and the buttons that train it: always the same in the same places, so that none turns into another
//! under the pointer.

use super::super::Look;
use super::super::widgets::{primary_button, short};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::{Stage, Step, config_of};
use crate::app::theme;
use crate::app::work::Kind;
use crate::training::{Control, DeviceChoice, Preset, TrainingConfig};
use eframe::egui::{Button, ComboBox, DragValue, RichText, Ui};

/// The head of the panel.
pub fn head_ui(ui: &mut Ui, look: &mut Look) {
    let running = look.state.is_running(Kind::Train);
    ui.add_enabled_ui(!running, |ui| choice_ui(ui, look));
    buttons_ui(ui, look, running);
    told_ui(ui, look, running);
}

/// One line, always there, so that nothing below it moves: why nothing can be trained, or what is known of the training.
fn told_ui(ui: &mut Ui, look: &Look, running: bool) {
    let visuals = ui.visuals();
    let (text, colour) = if let Err(wrong) = look.forms.training.check() {
        (
            format!("The training cannot run with {wrong}: see Settings"),
            theme::wrong(visuals),
        )
    } else if look.state.interrupted && !running {
        let text = "A training was cut short. Train with the same settings goes on from its last checkpoint.";
        (text.to_owned(), visuals.warn_fg_color)
    } else {
        let notes = &look.state.training.notes;
        let mut text = notes
            .first()
            .map_or("Nothing trained yet", String::as_str)
            .to_owned();
        if let Some(comparison) = &look.state.comparison {
            text = format!("Comparing {}  ·  {text}", comparison.text());
        }
        (text, visuals.weak_text_color())
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(text).color(colour).small());
        if let Some((_, remarks)) = look
            .state
            .training
            .notes
            .split_first()
            .filter(|(_, more)| !more.is_empty())
        {
            let count = crate::project::counted(remarks.len(), "remark");
            ui.label(RichText::new(format!("·  {count}")).small().weak().underline())
                .on_hover_text(remarks.join("\n"));
        }
    });
}

/// Preset, epochs, seed and device.
fn choice_ui(ui: &mut Ui, look: &mut Look) {
    let no_cuda = look.state.no_cuda.clone();
    let config = &mut look.forms.training;
    let preset = TrainingConfig::PRESETS
        .iter()
        .find(|preset| preset.name == config.preset);
    ui.horizontal_wrapped(|ui| {
        ui.label("Preset");
        let changes = config.changes();
        let changed = if changes.is_empty() { "" } else { ", changed" };
        let mut chosen = None;
        ComboBox::from_id_salt("preset")
            .selected_text(format!("{}{changed}", config.preset))
            .width(170.0)
            .show_ui(ui, |ui| {
                for Preset { name, about } in TrainingConfig::PRESETS {
                    let text = format!("{name}  –  {about}");
                    if ui.selectable_label(config.preset == *name, text).clicked() {
                        chosen = TrainingConfig::preset(name);
                    }
                }
            });
        if !changes.is_empty()
            && ui
                .button("Undo changes")
                .on_hover_text(format!("Back to the preset from {}", changes.join(", ")))
                .clicked()
        {
            chosen = TrainingConfig::preset(&config.preset).map(|preset| preset.with_epochs(config.epochs));
        }
        if let Some(preset) = chosen {
            *config = TrainingConfig {
                seed: config.seed,
                device: config.device,
                ..preset
            };
        }
        let mut epochs = config.epochs;
        let edit = DragValue::new(&mut epochs).range(1..=100_000).suffix(" epochs");
        if ui
            .add(edit)
            .on_hover_text("Passes over all pairs; drag or type")
            .changed()
        {
            *config = config.clone().with_epochs(epochs);
        }
        ui.label("Seed");
        ui.add(DragValue::new(&mut config.seed))
            .on_hover_text("The same seed gives the same result");
        ui.label("Device");
        device_ui(ui, config, no_cuda.as_deref());
    });
    if let Some(preset) = preset {
        ui.label(RichText::new(preset.about).weak());
    }
}

/// The devices to train on; where there is no graphics card, hovering says why.
pub fn device_ui(ui: &mut Ui, config: &mut TrainingConfig, no_cuda: Option<&str>) {
    for (device, name) in [
        (DeviceChoice::Auto, "Auto"),
        (DeviceChoice::Cpu, "CPU"),
        (DeviceChoice::Cuda, "CUDA"),
    ] {
        let why = no_cuda.filter(|_| device == DeviceChoice::Cuda);
        ui.add_enabled_ui(why.is_none(), |ui| {
            let value = ui.selectable_value(&mut config.device, device, name);
            value.on_disabled_hover_text(why.unwrap_or_default());
        });
    }
}

fn buttons_ui(ui: &mut Ui, look: &mut Look, running: bool) {
    ui.horizontal_wrapped(|ui| {
        let sound = look.forms.training.check().is_ok();
        let key = look.settings.keys.text(ui.ctx(), Command::Train);
        let (text, about) = train_text(look);
        ui.add_enabled_ui(!running && sound, |ui| {
            let train = primary_button(ui, text);
            if train.on_hover_text(format!("{about} ({key})")).clicked() {
                look.ask(Action::Run(Command::Train));
            }
        });
        let control = look.state.training.control.as_ref();
        let paused = control.is_some_and(Control::is_paused);
        ui.add_enabled_ui(running, |ui| {
            let pause = ui.button(if paused { "Resume" } else { "Pause" });
            if pause.on_hover_text(Command::PauseOrResume.tooltip()).clicked() {
                look.ask(Action::Run(Command::PauseOrResume));
            }
            let stop = ui.button("Stop and keep");
            if stop.on_hover_text(Command::StopAndKeep.tooltip()).clicked() {
                look.ask(Action::Run(Command::StopAndKeep));
            }
        });
        ui.separator();
        extend_ui(ui, look, running);
        ui.separator();
        let clusters = look.state.stage(Step::Clusters);
        ui.add_enabled_ui(!running && clusters != Stage::Nothing, |ui| {
            if ui.button("Next: clusters").clicked() {
                look.ask(Action::Run(Command::Show(Step::Clusters)));
            }
        });
    });
}

/// Some more epochs for the run in use.
fn extend_ui(ui: &mut Ui, look: &mut Look, running: bool) {
    let run = look.state.run();
    // What is stale cannot be gone on with: its pairs are there no more.
    let fresh = run.filter(|run| run.latents.is_some() && look.state.stale.is_none());
    let known = fresh.is_some_and(|run| config_of(run).is_some());
    ui.add_enabled_ui(!running && known, |ui| {
        let more = look.forms.trainings.more_epochs;
        let hint = run.map_or_else(String::new, |run| {
            let done = run.losses.len();
            let rate = config_of(run).map(|config| config.learning_rate * config.schedule.share(done as f64));
            format!(
                "{} goes on from epoch {done} to epoch {}, at the learning rate that is left, {}",
                run.name,
                done + more as usize,
                short(rate.unwrap_or_default())
            )
        });
        let extend = ui.add(Button::new("Extend by"));
        let extend = extend
            .on_hover_text(hint)
            .on_disabled_hover_text("Once a training is done, it can be gone on with");
        if extend.clicked() {
            look.ask(Action::Extend(more));
        }
        let edit = DragValue::new(&mut look.forms.trainings.more_epochs)
            .range(1..=100_000)
            .suffix(" epochs");
        ui.add(edit).on_hover_text("How many epochs more; drag or type");
    });
}

/// The button's name, and what pressing it will do.
fn train_text(look: &Look) -> (&'static str, String) {
    let project = look.state.project.as_ref();
    let used = project.and_then(|project| project.run.as_ref());
    let Some(run) = used else {
        return ("Train", Command::Train.tooltip().into());
    };
    let asked = &look.forms.training;
    let done = run.losses.len();
    let fresh = look.state.stale.is_none();
    let same =
        fresh && config_of(run).is_some_and(|config| config.begins(asked)) && done <= asked.epochs as usize;
    if !same {
        let about = format!(
            "A new training with these settings; {} stays under Runs",
            run.name
        );
        return ("Train", about);
    }
    if run.config.finished && config_of(run).is_some_and(|config| config.epochs == asked.epochs) {
        let about = "These settings give this very result: change one, or the seed, to train anew";
        return ("Train again", about.into());
    }
    (
        "Go on training",
        format!("{} goes on from epoch {done} to epoch {}", run.name, asked.epochs),
    )
}

//! Choosing presets that are trained one after another.

use super::super::Look;
use super::super::widgets::primary_button;
use super::network::{Totals, millions};
use crate::app::action::Action;
use crate::app::forms::TrainingTab;
use crate::app::theme;
use crate::model::cost::checkpoint_bytes;
use crate::training::TrainingConfig;
use eframe::egui::{self, DragValue, Grid, RichText, ScrollArea, Ui};

/// A number of bytes as people say it: 1.7 GB.
fn size(bytes: u64) -> String {
    match bytes as f64 {
        bytes if bytes >= 1e9 => format!("{:.1} GB", bytes / 1e9),
        bytes => format!("{:.0} MB", bytes / 1e6),
    }
}

/// The choice, while it is open.
pub fn compare_ui(ui: &Ui, look: &mut Look) {
    let Some(mut form) = look.forms.trainings.comparing.take() else {
        return;
    };
    let mut done = false;
    let modal = egui::Modal::new(egui::Id::unique("comparing")).show(ui.ctx(), |ui| {
        ui.set_width(860.0);
        ui.heading("Compare presets");
        ui.label("Each is trained in turn on the same pairs, with the seed and on the device of the panel.");
        ui.add_space(theme::GAP);
        let height = (ui.ctx().content_rect().height() - 260.0).max(160.0);
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            Grid::new("presets").num_columns(3).striped(true).show(ui, |ui| {
                for (preset, ticked) in TrainingConfig::PRESETS.iter().zip(&mut form.ticked) {
                    ui.checkbox(ticked, preset.name).on_hover_text(preset.about);
                    let cost = TrainingConfig::preset(preset.name)
                        .map(|config| Totals::of(&config, look.state.word_shape));
                    let weights = cost.map_or_else(String::new, |cost| {
                        format!(
                            "{} weights, {} on disk",
                            millions(cost.parameters),
                            size(checkpoint_bytes(cost.parameters))
                        )
                    });
                    ui.label(RichText::new(weights).weak());
                    ui.label(RichText::new(preset.about).small().weak());
                    ui.end_row();
                }
            });
        });
        ui.add_space(theme::GAP);
        ui.horizontal(|ui| {
            let mut same = form.epochs.is_some();
            if ui.checkbox(&mut same, "Train all of them for").changed() {
                form.epochs = same.then_some(20);
            }
            match &mut form.epochs {
                Some(epochs) => {
                    ui.add(DragValue::new(epochs).range(1..=100_000).suffix(" epochs"))
                        .on_hover_text("Epochs of each training");
                }
                None => {
                    ui.label(RichText::new("each has the epochs of its preset").weak());
                }
            }
        });
        ui.add_space(theme::GAP);
        ui.horizontal(|ui| {
            let configs = form.configs(&look.forms.training);
            ui.add_enabled_ui(!configs.is_empty(), |ui| {
                if primary_button(ui, "Start comparing").clicked() {
                    look.actions.push(Action::Compare(configs));
                    look.forms.trainings.tab = TrainingTab::Curves;
                    done = true;
                }
            });
            if ui.button("Cancel").clicked() {
                done = true;
            }
        });
    });
    if !done && !modal.should_close() {
        look.forms.trainings.comparing = Some(form);
    }
}

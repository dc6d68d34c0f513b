//! How alike the videos of a topic are.

use super::heat_map::{heat, scale_ui};
use crate::analysis::comparing::TopicMatrix;
use crate::app::panels::widgets::notes_ui;
use crate::app::theme;
use eframe::egui::{Align2, FontId, Grid, Label, RichText, Sense, Ui, vec2};

/// Of a likeness: the same for every topic, so that topics can be compared.
const RANGE: [f64; 2] = [0.0, 1.0];

pub fn matrix_ui(ui: &mut Ui, matrix: &TopicMatrix) {
    Grid::new("topic matrix").spacing([2.0, 2.0]).show(ui, |ui| {
        ui.label("");
        for name in &matrix.names {
            ui.add_sized([90.0, 18.0], Label::new(RichText::new(name).small()).truncate())
                .on_hover_text(name);
        }
        ui.end_row();
        for (name, cells) in matrix.names.iter().zip(&matrix.cells) {
            ui.add_sized([140.0, 18.0], Label::new(name).truncate())
                .on_hover_text(name);
            for cell in cells {
                let (rect, _) = ui.allocate_exact_size(vec2(90.0, 26.0), Sense::hover());
                let Some(value) = cell else {
                    ui.painter().rect_filled(rect, 2.0, ui.visuals().faint_bg_color);
                    continue;
                };
                let colour = heat(*value, RANGE);
                ui.painter().rect_filled(rect, 2.0, colour);
                let text = format!("{value:.3}");
                let font = FontId::monospace(13.0);
                ui.painter().text(
                    rect.center(),
                    Align2::CENTER_CENTER,
                    text,
                    font,
                    theme::text_on(colour),
                );
            }
            ui.end_row();
        }
    });
    scale_ui(ui, RANGE);
    ui.label(
        RichText::new(
            "Mean, over the clusters of both videos, of the likeness to the nearest cluster of the other",
        )
        .weak()
        .small(),
    );
    notes_ui(ui, &matrix.notes);
}

//! How picture and caption become one, and the latent space.

use super::Sheet;
use super::editors::{choice, name_of, say_widths, widths};
use super::row::row;
use crate::model::{LatentHead, Normalisation};
use eframe::egui::{ComboBox, DragValue, Ui};

const NORMALISATIONS: &[(Normalisation, &str, &str)] = &[
    (Normalisation::None, "none", "Features are joined as they are"),
    (
        Normalisation::Batch,
        "by the batch",
        "Each feature over the pairs of a batch, as in the papers",
    ),
    (
        Normalisation::Layer,
        "by the pair",
        "Each pair's features by themselves, those of picture and caption to the same length",
    ),
];

/// The group.
pub fn fusion_ui(ui: &mut Ui, sheet: &mut Sheet) {
    let (network, paper) = (&mut sheet.config.network, &sheet.paper.network);
    row(
        ui,
        (
            "Normalisation",
            "What brings the features of picture and caption to one scale before they are joined",
        ),
        &mut network.fusion.normalisation,
        Some(&paper.fusion.normalisation),
        |kind| name_of(NORMALISATIONS, *kind).into(),
        choice("normalisation", NORMALISATIONS),
    );
    row(
        ui,
        (
            "Dense layers",
            "Widths of the dense layers from the features to the latent space; the decoder has them backwards",
        ),
        &mut network.fusion.dense,
        Some(&paper.fusion.dense),
        |widths| {
            if widths.is_empty() {
                "none".into()
            } else {
                say_widths(widths)
            }
        },
        widths("dense", true),
    );
    row(
        ui,
        (
            "Latent space",
            "A vector for each pair, or maps whose largest values are the vector; maps are for pictures alone, without dense \
             layers",
        ),
        &mut network.latent,
        Some(&paper.latent),
        say_latent,
        latent_ui,
    );
}

fn say_latent(latent: &LatentHead) -> String {
    match latent {
        LatentHead::Vector { dimensions } => format!("vector of {dimensions}"),
        LatentHead::Maps { channels } => format!("{channels} maps"),
    }
}

fn latent_ui(ui: &mut Ui, latent: &mut LatentHead) {
    let maps = matches!(latent, LatentHead::Maps { .. });
    let size = latent.dimensions();
    ComboBox::from_id_salt("latent")
        .selected_text(if maps { "maps" } else { "vector" })
        .show_ui(ui, |ui| {
            if ui.selectable_label(!maps, "vector").clicked() {
                *latent = LatentHead::Vector { dimensions: size };
            }
            if ui.selectable_label(maps, "maps").clicked() {
                *latent = LatentHead::Maps { channels: size };
            }
        });
    let (size, of) = match latent {
        LatentHead::Vector { dimensions } => (dimensions, "Length of a pair's latent vector"),
        LatentHead::Maps { channels } => (channels, "Maps of means; a pair's latent vector is as long"),
    };
    ui.add(DragValue::new(size).range(1..=100_000)).on_hover_text(of);
}

//! What the network tells from any place of its latent space.

use super::super::Look;
use super::super::widgets::{pair_button, picture_size, short};
use super::back::image;
use super::later_ui;
use crate::app::forms::PlaceKind;
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{ClusterId, PairIndex, Run};
use crate::training::Decoded;
use eframe::egui::{self, Button, ComboBox, RichText, ScrollArea, Slider, TextureHandle, TextureOptions, Ui};

/// The tab.
pub fn latent_ui(ui: &mut Ui, look: &mut Look) {
    let run = look.state.run();
    let Some(run) = run.filter(|run| run.latents.is_some()) else {
        later_ui(
            ui,
            "The picture and the words that the network tells from any place of its latent space will be shown here",
            "Press Train.",
        );
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let kind = &mut look.forms.trainings.latent.kind;
        ui.selectable_value(kind, PlaceKind::Cluster, "Centroid of a cluster");
        ui.selectable_value(kind, PlaceKind::Mean, "Mean of pairs");
        ui.selectable_value(kind, PlaceKind::Way, "From pair to pair");
    });
    match look.forms.trainings.latent.kind {
        PlaceKind::Cluster => cluster_ui(ui, look, run),
        PlaceKind::Mean => mean_ui(ui, look),
        PlaceKind::Way => way_ui(ui, look),
    }
    ui.add_space(theme::GAP);
    let latent = &look.state.latent;
    if latent.network.is_none() {
        if look.state.is_running(Kind::Network) {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label("The network is being opened…");
            });
        } else {
            ui.label(
                "The network of this training could not be opened. Train again, or use another training.",
            );
        }
        return;
    }
    match &latent.decoded {
        Some((times, decoded)) if look.forms.trainings.latent.mixture(run).is_some() => {
            decoded_ui(ui, look, *times, decoded);
        }
        _ if look.state.is_running(Kind::Decode) => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label("The network is being asked…");
            });
        }
        _ => {
            let text = "What the network tells from there will be shown here.";
            ui.label(RichText::new(text).weak());
        }
    }
}

fn cluster_ui(ui: &mut Ui, look: &mut Look, run: &Run) {
    let k = run.assignment.as_ref().map_or(0, |chosen| chosen.k);
    if k == 0 {
        ui.label("There are no clusters yet: they are found once a training is over.");
        return;
    }
    let cluster = &mut look.forms.trainings.latent.cluster;
    ui.horizontal(|ui| {
        ui.label("Cluster");
        ComboBox::from_id_salt("latent cluster")
            .selected_text(look.state.cluster_name(*cluster))
            .show_ui(ui, |ui| {
                for one in (0..k).map(ClusterId::from) {
                    ui.selectable_value(cluster, one, look.state.cluster_name(one));
                }
            });
    });
}

fn mean_ui(ui: &mut Ui, look: &mut Look) {
    let selected = look.state.selected;
    let pairs = &mut look.forms.trainings.latent.pairs;
    ui.horizontal_wrapped(|ui| {
        let add = ui.add_enabled(selected.is_some(), Button::new("Add selected pair"));
        if add
            .on_hover_text("Select pairs on the timeline, in the map or with the arrow keys")
            .clicked()
            && let Some(pair) = selected
            && !pairs.contains(&pair)
        {
            pairs.push(pair);
        }
        let mut gone = None;
        for pair in pairs.iter() {
            let text = format!("{} ✖", name(*pair));
            if ui.button(text).on_hover_text("Take this pair out").clicked() {
                gone = Some(*pair);
            }
        }
        pairs.retain(|pair| Some(*pair) != gone);
        if pairs.is_empty() {
            ui.label(RichText::new("No pairs yet").weak());
        }
    });
}

fn way_ui(ui: &mut Ui, look: &mut Look) {
    let selected = look.state.selected;
    let form = &mut look.forms.trainings.latent;
    ui.horizontal_wrapped(|ui| {
        for (word, pair) in [("From", &mut form.from), ("To", &mut form.to)] {
            ui.label(RichText::new(word).weak());
            ui.label(pair.map_or_else(|| "no pair yet".to_owned(), name));
            let text = format!("{word}: use selected pair");
            let button = ui.add_enabled(selected.is_some(), Button::new(text));
            if button
                .on_hover_text("Select pairs on the timeline, in the map or with the arrow keys")
                .clicked()
            {
                *pair = selected;
            }
            ui.add_space(theme::GAP);
        }
    });
    let there = form.from.is_some() && form.to.is_some();
    ui.horizontal(|ui| {
        ui.label("Way");
        ui.spacing_mut().slider_width = (ui.available_width() - 90.0).clamp(120.0, 600.0);
        let slider = ui.add_enabled(
            there,
            Slider::new(&mut form.way, 0.0..=1.0)
                .custom_formatter(|way, _| format!("{:.0} %", way * 100.0))
                .step_by(0.01),
        );
        slider.on_hover_text("How far from the first pair to the second");
    });
}

fn name(pair: PairIndex) -> String {
    format!("pair {}", pair.0 + 1)
}

fn decoded_ui(ui: &mut Ui, look: &mut Look, times: u64, decoded: &Decoded) {
    let made = (look.state.latent.run.clone(), times);
    let texture = texture(ui, made, decoded);
    let width = (ui.available_width() * 0.46)
        .clamp(200.0, 560.0)
        .min(ui.available_width() - 2.0 * 130.0);
    let size = picture_size(look, width);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.add(egui::Image::new((texture.id(), size)).alt_text("Picture told from this place"));
            ui.vertical(|ui| {
                ui.horizontal(|ui| {
                    ui.label(RichText::new("Words told").strong());
                    if look.state.is_running(Kind::Decode) {
                        ui.spinner();
                    }
                });
                if decoded.words.is_empty() {
                    ui.label(RichText::new("This network learns pictures alone").weak());
                } else {
                    ui.label(decoded.words.join(" "));
                }
                ui.add_space(theme::GAP);
                ui.label(RichText::new("Nearest real pairs").strong());
                ui.horizontal_wrapped(|ui| {
                    for (pair, distance) in &decoded.nearest {
                        ui.vertical(|ui| {
                            pair_button(ui, look, *pair, 112.0);
                            let text = format!("{}, distance {}", name(*pair), short(*distance));
                            ui.label(RichText::new(text).small().weak());
                        });
                    }
                });
            });
        });
    });
}

/// The texture of what was told last, kept by the context.
fn texture(ui: &Ui, made: (Option<String>, u64), decoded: &Decoded) -> TextureHandle {
    let id = egui::Id::unique("latent picture");
    let known: Option<((Option<String>, u64), TextureHandle)> = ui.data(|data| data.get_temp(id));
    if let Some((of, texture)) = known
        && of == made
    {
        return texture;
    }
    let image = image(&decoded.rgb, &[decoded.size]);
    let texture = ui
        .ctx()
        .load_texture("latent picture", image, TextureOptions::LINEAR);
    ui.data_mut(|data| data.insert_temp(id, (made, texture.clone())));
    texture
}

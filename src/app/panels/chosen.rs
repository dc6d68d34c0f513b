//! What can be done with the pairs that are chosen, shown where they are worked with.

use super::Look;
use crate::app::action::{Action, ClusterEdit};
use crate::app::state::Pick;
use crate::project::counted;
use eframe::egui::{Key, Label, RichText, Ui};

/// The bar of the chosen pairs. It is always there, so that nothing below it moves when pairs are chosen.
pub fn chosen_ui(ui: &mut Ui, look: &mut Look) {
    let many = look.state.chosen.len();
    let Some(chosen) = look.state.clusters() else {
        return;
    };
    if many < 2 {
        let text = "To choose pairs: Shift and drag on the map, drag along the ribbon, or press a cluster";
        ui.horizontal(|ui| {
            ui.set_min_height(ui.spacing().interact_size.y);
            ui.add(Label::new(RichText::new(text).weak()).truncate());
        });
        return;
    }
    let is_free = !ui.ctx().egui_wants_keyboard_input() && !look.forms.is_asking();
    if is_free && ui.input(|input| input.key_pressed(Key::Escape)) {
        look.ask(Action::Choose(Vec::new(), Pick::Only));
    }
    let share = many as f64 * 100.0 / chosen.labels.len().max(1) as f64;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{} chosen", counted(many, "pair"))).strong());
        ui.label(RichText::new(format!("{share:.0} %")).weak());
        let mut asked = None;
        let to = ui.menu_button("Move to", |ui| {
            for cluster in chosen.clusters() {
                if ui.button(chosen.name(cluster)).clicked() {
                    asked = Some(ClusterEdit::Move(Some(cluster)));
                    ui.close();
                }
            }
        });
        to.response.on_hover_text("Put them into another cluster");
        if ui
            .button("New cluster")
            .on_hover_text("Make them a cluster of their own")
            .clicked()
        {
            asked = Some(ClusterEdit::Part);
        }
        if ui
            .button("Take out")
            .on_hover_text("Leave them in no cluster")
            .clicked()
        {
            asked = Some(ClusterEdit::Move(None));
        }
        if let Some(edit) = asked {
            look.ask(Action::EditClusters(edit));
        }
        if ui.button("Choose none").on_hover_text("Escape").clicked() {
            look.ask(Action::Choose(Vec::new(), Pick::Only));
        }
    });
}

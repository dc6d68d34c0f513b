//! The selected pair: its frame, its caption, where it belongs.

use super::Look;
use super::widgets::{frame_button, pair_text_ui};
use crate::app::action::Action;
use crate::app::forms::DescriptionEditing;
use crate::app::theme;
use crate::project::{Description, PairIndex};
use eframe::egui::{Key, Label, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo};

/// The inspector panel.
pub fn inspector_ui(ui: &mut Ui, look: &mut Look) {
    let Some(pair) = look.state.selected else { return };
    let Some(project) = &look.state.project else {
        return;
    };
    ui.add_space(theme::SMALL_GAP);
    ui.label(RichText::new(format!("Pair {} of {}", pair.0 + 1, project.studied().len())).strong());
    ScrollArea::vertical().show(ui, |ui| {
        if let Some(frame) = look.state.frame_of(pair) {
            let width = ui.available_width();
            frame_button(
                ui,
                look,
                frame,
                width,
                &format!("Frame {}", frame.frame.0 + 1),
                None,
            );
        }
        pair_text_ui(ui, look.state, pair);
        description_ui(ui, look, pair);
        cluster_ui(ui, look, pair);
        words_ui(ui, look, pair);
    });
}

fn cluster_ui(ui: &mut Ui, look: &mut Look, pair: PairIndex) {
    let Some(cluster) = look.state.cluster_of(pair) else {
        return;
    };
    let Some(run) = look.state.run() else {
        return;
    };
    if let Some(tags) = run.tags_of(cluster) {
        ui.add_space(theme::SMALL_GAP);
        ui.label(RichText::new("Tags of its cluster").weak());
        let words: Vec<&str> = tags.tags.iter().map(|tag| tag.text.as_str()).collect();
        ui.label(words.join(" · "));
    }
    let focused = look.state.focus == Some(cluster);
    let text = if focused {
        "Look at all clusters"
    } else {
        "Look at this cluster only"
    };
    if ui.button(text).clicked() {
        look.ask(Action::Focus((!focused).then_some(cluster)));
    }
}

/// What the frame shows, to be put right: Enter keeps it, Escape gives it up.
fn description_ui(ui: &mut Ui, look: &mut Look, pair: PairIndex) {
    let Some(run) = look.state.run() else { return };
    let description = run.descriptions.get(&pair);
    ui.add_space(theme::SMALL_GAP);
    if let Some(editing) = look
        .forms
        .description_editing
        .as_mut()
        .filter(|editing| editing.pair == pair)
    {
        let field = ui.add(TextEdit::singleline(&mut editing.text).desired_width(f32::INFINITY));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "What the frame shows"));
        let given_up = ui.input(|input| input.key_pressed(Key::Escape));
        if field.lost_focus() || given_up {
            let text = editing.text.trim().to_owned();
            look.forms.description_editing = None;
            // What is shown of the model's words, unchanged, is no edit.
            let model = description.map(|known| {
                let edited = None;
                Description {
                    edited,
                    ..known.clone()
                }
                .text()
                .to_owned()
            });
            let edited = Some(text).filter(|text| !text.is_empty() && Some(text) != model.as_ref());
            if !given_up {
                look.ask(Action::RewriteDescription(pair, edited));
            }
        } else {
            field.request_focus();
        }
        return;
    }
    if let Some(description) = description {
        let by = if description.edited.is_some() {
            "you"
        } else {
            description.model.as_str()
        };
        ui.label(RichText::new(format!("What the frame shows, by {by}")).weak());
        ui.add(Label::new(description.text()).wrap());
        if description.looping && description.edited.is_none() {
            let warning = RichText::new("It goes round in circles and does not count")
                .color(ui.visuals().warn_fg_color);
            ui.add(Label::new(warning).wrap());
        }
    }
    let text = description.map_or("", |known| known.text()).to_owned();
    let button = if description.is_some() {
        "Edit description"
    } else {
        "Describe by hand"
    };
    if ui.button(button).clicked() {
        look.forms.description_editing = Some(DescriptionEditing { pair, text });
    }
}

/// What the network put back, beside what was said.
fn words_ui(ui: &mut Ui, look: &Look, pair: PairIndex) {
    let back = look
        .state
        .training
        .reconstructions
        .iter()
        .find(|back| back.pair == pair);
    if let Some(back) = back {
        ui.add_space(theme::SMALL_GAP);
        ui.label(RichText::new(format!("Words put back after epoch {}", back.epoch)).weak());
        ui.label(back.words.join(" "));
    }
}

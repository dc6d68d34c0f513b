//! The selected pair: its frame, its caption, where it belongs.

use super::Look;
use super::widgets::{frame_button, pair_text_ui};
use crate::app::action::Action;
use crate::app::theme;
use eframe::egui::{RichText, ScrollArea, Ui};

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
        cluster_ui(ui, look, pair);
        words_ui(ui, look, pair);
    });
}

fn cluster_ui(ui: &mut Ui, look: &mut Look, pair: crate::project::PairIndex) {
    let Some(cluster) = look.state.cluster_of(pair) else {
        return;
    };
    let Some(run) = look.state.run() else {
        return;
    };
    if let Some(tags) = run.tags.iter().find(|tags| tags.cluster == cluster) {
        ui.add_space(theme::SMALL_GAP);
        ui.label(RichText::new("Keywords of its cluster").weak());
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

/// What the network put back, beside what was said.
fn words_ui(ui: &mut Ui, look: &Look, pair: crate::project::PairIndex) {
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

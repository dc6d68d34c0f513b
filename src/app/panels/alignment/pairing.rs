//! The rule by which captions find their frames.

use super::Look;
use crate::app::action::Action;
use crate::pairing;
use crate::project::{Pairing, PairingRule};
use eframe::egui::{DragValue, Ui};

/// The rule, and an offset and a scale that captions are looked at with.
pub fn pairing_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let frames = look.state.frames.frames.len();
    let now = &project.manifest.pairing;
    let mut wanted = now.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label("Pair");
        let rule = &mut wanted.rule;
        if ui
            .selectable_label(*rule == PairingRule::Captions, "by caption")
            .on_hover_text("Each caption takes the frame nearest its start: for captions with trusted times")
            .clicked()
        {
            *rule = PairingRule::Captions;
        }
        let uniform = matches!(rule, PairingRule::Uniform { .. });
        if ui
            .selectable_label(uniform, "uniformly")
            .on_hover_text("Captions in order, spread evenly over the frames: for transcripts without times")
            .clicked()
            && !uniform
        {
            *rule = pairing::spread(project.track.cues.len(), frames);
        }
        if ui
            .selectable_label(*rule == PairingRule::Frames, "by frame")
            .on_hover_text("Each frame takes the caption being spoken: the most pairs, some without caption")
            .clicked()
        {
            *rule = PairingRule::Frames;
        }
        match rule {
            PairingRule::Uniform { take, of } => {
                ui.add(DragValue::new(take).range(1..=*of))
                    .on_hover_text("Frames taken of each group");
                ui.label("of every");
                ui.add(DragValue::new(of).range(1..=10_000))
                    .on_hover_text("Frames in a group");
                ui.label("frames");
            }
            _ => times_ui(ui, &mut wanted),
        }
    });
    if wanted != *now {
        look.actions.push(Action::SetPairing(wanted));
    }
}

fn times_ui(ui: &mut Ui, wanted: &mut Pairing) {
    ui.label("captions moved by");
    ui.add(DragValue::new(&mut wanted.offset.0).speed(0.05).suffix(" s"))
        .on_hover_text("Added to every caption time");
    ui.label("scaled by");
    let scale = DragValue::new(&mut wanted.scale)
        .speed(0.001)
        .range(0.1..=10.0)
        .max_decimals(4);
    ui.add(scale)
        .on_hover_text("Every caption time is multiplied by this first");
}

//! The words of the active cue, as the trainer will see them.

use super::Look;
use crate::app::action::Action;
use crate::app::theme;
use eframe::egui::{RichText, Ui};

/// The words, those without a vector marked, and their share.
pub fn words_ui(ui: &mut Ui, look: &mut Look) {
    let cues = &look.state.cues;
    if cues.words.is_empty() {
        return;
    }
    let wrong = theme::wrong(ui.visuals());
    let missing = cues.words.iter().filter(|(_, has)| *has == Some(false)).count();
    let unknown = cues.words.iter().filter(|(_, has)| has.is_none()).count();
    let mut look_up = false;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = eframe::egui::vec2(7.0, 1.0);
        ui.spacing_mut().interact_size.y = 0.0;
        for (word, has) in &cues.words {
            let text = RichText::new(word).size(13.0);
            match has {
                Some(true) => ui.label(text),
                Some(false) => ui
                    .label(text.color(wrong).underline())
                    .on_hover_text("This word has no vector: training does not know it"),
                None => ui
                    .label(text.italics())
                    .on_hover_text("Not looked up among the vectors yet"),
            };
        }
        let all = cues.words.len();
        let share = (all - missing) as f64 / all as f64 * 100.0;
        let text = match missing {
            0 => crate::project::counted(all, "word"),
            missing => format!("{missing} of {all} words without vector, {share:.0} % found"),
        };
        let text = RichText::new(text).small().color(if missing > 0 {
            wrong
        } else {
            ui.visuals().weak_text_color()
        });
        let source = cues.known.source.as_deref().unwrap_or("not looked up");
        ui.label(text).on_hover_text(format!("Vectors: {source}"));
        if unknown > 0 && cues.known.source.is_some() {
            let button = ui.small_button("Look up");
            look_up = button
                .on_hover_text("Look the new words up among the vectors")
                .clicked();
        }
    });
    if look_up {
        look.ask(Action::LookUpWords);
    }
}

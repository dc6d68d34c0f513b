//! A setting: its name, its editor, and what the papers set.

use eframe::egui::{RichText, Ui};

/// A setting's name and what it does.
pub type Named = (&'static str, &'static str);

/// A row of the grid. The papers' value is shown weakly where it is the same, else marked, with a button that takes it.
pub fn row<T: Clone + PartialEq>(
    ui: &mut Ui,
    (name, about): Named,
    value: &mut T,
    paper: Option<&T>,
    say: impl Fn(&T) -> String,
    edit: impl FnOnce(&mut Ui, &mut T),
) {
    ui.label(name).on_hover_text(about);
    ui.horizontal(|ui| edit(ui, value));
    ui.horizontal(|ui| match paper {
        None => {
            ui.label(RichText::new("–").weak())
                .on_hover_text("The papers have nothing to set beside it");
        }
        Some(paper) if paper == value => {
            ui.label(RichText::new(say(paper)).weak())
                .on_hover_text("As in the papers");
        }
        Some(paper) => {
            let text = say(paper);
            let colour = ui.visuals().warn_fg_color;
            ui.label(RichText::new(format!("≠ {text}")).color(colour))
                .on_hover_text(format!("{name} differs from the papers, which have {text}"));
            let take = ui.small_button("use");
            if take.on_hover_text(format!("Set {name} to {text}")).clicked() {
                *value = paper.clone();
            }
        }
    });
    ui.end_row();
}

//! What can be taken away, and how the results were made.

use super::Look;
use crate::analysis::Takeaway;
use crate::app::action::Action;
use crate::app::theme;
use crate::app::work::Kind;
use eframe::egui::{Context, Grid, Id, Modal, RichText, ScrollArea};

/// The choice of what to take away.
pub fn takeaway_ui(context: &Context, look: &mut Look) {
    if !look.forms.taking {
        return;
    }
    let run = look.state.run();
    let clustered = run.is_some_and(|run| run.assignment.is_some());
    let trained = run.is_some_and(|run| run.latents.is_some());
    let modal = Modal::new(Id::unique("take away")).show(context, |ui| {
        ui.set_width(600.0);
        ui.heading("Export");
        ui.label(RichText::new("Of the training in use, as it is now").weak());
        ui.add_space(theme::SMALL_GAP);
        let mut chosen = None;
        Grid::new("take away")
            .num_columns(2)
            .spacing([theme::LARGE_GAP, theme::GAP])
            .show(ui, |ui| {
                for what in Takeaway::ALL {
                    let ready = match what {
                        Takeaway::Latents => trained,
                        Takeaway::Tsne => run.is_some_and(|run| run.embedding.is_some()),
                        Takeaway::Projector => trained,
                        Takeaway::Methods => true,
                        _ => clustered,
                    };
                    let button = ui.add_enabled(ready, eframe::egui::Button::new(what.name()));
                    if button
                        .on_disabled_hover_text("Train and find clusters first")
                        .clicked()
                    {
                        chosen = Some(what);
                    }
                    ui.label(RichText::new(what.about()).weak());
                    ui.end_row();
                }
            });
        ui.add_space(theme::GAP);
        (chosen, ui.button("Cancel").clicked())
    });
    let (chosen, cancelled) = modal.inner;
    if let Some(what) = chosen {
        look.ask(Action::PickTakeaway(what));
    }
    if chosen.is_some() || cancelled || modal.should_close() {
        look.forms.taking = false;
    }
}

/// How the results were made, to be read and copied.
pub fn methods_ui(context: &Context, look: &mut Look) {
    if !look.forms.methods {
        return;
    }
    let text = look.state.methods.as_ref().map(|(_, text)| text.as_str());
    let modal = Modal::new(Id::unique("methods")).show(context, |ui| {
        ui.set_width(680.0);
        ui.heading("Methods");
        let Some(text) = text else {
            if look.state.is_running(Kind::Methods) {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label("The files are being read, to tell them by their hashes…");
                });
            } else {
                ui.label(
                    "How the results were made could not be found out; the reason is in the strip below.",
                );
            }
            return ui.button("Close").clicked();
        };
        ScrollArea::vertical()
            .max_height(ui.ctx().content_rect().height() - 200.0)
            .min_scrolled_height(420.0)
            .show(ui, |ui| {
                ui.set_width(ui.available_width() - theme::LARGE_GAP);
                ui.label(RichText::new(text).monospace().size(12.0));
            });
        ui.horizontal(|ui| {
            if ui
                .button("Copy")
                .on_hover_text("Put all of it on the clipboard")
                .clicked()
            {
                ui.ctx().copy_text(text.to_owned());
            }
            ui.button("Close").clicked()
        })
        .inner
    });
    if modal.inner || modal.should_close() {
        look.forms.methods = false;
    }
}

//! The Tags step: ten words a cluster, each with the captions that support it.

use super::Look;
use super::widgets::{cluster_mark, empty_ui, pair_button};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::Step;
use crate::app::theme;
use crate::project::{ClusterTags, Tag};
use eframe::egui::{Frame, RichText, ScrollArea, Ui};

/// The Tags panel.
pub fn tags_ui(ui: &mut Ui, look: &mut Look) {
    let run = look.state.run();
    let Some(run) = run.filter(|run| run.assignment.is_some()) else {
        let what = "Ten words for each cluster, with the captions that support them";
        empty_ui(
            ui,
            look,
            what,
            "Choose the number of clusters first.",
            "Go to clusters",
            Action::Run(Command::Show(Step::Clusters)),
        );
        return;
    };
    if run.tags.is_empty() {
        if look.state.is_running(crate::app::work::Kind::Tags) {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label("Counting words…");
            });
        } else {
            let what = "Ten words for each cluster, with the captions that support them";
            empty_ui(
                ui,
                look,
                what,
                "The words are not counted yet.",
                "Count words",
                Action::CountWords,
            );
        }
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.heading("Keywords");
        ui.label(
            RichText::new(
                "Words that a cluster's captions use more than the others'. Press one to see the captions that hold it.",
            )
            .weak(),
        );
    });
    ui.add_space(theme::SMALL_GAP);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for tags in &run.tags {
            let size = run.assignment.as_ref().map_or(0, |chosen| {
                chosen
                    .labels
                    .iter()
                    .filter(|label| **label == Some(tags.cluster))
                    .count()
            });
            cluster_ui(ui, look, tags, size);
        }
    });
}

fn cluster_ui(ui: &mut Ui, look: &mut Look, tags: &ClusterTags, size: usize) {
    Frame::group(ui.style()).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            if cluster_mark(ui, look.state, tags.cluster)
                .on_hover_text("Look at this cluster only")
                .clicked()
            {
                let focused = look.state.focus == Some(tags.cluster);
                look.ask(Action::Focus((!focused).then_some(tags.cluster)));
            }
            ui.label(RichText::new(format!("{size} pairs")).weak());
            ui.label(RichText::new(&tags.model).weak().small())
                .on_hover_text("What wrote these tags");
        });
        if let Some(note) = &tags.note {
            ui.label(RichText::new(note).color(ui.visuals().warn_fg_color));
        }
        let shown = look
            .state
            .tag
            .filter(|(cluster, _)| *cluster == tags.cluster)
            .map(|(_, tag)| tag);
        ui.horizontal_wrapped(|ui| {
            for (index, tag) in tags.tags.iter().enumerate() {
                let text = RichText::new(&tag.text).size(16.0);
                let hover = format!(
                    "{} captions hold it · weight {:.3}",
                    tag.evidence.len(),
                    tag.score
                );
                let button =
                    eframe::egui::Button::selectable(shown == Some(index), text).frame_when_inactive(true);
                if ui.add(button).on_hover_text(hover).clicked() {
                    look.ask(Action::ShowTag(tags.cluster, index));
                }
            }
        });
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
            let fit = (ui.available_width() / (96.0 + theme::SMALL_GAP))
                .floor()
                .max(1.0) as usize;
            for pair in look.typical(tags.cluster).into_iter().take(fit) {
                pair_button(ui, look, pair, 96.0);
            }
        });
        if let Some(tag) = shown.and_then(|index| tags.tags.get(index)) {
            evidence_ui(ui, look, tag);
        }
    });
    ui.add_space(theme::SMALL_GAP);
}

fn evidence_ui(ui: &mut Ui, look: &mut Look, tag: &Tag) {
    ui.separator();
    ui.label(RichText::new(format!("Captions with “{}”", tag.text)).strong());
    for pair in &tag.evidence {
        ui.horizontal_top(|ui| {
            pair_button(ui, look, *pair, 72.0);
            ui.vertical(|ui| {
                ui.label(RichText::new(look.state.moment_of(*pair)).monospace().weak());
                ui.label(look.state.caption_of(*pair));
            });
        });
    }
}

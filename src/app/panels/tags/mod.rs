//! The Tags step: ten tags a cluster, each with what supports it.

mod card;
mod controls;
mod evidence;

use super::Look;
use super::widgets::empty_ui;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::Step;
use crate::app::theme;
use crate::project::ClusterId;
use eframe::egui::{ScrollArea, Ui};

/// The Tags panel.
pub fn tags_ui(ui: &mut Ui, look: &mut Look) {
    let clusters: Vec<(ClusterId, usize)> = match look.state.clusters() {
        Some(chosen) => {
            let shown = chosen.clusters().filter(|cluster| !chosen.is_hidden(*cluster));
            shown
                .map(|cluster| (cluster, chosen.members(cluster).count()))
                .collect()
        }
        None => {
            let what = "Ten tags for each cluster, with the captions and frames that support them";
            let next = "Choose the number of clusters first.";
            let action = Action::Run(Command::Show(Step::Clusters));
            empty_ui(ui, look, what, next, "Go to clusters", action);
            return;
        }
    };
    controls::controls_ui(ui, look);
    ui.add_space(theme::SMALL_GAP);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (cluster, size) in clusters {
            card::card_ui(ui, look, cluster, size);
        }
    });
}

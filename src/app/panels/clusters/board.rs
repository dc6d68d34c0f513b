//! The clusters: what is in each, and what can be done with it.

use super::Look;
use super::card::card_ui;
use crate::app::action::{Action, ClusterEdit};
use crate::project::{ClusterId, counted};
use eframe::egui::{RichText, Ui};

pub fn board_ui(ui: &mut Ui, look: &mut Look) {
    let Some(chosen) = look.state.clusters() else {
        return;
    };
    let outside = chosen.labels.iter().filter(|label| label.is_none()).count();
    let clusters: Vec<ClusterId> = chosen.clusters().collect();
    let hidden: Vec<ClusterId> = clusters
        .iter()
        .copied()
        .filter(|cluster| chosen.is_hidden(*cluster))
        .collect();
    if look.state.board.cards.len() != clusters.len() {
        return;
    }
    if outside > 0 {
        ui.label(RichText::new(format!("{} in no cluster", counted(outside, "pair"))).weak());
    }
    if !hidden.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Hidden:").weak());
            for cluster in hidden.iter().copied() {
                let text = format!("Show {}", look.state.cluster_name(cluster));
                if ui.button(text).clicked() {
                    look.ask(Action::EditClusters(ClusterEdit::Hide(cluster, false)));
                }
            }
        });
    }
    for cluster in clusters.iter().filter(|cluster| !hidden.contains(cluster)) {
        card_ui(ui, look, *cluster);
    }
}

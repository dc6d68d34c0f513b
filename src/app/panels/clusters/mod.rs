//! The Clusters step: choose k by eye, and work with the clusters.

mod board;
mod card;
mod figures;
mod finding;
mod plots;
mod tree;

use super::Look;
use super::chosen::chosen_ui;
use super::widgets::{empty_ui, short};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::SweepView;
use crate::app::state::Step;
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{KSweep, KSweepRow, counted};
use eframe::egui::{RichText, ScrollArea, Ui};

/// The Clusters panel.
pub fn clusters_ui(ui: &mut Ui, look: &mut Look) {
    let run = look.state.run();
    let Some(run) = run.filter(|run| run.latents.is_some()) else {
        let what = "Plots for choosing k, and the clusters themselves";
        let next = "Clusters are made of what training learned.";
        let action = Action::Run(Command::Show(Step::Training));
        empty_ui(ui, look, what, next, "Go to training", action);
        return;
    };
    finding::finding_ui(ui, look);
    let Some(sweep) = &run.sweep else {
        if !look.state.is_running(Kind::Clusters) {
            ui.label("No clusters were found yet for this training: press Find clusters.");
        }
        return;
    };
    choice_ui(ui, look, sweep);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // Room for the bar, which lies over what it scrolls.
        ui.set_max_width(ui.available_width() - theme::GAP - theme::SMALL_GAP);
        let height = (ui.clip_rect().height() * 0.34).clamp(120.0, 260.0);
        match (look.forms.clusters.view, &sweep.density) {
            (_, Some(density)) => plots::reach_ui(ui, look, density, height),
            (SweepView::Plots, None) => plots::plots_ui(ui, look, sweep, height),
            (SweepView::Tree, None) => tree::tree_ui(ui, look),
            (SweepView::Figures, None) => figures::figures_ui(ui, look, sweep),
        }
        ui.separator();
        chosen_ui(ui, look);
        board::board_ui(ui, look);
    });
}

/// The k that were tried, which of them to look at first and why, and how they are pictured.
fn choice_ui(ui: &mut Ui, look: &mut Look, sweep: &KSweep) {
    let of_sweep = look.state.board.k();
    if !sweep.rows.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.label("Choose");
            for row in &sweep.rows {
                let on = of_sweep == Some(row.k);
                let label = ui.selectable_label(on, format!("k = {}", row.k));
                if label.on_hover_ui(|ui| row_ui(ui, row)).clicked() && !on {
                    look.ask(Action::ChooseK(row.k));
                }
            }
        });
    }
    if let Some(chosen) = look.state.clusters().filter(|_| !look.state.board.of_sweep) {
        let text = if chosen.by_hand {
            format!(
                "The {} below are changed by hand; choose a k to have them as they were found",
                counted(chosen.k, "cluster")
            )
        } else {
            format!(
                "The {} below are of an earlier search, not of the one in the plots: choose a k, or find again",
                counted(chosen.k, "cluster")
            )
        };
        ui.label(RichText::new(text).color(theme::accent(ui.visuals())));
    }
    ui.horizontal_wrapped(|ui| {
        if !sweep.rows.is_empty() {
            for (view, text, about) in [
                (
                    SweepView::Plots,
                    "Plots",
                    "Elbow, distance between centroids, silhouette and populations",
                ),
                (
                    SweepView::Tree,
                    "Tree of k",
                    "How clusters split as k grows, and how stable they are",
                ),
                (SweepView::Figures, "Figures", "Every measure of every k"),
            ] {
                ui.selectable_value(&mut look.forms.clusters.view, view, text)
                    .on_hover_text(about);
            }
        }
        if let Some(suggestion) = &look.state.board.suggestion {
            let text = match suggestion.k {
                Some(k) => format!("Clear bend at k = {k}"),
                None => format!("No clear elbow: begin with k = {}", suggestion.first),
            };
            ui.label(RichText::new(text).weak())
                .on_hover_text(&suggestion.reason);
        }
    });
}

/// What was measured for one k.
fn row_ui(ui: &mut Ui, row: &KSweepRow) {
    let populations: Vec<String> = row.populations.iter().map(ToString::to_string).collect();
    ui.label(RichText::new(format!("k = {}", row.k)).strong());
    ui.label(format!(
        "within {} · cross {}",
        short(row.within),
        short(row.cross)
    ));
    ui.label(format!(
        "silhouette {:.3} · stability {:.2}",
        row.silhouette, row.stability
    ));
    ui.label(format!("populations {}", populations.join(", ")));
}

//! The Training step: what is trained and how it goes, a tab a question.

mod back;
mod compare;
mod curves;
mod head;
mod latent;
mod network;
mod runs;
mod settings;
mod words;

use super::Look;
use super::widgets::{empty_ui, warnings_ui};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::TrainingTab;
use crate::app::state::{Stage, Step};
use crate::app::theme;
use eframe::egui::{RichText, Ui};

/// The Training panel.
pub fn training_ui(ui: &mut Ui, look: &mut Look) {
    if look.state.stage(Step::Training) == Stage::Nothing {
        let what = "Loss curves, and the pictures and words the network puts back";
        let next = "Training needs at least 8 frame-caption pairs.";
        empty_ui(
            ui,
            look,
            what,
            next,
            "Make pairs",
            Action::Run(Command::Show(Step::Alignment)),
        );
        return;
    }
    head::head_ui(ui, look);
    warnings_ui(ui, &look.state.word_warnings);
    ui.add_space(theme::SMALL_GAP);
    tabs_ui(ui, look);
    ui.separator();
    match look.forms.trainings.tab {
        TrainingTab::Curves => curves::curves_ui(ui, look),
        TrainingTab::PutBack => back::back_ui(ui, look),
        TrainingTab::Network => network::network_ui(ui, look),
        TrainingTab::Settings => settings::settings_ui(ui, look),
        TrainingTab::Runs => runs::runs_ui(ui, look),
        TrainingTab::LatentSpace => latent::latent_ui(ui, look),
    }
    compare::compare_ui(ui, look);
    runs::deleting_ui(ui, look);
}

fn tabs_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        for tab in TrainingTab::ALL {
            let chosen = look.forms.trainings.tab == tab;
            if ui
                .selectable_label(chosen, RichText::new(tab.name()).size(15.0))
                .clicked()
            {
                look.forms.trainings.tab = tab;
            }
        }
    });
}

/// A tab that has nothing to show yet: what will be there, in one or two sentences.
fn later_ui(ui: &mut Ui, what: &str, next: &str) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.28).min(140.0));
        ui.label(what);
        ui.label(RichText::new(next).weak());
    });
}

//! The Alignment step: what is said when, and which caption goes with which frame.

mod correction;
mod editor;
mod find;
mod pairing;
mod pairs;
mod source;
mod table;
mod toolbar;
mod words;

use super::Look;
use super::widgets::{empty_ui, primary_button, warnings_ui};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::AlignmentTab;
use crate::app::state::{Stage, Step};
use eframe::egui::{Align, Layout, Ui};

/// The Alignment panel.
pub fn alignment_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    if project.track.cues.is_empty() && look.state.edits.undoes().is_none() {
        let what = "Frames and captions, side by side";
        let next = "Open the captions of this video, and each will find its frame.";
        let action = Action::Run(Command::OpenCaptions);
        empty_ui(ui, look, what, next, "Open captions…", action);
        return;
    }
    source::source_ui(ui, look);
    source::language_ui(ui, look);
    source::stale_ui(ui, look);
    tabs_ui(ui, look);
    match look.forms.cues.tab {
        AlignmentTab::Cues => {
            toolbar::toolbar_ui(ui, look);
            correction::correction_ui(ui, look);
            find::filter_ui(ui, look);
            find::find_ui(ui, look);
            table::table_ui(ui, look);
        }
        AlignmentTab::Pairs => {
            pairing::pairing_ui(ui, look);
            warnings_ui(ui, &look.state.pair_warnings);
            pairs::pairs_ui(ui, look);
        }
    }
}

/// Cues or pairs, undo and redo, and what comes next.
fn tabs_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let (cues, pairs) = (project.track.cues.len(), project.pairs.len());
    ui.horizontal(|ui| {
        let hint = look.settings.keys.hint(ui.ctx(), Command::SwitchTable);
        let tabs = [
            (AlignmentTab::Cues, format!("Cues ({cues})")),
            (AlignmentTab::Pairs, format!("Pairs ({pairs})")),
        ];
        for (tab, text) in tabs {
            let on = look.forms.cues.tab == tab;
            let label = ui.selectable_label(on, text).on_hover_text(&hint);
            if label.clicked() && !on {
                look.actions.push(Action::Run(Command::SwitchTable));
            }
        }
        ui.separator();
        toolbar::undo_ui(ui, look);
        if look.state.stage(Step::Training) == Stage::Ready {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if primary_button(ui, "Next: train").clicked() {
                    look.actions.push(Action::Run(Command::Show(Step::Training)));
                }
            });
        }
    });
    ui.separator();
}

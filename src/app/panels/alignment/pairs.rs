//! The pairs: each sampled frame with its caption, by the rule or by hand.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::panels::widgets::{command_button, frame_button};
use crate::app::state::PairMarks;
use crate::app::theme;
use crate::project::{CueOrigin, PairFate, PairIndex, edits};
use eframe::egui::{Align, Label, Layout, RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

/// The pairs, and what can be decided about them by hand.
pub fn pairs_ui(ui: &mut Ui, look: &mut Look) {
    head_ui(ui, look);
    hand_ui(ui, look);
    table_ui(ui, look);
}

fn head_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let rows = &look.state.pair_rows;
    let [empty, shared, overlapping] = [
        rows.count(|marks| marks.empty),
        rows.count(|marks| marks.shared),
        rows.count(|marks| marks.overlapping),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{} pairs", project.pairs.len())).strong());
        let text =
            format!("{empty} without caption, {shared} that share a frame, {overlapping} that overlap");
        ui.label(RichText::new(text).weak());
        let mut flagged = look.forms.flagged_only;
        if ui.checkbox(&mut flagged, "only these").changed() {
            look.actions.push(Action::ShowFlagged(flagged));
        }
    });
}

/// What was and can be decided by hand about the pair that is looked at.
fn hand_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        for command in [Command::PairHere, Command::DropPair, Command::PairByRule] {
            command_button(ui, look, command);
        }
        let dropped = project
            .manifest
            .choices
            .iter()
            .filter(|choice| choice.fate == PairFate::Dropped);
        let dropped: Vec<_> = dropped.map(|choice| choice.key).collect();
        if dropped.is_empty() {
            return;
        }
        ui.menu_button(format!("{} dropped by hand", dropped.len()), |ui| {
            for key in dropped {
                let text = match key.cue().and_then(|id| project.track.cue(id)) {
                    Some(cue) => format!("{} {}", cue.start, cue.text.replace('\n', " ")),
                    None => format!("{key:?}"),
                };
                if ui.button(text).on_hover_text("Bring this pair back").clicked() {
                    let edit = edits::choose_pair(project, key, None);
                    look.actions.extend(edit.map(Action::Edit));
                }
            }
        });
    });
}

fn table_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let rows = &look.state.pair_rows;
    let selected = look.state.pair_row;
    let scroll = std::mem::take(&mut look.forms.scroll_to_selected);
    let place = selected.and_then(|pair| rows.shown.binary_search(&pair.index()).ok());
    let mut table = TableBuilder::new(ui)
        .id_salt("pairs")
        .striped(true)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(44.0))
        .column(Column::exact(88.0))
        .column(Column::exact(70.0))
        .column(Column::exact(110.0))
        .column(Column::exact(96.0))
        .column(Column::remainder().clip(true));
    if let Some(place) = place.filter(|_| scroll) {
        table = table.scroll_to_row(place, None);
    }
    let table = table.header(22.0, |mut row| {
        for text in ["pair", "frame", "at", "caption from–to", "marks", "caption"] {
            row.col(|ui| {
                ui.label(RichText::new(text).weak());
            });
        }
    });
    table.body(|body| {
        body.rows(52.0, rows.shown.len(), |mut row| {
            let Some(index) = rows.shown.get(row.index()).copied() else {
                return;
            };
            let Some(pair) = project.pairs.get(index) else {
                return;
            };
            let marks = rows.marks.get(index).copied().unwrap_or_default();
            let cue = pair.cue.and_then(|id| project.track.cue(id));
            let chosen = pair.cue.is_some_and(|cue| look.state.cues.chosen.contains(&cue));
            row.set_selected(chosen || selected == Some(PairIndex::from(index)));
            row.col(|ui| {
                ui.label((index + 1).to_string());
            });
            row.col(|ui| {
                let label = format!("Frame {}", pair.frame.0 + 1);
                if frame_button(ui, look, pair.frame, 78.0, &label, None).clicked() {
                    look.ask(Action::SelectRow(PairIndex::from(index)));
                }
            });
            row.col(|ui| {
                ui.label(RichText::new(pair.time.to_string()).monospace());
            });
            row.col(|ui| {
                if let Some(cue) = cue {
                    let times = format!("{}–{}", cue.start, cue.end);
                    let times = RichText::new(times).monospace().size(11.5);
                    let estimated = cue.origin == CueOrigin::Estimated;
                    ui.label(if estimated { times.italics().weak() } else { times });
                }
            });
            row.col(|ui| marks_ui(ui, marks));
            row.col(|ui| {
                match cue {
                    Some(cue) => ui.add(Label::new(cue.text.replace('\n', " ")).wrap().selectable(false)),
                    None => ui.label(RichText::new("no caption").italics().weak()),
                };
            });
            let response = row.response();
            if response.clicked() || response.secondary_clicked() {
                look.ask(Action::SelectRow(PairIndex::from(index)));
            }
            response.context_menu(|ui| {
                for command in [Command::PairHere, Command::DropPair, Command::PairByRule] {
                    let key = look.settings.keys.text(ui.ctx(), command);
                    let button = eframe::egui::Button::new(command.text()).shortcut_text(key);
                    if ui.add(button).on_hover_text(command.tooltip()).clicked() {
                        look.ask(Action::Run(command));
                        ui.close();
                    }
                }
            });
        });
    });
    ui.add_space(theme::SMALL_GAP);
}

fn marks_ui(ui: &mut Ui, marks: PairMarks) {
    let words = marks.words();
    if words.is_empty() {
        return;
    }
    let shape = if marks.is_flagged() { "⚠" } else { "✔" };
    let colour = if marks.is_flagged() {
        ui.visuals().warn_fg_color
    } else {
        ui.visuals().weak_text_color()
    };
    let text = RichText::new(format!("{shape} {words}")).color(colour).size(11.5);
    ui.add(Label::new(text).wrap().selectable(false));
}

//! The Compare step: the clusters of two videos of one event side by side, and the library of projects.

mod cell;
mod heat_map;
mod library;
mod matrix;
mod other;

use super::Look;
use super::widgets::{empty_ui, notes_ui, primary_button};
use crate::analysis::comparing::Spread;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::TellingTab;
use crate::app::state::Step;
use crate::app::theme;
use crate::app::work::Kind;
use crate::pretrained::Job;
use eframe::egui::{Button, ComboBox, Key, Label, RichText, ScrollArea, TextEdit, Ui};

/// The Compare panel.
pub fn telling_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        let tab = &mut look.forms.telling.tab;
        ui.selectable_value(tab, TellingTab::Two, "Two videos");
        ui.selectable_value(tab, TellingTab::Library, "Library");
    });
    ui.add_space(theme::SMALL_GAP);
    match look.forms.telling.tab {
        TellingTab::Two => two_ui(ui, look),
        TellingTab::Library => library::library_ui(ui, look),
    }
}

fn two_ui(ui: &mut Ui, look: &mut Look) {
    if look.state.run().is_none_or(|run| run.tags.is_empty()) {
        let what = "How alike the clusters of two videos of one event are, by the meaning of their tags";
        let action = Action::Run(Command::Show(Step::Clusters));
        empty_ui(
            ui,
            look,
            what,
            "This video needs clusters first.",
            "Go to clusters",
            action,
        );
        return;
    }
    other::choice_ui(ui, look);
    let Some(other) = &look.state.telling.other else {
        ui.add_space(theme::LARGE_GAP);
        ui.label(RichText::new("Choose the project of another video of the same event: its clusters are put beside these, and a heat map shows which are alike.").weak());
        return;
    };
    let names = [name_of(look), other.project.manifest.name.clone()];
    ruler_ui(ui, look);
    let Some(compared) = look.state.telling.compared.clone() else {
        if look.state.is_running(Kind::Compare) || look.state.is_running(Kind::Other) {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label("Comparing…");
            });
        } else {
            ui.label(RichText::new("Not compared yet: the reason is in the strip below.").weak());
        }
        return;
    };
    notes_ui(ui, &compared.notes);
    ui.separator();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // The bar at the right lies over what is below it.
        ui.set_max_width(ui.available_width() - theme::LARGE_GAP);
        heat_map::heat_map_ui(ui, look, &compared, &names);
        heat_map::summary_ui(ui, look, &compared, &names);
        ui.separator();
        cell::cell_ui(ui, look, &compared, &names);
    });
}

fn name_of(look: &Look) -> String {
    look.state
        .project
        .as_ref()
        .map(|project| project.manifest.name.clone())
        .unwrap_or_default()
}

/// What tells how alike phrases are, and what the intervals are over.
fn ruler_ui(ui: &mut Ui, look: &mut Look) {
    let busy = look.state.is_running(Kind::Compare);
    let model = look
        .state
        .models
        .chosen(Job::Phrases)
        .map(|model| model.name.clone());
    let before = look.forms.telling.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label("by");
        let form = &mut look.forms.telling;
        match &model {
            Some(name) => {
                let shown = if form.words {
                    "words in common"
                } else {
                    name.as_str()
                };
                ComboBox::from_id_salt("ruler")
                    .selected_text(shown)
                    .show_ui(ui, |ui| {
                        ui.selectable_value(&mut form.words, false, name);
                        ui.selectable_value(&mut form.words, true, "words in common");
                    });
            }
            None => {
                ui.label("words in common");
                if ui
                    .button("Get a model of phrases…")
                    .on_hover_text("To compare by meaning, and across languages")
                    .clicked()
                {
                    look.forms.models = Some(Job::Phrases);
                }
            }
        }
        let form = &mut look.forms.telling;
        ui.label("Intervals over");
        ui.selectable_value(&mut form.spread, Spread::Tags, "redrawn tags")
            .on_hover_text(
                "Intervals over tags that are drawn again from those there are: what hangs on single tags",
            );
        ui.selectable_value(&mut form.spread, Spread::K, "other k")
            .on_hover_text("Intervals over other numbers of clusters, with their keywords");
        let stale = is_stale(look);
        let again = if stale {
            primary_button(ui, "Compare again")
        } else {
            ui.add_enabled(!busy, Button::new("Compare again"))
        };
        if again.clicked() && !busy {
            look.ask(Action::CompareTellings);
        }
        if stale {
            ui.label(RichText::new("tags have changed since").color(ui.visuals().warn_fg_color));
        }
        let there = look.state.telling.compared.is_some();
        if ui.add_enabled(there, Button::new("Export CSV…")).clicked() {
            look.ask(Action::PickComparisonExport);
        }
    });
    if (look.forms.telling.words, look.forms.telling.spread) != (before.words, before.spread) {
        look.ask(Action::CompareTellings);
    }
}

/// Whether tags or names of this project are others than those that were compared.
fn is_stale(look: &Look) -> bool {
    let (Some(compared), Some(run)) = (&look.state.telling.compared, look.state.run()) else {
        return false;
    };
    compared.comparison.rows.iter().any(|theme| {
        let tags = run.tags_of(theme.cluster).map_or(&[][..], |tags| &tags.tags);
        let texts = tags.iter().map(|tag| &tag.text);
        let same = texts
            .filter(|text| !compared.untranslated.contains(*text))
            .eq(&theme.tags);
        !same || look.state.cluster_name(theme.cluster) != theme.name
    })
}

/// A field for the path of a project.
fn path_ui(ui: &mut Ui, look: &mut Look) {
    let field = TextEdit::singleline(&mut look.forms.other_path)
        .desired_width(200.0)
        .hint_text("/path/to/other.frameloom");
    let field = ui.add(field);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let path = look.forms.other_path.trim().to_owned();
    if entered && !path.is_empty() {
        look.forms.other_path.clear();
        look.ask(Action::CompareWith(path.into()));
    }
}

/// Text that breaks where the line ends.
fn weak(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).weak()).wrap());
}

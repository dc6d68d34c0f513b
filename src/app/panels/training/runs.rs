//! All trainings on the pairs there are now: their curves one over another, another one in use, or gone.

use super::super::Look;
use super::super::widgets::{primary_button, short};
use super::later_ui;
use super::network::millions;
use crate::app::action::Action;
use crate::app::forms::CompareForm;
use crate::app::state::{RunColumn, RunOrder};
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::RunSummary;
use crate::training::TrainingConfig;
use eframe::egui::{self, Align, Button, Label, Layout, RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder, TableRow};
use serde::Deserialize;

/// The tab.
pub fn runs_ui(ui: &mut Ui, look: &mut Look) {
    let running = look.state.is_running(Kind::Train);
    ui.horizontal_wrapped(|ui| {
        let compare = ui.add_enabled(!running, Button::new("Compare presets…"));
        let compare = compare
            .on_hover_text("Train several presets one after another")
            .on_disabled_hover_text("A training is under way");
        if compare.clicked() {
            look.forms.trainings.comparing = Some(CompareForm::default());
        }
        if let Some(comparison) = &look.state.comparison {
            ui.label(format!(
                "Comparing {}. Stop and keep ends the comparison",
                comparison.text()
            ));
        } else {
            ui.label(RichText::new("Check trainings to draw their curves one over another").weak());
        }
    });
    if look.state.runs.all.is_empty() {
        later_ui(
            ui,
            "Every training on these pairs will be listed here, with its losses and the words it tells right",
            "Press Train, or compare presets.",
        );
        return;
    }
    ui.add_space(theme::SMALL_GAP);
    ScrollArea::horizontal()
        .auto_shrink(false)
        .show(ui, |ui| table_ui(ui, look, running));
}

const fn width(column: RunColumn) -> f32 {
    match column {
        RunColumn::Name => 190.0,
        RunColumn::Epochs => 72.0,
        _ => 60.0,
    }
}

fn table_ui(ui: &mut Ui, look: &mut Look, running: bool) {
    let state = look.state;
    let mut table = TableBuilder::new(ui)
        .striped(true)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(46.0));
    for column in RunColumn::ALL {
        table = table.column(Column::initial(width(column)).at_least(50.0).clip(true));
        if column == RunColumn::Name {
            table = table.column(Column::exact(138.0));
        }
    }
    let table = table.header(24.0, |mut row| {
        row.col(|_| {});
        for column in RunColumn::ALL {
            row.col(|ui| head_ui(ui, look, column));
            if column == RunColumn::Name {
                row.col(|_| {});
            }
        }
    });
    table.body(|body| {
        body.rows(40.0, state.runs.rows.len(), |mut row| {
            let place = state.runs.rows.get(row.index()).copied();
            if let Some((place, run)) = place.and_then(|place| Some((place, state.runs.all.get(place)?))) {
                row_ui(&mut row, look, run, place, running);
            }
        });
    });
}

/// The head of a column; pressed, it sorts by it, and pressed again the other way round.
fn head_ui(ui: &mut Ui, look: &mut Look, column: RunColumn) {
    let order = look.forms.trainings.order;
    let sorted = order.by == column;
    let arrow = match (sorted, order.descending) {
        (false, _) => "",
        (true, false) => " ↑",
        (true, true) => " ↓",
    };
    let text = RichText::new(format!("{}{arrow}", column.title())).strong();
    let head = ui.add(Button::new(text).frame(false));
    if head
        .on_hover_text(format!("{}. Press to sort", column.about()))
        .clicked()
    {
        look.forms.trainings.order = RunOrder {
            by: column,
            descending: sorted && !order.descending,
        };
    }
}

fn row_ui(row: &mut TableRow, look: &mut Look, run: &RunSummary, place: usize, running: bool) {
    let state = look.state;
    let used = state.run();
    let in_use = used.is_some_and(|used| used.name == run.name);
    let trained_now = running && state.training.run == run.name;
    row.set_selected(in_use);
    row.col(|ui| {
        let overlaid = &mut look.forms.trainings.overlaid;
        let mut checked = overlaid.contains(&run.name);
        let label = RichText::new("■").color(theme::palette(place));
        let check = ui.checkbox(&mut checked, label).on_hover_text("Draw its curves");
        check.widget_info(|| {
            let label = format!("Draw the curves of {}", run.name);
            egui::WidgetInfo::selected(egui::Role::CheckBox, true, checked, label)
        });
        if check.changed() {
            if checked {
                overlaid.insert(run.name.clone());
            } else {
                overlaid.remove(&run.name);
            }
        }
    });
    for column in RunColumn::ALL {
        row.col(|ui| match column {
            RunColumn::Name => name_ui(ui, run, state.runs.made.get(place), in_use),
            _ => cell_ui(ui, run, column),
        });
        if column == RunColumn::Name {
            row.col(|ui| {
                if in_use {
                    ui.label(RichText::new("in use").strong());
                } else if trained_now {
                    ui.label(RichText::new("being trained").weak());
                } else {
                    actions_ui(ui, look, run, running);
                }
            });
        }
    }
}

fn actions_ui(ui: &mut Ui, look: &mut Look, run: &RunSummary, running: bool) {
    let trained = !run.losses.is_empty();
    let usable = ui.add_enabled(!running && trained, Button::new("Use"));
    let usable = usable
        .on_hover_text(format!("Look at the results of {}", run.name))
        .on_disabled_hover_text(if trained {
            "A training is under way"
        } else {
            "It was cut short before its first epoch was over"
        });
    if usable.clicked() {
        look.ask(Action::UseRun(run.name.clone()));
    }
    if ui
        .button("Delete…")
        .on_hover_text(format!("Delete {} from disk", run.name))
        .clicked()
    {
        look.forms.trainings.deleting = Some(run.name.clone());
    }
}

/// Name, and what it was made from.
fn name_ui(ui: &mut Ui, run: &RunSummary, made: Option<&String>, strong: bool) {
    let name = RichText::new(&run.name);
    let made = made.map_or("", String::as_str);
    ui.vertical(|ui| {
        ui.label(if strong { name.strong() } else { name });
        ui.add(
            Label::new(RichText::new(made).small().weak())
                .truncate()
                .show_tooltip_when_elided(false),
        );
    })
    .response
    .on_hover_ui(|ui| settings_ui(ui, run, made));
}

fn cell_ui(ui: &mut Ui, run: &RunSummary, column: RunColumn) {
    let text = match (column, column.number(run)) {
        (RunColumn::Epochs, Some(done)) => {
            let asked = run
                .config
                .training
                .get("epochs")
                .and_then(serde_json::Value::as_u64);
            match asked.filter(|asked| *asked as f64 != done) {
                Some(asked) => format!("{done:.0} of {asked}"),
                None => format!("{done:.0}"),
            }
        }
        (RunColumn::Right | RunColumn::FreeRight, Some(share)) => format!("{share:.1} %"),
        (RunColumn::Seconds, Some(seconds)) => format!("{seconds:.1}"),
        (RunColumn::Parameters, Some(weights)) => millions(weights as u64),
        (_, Some(number)) => short(number),
        (_, None) => column.text(run).to_owned(),
    };
    ui.label(if text.is_empty() { "–".to_owned() } else { text });
}

/// What makes a training another one than its preset.
fn settings_ui(ui: &mut Ui, run: &RunSummary, made: &str) {
    ui.label(RichText::new(&run.name).strong());
    ui.label(format!("{made}, on {}", run.config.device));
    let config = TrainingConfig::deserialize(&run.config.training).ok();
    if let Some(config) = config {
        ui.label(format!(
            "{}: λ {}, β {}, learning rate {}, batches of {}, seed {}",
            config.preset,
            config.objectives.lambda,
            config.objectives.beta,
            config.learning_rate,
            config.batch_size,
            config.seed
        ));
    }
    for note in &run.config.notes {
        ui.label(RichText::new(note).weak());
    }
}

/// The question before a training is deleted.
pub fn deleting_ui(ui: &Ui, look: &mut Look) {
    let Some(name) = look.forms.trainings.deleting.clone() else {
        return;
    };
    let modal = egui::Modal::new(egui::Id::unique("deleting")).show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        ui.heading(format!("Delete {name}?"));
        ui.label("Its network, losses, clusters and tags are removed from disk. This cannot be undone.");
        ui.add_space(theme::GAP);
        let mut answered = false;
        ui.horizontal(|ui| {
            if primary_button(ui, "Delete").clicked() {
                look.actions.push(Action::DeleteRun(name));
                answered = true;
            }
            answered |= ui.button("Keep").clicked();
        });
        answered
    });
    if modal.inner || modal.should_close() {
        look.forms.trainings.deleting = None;
    }
}

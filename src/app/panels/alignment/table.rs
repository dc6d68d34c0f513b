//! The table of cues: only the rows in view are drawn, however many there are.

use super::Look;
use super::editor::editor_ui;
use super::words::words_ui;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::Pick;
use crate::app::theme;
use crate::project::edits::{self, Group};
use crate::project::{Cue, CueId, CueOrigin, ReadingSpeed, Seconds};
use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align, Color32, DragValue, FontId, Label, Layout, Response, RichText, Sense, TextFormat, Ui,
};
use egui_extras::{Column, TableBuilder, TableRow};

/// Height of a row: two lines of text.
const ROW: f32 = 40.0;

/// Least and greatest height of the active row, with a field to type in and the words under it.
const ACTIVE: std::ops::RangeInclusive<f32> = 76.0..=320.0;

/// The table.
pub fn table_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let (track, cues) = (&project.track, &look.state.cues);
    let rows = cues.len(track);
    if rows == 0 {
        ui.label(RichText::new("No cue is as the filter wants it").weak());
        return;
    }
    let active = cues.active.and_then(|id| cues.row(track, id));
    let scroll = std::mem::take(&mut look.forms.cues.scroll);
    let reveal = std::mem::take(&mut look.forms.cues.reveal);
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut table = TableBuilder::new(ui)
        .id_salt("cues")
        .striped(true)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(44.0))
        .column(Column::exact(76.0))
        .column(Column::exact(76.0))
        .column(Column::exact(46.0))
        .column(Column::exact(46.0))
        .column(Column::exact(78.0))
        .column(Column::remainder().clip(true));
    if let Some(row) = active.filter(|_| scroll || reveal) {
        table = table.scroll_to_row(row, scroll.then_some(Align::Center));
    }
    let table = table.header(20.0, |mut header| {
        let columns = [
            ("cue", "Number of the cue"),
            ("start", "When it is spoken"),
            ("end", "When it is over"),
            ("length", "How long it lasts, in seconds"),
            ("c/s", "Characters a second that have to be read"),
            ("marks", "Where its times come from, and what is remarkable"),
            ("text", "What is said"),
        ];
        for (text, about) in columns {
            header.col(|ui| {
                ui.label(RichText::new(text).weak()).on_hover_text(about);
            });
        }
    });
    let tall = look
        .forms
        .cues
        .active_height
        .clamp(*ACTIVE.start(), *ACTIVE.end());
    let heights = (0..rows).map(|row| if Some(row) == active { tall } else { ROW });
    table.body(|body| {
        body.heterogeneous_rows(heights, |mut row| {
            let index = row.index();
            let id = look.state.cues.at(track, index);
            if let Some(place) = id.and_then(|id| track.place(id))
                && let Some(cue) = track.cues.get(place)
            {
                row_ui(&mut row, look, cue, place, Some(index) == active);
            }
        });
    });
}

fn row_ui(row: &mut TableRow, look: &mut Look, cue: &Cue, place: usize, active: bool) {
    row.set_selected(look.state.cues.chosen.contains(&cue.id));
    row.col(|ui| {
        ui.label(RichText::new((place + 1).to_string()).weak());
    });
    for edge in [Edge::Start, Edge::End] {
        row.col(|ui| {
            if active {
                time_field(ui, look, cue, edge);
            } else {
                ui.label(RichText::new(edge.of(cue).precise()).monospace().size(12.0));
            }
        });
    }
    row.col(|ui| {
        let length = (cue.end - cue.start).0;
        ui.label(RichText::new(format!("{length:.2}")).monospace().size(12.0));
    });
    row.col(|ui| speed_ui(ui, look, cue));
    row.col(|ui| marks_ui(ui, look, cue));
    row.col(|ui| text_ui(ui, look, cue, active));
    respond(&row.response(), look, cue.id);
}

/// Which of the two times of a cue.
#[derive(Clone, Copy, PartialEq)]
enum Edge {
    Start,
    End,
}

impl Edge {
    fn of(self, cue: &Cue) -> Seconds {
        match self {
            Self::Start => cue.start,
            Self::End => cue.end,
        }
    }
}

/// A time that can be typed or dragged: all of one drag is one step.
fn time_field(ui: &mut Ui, look: &mut Look, cue: &Cue, edge: Edge) {
    let mut time = edge.of(cue).0;
    let field = DragValue::new(&mut time)
        .speed(0.01)
        .range(0.0..=360_000.0)
        .update_while_editing(false)
        .custom_formatter(|time, _| Seconds(time).precise())
        .custom_parser(|text| Seconds::parse(text).map(|time| time.0));
    let hint = match edge {
        Edge::Start => look.settings.keys.hint(ui.ctx(), Command::SetStart),
        Edge::End => look.settings.keys.hint(ui.ctx(), Command::SetEnd),
    };
    let response = ui.add(field).on_hover_text(format!("Drag or type. Key: {hint}"));
    if response.drag_started() {
        look.forms.cues.drag += 1;
    }
    let Some(project) = &look.state.project else {
        return;
    };
    if response.changed() {
        let edit = match edge {
            Edge::Start => edits::set_start(&project.track, cue.id, Seconds(time)),
            Edge::End => edits::set_end(&project.track, cue.id, Seconds(time)),
        };
        let group = Group::Drag(look.forms.cues.drag);
        look.actions
            .extend(edit.map(|edit| Action::Edit(edit.in_group(group))));
    }
    if response.drag_stopped() || response.lost_focus() {
        look.actions.push(Action::Seal);
    }
}

/// Characters a second; a word and a colour where they are too many.
fn speed_ui(ui: &mut Ui, look: &Look, cue: &Cue) {
    let speed = ReadingSpeed::of(cue);
    let text = speed
        .rate
        .map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1}"));
    let text = RichText::new(text).monospace().size(12.0);
    if speed.is_beyond(&look.settings.reading) {
        stacked(ui, 2, |ui| {
            let wrong = theme::wrong(ui.visuals());
            ui.label(text.color(wrong));
            ui.label(RichText::new("fast").color(wrong).size(11.0));
        });
    } else {
        ui.label(text);
    }
}

/// Each mark a shape and a word.
fn marks_ui(ui: &mut Ui, look: &Look, cue: &Cue) {
    let doubt = look.state.cues.doubts.get(&cue.id);
    let visuals = ui.visuals();
    let (accent, weak, warn) = (
        theme::accent(visuals),
        visuals.weak_text_color(),
        visuals.warn_fg_color,
    );
    let origin = match cue.origin {
        CueOrigin::Imported => None,
        CueOrigin::Estimated => Some(("◌ estimated", weak, "Its times were spread over the video")),
        CueOrigin::Edited => Some(("✔ edited", weak, "Its times were set or confirmed by you")),
    };
    let anchor = cue
        .locked
        .then_some(("⚓ anchor", accent, "Its times are right and stay"));
    let doubt = doubt.map(|why| ("⚠ doubtful", warn, why.as_str()));
    let marks: Vec<_> = [anchor, doubt, origin].into_iter().flatten().take(2).collect();
    stacked(ui, marks.len(), |ui| {
        for (text, colour, about) in marks {
            ui.add(Label::new(RichText::new(text).color(colour).size(11.5)).selectable(false))
                .on_hover_text(about);
        }
    });
}

/// So many small lines above each other, in the middle of the row.
fn stacked(ui: &mut Ui, lines: usize, add: impl FnOnce(&mut Ui)) {
    let above = (ui.available_height() - lines as f32 * 15.0) / 2.0;
    ui.vertical(|ui| {
        ui.add_space(above.max(0.0));
        ui.spacing_mut().item_spacing.y = 0.0;
        add(ui);
    });
}

fn text_ui(ui: &mut Ui, look: &mut Look, cue: &Cue, active: bool) {
    let editing = look.forms.cues.editing.as_ref();
    if active {
        let is_typed = editing.is_some_and(|editing| editing.cue == cue.id);
        let drawn = ui.vertical(|ui| {
            if is_typed {
                editor_ui(ui, look);
            } else {
                ui.add(text_label(ui, cue, usize::MAX));
            }
            words_ui(ui, look);
        });
        let height = drawn.response.rect.height() + 8.0;
        if (height - look.forms.cues.active_height).abs() > 0.5 {
            look.forms.cues.active_height = height;
            look.forms.cues.reveal = true;
            ui.ctx().request_repaint();
        }
        return;
    }
    ui.add(text_label(ui, cue, 2));
}

/// The text of a cue in so many lines at most.
fn text_label(ui: &Ui, cue: &Cue, lines: usize) -> Label {
    let colour = ui.visuals().text_color();
    let text = if cue.text.is_empty() {
        "(no text)"
    } else {
        cue.text.as_str()
    };
    Label::new(lines_of(text, lines, colour)).wrap().selectable(false)
}

/// A text in so many lines at most, with … where there is more.
fn lines_of(text: &str, lines: usize, colour: Color32) -> LayoutJob {
    let format = TextFormat::simple(FontId::proportional(14.0), colour);
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping {
        max_rows: lines,
        ..TextWrapping::default()
    };
    job
}

/// Choosing, typing, and the menu of a row.
fn respond(response: &Response, look: &mut Look, cue: CueId) {
    let modifiers = response.ctx.input(|input| input.modifiers);
    let how = if modifiers.shift {
        Pick::Range
    } else if modifiers.command {
        Pick::Toggle
    } else {
        Pick::Only
    };
    if response.double_clicked() && how == Pick::Only {
        look.ask(Action::BeginTyping(cue));
    } else if response.clicked() {
        look.ask(Action::PickCue(cue, how));
    }
    if response.secondary_clicked() && !look.state.cues.chosen.contains(&cue) {
        look.ask(Action::PickCue(cue, Pick::Only));
    }
    response.context_menu(|ui| {
        for command in [
            Command::EditText,
            Command::SetStart,
            Command::SetEnd,
            Command::StartAndShiftRest,
            Command::ShiftBy,
            Command::Split,
            Command::Merge,
            Command::Insert,
            Command::Delete,
            Command::ToggleAnchor,
            Command::Confirm,
        ] {
            let key = look.settings.keys.text(ui.ctx(), command);
            let button = eframe::egui::Button::new(command.text()).shortcut_text(key);
            if ui.add(button).on_hover_text(command.tooltip()).clicked() {
                look.ask(Action::Run(command));
                ui.close();
            }
        }
    });
}

//! The command palette.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use eframe::egui::{Align, Context, Id, Key, Layout, Modal, RichText, ScrollArea, TextEdit, Ui};

/// The palette: a few letters find a command.
pub fn palette_ui(context: &Context, look: &mut Look) {
    let Some(mut palette) = look.forms.palette.take() else {
        return;
    };
    let mut chosen = None;
    let modal = Modal::new(Id::unique("palette")).show(context, |ui| {
        ui.set_width(460.0);
        let before = palette.query.clone();
        let field = TextEdit::singleline(&mut palette.query).hint_text("What do you want to do?");
        let field = ui
            .add(field.desired_width(f32::INFINITY))
            .on_hover_text("Search commands");
        field.request_focus();
        if palette.query != before {
            palette.marked = 0;
        }
        let matches: Vec<Command> = Command::ALL
            .into_iter()
            .filter(|command| fits(command.text(), &palette.query))
            .collect();
        let last = matches.len().saturating_sub(1);
        ui.input(|input| {
            if input.key_pressed(Key::ArrowDown) {
                palette.marked = (palette.marked + 1).min(last);
            }
            if input.key_pressed(Key::ArrowUp) {
                palette.marked = palette.marked.saturating_sub(1);
            }
            if input.key_pressed(Key::Enter) {
                chosen = matches.get(palette.marked).copied();
            }
        });
        if matches.is_empty() {
            ui.label(RichText::new("No command has these letters").weak());
        }
        ScrollArea::vertical()
            .max_height(ui.ctx().content_rect().height() - 180.0)
            .show(ui, |ui| {
                for (row, command) in matches.iter().enumerate() {
                    if row_ui(ui, look, *command, row == palette.marked) {
                        chosen = Some(*command);
                    }
                }
            });
    });
    match chosen {
        Some(command) => look.ask(Action::Run(command)),
        None if modal.should_close() => {}
        None => look.forms.palette = Some(palette),
    }
}

fn row_ui(ui: &mut Ui, look: &Look, command: Command, marked: bool) -> bool {
    let mut clicked = false;
    ui.horizontal(|ui| {
        let response = ui
            .selectable_label(marked, command.text())
            .on_hover_text(command.tooltip());
        clicked = response.clicked();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let key = look.settings.keys.text(ui.ctx(), command);
            ui.label(RichText::new(key).weak().small());
        });
    });
    clicked
}

/// Whether all letters of the query occur in the text in this order.
pub fn fits(text: &str, query: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    query
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .all(|wanted| letters.any(|c| c == wanted))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn letters_find_commands_in_order() {
        assert!(fits("Open captions…", "opcap"));
        assert!(fits("Open captions…", "CAP"));
        assert!(!fits("Open captions…", "pac x"));
        assert!(fits("Save", ""));
    }
}

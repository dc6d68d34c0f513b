//! Typing in the text of a cue, with input methods.

use super::Look;
use crate::app::action::Action;
use crate::app::forms::Editing;
use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{Event, Id, ImeEvent, Key, KeyboardShortcut, Modifiers, TextEdit, Ui};

/// The field of the text under the hands. What is typed goes into the cue at once, and is one step until it is left; what
/// an input method only proposes waits until it is meant.
pub fn editor_ui(ui: &mut Ui, look: &mut Look) {
    let Some(mut editing) = look.forms.cues.editing.take() else {
        return;
    };
    let id = Id::unique(("cue text", editing.cue.0));
    let was_composing = editing.composing;
    follow_input_method(ui, &mut editing);
    let held = ui.memory(|memory| memory.has_focus(id));
    // Enter that ends what an input method proposed is not meant for us.
    let free = held && !editing.composing && !was_composing;
    let entered = free
        && ui.input_mut(|input| {
            input.consume_key(Modifiers::COMMAND, Key::Enter)
                || !input.modifiers.shift && input.consume_key(Modifiers::NONE, Key::Enter)
        });
    let field = TextEdit::multiline(&mut editing.text)
        .id(id)
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
    let output = field.show(ui);
    let response = output.response.response.clone();
    if std::mem::take(&mut editing.focus) {
        response.request_focus();
        let end = CCursor::new(editing.text.chars().count());
        let mut state = output.state;
        state.cursor.set_char_range(Some(CCursorRange::one(end)));
        state.store(ui.ctx(), id);
        editing.caret = Some(editing.text.chars().count());
    } else if let Some(range) = output.cursor_range {
        editing.caret = Some(range.primary.index.0);
    }
    if !editing.composing && (response.changed() || was_composing) {
        look.ask(Action::Type(editing.cue, editing.text.clone()));
    }
    let escaped = ui.input(|input| input.key_pressed(Key::Escape));
    if entered {
        look.ask(Action::TypeNext);
    } else if response.lost_focus() {
        look.ask(Action::EndTyping { keep: !escaped });
    }
    look.forms.cues.editing = Some(editing);
}

/// Whether an input method is proposing something.
fn follow_input_method(ui: &Ui, editing: &mut Editing) {
    ui.input(|input| {
        for event in &input.events {
            match event {
                Event::Ime(ImeEvent::Preedit { text, .. }) => editing.composing = !text.is_empty(),
                Event::Ime(ImeEvent::Commit(_)) => editing.composing = false,
                _ => {}
            }
        }
    });
}

//! Every command with its key, to be searched and changed.

use super::Look;
use super::palette::fits;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::KeysForm;
use crate::app::theme;
use eframe::egui::{
    Align, Button, Context, Event, Id, Key, KeyboardShortcut, Layout, Modal, Modifiers, RichText, ScrollArea,
    TextEdit, Ui,
};

/// The list of keys.
pub fn keys_ui(context: &Context, look: &mut Look) {
    let Some(mut form) = look.forms.keys.take() else {
        return;
    };
    listen(context, look, &mut form);
    let waiting = form.waiting.is_some();
    let modal = Modal::new(Id::unique("keys")).show(context, |ui| {
        ui.set_width(540.0);
        ui.heading("Keys");
        ui.label(RichText::new("Press a key to change it, then the new one.").weak());
        let field = TextEdit::singleline(&mut form.query).hint_text("Search by name or key");
        let field = ui
            .add(field.desired_width(f32::INFINITY))
            .on_hover_text("Search keys");
        if !std::mem::replace(&mut form.open, true) {
            field.request_focus();
        }
        told_ui(ui, look, &mut form);
        ScrollArea::vertical()
            .max_height(ui.ctx().content_rect().height() - 260.0)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                for command in Command::ALL {
                    let key = look.settings.keys.text(ui.ctx(), command);
                    let typed = form.query.trim().to_lowercase();
                    if fits(command.text(), &form.query) || key.to_lowercase().contains(&typed) {
                        row_ui(ui, look, &mut form, command, &key);
                    }
                }
            });
        ui.button("Close").clicked()
    });
    let closes = modal.inner || modal.should_close() && !waiting;
    if !closes {
        look.forms.keys = Some(form);
    }
}

/// A key that belongs to another command.
fn told_ui(ui: &mut Ui, look: &mut Look, form: &mut KeysForm) {
    let Some((command, key)) = form.taken else { return };
    let Some(owner) = look.settings.keys.owner(key) else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let written = ui.ctx().format_shortcut(&key);
        ui.label(RichText::new("⚠").color(ui.visuals().warn_fg_color));
        ui.label(format!("{written} belongs to “{}”", owner.text()));
        if ui.button(format!("Give it to “{}”", command.text())).clicked() {
            look.ask(Action::SetKey(command, key));
            form.taken = None;
        }
        if ui.button("Leave it").clicked() {
            form.taken = None;
        }
    });
}

fn row_ui(ui: &mut Ui, look: &mut Look, form: &mut KeysForm, command: Command, key: &str) {
    ui.horizontal(|ui| {
        ui.label(command.text()).on_hover_text(command.tooltip());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let waiting = form.waiting == Some(command);
            let text = match key {
                _ if waiting => "press a key, Esc to leave it",
                "" => "no key",
                key => key,
            };
            let button = Button::new(RichText::new(text).monospace()).selected(waiting);
            let button = ui
                .add(button)
                .on_hover_text(format!("Change the key of {}", command.text()));
            if button.clicked() {
                form.waiting = Some(command);
                form.taken = None;
                // What is pressed now is a key to be taken, not one for a field.
                ui.memory_mut(|memory| memory.stop_text_input());
            }
            if look.settings.keys.is_changed(command)
                && ui
                    .small_button("First key")
                    .on_hover_text("Give it the key again that it had at first")
                    .clicked()
            {
                look.ask(Action::ResetKey(command));
            }
            ui.add_space(theme::SMALL_GAP);
        });
    });
}

/// Keys that only change what others do are not waited for.
fn is_modifier(key: Key) -> bool {
    let name = key.name();
    [
        "Shift", "Control", "Ctrl", "Alt", "Super", "Meta", "Command", "Option",
    ]
    .iter()
    .any(|modifier| name.starts_with(modifier))
}

/// Takes the key that is waited for.
fn listen(context: &Context, look: &mut Look, form: &mut KeysForm) {
    let Some(command) = form.waiting else { return };
    let pressed = context.input_mut(|input| {
        let pressed = input.events.iter().find_map(|event| match event {
            Event::Key {
                key,
                modifiers,
                pressed: true,
                ..
            } if !is_modifier(*key) => Some((*key, *modifiers)),
            _ => None,
        });
        input
            .events
            .retain(|event| !matches!(event, Event::Key { .. } | Event::Text(_)));
        pressed
    });
    let Some((key, modifiers)) = pressed else { return };
    form.waiting = None;
    if key == Key::Escape {
        return;
    }
    let modifiers = Modifiers {
        ctrl: false,
        mac_cmd: false,
        ..modifiers
    };
    let key = KeyboardShortcut::new(modifiers, key);
    match look.settings.keys.owner(key) {
        Some(owner) if owner != command => form.taken = Some((command, key)),
        _ => look.ask(Action::SetKey(command, key)),
    }
}

//! What can be done with the chosen cues, each with its key under the pointer.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::{ShiftForm, ShiftScope};
use crate::app::theme;
use crate::project::{Seconds, counted};
use eframe::egui::{Button, DragValue, Key, RichText, Ui};

/// The commands that are needed most, in groups.
const GROUPS: [&[Command]; 4] = [
    &[
        Command::SetStart,
        Command::SetEnd,
        Command::StartAndShiftRest,
        Command::PinHere,
        Command::SyncPoint,
        Command::ShiftBy,
    ],
    &[Command::Split, Command::Merge, Command::Insert, Command::Delete],
    &[Command::ToggleAnchor, Command::Confirm],
    &[Command::Find],
];

/// The buttons, and the form for moving cues while it is asked for.
pub fn toolbar_ui(ui: &mut Ui, look: &mut Look) {
    let any = look.state.cues.active.is_some();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
        ui.spacing_mut().button_padding.x = 6.0;
        for (index, group) in GROUPS.into_iter().enumerate() {
            if index > 0 {
                ui.add_space(theme::SMALL_GAP);
            }
            for command in group {
                button_ui(
                    ui,
                    look,
                    *command,
                    any || *command == Command::Insert || *command == Command::Find,
                );
            }
        }
    });
    shift_ui(ui, look);
}

fn button_ui(ui: &mut Ui, look: &mut Look, command: Command, enabled: bool) {
    let text = match command {
        Command::StartAndShiftRest => "Start here, move rest",
        command => command.text(),
    };
    let hint = look.settings.keys.hint(ui.ctx(), command);
    let button = ui.add_enabled(enabled, Button::new(text)).on_hover_text(hint);
    if button.clicked() {
        look.ask(Action::Run(command));
    }
}

/// Undo and redo, with what they are about under the pointer.
pub fn undo_ui(ui: &mut Ui, look: &mut Look) {
    let steps = [
        (Command::Undo, look.state.edits.undoes()),
        (Command::Redo, look.state.edits.redoes()),
    ];
    for (command, step) in steps {
        let key = look.settings.keys.text(ui.ctx(), command);
        let hint = format!("{}: {} ({key})", command.text(), step.unwrap_or("nothing"));
        let button = ui.add_enabled(step.is_some(), Button::new(command.text()));
        if button.on_hover_text(hint).clicked() {
            look.actions.push(Action::Run(command));
        }
    }
    let depth = look.state.edits.depth();
    if depth > 0 {
        ui.label(RichText::new(counted(depth, "step")).weak().small())
            .on_hover_text("Edits that Undo can take back");
    }
}

fn shift_ui(ui: &mut Ui, look: &mut Look) {
    let Some(mut form) = look.forms.cues.shift else {
        return;
    };
    let mut open = true;
    ui.horizontal_wrapped(|ui| {
        ui.label("Move");
        for scope in ShiftScope::ALL {
            ui.selectable_value(&mut form.scope, scope, scope.name());
        }
        ui.label("by");
        let by = DragValue::new(&mut form.by.0)
            .speed(0.01)
            .max_decimals(3)
            .suffix(" s");
        ui.add(by)
            .on_hover_text("Later where it is positive, earlier where it is negative");
        let here = look.state.project.as_ref().and_then(|project| {
            let cue = project.track.cue(look.state.cues.active?)?;
            Some(project.manifest.pairing.in_captions(look.state.playhead) - cue.start)
        });
        if let Some(here) = here
            && ui
                .button("To the playhead")
                .on_hover_text("As far as the active cue is from the playhead")
                .clicked()
        {
            form.by = Seconds((here.0 * 1000.0).round() / 1000.0);
        }
        if ui.button("Move").clicked() {
            look.actions.push(Action::Shift(form));
        }
        open = !ui.button("Close").on_hover_text("Move nothing").clicked();
    });
    let escaped = !look.forms.is_asking() && ui.input(|input| input.key_pressed(Key::Escape));
    look.forms.cues.shift = Some(ShiftForm { ..form }).filter(|_| open && !escaped);
}

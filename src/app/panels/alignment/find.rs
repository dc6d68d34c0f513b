//! Which cues are shown, and finding text in them.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::theme;
use eframe::egui::{Button, DragValue, Key, RichText, TextEdit, Ui};

/// The filter, and the limits that decide what is too fast.
pub fn filter_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    let (shown, all) = (look.state.cues.len(&project.track), project.track.cues.len());
    let hint = look.settings.keys.hint(ui.ctx(), Command::Filter);
    ui.horizontal_wrapped(|ui| {
        let wants = std::mem::take(&mut look.forms.cues.focus_filter);
        let filter = &mut look.forms.cues.filter;
        let field = TextEdit::singleline(&mut filter.text)
            .hint_text("Filter")
            .desired_width(130.0);
        let field = ui.add(field).on_hover_text(hint);
        if wants {
            field.request_focus();
        }
        ui.checkbox(&mut filter.estimated, "estimated")
            .on_hover_text("Only cues whose times were spread over the video and not looked at yet");
        if !look.state.cues.doubts.is_empty() {
            ui.checkbox(&mut filter.doubtful, "doubtful")
                .on_hover_text("Only cues that are probably wrong");
        }
        ui.checkbox(&mut filter.fast, "too fast")
            .on_hover_text("Only cues with more characters a second than the limits allow");
        limits_ui(ui, look);
        let filter = &mut look.forms.cues.filter;
        if !filter.is_open() {
            ui.label(RichText::new(format!("{shown} of {all} shown")).strong());
            if ui.button("Show all").clicked() {
                *filter = Default::default();
            }
        }
    });
}

fn limits_ui(ui: &mut Ui, look: &mut Look) {
    let (mut limits, mut nudge) = (look.settings.reading, look.settings.nudge);
    ui.menu_button("Limits", |ui| {
        ui.label("Too fast above, in characters a second:");
        ui.horizontal(|ui| {
            ui.label("alphabets");
            ui.add(DragValue::new(&mut limits.latin).range(1.0..=60.0).speed(0.1));
            ui.label("Chinese");
            ui.add(DragValue::new(&mut limits.cjk).range(1.0..=30.0).speed(0.1));
        });
        ui.horizontal(|ui| {
            ui.label("A nudge moves by");
            let value = DragValue::new(&mut nudge)
                .range(0.001..=10.0)
                .speed(0.01)
                .suffix(" s");
            ui.add(value.max_decimals(3));
        });
    });
    if (limits, nudge) != (look.settings.reading, look.settings.nudge) {
        look.ask(Action::SetReading(limits, nudge));
    }
}

/// The bar for finding and replacing, while it is open.
pub fn find_ui(ui: &mut Ui, look: &mut Look) {
    let Some(mut find) = look.forms.cues.find.take() else {
        return;
    };
    let count = look.state.cues.count.clone();
    let some = matches!(count, Some(Ok((places, _))) if places > 0);
    let mut open = true;
    let keys = &look.settings.keys;
    let next_hint = keys.hint(ui.ctx(), Command::FindNext);
    let mut asked = Vec::new();
    ui.horizontal_wrapped(|ui| {
        let field = TextEdit::singleline(&mut find.text)
            .hint_text("Find")
            .desired_width(150.0);
        let field = ui.add(field).on_hover_text("Text to be found");
        if std::mem::take(&mut find.focus) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let next = ui.add_enabled(some, Button::new("Next")).on_hover_text(next_hint);
        if next.clicked() || entered && some {
            asked.push(Action::Run(Command::FindNext));
        }
        if entered {
            field.request_focus();
        }
        ui.checkbox(&mut find.case, "Aa")
            .on_hover_text("Capital letters are others than small ones");
        ui.checkbox(&mut find.expression, ".*")
            .on_hover_text("The text is a regular expression");
        match &count {
            Some(Ok((places, cues))) if !find.text.is_empty() => {
                ui.label(format!("{places} in {cues} cues"));
            }
            Some(Err(error)) => {
                ui.label(RichText::new(error.to_string()).color(theme::wrong(ui.visuals())));
            }
            _ => {}
        }
        if !find.replacing && ui.button("Replace…").clicked() {
            find.replacing = true;
        }
        open = !ui
            .button("Close")
            .on_hover_text("Close the find bar (Esc)")
            .clicked();
        if field.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
            open = false;
        }
    });
    if find.replacing {
        ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut find.with)
                .hint_text("Replace with")
                .desired_width(150.0);
            ui.add(field).on_hover_text(
                "Other text. After a regular expression $1 stands for what its first group found",
            );
            if ui.add_enabled(some, Button::new("Replace one")).clicked() {
                asked.push(Action::ReplaceOne);
            }
            if ui.add_enabled(some, Button::new("Replace all")).clicked() {
                asked.push(Action::ReplaceAll);
            }
            let chosen = look.state.cues.chosen.len();
            ui.checkbox(&mut find.within, format!("all in the {chosen} chosen cues only"));
        });
    }
    look.actions.extend(asked);
    look.forms.cues.find = Some(find).filter(|_| open);
}

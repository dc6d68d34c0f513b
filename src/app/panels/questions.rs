//! What has to be decided before anything else.

use super::Look;
use super::widgets::primary_button;
use crate::app::Leaving;
use crate::app::action::Action;
use crate::app::state::Question;
use crate::app::theme;
use crate::captions::OutputFormat;
use eframe::egui::{Context, Id, Modal, RichText};
use std::time::SystemTime;

/// The question that is open.
pub fn questions_ui(context: &Context, look: &mut Look) {
    if look.forms.exporting {
        export_ui(context, look);
    }
    let Some(question) = &look.state.question else {
        return;
    };
    let (title, text, yes, no) = match question {
        Question::Recover(recovery) => {
            let steps = match recovery.edits.len() {
                1 => "One step was".to_owned(),
                steps => format!("{steps} steps were"),
            };
            let text = format!(
                "Frameloom did not end as it should. {steps} done after the last save, the last of them {}. They are \
                 kept in the project folder.",
                age(recovery.newest)
            );
            (
                "Bring back what was not saved?",
                text,
                "Bring them back",
                "Discard them",
            )
        }
        Question::ReadCaptions(file, _) => {
            let name = file
                .file_name()
                .map(|name| name.to_string_lossy())
                .unwrap_or_default();
            let text = format!(
                "You have worked on the captions of this video. Those in {name} would take their place; Undo brings the \
                 others back."
            );
            (
                "Take other captions?",
                text,
                "Take the other captions",
                "Keep these",
            )
        }
    };
    Modal::new(Id::unique("question")).show(context, |ui| {
        ui.set_width(440.0);
        ui.heading(title);
        ui.label(text);
        ui.add_space(theme::GAP);
        ui.horizontal(|ui| {
            if primary_button(ui, yes).clicked() {
                look.actions.push(Action::Answer(true));
            }
            if ui.button(no).clicked() {
                look.actions.push(Action::Answer(false));
            }
        });
    });
}

/// How long ago something was.
fn age(when: Option<SystemTime>) -> String {
    let elapsed = when.and_then(|when| when.elapsed().ok());
    match elapsed.map(|elapsed| elapsed.as_secs()) {
        None => "at an unknown time".into(),
        Some(0..=99) => "less than two minutes ago".into(),
        Some(seconds @ 100..=7_199) => format!("{} minutes ago", seconds / 60),
        Some(seconds @ 7_200..=172_799) => format!("{} hours ago", seconds / 3_600),
        Some(seconds) => format!("{} days ago", seconds / 86_400),
    }
}

/// The choice of a format to export captions in.
fn export_ui(context: &Context, look: &mut Look) {
    let modal = Modal::new(Id::unique("export captions")).show(context, |ui| {
        ui.set_width(320.0);
        ui.heading("Export captions");
        ui.label(RichText::new("As they are now, in UTF-8").weak());
        ui.add_space(theme::SMALL_GAP);
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            for format in OutputFormat::ALL {
                let hint = format!("A file .{}", format.extension());
                let button = ui.button(format.name()).on_hover_text(hint);
                if button.clicked() {
                    chosen = Some(format);
                }
            }
        });
        ui.add_space(theme::SMALL_GAP);
        (chosen, ui.button("Cancel").clicked())
    });
    let (chosen, cancelled) = modal.inner;
    if let Some(format) = chosen {
        look.ask(Action::PickCaptionsExport(format));
    }
    if chosen.is_some() || cancelled || modal.should_close() {
        look.forms.exporting = false;
    }
}

/// What is waited for before the window closes, and the choice where saving fails.
pub fn leaving_ui(context: &Context, look: &mut Look) {
    match look.leaving {
        Leaving::Close => {
            Modal::new(Id::unique("closing")).show(context, |ui| {
                ui.heading("Closing");
                ui.label("Work is being stopped, and what is there is being saved…");
                ui.spinner();
            });
        }
        Leaving::Stuck(why, _) => {
            Modal::new(Id::unique("stuck")).show(context, |ui| {
                ui.set_width(440.0);
                ui.heading("The project could not be saved");
                ui.label(why);
                ui.horizontal(|ui| {
                    if primary_button(ui, "Stay").clicked() {
                        look.actions.push(Action::Stay);
                    }
                    if ui.button("Leave without saving").clicked() {
                        look.actions.push(Action::LeaveUnsaved);
                    }
                });
            });
        }
        Leaving::No | Leaving::Then(_) => {}
    }
}

//! The empty window: four ways to begin.

use super::Look;
use super::widgets::{command_button, primary_button};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::theme;
use eframe::egui::{Key, RichText, TextEdit, Ui};
use std::path::PathBuf;

/// The empty window.
pub fn welcome_ui(ui: &mut Ui, look: &mut Look) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.16).min(140.0));
        ui.label(RichText::new("Frameloom").size(34.0).strong());
        ui.label("Find the themes of one news video, from its pictures and its words.");
        ui.add_space(theme::LARGE_GAP * 1.5);
        let opening = look.state.is_running(crate::app::work::Kind::Open);
        ui.add_enabled_ui(!opening, |ui| {
            if primary_button(ui, "Open video…")
                .on_hover_text(Command::OpenVideo.tooltip())
                .clicked()
            {
                look.ask(Action::Run(Command::OpenVideo));
            }
            ui.add_space(theme::SMALL_GAP);
            command_button(ui, look, Command::OpenLink);
            command_button(ui, look, Command::OpenSample);
            command_button(ui, look, Command::OpenProject);
            ui.add_space(theme::LARGE_GAP);
            ui.label(
                RichText::new("or drop a file on this window, or type where it is, or paste a link:").weak(),
            );
            path_ui(ui, look);
        });
        if opening {
            ui.add_space(theme::GAP);
            ui.spinner();
        }
        recent_ui(ui, look);
    });
}

fn path_ui(ui: &mut Ui, look: &mut Look) {
    let width = 440.0_f32.min(ui.available_width() - 100.0);
    ui.allocate_ui(eframe::egui::vec2(width + 80.0, 30.0), |ui| {
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut look.forms.open_path)
                .hint_text("/path/to/video.mp4, project.frameloom or https://…")
                .desired_width(width);
            let field = ui
                .add(field)
                .on_hover_text("Path of a video or a project, or a link");
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let open = ui
                .button("Open")
                .on_hover_text("Open the file at this path")
                .clicked();
            let path = look.forms.open_path.trim();
            if (open || entered) && !path.is_empty() {
                let path = PathBuf::from(path);
                look.ask(Action::Open(path));
            }
        });
    });
}

fn recent_ui(ui: &mut Ui, look: &mut Look) {
    let there: Vec<&PathBuf> = look.settings.recent.iter().collect();
    if there.is_empty() {
        return;
    }
    ui.add_space(theme::LARGE_GAP);
    ui.label(RichText::new("Recent projects").strong());
    for path in there {
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy())
            .unwrap_or_default();
        if ui
            .link(name.as_ref())
            .on_hover_text(path.display().to_string())
            .clicked()
        {
            look.actions.push(Action::Open(path.clone()));
        }
    }
}

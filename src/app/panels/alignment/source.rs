//! Which captions these are, and what the analyst should know of them.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::panels::widgets::{command_button, primary_button, warnings_ui};
use crate::app::work::Kind;
use crate::captions::ENCODINGS;
use crate::project::Language;
use eframe::egui::{ComboBox, RichText, Ui};

/// Number of cues, encoding, language, and the way out.
pub fn source_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("{} cues", project.track.cues.len()));
        if let Some(source) = &project.manifest.captions {
            let mut chosen = None;
            let previews = look
                .state
                .previews
                .as_ref()
                .filter(|(file, _)| *file == source.file);
            let combo = ComboBox::from_id_salt("encoding").selected_text(&source.encoding);
            let combo = combo.show_ui(ui, |ui| {
                for (place, (encoding, name)) in ENCODINGS.iter().enumerate() {
                    let text = previews.and_then(|(_, texts)| texts.get(place));
                    let label = ui.selectable_label(false, *name);
                    let label = label.on_hover_text(text.map_or("The file is being read…", String::as_str));
                    if label.clicked() {
                        chosen = Some(Some((*encoding).to_owned()));
                    }
                }
                if ui.selectable_label(false, "find out").clicked() {
                    chosen = Some(None);
                }
            });
            if combo.inner.is_some() && previews.is_none() && !look.state.is_running(Kind::Preview) {
                look.actions.push(Action::PreviewEncodings(source.file.clone()));
            }
            combo
                .response
                .on_hover_text("Encoding: read the file again in another one if the text looks wrong");
            if let Some(encoding) = chosen {
                look.actions.push(Action::SetEncoding(encoding));
            }
        }
        ui.label("Words as in");
        for language in [Language::English, Language::Chinese] {
            let on = project.manifest.language == language;
            if ui.selectable_label(on, language.name()).clicked() && !on {
                look.actions.push(Action::SetLanguage(language));
            }
        }
        if project.track.is_without_times() {
            ui.label(RichText::new("estimated times").color(ui.visuals().warn_fg_color))
                .on_hover_text("The file has no times: the captions were spread over the video");
        } else if project.track.is_estimated() {
            ui.label(RichText::new("times of a recogniser").color(ui.visuals().warn_fg_color))
                .on_hover_text("Estimates, until you confirm them cue by cue");
        }
        command_button(ui, look, Command::OpenCaptions);
        command_button(ui, look, Command::ExportCaptions);
    });
}

/// A warning where words are found by the rules of another language than the captions seem to be in.
pub fn language_ui(ui: &mut Ui, look: &mut Look) {
    let (Some(seems), Some(project)) = (look.state.other_language, &look.state.project) else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let chosen = project.manifest.language.name();
        let text = format!(
            "The captions seem to be {}, but their words are found as in {chosen}",
            seems.name()
        );
        ui.label(RichText::new("⚠").color(ui.visuals().warn_fg_color));
        ui.label(text);
        if ui.button(format!("Find words as in {}", seems.name())).clicked() {
            look.actions.push(Action::SetLanguage(seems));
        }
    });
}

/// What edits made stale, and how to make it fresh.
pub fn stale_ui(ui: &mut Ui, look: &mut Look) {
    let Some(stale) = &look.state.stale else { return };
    warnings_ui(ui, &stale.lines());
    if !look.state.is_running(Kind::Train) {
        let train = primary_button(ui, "Train again");
        let hint = look.settings.keys.hint(ui.ctx(), Command::Train);
        if train.on_hover_text(hint).clicked() {
            look.actions.push(Action::Run(Command::Train));
        }
    }
}

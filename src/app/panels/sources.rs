//! Which other videos are studied together with the one that is open, and how many pairs are of which.

use super::Look;
use crate::app::action::Action;
use crate::app::theme;
use crate::project::counted;
use eframe::egui::{Button, Key, Rect, RichText, Sense, TextEdit, Ui, pos2, vec2};
use std::path::PathBuf;

/// The other videos, each to be left out again, and the way to add one.
pub fn companions_ui(ui: &mut Ui, look: &mut Look) {
    let Some(project) = &look.state.project else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let companions = &project.manifest.companions;
        if !companions.is_empty() {
            ui.label("Studied together with");
        }
        for companion in companions {
            let text = match project.companion(companion) {
                Ok(other) => {
                    let pairs = counted(other.pairs.len(), "pair");
                    let language = other.manifest.language.name();
                    ui.label(RichText::new(&companion.name).strong())
                        .on_hover_text(companion.folder.display().to_string());
                    format!("{pairs}, {language}")
                }
                Err(why) => {
                    ui.label(RichText::new("⚠").color(ui.visuals().warn_fg_color));
                    why.to_string()
                }
            };
            ui.label(RichText::new(text).weak());
            let leave = ui.add(Button::new("×").small());
            let about = format!("Study {} together with this video no more", companion.name);
            let label = format!("Leave out {}", companion.name);
            leave.widget_info(|| {
                eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Button, true, label.as_str())
            });
            if leave.on_hover_text(about).clicked() {
                look.actions
                    .push(Action::RemoveCompanion(companion.folder.clone()));
            }
        }
        let add = ui.button("Add another video’s project…");
        let about = "Choose the .frameloom folder of another video: the network then learns from the pairs of both, and \
                     clusters and map show which are of which. That project is read and not changed";
        if add.on_hover_text(about).clicked() {
            look.actions.push(Action::PickCompanion);
        }
        let field = TextEdit::singleline(&mut look.forms.companion_path).hint_text("/path/to/other.frameloom");
        let field = ui
            .add(field.desired_width(200.0))
            .on_hover_text("Path of the project of another video; Enter adds it");
        let path = PathBuf::from(look.forms.companion_path.trim());
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered && !path.as_os_str().is_empty() {
            look.actions.push(Action::AddCompanion(path));
        }
    });
}

/// The share of each video in words and as a thin stacked bar; nothing where there is only one.
pub fn shares_ui(ui: &mut Ui, look: &Look, counts: &[usize]) {
    let project = look.state.project.as_ref();
    let names = project.map_or_else(Vec::new, |project| project.source_names());
    if names.len() < 2 {
        return;
    }
    let all = counts.iter().sum::<usize>().max(1) as f32;
    ui.horizontal(|ui| {
        // In words as well, for the colours are also those of clusters.
        ui.label(
            RichText::new(format!("By video: {}", shares(&names, counts)))
                .small()
                .weak(),
        );
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
        let mut left = rect.left();
        for (source, count) in counts.iter().enumerate() {
            let right = left + rect.width() * *count as f32 / all;
            let part = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
            ui.painter().rect_filled(part, 0.0, theme::palette(source));
            left = right;
        }
        response.on_hover_ui(|ui| {
            for (source, (name, count)) in names.iter().zip(counts).enumerate() {
                ui.horizontal(|ui| {
                    ui.label(RichText::new("●").color(theme::palette(source)));
                    ui.label(share(name, *count, all));
                });
            }
        });
    });
}

fn shares(names: &[&str], counts: &[usize]) -> String {
    let all = counts.iter().sum::<usize>().max(1) as f32;
    let each = names.iter().zip(counts);
    let each: Vec<String> = each.map(|(name, count)| share(name, *count, all)).collect();
    each.join(", ")
}

fn share(name: &str, count: usize, all: f32) -> String {
    format!("{name} {count} ({:.0} %)", count as f32 * 100.0 / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_said_of_all_videos() {
        assert_eq!(shares(&["us", "cn"], &[1, 3]), "us 1 (25 %), cn 3 (75 %)");
        assert_eq!(shares(&["us", "cn"], &[0, 0]), "us 0 (0 %), cn 0 (0 %)");
    }
}

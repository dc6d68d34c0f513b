//! The other video: which it is, its picture beside this one's, and its frames.

use crate::app::action::Action;
use crate::app::panels::Look;
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{PairIndex, Seconds};
use eframe::egui::{
    Color32, ComboBox, Rect, RichText, Role, Sense, Slider, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

/// Rows of the picture of the other video at least and at most.
const PICTURE: [f32; 2] = [80.0, 150.0];

/// Which project is compared, and its player.
pub fn choice_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Compare with");
        let own = look.state.project.as_ref().map(|project| project.folder.clone());
        let chosen = look
            .state
            .telling
            .other
            .as_ref()
            .map(|other| other.project.manifest.name.clone());
        let mut wanted = None;
        let shown = chosen.as_deref().unwrap_or("choose a project");
        ComboBox::from_id_salt("other project")
            .selected_text(shown)
            .width(180.0)
            .show_ui(ui, |ui| {
                let others = look
                    .state
                    .telling
                    .library
                    .iter()
                    .filter(|entry| Some(&entry.folder) != own.as_ref());
                for entry in others.filter(|entry| entry.is_tagged()) {
                    let is_chosen = look.state.telling.folder() == Some(&entry.folder);
                    let text = format!("{} · {}", entry.name, entry.language.name());
                    if ui
                        .selectable_label(is_chosen, text)
                        .on_hover_text(entry.folder.display().to_string())
                        .clicked()
                    {
                        wanted = Some(entry.folder.clone());
                    }
                }
            });
        if ui.button("Open another…").clicked() {
            look.ask(Action::PickOther);
        }
        super::path_ui(ui, look);
        if look.state.is_running(Kind::Other) {
            ui.spinner();
        }
        if let Some(folder) = wanted {
            look.ask(Action::CompareWith(folder));
        }
    });
    if look.state.telling.other.is_some() {
        player_ui(ui, look);
    }
}

/// The picture of the other video at its playhead, with what is said there. This video's stands in the player at the left.
fn player_ui(ui: &mut Ui, look: &mut Look) {
    let Some(other) = &look.state.telling.other else {
        return;
    };
    let video = other.project.manifest.video.as_ref();
    let (playhead, end) = (other.playhead, video.map_or(0.0, |video| video.duration.0));
    let shape = video.map_or(0.5625, |video| video.height as f32 / video.width.max(1) as f32);
    let caption = other
        .project
        .spoken_at(playhead)
        .map(|cue| cue.text.clone())
        .unwrap_or_default();
    let playing = look.state.telling.playing;
    ui.horizontal_top(|ui| {
        // On a small screen the heat map needs the room more.
        let height = (ui.ctx().content_rect().height() * 0.13).clamp(PICTURE[0], PICTURE[1]);
        let size = vec2(height / shape.max(0.1), height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(
                Role::Image,
                true,
                format!("Picture of the other video at {playhead}"),
            )
        });
        match look.other_picture {
            Some(texture) => {
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
            }
            None => {
                ui.painter().rect_filled(rect, 0.0, ui.visuals().extreme_bg_color);
            }
        }
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                let text = if playing {
                    "Pause the other video"
                } else {
                    "Play the other video"
                };
                if ui
                    .button(text)
                    .on_hover_text("Without sound; this video plays with Space")
                    .clicked()
                {
                    look.ask(Action::PlayOther(!playing));
                }
                ui.label(RichText::new(format!("{playhead} / {}", Seconds(end))).monospace());
            });
            let mut time = playhead.0;
            ui.spacing_mut().slider_width = (ui.available_width() - theme::LARGE_GAP).max(80.0);
            let slider = ui.add(Slider::new(&mut time, 0.0..=end.max(0.1)).show_value(false));
            if slider.on_hover_text("Playhead of the other video").changed() {
                look.ask(Action::SeekOther(Seconds(time)));
            }
            super::weak(
                ui,
                if caption.is_empty() {
                    "Nothing is said here"
                } else {
                    &caption
                },
            );
        });
    });
}

/// The frame of a pair of the other video; pressed, the other video goes there.
pub fn frame_ui(ui: &mut Ui, look: &mut Look, pair: PairIndex, width: f32) {
    let Some(other) = look.state.telling.other.clone() else {
        return;
    };
    let Some(facts) = other.project.studied().get(pair.index()).cloned() else {
        return;
    };
    let video = other.project.manifest.video.as_ref();
    let shape = video.map_or(0.5625, |video| video.height as f32 / video.width.max(1) as f32);
    let (rect, response) = ui.allocate_exact_size(vec2(width, width * shape), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Button,
            true,
            format!("Pair {} of the other video", pair.0 + 1),
        )
    });
    let texture = facts
        .source
        .is_own()
        .then(|| {
            look.other_thumbnails
                .get(ui.ctx(), &other.frames, facts.frame_at())
        })
        .flatten();
    match texture {
        Some(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
        }
        None => {
            ui.painter().rect_filled(rect, 0.0, ui.visuals().faint_bg_color);
        }
    }
    if response.hovered() {
        let stroke = Stroke::new(1.0, ui.visuals().strong_text_color());
        ui.painter().rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
    }
    let text = format!("{} {}", facts.time, other.project.studied_text(pair));
    if response.on_hover_text(text).clicked() {
        look.ask(Action::SeekOther(facts.time));
    }
}

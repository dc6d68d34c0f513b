//! The picture at the playhead, with the caption being spoken, and the ways to move.

use super::Look;
use super::widgets::{paint_frame, picture_size};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::theme;
use crate::media::SPEEDS;
use crate::project::Seconds;
use eframe::egui::{
    Button, CollapsingHeader, Color32, DragValue, Label, Rect, RichText, Role, ScrollArea, Sense, Slider, Ui,
    WidgetInfo, pos2,
};

/// The player panel.
pub fn player_ui(ui: &mut Ui, look: &mut Look) {
    ui.add_space(theme::SMALL_GAP);
    let playhead = look.state.playhead;
    let (rect, response) = ui.allocate_exact_size(picture_size(look, ui.available_width()), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Picture at {playhead}")));
    match look.picture {
        Some(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
        }
        // Until the first picture is decoded, the sampled frame stands in.
        None => match look.state.shown_frames().at(playhead) {
            Some(frame) => paint_frame(ui, look, frame, rect),
            None => {
                ui.painter().rect_filled(rect, 0.0, ui.visuals().extreme_bg_color);
            }
        },
    }
    transport_ui(ui, look);
    ui.separator();
    caption_ui(ui, look);
}

fn transport_ui(ui: &mut Ui, look: &mut Look) {
    let duration = look.state.duration().0;
    let mut time = look.state.playhead.0;
    ui.spacing_mut().slider_width = ui.available_width();
    let slider = Slider::new(&mut time, 0.0..=duration).show_value(false);
    if ui.add(slider).on_hover_text("Playhead").changed() {
        look.ask(Action::Seek(Seconds(time)));
    }
    ui.horizontal_wrapped(|ui| {
        let playing = look.state.playing;
        let play = if playing.on { "Pause" } else { "Play" };
        for (command, sign) in [
            (Command::PreviousFrame, "◀"),
            (Command::PlayOrPause, play),
            (Command::NextFrame, "▶"),
        ] {
            sign_ui(ui, look, command, sign, false);
        }
        sign_ui(ui, look, Command::PlayCue, "Cue", false);
        sign_ui(ui, look, Command::ToggleLoop, "Loop", playing.looped);
        let mut speed = playing.speed;
        let edit = DragValue::new(&mut speed)
            .range(SPEEDS)
            .speed(0.01)
            .max_decimals(2)
            .suffix("×");
        if ui
            .add(edit)
            .on_hover_text("Speed; voices keep their pitch. Drag or type")
            .changed()
        {
            look.ask(Action::SetSpeed(speed));
        }
        let mut volume = (playing.volume * 100.0).round();
        let edit = DragValue::new(&mut volume)
            .range(0.0..=100.0)
            .max_decimals(0)
            .prefix("vol ")
            .suffix(" %");
        if ui.add(edit).on_hover_text("Volume; drag or type").changed() {
            look.ask(Action::SetVolume(volume / 100.0));
        }
    });
    let text = format!("{} / {}", look.state.playhead, Seconds(duration));
    ui.label(RichText::new(text).monospace());
}

/// A small button for a command.
fn sign_ui(ui: &mut Ui, look: &mut Look, command: Command, sign: &str, on: bool) {
    let key = look.settings.keys.text(ui.ctx(), command);
    let response = ui
        .add(Button::new(sign).selected(on))
        .on_hover_text(format!("{} ({key})", command.tooltip()));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, command.text()));
    if response.clicked() {
        look.ask(Action::Run(command));
    }
}

fn caption_ui(ui: &mut Ui, look: &mut Look) {
    ScrollArea::vertical().show(ui, |ui| {
        let Some(project) = &look.state.project else {
            return;
        };
        let spoken = project.spoken_at(look.state.playhead);
        match spoken {
            Some(cue) => ui.label(RichText::new(&cue.text).size(16.0)),
            None if project.track.cues.is_empty() => ui.label(RichText::new("No captions yet").weak()),
            None => ui.label(RichText::new("Nothing is said here").weak()),
        };
        fitting_captions_ui(ui, look);
    });
}

/// The captions of the whole video that fit what is shown, where that was learned; pressing one goes to where it is said.
fn fitting_captions_ui(ui: &mut Ui, look: &mut Look) {
    let Some(verdict) = look.state.pictures.verdict() else {
        return;
    };
    ui.add_space(theme::GAP);
    let mut to = None;
    let is_guess = look
        .state
        .pictures
        .fit
        .as_ref()
        .is_some_and(|fit| !fit.telling.plain);
    let heading = CollapsingHeader::new("Captions that fit this frame").show(ui, |ui| {
        if is_guess {
            let text = "Guesses: in this video, what is said tells hardly anything of what is shown";
            ui.add(Label::new(RichText::new(text).small().weak()).wrap());
        }
        for caption in look.state.pictures.captions_at(look.state.playhead) {
            let own = if caption.is_own { "  its own" } else { "" };
            ui.label(RichText::new(format!("{}{own}", caption.time)).small().weak());
            if ui.add(Button::new(caption.text).wrap().frame(false)).clicked() {
                to = Some(caption.time);
            }
        }
    });
    heading.header_response.on_hover_text(verdict);
    if let Some(time) = to {
        look.ask(Action::Seek(time));
    }
}

//! The video from left to right: frames with shots and pairs, what surprises where that is asked for, sound, captions, clusters and the playhead. The wheel zooms
//! around the pointer; with Shift, or sideways, it moves.

mod cues;
mod overview;
mod pictures;
mod ribbon;
mod scale;
mod sound;
mod surprise;
mod ticks;

use super::Look;
use crate::app::action::Action;
use crate::app::forms::{SoundPicture, View};
use crate::app::theme;
use eframe::egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};
use scale::Scale;

const TICKS: f32 = 16.0;
const LANE: f32 = 18.0;
const CLUSTER_ROW: f32 = 14.0;
const SURPRISE: f32 = 36.0;
const OVERVIEW: f32 = 8.0;
/// Height from which there is room for the sound.
const WITH_SOUND: f32 = 150.0;
/// Share of the height that is left for frames and sound, that the sound takes.
const SOUND_SHARE: f32 = 0.55;

/// The rows from top to bottom.
struct Rows {
    ticks: Rect,
    pictures: Rect,
    surprise: Option<Rect>,
    sound: Option<Rect>,
    cues: Rect,
    ribbon: Rect,
    overview: Rect,
}

impl Rows {
    fn new(rect: Rect, lanes: usize, with_surprise: bool) -> Self {
        let cues = LANE * lanes.clamp(1, 4) as f32;
        let surprise = if with_surprise { SURPRISE } else { 0.0 };
        let free = (rect.height() - TICKS - surprise - cues - CLUSTER_ROW - OVERVIEW - 2.0).max(0.0);
        let sound = if rect.height() >= WITH_SOUND {
            free * SOUND_SHARE
        } else {
            0.0
        };
        let mut top = rect.top();
        let mut row = |height: f32| {
            let row = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + height));
            top += height;
            row
        };
        Self {
            ticks: row(TICKS),
            pictures: row(free - sound),
            surprise: Some(row(surprise)).filter(|_| with_surprise),
            sound: Some(row(sound)).filter(|_| sound > 0.0),
            cues: row(cues),
            ribbon: row(CLUSTER_ROW),
            overview: row(OVERVIEW + 2.0).shrink2(eframe::egui::vec2(0.0, 1.0)),
        }
    }
}

/// The timeline panel.
pub fn timeline_ui(ui: &mut Ui, look: &mut Look) {
    let duration = look.state.duration().0.max(0.1);
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Timeline"));
    let rows = Rows::new(rect, look.state.lanes.count, surprise::is_shown(look));
    let scale = Scale {
        rect,
        view: followed(look, duration),
        duration,
    };
    ticks::ticks_ui(ui, rows.ticks, &scale);
    pictures::pictures_ui(ui, look, rows.pictures, &scale);
    if let Some(row) = rows.sound {
        sound::sound_ui(ui, look, row, &scale);
        choice_ui(ui, look, rows.ticks);
    }
    if let Some(row) = rows.surprise {
        surprise::surprise_ui(ui, look, row, &scale);
    }
    surprise::switch_ui(ui, look, rows.ticks);
    cues::cues_ui(ui, look, rows.cues, &scale);
    ribbon::ribbon_ui(ui, look, rows.ribbon, &scale);
    playhead_ui(ui, look, &scale);
    if !scale.view.is_whole(duration) {
        overview::overview_ui(ui, look, rows.overview, &scale);
    }

    wheel_ui(ui, look, &response, &scale);
    if cues::drag_ui(ui, look, &response, rows.cues, &scale)
        || ribbon::brush_ui(ui, look, &response, rows.ribbon, &scale)
    {
        return;
    }
    if response.dragged_by(eframe::egui::PointerButton::Middle) {
        let by = -scale.seconds(response.drag_delta().x);
        look.forms.timeline.view = Some(scale.view.panned(by, duration));
    } else if let Some(position) = response
        .interact_pointer_pos()
        .filter(|_| response.clicked() || response.dragged())
    {
        look.ask(Action::Seek(
            scale.time(position.x.clamp(rect.left(), rect.right())),
        ));
    }
    if let Some(position) = response
        .hover_pos()
        .filter(|position| rows.surprise.is_some_and(|row| row.contains(*position)))
    {
        let time = scale.time(position.x);
        response.on_hover_ui_at_pointer(|ui| surprise::told_ui(ui, look, time));
        return;
    }
    let state = look.state;
    // Over the sound and the cues it would cover what is being looked at.
    let told = [rows.ticks, rows.pictures, rows.ribbon];
    if let Some(position) = response
        .hover_pos()
        .filter(|position| told.iter().any(|row| row.contains(*position)))
    {
        let time = scale.time(position.x);
        response.on_hover_ui_at_pointer(|ui| match state.pair_at(time) {
            Some(pair) => super::widgets::pair_text_ui(ui, state, pair),
            None => {
                ui.label(time.to_string());
            }
        });
    }
}

/// What is seen, turned like a page when the playhead has moved out of sight.
fn followed(look: &mut Look, duration: f64) -> View {
    let form = &mut look.forms.timeline;
    let view = form.view.filter(|view| !view.is_whole(duration));
    let view = view
        .unwrap_or_else(|| View::whole(duration))
        .panned(0.0, duration);
    let playhead = look.state.playhead;
    // What is dragged must not leap.
    let view = if form.followed == playhead || form.grab.is_some() {
        view
    } else {
        form.followed = playhead;
        view.showing(playhead.0, duration)
    };
    form.view = Some(view).filter(|view| !view.is_whole(duration));
    view
}

/// Zooms and moves with the wheel, the pinch of two fingers, or their way over the pad.
fn wheel_ui(ui: &Ui, look: &mut Look, response: &eframe::egui::Response, scale: &Scale) {
    let Some(position) = response.hover_pos() else {
        return;
    };
    let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
    let mut view = scale.view;
    let factor = f64::from(1.0 / pinch) * (-f64::from(scroll.y) * 0.004).exp();
    if (factor - 1.0).abs() > 1e-6 {
        view = view.zoomed(scale.time(position.x).0, factor, scale.duration);
    }
    if scroll.x.abs() > 0.0 {
        view = view.panned(-scale.seconds(scroll.x), scale.duration);
    }
    if view != scale.view {
        look.forms.timeline.view = Some(view);
    }
}

fn playhead_ui(ui: &Ui, look: &Look, scale: &Scale) {
    let x = scale.x(look.state.playhead);
    if scale.rect.x_range().contains(x) {
        let accent = theme::accent(ui.visuals());
        ui.painter()
            .vline(x, scale.rect.y_range(), Stroke::new(2.0, accent));
        ui.painter()
            .circle_filled(pos2(x, scale.rect.top() + 5.0), 4.0, accent);
    }
}

/// Waveform or spectrogram, at the end of the row of times, where it hides no sound.
fn choice_ui(ui: &mut Ui, look: &mut Look, ticks: Rect) {
    let corner = Rect::from_min_max(pos2(ticks.right() - 104.0, ticks.top()), ticks.right_bottom());
    if look.state.sound.survey.is_none() {
        return;
    }
    let form = &mut look.forms.timeline;
    let (text, about, other) = match form.sound {
        SoundPicture::Waveform => (
            "spectrogram",
            "Draw which pitches the sound has",
            SoundPicture::Spectrogram,
        ),
        SoundPicture::Spectrogram => (
            "waveform",
            "Draw how far the sound swings",
            SoundPicture::Waveform,
        ),
    };
    let button = ui.put(corner, eframe::egui::Button::new(text).small());
    if button.on_hover_text(about).clicked() {
        form.sound = other;
    }
}

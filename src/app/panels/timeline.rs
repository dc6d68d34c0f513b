//! The whole video from left to right: frames, captions, clusters and the playhead.

use super::Look;
use super::widgets::{paint_frame_with, picture_size};
use crate::app::action::Action;
use crate::app::theme;
use crate::project::{CueOrigin, PairIndex, Seconds};
use eframe::egui::{Align2, Color32, FontId, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

const CAPTION_ROW: f32 = 20.0;
const CLUSTER_ROW: f32 = 14.0;
const TICKS: f32 = 16.0;

/// The timeline panel.
pub fn timeline_ui(ui: &mut Ui, look: &mut Look) {
    let duration = look.state.duration().0.max(0.1);
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Timeline"));
    let x_of = |time: Seconds| rect.left() + rect.width() * (time.0 / duration) as f32;
    let time_at = |x: f32| Seconds(f64::from((x - rect.left()) / rect.width()) * duration);

    ticks_ui(ui, rect, duration, &x_of);
    let top = rect.top() + TICKS;
    let strip = Rect::from_min_max(
        pos2(rect.left(), top),
        pos2(rect.right(), rect.bottom() - CAPTION_ROW - CLUSTER_ROW),
    );
    frames_ui(ui, look, strip, &time_at);
    let captions = Rect::from_min_size(strip.left_bottom(), vec2(rect.width(), CAPTION_ROW));
    captions_ui(ui, look, captions, &x_of);
    let ribbon = Rect::from_min_size(captions.left_bottom(), vec2(rect.width(), CLUSTER_ROW));
    ribbon_ui(ui, look, ribbon, duration, &x_of);

    let accent = theme::accent(ui.visuals());
    let head = x_of(look.state.playhead);
    ui.painter().vline(head, rect.y_range(), Stroke::new(2.0, accent));
    ui.painter()
        .circle_filled(pos2(head, rect.top() + 5.0), 4.0, accent);

    if let Some(position) = response
        .interact_pointer_pos()
        .filter(|_| response.clicked() || response.dragged())
    {
        look.ask(Action::Seek(time_at(position.x.clamp(rect.left(), rect.right()))));
    }
    let state = look.state;
    if let Some(position) = response.hover_pos() {
        let time = time_at(position.x);
        response.on_hover_ui_at_pointer(|ui| match state.pair_at(time) {
            Some(pair) => super::widgets::pair_text_ui(ui, state, pair),
            None => {
                ui.label(time.to_string());
            }
        });
    }
}

/// Times along the top, as far apart as their text needs.
fn ticks_ui(ui: &Ui, rect: Rect, duration: f64, x_of: &dyn Fn(Seconds) -> f32) {
    let room = f64::from(rect.width() / 72.0).max(1.0);
    let steps = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
    ];
    let step = steps
        .into_iter()
        .find(|step| duration / step <= room)
        .unwrap_or(7200.0);
    let weak = ui.visuals().weak_text_color();
    let mut time = 0.0;
    while time < duration {
        let text = super::widgets::clock(time);
        let at = pos2(x_of(Seconds(time)) + 6.0, rect.top());
        if at.x + 36.0 > rect.right() {
            break;
        }
        ui.painter()
            .text(at, Align2::LEFT_TOP, text, FontId::proportional(11.0), weak);
        ui.painter().vline(
            at.x - 6.0,
            rect.top()..=rect.top() + TICKS,
            Stroke::new(1.0, weak.gamma_multiply(0.5)),
        );
        time += step;
    }
}

/// As many frames as fit side by side.
fn frames_ui(ui: &Ui, look: &mut Look, strip: Rect, time_at: &dyn Fn(f32) -> Seconds) {
    ui.painter()
        .rect_filled(strip, 0.0, ui.visuals().extreme_bg_color);
    let shape = picture_size(look, 100.0);
    let width = (strip.height() * shape.x / shape.y.max(1.0)).max(8.0);
    let mut x = strip.left();
    while x < strip.right() {
        let time = time_at((x + width / 2.0).min(strip.right() - 1.0));
        let frames = look.state.shown_frames();
        let end = frames
            .frames
            .last()
            .map_or(f64::MIN, |frame| frame.time.0 + frames.every.0);
        let begin = frames.frames.first().map_or(0.0, |frame| frame.time.0);
        let index = frames
            .at(time)
            .filter(|_| time.0 < end && time.0 >= begin - frames.every.0);
        if let Some(index) = index {
            let slot = Rect::from_min_size(pos2(x, strip.top()), vec2(width, strip.height()));
            let painter = ui.painter().with_clip_rect(strip);
            paint_frame_with(ui, &painter, look, index, slot.shrink2(vec2(0.5, 0.0)));
        }
        x += width;
    }
}

fn captions_ui(ui: &Ui, look: &Look, row: Rect, x_of: &dyn Fn(Seconds) -> f32) {
    let Some(project) = &look.state.project else {
        return;
    };
    let fill = ui.visuals().widgets.inactive.bg_fill;
    let text = ui.visuals().text_color();
    let painter = ui.painter().with_clip_rect(row);
    let selected = look
        .state
        .selected
        .and_then(|pair| project.studied().get(pair.index()))
        .and_then(|pair| pair.cue);
    let placed = |time| project.manifest.pairing.placed(time);
    let mut drawn = f32::MIN;
    for (i, cue) in project.track.cues.iter().enumerate() {
        // Rolling captions overlap; each is drawn up to where the next begins.
        let next = project.track.cues.get(i + 1).map_or(cue.end, |next| next.start);
        let end = if next > cue.start {
            cue.end.min(next)
        } else {
            cue.end
        };
        let bar = Rect::from_min_max(
            pos2(x_of(placed(cue.start)), row.top() + 2.0),
            pos2(x_of(placed(end)), row.bottom() - 1.0),
        );
        let bar = bar.with_max_x(bar.right().max(bar.left() + 2.0) - 1.0);
        // Of many on the same point one is seen.
        if bar.right() < drawn + 0.5 {
            continue;
        }
        drawn = bar.right();
        let colour = match cue.origin {
            _ if selected == Some(cue.id) => ui.visuals().selection.bg_fill,
            CueOrigin::Estimated => fill.gamma_multiply(0.5),
            _ => fill,
        };
        painter.rect_filled(bar, 2.0, colour);
        if bar.width() > 36.0 {
            let at = bar.left_center() + vec2(3.0, 0.0);
            let line = cue.text.lines().next().unwrap_or_default();
            painter
                .with_clip_rect(bar)
                .text(at, Align2::LEFT_CENTER, line, FontId::proportional(12.0), text);
        }
    }
}

/// The cluster of every moment: of the pair nearest before it.
fn ribbon_ui(ui: &Ui, look: &Look, row: Rect, duration: f64, x_of: &dyn Fn(Seconds) -> f32) {
    let Some(project) = &look.state.project else {
        return;
    };
    if project.run.as_ref().is_none_or(|run| run.assignment.is_none()) {
        return;
    }
    for (i, pair) in project.studied().iter().enumerate() {
        let Some(cluster) = look.state.cluster_of(PairIndex::from(i)) else {
            continue;
        };
        let end = project.studied().get(i + 1).map_or(duration, |next| next.time.0);
        let block = Rect::from_min_max(
            pos2(x_of(pair.time), row.top() + 1.0),
            pos2(x_of(Seconds(end)), row.bottom()),
        );
        let faded = look.state.focus.is_some_and(|focus| focus != cluster);
        let colour = theme::cluster_colour(cluster);
        let colour = if faded {
            colour.gamma_multiply(0.25)
        } else {
            colour
        };
        ui.painter().rect_filled(
            block,
            0.0,
            if block.width() > 0.0 {
                colour
            } else {
                Color32::TRANSPARENT
            },
        );
    }
}

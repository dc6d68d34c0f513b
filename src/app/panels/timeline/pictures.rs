//! The sampled frames as a strip, with the shot cuts and the pairs on it.

use super::scale::Scale;
use crate::app::panels::Look;
use crate::app::panels::widgets::{paint_frame_with, picture_size};
use crate::app::theme;
use crate::project::{PairIndex, Seconds};
use eframe::egui::{Rect, Shape, Stroke, Ui, pos2, vec2};

/// Cuts nearer to each other than this hide what they are about.
const CLOSEST: f32 = 9.0;
/// Height of the mark of a pair.
const MARK: f32 = 5.0;

pub fn pictures_ui(ui: &Ui, look: &mut Look, strip: Rect, scale: &Scale) {
    ui.painter()
        .rect_filled(strip, 0.0, ui.visuals().extreme_bg_color);
    frames_ui(ui, look, strip, scale);
    shots_ui(ui, look, strip, scale);
    pairs_ui(ui, look, strip, scale);
}

/// As many frames as fit side by side. A frame keeps its place in the video when the part that is seen moves.
fn frames_ui(ui: &Ui, look: &mut Look, strip: Rect, scale: &Scale) {
    let shape = picture_size(look, 100.0);
    let width = (strip.height() * shape.x / shape.y.max(1.0)).max(8.0);
    let step = scale.seconds(width);
    let painter = ui.painter().with_clip_rect(strip);
    let (from, to) = scale.ends();
    let mut place = (from.0 / step).floor();
    while place * step < to.0 {
        let begin = Seconds(place * step);
        let time = Seconds((begin.0 + step / 2.0).min(scale.duration));
        let frames = look.state.shown_frames();
        let first = frames
            .frames
            .first()
            .map_or(f64::MAX, |frame| frame.time.0 - frames.every.0);
        let last = frames
            .frames
            .last()
            .map_or(f64::MIN, |frame| frame.time.0 + frames.every.0);
        if let Some(index) = frames.at(time).filter(|_| (first..last).contains(&time.0)) {
            let slot = Rect::from_min_size(pos2(scale.x(begin), strip.top()), vec2(width, strip.height()));
            paint_frame_with(ui, &painter, look, index, slot.shrink2(vec2(0.5, 0.0)));
        }
        place += 1.0;
    }
}

/// A line for each cut; where they are closer than the eye can tell, for some of them.
fn shots_ui(ui: &Ui, look: &Look, strip: Rect, scale: &Scale) {
    let Some(shots) = &look.state.sound.shots else {
        return;
    };
    let (from, to) = scale.ends();
    let stroke = Stroke::new(1.5, theme::accent(ui.visuals()).gamma_multiply(0.6));
    let first = shots.cuts.partition_point(|cut| *cut < from);
    let mut last = f32::MIN;
    for cut in shots.cuts.iter().skip(first).take_while(|cut| **cut <= to) {
        let x = scale.x(*cut);
        if x - last >= CLOSEST {
            ui.painter().vline(x, strip.y_range(), stroke);
            last = x;
        }
    }
}

/// A small triangle at the foot for each pair; the selected one is larger.
fn pairs_ui(ui: &Ui, look: &Look, strip: Rect, scale: &Scale) {
    let Some(project) = &look.state.project else {
        return;
    };
    let (from, to) = scale.ends();
    let pairs = project.studied_own();
    let first = pairs.partition_point(|pair| pair.time < from);
    let painter = ui.painter().with_clip_rect(strip);
    let mut last = f32::MIN;
    for (index, pair) in pairs
        .iter()
        .enumerate()
        .skip(first)
        .take_while(|(_, pair)| pair.time <= to)
    {
        let place = PairIndex::from(index);
        let selected = look.state.selected == Some(place);
        let chosen = look.state.chosen.len() > 1 && look.state.chosen.contains(&place);
        let x = scale.x(pair.time);
        if !selected && !chosen && x - last < 3.0 {
            continue;
        }
        last = x;
        let size = if selected { MARK * 1.8 } else { MARK };
        let colour = if selected || chosen {
            theme::accent(ui.visuals())
        } else {
            ui.visuals().strong_text_color()
        };
        let corners = vec![
            pos2(x, strip.bottom() - size),
            pos2(x - size * 0.6, strip.bottom()),
            pos2(x + size * 0.6, strip.bottom()),
        ];
        let edge = Stroke::new(1.0, ui.visuals().extreme_bg_color);
        painter.add(Shape::convex_polygon(corners, colour, edge));
    }
}

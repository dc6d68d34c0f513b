//! The network as it is drawn, from the pair to the latent space and back.

use super::{Totals, millions};
use crate::app::theme;
use crate::model::cost::Branch;
use crate::training::TrainingConfig;
use eframe::egui::{
    Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// A shape as it is written: 32 x 60 x 100.
fn shape_text(shape: &[i64]) -> String {
    let sides: Vec<String> = shape.iter().map(ToString::to_string).collect();
    sides.join(" x ")
}

/// A part as it is drawn.
struct Part {
    name: Arc<Galley>,
    about: Arc<Galley>,
    label: String,
    /// Of all weights, 0 to 1.
    share: f32,
}

/// Parts that follow each other from top to bottom, under a title.
struct Lane {
    title: &'static str,
    parts: Vec<Part>,
}

/// Where a lane begins and ends, for the lines between lanes.
#[derive(Clone, Copy)]
struct Ends {
    top: Pos2,
    bottom: Pos2,
}

const PADDING: f32 = 7.0;
const DOWN: f32 = 15.0;
const ACROSS: f32 = 22.0;
const TITLE: f32 = 24.0;
/// Below the titles and below the lanes, for the lines between lanes.
const BUS: f32 = 10.0;

/// Pictures and captions on the left, the way to the latent space and back in the middle, both again on the right.
pub fn diagram_ui(ui: &mut Ui, config: &TrainingConfig, totals: &Totals) {
    let count = if config.network.text.is_some() { 5.0 } else { 3.0 };
    let width = ((ui.available_width() - 12.0 + ACROSS) / count - ACROSS).clamp(118.0, 270.0);
    let [inwards, middle, outwards] = lanes(ui, config, totals, width);
    let all = || inwards.iter().chain(&middle).chain(&outwards);
    let highest = all().map(lane_height).fold(0.0, f32::max);
    let across = all().count() as f32 * (width + ACROSS) - ACROSS;
    let (rect, response) = ui.allocate_exact_size(vec2(across, highest + 2.0 * BUS), Sense::hover());
    response.widget_info(|| {
        let parts = all().flat_map(|lane| &lane.parts);
        let labels: Vec<&str> = parts.map(|part| part.label.as_str()).collect();
        let text = format!("The network: {}", labels.join("; "));
        WidgetInfo::labeled(Role::Label, true, text)
    });
    let line = Stroke::new(1.3, ui.visuals().weak_text_color());
    let mut left = rect.left();
    let mut draw = |lanes: &[Lane]| -> Vec<Ends> {
        let drawn = lanes.iter().map(|lane| {
            let ends = lane_ui(ui, lane, pos2(left, rect.top()), width, line);
            left += width + ACROSS;
            ends
        });
        drawn.collect()
    };
    let (ins, through, outs) = (draw(&inwards), draw(&middle), draw(&outwards));
    let (Some(first), Some(last)) = (through.first(), through.last()) else {
        return;
    };
    let painter = ui.painter();
    // From the feet of the lanes on the left, below them all, up to the head of the middle.
    let below = ins.iter().map(|ends| ends.bottom.y).fold(rect.top(), f32::max) + BUS;
    let above = rect.top() + TITLE - BUS / 2.0;
    let before = first.top.x - (width + ACROSS) / 2.0;
    for ends in &ins {
        path(
            painter,
            &[ends.bottom, pos2(ends.bottom.x, below), pos2(before, below)],
            line,
        );
    }
    let up = [pos2(before, below), pos2(before, above), pos2(first.top.x, above)];
    path(painter, &up, line);
    arrow(painter, pos2(first.top.x, above), first.top, line);
    // From the foot of the middle up to the heads of the lanes on the right.
    let foot = last.bottom + vec2(0.0, BUS);
    let behind = last.bottom.x + (width + ACROSS) / 2.0;
    let up = [last.bottom, foot, pos2(behind, foot.y), pos2(behind, above)];
    path(painter, &up, line);
    for ends in &outs {
        path(painter, &[pos2(behind, above), pos2(ends.top.x, above)], line);
        arrow(painter, pos2(ends.top.x, above), ends.top, line);
    }
}

fn part_height(part: &Part) -> f32 {
    part.name.size().y + part.about.size().y + 2.0 * PADDING + 5.0
}

fn lane_height(lane: &Lane) -> f32 {
    let parts: f32 = lane.parts.iter().map(|part| part_height(part) + DOWN).sum();
    TITLE + parts
}

/// A lane from its title down.
fn lane_ui(ui: &Ui, lane: &Lane, place: Pos2, width: f32, line: Stroke) -> Ends {
    let painter = ui.painter();
    let (font, weak) = (FontId::proportional(13.0), ui.visuals().weak_text_color());
    painter.text(place, Align2::LEFT_TOP, lane.title, font, weak);
    let mut top = place.y + TITLE + BUS;
    let begin = pos2(place.x + width / 2.0, top);
    let mut end = begin;
    for (step, part) in lane.parts.iter().enumerate() {
        let rect = Rect::from_min_size(pos2(place.x, top), vec2(width, part_height(part)));
        if step > 0 {
            arrow(
                painter,
                rect.center_top() - vec2(0.0, DOWN),
                rect.center_top(),
                line,
            );
        }
        part_ui(ui, part, rect);
        end = rect.center_bottom();
        top += rect.height() + DOWN;
    }
    Ends {
        top: begin,
        bottom: end,
    }
}

/// The lanes on the left, in the middle and on the right.
fn lanes(ui: &Ui, config: &TrainingConfig, totals: &Totals, width: f32) -> [Vec<Lane>; 3] {
    let shape = totals.shape;
    let part = |name: &str, sides: &[i64], weights: Option<u64>| {
        let wrap = width - 2.0 * PADDING;
        let sides = shape_text(sides);
        let cost = match weights {
            None => String::new(),
            Some(0) => "no weights".to_owned(),
            Some(weights) => format!("{} weights", millions(weights)),
        };
        let about = [sides.as_str(), cost.as_str()].join("\n");
        let painter = ui.painter();
        let (strong, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
        Part {
            name: painter.layout(name.to_owned(), FontId::proportional(13.0), strong, wrap),
            about: painter.layout(
                about.trim_end().to_owned(),
                FontId::proportional(12.0),
                weak,
                wrap,
            ),
            label: format!("{name}, {sides}, {cost}"),
            share: weights.unwrap_or(0) as f32 / totals.parameters.max(1) as f32,
        }
    };
    let lane = |title: &'static str, given: Option<Part>, branches: &[Branch]| {
        let stages = totals
            .stages
            .iter()
            .filter(|stage| branches.contains(&stage.branch));
        let parts = stages.map(|stage| part(&stage.name, &stage.shape, Some(stage.parameters)));
        Lane {
            title,
            parts: given.into_iter().chain(parts).collect(),
        }
    };
    let picture = part("picture", &[3, shape.height, shape.width], None);
    let caption = part("caption", &[totals.words as i64, shape.dimension], None);
    let mut inwards = vec![lane("Picture in", Some(picture), &[Branch::ImageEncoder])];
    let mut outwards = vec![lane("Picture out", None, &[Branch::ImageDecoder])];
    if config.network.text.is_some() {
        inwards.push(lane("Caption in", Some(caption), &[Branch::TextEncoder]));
        outwards.push(lane("Caption out", None, &[Branch::TextDecoder]));
    }
    let through = [Branch::Encoder, Branch::Latent, Branch::Decoder];
    [inwards, vec![lane("Latent space", None, &through)], outwards]
}

/// A box with name, shape and weights, and its share of all weights as a bar along its foot.
fn part_ui(ui: &Ui, part: &Part, rect: Rect) {
    let visuals = ui.visuals();
    let painter = ui.painter();
    painter.rect(
        rect,
        5.0,
        visuals.faint_bg_color,
        Stroke::new(1.0, visuals.widgets.noninteractive.bg_stroke.color),
        StrokeKind::Inside,
    );
    let text = rect.left_top() + Vec2::splat(PADDING);
    painter.galley(text, Arc::clone(&part.name), Color32::PLACEHOLDER);
    painter.galley(
        text + vec2(0.0, part.name.size().y + 1.0),
        Arc::clone(&part.about),
        Color32::PLACEHOLDER,
    );
    if part.share > 0.0 {
        let foot = Rect::from_min_max(
            rect.left_bottom() + vec2(PADDING, -5.0),
            rect.right_bottom() + vec2(-PADDING, -2.5),
        );
        let bar = Rect::from_min_size(foot.min, vec2(foot.width() * part.share, foot.height()));
        painter.rect_filled(foot, 1.0, visuals.extreme_bg_color);
        painter.rect_filled(bar, 1.0, theme::accent(visuals));
    }
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    painter.line_segment([from, to], stroke);
    let back = (from - to).normalized() * 5.0;
    for side in [back.rot90(), -back.rot90()] {
        painter.line_segment([to, to + back + side * 0.7], stroke);
    }
}

/// A line with corners.
fn path(painter: &Painter, corners: &[Pos2], stroke: Stroke) {
    for ends in corners.windows(2) {
        if let [from, to] = ends {
            painter.line_segment([*from, *to], stroke);
        }
    }
}

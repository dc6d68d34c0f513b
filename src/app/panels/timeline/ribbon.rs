//! The cluster of every moment: of the pair nearest before it. A drag along it chooses the pairs of a stretch.

use super::scale::Scale;
use crate::app::action::Action;
use crate::app::panels::Look;
use crate::app::state::Pick;
use crate::app::theme;
use crate::project::{PairIndex, Seconds};
use eframe::egui::{CursorIcon, Key, Rect, Response, Stroke, StrokeKind, Ui, pos2};

pub fn ribbon_ui(ui: &Ui, look: &Look, row: Rect, scale: &Scale) {
    let Some(project) = &look.state.project else {
        return;
    };
    if project.run.as_ref().is_none_or(|run| run.assignment.is_none()) {
        return;
    }
    let (from, to) = scale.ends();
    let pairs = project.studied_own();
    let first = pairs.partition_point(|pair| pair.time < from).saturating_sub(1);
    let painter = ui.painter().with_clip_rect(row);
    // Where many pairs share a pixel, one of them is drawn.
    let mut drawn = f32::MIN;
    for (index, pair) in pairs
        .iter()
        .enumerate()
        .skip(first)
        .take_while(|(_, pair)| pair.time <= to)
    {
        let Some(cluster) = look.state.cluster_of(PairIndex::from(index)) else {
            continue;
        };
        let end = pairs
            .get(index + 1)
            .map_or(Seconds(scale.duration), |next| next.time);
        let left = scale.x(pair.time);
        let left = if left - drawn < 1.0 { left.min(drawn) } else { left };
        let block = Rect::from_min_max(pos2(left, row.top() + 1.0), pos2(scale.x(end), row.bottom()));
        if block.right() < drawn + 1.0 {
            continue;
        }
        drawn = block.right();
        let faded = look.state.is_out_of_sight(Some(cluster));
        let colour = look.state.cluster_colour(cluster);
        let colour = if faded {
            colour.gamma_multiply(0.25)
        } else {
            colour
        };
        if block.width() > 0.0 {
            painter.rect_filled(block, 0.0, colour);
        }
        if look.state.chosen.len() > 1 && look.state.chosen.contains(&PairIndex::from(index)) {
            let mark = Rect::from_min_max(pos2(block.left(), row.bottom() - 3.0), block.right_bottom());
            painter.rect_filled(mark, 0.0, ui.visuals().strong_text_color());
        }
    }
    if let Some([from, to]) = look.forms.timeline.brush {
        let accent = theme::accent(ui.visuals());
        let stretch = Rect::from_x_y_ranges(scale.x(from.min(to))..=scale.x(from.max(to)), row.y_range());
        painter.rect_filled(stretch, 0.0, accent.gamma_multiply(0.35));
        painter.rect_stroke(stretch, 0.0, Stroke::new(1.5, accent), StrokeKind::Inside);
    }
}

/// Chooses the pairs of a stretch that is dragged over; with Ctrl in addition. True while the ribbon has the pointer.
pub fn brush_ui(ui: &Ui, look: &mut Look, response: &Response, row: Rect, scale: &Scale) -> bool {
    let time = |x: f32| scale.time(x.clamp(row.left(), row.right()));
    if let Some(brush) = &mut look.forms.timeline.brush {
        if let Some(position) = response.interact_pointer_pos() {
            brush[1] = time(position.x);
        }
        let [from, to] = *brush;
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            look.forms.timeline.brush = None;
            look.forms.timeline.given_up = true;
        } else if response.drag_stopped() {
            look.forms.timeline.brush = None;
            let pairs = within(look, from.min(to), from.max(to));
            let add = ui.input(|input| input.modifiers.command);
            look.ask(Action::Choose(pairs, if add { Pick::Toggle } else { Pick::Only }));
        }
        return true;
    }
    let pressed = ui.input(|input| input.pointer.press_origin());
    let Some(from) = pressed.filter(|at| row.contains(*at) && response.drag_started()) else {
        if response.hover_pos().is_some_and(|at| row.contains(at)) {
            ui.ctx().set_cursor_icon(CursorIcon::Text);
        }
        return false;
    };
    let clustered = look.state.clusters().is_some();
    if clustered {
        look.forms.timeline.brush = Some([time(from.x); 2]);
    }
    clustered
}

/// The pairs of a stretch of the video that are not hidden.
fn within(look: &Look, from: Seconds, to: Seconds) -> Vec<PairIndex> {
    let project = look.state.project.as_ref();
    let pairs = project.map(|project| project.studied_own()).unwrap_or_default();
    // The part of the ribbon under the start of the drag is of the pair before it.
    let first = pairs.partition_point(|pair| pair.time <= from).saturating_sub(1);
    let pairs = pairs.iter().enumerate().skip(first);
    let inside = pairs.take_while(|(_, pair)| pair.time <= to);
    let pairs = inside.map(|(index, _)| PairIndex::from(index));
    pairs
        .filter(|pair| !look.state.is_out_of_sight(look.state.cluster_of(*pair)))
        .collect()
}

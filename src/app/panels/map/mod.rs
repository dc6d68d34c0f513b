//! The Map step: every pair as a point, where alike lie together.

mod controls;
mod points;

use super::Look;
use super::chosen::chosen_ui;
use super::widgets::{empty_ui, paint_frame, pair_text_ui, picture_size};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::forms::Projection;
use crate::app::state::{Pick, Step};
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::PairIndex;
use eframe::egui::{Pos2, Rect, Response, RichText, Sense, Shape, Stroke, Ui};
use egui_plot::Plot;
use points::Cloud;

/// How near the pointer a point is under it, beside its own radius.
const REACH: f32 = 10.0;

const WHAT: &str = "A map of all pairs, where alike lie together";

/// The Map panel.
pub fn map_ui(ui: &mut Ui, look: &mut Look) {
    let state = look.state;
    let run = state.run();
    let Some(run) = run.filter(|run| run.latents.is_some()) else {
        let next = "The map is drawn from what training learned.";
        let action = Action::Run(Command::Show(Step::Training));
        empty_ui(ui, look, WHAT, next, "Go to training", action);
        return;
    };
    controls::controls_ui(ui, look, run.embedding.as_ref());
    controls::legend_ui(ui, look);
    chosen_ui(ui, look);
    epoch_ui(ui, look);
    match state.map_points(&look.forms.map) {
        Some(points) => scatter_ui(ui, look, points),
        None if state.is_running(Kind::Map) || look.forms.map.projection == Projection::Pca => {
            ui.label("The map is being drawn…");
        }
        None => empty_ui(
            ui,
            look,
            WHAT,
            "It takes a few seconds.",
            "Draw the map",
            Action::DrawMap,
        ),
    }
}

/// The map of the epoch that is looked at, where it is not the end: says so, and leads back.
fn epoch_ui(ui: &mut Ui, look: &mut Look) {
    let Some(epoch) = look.state.map_epoch() else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let accent = theme::accent(ui.visuals());
        let text = if look.state.history.maps.contains_key(&epoch) {
            format!("The map as it was after epoch {epoch}")
        } else {
            format!("The map of epoch {epoch} is being drawn; this is that of the end")
        };
        ui.label(RichText::new(text).color(accent).strong());
        let back = ui.button("Back to the end");
        if back
            .on_hover_text("Look at the map of the whole training again")
            .clicked()
        {
            look.actions.push(Action::ShowEpoch(None));
        }
    });
}

fn scatter_ui(ui: &mut Ui, look: &mut Look, points: &[[f32; 2]]) {
    let lasso = look.forms.map.lasso || ui.input(|input| input.modifiers.shift);
    let run = look.state.run();
    let name = run.map_or("", |run| run.name.as_str());
    // Keyed by what is drawn, so that a new map is shown whole; one in the making stays in view as it grows.
    let live = look.state.scatter.live.is_some();
    let response = Plot::new(("map", name, look.forms.map.projection, look.state.map_epoch()))
        .data_aspect(1.0)
        .show_axes(false)
        .show_grid(false)
        .show_crosshair(false)
        .allow_boxed_zoom(false)
        .allow_drag(!lasso)
        .auto_bounds(true)
        .label_formatter(|_| None)
        .show(ui, |plot| {
            // The corners alone tell the plot how far it reaches; the points are painted over it in one piece.
            let corners = points::corners(points);
            plot.points(egui_plot::Points::new("", corners).radius(0.0).allow_hover(false));
            if live {
                plot.set_auto_bounds(true);
            }
        });
    let transform = response.transform;
    let cloud = Cloud::new(points, &transform);
    let frame = *transform.frame();
    points::cloud_ui(ui, look, &cloud, frame);
    if look.forms.map.pictures {
        points::pictures_ui(ui, look, &cloud, frame);
    }
    marks_ui(ui, look, &cloud, frame);
    lasso_ui(ui, look, &response.response, &cloud, lasso);
    if !lasso {
        pointer_ui(ui, look, response.response, &cloud);
    }
    hint_ui(ui, frame);
}

/// How to move about, in a corner.
fn hint_ui(ui: &Ui, frame: Rect) {
    let text = "drag: move   wheel: zoom   Shift and drag: choose   double click: all";
    ui.painter().text(
        frame.left_bottom() + eframe::egui::vec2(8.0, -6.0),
        eframe::egui::Align2::LEFT_BOTTOM,
        text,
        eframe::egui::FontId::proportional(11.0),
        ui.visuals().weak_text_color(),
    );
}

/// A ring around each chosen pair, and around the one that is looked at.
fn marks_ui(ui: &Ui, look: &Look, cloud: &Cloud, frame: Rect) {
    let painter = ui.painter().with_clip_rect(frame);
    let radius = look.forms.map.size + 3.0;
    let accent = theme::accent(ui.visuals());
    // Many rings would hide what they ring; then the others are faded instead.
    if look.state.chosen.len() <= 200 && look.state.chosen.len() > 1 {
        for pair in &look.state.chosen {
            if let Some(at) = cloud.at(*pair).filter(|at| frame.contains(*at)) {
                painter.circle_stroke(at, radius - 1.0, Stroke::new(1.5, accent));
            }
        }
    }
    if let Some(at) = look.state.selected.and_then(|pair| cloud.at(pair)) {
        painter.circle_stroke(at, radius, Stroke::new(2.5, accent));
    }
}

/// Draws around points, and chooses those inside when the pointer is let go.
fn lasso_ui(ui: &Ui, look: &mut Look, response: &Response, cloud: &Cloud, on: bool) {
    if on && response.hovered() {
        ui.ctx().set_cursor_icon(eframe::egui::CursorIcon::Crosshair);
    }
    let drawn = &mut look.forms.map.drawn;
    if on && response.drag_started() {
        drawn.clear();
    }
    let is_drawing = on || !drawn.is_empty();
    if is_drawing
        && response.dragged()
        && let Some(at) = response.interact_pointer_pos()
        && drawn.last().is_none_or(|last| last.distance(at) > 2.0)
    {
        drawn.push(at);
    }
    if drawn.len() > 1 {
        let accent = theme::accent(ui.visuals());
        let mut outline = drawn.clone();
        outline.extend(drawn.first().copied());
        ui.painter().add(Shape::line(outline, Stroke::new(1.5, accent)));
    }
    if !response.drag_stopped() || drawn.is_empty() {
        return;
    }
    let outline = std::mem::take(drawn);
    let state = look.state;
    let inside = |pair: &PairIndex| {
        let seen = !state.is_out_of_sight(state.cluster_of(*pair));
        seen && cloud.at(*pair).is_some_and(|at| is_inside(&outline, at))
    };
    let pairs: Vec<PairIndex> = cloud.pairs().filter(inside).collect();
    let how = if ui.input(|input| input.modifiers.command) {
        Pick::Toggle
    } else {
        Pick::Only
    };
    look.ask(Action::Choose(pairs, how));
}

/// Whether a point is inside an outline: a line from it to the right crosses the outline an odd number of times.
fn is_inside(outline: &[Pos2], at: Pos2) -> bool {
    let ends = outline.iter().zip(outline.iter().cycle().skip(1));
    let crosses = |(a, b): &(&Pos2, &Pos2)| {
        (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
    };
    ends.filter(crosses).count() % 2 == 1
}

/// What the pointer is over: its frame, caption and time; a click looks at it.
fn pointer_ui(ui: &Ui, look: &mut Look, response: Response, cloud: &Cloud) {
    let state = look.state;
    let reach = look.forms.map.size + REACH;
    let under = response.hover_pos().and_then(|pointer| {
        let seen = cloud
            .pairs()
            .filter(|pair| !state.is_out_of_sight(state.cluster_of(*pair)));
        let distance = |pair: &PairIndex| cloud.at(*pair).map_or(f32::MAX, |at| at.distance(pointer));
        let nearest = seen.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(&nearest) < reach).then_some(nearest)
    });
    let Some(pair) = under else {
        if response.clicked() && !state.chosen.is_empty() {
            look.ask(Action::Choose(Vec::new(), Pick::Only));
        }
        return;
    };
    if let Some(at) = cloud.at(pair) {
        let stroke = Stroke::new(2.0, ui.visuals().strong_text_color());
        ui.painter().circle_stroke(at, look.forms.map.size + 4.0, stroke);
    }
    if response.clicked() {
        if ui.input(|input| input.modifiers.command) {
            look.ask(Action::Choose(vec![pair], Pick::Toggle));
        } else {
            look.ask(Action::Select(pair));
        }
    }
    response.on_hover_ui_at_pointer(|ui| {
        ui.set_max_width(260.0);
        if let Some(frame) = state.frame_of(pair) {
            let (rect, _) = ui.allocate_exact_size(picture_size(look, 240.0), Sense::hover());
            paint_frame(ui, look, frame, rect);
        }
        pair_text_ui(ui, state, pair);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

    #[test]
    fn points_in_the_hollow_of_an_outline_are_outside() {
        // A U, open at the top.
        let outline = [(0, 0), (1, 0), (1, 3), (3, 3), (3, 0), (4, 0), (4, 4), (0, 4)]
            .map(|(x, y)| pos2(x as f32, y as f32));
        let inside = |x: f32, y: f32| is_inside(&outline, pos2(x, y));
        assert!(inside(0.5, 1.0) && inside(3.5, 1.0) && inside(2.0, 3.5));
        assert!(!inside(2.0, 1.0) && !inside(-1.0, 1.0) && !inside(2.0, 5.0));
        assert!(!is_inside(&[], pos2(0.0, 0.0)));
    }
}

//! The Map step: every pair as a point, where alike lie together.

use super::Look;
use super::widgets::{cluster_mark, empty_ui, paint_frame, pair_text_ui, picture_size};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::Step;
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{ClusterId, Embedding2, PairIndex};
use eframe::egui::{Color32, DragValue, Pos2, Rect, RichText, Sense, Slider, Stroke, StrokeKind, Ui};
use egui_plot::{Plot, PlotPoint, PlotPoints, Points};

/// The Map panel.
pub fn map_ui(ui: &mut Ui, look: &mut Look) {
    let state = look.state;
    let run = state.project.as_ref().and_then(|project| project.run.as_ref());
    let Some(run) = run.filter(|run| run.latents.is_some()) else {
        let what = "A map of all pairs, where alike lie together";
        empty_ui(
            ui,
            look,
            what,
            "The map is drawn from what training learned.",
            "Go to training",
            Action::Run(Command::Show(Step::Training)),
        );
        return;
    };
    controls_ui(ui, look, run.embedding.as_ref());
    let earlier = epoch_ui(ui, look);
    match &run.embedding {
        Some(map) => scatter_ui(ui, look, earlier.unwrap_or(map)),
        None => {
            let what = "A map of all pairs, where alike lie together";
            let (from, to) = (*look.forms.k_range.start(), *look.forms.k_range.end());
            let action = Action::AnalyseClusters {
                from,
                to,
                perplexity: look.forms.perplexity,
            };
            empty_ui(
                ui,
                look,
                what,
                "It takes a few seconds.",
                "Find clusters and draw the map",
                action,
            );
        }
    }
}

/// The map of the epoch that is looked at, where it is not the end; says so, and leads back.
fn epoch_ui<'a>(ui: &mut Ui, look: &mut Look<'a>) -> Option<&'a Embedding2> {
    let state = look.state;
    let epoch = state.map_epoch()?;
    let map = state.history.maps.get(&epoch);
    ui.horizontal_wrapped(|ui| {
        let accent = theme::accent(ui.visuals());
        let text = if map.is_some() {
            format!("The map as it was after epoch {epoch}")
        } else {
            format!("The map of epoch {epoch} is being drawn; this is that of the end")
        };
        ui.label(RichText::new(text).color(accent).strong());
        if ui
            .button("Back to the end")
            .on_hover_text("Look at the map of the whole training again")
            .clicked()
        {
            look.actions.push(Action::ShowEpoch(None));
        }
    });
    map
}

fn controls_ui(ui: &mut Ui, look: &mut Look, map: Option<&Embedding2>) {
    let busy = look.state.is_running(Kind::Clusters);
    ui.horizontal_wrapped(|ui| {
        if let Some(map) = map {
            let text = format!("t-SNE, perplexity {:.0}, seed {}", map.perplexity, map.seed);
            ui.label(RichText::new(text).weak());
        }
        ui.label("perplexity");
        let perplexity = DragValue::new(&mut look.forms.perplexity)
            .range(2.0..=100.0)
            .speed(0.2)
            .max_decimals(1);
        ui.add_enabled(!busy, perplexity)
            .on_hover_text("About how many neighbours a point keeps near");
        if ui
            .add_enabled(!busy, eframe::egui::Button::new("Draw again"))
            .clicked()
        {
            let (from, to) = (*look.forms.k_range.start(), *look.forms.k_range.end());
            let perplexity = look.forms.perplexity;
            look.ask(Action::AnalyseClusters { from, to, perplexity });
        }
        ui.checkbox(&mut look.forms.map_pictures, "pictures");
        ui.label("size");
        ui.spacing_mut().slider_width = 90.0;
        ui.add(Slider::new(&mut look.forms.point_size, 2.0..=16.0).show_value(false))
            .on_hover_text("Size of the points");
        if busy {
            ui.spinner();
        }
    });
    let k = look
        .state
        .project
        .as_ref()
        .and_then(|p| p.run.as_ref()?.assignment.as_ref())
        .map_or(0, |chosen| chosen.k);
    ui.horizontal_wrapped(|ui| {
        for cluster in (0..k).map(ClusterId::from) {
            if cluster_mark(ui, cluster)
                .on_hover_text("Look at this cluster only")
                .clicked()
            {
                let focused = look.state.focus == Some(cluster);
                look.ask(Action::Focus((!focused).then_some(cluster)));
            }
        }
        if look.state.focus.is_some() && ui.button("All clusters").clicked() {
            look.ask(Action::Focus(None));
        }
    });
}

fn scatter_ui(ui: &mut Ui, look: &mut Look, map: &Embedding2) {
    let state = look.state;
    let k = state
        .project
        .as_ref()
        .and_then(|p| p.run.as_ref()?.assignment.as_ref())
        .map_or(0, |chosen| chosen.k);
    let groups = groups(state, map, k);
    let (radius, pictures) = (look.forms.point_size, look.forms.map_pictures);
    let focus = state.focus;
    let plain = ui.visuals().weak_text_color();
    // Keyed by the map, so that a new one is shown whole.
    let response = Plot::new(("map", map.seed, map.perplexity.to_bits(), map.points.len()))
        .data_aspect(1.0)
        .show_axes(false)
        .show_grid(false)
        .show_crosshair(false)
        .allow_boxed_zoom(false)
        .label_formatter(|_| None)
        .show(ui, |plot| {
            for (cluster, points) in &groups {
                let colour = cluster.map_or(plain, theme::cluster_colour);
                let faded = focus.is_some() && focus != *cluster;
                let colour = if faded {
                    colour.gamma_multiply(0.15)
                } else {
                    colour
                };
                let name = cluster.map_or_else(|| "no cluster".to_owned(), super::widgets::cluster_name);
                let radius = if pictures { 1.0 } else { radius };
                plot.points(
                    Points::new(name, PlotPoints::Borrowed(points))
                        .radius(radius)
                        .color(colour)
                        .allow_hover(false),
                );
            }
        });
    let place = |pair: PairIndex| -> Option<Pos2> {
        let [x, y] = map.points.get(pair.index())?;
        Some(
            response
                .transform
                .position_from_point(&PlotPoint::new(f64::from(*x), f64::from(*y))),
        )
    };
    let frame = *response.transform.frame();
    if pictures {
        pictures_ui(ui, look, map, frame, &place);
    }
    let near = response.response.hover_pos().and_then(|pointer| {
        let distance = |pair: &PairIndex| place(*pair).map_or(f32::MAX, |at| at.distance(pointer));
        let nearest = (0..map.points.len())
            .map(PairIndex::from)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(&nearest) < 24.0 + radius).then_some(nearest)
    });
    let accent = theme::accent(ui.visuals());
    for (pair, colour) in [(state.selected, accent), (near, ui.visuals().text_color())] {
        if let Some(at) = pair.and_then(place).filter(|at| frame.contains(*at)) {
            ui.painter()
                .circle_stroke(at, radius + 3.0, Stroke::new(2.5, colour));
        }
    }
    if let Some(pair) = near {
        if response.response.clicked() {
            look.ask(Action::Select(pair));
        }
        response.response.on_hover_ui_at_pointer(|ui| {
            ui.set_max_width(260.0);
            if let Some(frame) = state.frame_of(pair) {
                let (rect, _) = ui.allocate_exact_size(picture_size(look, 240.0), Sense::hover());
                paint_frame(ui, look, frame, rect);
            }
            pair_text_ui(ui, state, pair);
        });
    }
}

type Group = (Option<ClusterId>, Vec<PlotPoint>);

/// The points of each cluster, then those of none.
fn groups(state: &crate::app::state::State, map: &Embedding2, k: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = (0..k)
        .map(|cluster| (Some(ClusterId::from(cluster)), Vec::new()))
        .collect();
    groups.push((None, Vec::new()));
    for (index, [x, y]) in map.points.iter().enumerate() {
        let place = state
            .cluster_of(PairIndex::from(index))
            .map_or(k, ClusterId::index);
        if let Some((_, points)) = groups.get_mut(place) {
            points.push(PlotPoint::new(f64::from(*x), f64::from(*y)));
        }
    }
    groups
}

/// Frames in place of points, each framed in its cluster's colour.
fn pictures_ui(
    ui: &Ui,
    look: &mut Look,
    map: &Embedding2,
    frame: Rect,
    place: &dyn Fn(PairIndex) -> Option<Pos2>,
) {
    let size = picture_size(look, look.forms.point_size * 8.0);
    for pair in (0..map.points.len()).map(PairIndex::from) {
        let (Some(at), Some(index)) = (place(pair), look.state.frame_of(pair)) else {
            continue;
        };
        let cluster = look.state.cluster_of(pair);
        let hidden = look.state.focus.is_some() && look.state.focus != cluster;
        if hidden || !frame.contains(at) {
            continue;
        }
        let rect = Rect::from_center_size(at, size);
        paint_frame(ui, look, index, rect);
        let colour = cluster.map_or(Color32::GRAY, theme::cluster_colour);
        ui.painter()
            .rect_stroke(rect, 1.0, Stroke::new(2.0, colour), StrokeKind::Outside);
    }
}

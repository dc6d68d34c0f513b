//! The Clusters step: choose k by eye from three plots, and look into the clusters.

use super::Look;
use super::widgets::{cluster_mark, empty_ui, pair_button, primary_button, round, short};
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::{Stage, Step};
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::{Assignment, ClusterId, KSweep, KSweepRow, PairIndex};
use eframe::egui::{Color32, DragValue, RichText, ScrollArea, Stroke, Ui};
use egui_plot::{
    Bar, BarChart, GridMark, HoverPosition, Line, MarkerShape, Plot, PlotPoints, PlotUi, Points, VLine,
};

/// The Clusters panel.
pub fn clusters_ui(ui: &mut Ui, look: &mut Look) {
    let run = look
        .state
        .project
        .as_ref()
        .and_then(|project| project.run.as_ref());
    let Some(run) = run.filter(|run| run.latents.is_some()) else {
        let (what, next) = (
            "Plots for choosing k, and the clusters themselves",
            "Clusters are made of what training learned.",
        );
        empty_ui(
            ui,
            look,
            what,
            next,
            "Go to training",
            Action::Run(Command::Show(Step::Training)),
        );
        return;
    };
    range_ui(ui, look);
    let Some(sweep) = &run.sweep else {
        if !look.state.is_running(Kind::Clusters) {
            ui.label("No clusters were found yet for this training: press Find clusters.");
        }
        return;
    };
    let chosen = run.assignment.as_ref();
    choice_ui(ui, look, sweep, chosen.map(|chosen| chosen.k));
    let height = (ui.available_height() * 0.36).clamp(120.0, 260.0);
    plots_ui(ui, look, sweep, chosen.map(|chosen| chosen.k), height);
    ui.separator();
    if let Some(chosen) = chosen {
        list_ui(ui, look, chosen);
    }
}

fn range_ui(ui: &mut Ui, look: &mut Look) {
    let busy = look.state.is_running(Kind::Clusters);
    let (mut from, mut to) = (*look.forms.k_range.start(), *look.forms.k_range.end());
    ui.add_enabled_ui(!busy, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label("k from");
            ui.add(DragValue::new(&mut from).range(2..=60))
                .on_hover_text("Smallest k");
            ui.label("to");
            ui.add(DragValue::new(&mut to).range(2..=60))
                .on_hover_text("Largest k");
            to = to.max(from);
            look.forms.k_range = from..=to;
            let perplexity = look.forms.perplexity;
            let swept = look
                .state
                .project
                .as_ref()
                .and_then(|p| p.run.as_ref())
                .is_some_and(|run| run.sweep.is_some());
            let find = Action::AnalyseClusters { from, to, perplexity };
            if swept {
                if ui
                    .button("Find again")
                    .on_hover_text("Run k-means over this range, and draw the map again")
                    .clicked()
                {
                    look.ask(find);
                }
            } else if primary_button(ui, "Find clusters").clicked() {
                look.ask(find);
            }
            if busy {
                ui.spinner();
            }
            if look.state.stage(Step::Clusters) == Stage::Done
                && primary_button(ui, "Next: the map").clicked()
            {
                look.ask(Action::Run(Command::Show(Step::Map)));
            }
        });
    });
}

fn choice_ui(ui: &mut Ui, look: &mut Look, sweep: &KSweep, chosen: Option<usize>) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Choose");
        for row in &sweep.rows {
            let on = chosen == Some(row.k);
            if ui
                .selectable_label(on, format!("k = {}", row.k))
                .on_hover_ui(|ui| row_ui(ui, row))
                .clicked()
                && !on
            {
                look.ask(Action::ChooseK(row.k));
            }
        }
    });
    let text = match sweep.elbow {
        Some(k) => format!("The curve of distances to the own centroid bends clearly at k = {k}"),
        None => "No clear elbow: look at the three plots, and at the clusters. Press a plot to choose".into(),
    };
    ui.label(RichText::new(text).weak());
}

fn row_ui(ui: &mut Ui, row: &KSweepRow) {
    let populations: Vec<String> = row.populations.iter().map(ToString::to_string).collect();
    ui.label(format!("k = {}", row.k));
    ui.label(format!(
        "within {} · cross {}",
        short(row.within),
        short(row.cross)
    ));
    ui.label(format!(
        "silhouette {:.3} · stability {:.2}",
        row.silhouette, row.stability
    ));
    ui.label(format!("populations {}", populations.join(", ")));
}

fn plots_ui(ui: &mut Ui, look: &mut Look, sweep: &KSweep, chosen: Option<usize>, height: f32) {
    let rows = &sweep.rows;
    ui.columns(3, |columns| {
        let [left, middle, right] = columns else { return };
        curve_ui(
            left,
            look,
            ("Distance to own centroid", "within"),
            rows,
            |row| row.within,
            chosen,
            height,
        );
        curve_ui(
            middle,
            look,
            ("Distance between centroids", "cross"),
            rows,
            |row| row.cross,
            chosen,
            height,
        );
        populations_ui(right, look, rows, chosen, height);
    });
}

/// A plot over k, of which any place can be pressed to choose the k nearest to it.
fn k_plot<'a>(
    ui: &mut Ui,
    look: &mut Look,
    title: &str,
    rows: &[KSweepRow],
    height: f32,
    draw: impl FnOnce(&mut PlotUi<'a>) + 'a,
) {
    ui.label(RichText::new(title).strong());
    let marks: Vec<GridMark> = rows
        .iter()
        .map(|row| GridMark {
            value: row.k as f64,
            step_size: rows.len() as f64,
        })
        .collect();
    let response = Plot::new(title.to_owned())
        .height(height)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .x_axis_label("k")
        .y_axis_formatter(|mark, _| round(mark.value))
        .y_grid_spacer(|input| super::widgets::marks(&input))
        // A line and a number at every k, and nowhere else.
        .x_grid_spacer(move |_| marks.clone())
        .x_axis_formatter(|mark, _| round(mark.value))
        .show_crosshair(false)
        .grid_color(ui.visuals().weak_text_color().gamma_multiply(0.4))
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint {
                plot_name, position, ..
            } => Some(format!(
                "{plot_name}\nk = {:.0}\n{}",
                position.x,
                short(position.y)
            )),
            HoverPosition::Elsewhere { .. } => None,
        })
        .show(ui, draw);
    let pressed = response
        .response
        .interact_pointer_pos()
        .filter(|_| response.response.clicked());
    if let Some(position) = pressed {
        let x = response.transform.value_from_position(position).x;
        let distance = |row: &&KSweepRow| (row.k as f64 - x).abs();
        if let Some(row) = rows.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))) {
            look.ask(Action::ChooseK(row.k));
        }
    }
    response
        .response
        .on_hover_cursor(eframe::egui::CursorIcon::PointingHand);
}

fn curve_ui(
    ui: &mut Ui,
    look: &mut Look,
    (title, name): (&str, &'static str),
    rows: &[KSweepRow],
    value: fn(&KSweepRow) -> f64,
    chosen: Option<usize>,
    height: f32,
) {
    let accent = theme::accent(ui.visuals());
    let points: Vec<[f64; 2]> = rows.iter().map(|row| [row.k as f64, value(row)]).collect();
    k_plot(ui, look, title, rows, height, move |plot| {
        mark_chosen(plot, chosen, accent);
        plot.line(
            Line::new(name, PlotPoints::from(points.clone()))
                .color(accent)
                .width(2.0),
        );
        let dots = Points::new(name, PlotPoints::from(points))
            .shape(MarkerShape::Circle)
            .radius(4.0);
        plot.points(dots.color(accent));
    });
}

/// Populations of the clusters of every k, the largest at the bottom: a robust cluster keeps its size as k grows.
fn populations_ui(ui: &mut Ui, look: &mut Look, rows: &[KSweepRow], chosen: Option<usize>, height: f32) {
    let accent = theme::accent(ui.visuals());
    let most = rows.iter().map(|row| row.populations.len()).max().unwrap_or(0);
    let mut charts: Vec<BarChart> = Vec::new();
    for rank in 0..most {
        let colour = theme::cluster_colour(ClusterId::from(rank));
        let bars = rows.iter().map(|row| {
            let size = row.populations.get(rank).copied().unwrap_or(0);
            let base: usize = row.populations.iter().take(rank).sum();
            Bar::new(row.k as f64, size as f64)
                .base_offset(base as f64)
                .width(0.78)
                .fill(colour)
                .stroke(Stroke::new(0.5, Color32::from_black_alpha(90)))
        });
        let format = |bar: &Bar, _: &BarChart| format!("k = {:.0}\n{:.0} pairs", bar.argument, bar.value);
        let chart = BarChart::new(format!("largest {}", rank + 1), bars.collect()).color(colour);
        charts.push(chart.element_formatter(Box::new(format)));
    }
    k_plot(ui, look, "Populations", rows, height, move |plot| {
        mark_chosen(plot, chosen, accent);
        for chart in charts {
            plot.bar_chart(chart);
        }
    });
}

fn mark_chosen(plot: &mut PlotUi, chosen: Option<usize>, accent: Color32) {
    if let Some(k) = chosen {
        plot.vline(
            VLine::new("chosen", k as f64)
                .color(accent.gamma_multiply(0.35))
                .width(9.0)
                .allow_hover(false),
        );
    }
}

/// Each cluster with its size, its keywords and its most typical frames.
fn list_ui(ui: &mut Ui, look: &mut Look, chosen: &Assignment) {
    let state = look.state;
    let run = state.project.as_ref().and_then(|project| project.run.as_ref());
    let Some(run) = run else { return };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for cluster in (0..chosen.k).map(ClusterId::from) {
            let members: Vec<PairIndex> = (0..chosen.labels.len())
                .map(PairIndex::from)
                .filter(|pair| chosen.labels.get(pair.index()) == Some(&Some(cluster)))
                .collect();
            ui.horizontal_wrapped(|ui| {
                let focused = state.focus == Some(cluster);
                if cluster_mark(ui, cluster)
                    .on_hover_text("Look at this cluster only")
                    .clicked()
                {
                    look.ask(Action::Focus((!focused).then_some(cluster)));
                }
                let share = members.len() as f64 * 100.0 / chosen.labels.len().max(1) as f64;
                ui.label(RichText::new(format!("{} pairs, {share:.0} %", members.len())).weak());
                if let Some(tags) = run.tags.iter().find(|tags| tags.cluster == cluster) {
                    let words: Vec<&str> = tags.tags.iter().map(|tag| tag.text.as_str()).collect();
                    ui.label(words.join(" · "));
                }
            });
            let typical = look.typical(cluster);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
                let fit = (ui.available_width() / (96.0 + theme::SMALL_GAP))
                    .floor()
                    .max(1.0) as usize;
                for pair in typical.iter().take(fit) {
                    pair_button(ui, look, *pair, 96.0);
                }
            });
            ui.add_space(theme::GAP);
        }
    });
}

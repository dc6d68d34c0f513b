//! The measures over k. Any place of a plot can be pressed to choose its k.

use super::{Look, row_ui};
use crate::app::action::Action;
use crate::app::panels::widgets::{marks, round, short};
use crate::app::state::Pick;
use crate::app::theme;
use crate::project::{ClusterId, ClusteringMethod, Density, KSweep, KSweepRow, PairIndex};
use eframe::egui::{Color32, CursorIcon, RichText, Stroke, Ui};
use egui_plot::{
    Bar, BarChart, GridMark, HLine, HoverPosition, Line, MarkerShape, Plot, PlotPoints, PlotUi, Points, VLine,
};

/// The narrowest a plot still tells something.
const NARROWEST: f32 = 165.0;

/// A curve over k.
struct Curve {
    title: &'static str,
    about: &'static str,
    value: fn(&KSweepRow) -> Option<f64>,
}

const WITHIN: Curve = Curve {
    title: "Distance to own centroid",
    about: "Within: small is good, and falls with k; an elbow is where it falls no longer steeply",
    value: |row| Some(row.within),
};

const CROSS: Curve = Curve {
    title: "Between centroids",
    about: "Cross: large is good",
    value: |row| Some(row.cross),
};

const SILHOUETTE: Curve = Curve {
    title: "Silhouette",
    about: "How much nearer pairs are to their own cluster than to the next, -1 to 1; large is good",
    value: |row| Some(row.silhouette),
};

const CRITERION: Curve = Curve {
    title: "Bayesian criterion",
    about: "How well the mixture explains the pairs, less what its parameters cost; small is good",
    value: |row| row.likelihood.map(|likelihood| likelihood.bic),
};

/// Elbow, cross (of mixtures the criterion), silhouette and populations, as many beside each other as there is room for.
pub fn plots_ui(ui: &mut Ui, look: &mut Look, sweep: &KSweep, height: f32) {
    let second = if sweep.method == ClusteringMethod::Gmm {
        CRITERION
    } else {
        CROSS
    };
    let curves = [WITHIN, second, SILHOUETTE];
    let fit = ((ui.available_width() / NARROWEST) as usize).clamp(1, 4);
    let each = if fit == 3 { 2 } else { fit };
    let rows = 4_usize.div_ceil(each);
    let height = if rows > 1 { height * 0.75 } else { height };
    for row in 0..rows {
        ui.columns(each, |columns| {
            for (place, ui) in columns.iter_mut().enumerate() {
                match curves.get(row * each + place) {
                    Some(curve) => curve_ui(ui, look, curve, &sweep.rows, height),
                    None if row * each + place == curves.len() => {
                        populations_ui(ui, look, &sweep.rows, height);
                    }
                    None => {}
                }
            }
        });
    }
}

/// A plot over k: what is under the pointer when it is pressed, as the place of the row and a value.
fn k_plot<'a>(
    ui: &mut Ui,
    (title, about): (&str, &str),
    rows: &[KSweepRow],
    height: f32,
    draw: impl FnOnce(&mut PlotUi<'a>) + 'a,
) -> Option<(usize, f64)> {
    ui.label(RichText::new(title).strong()).on_hover_text(about);
    let numbers: Vec<GridMark> = rows
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
        .y_grid_spacer(|input| marks(&input))
        // A line and a number at every k, and nowhere else.
        .x_grid_spacer(move |_| numbers.clone())
        .x_axis_formatter(|mark, _| round(mark.value))
        .show_crosshair(false)
        .grid_color(ui.visuals().weak_text_color().gamma_multiply(0.4))
        .label_formatter(|_: &HoverPosition| None)
        .show(ui, draw);
    let at = |position| {
        let value = response.transform.value_from_position(position);
        let distance = |place: &usize| {
            rows.get(*place)
                .map_or(f64::MAX, |row| (row.k as f64 - value.x).abs())
        };
        let place = (0..rows.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some((place, value.y))
    };
    let pressed = response
        .response
        .interact_pointer_pos()
        .filter(|_| response.response.clicked())
        .and_then(at);
    let under = response.response.hover_pos().and_then(at);
    let response = response.response.on_hover_cursor(CursorIcon::PointingHand);
    if let Some(row) = under.and_then(|(place, _)| rows.get(place)) {
        response.on_hover_ui_at_pointer(|ui| row_ui(ui, row));
    }
    pressed
}

fn curve_ui(ui: &mut Ui, look: &mut Look, curve: &Curve, rows: &[KSweepRow], height: f32) {
    let accent = theme::accent(ui.visuals());
    let chosen = look.state.board.k();
    let value = |row: &KSweepRow| Some([row.k as f64, (curve.value)(row)?]);
    let points: Vec<[f64; 2]> = rows.iter().filter_map(value).collect();
    let pressed = k_plot(ui, (curve.title, curve.about), rows, height, move |plot| {
        mark_chosen(plot, chosen, accent);
        plot.line(
            Line::new("", PlotPoints::from(points.clone()))
                .color(accent)
                .width(2.0),
        );
        let dots = Points::new("", PlotPoints::from(points))
            .shape(MarkerShape::Circle)
            .radius(4.0);
        plot.points(dots.color(accent));
    });
    if let Some(row) = pressed.and_then(|(place, _)| rows.get(place)) {
        look.ask(Action::ChooseK(row.k));
    }
}

/// Populations of the clusters of every k, the largest at the bottom: a robust cluster keeps its size, and its colour, as
/// k grows. Pressing a part chooses its k and its pairs; the pairs that are chosen show as a bar beside each part.
fn populations_ui(ui: &mut Ui, look: &mut Look, rows: &[KSweepRow], height: f32) {
    let accent = theme::accent(ui.visuals());
    let chosen = look.state.board.k();
    let most = rows.iter().map(|row| row.populations.len()).max().unwrap_or(0);
    let levels = &look.state.board.tree.levels;
    let edge = Stroke::new(0.5, Color32::from_black_alpha(90));
    let mut charts: Vec<BarChart> = Vec::new();
    for rank in 0..most {
        let bars = rows.iter().enumerate().filter_map(|(place, row)| {
            let size = row.populations.get(rank).copied()?;
            let base: usize = row.populations.iter().take(rank).sum();
            let node = levels.get(place).and_then(|level| level.get(rank));
            Some(
                Bar::new(row.k as f64, size as f64)
                    .base_offset(base as f64)
                    .width(0.78)
                    .fill(theme::palette(node.map_or(rank, |node| node.colour)))
                    .stroke(edge),
            )
        });
        charts.push(BarChart::new("", bars.collect()).allow_hover(false));
    }
    if look.state.chosen.len() > 1 {
        let bars = rows.iter().flat_map(|row| of_chosen(look, row));
        let bars = bars.map(|bar| bar.fill(accent).stroke(Stroke::NONE));
        charts.push(BarChart::new("", bars.collect()).allow_hover(false));
    }
    let about = "Pairs in each cluster, the largest at the bottom: a robust cluster keeps its size and colour as k grows";
    let pressed = k_plot(ui, ("Populations", about), rows, height, move |plot| {
        mark_chosen(plot, chosen, accent);
        for chart in charts {
            plot.bar_chart(chart);
        }
    });
    let Some((row, value)) = pressed.and_then(|(place, value)| Some((rows.get(place)?, value))) else {
        return;
    };
    look.ask(Action::ChooseK(row.k));
    let mut top = 0.0;
    let rank = row.populations.iter().position(|size| {
        top += *size as f64;
        value <= top
    });
    if let Some(rank) = rank.map(ClusterId::from) {
        let of_cluster = row.labels.iter().enumerate().filter(|(_, label)| **label == rank);
        let pairs = of_cluster.map(|(pair, _)| PairIndex::from(pair)).collect();
        look.ask(Action::Choose(pairs, Pick::Only));
    }
}

/// How many of the chosen pairs are in each cluster of a k.
fn of_chosen(look: &Look, row: &KSweepRow) -> Vec<Bar> {
    let mut counts = vec![0_usize; row.populations.len()];
    for pair in &look.state.chosen {
        let label = row.labels.get(pair.index()).map(|label| label.index());
        if let Some(count) = label.and_then(|label| counts.get_mut(label)) {
            *count += 1;
        }
    }
    let bases = row.populations.iter().scan(0, |base, size| {
        *base += size;
        Some(*base - size)
    });
    let bar = |(count, base): (usize, usize)| {
        Bar::new(row.k as f64 + 0.32, count as f64)
            .base_offset(base as f64)
            .width(0.12)
    };
    counts
        .into_iter()
        .zip(bases)
        .filter(|(count, _)| *count > 0)
        .map(bar)
        .collect()
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

/// The k-distance plot of DBSCAN: pressing it sets the reach.
pub fn reach_ui(ui: &mut Ui, look: &mut Look, density: &Density, height: f32) {
    let clusters = crate::project::counted(density.populations.len(), "cluster");
    let noise = crate::project::counted(density.noise, "pair");
    ui.label(
        RichText::new(format!(
            "{clusters} at a reach of {}; {noise} in none",
            short(density.epsilon)
        ))
        .strong(),
    );
    let accent = theme::accent(ui.visuals());
    let weak = ui.visuals().weak_text_color();
    let points: Vec<[f64; 2]> = density
        .distances
        .iter()
        .enumerate()
        .map(|(place, distance)| [place as f64, *distance])
        .collect();
    let (used, proposed) = (density.epsilon, density.proposed_epsilon);
    let response = Plot::new("k-distance")
        .height(height)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .x_axis_label("pairs, by how far their neighbours are")
        .y_axis_formatter(|mark, _| round(mark.value))
        .y_grid_spacer(|input| marks(&input))
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint { position, .. } => Some(format!("reach {}", short(position.y))),
            HoverPosition::Elsewhere { .. } => None,
        })
        .show(ui, |plot| {
            plot.line(Line::new("", PlotPoints::from(points)).color(accent).width(2.0));
            plot.hline(HLine::new("knee", proposed).color(weak).allow_hover(false));
            plot.hline(
                HLine::new("reach", used)
                    .color(accent)
                    .width(2.0)
                    .allow_hover(false),
            );
        });
    let pressed = response
        .response
        .interact_pointer_pos()
        .filter(|_| response.response.clicked());
    if let Some(position) = pressed {
        let reach = response.transform.value_from_position(position).y;
        look.forms.clusters.epsilon = Some(reach.max(f64::MIN_POSITIVE));
        look.ask(Action::FindClusters);
    }
    ui.label(RichText::new("A pair is inside a cluster where enough others are within reach. Press the curve to set the reach; the thin line is its knee.").weak());
}

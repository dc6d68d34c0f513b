//! The clusters of both videos, each with each.

use crate::analysis::comparing::Compared;
use crate::app::action::Action;
use crate::app::panels::Look;
use crate::app::state::ramp;
use crate::app::theme;
use crate::interpretation::comparison::Theme;
use crate::project::ClusterId;
use eframe::egui::{
    Align2, Color32, FontId, Pos2, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

/// Room for the names of the rows.
const NAMES: f32 = 150.0;

/// Height of the names of the columns, which stand in two lines at most.
const HEAD: f32 = 36.0;

/// Size of a cell at least and at most.
const CELL: [f32; 2] = [44.0, 96.0];

const HEIGHT: f32 = 30.0;

/// Size of the scale of the colours, and of how many colours it is drawn.
const SCALE: Vec2 = Vec2::new(120.0, 10.0);
const STEPS: usize = 40;

/// Dark is little, light is much.
pub fn heat(value: f64, [least, most]: [f64; 2]) -> Color32 {
    ramp(((value - least) / (most - least).max(1e-9)).clamp(0.0, 1.0))
}

/// What the colours mean.
pub fn scale_ui(ui: &mut Ui, range: [f64; 2]) {
    let [least, most] = range;
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{least:.2}")).weak().monospace());
        let (rect, _) = ui.allocate_exact_size(SCALE, Sense::hover());
        let width = rect.width() / STEPS as f32;
        for step in 0..STEPS {
            let left = rect.min + vec2(width * step as f32, 0.0);
            let value = least + (most - least) * step as f64 / (STEPS - 1) as f64;
            let part = Rect::from_min_size(left, vec2(width + 0.5, rect.height()));
            ui.painter().rect_filled(part, 0.0, heat(value, range));
        }
        ui.label(RichText::new(format!("{most:.2}")).weak().monospace());
    });
}

pub fn heat_map_ui(ui: &mut Ui, look: &mut Look, compared: &Compared, names: &[String; 2]) {
    let comparison = &compared.comparison;
    let (rows, columns) = (comparison.rows.len(), comparison.columns.len());
    let values = comparison.cells.iter().map(|cell| cell.similarity);
    let range = [
        values.clone().fold(f64::MAX, f64::min),
        values.fold(f64::MIN, f64::max),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("down: {}, across: {}", names[0], names[1])).weak());
        ui.label(
            RichText::new("· alike ones come first; a frame marks clusters that are each other's nearest")
                .weak(),
        );
        scale_ui(ui, range);
    });
    let width = ((ui.available_width() - NAMES) / columns.max(1) as f32).clamp(CELL[0], CELL[1]);
    let size = vec2(NAMES + width * columns as f32, HEAD + HEIGHT * rows as f32);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let cell_at = |row: usize, column: usize| {
        let corner = rect.min + vec2(NAMES + width * column as f32, HEAD + HEIGHT * row as f32);
        Rect::from_min_size(corner, Vec2::new(width, HEIGHT)).shrink(1.0)
    };
    for (column, theme) in comparison.columns.iter().enumerate() {
        let area = Rect::from_min_size(
            pos2(cell_at(0, column).min.x, rect.min.y),
            vec2(width - 2.0, HEAD),
        );
        name_ui(ui, look, 1, theme, area, Align2::CENTER_BOTTOM);
    }
    for (row, theme) in comparison.rows.iter().enumerate() {
        let area = Rect::from_min_size(
            pos2(rect.min.x, cell_at(row, 0).min.y),
            vec2(NAMES - 8.0, HEIGHT - 2.0),
        );
        name_ui(ui, look, 0, theme, area, Align2::RIGHT_CENTER);
    }
    for ((row, column), cell) in comparison.cells.indexed_iter() {
        let (Some(one), Some(other)) = (comparison.rows.get(row), comparison.columns.get(column)) else {
            continue;
        };
        let area = cell_at(row, column);
        let id = ui.scope_id().with(("cell", row, column));
        let response = ui.interact(area, id, Sense::click());
        let text = format!("{:.3}", cell.similarity);
        let label = format!("{} and {}: {text}", one.name, other.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        let colour = heat(cell.similarity, range);
        ui.painter().rect_filled(area, 2.0, colour);
        ui.painter().text(
            area.center(),
            Align2::CENTER_CENTER,
            &text,
            FontId::monospace(12.0),
            theme::text_on(colour),
        );
        let is_match = comparison
            .matches
            .iter()
            .any(|found| (found.row, found.column) == (row, column));
        let is_shown = look.state.telling.cell == Some([one.cluster, other.cluster]);
        if is_shown {
            let stroke = Stroke::new(3.0, theme::accent(ui.visuals()));
            ui.painter().rect_stroke(area, 2.0, stroke, StrokeKind::Outside);
        } else if is_match {
            let stroke = Stroke::new(1.5, ui.visuals().strong_text_color());
            ui.painter().rect_stroke(area, 2.0, stroke, StrokeKind::Inside);
        }
        let interval = comparison
            .intervals
            .as_ref()
            .and_then(|intervals| intervals.get((row, column)));
        let interval = interval.map_or_else(String::new, |of| {
            format!(
                "\n95 %: {:.3} to {:.3}, mean {:.3}, over {} values",
                of.low, of.high, of.mean, of.values
            )
        });
        if response
            .on_hover_text(format!("{label}{interval}\nPress to see both"))
            .clicked()
        {
            look.ask(Action::ShowCell([one.cluster, other.cluster]));
        }
    }
}

/// The name of a cluster at the edge, in its own colour where it is of this project.
fn name_ui(ui: &Ui, look: &Look, side: usize, theme: &Theme, area: Rect, align: Align2) {
    let colour = colour_of(look, side, theme.cluster);
    let font = FontId::proportional(12.0);
    let mut job = eframe::egui::text::LayoutJob::simple(
        theme.name.clone(),
        font,
        ui.visuals().text_color(),
        area.width() - 10.0,
    );
    job.wrap.max_rows = 2;
    job.halign = align.x();
    let galley = ui.painter().layout_job(job);
    let at: Pos2 = align.pos_in_rect(&area);
    let top = if align == Align2::CENTER_BOTTOM {
        area.max.y - galley.size().y - 5.0
    } else {
        area.center().y - galley.size().y / 2.0
    };
    let x = if align == Align2::CENTER_BOTTOM {
        area.center().x
    } else {
        at.x - 8.0
    };
    ui.painter()
        .galley(pos2(x, top), galley, ui.visuals().text_color());
    let mark = if side == 0 {
        Rect::from_min_max(
            pos2(area.max.x - 5.0, area.min.y + 3.0),
            pos2(area.max.x - 1.0, area.max.y - 3.0),
        )
    } else {
        Rect::from_min_max(
            pos2(area.min.x + 3.0, area.max.y - 4.0),
            pos2(area.max.x - 3.0, area.max.y),
        )
    };
    ui.painter().rect_filled(mark, 1.0, colour);
}

pub fn colour_of(look: &Look, side: usize, cluster: ClusterId) -> Color32 {
    if side == 0 {
        return look.state.cluster_colour(cluster);
    }
    let other = look.state.telling.other.as_ref();
    let chosen = other.and_then(|other| other.project.run.as_ref()?.assignment.as_ref());
    chosen.map_or(Color32::GRAY, |chosen| theme::palette(chosen.colour(cluster)))
}

/// Best matches, what only one of them has, and what is left out.
pub fn summary_ui(ui: &mut Ui, look: &mut Look, compared: &Compared, names: &[String; 2]) {
    let comparison = &compared.comparison;
    let name = |themes: &[Theme], place: usize| {
        themes
            .get(place)
            .map(|theme| theme.name.clone())
            .unwrap_or_default()
    };
    ui.add_space(theme::SMALL_GAP);
    ui.horizontal_wrapped(|ui| {
        let [one, other] = names;
        ui.label(RichText::new(format!("Best matches, {one} – {other}")).strong());
        for found in &comparison.matches {
            let text = format!(
                "{} – {}  {:.3}",
                name(&comparison.rows, found.row),
                name(&comparison.columns, found.column),
                found.similarity
            );
            let cell = comparison
                .rows
                .get(found.row)
                .zip(comparison.columns.get(found.column));
            if ui.button(text).clicked()
                && let Some((one, other)) = cell
            {
                look.ask(Action::ShowCell([one.cluster, other.cluster]));
            }
        }
    });
    for (video, themes, only) in [
        (&names[0], &comparison.rows, &comparison.only_rows),
        (&names[1], &comparison.columns, &comparison.only_columns),
    ] {
        if !only.is_empty() {
            let list: Vec<String> = only.iter().map(|place| name(themes, *place)).collect();
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(format!("Only in {video}")).strong());
                ui.label(list.join(", "));
                let why = format!(
                    "no best match, and nothing more alike than {:.3}",
                    comparison.threshold
                );
                ui.label(RichText::new(why).weak().small())
                    .on_hover_text("The median of what is most alike of all clusters");
            });
        }
    }
    left_out_ui(ui, look);
    ui.label(
        RichText::new(format!("Intervals are over {}", compared.spread))
            .weak()
            .small(),
    );
}

/// Clusters that were left out, to be taken in again.
fn left_out_ui(ui: &mut Ui, look: &mut Look) {
    let left_out = look.forms.telling.left_out.clone();
    if left_out.iter().all(|clusters| clusters.is_empty()) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Left out").strong());
        for (side, clusters) in left_out.iter().enumerate() {
            for cluster in clusters {
                let name = super::cell::name_of(look, side, *cluster);
                if ui
                    .button(format!("{name} ×"))
                    .on_hover_text("Take it in again")
                    .clicked()
                {
                    look.ask(Action::LeaveOut(side, *cluster, false));
                }
            }
        }
    });
}

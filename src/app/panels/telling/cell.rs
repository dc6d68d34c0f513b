//! Two clusters side by side: frames, tags that are alike, captions.

use super::heat_map::colour_of;
use super::other::frame_ui;
use crate::analysis::comparing::Compared;
use crate::app::action::Action;
use crate::app::panels::Look;
use crate::app::panels::widgets::pair_button;
use crate::app::theme;
use crate::interpretation::comparison::{Interval, Likeness, Theme};
use crate::project::{ClusterId, PairIndex};
use eframe::egui::{Label, RichText, Ui};
use std::collections::BTreeSet;

/// Frames and captions that are shown of a cluster.
const SHOWN: usize = 3;

/// Characters that are shown of the translation of a tag.
const TRANSLATION: usize = 40;

pub fn name_of(look: &Look, side: usize, cluster: ClusterId) -> String {
    if side == 0 {
        return look.state.cluster_name(cluster);
    }
    let other = look.state.telling.other.as_ref();
    let chosen = other.and_then(|other| other.project.run.as_ref()?.assignment.as_ref());
    chosen.map_or_else(
        || format!("Cluster {}", cluster.0 + 1),
        |chosen| chosen.name(cluster),
    )
}

pub fn cell_ui(ui: &mut Ui, look: &mut Look, compared: &Compared, names: &[String; 2]) {
    let comparison = &compared.comparison;
    let found = look.state.telling.cell.and_then(|[one, other]| {
        let row = comparison.rows.iter().position(|theme| theme.cluster == one)?;
        let column = comparison
            .columns
            .iter()
            .position(|theme| theme.cluster == other)?;
        Some((
            comparison.rows.get(row)?,
            comparison.columns.get(column)?,
            comparison.cells.get((row, column))?,
            comparison
                .intervals
                .as_ref()
                .and_then(|all| all.get((row, column))),
        ))
    });
    let Some((one, other, cell, interval)) = found else {
        super::weak(
            ui,
            "Press a cell to see both clusters with their frames, tags and captions.",
        );
        return;
    };
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            side_ui(left, look, 0, one, names, cell, compared);
            side_ui(right, look, 1, other, names, cell, compared);
        }
    });
    ui.add_space(theme::SMALL_GAP);
    pairs_ui(ui, one, other, cell, interval);
}

fn side_ui(
    ui: &mut Ui,
    look: &mut Look,
    side: usize,
    theme: &Theme,
    names: &[String; 2],
    cell: &Likeness,
    compared: &Compared,
) {
    ui.horizontal_wrapped(|ui| {
        let colour = colour_of(look, side, theme.cluster);
        ui.label(
            RichText::new(format!(" {} ", theme.name))
                .strong()
                .color(theme::text_on(colour))
                .background_color(colour),
        );
        if let Some(name) = names.get(side) {
            ui.label(RichText::new(name).weak());
        }
        if ui
            .small_button("Leave out of the comparison")
            .on_hover_text("As a talking head may be; it can be taken in again")
            .clicked()
        {
            look.ask(Action::LeaveOut(side, theme.cluster, true));
        }
    });
    let counted: BTreeSet<usize> = cell
        .pairs
        .iter()
        .map(|pair| if side == 0 { pair.row } else { pair.column })
        .collect();
    ui.horizontal_wrapped(|ui| {
        for (place, tag) in theme.tags.iter().enumerate() {
            let text = RichText::new(tag);
            let text = if counted.contains(&place) {
                text.strong()
            } else {
                text.weak()
            };
            ui.label(text);
            if let Some(english) = compared.translations.get(tag) {
                // A translator that lost its way goes on and on.
                let mut short: String = english.chars().take(TRANSLATION).collect();
                if short.len() < english.len() {
                    short.push('…');
                }
                ui.label(RichText::new(format!("({short})")).weak().small())
                    .on_hover_text(format!("Compared as “{english}”"));
            }
            if place + 1 < theme.tags.len() {
                ui.label(RichText::new("·").weak());
            }
        }
    });
    let typical: Vec<PairIndex> = match side {
        0 => look.typical(theme.cluster),
        _ => {
            let other = look.state.telling.other.as_ref();
            other
                .and_then(|other| other.typical.get(theme.cluster.index()).cloned())
                .unwrap_or_default()
        }
    };
    let width = (ui.available_width() / SHOWN as f32 - theme::SMALL_GAP).clamp(60.0, 150.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
        for pair in typical.iter().take(SHOWN) {
            if side == 0 {
                pair_button(ui, look, *pair, width);
            } else {
                frame_ui(ui, look, *pair, width);
            }
        }
    });
    for pair in typical.iter().take(SHOWN) {
        let caption = match side {
            0 => look.state.caption_of(*pair).to_owned(),
            _ => {
                let other = look.state.telling.other.as_ref();
                other
                    .map(|other| other.project.studied_text(*pair).to_owned())
                    .unwrap_or_default()
            }
        };
        if !caption.is_empty() {
            ui.add(Label::new(RichText::new(caption).small()).wrap());
        }
    }
}

/// The tags that make the figure.
fn pairs_ui(ui: &mut Ui, one: &Theme, other: &Theme, cell: &Likeness, interval: Option<&Interval>) {
    ui.horizontal_wrapped(|ui| {
        let mean = format!(
            "{:.3}, the mean of the {} nearest tags",
            cell.similarity,
            cell.pairs.len()
        );
        ui.label(RichText::new(mean).strong());
        if let Some(of) = interval {
            let text = format!(
                "95 % of {} values lie from {:.3} to {:.3}",
                of.values, of.low, of.high
            );
            ui.label(RichText::new(text).weak());
        }
    });
    ui.horizontal_wrapped(|ui| {
        for pair in &cell.pairs {
            let (Some(row), Some(column)) = (one.tags.get(pair.row), other.tags.get(pair.column)) else {
                continue;
            };
            // Both and their figure stay in one line.
            let text = format!("{row} – {column}  {:.2}", pair.cosine);
            ui.add(Label::new(text).extend());
            ui.add_space(theme::GAP);
        }
    });
}

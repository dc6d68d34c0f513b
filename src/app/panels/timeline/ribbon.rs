//! The cluster of every moment: of the pair nearest before it.

use super::scale::Scale;
use crate::app::panels::Look;
use crate::app::theme;
use crate::project::{PairIndex, Seconds};
use eframe::egui::{Rect, Ui, pos2};

pub fn ribbon_ui(ui: &Ui, look: &Look, row: Rect, scale: &Scale) {
    let Some(project) = &look.state.project else {
        return;
    };
    if project.run.as_ref().is_none_or(|run| run.assignment.is_none()) {
        return;
    }
    let (from, to) = scale.ends();
    let pairs = project.studied();
    let first = pairs.partition_point(|pair| pair.time < from).saturating_sub(1);
    let painter = ui.painter().with_clip_rect(row);
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
        let block = Rect::from_min_max(
            pos2(scale.x(pair.time), row.top() + 1.0),
            pos2(scale.x(end), row.bottom()),
        );
        let faded = look.state.focus.is_some_and(|focus| focus != cluster);
        let colour = theme::cluster_colour(cluster);
        let colour = if faded {
            colour.gamma_multiply(0.25)
        } else {
            colour
        };
        if block.width() > 0.0 {
            painter.rect_filled(block, 0.0, colour);
        }
    }
}

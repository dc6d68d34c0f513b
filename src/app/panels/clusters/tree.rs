//! The tree of k: how clusters split as k grows. A row a k; a disc a cluster, as large as its pairs are many; a line where two
//! share pairs, as wide as they are many.

use super::Look;
use crate::app::action::Action;
use crate::app::panels::widgets::{paint_frame, picture_size};
use crate::app::state::Pick;
use crate::app::theme;
use crate::project::{KNode, PairIndex, counted};
use eframe::egui::{
    self, Align2, FontId, Pos2, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// Height of a row.
const ROW: f32 = 46.0;
/// Room for the numbers of k.
const NUMBERS: f32 = 44.0;
/// The largest disc.
const LARGEST: f32 = 19.0;
/// Frames that the card of a disc shows.
const FRAMES: usize = 4;

pub fn tree_ui(ui: &mut Ui, look: &mut Look) {
    let tree = &look.state.board.tree;
    let known = tree.levels.iter().flatten().any(|node| node.stability.is_some());
    let rings = if known {
        "A ring shows how surely other starts find it again"
    } else {
        "Find again to see how surely other starts find each again"
    };
    let text = format!(
        "Each row is a k, each disc a cluster: a line of one colour is a cluster that lasts. {rings}"
    );
    ui.label(RichText::new(text).weak());
    let height = ROW * tree.levels.len() as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Tree of k"));
    let most = tree.largest();
    let radius = |node: &KNode| 4.0 + (LARGEST - 4.0) * (node.size as f32 / most as f32).sqrt();
    let on_screen = |[across, down]: [f64; 2]| {
        let x = rect.left() + NUMBERS + (rect.width() - NUMBERS) * across as f32;
        pos2(x, rect.top() + ROW * down as f32)
    };
    let painter = ui.painter_at(rect);
    let chosen = look.state.board.k();
    let accent = theme::accent(ui.visuals());
    for (level, nodes) in tree.levels.iter().enumerate() {
        let k = nodes.first().map_or(0, |node| node.k);
        let middle = rect.top() + ROW * (level as f32 + 0.5);
        if chosen == Some(k) {
            let band = Rect::from_center_size(pos2(rect.center().x, middle), vec2(rect.width(), ROW - 4.0));
            painter.rect_filled(band, 4.0, accent.gamma_multiply(0.18));
        }
        let colour = ui.visuals().text_color();
        painter.text(
            pos2(rect.left() + 6.0, middle),
            Align2::LEFT_CENTER,
            format!("k = {k}"),
            FontId::proportional(12.0),
            colour,
        );
    }
    for edge in &tree.edges {
        let Some([from, to]) = tree.ends(edge).map(|ends| ends.map(on_screen)) else {
            continue;
        };
        let width = (edge.count as f32 / most as f32 * LARGEST).max(0.7);
        let colour = ui
            .visuals()
            .weak_text_color()
            .gamma_multiply(0.25 + 0.6 * edge.share as f32);
        curve(&painter, from, to, Stroke::new(width, colour));
    }
    let pointer = response.hover_pos();
    let mut under: Option<&KNode> = None;
    for (level, nodes) in tree.levels.iter().enumerate() {
        for node in nodes {
            let (at, radius) = (on_screen(tree.place(level, node)), radius(node));
            painter.circle_filled(at, radius, theme::palette(node.colour));
            if let Some(stability) = node.stability {
                let colour = ui.visuals().strong_text_color().gamma_multiply(stability as f32);
                painter.circle_stroke(at, radius + 2.0, Stroke::new(1.5, colour));
            }
            if pointer.is_some_and(|pointer| pointer.distance(at) <= radius + 3.0) {
                under = Some(node);
            }
        }
    }
    let Some(node) = under else { return };
    let pairs = members(look, node);
    if response.clicked() {
        look.ask(Action::ChooseK(node.k));
        look.ask(Action::Choose(pairs.clone(), Pick::Only));
    }
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_ui_at_pointer(|ui| node_ui(ui, look, node, &pairs));
}

/// A line that leaves downwards and arrives from above.
fn curve(painter: &egui::Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    let bend = vec2(0.0, (to.y - from.y) * 0.5);
    let points = [from, from + bend, to - bend, to];
    let shape =
        egui::epaint::CubicBezierShape::from_points_stroke(points, false, egui::Color32::TRANSPARENT, stroke);
    painter.add(shape);
}

/// The pairs of a cluster of any k of the sweep.
fn members(look: &Look, node: &KNode) -> Vec<PairIndex> {
    let run = look.state.run();
    let sweep = run.and_then(|run| run.sweep.as_ref());
    let row = sweep.and_then(|sweep| sweep.rows.iter().find(|row| row.k == node.k));
    let labels = row.map(|row| row.labels.as_slice()).unwrap_or_default();
    let own = labels
        .iter()
        .enumerate()
        .filter(|(_, label)| **label == node.cluster);
    own.map(|(pair, _)| PairIndex::from(pair)).collect()
}

fn node_ui(ui: &mut Ui, look: &mut Look, node: &KNode, pairs: &[PairIndex]) {
    ui.label(RichText::new(format!("k = {}, {}", node.k, counted(node.size, "pair"))).strong());
    let share = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
    ui.label(format!(
        "silhouette {} · found again {}",
        share(node.silhouette),
        share(node.stability)
    ));
    ui.horizontal(|ui| {
        // From all over the cluster, so that they tell what it holds.
        let step = (pairs.len() / FRAMES).max(1);
        for pair in pairs.iter().skip(step / 2).step_by(step).take(FRAMES) {
            if let Some(frame) = look.state.frame_of(*pair) {
                let (rect, _) = ui.allocate_exact_size(picture_size(look, 96.0), Sense::hover());
                paint_frame(ui, look, frame, rect);
            }
        }
    });
}

//! The points themselves, painted in one piece however many there are, and pictures in their place.

use crate::app::panels::Look;
use crate::app::panels::widgets::{paint_frame_with, picture_size};
use crate::project::PairIndex;
use eframe::egui::{
    self, Align2, Color32, ColorImage, FontId, Mesh, Pos2, Rect, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, pos2, vec2,
};
use egui_plot::{PlotPoint, PlotPoints, PlotTransform};
use std::collections::HashSet;

/// Columns and rows of the picture of a dot.
const DOT: usize = 64;

/// Colours keep this much of their strength where others are chosen or looked at.
const FADED: f32 = 0.16;

/// Most pictures that are drawn at a time.
const PICTURES: usize = 600;

/// Where each pair is on the screen.
pub struct Cloud {
    places: Vec<Pos2>,
}

impl Cloud {
    pub fn new(points: &[[f32; 2]], transform: &PlotTransform) -> Self {
        let place =
            |[x, y]: &[f32; 2]| transform.position_from_point(&PlotPoint::new(f64::from(*x), f64::from(*y)));
        Self {
            places: points.iter().map(place).collect(),
        }
    }

    pub fn at(&self, pair: PairIndex) -> Option<Pos2> {
        self.places.get(pair.index()).copied()
    }

    pub fn pairs(&self) -> impl Iterator<Item = PairIndex> + use<> {
        (0..self.places.len()).map(PairIndex::from)
    }
}

/// The corners of the box that holds all points.
pub fn corners(points: &[[f32; 2]]) -> PlotPoints<'static> {
    let ends = |axis: usize| {
        let values = || {
            points
                .iter()
                .map(|point| f64::from(point.get(axis).copied().unwrap_or(0.0)))
        };
        [
            values().fold(f64::MAX, f64::min),
            values().fold(f64::MIN, f64::max),
        ]
    };
    let ([left, right], [low, high]) = (ends(0), ends(1));
    let margin = 0.03 * (right - left).max(high - low).max(1e-6);
    PlotPoints::from(vec![
        [left - margin, low - margin],
        [right + margin, high + margin],
    ])
}

/// A white disc with a darker rim, drawn once.
fn dot(ui: &Ui) -> TextureHandle {
    let id = egui::Id::unique("dot");
    if let Some(dot) = ui.data(|data| data.get_temp::<TextureHandle>(id)) {
        return dot;
    }
    let middle = (DOT as f32 - 1.0) / 2.0;
    let pixel = |index: usize| {
        let (x, y) = ((index % DOT) as f32 - middle, (index / DOT) as f32 - middle);
        let distance = x.hypot(y) / (middle - 1.0);
        let cover = ((1.0 - distance) * middle * 0.6).clamp(0.0, 1.0);
        let light = if distance > 0.8 { 0.72 } else { 1.0 };
        Color32::from_rgba_unmultiplied(
            (255.0 * light) as u8,
            (255.0 * light) as u8,
            (255.0 * light) as u8,
            (255.0 * cover) as u8,
        )
    };
    let image = ColorImage::new([DOT, DOT], (0..DOT * DOT).map(pixel).collect());
    let dot = ui.ctx().load_texture("dot", image, TextureOptions::LINEAR);
    ui.data_mut(|data| data.insert_temp(id, dot.clone()));
    dot
}

/// Whether a pair is drawn with less colour, or not at all.
enum Sight {
    Clear,
    Faded,
    Gone,
}

fn sight(look: &Look, pair: PairIndex) -> Sight {
    let state = look.state;
    let cluster = state.cluster_of(pair);
    let chosen = &state.chosen;
    if state.focus.is_none() && state.is_out_of_sight(cluster) {
        Sight::Gone
    } else if state.is_out_of_sight(cluster) || (chosen.len() > 1 && !chosen.contains(&pair)) {
        Sight::Faded
    } else {
        Sight::Clear
    }
}

pub fn cloud_ui(ui: &Ui, look: &Look, cloud: &Cloud, frame: Rect) {
    let radius = if look.forms.map.pictures {
        2.0
    } else {
        look.forms.map.size
    };
    let mut mesh = Mesh::with_texture(dot(ui).id());
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let plain = ui.visuals().weak_text_color();
    // What is clear is drawn over what is faded.
    for pass in [true, false] {
        for pair in cloud.pairs() {
            let Some(at) = cloud.at(pair).filter(|at| frame.expand(radius).contains(*at)) else {
                continue;
            };
            let colour = look
                .state
                .scatter
                .colours
                .get(pair.index())
                .copied()
                .unwrap_or(plain);
            let colour = match sight(look, pair) {
                Sight::Faded if pass => colour.gamma_multiply(FADED),
                Sight::Clear if !pass => colour,
                _ => continue,
            };
            mesh.add_rect_with_uv(
                Rect::from_center_size(at, vec2(radius, radius) * 2.0),
                whole,
                colour,
            );
        }
    }
    ui.painter().with_clip_rect(frame).add(mesh);
}

/// Frames in place of points, each framed in its colour. Where they would cover each other only one is drawn, and it is
/// said how many are; the one under the pointer lies on top.
pub fn pictures_ui(ui: &Ui, look: &mut Look, cloud: &Cloud, frame: Rect) {
    let painter = ui.painter().with_clip_rect(frame);
    let size = picture_size(look, look.forms.map.size * 10.0);
    let cell = size * 0.6;
    let mut taken: HashSet<(i32, i32)> = HashSet::new();
    let (mut drawn, mut seen) = (0, 0);
    let pointer = ui.input(|input| input.pointer.hover_pos());
    let mut top: Option<(f32, PairIndex, Pos2)> = None;
    for pair in cloud.pairs() {
        let Some(at) = cloud.at(pair).filter(|at| frame.contains(*at)) else {
            continue;
        };
        if !matches!(sight(look, pair), Sight::Clear) {
            continue;
        }
        seen += 1;
        if let Some(distance) = pointer.map(|pointer| pointer.distance(at))
            && top.is_none_or(|(nearest, ..)| distance < nearest)
        {
            top = Some((distance, pair, at));
        }
        let place = ((at.x / cell.x) as i32, (at.y / cell.y) as i32);
        if drawn < PICTURES && taken.insert(place) {
            drawn += 1;
            picture_ui(ui, &painter, look, pair, Rect::from_center_size(at, size));
        }
    }
    if let Some((_, pair, at)) = top.filter(|(distance, ..)| *distance < size.x) {
        picture_ui(ui, &painter, look, pair, Rect::from_center_size(at, size * 1.4));
    }
    if drawn < seen {
        painter.text(
            frame.right_bottom() + vec2(-8.0, -6.0),
            Align2::RIGHT_BOTTOM,
            format!("{drawn} of {seen} pictures; the others lie behind them: zoom in, or make them smaller"),
            FontId::proportional(11.0),
            ui.visuals().strong_text_color(),
        );
    }
}

fn picture_ui(ui: &Ui, painter: &egui::Painter, look: &mut Look, pair: PairIndex, rect: Rect) {
    let Some(index) = look.state.frame_of(pair) else {
        return;
    };
    paint_frame_with(ui, painter, look, index, rect);
    let colour = look.state.scatter.colours.get(pair.index()).copied();
    let stroke = Stroke::new(2.0, colour.unwrap_or(Color32::GRAY));
    painter.rect_stroke(rect, 1.0, stroke, StrokeKind::Outside);
}

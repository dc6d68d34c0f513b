//! The network as a diagram, from the pair to the latent space and back, with what each part costs.

use super::super::Look;
use crate::app::theme;
use crate::model::Shape;
use crate::model::cost::{self, Branch, Stage};
use crate::training::TrainingConfig;
use eframe::egui::{
    Color32, FontId, Galley, Painter, Pos2, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// Length of a word's vector and words of a caption, while those of the pairs are not known: the built-in vectors', and
/// about a sentence.
const WORDS: [usize; 2] = [300, 12];

/// What a network costs in all.
pub struct Totals {
    /// Its parts in order.
    pub stages: Vec<Stage>,
    /// Shape of what goes in.
    pub shape: Shape,
    /// Words of a caption.
    pub words: usize,
    /// Weights.
    pub parameters: u64,
}

impl Totals {
    /// Counted for word vectors of a length and captions of some words; usual ones where they are not known.
    pub fn of(config: &TrainingConfig, words: Option<[usize; 2]>) -> Self {
        let [dimension, words] = words.unwrap_or(WORDS);
        let shape = Shape {
            height: config.picture.height.into(),
            width: config.picture.width.into(),
            dimension: dimension.max(1) as i64,
        };
        let stages = cost::stages(&config.network, shape, words.max(1) as i64);
        Self {
            parameters: cost::parameters(&stages),
            stages,
            shape,
            words,
        }
    }
}

/// A number of weights as people say it: 48 M.
pub fn millions(weights: u64) -> String {
    match weights {
        0..1_000 => weights.to_string(),
        1_000..1_000_000 => format!("{:.1} k", weights as f64 / 1e3),
        1_000_000..10_000_000 => format!("{:.1} M", weights as f64 / 1e6),
        _ => format!("{:.0} M", weights as f64 / 1e6),
    }
}

/// The tab.
pub fn network_ui(ui: &mut Ui, look: &Look) {
    let config = &look.forms.training;
    if let Err(wrong) = config.network.check() {
        ui.label(format!("There is no network with {wrong}: see Settings."));
        return;
    }
    let totals = Totals::of(config, look.state.word_shape);
    totals_ui(ui, config, &totals, look.state.word_shape.is_some());
    ui.add_space(theme::SMALL_GAP);
    ScrollArea::both()
        .auto_shrink(false)
        .show(ui, |ui| diagram_ui(ui, config, &totals));
}

fn totals_ui(ui: &mut Ui, config: &TrainingConfig, totals: &Totals, known: bool) {
    let batch = config.batch_size;
    let operations = cost::step_operations(&totals.stages, batch) / 1e9;
    let memory = cost::training_bytes(&totals.stages) / 1e9;
    ui.horizontal_wrapped(|ui| {
        let strong = |text: String| RichText::new(text).strong();
        ui.label(strong(format!("{} weights", millions(totals.parameters))))
            .on_hover_text(format!("{} in all", totals.parameters));
        ui.label("·");
        ui.label(strong(format!("{} GFLOP a step", digits(operations))))
            .on_hover_text(format!(
                "Multiplications and additions of a step over {batch} pairs, forwards and back"
            ));
        ui.label("·");
        ui.label(strong(format!("{} GB while it is trained", digits(memory))))
            .on_hover_text("Weights, gradients and both moments of the optimiser; what is computed on the way comes on top");
    });
    let basis = if known {
        "as they are here"
    } else {
        "until the words are read"
    };
    let text = format!(
        "For captions of {} words with vectors of {} values, {basis}",
        totals.words, totals.shape.dimension
    );
    if config.network.text.is_some() {
        ui.label(RichText::new(text).small().weak());
    }
}

fn digits(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 1.0 => format!("{value:.1}"),
        value => format!("{value:.3}"),
    }
}

/// A shape as it is written: 32 x 60 x 100.
fn shape_text(shape: &[i64]) -> String {
    let sides: Vec<String> = shape.iter().map(ToString::to_string).collect();
    sides.join(" x ")
}

/// A part as it is drawn.
struct Part {
    name: Arc<Galley>,
    about: Arc<Galley>,
    label: String,
    /// Of all weights, 0 to 1.
    share: f32,
}

/// Parts that follow each other from top to bottom.
type Lane = Vec<Part>;

/// Lanes that lie one under the other.
type Stack = Vec<(&'static str, Lane)>;

const PADDING: f32 = 7.0;
const DOWN: f32 = 14.0;
const ACROSS: f32 = 30.0;
const TITLE: f32 = 20.0;
const LANES: f32 = 26.0;

/// Pictures and captions from the left, the latent space in the middle, both again on the right.
fn diagram_ui(ui: &mut Ui, config: &TrainingConfig, totals: &Totals) {
    let width = ((ui.available_width() - 4.0 * ACROSS - 12.0) / 5.0).clamp(128.0, 210.0);
    let stacks = stacks(ui, config, totals, width);
    let heights: Vec<f32> = stacks.iter().map(stack_height).collect();
    let highest = heights.iter().copied().fold(0.0, f32::max);
    let across = stacks.len() as f32 * (width + ACROSS) - ACROSS;
    let (rect, response) = ui.allocate_exact_size(vec2(across, highest + 8.0), Sense::hover());
    response.widget_info(|| {
        let labels = stacks.iter().flatten().flat_map(|(_, lane)| lane);
        let labels: Vec<&str> = labels.map(|part| part.label.as_str()).collect();
        WidgetInfo::labeled(Role::Label, true, format!("The network: {}", labels.join("; ")))
    });
    let painter = ui.painter();
    let line = Stroke::new(1.3, ui.visuals().weak_text_color());
    // Where the lanes of the stack before end.
    let mut ends: Vec<Pos2> = Vec::new();
    for (place, (stack, height)) in stacks.iter().zip(&heights).enumerate() {
        let left = rect.left() + place as f32 * (width + ACROSS);
        let mut top = rect.top() + (highest - height) / 2.0;
        let (mut begun, mut ended) = (Vec::new(), Vec::new());
        for (title, lane) in stack {
            painter.text(
                pos2(left, top),
                eframe::egui::Align2::LEFT_TOP,
                title,
                FontId::proportional(13.0),
                ui.visuals().weak_text_color(),
            );
            top += TITLE;
            for (step, part) in lane.iter().enumerate() {
                let size = vec2(width, part_height(part));
                let part_rect = Rect::from_min_size(pos2(left, top), size);
                if step == 0 {
                    begun.push(part_rect.left_center());
                } else {
                    arrow(
                        painter,
                        part_rect.center_top() - vec2(0.0, DOWN),
                        part_rect.center_top(),
                        line,
                    );
                }
                if step + 1 == lane.len() {
                    ended.push(part_rect.right_center());
                }
                part_ui(ui, part, part_rect);
                top += size.y + DOWN;
            }
            top += LANES - DOWN;
        }
        for from in &ends {
            for to in &begun {
                join(painter, *from, *to, line);
            }
        }
        ends = ended;
    }
}

fn part_height(part: &Part) -> f32 {
    part.name.size().y + part.about.size().y + 2.0 * PADDING + 5.0
}

fn stack_height(stack: &Stack) -> f32 {
    let lane = |(_, lane): &(&str, Lane)| {
        let parts: f32 = lane.iter().map(|part| part_height(part) + DOWN).sum();
        TITLE + parts - DOWN
    };
    stack.iter().map(lane).sum::<f32>() + (stack.len().max(1) - 1) as f32 * LANES
}

/// The stacks from left to right.
fn stacks(ui: &Ui, config: &TrainingConfig, totals: &Totals, width: f32) -> Vec<Stack> {
    let shape = totals.shape;
    let part = |name: &str, sides: &[i64], weights: Option<u64>| {
        let wrap = width - 2.0 * PADDING;
        let sides = shape_text(sides);
        let weights_text = weights.map_or_else(String::new, |weights| match weights {
            0 => "no weights".to_owned(),
            weights => format!("{} weights", millions(weights)),
        });
        let about = if weights_text.is_empty() {
            sides.clone()
        } else {
            format!("{sides}\n{weights_text}")
        };
        let painter = ui.painter();
        let (strong, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
        Part {
            name: painter.layout(name.to_owned(), FontId::proportional(13.0), strong, wrap),
            about: painter.layout(about, FontId::proportional(12.0), weak, wrap),
            label: format!("{name}, {sides}, {weights_text}"),
            share: weights.unwrap_or(0) as f32 / totals.parameters.max(1) as f32,
        }
    };
    let lane = |branch: Branch| -> Lane {
        let stages = totals.stages.iter().filter(|stage| stage.branch == branch);
        stages
            .map(|stage| part(&stage.name, &stage.shape, Some(stage.parameters)))
            .collect()
    };
    let with_text = config.network.text.is_some();
    let mut inwards: Stack = Vec::new();
    let mut picture = vec![part("picture", &[3, shape.height, shape.width], None)];
    picture.extend(lane(Branch::ImageEncoder));
    inwards.push(("Picture in", picture));
    if with_text {
        let mut caption = vec![part("caption", &[totals.words as i64, shape.dimension], None)];
        caption.extend(lane(Branch::TextEncoder));
        inwards.push(("Caption in", caption));
    }
    let mut outwards: Stack = vec![("Picture out", lane(Branch::ImageDecoder))];
    if with_text {
        outwards.push(("Caption out", lane(Branch::TextDecoder)));
    }
    let all = [
        inwards,
        vec![("Joined", lane(Branch::Encoder))],
        vec![("Latent space", lane(Branch::Latent))],
        vec![("Split", lane(Branch::Decoder))],
        outwards,
    ];
    let filled = all
        .into_iter()
        .filter(|stack| stack.iter().any(|(_, lane)| !lane.is_empty()));
    filled.collect()
}

/// A box with name, shape and weights, and its share of all weights as a bar along its foot.
fn part_ui(ui: &Ui, part: &Part, rect: Rect) {
    let visuals = ui.visuals();
    let painter = ui.painter();
    painter.rect(
        rect,
        5.0,
        visuals.faint_bg_color,
        Stroke::new(1.0, visuals.widgets.noninteractive.bg_stroke.color),
        StrokeKind::Inside,
    );
    let text = rect.left_top() + Vec2::splat(PADDING);
    painter.galley(text, Arc::clone(&part.name), Color32::PLACEHOLDER);
    painter.galley(
        text + vec2(0.0, part.name.size().y + 1.0),
        Arc::clone(&part.about),
        Color32::PLACEHOLDER,
    );
    if part.share > 0.0 {
        let foot = Rect::from_min_max(
            rect.left_bottom() + vec2(PADDING, -5.0),
            rect.right_bottom() + vec2(-PADDING, -2.5),
        );
        let bar = Rect::from_min_size(foot.min, vec2(foot.width() * part.share, foot.height()));
        painter.rect_filled(foot, 1.0, visuals.extreme_bg_color);
        painter.rect_filled(bar, 1.0, theme::accent(visuals));
    }
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    painter.line_segment([from, to], stroke);
    let back = (from - to).normalized() * 5.0;
    for side in [back.rot90(), -back.rot90()] {
        painter.line_segment([to, to + back + side * 0.7], stroke);
    }
}

/// From the end of one lane to the beginning of the next, by right angles.
fn join(painter: &Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    let turn = (from.x + to.x) / 2.0;
    painter.line_segment([from, pos2(turn, from.y)], stroke);
    painter.line_segment([pos2(turn, from.y), pos2(turn, to.y)], stroke);
    arrow(painter, pos2(turn, to.y), to, stroke);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_network_is_counted_as_published() {
        let config = TrainingConfig::preset("crvae-lstm").unwrap();
        let totals = Totals::of(&config, Some([300, 11]));
        assert_eq!(millions(totals.parameters), "138 M");
        assert_eq!(shape_text(&totals.stages[0].shape), "32 x 60 x 100");
    }

    #[test]
    fn numbers_of_weights_read_as_people_say_them() {
        let shown = [7, 1_234, 2_340_000, 48_000_000].map(millions);
        assert_eq!(shown, ["7", "1.2 k", "2.3 M", "48 M"]);
    }
}

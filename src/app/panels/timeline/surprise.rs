//! How little each frame was to be expected, above the sound, and where frames do not go with the captions around them.

use super::scale::Scale;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::panels::Look;
use crate::app::panels::widgets::{paint_frame, picture_size};
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::Seconds;
use eframe::egui::{Align2, Button, FontId, Mesh, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

/// The least and the greatest surprise that are told apart.
const RANGE: (f64, f64) = (-3.0, 6.0);
/// Height of the line under stretches that do not go with their captions.
const FOOT: f32 = 3.0;
/// Width of a frame under the pointer.
const FRAME: f32 = 96.0;
/// Width of a line of words under the pointer.
const WORDS: f32 = 340.0;

/// What it can tell, and what not.
const LIMITS: &str = "Cuts surprise, shots that were put in, and all that is shown only once. Nothing of this is a fault, or a proof of one. \
                      News speech often does not tell of the picture: captions are held against the frames only where it does.";

/// Whether there is something to be drawn, or soon will be.
pub fn is_shown(look: &Look) -> bool {
    look.forms.timeline.surprise && (look.state.surprises.is_known() || look.state.is_running(Kind::Surprise))
}

/// The switch, in the row of times, left of what the sound is drawn as.
pub fn switch_ui(ui: &mut Ui, look: &mut Look, ticks: Rect) {
    let project = look.state.project.as_ref();
    let no_pairs = project.is_none_or(|project| project.pairs.is_empty());
    if no_pairs || look.state.is_running(Kind::Sample) {
        return;
    }
    let place = Rect::from_min_max(
        pos2(ticks.right() - 188.0, ticks.top()),
        pos2(ticks.right() - 108.0, ticks.bottom()),
    );
    // A time of the ruler may stand there.
    ui.painter().rect_filled(place, 0.0, ui.visuals().panel_fill);
    let button = Button::new("surprise").small().selected(is_shown(look));
    let response = ui.put(place, button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, Command::ShowSurprise.text()));
    let hint = look.settings.keys.hint(ui.ctx(), Command::ShowSurprise);
    if response.on_hover_text(format!("{hint}\n\n{LIMITS}")).clicked() {
        look.ask(Action::Run(Command::ShowSurprise));
    }
}

/// A bar a pair; those that surprise most stand out. A line marks what chance is, one at the foot what does not go with its captions.
pub fn surprise_ui(ui: &Ui, look: &Look, row: Rect, scale: &Scale) {
    let painter = ui.painter().with_clip_rect(row);
    painter.rect_filled(row, 0.0, ui.visuals().extreme_bg_color);
    let Some(project) = &look.state.project else {
        return;
    };
    let surprises = &look.state.surprises;
    let Some(curve) = surprises.of(project) else {
        let text = if look.state.is_running(Kind::Surprise) {
            "What follows what is being learned…"
        } else {
            "The pairs have changed: “surprise” learns again"
        };
        let (font, weak) = (FontId::proportional(12.0), ui.visuals().weak_text_color());
        painter.text(row.center(), Align2::CENTER_CENTER, text, font, weak);
        return;
    };
    let (from, to) = scale.ends();
    let pairs = &curve.pairs;
    let first = pairs.partition_point(|pair| pair.time < from).saturating_sub(1);
    let end = |pair: usize| {
        pairs
            .get(pair + 1)
            .map_or(Seconds(scale.duration), |next| next.time)
    };
    let height = |surprise: f64| {
        let share = (surprise.clamp(RANGE.0, RANGE.1) - RANGE.0) / (RANGE.1 - RANGE.0);
        row.height() * (share as f32).max(0.04)
    };
    let (plain, most) = (
        theme::sound(ui.visuals()).gamma_multiply(0.6),
        theme::accent(ui.visuals()),
    );
    let mut mesh = Mesh::default();
    let seen = pairs.iter().zip(&curve.places).enumerate().skip(first);
    for (index, (pair, place)) in seen.take_while(|(_, (pair, _))| pair.time <= to) {
        let colour = if surprises.most.binary_search(&index).is_ok() {
            most
        } else {
            plain
        };
        let left = scale.x(pair.time);
        let right = (scale.x(end(index)) - 0.5).max(left + 1.0);
        let bar = Rect::from_min_max(
            pos2(left, row.bottom() - height(place.surprise)),
            pos2(right, row.bottom()),
        );
        mesh.add_colored_rect(bar, colour);
    }
    painter.add(mesh);
    let chance = Stroke::new(1.0, ui.visuals().weak_text_color().gamma_multiply(0.6));
    painter.hline(row.x_range(), row.bottom() - height(0.0), chance);
    let apart = Stroke::new(FOOT, theme::wrong(ui.visuals()));
    for &(first, last) in &surprises.misaligned {
        let Some(begin) = pairs.get(first) else { continue };
        painter.hline(
            scale.x(begin.time)..=scale.x(end(last)),
            row.bottom() - FOOT / 2.0,
            apart,
        );
    }
}

/// What is said of the frame at a moment: in words, with the frames that were likelier to come.
pub fn told_ui(ui: &mut Ui, look: &mut Look, time: Seconds) {
    ui.set_max_width(WORDS);
    let state = look.state;
    let Some(curve) = state
        .project
        .as_ref()
        .and_then(|project| state.surprises.of(project))
    else {
        ui.label(time.to_string());
        return;
    };
    let index = curve
        .pairs
        .partition_point(|pair| pair.time <= time)
        .saturating_sub(1);
    let (Some(pair), Some(place)) = (curve.pairs.get(index), curve.places.get(index)) else {
        return;
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(pair.time.to_string()).monospace());
        ui.label(RichText::new(format!("surprise {:+.1}, by chance 0", place.surprise)).weak());
    });
    ui.label(place.told());
    ui.label(curve.told_of_captions(index));
    let next = place.next.iter().filter_map(|&next| curve.pairs.get(next));
    let next: Vec<_> = next.map(|pair| pair.frame).collect();
    if !next.is_empty() {
        ui.label("After what came before, frames like these were likeliest:");
        ui.horizontal(|ui| {
            let size = picture_size(look, FRAME);
            for frame in next {
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                paint_frame(ui, look, frame, rect);
            }
        });
    }
    ui.label(RichText::new(curve.verdict()).weak().small());
    ui.label(RichText::new(LIMITS).weak().small());
}

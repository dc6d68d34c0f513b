//! Small things that several panels draw.

use super::Look;
use crate::app::action::Action;
use crate::app::command::Command;
use crate::app::state::{Pick, State};
use crate::app::theme;
use crate::project::{ClusterId, FrameAt, PairIndex, SourceIndex};
use eframe::egui::{
    Align2, Button, Color32, CornerRadius, Id, Label, Modal, ModalResponse, Painter, Rect, Response,
    RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use egui_plot::{GridInput, GridMark};

/// A button for a command, with its name, tooltip and key.
pub fn command_button(ui: &mut Ui, look: &mut Look, command: Command) -> Response {
    let hint = look.settings.keys.hint(ui.ctx(), command);
    let response = ui.button(command.text()).on_hover_text(hint);
    if response.clicked() {
        look.ask(Action::Run(command));
    }
    response
}

/// The button for what comes next, in the accent colour.
pub fn primary_button(ui: &mut Ui, text: &str) -> Response {
    let accent = theme::accent(ui.visuals());
    ui.add(Button::new(RichText::new(text).color(theme::text_on(accent)).strong()).fill(accent))
}

/// An empty panel: what it will show, and what to press to get there.
pub fn empty_ui(ui: &mut Ui, look: &mut Look, what: &str, next: &str, button: &str, action: Action) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.28).min(180.0));
        ui.heading(what);
        ui.add_space(theme::SMALL_GAP);
        ui.label(RichText::new(next).weak());
        ui.add_space(theme::LARGE_GAP);
        if primary_button(ui, button).clicked() {
            look.ask(action);
        }
    });
}

/// Lines the analyst should read, each with a mark.
pub fn warnings_ui(ui: &mut Ui, warnings: &[String]) {
    for warning in warnings {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("⚠").color(ui.visuals().warn_fg_color));
            ui.label(warning);
        });
    }
}

/// Lines that explain what is shown.
pub fn notes_ui(ui: &mut Ui, notes: &[String]) {
    for note in notes {
        ui.add(Label::new(RichText::new(note).weak()).wrap());
    }
}

/// Size of a picture of a frame at this width, in the shape of the video itself.
pub fn picture_size(look: &Look, width: f32) -> Vec2 {
    size_of(look, SourceIndex::OWN, width)
}

fn size_of(look: &Look, source: SourceIndex, width: f32) -> Vec2 {
    Vec2::new(width, (width * look.state.shape_of(source)).min(width * 1.8))
}

/// Draws a frame into a rectangle; grey while its texture is not made yet.
pub fn paint_frame(ui: &Ui, look: &mut Look, frame: impl Into<FrameAt>, rect: Rect) {
    paint_frame_with(ui, ui.painter(), look, frame, rect);
}

/// As [`paint_frame`], with a painter that may cut it off.
pub fn paint_frame_with(ui: &Ui, painter: &Painter, look: &mut Look, frame: impl Into<FrameAt>, rect: Rect) {
    let frame = frame.into();
    let frames = look.state.frames_of(frame.source);
    match frames.and_then(|frames| look.thumbnails.get(ui.ctx(), frames, frame)) {
        Some(texture) => {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), rect, whole, Color32::WHITE);
        }
        None => {
            painter.rect_filled(rect, 0.0, ui.visuals().faint_bg_color);
        }
    }
}

/// A frame that can be pressed, with a border in a colour where it is marked.
pub fn frame_button(
    ui: &mut Ui,
    look: &mut Look,
    frame: impl Into<FrameAt>,
    width: f32,
    label: &str,
    border: Option<Color32>,
) -> Response {
    let frame = frame.into();
    let (rect, response) = ui.allocate_exact_size(size_of(look, frame.source, width), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    if ui.is_rect_visible(rect) {
        paint_frame(ui, look, frame, rect);
        if let Some(colour) = border {
            ui.painter()
                .rect_stroke(rect, 2.0, Stroke::new(3.0, colour), StrokeKind::Inside);
        } else if response.hovered() {
            let stroke = ui.visuals().widgets.hovered.fg_stroke;
            ui.painter().rect_stroke(rect, 2.0, stroke, StrokeKind::Inside);
        }
    }
    response
}

/// A pair as a frame that selects it; hovering shows its caption.
pub fn pair_button(ui: &mut Ui, look: &mut Look, pair: PairIndex, width: f32) -> Response {
    let Some(frame) = look.state.frame_of(pair) else {
        return ui.label("");
    };
    let selected = look.state.selected == Some(pair)
        || (look.state.chosen.len() > 1 && look.state.chosen.contains(&pair));
    let border = selected.then(|| theme::accent(ui.visuals()));
    let label = format!("Pair {}", pair.0 + 1);
    let response = frame_button(ui, look, frame, width, &label, border);
    if response.clicked() {
        if ui.input(|input| input.modifiers.command) {
            look.ask(Action::Choose(vec![pair], Pick::Toggle));
        } else {
            look.ask(Action::Select(pair));
        }
    }
    let state = look.state;
    response.on_hover_ui(|ui| pair_text_ui(ui, state, pair))
}

/// Time, cluster and caption of a pair, and which video it is of where that is not the one that is open.
pub fn pair_text_ui(ui: &mut Ui, state: &State, pair: PairIndex) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(state.moment_of(pair)).monospace());
        ui.label(RichText::new(format!("pair {}", pair.0 + 1)).weak());
        if let Some(cluster) = state.cluster_of(pair) {
            cluster_mark(ui, state, cluster);
        }
    });
    let caption = state.caption_of(pair);
    if caption.is_empty() {
        ui.label(RichText::new("no caption at this frame").weak());
    } else {
        ui.label(caption);
    }
}

/// A cluster's name on its colour.
pub fn cluster_mark(ui: &mut Ui, state: &State, cluster: ClusterId) -> Response {
    let colour = state.cluster_colour(cluster);
    let text = RichText::new(state.cluster_name(cluster))
        .color(theme::text_on(colour))
        .strong();
    ui.add(
        Button::new(text)
            .fill(colour)
            .corner_radius(CornerRadius::same(9))
            .small(),
    )
}

/// A number with three digits that mean something.
pub fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 0.1 => format!("{value:.3}"),
        size if size >= 0.0001 => format!("{value:.5}"),
        _ => format!("{value:.2e}"),
    }
}

/// A number without needless digits, for axes.
pub fn round(value: f64) -> String {
    let text = short(value);
    match text.split_once('.') {
        Some((whole, digits)) if digits.bytes().all(|digit| digit == b'0') => whole.into(),
        Some(_) if !text.contains('e') => text.trim_end_matches('0').into(),
        _ => text,
    }
}

/// Four to eight round numbers along an axis, all of them labelled.
pub fn marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let rough = ((high - low) / 5.0).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last.min(first + 50))
        .map(|i| GridMark {
            value: i as f64 * step,
            step_size: high - low,
        })
        .collect()
}

/// Marks at 1, 2 and 5 of every power of ten, for an axis of logarithms to the base 10.
pub fn log_marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let powers = (low.floor() as i32)..=(high.ceil() as i32).min(low.floor() as i32 + 40);
    let values =
        powers.flat_map(|power| [1.0, 2.0, 5.0].map(|factor: f64| factor.log10() + f64::from(power)));
    values
        .filter(|value| (low..=high).contains(value))
        .map(|value| GridMark {
            value,
            step_size: high - low,
        })
        .collect()
}

/// A length of time as people say it: `3:12`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole / 3600 {
        0 => format!("{}:{:02}", whole / 60, whole % 60),
        hours => format!("{hours}:{:02}:{:02}", whole / 60 % 60, whole % 60),
    }
}

/// A window over all else whose head stays where it is while it grows.
pub fn standing_modal(name: &str) -> Modal {
    const FROM_ABOVE: f32 = 48.0;
    let id = Id::unique(name);
    Modal::new(id).area(Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, FROM_ABOVE)))
}

/// Whether such a window was left by its key. A press beside it leaves it open: what runs in it is not to be lost by a miss.
pub fn escaped<T>(modal: &ModalResponse<T>) -> bool {
    modal.should_close() && !modal.backdrop_response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits_that_mean_something() {
        let shown = [0.0, 12345.6, 1.23456, 0.0012345, 0.00000123].map(short);
        assert_eq!(shown, ["0", "12346", "1.235", "0.00123", "1.23e-6"]);
    }

    #[test]
    fn axes_have_no_needless_digits() {
        assert_eq!(
            [10.0, 0.25, 0.1, 2.5e-7, 0.0].map(round),
            ["10", "0.25", "0.1", "2.50e-7", "0"]
        );
    }

    #[test]
    fn lengths_of_time_read_as_on_a_clock() {
        assert_eq!([5.0, 192.4, 3723.0].map(clock), ["0:05", "3:12", "1:02:03"]);
    }
}

//! Cues as blocks on lanes, to be selected and dragged.

use super::scale::Scale;
use crate::app::action::Action;
use crate::app::forms::{CuePart, Grab};
use crate::app::panels::Look;
use crate::app::state::Pick;
use crate::app::theme;
use crate::captions::retiming::Retiming;
use crate::project::{Cue, CueOrigin, Project, Seconds, Span, edits};
use eframe::egui::{
    Align2, Color32, CursorIcon, FontId, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui, pos2, vec2,
};

/// How near to the edge of a block the edge is taken hold of.
const EDGE: f32 = 5.0;
/// How near an edge snaps to something.
const SNAP: f32 = 7.0;
/// What is not so yet: places that are snapped to, and proposed times.
const SNAPPED: Color32 = Color32::from_rgb(230, 159, 0);
/// The shortest cue that dragging makes, in seconds.
const SHORTEST: f64 = 0.05;

/// The blocks.
pub fn cues_ui(ui: &Ui, look: &Look, rows: Rect, scale: &Scale) {
    let Some(project) = &look.state.project else {
        return;
    };
    let lanes = &look.state.lanes;
    let (from, to) = scale.ends();
    let (from, to) = (
        project.manifest.pairing.in_captions(from),
        project.manifest.pairing.in_captions(to),
    );
    let painter = ui.painter().with_clip_rect(rows);
    let selected = look.state.cues.active;
    // Where many cues share a pixel, one of them is drawn.
    let mut drawn = [f32::MIN; 8];
    for place in project.track.between(from, to) {
        let Some(cue) = project.track.cues.get(place) else {
            continue;
        };
        let grab = look.forms.timeline.grab.filter(|grab| grab.cue == cue.id);
        let lane = lanes.lane(place);
        let bar = block(rows, scale, project, (cue, grab), [lane, lanes.count]);
        let chosen = selected == Some(cue.id) || look.state.cues.chosen.contains(&cue.id) || grab.is_some();
        if let Some(last) = drawn.get_mut(lane) {
            if bar.right() - *last < 1.0 && selected != Some(cue.id) && grab.is_none() {
                continue;
            }
            *last = bar.right();
        }
        let widget = &ui.visuals().widgets.inactive;
        let fill = match cue.origin {
            _ if chosen => ui.visuals().selection.bg_fill,
            CueOrigin::Estimated => widget.bg_fill.gamma_multiply(0.5),
            _ => widget.bg_fill,
        };
        painter.rect_filled(bar, 2.0, fill);
        if bar.width() > 4.0 {
            let edge = Stroke::new(1.0, ui.visuals().weak_text_color().gamma_multiply(0.6));
            painter.rect_stroke(bar, 2.0, edge, StrokeKind::Inside);
        }
        if cue.locked {
            let stroke = Stroke::new(3.0, theme::accent(ui.visuals()));
            painter.hline(bar.x_range(), bar.bottom() - 1.5, stroke);
        }
        if let Some(change) = look.state.correction.of(cue.id) {
            ghost_ui(&painter, bar, scale, change);
        }
        if bar.width() > 30.0 {
            let seen = bar.intersect(rows);
            let line = cue.text.lines().next().unwrap_or_default();
            let text = ui.visuals().text_color();
            let at = seen.left_center() + vec2(4.0, 0.0);
            painter.with_clip_rect(seen.shrink2(vec2(2.0, 0.0))).text(
                at,
                Align2::LEFT_CENTER,
                line,
                FontId::proportional(12.0),
                text,
            );
        }
    }
    if let Some(grab) = look.forms.timeline.grab {
        times_ui(ui, rows, scale, project, &grab);
    }
    if let Some(at) = look.forms.timeline.grab.and_then(|grab| grab.snapped) {
        let stroke = Stroke::new(1.5, SNAPPED);
        ui.painter().vline(scale.x(at), scale.rect.y_range(), stroke);
    }
}

/// The times of what is dragged, above it.
fn times_ui(ui: &Ui, rows: Rect, scale: &Scale, project: &Project, grab: &Grab) {
    let placed = |time| project.manifest.pairing.placed(time);
    let (start, end) = (placed(grab.start), placed(grab.end));
    let text = format!(
        "{} – {}  ({:.3} s)",
        start.precise(),
        end.precise(),
        (end - start).0
    );
    let font = FontId::monospace(12.0);
    let galley = ui
        .painter()
        .layout_no_wrap(text, font, ui.visuals().strong_text_color());
    let left = scale.x(start).clamp(
        rows.left(),
        (rows.right() - galley.size().x - 8.0).max(rows.left()),
    );
    let place = Rect::from_min_size(
        pos2(left, rows.top() - galley.size().y - 6.0),
        galley.size() + vec2(8.0, 4.0),
    );
    ui.painter().rect_filled(place, 3.0, ui.visuals().window_fill);
    ui.painter().galley(
        place.min + vec2(4.0, 2.0),
        galley,
        ui.visuals().strong_text_color(),
    );
}

/// Where a cue would be by the proposal: an outline of its block.
fn ghost_ui(painter: &Painter, bar: Rect, scale: &Scale, change: &Retiming) {
    let (left, right) = (scale.x(change.start), scale.x(change.end));
    let ghost = Rect::from_x_y_ranges(left..=right.max(left + 2.0), bar.y_range());
    let stroke = Stroke::new(1.5, SNAPPED);
    painter.rect_stroke(ghost, 2.0, stroke, StrokeKind::Inside);
    // Where blocks are narrow, arrows would only cross each other.
    if (left - bar.left()).abs() > 6.0 && bar.width() > 24.0 {
        let middle = bar.center().y;
        painter.arrow(pos2(bar.left(), middle), vec2(left - bar.left(), 0.0), stroke);
    }
}

/// Where a cue stands; while it is dragged, where it would stand.
fn block(
    rows: Rect,
    scale: &Scale,
    project: &Project,
    (cue, grab): (&Cue, Option<Grab>),
    [lane, lanes]: [usize; 2],
) -> Rect {
    let placed = |time| project.manifest.pairing.placed(time);
    let (start, end) = grab.map_or((cue.start, cue.end), |grab| (grab.start, grab.end));
    let height = rows.height() / lanes.max(1) as f32;
    let top = rows.top() + height * lane as f32;
    let (left, right) = (scale.x(placed(start)), scale.x(placed(end)));
    Rect::from_min_max(
        pos2(left, top + 1.0),
        pos2(right.max(left + 1.5), top + height - 1.0),
    )
}

/// The cue at a place, and the part of it that would be dragged.
fn at(look: &Look, rows: Rect, scale: &Scale, position: Pos2) -> Option<(usize, CuePart)> {
    let project = look.state.project.as_ref()?;
    let lanes = &look.state.lanes;
    let time = |x: f32| project.manifest.pairing.in_captions(scale.time(x));
    let near = project
        .track
        .between(time(position.x - EDGE), time(position.x + EDGE));
    let hit = |place: usize| {
        let cue = project.track.cues.get(place)?;
        let bar = block(
            rows,
            scale,
            project,
            (cue, None),
            [lanes.lane(place), lanes.count],
        );
        // The edges of narrow blocks are outside of them, so that all of the block can still be taken.
        let inside = if bar.width() > 4.0 * EDGE { EDGE } else { 0.0 };
        if !bar.expand2(vec2(EDGE - inside, 0.0)).contains(position) {
            return None;
        }
        let part = if position.x < bar.left() + inside {
            CuePart::Start
        } else if position.x > bar.right() - inside {
            CuePart::End
        } else {
            CuePart::Whole
        };
        Some((place, part))
    };
    // The selected cue is on top, for its edges to be found where it touches others.
    let selected = look.state.cues.active.and_then(|id| project.track.place(id));
    selected
        .filter(|place| near.contains(place))
        .and_then(hit)
        .or_else(|| near.rev().find_map(hit))
}

/// Takes hold of cues, drags them and lets them go; a click selects. True while a cue has the pointer.
pub fn drag_ui(ui: &Ui, look: &mut Look, response: &Response, rows: Rect, scale: &Scale) -> bool {
    if look.forms.timeline.given_up {
        // What goes on is the drag that Escape gave up.
        look.forms.timeline.given_up = response.dragged();
        return true;
    }
    if let Some(grab) = look.forms.timeline.grab {
        let free = ui.input(|input| input.modifiers.alt);
        if let Some(position) = response.interact_pointer_pos() {
            look.forms.timeline.grab = moved(look, grab, scale, position.x, free);
        }
        if ui.input(|input| input.key_pressed(eframe::egui::Key::Escape)) {
            look.forms.timeline.grab = None;
            look.forms.timeline.given_up = true;
        } else if response.drag_stopped()
            && let Some(grab) = look.forms.timeline.grab.take()
        {
            let project = look.state.project.as_ref();
            let edit =
                project.and_then(|project| edits::drag(&project.track, grab.cue, grab.start, grab.end));
            look.actions.extend(edit.map(Action::Edit));
            look.ask(Action::Seal);
        }
        return true;
    }
    let Some(position) = response.hover_pos().or(response.interact_pointer_pos()) else {
        return false;
    };
    let pressed = ui
        .input(|input| input.pointer.press_origin())
        .filter(|_| response.drag_started());
    let Some((place, part)) = at(look, rows, scale, pressed.unwrap_or(position)) else {
        return false;
    };
    let Some(cue) = look
        .state
        .project
        .as_ref()
        .and_then(|project| project.track.cues.get(place))
    else {
        return false;
    };
    let movable = !cue.locked && !look.state.is_running(crate::app::work::Kind::Train);
    ui.ctx().set_cursor_icon(match part {
        _ if !movable => CursorIcon::PointingHand,
        CuePart::Whole => CursorIcon::Grab,
        _ => CursorIcon::ResizeHorizontal,
    });
    if response.drag_started() && movable {
        let hold = scale.time(pressed.unwrap_or(position).x);
        let project = look.state.project.as_ref();
        let start = project.map_or(cue.start, |project| project.manifest.pairing.placed(cue.start));
        look.forms.timeline.grab = Some(Grab {
            cue: cue.id,
            part,
            hold: hold.0 - start.0,
            start: cue.start,
            end: cue.end,
            snapped: None,
        });
        look.actions.push(Action::PickCue(cue.id, Pick::Only));
        look.forms.cues.scroll = true;
        return true;
    }
    if response.clicked() {
        let toggled = ui.input(|input| input.modifiers.command);
        let how = if toggled { Pick::Toggle } else { Pick::Only };
        look.actions.push(Action::PickCue(cue.id, how));
        look.forms.cues.scroll = true;
        return true;
    }
    false
}

/// The cue as it would be with the pointer here.
fn moved(look: &Look, grab: Grab, scale: &Scale, x: f32, free: bool) -> Option<Grab> {
    let project = look.state.project.as_ref()?;
    let Span { start, end } = project.spoken(grab.cue)?;
    let pairing = &project.manifest.pairing;
    let pointer = scale.time(x).0 - grab.hold;
    let by = pointer - start.0;
    let wish = match grab.part {
        CuePart::Start => [start.0 + by, end.0],
        CuePart::End => [start.0, end.0 + by],
        CuePart::Whole => [start.0 + by, end.0 + by],
    };
    let reach = if free { 0.0 } else { scale.seconds(SNAP) };
    let edges: &[usize] = match grab.part {
        CuePart::Start => &[0],
        CuePart::End => &[1],
        CuePart::Whole => &[0, 1],
    };
    let near = |edge: &usize| {
        let time = *wish.get(*edge)?;
        let target = look.state.snap(Seconds(time), Some(grab.cue), Seconds(reach))?;
        Some((target, target.0 - time))
    };
    let snapped = edges
        .iter()
        .filter_map(near)
        .min_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let by = snapped.map_or(0.0, |(_, by)| by);
    let [mut from, mut to] = wish;
    if grab.part != CuePart::End {
        from += by;
    }
    if grab.part != CuePart::Start {
        to += by;
    }
    match grab.part {
        CuePart::Start => from = from.clamp(0.0, (to - SHORTEST).max(0.0)),
        CuePart::End => to = to.max(from + SHORTEST),
        CuePart::Whole if from < 0.0 => (from, to) = (0.0, to - from),
        CuePart::Whole => {}
    }
    Some(Grab {
        start: pairing.in_captions(Seconds(from)),
        end: pairing.in_captions(Seconds(to)),
        snapped: snapped.map(|(target, _)| target),
        ..grab
    })
}

//! The whole video as a bar, with the part that is seen: to move about while zoomed in.

use super::scale::Scale;
use crate::app::forms::View;
use crate::app::panels::Look;
use crate::app::theme;
use eframe::egui::{Id, Rect, Role, Sense, Ui, WidgetInfo, pos2};

pub fn overview_ui(ui: &mut Ui, look: &mut Look, bar: Rect, scale: &Scale) {
    let response = ui.interact(bar, Id::unique("overview"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Part of the video that is seen"));
    let duration = scale.duration.max(f64::MIN_POSITIVE);
    let x = |time: f64| bar.left() + bar.width() * (time / duration) as f32;
    ui.painter().rect_filled(bar, 3.0, ui.visuals().faint_bg_color);
    let seen = Rect::from_min_max(
        pos2(x(scale.view.from), bar.top()),
        pos2(
            x(scale.view.from + scale.view.span).max(x(scale.view.from) + 6.0),
            bar.bottom(),
        ),
    );
    let colour = if response.hovered() || response.dragged() {
        theme::accent(ui.visuals())
    } else {
        ui.visuals().weak_text_color()
    };
    ui.painter().rect_filled(seen, 3.0, colour);
    let head = x(look.state.playhead.0);
    ui.painter().vline(
        head,
        bar.y_range(),
        eframe::egui::Stroke::new(1.5, ui.visuals().strong_text_color()),
    );
    if let Some(position) = response
        .interact_pointer_pos()
        .filter(|_| response.clicked() || response.dragged())
    {
        let time = f64::from((position.x - bar.left()) / bar.width().max(1.0)) * duration;
        let centred = View {
            from: time - scale.view.span / 2.0,
            ..scale.view
        };
        look.forms.timeline.view = Some(centred.panned(0.0, duration));
    }
}

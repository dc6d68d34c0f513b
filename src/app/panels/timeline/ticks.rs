//! Times along the top, as far apart as their text needs.

use super::scale::Scale;
use crate::app::panels::widgets::clock;
use crate::project::Seconds;
use eframe::egui::{Align2, FontId, Rect, Stroke, Ui, pos2};

/// Steps between two times, in seconds.
const STEPS: [f64; 16] = [
    0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0,
];

/// Room for a time.
const ROOM: f32 = 72.0;

pub fn ticks_ui(ui: &Ui, row: Rect, scale: &Scale) {
    let room = f64::from(row.width() / ROOM).max(1.0);
    let step = STEPS
        .into_iter()
        .find(|step| scale.view.span / step <= room)
        .unwrap_or(7_200.0);
    let weak = ui.visuals().weak_text_color();
    let (from, to) = scale.ends();
    let mut tick = (from.0 / step).ceil();
    while tick * step < to.0 {
        let time = tick * step;
        let at = pos2(scale.x(Seconds(time)), row.top());
        let text = if step < 1.0 {
            format!(
                "{}.{:.0}",
                clock(time.floor()),
                (time.fract() * 10.0).round().min(9.0)
            )
        } else {
            clock(time)
        };
        if at.x + 36.0 < row.right() {
            let place = at + eframe::egui::vec2(4.0, 0.0);
            ui.painter()
                .text(place, Align2::LEFT_TOP, text, FontId::proportional(11.0), weak);
        }
        ui.painter()
            .vline(at.x, row.y_range(), Stroke::new(1.0, weak.gamma_multiply(0.5)));
        tick += 1.0;
    }
}

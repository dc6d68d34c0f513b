//! Words told beside words said, one under the other.

use crate::app::theme;
use crate::project::Reconstruction;
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Color32, Role, Sense, Stroke, TextStyle, Ui, Vec2, WidgetInfo, vec2};
use std::sync::Arc;

/// Words read back right, and all that were said.
#[must_use]
pub fn right(backs: &[Reconstruction]) -> (usize, usize) {
    let pairs = || backs.iter().flat_map(|back| back.said.iter().zip(&back.words));
    (
        pairs().filter(|(said, told)| said == told).count(),
        pairs().count(),
    )
}

/// The words of a caption in two rows, true above and told below, in columns of their own width. Wrong ones have another
/// colour and a line under them.
pub fn words_ui(ui: &mut Ui, back: &Reconstruction) {
    let plain = ui.visuals().text_color();
    let weak = ui.visuals().weak_text_color();
    let wrong = theme::wrong(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(7.0, 5.0);
        for (place, told) in back.words.iter().enumerate() {
            let said = back.said.get(place).map_or("", String::as_str);
            let missed = said != told;
            let above = galley(ui, said, weak, Stroke::NONE);
            let below = if missed {
                galley(ui, told, wrong, Stroke::new(1.5, wrong))
            } else {
                galley(ui, told, plain, Stroke::NONE)
            };
            let (top, bottom) = (above.size(), below.size());
            let size = vec2(top.x.max(bottom.x), top.y + bottom.y);
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| {
                let word = if missed {
                    format!("{said}: told as {told}")
                } else {
                    said.to_owned()
                };
                WidgetInfo::labeled(Role::Label, true, word)
            });
            let painter = ui.painter();
            painter.galley(rect.left_top(), above, weak);
            painter.galley(rect.left_top() + Vec2::new(0.0, top.y), below, plain);
        }
    });
}

fn galley(ui: &Ui, text: &str, colour: Color32, underline: Stroke) -> Arc<eframe::egui::Galley> {
    let font = TextStyle::Body.resolve(ui.style());
    let format = TextFormat {
        underline,
        ..TextFormat::simple(font, colour)
    };
    ui.painter()
        .layout_job(LayoutJob::single_section(text.to_owned(), format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PairIndex;

    #[test]
    fn the_share_of_right_words_counts_what_was_said() {
        let back = |said: &[&str], words: &[&str]| Reconstruction {
            epoch: 1,
            pair: PairIndex(0),
            rgb: Vec::new(),
            words: words.iter().map(ToString::to_string).collect(),
            said: said.iter().map(ToString::to_string).collect(),
        };
        let backs = [back(&["a", "b", "c"], &["a", "x", "c"]), back(&[], &[])];
        assert_eq!(right(&backs), (2, 3));
    }
}

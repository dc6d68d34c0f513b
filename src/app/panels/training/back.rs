//! Pictures and words as the network puts them back, at any epoch that was kept.

use super::super::Look;
use super::super::widgets::{paint_frame, picture_size};
use super::later_ui;
use super::words::{right, words_ui};
use crate::app::action::Action;
use crate::app::theme;
use crate::app::work::Kind;
use crate::project::Reconstruction;
use eframe::egui::{
    self, Button, ColorImage, RichText, ScrollArea, Sense, Slider, TextureHandle, TextureOptions, Ui, Vec2,
};

/// Least width of a card.
const CARD: f32 = 330.0;
/// Widest picture in a card.
const PICTURE: f32 = 400.0;
/// Height of the words below the pictures, in one line mostly.
const WORDS: f32 = 56.0;

/// The tab.
pub fn back_ui(ui: &mut Ui, look: &mut Look) {
    if look.state.put_back().is_empty() {
        let next = if look.state.is_running(Kind::Train) {
            "The first epoch is under way."
        } else {
            "Press Train."
        };
        later_ui(
            ui,
            "Some pictures and captions will be shown here beside what the network puts back of them",
            next,
        );
        return;
    }
    epochs_ui(ui, look);
    let state = look.state;
    let backs = state.put_back();
    let (hits, all) = right(backs);
    if all > 0 {
        let share = hits as f64 * 100.0 / all as f64;
        let text = format!(
            "{hits} of {all} words right, {share:.0} %. Above: what was said; below: what the network tells"
        );
        ui.label(text).on_hover_text(
            "A word is read back as the word of the vocabulary whose vector is nearest to what was told. Wrong words are \
             underlined",
        );
    }
    ui.add_space(theme::SMALL_GAP);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let columns = columns(ui, look, backs.len());
        for row in backs.chunks(columns) {
            ui.columns(columns, |cells| {
                for (back, cell) in row.iter().zip(cells) {
                    card_ui(cell, look, back);
                }
            });
            ui.add_space(theme::GAP);
        }
    });
}

/// The fewest columns, and so the largest pictures, with which all cards are seen at once; else as many as fit.
fn columns(ui: &Ui, look: &Look, cards: usize) -> usize {
    let (width, height) = (ui.available_width(), ui.available_height());
    let most = ((width / CARD).floor() as usize).clamp(1, 4);
    let fits = |columns: &usize| {
        let rows = cards.div_ceil(*columns) as f32;
        rows * (picture(look, width / *columns as f32 - theme::GAP).y + WORDS) <= height
    };
    (1..=most).find(fits).unwrap_or(most)
}

/// Size of each of the two pictures in a card of this width.
fn picture(look: &Look, card: f32) -> Vec2 {
    picture_size(look, ((card - theme::SMALL_GAP) / 2.0).min(PICTURE))
}

/// The slider over the epochs that were kept.
fn epochs_ui(ui: &mut Ui, look: &mut Look) {
    let history = &look.state.history;
    let training = &look.state.training;
    let last = history.snapshots.len().saturating_sub(1);
    let place = history.shown.and_then(|shown| {
        let mut epochs = history.snapshots.iter();
        epochs.position(|snapshot| snapshot.epoch == shown)
    });
    let now = place.unwrap_or(last);
    let epoch = look.state.put_back().first().map_or(0, |back| back.epoch);
    let of = training.epochs.max(epoch);
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("Epoch {epoch} of {of}")).strong())
            .on_hover_text("Of the epochs that were kept. The map and the curves show the same epoch");
        let mut to = now;
        let many = last > 0;
        if ui
            .add_enabled(many && now > 0, Button::new("Earlier"))
            .on_hover_text("The epoch kept before this one")
            .clicked()
        {
            to = now.saturating_sub(1);
        }
        ui.spacing_mut().slider_width = (ui.available_width() - 220.0).clamp(100.0, 700.0);
        let slider = ui.add_enabled(
            many,
            Slider::new(&mut to, 0..=last.max(1))
                .show_value(false)
                .smart_aim(false),
        );
        slider.widget_info(|| egui::WidgetInfo::slider(many, to as f64, "Epoch kept"));
        if slider.drag_started() || slider.clicked() {
            slider.request_focus();
        }
        if ui
            .add_enabled(many && now < last, Button::new("Later"))
            .on_hover_text("The epoch kept after this one")
            .clicked()
        {
            to = (now + 1).min(last);
        }
        if ui
            .add_enabled(history.shown.is_some(), Button::new("End"))
            .on_hover_text("The network as it is now")
            .clicked()
        {
            look.actions.push(Action::ShowEpoch(None));
        } else if to != now {
            let snapshot = history.snapshots.get(to).filter(|_| to < last);
            look.actions
                .push(Action::ShowEpoch(snapshot.map(|snapshot| snapshot.epoch)));
        }
    });
}

/// A pair: its picture, the picture put back, and the words.
fn card_ui(ui: &mut Ui, look: &mut Look, back: &Reconstruction) {
    let size = picture(look, ui.available_width());
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
        let (rect, original) = ui.allocate_exact_size(size, Sense::click());
        original.widget_info(|| {
            let label = format!("Pair {}, as sampled", back.pair.0 + 1);
            egui::WidgetInfo::labeled(egui::Role::Button, true, label)
        });
        if let Some(frame) = look.state.watched_frame(back.pair) {
            paint_frame(ui, look, frame, rect);
        }
        if original.on_hover_text("Look at this pair").clicked() {
            look.ask(Action::Select(back.pair));
        }
        let texture = texture(ui, look, back);
        picture_ui(ui, &texture, size, &format!("Pair {} put back", back.pair.0 + 1));
    });
    if back.words.is_empty() {
        let caption = look.state.watched_caption(back.pair);
        let text = if caption.is_empty() {
            "no caption at this frame"
        } else {
            caption
        };
        ui.label(RichText::new(text).weak());
    } else {
        words_ui(ui, back);
    }
}

fn picture_ui(ui: &mut Ui, texture: &TextureHandle, size: Vec2, text: &str) {
    ui.add(egui::Image::new((texture.id(), size)).alt_text(text));
}

/// The texture of a picture put back, made once an epoch and kept by the context.
fn texture(ui: &Ui, look: &Look, back: &Reconstruction) -> TextureHandle {
    let id = egui::Id::unique(("put back", back.pair.0));
    let made = (look.state.training.run.clone(), back.epoch);
    let known: Option<((String, u32), TextureHandle)> = ui.data(|data| data.get_temp(id));
    if let Some((of, texture)) = known
        && of == made
    {
        return texture;
    }
    let frames = &look.state.frames;
    let sizes = [
        look.state.training.picture,
        [frames.width as usize, frames.height as usize],
    ];
    let image = image(&back.rgb, &sizes);
    let texture = ui.ctx().load_texture("put back", image, TextureOptions::LINEAR);
    ui.data_mut(|data| data.insert_temp(id, (made, texture.clone())));
    texture
}

/// The picture, in the first of the sizes that it fills; grey where it fills none.
pub fn image(rgb: &[u8], sizes: &[[usize; 2]]) -> ColorImage {
    match sizes
        .iter()
        .find(|[width, height]| width * height * 3 == rgb.len() && !rgb.is_empty())
    {
        Some(size) => ColorImage::from_rgb(*size, rgb),
        None => ColorImage::filled([1, 1], egui::Color32::GRAY),
    }
}

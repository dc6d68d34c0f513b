//! The sound: how far it swings, or which pitches it has.

use super::scale::Scale;
use crate::app::forms::SoundPicture;
use crate::app::panels::Look;
use crate::app::theme;
use crate::app::work::Kind;
use crate::media::{BANDS, SoundSurvey};
use eframe::egui::{
    self, Align2, Color32, ColorImage, FontId, Mesh, Rect, Stroke, TextureHandle, TextureOptions, Ui, pos2,
};
use std::sync::Arc;

pub fn sound_ui(ui: &Ui, look: &Look, row: Rect, scale: &Scale) {
    ui.painter().rect_filled(row, 0.0, ui.visuals().extreme_bg_color);
    let sound = &look.state.sound;
    let Some(survey) = &sound.survey else {
        let text = match &sound.without {
            Some(why) => why.as_str(),
            None if look.state.is_running(Kind::Sound) => "The sound is being read…",
            None => "The sound is not read yet",
        };
        let weak = ui.visuals().weak_text_color();
        ui.painter().text(
            row.center(),
            Align2::CENTER_CENTER,
            text,
            FontId::proportional(12.0),
            weak,
        );
        return;
    };
    match look.forms.timeline.sound {
        SoundPicture::Waveform => waveform_ui(ui, survey, row, scale),
        SoundPicture::Spectrogram => spectrogram_ui(ui, survey, row, scale),
    }
    speech_ui(ui, look, row, scale);
}

/// A line at the foot while someone speaks.
fn speech_ui(ui: &Ui, look: &Look, row: Rect, scale: &Scale) {
    let Some(speech) = &look.state.sound.speech else {
        return;
    };
    let (from, to) = scale.ends();
    let first = speech.segments.partition_point(|segment| segment.end < from);
    let stroke = Stroke::new(3.0, theme::accent(ui.visuals()));
    let seen = speech
        .segments
        .iter()
        .skip(first)
        .take_while(|segment| segment.start <= to);
    let mut last = f32::MIN;
    for segment in seen {
        let (left, right) = (
            scale.x(segment.start).max(row.left()),
            scale.x(segment.end).min(row.right()),
        );
        if right - last >= 1.0 {
            ui.painter()
                .hline(left..=right.max(left + 1.0), row.bottom() - 2.0, stroke);
            last = right;
        }
    }
}

/// A column a pixel, as high as the loudest place of the video fills.
fn waveform_ui(ui: &Ui, survey: &SoundSurvey, row: Rect, scale: &Scale) {
    let (from, to) = scale.ends();
    let columns = row.width().ceil().max(1.0) as usize;
    let swings = survey.waveform.range(from, to, columns);
    let height = row.height() * 0.48 / survey.waveform.peak().max(0.02);
    let colour = theme::sound(ui.visuals());
    let mut mesh = Mesh::default();
    let middle = row.center().y;
    for (column, (low, high)) in swings.into_iter().enumerate() {
        let x = row.left() + column as f32;
        let (top, foot) = (middle - high * height, middle - low * height);
        let bar = Rect::from_min_max(
            pos2(x, top.max(row.top())),
            pos2(x + 1.0, foot.max(top + 1.0).min(row.bottom())),
        );
        mesh.add_colored_rect(bar, colour);
    }
    ui.painter().add(mesh);
}

/// What a picture of the pitches is made of.
#[derive(Clone, PartialEq)]
struct Made {
    survey: usize,
    part: [u64; 2],
    columns: usize,
    dark: bool,
}

fn spectrogram_ui(ui: &Ui, survey: &Arc<SoundSurvey>, row: Rect, scale: &Scale) {
    let (from, to) = scale.ends();
    let made = Made {
        survey: Arc::as_ptr(survey) as usize,
        part: [from.0.to_bits(), to.0.to_bits()],
        columns: row.width().ceil().clamp(1.0, 4096.0) as usize,
        dark: ui.visuals().dark_mode,
    };
    let texture = texture(ui, made, || spectrogram_image(ui, survey, scale, row));
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture.id(), row, whole, Color32::WHITE);
}

fn spectrogram_image(ui: &Ui, survey: &SoundSurvey, scale: &Scale, row: Rect) -> ColorImage {
    let (from, to) = scale.ends();
    let columns = row.width().ceil().clamp(1.0, 4096.0) as usize;
    let levels = survey.spectrogram.range(from, to, columns);
    let (darkest, brightest) = survey.spectrogram.contrast();
    let (ground, ink) = (ui.visuals().extreme_bg_color, theme::sound(ui.visuals()));
    let span = f32::from(brightest.saturating_sub(darkest).max(1));
    let mut image = ColorImage::filled([columns, BANDS], ground);
    for (column, spectrum) in levels.chunks(BANDS).enumerate() {
        for (band, level) in spectrum.iter().enumerate() {
            let share = f32::from(level.saturating_sub(darkest)) / span;
            // High pitches stand above low ones.
            if let Some(pixel) = image.pixels.get_mut((BANDS - 1 - band) * columns + column) {
                *pixel = ground.lerp_to_gamma(ink, share.min(1.0));
            }
        }
    }
    image
}

/// The texture of the part that is seen, kept by the context until another is seen.
fn texture(ui: &Ui, made: Made, draw: impl FnOnce() -> ColorImage) -> TextureHandle {
    let id = egui::Id::unique("spectrogram");
    let known: Option<(Made, TextureHandle)> = ui.data(|data| data.get_temp(id));
    if let Some((of, texture)) = known
        && of == made
    {
        return texture;
    }
    let texture = ui
        .ctx()
        .load_texture("spectrogram", draw(), TextureOptions::LINEAR);
    ui.data_mut(|data| data.insert_temp(id, (made, texture.clone())));
    texture
}

//! Spacing, type sizes and colours: the only place where any of them is chosen.

use eframe::egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, Style, TextStyle, Theme, Vec2, Visuals,
};

/// Space between things that belong together.
pub const SMALL_GAP: f32 = 4.0;
/// Space between things.
pub const GAP: f32 = 8.0;
/// Space between groups of things.
pub const LARGE_GAP: f32 = 16.0;
/// Width of a frame in grids of frames.
pub const THUMBNAIL_WIDTH: f32 = 128.0;

/// The so many-th colour for clusters and curves, the same in every panel.
#[must_use]
pub fn palette(place: usize) -> Color32 {
    let [r, g, b] = crate::export::colour(place);
    Color32::from_rgb(r, g, b)
}

/// Black or white, whichever reads better on a colour.
#[must_use]
pub fn text_on(colour: Color32) -> Color32 {
    let luma = 0.299 * f32::from(colour.r()) + 0.587 * f32::from(colour.g()) + 0.114 * f32::from(colour.b());
    if luma > 140.0 {
        Color32::BLACK
    } else {
        Color32::WHITE
    }
}

/// The accent: what can be pressed next, what is selected.
#[must_use]
pub fn accent(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode {
        Color32::from_rgb(78, 161, 255)
    } else {
        Color32::from_rgb(0, 92, 197)
    }
}

/// What is not as it should be: words told wrong. Read by its line underneath as well, never by the colour alone.
#[must_use]
pub fn wrong(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode {
        Color32::from_rgb(255, 128, 116)
    } else {
        Color32::from_rgb(186, 26, 26)
    }
}

/// What should be looked at again.
fn doubtful(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode {
        Color32::from_rgb(255, 170, 70)
    } else {
        Color32::from_rgb(150, 80, 0)
    }
}

/// What is there but not meant: points in no cluster.
#[must_use]
pub fn weak(context: &eframe::egui::Context) -> Color32 {
    context.global_style().visuals.weak_text_color()
}

/// The sound on the timeline.
#[must_use]
pub fn sound(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode {
        Color32::from_rgb(120, 200, 170)
    } else {
        Color32::from_rgb(20, 110, 84)
    }
}

/// Sets both styles, light and dark.
pub fn apply(context: &eframe::egui::Context) {
    context.style_mut_of(Theme::Dark, |style| {
        style.visuals = Visuals::dark();
        let visuals = &mut style.visuals;
        visuals.panel_fill = Color32::from_rgb(24, 26, 30);
        visuals.window_fill = Color32::from_rgb(32, 35, 40);
        visuals.extreme_bg_color = Color32::from_rgb(15, 17, 20);
        visuals.faint_bg_color = Color32::from_rgb(32, 35, 40);
        visuals.override_text_color = Some(Color32::from_rgb(226, 229, 233));
        visuals.weak_text_color = Some(Color32::from_rgb(158, 165, 174));
        shape(style);
    });
    context.style_mut_of(Theme::Light, |style| {
        style.visuals = Visuals::light();
        let visuals = &mut style.visuals;
        visuals.panel_fill = Color32::from_rgb(248, 249, 250);
        visuals.faint_bg_color = Color32::from_rgb(238, 240, 243);
        visuals.override_text_color = Some(Color32::from_rgb(28, 31, 36));
        visuals.weak_text_color = Some(Color32::from_rgb(92, 99, 110));
        shape(style);
    });
}

fn shape(style: &mut Style) {
    let size = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, size(12.0)),
        (TextStyle::Body, size(14.0)),
        (TextStyle::Button, size(14.0)),
        (TextStyle::Heading, size(20.0)),
        (TextStyle::Monospace, FontId::new(13.0, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::new(GAP, 6.0);
    style.spacing.button_padding = Vec2::new(10.0, 5.0);
    style.spacing.window_margin = Margin::same(12);
    style.spacing.interact_size.y = 26.0;
    let (accent, wrong, doubtful) = (
        accent(&style.visuals),
        wrong(&style.visuals),
        doubtful(&style.visuals),
    );
    let visuals = &mut style.visuals;
    visuals.error_fg_color = wrong;
    visuals.warn_fg_color = doubtful;
    visuals.selection.bg_fill = accent.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, visuals.text_color());
    visuals.hyperlink_color = accent;
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(5);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_clusters_never_share_a_colour() {
        for cluster in 0..40 {
            assert_ne!(palette(cluster), palette(cluster + 1));
        }
    }

    #[test]
    fn text_is_readable_on_every_cluster() {
        assert_eq!(text_on(Color32::from_rgb(240, 228, 66)), Color32::BLACK);
        assert_eq!(text_on(Color32::from_rgb(0, 114, 178)), Color32::WHITE);
    }
}

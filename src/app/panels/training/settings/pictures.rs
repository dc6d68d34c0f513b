//! The picture's half of the network.

use super::Sheet;
use super::editors::{choice, name_of, say_widths, widths};
use super::row::row;
use crate::model::{Convolutions, PixelOutput};
use eframe::egui::{DragValue, Ui};

const CONVOLUTIONS: &[(Convolutions, &str, &str)] = &[
    (
        Convolutions::Pooled,
        "pooled",
        "A convolution, then max-pooling by 2, as in the papers",
    ),
    (
        Convolutions::Strided,
        "strided",
        "Convolutions of stride 2: a small part of the work",
    ),
];

const PIXELS: &[(PixelOutput, &str, &str)] = &[
    (
        PixelOutput::Linear,
        "linear",
        "As in the papers: values may leave [0, 1] and are clamped",
    ),
    (
        PixelOutput::Sigmoid,
        "sigmoid",
        "The logistic function: values cannot leave [0, 1]",
    ),
];

/// The group.
pub fn pictures_ui(ui: &mut Ui, sheet: &mut Sheet) {
    let (config, paper) = (&mut *sheet.config, &sheet.paper);
    row(
        ui,
        (
            "Picture",
            "Columns and rows of the pictures that the network is given. Where the sampled frames have another size, they \
             are sampled again before the training",
        ),
        &mut config.picture,
        Some(&paper.picture),
        |size| format!("{} x {}", size.width, size.height),
        |ui, size| {
            ui.add(DragValue::new(&mut size.width).range(8..=1920))
                .on_hover_text("Columns");
            ui.label("x");
            ui.add(DragValue::new(&mut size.height).range(8..=1080))
                .on_hover_text("Rows");
        },
    );
    let (tower, of_paper) = (&mut config.network.image, &paper.network.image);
    row(
        ui,
        ("Convolutions", "How pictures are made smaller, and larger again"),
        &mut tower.convolutions,
        Some(&of_paper.convolutions),
        |kind| name_of(CONVOLUTIONS, *kind).into(),
        choice("convolutions", CONVOLUTIONS),
    );
    row(
        ui,
        (
            "Filters",
            "Filters of each level, from the full picture inwards; each level halves height and width",
        ),
        &mut tower.filters,
        Some(&of_paper.filters),
        |widths| say_widths(widths),
        widths("filters", false),
    );
    row(
        ui,
        ("Pixels", "What the last layer does to a picture"),
        &mut tower.pixels,
        Some(&of_paper.pixels),
        |kind| name_of(PIXELS, *kind).into(),
        choice("pixels", PIXELS),
    );
}

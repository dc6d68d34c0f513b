//! How long and in what steps it is trained, and when it ends.

use super::Sheet;
use super::editors::{number, whole};
use super::row::row;
use crate::app::panels::training::head::device_ui;
use crate::training::{EarlyStop, Schedule};
use eframe::egui::{ComboBox, DragValue, Ui};

/// The group.
pub fn training_ui(ui: &mut Ui, sheet: &mut Sheet) {
    let (config, paper) = (&mut *sheet.config, &sheet.paper);
    let mut epochs = config.epochs;
    row(
        ui,
        (
            "Epochs",
            "Passes over all pairs. The schedule of the step size stretches with them",
        ),
        &mut epochs,
        Some(&paper.epochs),
        ToString::to_string,
        whole(1..=100_000, " epochs"),
    );
    if epochs != config.epochs {
        *config = config.clone().with_epochs(epochs);
    }
    row(
        ui,
        (
            "Batch",
            "Pairs in a step. More pairs make steps steadier and fewer; it takes more memory",
        ),
        &mut config.batch_size,
        Some(&paper.batch_size),
        ToString::to_string,
        whole(2..=4096, " pairs"),
    );
    row(
        ui,
        (
            "Learning rate",
            "Step size of AdamW. Too large, and losses jump; too small, and it takes long",
        ),
        &mut config.learning_rate,
        Some(&paper.learning_rate),
        ToString::to_string,
        number(1e-8..=1.0),
    );
    let over = config.epochs;
    row(
        ui,
        (
            "Schedule",
            "How the step size changes: not at all, or rising, then falling along half a cosine",
        ),
        &mut config.schedule,
        Some(&paper.schedule),
        |schedule| match schedule {
            Schedule::Constant => "constant".into(),
            Schedule::Cosine { .. } => "cosine".into(),
        },
        |ui, schedule| schedule_ui(ui, schedule, over),
    );
    if let Schedule::Cosine { warm_up, over, floor } = &mut config.schedule {
        let none = None;
        row(
            ui,
            (
                "Warm-up",
                "Epochs in which the step size rises in a straight line",
            ),
            warm_up,
            none,
            ToString::to_string,
            whole(0..=100_000, " epochs"),
        );
        row(
            ui,
            ("Falls until", "The epoch where the step size has fallen"),
            over,
            none,
            ToString::to_string,
            whole(1..=100_000, " epochs"),
        );
        row(
            ui,
            ("Floor", "Share of the step size that is left then"),
            floor,
            None,
            ToString::to_string,
            number(0.0..=1.0),
        );
    }
    row(
        ui,
        (
            "Weight decay",
            "Pulls weights towards zero, apart from the gradient; without it AdamW is Adam",
        ),
        &mut config.weight_decay,
        Some(&paper.weight_decay),
        ToString::to_string,
        number(0.0..=10.0),
    );
    row(
        ui,
        (
            "Gradient bound",
            "Bound on the size of each element of the gradient",
        ),
        &mut config.gradient_clip,
        Some(&paper.gradient_clip),
        |bound| bound.map_or_else(|| "none".into(), |bound| bound.to_string()),
        |ui, bound| {
            let mut there = bound.is_some();
            if ui.checkbox(&mut there, "bounded").changed() {
                *bound = there.then_some(0.01);
            }
            if let Some(bound) = bound {
                number(1e-8..=1e6)(ui, bound);
            }
        },
    );
    row(
        ui,
        (
            "Held out",
            "Share of the pairs that is not learned from and has curves of its own, spread over the video. They get \
             their latents like all others",
        ),
        &mut config.validation,
        Some(&paper.validation),
        |share| format!("{:.0} %", share * 100.0),
        |ui, share| {
            let mut percent = *share * 100.0;
            let edit = DragValue::new(&mut percent)
                .range(0.0..=50.0)
                .speed(0.5)
                .max_decimals(1)
                .suffix(" %");
            if ui.add(edit).changed() {
                *share = percent / 100.0;
            }
        },
    );
    row(
        ui,
        (
            "Seed",
            "Decides the first weights, the order of the pairs and the noise: the same seed gives the same result",
        ),
        &mut config.seed,
        Some(&paper.seed),
        ToString::to_string,
        |ui, seed| {
            ui.add(DragValue::new(seed));
        },
    );
    ui.label("Device").on_hover_text(
        "Where it is trained. Auto takes the graphics card where there is one that can be used",
    );
    ui.horizontal(|ui| device_ui(ui, config, sheet.no_cuda));
    ui.end_row();
}

fn schedule_ui(ui: &mut Ui, schedule: &mut Schedule, over: u32) {
    let cosine = matches!(schedule, Schedule::Cosine { .. });
    ComboBox::from_id_salt("schedule")
        .selected_text(if cosine { "cosine" } else { "constant" })
        .show_ui(ui, |ui| {
            if ui.selectable_label(!cosine, "constant").clicked() {
                *schedule = Schedule::Constant;
            }
            if ui.selectable_label(cosine, "cosine").clicked() && !cosine {
                *schedule = Schedule::Cosine {
                    warm_up: 1,
                    over,
                    floor: 0.1,
                };
            }
        });
}

/// The group of what ends a training early.
pub fn ending_ui(ui: &mut Ui, sheet: &mut Sheet) {
    let (config, paper) = (&mut *sheet.config, &sheet.paper);
    row(
        ui,
        (
            "Early stop",
            "Ends by itself when the loss has stopped falling: that of the pairs held out where there are such, else the \
             total",
        ),
        &mut config.early_stop,
        Some(&paper.early_stop),
        |stop| {
            if stop.is_some() {
                "on".into()
            } else {
                "none".into()
            }
        },
        |ui, stop| {
            let mut there = stop.is_some();
            if ui.checkbox(&mut there, "ends by itself").changed() {
                *stop = there.then_some(EarlyStop {
                    patience: 20,
                    improvement: 0.001,
                });
            }
        },
    );
    if let Some(stop) = &mut config.early_stop {
        row(
            ui,
            ("Patience", "Epochs without a better loss"),
            &mut stop.patience,
            None,
            ToString::to_string,
            whole(1..=100_000, " epochs"),
        );
        row(
            ui,
            (
                "Improvement",
                "Share of the best loss by which a better one must be smaller",
            ),
            &mut stop.improvement,
            None,
            ToString::to_string,
            number(0.0..=1.0),
        );
    }
}

//! What is made small.

use super::Sheet;
use super::editors::{choice, name_of, number, switch, whole};
use super::row::row;
use crate::model::TextError;
use eframe::egui::Ui;

const ERRORS: &[(TextError, &str, &str)] = &[
    (
        TextError::Squared,
        "squared",
        "Mean squared error per element, as in the papers",
    ),
    (
        TextError::Cosine,
        "cosine",
        "One less the cosine of the angle: only the direction of a word counts, and that is what it is read back by",
    ),
];

/// The group.
pub fn objectives_ui(ui: &mut Ui, sheet: &mut Sheet) {
    let (goals, paper) = (&mut sheet.config.objectives, &sheet.paper.objectives);
    row(
        ui,
        (
            "λ, weight of the words",
            "How much the error of the words counts against that of the picture",
        ),
        &mut goals.lambda,
        Some(&paper.lambda),
        ToString::to_string,
        number(0.0..=1000.0),
    );
    row(
        ui,
        ("Error of the words", "How far told words are from the true ones"),
        &mut goals.text,
        Some(&paper.text),
        |error| name_of(ERRORS, *error).into(),
        choice("text error", ERRORS),
    );
    row(
        ui,
        (
            "Padding",
            "Whether the zeros behind a caption's end count as words. Every caption is then as long as the longest",
        ),
        &mut goals.padding,
        Some(&paper.padding),
        |counts| {
            if *counts {
                "counts".into()
            } else {
                "does not count".into()
            }
        },
        switch("padding counts"),
    );
    row(
        ui,
        (
            "β, weight of KL",
            "How strongly the latent space is drawn to a normal distribution; too strong, and pairs are told alike",
        ),
        &mut goals.beta,
        Some(&paper.beta),
        ToString::to_string,
        number(0.0..=100.0),
    );
    row(
        ui,
        ("β warm-up", "Epochs over which β grows from 0 to its weight"),
        &mut goals.beta_warm_up,
        Some(&paper.beta_warm_up),
        ToString::to_string,
        whole(0..=100_000, " epochs"),
    );
}

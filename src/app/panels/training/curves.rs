//! The losses over the epochs: of the watched training, and of others that are checked among the runs.

use super::super::Look;
use super::super::widgets::{log_marks, marks, round, short};
use super::later_ui;
use crate::app::action::Action;
use crate::app::state::Curve;
use crate::app::theme;
use crate::app::work::Kind;
use crate::export::CurveFormat;
use crate::export::curves::{MAX_WEIGHT, TERMS};
use eframe::egui::{Color32, RichText, Sense, Shape, Slider, Stroke, Ui, Visuals, vec2};
use egui_plot::{HoverPosition, Line, LineStyle, Plot, PlotPoints, Points, VLine};

/// Names of the terms for people.
const NAMES: [&str; 4] = ["image", "text", "KL", "total"];

/// What the terms are.
const ABOUT: [&str; 4] = [
    "Mean squared error of the pictures in [0, 1], per element",
    "Error of the word vectors, per element, as this training counts it: with or without the padding behind short captions. \
     Under Runs stand errors that compare",
    "Kullback-Leibler divergence from the standard normal distribution, per latent dimension",
    "image + λ text + β KL: what is made small",
];

/// The tab.
pub fn curves_ui(ui: &mut Ui, look: &mut Look) {
    terms_ui(ui, look);
    controls_ui(ui, look);
    if look.state.curves.runs == 0 {
        let next = if look.state.is_running(Kind::Train) {
            "The first epoch is under way."
        } else {
            "Press Train, or check trainings under Runs."
        };
        later_ui(ui, "The losses will be drawn here, epoch by epoch", next);
        return;
    }
    if look.state.curves.runs > 1 {
        legend_ui(ui, look);
    }
    plot_ui(ui, look);
}

/// A switch for every term, with its last value.
fn terms_ui(ui: &mut Ui, look: &mut Look) {
    let several = look.state.curves.runs > 1;
    let last = look.state.training.losses.last();
    ui.horizontal_wrapped(|ui| {
        if let Some(last) = last {
            ui.label(RichText::new(format!("Epoch {}", last.epoch)).strong());
        }
        for (term, (_, value)) in TERMS.into_iter().enumerate() {
            let name = NAMES.get(term).copied().unwrap_or_default();
            ui.add_space(theme::SMALL_GAP);
            ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
            if several {
                sample_ui(ui, style(term));
            } else {
                ui.label(RichText::new("■").color(term_colour(ui.visuals(), term)));
            }
            ui.spacing_mut().item_spacing.x = theme::GAP;
            let text = match last {
                Some(last) => format!("{name} {}", short(value(&last.mean))),
                None => name.to_owned(),
            };
            let about = ABOUT.get(term).copied().unwrap_or_default();
            let weights = look.state.training.config.as_ref().filter(|_| term == 3);
            let weights = weights.map_or_else(String::new, |config| {
                let objectives = &config.objectives;
                format!("\nhere λ = {} and β = {}", objectives.lambda, objectives.beta)
            });
            let paper = last.map_or_else(String::new, |last| {
                let paper = short(value(&last.paper_scale));
                format!("\n{paper} as a sum over batches, the papers' unit")
            });
            let held = last
                .and_then(|last| last.validation.as_ref())
                .map_or_else(String::new, |held| {
                    format!("\n{} for the pairs held out", short(value(held)))
                });
            if let Some(shown) = look.forms.trainings.curves.terms.get_mut(term) {
                ui.checkbox(shown, text)
                    .on_hover_text(format!("{about}{weights}{paper}{held}"));
            }
        }
        if look.state.curves.validated {
            ui.checkbox(&mut look.forms.trainings.curves.held_out, "held out")
                .on_hover_text("The same of the pairs that are not learned from, as broken lines");
        }
        if let Some(last) = last {
            ui.label(RichText::new(format!("{:.2} s an epoch", last.seconds)).weak());
        }
    });
}

fn controls_ui(ui: &mut Ui, look: &mut Look) {
    ui.horizontal_wrapped(|ui| {
        let forms = &mut look.forms.trainings.curves;
        ui.label("Smoothing");
        ui.spacing_mut().slider_width = 140.0;
        // As fine near 1, where smoothing is heavy, as near 0.
        ui.add(
            Slider::new(&mut forms.smoothing, 0.0..=MAX_WEIGHT)
                .fixed_decimals(3)
                .step_by(0.001),
        )
        .on_hover_text(
            "Weight of the exponential moving average, without the pull of its start; the raw curve stays, faintly, \
             behind it",
        );
        ui.checkbox(&mut forms.logarithmic, "logarithmic")
            .on_hover_text("Equal ratios are equally high");
        let drawn = look.state.curves.runs > 0;
        ui.add_enabled_ui(drawn, |ui| {
            ui.menu_button("Export…", |ui| {
                for format in CurveFormat::ALL {
                    let text = format!("{}…", format.name());
                    if ui.button(text).on_hover_text(format.about()).clicked() {
                        look.actions.push(Action::PickExport(format));
                        ui.close();
                    }
                }
            })
            .response
            .on_hover_text("Write the curves that are drawn");
        });
    });
}

/// Blue, orange and green, told apart by everyone; the total in the colour of text.
fn term_colour(visuals: &Visuals, term: usize) -> Color32 {
    if term == 3 {
        visuals.text_color()
    } else {
        theme::palette(term)
    }
}

fn curve_colour(visuals: &Visuals, curve: &Curve, several: bool) -> Color32 {
    if several {
        theme::palette(curve.place)
    } else {
        term_colour(visuals, curve.term)
    }
}

/// Of several trainings, each has a colour and each term a kind of line.
fn style(term: usize) -> LineStyle {
    match term {
        0 => LineStyle::Dashed { length: 14.0 },
        1 => LineStyle::Dashed { length: 6.0 },
        2 => LineStyle::Dotted { spacing: 5.0 },
        _ => LineStyle::Solid,
    }
}

/// A piece of a line.
fn sample_ui(ui: &mut Ui, style: LineStyle) {
    let (rect, _) = ui.allocate_exact_size(vec2(24.0, 12.0), Sense::hover());
    let colour = ui.visuals().text_color();
    let stroke = Stroke::new(2.0, colour);
    let ends = [rect.left_center(), rect.right_center()];
    let shapes = match style {
        LineStyle::Solid => vec![Shape::line_segment(ends, stroke)],
        LineStyle::Dashed { length } => Shape::dashed_line(&ends, stroke, length * 0.6, length * 0.4),
        LineStyle::Dotted { spacing } => Shape::dotted_line(&ends, colour, spacing, 1.5),
    };
    ui.painter().extend(shapes);
}

/// Which colour is which training.
fn legend_ui(ui: &mut Ui, look: &Look) {
    ui.horizontal_wrapped(|ui| {
        for (name, place, _) in look.state.drawn(&look.forms.trainings.overlaid) {
            ui.spacing_mut().item_spacing.x = theme::SMALL_GAP;
            ui.label(RichText::new("■").color(theme::palette(place)));
            ui.spacing_mut().item_spacing.x = theme::LARGE_GAP;
            ui.label(RichText::new(name).small());
        }
    });
}

fn plot_ui(ui: &mut Ui, look: &Look) {
    let curves = &look.state.curves;
    let several = curves.runs > 1;
    let logarithmic = look.forms.trainings.curves.logarithmic;
    let accent = theme::accent(ui.visuals());
    let shown = look.state.history.shown;
    let of_history = look.state.history.run == look.state.training.run;
    let visuals = ui.visuals().clone();
    let colour = |curve: &Curve| curve_colour(&visuals, curve, several);
    let lines: Vec<Line> = curves
        .lines
        .iter()
        .flat_map(|curve| lines(curve, colour(curve), several))
        .collect();
    let plot = Plot::new(("losses", logarithmic))
        .height(ui.available_height().max(160.0))
        .show_crosshair(false)
        .grid_color(ui.visuals().weak_text_color().gamma_multiply(0.4))
        // An epoch is a whole number.
        .x_grid_spacer(|input| {
            let mut marks = marks(&input);
            marks.retain(|mark| mark.value.fract().abs() < 1e-9);
            marks
        })
        .y_grid_spacer(move |input| {
            if logarithmic {
                log_marks(&input)
            } else {
                marks(&input)
            }
        })
        .allow_scroll(false)
        .x_axis_label("epoch")
        .y_axis_label("loss, mean per element")
        .y_axis_formatter(move |mark, _| {
            if logarithmic {
                round(10f64.powf(mark.value))
            } else {
                round(mark.value)
            }
        })
        .label_formatter(move |position| match position {
            HoverPosition::NearDataPoint {
                plot_name, position, ..
            } => {
                let value = if logarithmic {
                    10f64.powf(position.y)
                } else {
                    position.y
                };
                Some(format!("{plot_name}\nepoch {:.0}\n{}", position.x, short(value)))
            }
            HoverPosition::Elsewhere { .. } => None,
        });
    plot.show(ui, |plot| {
        if let Some(epoch) = shown.filter(|_| of_history) {
            plot.vline(
                VLine::new("the epoch looked at under Put back", f64::from(epoch))
                    .color(accent)
                    .width(1.5),
            );
        }
        for line in lines {
            plot.line(line);
        }
        // A line of one epoch would not be seen.
        for curve in curves.lines.iter().filter(|curve| curve.raw.len() == 1) {
            let dot = Points::new("", PlotPoints::Borrowed(&curve.raw)).radius(4.0);
            plot.points(dot.color(colour(curve)).allow_hover(false));
        }
    });
}

/// The line of a curve, with the raw one faintly behind where it is smoothed.
fn lines(curve: &Curve, colour: Color32, several: bool) -> Vec<Line<'_>> {
    let term = NAMES.get(curve.term).copied().unwrap_or_default();
    let held = if curve.held_out { ", held out" } else { "" };
    let name = if several {
        format!("{}, {term}{held}", curve.run)
    } else {
        format!("{term}{held}")
    };
    let line = |smooth: bool, colour: Color32| {
        let points = if smooth { &curve.smooth } else { &curve.raw };
        let line = Line::new(name.clone(), PlotPoints::Borrowed(points)).color(colour);
        match (several, curve.held_out) {
            (false, true) => line.style(LineStyle::dashed_dense()).width(1.5),
            (false, false) => line.width(2.0),
            (true, held_out) => line
                .style(style(curve.term))
                .width(if held_out { 1.2 } else { 2.2 }),
        }
    };
    if curve.smooth.is_empty() {
        vec![line(false, colour)]
    } else {
        let faint = line(false, colour.gamma_multiply(0.3)).allow_hover(false);
        vec![faint, line(true, colour)]
    }
}

//! The curves of trainings as a plot.

use super::curves::{Curves, TERMS, curve, smooth};
use super::figure::Theme;
use super::plot::{LinePlot, PlotLine};

/// How curves are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveStyle {
    /// Which terms: image, text, kl, total.
    pub terms: [bool; 4],
    /// Whether the pairs that are not learned from have curves of their own, where there are such.
    pub held_out: bool,
    /// Weight of the smoothing; 0 for none. The raw curve is drawn faintly behind a smoothed one.
    pub smoothing: f64,
    /// Equal ratios are equally high.
    pub logarithmic: bool,
    /// Light on dark.
    pub dark: bool,
    /// Red, green and blue of each curve in turn; of each training where there are several, else of each term.
    pub colours: Vec<[u8; 3]>,
}

/// The curves of one training term by term, or of several with a colour each.
#[must_use]
pub fn loss_plot(trainings: &[Curves], style: &CurveStyle) -> LinePlot {
    let several = trainings.len() > 1;
    let mut lines = Vec::new();
    for (run, training) in trainings.iter().enumerate() {
        for (term, (name, _)) in TERMS.into_iter().enumerate() {
            if !style.terms.get(term).copied().unwrap_or(false) {
                continue;
            }
            let turn = if several { run } else { term };
            let colour = style
                .colours
                .get(turn % style.colours.len().max(1))
                .copied()
                .unwrap_or([128; 3]);
            let label = if several {
                format!("{}, {name}", training.name)
            } else {
                name.to_owned()
            };
            let learned = curve(training.losses, term, false);
            lines.extend(with_smoothing(&label, &learned, colour, style.smoothing));
            let validation = curve(training.losses, term, true);
            if style.held_out && !validation.is_empty() {
                let label = format!("{label}, held out");
                let pale = colour.map(|part| part / 2 + 64);
                lines.extend(with_smoothing(&label, &validation, pale, style.smoothing));
            }
        }
    }
    LinePlot {
        title: match trainings {
            [one] => one.name.to_owned(),
            _ => String::new(),
        },
        x_label: "epoch".into(),
        y_label: "loss, mean per element".into(),
        logarithmic: style.logarithmic,
        theme: Theme::of(style.dark),
        small: false,
        pointers: Vec::new(),
        lines,
    }
}

fn with_smoothing(name: &str, points: &[[f64; 2]], colour: [u8; 3], weight: f64) -> Vec<PlotLine> {
    let line = |points: Vec<[f64; 2]>, faint: bool| PlotLine {
        name: name.to_owned(),
        points,
        colour,
        width: 2.0,
        faint,
        dots: false,
    };
    if weight <= 0.0 {
        return vec![line(points.to_vec(), false)];
    }
    let values: Vec<f64> = points.iter().map(|[_, y]| *y).collect();
    let smoothed = points
        .iter()
        .zip(smooth(&values, weight))
        .map(|([x, _], y)| [*x, y]);
    vec![line(points.to_vec(), true), line(smoothed.collect(), false)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{LossPoint, LossTerms};
    use std::time::SystemTime;

    fn losses(scale: f64, validated: bool) -> Vec<LossPoint> {
        let terms = |epoch: u32| LossTerms {
            image: scale / f64::from(epoch),
            total: scale,
            ..LossTerms::default()
        };
        (1..=4)
            .map(|epoch| LossPoint {
                epoch,
                mean: terms(epoch),
                validation: validated.then(|| terms(epoch)),
                ..LossPoint::default()
            })
            .collect()
    }

    fn style(smoothing: f64) -> CurveStyle {
        CurveStyle {
            terms: [true, false, false, true],
            held_out: true,
            smoothing,
            logarithmic: false,
            dark: false,
            colours: vec![[1; 3], [2; 3], [3; 3], [4; 3]],
        }
    }

    #[test]
    fn one_training_has_a_colour_a_term_and_several_one_each() {
        let (a, b) = (losses(1.0, false), losses(2.0, false));
        let one = Curves {
            name: "a",
            losses: &a,
            ended: SystemTime::UNIX_EPOCH,
        };
        let two = Curves {
            name: "b",
            losses: &b,
            ended: SystemTime::UNIX_EPOCH,
        };
        let plot = loss_plot(&[one], &style(0.0));
        let drawn: Vec<_> = plot
            .lines
            .iter()
            .map(|line| (line.name.as_str(), line.colour[0]))
            .collect();
        assert_eq!(drawn, [("image", 1), ("total", 4)]);
        let plot = loss_plot(&[one, two], &style(0.0));
        let drawn: Vec<_> = plot
            .lines
            .iter()
            .map(|line| (line.name.as_str(), line.colour[0]))
            .collect();
        assert_eq!(
            drawn,
            [("a, image", 1), ("a, total", 1), ("b, image", 2), ("b, total", 2)]
        );
    }

    #[test]
    fn a_smoothed_curve_has_the_raw_one_behind_it_and_held_out_pairs_their_own() {
        let losses = losses(1.0, true);
        let curves = [Curves {
            name: "a",
            losses: &losses,
            ended: SystemTime::UNIX_EPOCH,
        }];
        let plot = loss_plot(&curves, &style(0.5));
        assert_eq!(plot.lines.len(), 8);
        assert!(plot.lines[0].faint && !plot.lines[1].faint);
        assert_eq!(plot.lines[0].points[1], [2.0, 0.5]);
        assert!(plot.lines[1].points[1][1] > 0.5);
        assert_eq!(plot.lines[2].name, "image, held out");
        let without = CurveStyle {
            held_out: false,
            ..style(0.5)
        };
        assert_eq!(loss_plot(&curves, &without).lines.len(), 4);
    }
}

//! The curves as they are drawn: smoothed and scaled once when something changes, not in every frame of the window.

use super::State;
use crate::app::forms::CurveForms;
use crate::export::curves::{curve, smooth};
use crate::project::LossPoint;
use egui_plot::PlotPoint;
use std::collections::BTreeSet;

/// One line of the plot.
pub struct Curve {
    /// Name of its training.
    pub run: String,
    /// Place of its training among all, which decides its colour.
    pub place: usize,
    /// Which term, a place in [`TERMS`](crate::export::curves::TERMS).
    pub term: usize,
    /// Of the pairs that are not learned from.
    pub held_out: bool,
    /// Epoch and value, or the value's logarithm to the base 10.
    pub raw: Vec<PlotPoint>,
    /// The same smoothed; empty without smoothing.
    pub smooth: Vec<PlotPoint>,
}

/// What the lines are made of.
#[derive(Clone, PartialEq)]
struct Made {
    run: String,
    last: Option<LossPoint>,
    count: usize,
    version: u64,
    forms: CurveForms,
    overlaid: BTreeSet<String>,
}

/// All lines of the plot.
#[derive(Default)]
pub struct Curves {
    /// In the order of drawing: the watched training last, over the others.
    pub lines: Vec<Curve>,
    /// Trainings that are drawn.
    pub runs: usize,
    /// Whether some pairs of a training that is drawn are not learned from.
    pub validated: bool,
    made: Option<Made>,
}

impl State {
    /// The trainings to draw, the watched one last: name, place among all and points.
    pub fn drawn<'a>(
        &'a self,
        overlaid: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a str, usize, &'a [LossPoint])> {
        let watched = &self.training;
        let others = self
            .runs
            .all
            .iter()
            .filter(|run| overlaid.contains(&run.name) && run.name != watched.run);
        others
            .map(|run| {
                (
                    run.name.as_str(),
                    self.runs.place(&run.name),
                    run.losses.as_slice(),
                )
            })
            .chain(std::iter::once((
                watched.run.as_str(),
                self.runs.place(&watched.run),
                watched.losses.as_slice(),
            )))
            .filter(|(_, _, losses)| !losses.is_empty())
    }

    /// Makes the lines anew where what they are made of has changed.
    pub fn draw_curves(&mut self, forms: &CurveForms, overlaid: &BTreeSet<String>) {
        let made = Made {
            run: self.training.run.clone(),
            last: self.training.losses.last().copied(),
            count: self.training.losses.len(),
            version: self.runs.version,
            forms: forms.clone(),
            overlaid: overlaid.clone(),
        };
        if self.curves.made.as_ref() == Some(&made) {
            return;
        }
        let mut curves = Curves {
            made: Some(made),
            ..Curves::default()
        };
        for (run, place, losses) in self.drawn(overlaid) {
            curves.runs += 1;
            curves.validated |= losses.iter().any(|point| point.validation.is_some());
            for (term, _) in forms.terms.iter().enumerate().filter(|(_, on)| **on) {
                let held_out = std::iter::once(false).chain(forms.held_out.then_some(true));
                for held_out in held_out {
                    let (raw, smooth) = points(&curve(losses, term, held_out), forms);
                    if !raw.is_empty() {
                        curves.lines.push(Curve {
                            run: run.to_owned(),
                            place,
                            term,
                            held_out,
                            raw,
                            smooth,
                        });
                    }
                }
            }
        }
        self.curves = curves;
    }
}

/// The points as they are drawn, raw and smoothed. On a logarithmic axis, values that are not above zero have no place.
fn points(values: &[[f64; 2]], forms: &CurveForms) -> (Vec<PlotPoint>, Vec<PlotPoint>) {
    let place = |[x, y]: [f64; 2]| {
        let y = match forms.logarithmic {
            true if y > 0.0 => y.log10(),
            true => return None,
            false => y,
        };
        y.is_finite().then_some(PlotPoint { x, y })
    };
    let raw = values.iter().copied().filter_map(place).collect();
    if forms.smoothing <= 0.0 {
        return (raw, Vec::new());
    }
    let heights: Vec<f64> = values.iter().map(|[_, y]| *y).collect();
    let smoothed = smooth(&heights, forms.smoothing);
    let smoothed = values.iter().zip(smoothed).map(|([x, _], y)| [*x, y]);
    (raw, smoothed.filter_map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::LossTerms;

    fn forms(smoothing: f64, logarithmic: bool) -> CurveForms {
        CurveForms {
            smoothing,
            logarithmic,
            ..CurveForms::default()
        }
    }

    #[test]
    fn a_logarithmic_axis_has_no_place_for_zero() {
        let values = [[1.0, 100.0], [2.0, 0.0], [3.0, 10.0]];
        let (raw, smooth) = points(&values, &forms(0.0, true));
        let heights: Vec<f64> = raw.iter().map(|point| point.y).collect();
        assert_eq!(heights, [2.0, 1.0]);
        assert!(smooth.is_empty());
        assert_eq!(points(&values, &forms(0.0, false)).0.len(), 3);
    }

    #[test]
    fn lines_are_made_again_only_when_something_changed() {
        let mut state = State::default();
        let point = |epoch| LossPoint {
            epoch,
            mean: LossTerms {
                image: 1.0,
                text: 2.0,
                kl: 0.0,
                total: 7.0,
            },
            ..LossPoint::default()
        };
        state.training.losses = vec![point(1), point(2)];
        let none = BTreeSet::new();
        state.draw_curves(&forms(0.5, true), &none);
        let shown: Vec<usize> = state.curves.lines.iter().map(|line| line.term).collect();
        assert_eq!(shown, [0, 1, 3]);
        assert_eq!(state.curves.lines[0].smooth.len(), 2);
        state.curves.lines.clear();
        state.draw_curves(&forms(0.5, true), &none);
        assert!(state.curves.lines.is_empty());
        state.training.losses.push(point(3));
        state.draw_curves(&forms(0.5, true), &none);
        assert_eq!(state.curves.lines[0].raw.len(), 3);
    }
}

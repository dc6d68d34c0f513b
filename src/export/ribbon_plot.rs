//! The ribbon: the cluster of every moment along the video, with the shots above.

use super::axis::{Axis, Scale};
use super::figure::{Area, Figure, LegendEntry, Theme};
use super::map_plot::PATCH;
use super::svg::{Colour, Svg};
use crate::project::{Seconds, Span};

/// Width and height in pixels at scale 1, without rows of the legend.
const SIZE: [f64; 2] = [960.0, 190.0];
const LEGEND_ROW: f64 = 22.0;

/// Parts of the height, from the bottom: the clusters reach up to here …
const CLUSTERS: f64 = 0.74;
/// … and the shots begin here.
const SHOTS: f64 = 0.82;

/// The ribbon, as data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RibbonPlot {
    /// Above the plot. May be empty.
    pub title: String,
    /// Colours beside those of the clusters.
    pub theme: Theme,
    /// What the colours mean.
    pub legend: Vec<(String, Colour)>,
    /// When the video ends.
    pub end: Seconds,
    /// Times and their colours.
    pub blocks: Vec<(Span, Colour)>,
    /// Where one shot is cut to the next, in order.
    pub cuts: Vec<Seconds>,
}

impl RibbonPlot {
    /// The plot as a whole SVG document that needs no other file.
    #[must_use]
    pub fn svg(&self) -> String {
        let entry = |(name, colour): &(String, Colour)| LegendEntry {
            name: name.clone(),
            colour: *colour,
            width: PATCH,
        };
        let mut figure = Figure {
            title: self.title.clone(),
            x: Axis::over("", Scale::Clock, [0.0, self.end.0]),
            y: Axis::bare(0.0, 1.0),
            legend: self.legend.iter().map(entry).collect(),
            theme: self.theme,
            size: SIZE,
        };
        figure.size[1] += figure.rows_of_legend() as f64 * LEGEND_ROW;
        figure.draw(|area, svg| {
            for (span, colour) in &self.blocks {
                block(area, svg, [span.start, span.end], [0.0, CLUSTERS], *colour);
            }
            self.draw_shots(area, svg);
        })
    }

    /// Shots light and dark in turn, so that very short ones are still seen.
    fn draw_shots(&self, area: &Area, svg: &mut Svg) {
        if self.cuts.is_empty() {
            return;
        }
        let starts = [Seconds(0.0)].into_iter().chain(self.cuts.iter().copied());
        let ends = self.cuts.iter().copied().chain([self.end]);
        let palette = area.palette();
        for (place, (start, end)) in starts.zip(ends).enumerate() {
            let colour = if place % 2 == 0 {
                palette.weak
            } else {
                palette.grid
            };
            block(area, svg, [start, end], [SHOTS, 1.0], colour);
        }
    }
}

fn block(area: &Area, svg: &mut Svg, [start, end]: [Seconds; 2], [low, high]: [f64; 2], colour: Colour) {
    if let Some(([left, top], [right, bottom])) = area.place([start.0, high]).zip(area.place([end.0, low]))
        && right > left
    {
        svg.block([left, top], [right - left, bottom - top], colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_as_long_as_their_times_and_shots_are_above() {
        let plot = RibbonPlot {
            end: Seconds(100.0),
            blocks: vec![
                (Span::new(0.0, 30.0), [1, 2, 3]),
                (Span::new(30.0, 90.0), [4, 5, 6]),
            ],
            cuts: vec![Seconds(50.0)],
            ..RibbonPlot::default()
        };
        let svg = plot.svg();
        let number = |colour: &str, what: &str| -> f64 {
            let line = svg.lines().find(|line| line.contains(colour)).unwrap();
            let from = line.split(&format!(" {what}=\"")).nth(1).unwrap();
            from.split('"').next().unwrap().parse().unwrap()
        };
        let (one, other) = (number("#010203", "width"), number("#040506", "width"));
        assert!((other / one - 2.0).abs() < 0.01, "{one} {other}");
        // The ground, two clusters and two shots.
        assert_eq!(svg.matches("<rect").count(), 5);
    }
}

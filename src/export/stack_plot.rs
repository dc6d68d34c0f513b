//! How many pairs each cluster holds, for every k.

use super::axis::{Axis, Scale};
use super::figure::{Figure, SIZE, SMALL, Theme};
use super::svg::{Anchor, Colour, Lettering, Stroke};

/// Share of the room between two k that a column fills.
const FILLED: f64 = 0.72;

/// The populations of the clusters, as data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StackPlot {
    /// Above the plot. May be empty.
    pub title: String,
    /// Colours beside those of the clusters.
    pub theme: Theme,
    /// Two of it stand in a row.
    pub small: bool,
    /// Ascending k.
    pub columns: Vec<Column>,
    /// The k that is pointed out, and what it is.
    pub pointer: Option<(usize, String)>,
}

/// The clusters of one k.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// Number of clusters.
    pub k: usize,
    /// Pairs and colour of each, from the bottom.
    pub parts: Vec<(usize, Colour)>,
}

impl StackPlot {
    /// The plot as a whole SVG document that needs no other file.
    #[must_use]
    pub fn svg(&self) -> String {
        let total = |column: &Column| column.parts.iter().map(|(size, _)| *size).sum::<usize>() as f64;
        let k = self.columns.iter().map(|column| column.k as f64);
        let (first, last) = k.fold((f64::MAX, f64::MIN), |(low, high), k| (low.min(k), high.max(k)));
        let figure = Figure {
            title: self.title.clone(),
            x: Axis::over("number of clusters, k", Scale::Linear, [first - 0.5, last + 0.5])
                .with_whole_ticks(),
            y: Axis::over(
                "pairs in each cluster",
                Scale::Linear,
                // Room for words above the columns.
                self.columns
                    .iter()
                    .map(|column| total(column) * 1.06)
                    .chain([0.0]),
            ),
            legend: Vec::new(),
            theme: self.theme,
            size: if self.small { SMALL } else { SIZE },
        };
        figure.draw(|area, svg| {
            for column in &self.columns {
                let mut below = 0_usize;
                for (size, colour) in &column.parts {
                    let (low, high) = (below as f64, (below + size) as f64);
                    below += size;
                    let middle = column.k as f64;
                    let corner = area.place([middle - FILLED / 2.0, high]);
                    let opposite = area.place([middle + FILLED / 2.0, low]);
                    if let Some(([left, top], [right, bottom])) = corner.zip(opposite) {
                        // A line of the ground between two parts keeps them apart whatever their colours.
                        let height = (bottom - top - 1.0).max(0.5);
                        svg.block([left, top], [right - left, height], *colour);
                    }
                }
            }
            let Some((k, name)) = &self.pointer else { return };
            let Some(column) = self.columns.iter().find(|column| column.k == *k) else {
                return;
            };
            let middle = *k as f64;
            let (left, right) = (middle - FILLED / 2.0, middle + FILLED / 2.0);
            let high = total(column);
            let rim = [
                [left, 0.0],
                [left, high],
                [right, high],
                [right, 0.0],
                [left, 0.0],
            ];
            let stroke = Stroke {
                colour: area.palette().text,
                width: 2.5,
                opacity: 1.0,
            };
            svg.line(rim.into_iter().filter_map(|corner| area.place(corner)), stroke);
            if let Some([x, y]) = area.place([middle, high]) {
                let words = Lettering {
                    size: 13.0,
                    colour: area.palette().text,
                    anchor: Anchor::Middle,
                    bold: true,
                    upwards: false,
                };
                svg.words([x, y - 8.0], name, words);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cluster_has_a_block_as_high_as_it_is_large() {
        let column = |k: usize, sizes: &[usize]| Column {
            k,
            parts: sizes.iter().map(|size| (*size, [1, 2, 3])).collect(),
        };
        let plot = StackPlot {
            columns: vec![column(2, &[60, 40]), column(3, &[50, 30, 20])],
            ..StackPlot::default()
        };
        let svg = plot.svg();
        let height = |line: &str| -> f64 {
            let from = line.split("height=\"").nth(1).unwrap();
            from.split('"').next().unwrap().parse().unwrap()
        };
        let heights: Vec<f64> = svg
            .lines()
            .filter(|line| line.contains("#010203"))
            .map(height)
            .collect();
        assert_eq!(heights.len(), 5);
        assert!(
            ((heights[0] + 1.0) / (heights[4] + 1.0) - 3.0).abs() < 0.01,
            "{heights:?}"
        );
    }
}

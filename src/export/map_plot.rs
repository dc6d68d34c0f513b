//! The map: pairs in two dimensions, in the colours of their clusters, as dots or as pictures.

use super::axis::Axis;
use super::figure::{Figure, LegendEntry, SIZE, Theme};
use super::svg::{Colour, Stroke};

/// Thickness of the patches in the legend, in pixels.
pub(super) const PATCH: f32 = 12.0;

/// The map, as data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapPlot {
    /// Above the plot. May be empty.
    pub title: String,
    /// Colours beside those of the clusters.
    pub theme: Theme,
    /// What the colours mean.
    pub legend: Vec<(String, Colour)>,
    /// Places and colours; later ones lie over earlier ones.
    pub points: Vec<([f64; 2], Colour)>,
    /// The picture of each point as the bytes of a JPEG file; dots where there are none.
    pub pictures: Vec<Vec<u8>>,
    /// Width and height of a picture, in pixels of the plot.
    pub picture_size: [f64; 2],
}

impl MapPlot {
    /// The plot as a whole SVG document that needs no other file.
    #[must_use]
    pub fn svg(&self) -> String {
        let (x, y) = self.axes();
        let entry = |(name, colour): &(String, Colour)| LegendEntry {
            name: name.clone(),
            colour: *colour,
            width: PATCH,
        };
        let figure = Figure {
            title: self.title.clone(),
            x,
            y,
            legend: self.legend.iter().map(entry).collect(),
            theme: self.theme,
            size: [SIZE[0], SIZE[0] * 0.75],
        };
        // Many dots are made smaller, so that they do not become one blot.
        let radius = (220.0 / (self.points.len().max(1) as f64).sqrt()).clamp(1.8, 6.0);
        figure.draw(|area, svg| {
            for (index, (point, colour)) in self.points.iter().enumerate() {
                let Some([x, y]) = area.place(*point) else {
                    continue;
                };
                let Some(jpeg) = self.pictures.get(index) else {
                    svg.dot([x, y], radius, *colour, area.palette().background);
                    continue;
                };
                let [width, height] = self.picture_size;
                let corner = [x - width / 2.0, y - height / 2.0];
                svg.picture(corner, self.picture_size, jpeg);
                let (right, bottom) = (corner[0] + width, corner[1] + height);
                let rim = [
                    corner,
                    [right, corner[1]],
                    [right, bottom],
                    [corner[0], bottom],
                    corner,
                ];
                let stroke = Stroke {
                    colour: *colour,
                    width: 2.0,
                    opacity: 1.0,
                };
                svg.line(rim, stroke);
            }
        })
    }

    /// Axes on which both directions are equally long, for only distances mean something.
    fn axes(&self) -> (Axis, Axis) {
        let ends = |axis: usize| {
            let values = self
                .points
                .iter()
                .filter_map(|(point, _)| point.get(axis).copied());
            let values = values.filter(|value| value.is_finite());
            values.fold((f64::MAX, f64::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            })
        };
        let [across, up] =
            [ends(0), ends(1)].map(|(low, high)| if low > high { (0.0, 1.0) } else { (low, high) });
        let middle = |(low, high): (f64, f64)| (low + high) / 2.0;
        let shape = 4.0 / 3.0;
        let half = ((up.1 - up.0) / 2.0)
            .max((across.1 - across.0) / 2.0 / shape)
            .max(1e-9)
            * 1.06;
        let axis = |ends: (f64, f64), half: f64| Axis::bare(middle(ends) - half, middle(ends) + half);
        (axis(across, half * shape), axis(up, half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_a_dot_or_a_picture() {
        let mut plot = MapPlot {
            legend: vec![("风暴".into(), [0, 114, 178])],
            points: vec![
                ([0.0, 0.0], [0, 114, 178]),
                ([10.0, 1.0], [0, 114, 178]),
                ([f64::NAN, 1.0], [0; 3]),
            ],
            ..MapPlot::default()
        };
        assert_eq!(plot.svg().matches("<circle").count(), 2);
        (plot.pictures, plot.picture_size) = (vec![vec![1, 2, 3], vec![4]], [40.0, 20.0]);
        let svg = plot.svg();
        assert_eq!(
            (svg.matches("<image").count(), svg.matches("<circle").count()),
            (2, 0)
        );
        assert!(svg.contains("data:image/jpeg;base64,AQID"), "{svg}");
        assert!(MapPlot::default().svg().ends_with("</svg>\n"));
    }

    #[test]
    fn both_directions_are_equally_long() {
        let plot = MapPlot {
            points: vec![([0.0, 0.0], [0; 3]), ([30.0, 3.0], [0; 3])],
            ..MapPlot::default()
        };
        let (x, y) = plot.axes();
        let length = |axis: &Axis| 1.0 / (axis.place(1.0).unwrap() - axis.place(0.0).unwrap());
        assert!((length(&x) / length(&y) - 4.0 / 3.0).abs() < 1e-9);
    }
}

//! Lines over two axes, such as the curves of the losses.

use super::axis::{Axis, Scale};
use super::figure::{Area, Figure, LegendEntry};
use super::svg::{Stroke, Svg};
use super::{ExportError, raster};
use crate::project::files::write_whole;
use std::path::Path;

/// Pixels of a PNG file for each of the figure, for sharp print.
const PNG_SCALE: f32 = 2.0;

/// A plot of lines, as data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LinePlot {
    /// Above the plot. May be empty.
    pub title: String,
    /// What goes from left to right, with its unit. May be empty.
    pub x_label: String,
    /// What goes from bottom to top, with its unit. May be empty.
    pub y_label: String,
    /// Equal ratios are equally high. Points that are not above zero are left out.
    pub logarithmic: bool,
    /// Light on dark.
    pub dark: bool,
    /// In the order of the legend; later ones lie over earlier ones, and faint ones behind all.
    pub lines: Vec<PlotLine>,
}

/// One line of a plot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlotLine {
    /// For the legend.
    pub name: String,
    /// x and y. The line has a gap at points that are not finite.
    pub points: Vec<[f64; 2]>,
    /// Red, green and blue.
    pub colour: [u8; 3],
    /// In pixels.
    pub width: f32,
    /// Pale and without an entry in the legend: the raw curve behind a smoothed one.
    pub faint: bool,
}

impl LinePlot {
    /// The plot as a whole SVG document that needs no other file.
    #[must_use]
    pub fn svg(&self) -> String {
        let along = |axis: usize| {
            let points = self.lines.iter().flat_map(|line| &line.points);
            points.filter_map(move |point| point.get(axis).copied())
        };
        let scale = if self.logarithmic {
            Scale::Logarithmic
        } else {
            Scale::Linear
        };
        let named = self.lines.iter().filter(|line| !line.faint);
        let figure = Figure {
            title: self.title.clone(),
            x: Axis::over(&self.x_label, Scale::Linear, along(0)),
            y: Axis::over(&self.y_label, scale, along(1)).with_air(),
            legend: named
                .map(|line| LegendEntry {
                    name: line.name.clone(),
                    colour: line.colour,
                    width: line.width,
                })
                .collect(),
            dark: self.dark,
        };
        figure.draw(|area, svg| {
            // Pale on dark needs more to be seen.
            let pale = if self.dark { 0.45 } else { 0.3 };
            for (faint, opacity) in [(true, pale), (false, 1.0)] {
                for line in self.lines.iter().filter(|line| line.faint == faint) {
                    line.draw(area, svg, opacity);
                }
            }
        })
    }
}

impl PlotLine {
    fn draw(&self, area: &Area, svg: &mut Svg, opacity: f32) {
        let stroke = Stroke {
            colour: self.colour,
            width: self.width,
            opacity,
        };
        let places: Vec<_> = self.points.iter().map(|point| area.place(*point)).collect();
        for unbroken in places.split(Option::is_none) {
            svg.line(unbroken.iter().flatten().copied(), stroke);
        }
    }
}

/// Writes a plot as `.svg` or `.png`, by the end of the file's name; a PNG has twice the pixels.
///
/// # Errors
/// When the name ends in anything else, when the system has no fonts for a PNG, or as
/// [`write_whole`]. What was there before is then untouched.
pub fn write_plot(path: &Path, plot: &LinePlot) -> Result<(), ExportError> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    let bytes = if ending == "svg" {
        plot.svg().into_bytes()
    } else if ending == "png" {
        raster::png(&plot.svg(), PNG_SCALE)?
    } else {
        let name = path.file_name().unwrap_or(path.as_os_str());
        return Err(ExportError::PictureFormat {
            name: name.to_string_lossy().into_owned(),
        });
    };
    Ok(write_whole(path, |file| file.write_all(&bytes))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, points: &[[f64; 2]]) -> PlotLine {
        PlotLine {
            name: name.into(),
            points: points.to_vec(),
            colour: [0, 114, 178],
            width: 2.0,
            faint: false,
        }
    }

    fn drawn(plot: &LinePlot, what: &str) -> usize {
        plot.svg().matches(what).count()
    }

    #[test]
    fn lines_break_where_a_point_has_no_place() {
        let points = [
            [1.0, 1.0],
            [2.0, 0.5],
            [3.0, 0.0],
            [4.0, 0.2],
            [5.0, 0.1],
            [6.0, f64::NAN],
        ];
        let mut plot = LinePlot {
            lines: vec![line("image", &points)],
            ..LinePlot::default()
        };
        let of_the_line = "stroke=\"#0072b2\"";
        // One of them is in the legend.
        assert_eq!(drawn(&plot, of_the_line), 2);
        plot.logarithmic = true;
        assert_eq!(drawn(&plot, of_the_line), 3);
    }

    #[test]
    fn a_faint_line_is_drawn_behind_and_not_named() {
        let mut raw = line("raw", &[[1.0, 3.0], [2.0, 1.0]]);
        raw.faint = true;
        let plot = LinePlot {
            title: "损失 <1 & \"2\">".into(),
            lines: vec![line("平滑", &[[1.0, 2.0], [2.0, 1.0]]), raw],
            ..LinePlot::default()
        };
        let svg = plot.svg();
        assert!(svg.contains(">平滑</tspan>") && !svg.contains(">raw<"), "{svg}");
        assert!(
            svg.contains(">损失 &lt;1 &amp; &quot;2&quot;&gt;</tspan>"),
            "{svg}"
        );
        let strokes: Vec<_> = svg
            .lines()
            .filter(|line| line.contains("#0072b2") && !line.contains("text"))
            .collect();
        assert!(strokes[1].contains("stroke-opacity=\"0.3\""), "{strokes:?}");
        assert!(strokes[2].contains("stroke-opacity=\"1\""), "{strokes:?}");
    }

    #[test]
    fn the_name_of_the_file_chooses_the_picture() {
        let folder = tempfile::tempdir().unwrap();
        let plot = LinePlot {
            title: "疫苗".into(),
            lines: vec![line("a", &[[1.0, 1.0]])],
            ..LinePlot::default()
        };
        let [svg, png, pdf] = ["a.SVG", "a.png", "a.pdf"].map(|name| folder.path().join(name));
        write_plot(&svg, &plot).unwrap();
        assert_eq!(std::fs::read_to_string(svg).unwrap(), plot.svg());
        write_plot(&png, &plot).unwrap();
        let picture = image::open(png).unwrap();
        assert_eq!((picture.width(), picture.height()), (1920, 1200));
        let message = write_plot(&pdf, &plot).unwrap_err().to_string();
        assert!(
            message.contains("a.pdf") && message.contains(".svg or .png"),
            "{message}"
        );
        assert!(!pdf.exists());
    }
}

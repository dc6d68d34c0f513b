//! Lines over two axes, such as the curves of the losses.

use super::axis::{Axis, Scale};
use super::figure::{Area, Figure, LegendEntry, SIZE, SMALL, Theme};
use super::svg::{Anchor, Lettering, Stroke, Svg, width_of};
use super::{ExportError, raster};
use crate::project::files::write_whole;
use std::path::Path;

/// Pixels of a PNG file for each of the figure, for sharp print.
const PNG_SCALE: f32 = 2.0;

/// Radius of the dots on a line, in pixels.
const DOT: f64 = 4.5;

/// Size of the names of places that are pointed out, in pixels.
const NAME: f64 = 13.0;

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
    /// Its colours beside those of the lines.
    pub theme: Theme,
    /// Two of it stand in a row.
    pub small: bool,
    /// Places along x that are pointed out.
    pub pointers: Vec<Pointer>,
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
    /// Each point has a dot.
    pub dots: bool,
}

/// A place along x that is pointed out by an upright line.
#[derive(Debug, Clone, PartialEq)]
pub struct Pointer {
    /// Where.
    pub at: f64,
    /// What is there.
    pub name: String,
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
            // One line needs no legend: the axis says what it is.
            legend: named
                .filter(|line| !line.name.is_empty())
                .map(|line| LegendEntry {
                    name: line.name.clone(),
                    colour: line.colour,
                    width: line.width,
                })
                .collect(),
            theme: self.theme,
            size: if self.small { SMALL } else { SIZE },
        };
        figure.draw(|area, svg| {
            let points = self.lines.iter().flat_map(|line| &line.points);
            let places: Vec<[f64; 2]> = points.filter_map(|point| area.place(*point)).collect();
            draw_pointers(&self.pointers, &places, area, svg);
            // Pale on dark needs more to be seen.
            let pale = if self.theme == Theme::Dark { 0.45 } else { 0.3 };
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
        for place in places.into_iter().flatten().filter(|_| self.dots) {
            svg.dot(place, DOT, self.colour, area.palette().background);
        }
    }
}

/// Upright lines with their names at the top, or at the bottom where points are in the way; those of one place in one line
/// of words.
fn draw_pointers(pointers: &[Pointer], points: &[[f64; 2]], area: &Area, svg: &mut Svg) {
    /// Words need so much room below their top, with some air, in pixels.
    const ROOM: f64 = 44.0;
    let [[left, top], [right, bottom]] = area.corners();
    let palette = area.palette();
    let (colour, width, opacity) = (palette.weak, 1.5, 1.0);
    for together in pointers.chunk_by(|one, other| one.at == other.at) {
        let Some(x) = together.first().and_then(|pointer| area.across(pointer.at)) else {
            continue;
        };
        let stroke = Stroke {
            colour,
            width,
            opacity,
        };
        svg.line([[x, top], [x, bottom]], stroke);
        let names: Vec<&str> = together.iter().map(|pointer| pointer.name.as_str()).collect();
        let names = names.join(", ");
        let width = width_of(&names, NAME);
        // Words go where there is more room.
        let (anchor, beside) = if x + width + 12.0 < right || x - left < right - x {
            (Anchor::Start, 6.0)
        } else {
            (Anchor::End, -6.0)
        };
        let from = if anchor == Anchor::Start { x } else { x - width };
        let in_the_way = |[across, down]: &[f64; 2]| {
            (from - 12.0..from + width + 40.0).contains(across) && *down < top + ROOM
        };
        let baseline = if points.iter().any(in_the_way) {
            bottom - 8.0
        } else {
            top + 14.0
        };
        let words = Lettering {
            size: NAME,
            colour: palette.text,
            anchor,
            bold: false,
            upwards: false,
        };
        svg.words([x + beside, baseline], &names, words);
    }
}

/// Writes a plot as `.svg` or `.png`, by the end of the file's name; a PNG has twice the pixels.
///
/// # Errors
/// When the name ends in anything else, when the system has no fonts for a PNG, or as
/// [`write_whole`]. What was there before is then untouched.
pub fn write_plot(path: &Path, plot: &LinePlot) -> Result<(), ExportError> {
    write_drawing(path, &plot.svg())
}

/// Writes a drawing, an SVG document, as `.svg` or `.png`: see [`write_plot`].
///
/// # Errors
/// As [`write_plot`].
pub fn write_drawing(path: &Path, svg: &str) -> Result<(), ExportError> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    let bytes = if ending == "svg" {
        svg.as_bytes().to_vec()
    } else if ending == "png" {
        raster::png(svg, PNG_SCALE)?
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
            ..PlotLine::default()
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
    fn a_name_keeps_out_of_the_way_of_the_line() {
        let baseline = |points: &[[f64; 2]]| -> f64 {
            let plot = LinePlot {
                lines: vec![line("", points)],
                pointers: vec![Pointer {
                    at: 2.0,
                    name: "chosen".into(),
                }],
                ..LinePlot::default()
            };
            let svg = plot.svg();
            let words = svg.lines().find(|line| line.contains(">chosen<")).unwrap();
            let from = words.split("y=\"").nth(1).unwrap();
            from.split('"').next().unwrap().parse().unwrap()
        };
        let low = baseline(&[[1.0, 9.0], [2.0, 1.0], [9.0, 1.0]]);
        let high = baseline(&[[1.0, 1.0], [2.0, 9.0], [9.0, 1.0]]);
        assert!(low < 100.0 && high > 400.0, "{low} {high}");
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

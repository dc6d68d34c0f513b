//! What every plot has around its marks: title, legend, axes, grid.

use super::axis::{Axis, Marks};
use super::svg::{Anchor, Colour, Lettering, Stroke, Svg, width_of};

/// Width and height of most figures in pixels at scale 1.
pub const SIZE: [f64; 2] = [960.0, 600.0];
/// The same of figures that stand two in a row, so that their words are not too small to read.
pub const SMALL: [f64; 2] = [560.0, 370.0];
const MARGIN: f64 = 24.0;
/// Wider at the right, where the last number of the axis juts out.
const RIGHT_MARGIN: f64 = 36.0;
const GAP: f64 = 8.0;
const TITLE: f64 = 19.0;
const WORDS: f64 = 14.0;
const NUMBERS: f64 = 13.0;
const LEGEND_ROW: f64 = 22.0;
const SWATCH: f64 = 22.0;
/// Lines beyond this thickness stand for surfaces in the legend, in pixels.
const THICKEST: f32 = 6.0;

/// A figure without its marks.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Above everything. May be empty.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What the colours mean.
    pub legend: Vec<LegendEntry>,
    /// Its colours beside those of the marks.
    pub theme: Theme,
    /// Width and height in pixels at scale 1.
    pub size: [f64; 2],
}

/// The colours of everything but the marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark on light, as on paper.
    #[default]
    Light,
    /// Light on dark.
    Dark,
    /// As the page says that the figure stands in, by CSS properties; light where it says nothing.
    Page,
}

impl Theme {
    /// Light or dark.
    #[must_use]
    pub const fn of(dark: bool) -> Self {
        if dark { Self::Dark } else { Self::Light }
    }

    /// Its colours.
    pub(super) const fn palette(self) -> &'static Palette {
        match self {
            Self::Dark => &DARK,
            Self::Light | Self::Page => &LIGHT,
        }
    }

    /// The colours that a page may set, with the names of its properties.
    pub(super) const fn roles(self) -> &'static [(Colour, &'static str)] {
        match self {
            Self::Page => &ROLES,
            Self::Light | Self::Dark => &[],
        }
    }
}

/// One colour of a figure and its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendEntry {
    /// What it means.
    pub name: String,
    /// The colour.
    pub colour: Colour,
    /// Thickness of the line shown beside the name, in pixels.
    pub width: f32,
}

/// The rectangle between the axes, in pixels of the figure.
#[derive(Debug, Clone, Copy)]
pub struct Area<'a> {
    figure: &'a Figure,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// What the colours around the marks are for.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// Behind everything.
    pub background: Colour,
    /// Words.
    pub text: Colour,
    /// Numbers and axes.
    pub weak: Colour,
    /// Lines behind the marks.
    pub grid: Colour,
    /// Finer ones.
    pub fine: Colour,
}

const LIGHT: Palette = Palette {
    background: [255, 255, 255],
    text: [28, 31, 36],
    weak: [92, 99, 110],
    grid: [220, 224, 229],
    fine: [240, 242, 244],
};

const DARK: Palette = Palette {
    background: [24, 26, 30],
    text: [226, 229, 233],
    weak: [158, 165, 174],
    grid: [58, 62, 70],
    fine: [38, 41, 47],
};

/// The CSS properties that a page may set, with the colours that they stand for.
const ROLES: [(Colour, &str); 5] = [
    (LIGHT.background, "figure-ground"),
    (LIGHT.text, "figure-ink"),
    (LIGHT.weak, "figure-weak"),
    (LIGHT.grid, "figure-grid"),
    (LIGHT.fine, "figure-fine"),
];

impl Area<'_> {
    /// Colours of what is around the marks.
    #[must_use]
    pub fn palette(&self) -> &'static Palette {
        self.figure.palette()
    }

    /// Top left and bottom right corner, in pixels of the figure.
    #[must_use]
    pub fn corners(&self) -> [[f64; 2]; 2] {
        [[self.left, self.top], [self.right, self.bottom]]
    }

    /// Where a point of the data is in the figure. `None` where an axis has no place for it.
    #[must_use]
    pub fn place(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        Some([self.across(x)?, self.up(y)?])
    }

    /// How far from the left of the figure a number of the x axis is, in pixels. `None` where the axis has no place for it.
    #[must_use]
    pub fn across(&self, x: f64) -> Option<f64> {
        let along = self.figure.x.place(x)?;
        Some(self.left + along * (self.right - self.left))
    }

    /// How far from the top of the figure a number of the y axis is, in pixels. `None` where the axis has no place for it.
    #[must_use]
    pub fn up(&self, y: f64) -> Option<f64> {
        let along = self.figure.y.place(y)?;
        Some(self.bottom - along * (self.bottom - self.top))
    }
}

impl Figure {
    fn palette(&self) -> &'static Palette {
        self.theme.palette()
    }

    /// The whole figure as SVG; `marks` draws what is between the axes.
    #[must_use]
    pub fn draw(&self, marks: impl FnOnce(&Area, &mut Svg)) -> String {
        let palette = self.palette();
        let rows = self.legend_rows();
        let x_numbers = if self.x.is_bare() { 0.0 } else { NUMBERS + GAP };
        let area = |left: f64| {
            let title = if self.title.is_empty() {
                0.0
            } else {
                TITLE + 1.5 * GAP
            };
            let x_label = if self.x.label.is_empty() { 0.0 } else { WORDS + GAP };
            Area {
                figure: self,
                left,
                right: self.size[0] - RIGHT_MARGIN,
                top: MARGIN + title + rows.len() as f64 * LEGEND_ROW + GAP,
                bottom: self.size[1] - MARGIN - x_label - x_numbers,
            }
        };
        // How many numbers fit along y depends on the legend, and how wide they are on the numbers.
        let rough = area(MARGIN);
        let y_marks = self.y.marks(((rough.bottom - rough.top) / 52.0) as usize);
        let widest = y_marks
            .ticks
            .iter()
            .map(|tick| width_of(&tick.label, NUMBERS))
            .fold(0.0, f64::max);
        let y_label = if self.y.label.is_empty() {
            0.0
        } else {
            WORDS + 1.5 * GAP
        };
        let area = area(MARGIN + y_label + widest + GAP);
        let apart = if self.size[0] < SIZE[0] { 55.0 } else { 90.0 };
        let x_marks = self.x.marks(((area.right - area.left) / apart) as usize);

        let mut svg = Svg::with_roles(self.size, palette.background, &self.title, self.theme.roles());
        self.draw_words(&mut svg, &area, palette);
        self.draw_legend(&mut svg, &rows, &area, palette);
        draw_grid(&mut svg, &area, [&x_marks, &y_marks], palette);
        marks(&area, &mut svg);
        svg.finish()
    }

    fn draw_words(&self, svg: &mut Svg, area: &Area, palette: &Palette) {
        if !self.title.is_empty() {
            // Bold letters are wider.
            let room = (self.size[0] - 2.0 * MARGIN) / 1.1;
            let title = Lettering {
                bold: true,
                ..fitted(&self.title, TITLE, room, palette)
            };
            svg.words([MARGIN, MARGIN + TITLE * 0.8], &self.title, title);
        }
        if !self.x.label.is_empty() {
            let at = [(area.left + area.right) / 2.0, self.size[1] - MARGIN];
            let label = Lettering {
                anchor: Anchor::Middle,
                ..fitted(&self.x.label, WORDS, area.right - area.left, palette)
            };
            svg.words(at, &self.x.label, label);
        }
        if !self.y.label.is_empty() {
            let at = [MARGIN + WORDS * 0.6, (area.top + area.bottom) / 2.0];
            let label = Lettering {
                anchor: Anchor::Middle,
                upwards: true,
                ..fitted(&self.y.label, WORDS, area.bottom - area.top, palette)
            };
            svg.words(at, &self.y.label, label);
        }
    }

    /// How many rows the legend takes.
    #[must_use]
    pub fn rows_of_legend(&self) -> usize {
        self.legend_rows().len()
    }

    /// The entries of the legend in as many rows as they need, each with its distance from the left.
    fn legend_rows(&self) -> Vec<Vec<(f64, &LegendEntry)>> {
        let room = self.size[0] - 2.0 * MARGIN;
        let mut rows: Vec<Vec<(f64, &LegendEntry)>> = Vec::new();
        let mut used = f64::INFINITY;
        for entry in &self.legend {
            let width = SWATCH + GAP + width_of(&entry.name, WORDS);
            if used + width > room {
                rows.push(Vec::new());
                used = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((used, entry));
            }
            used += width + 2.0 * GAP;
        }
        rows
    }

    fn draw_legend(&self, svg: &mut Svg, rows: &[Vec<(f64, &LegendEntry)>], area: &Area, palette: &Palette) {
        let top = area.top - GAP - rows.len() as f64 * LEGEND_ROW;
        for (index, row) in rows.iter().enumerate() {
            let middle = top + (index as f64 + 0.4) * LEGEND_ROW;
            for &(from_left, entry) in row {
                let left = MARGIN + from_left;
                let stroke = Stroke {
                    colour: entry.colour,
                    width: entry.width,
                    opacity: 1.0,
                };
                if entry.width > THICKEST {
                    let height = f64::from(entry.width);
                    svg.block([left, middle - height / 2.0], [SWATCH, height], entry.colour);
                } else {
                    svg.line([[left, middle], [left + SWATCH, middle]], stroke);
                }
                let start = left + SWATCH + GAP;
                let words = fitted(&entry.name, WORDS, self.size[0] - MARGIN - start, palette);
                svg.words([start, middle + WORDS * 0.35], &entry.name, words);
            }
        }
    }
}

/// Words in `room` pixels: long ones are made smaller rather than cut.
fn fitted(words: &str, size: f64, room: f64, palette: &Palette) -> Lettering {
    Lettering {
        size: size * (room / width_of(words, size)).min(1.0),
        colour: palette.text,
        anchor: Anchor::Start,
        bold: false,
        upwards: false,
    }
}

fn draw_grid(svg: &mut Svg, area: &Area, [x, y]: [&Marks; 2], palette: &Palette) {
    let hair = |colour: Colour| Stroke {
        colour,
        width: 1.0,
        opacity: 1.0,
    };
    let upright = |across: f64| [[across, area.top], [across, area.bottom]];
    let level = |up: f64| [[area.left, up], [area.right, up]];
    for across in x.fine.iter().filter_map(|value| area.across(*value)) {
        svg.line(upright(across), hair(palette.fine));
    }
    for up in y.fine.iter().filter_map(|value| area.up(*value)) {
        svg.line(level(up), hair(palette.fine));
    }
    let numbers = |anchor| Lettering {
        size: NUMBERS,
        colour: palette.weak,
        anchor,
        bold: false,
        upwards: false,
    };
    for tick in &x.ticks {
        let Some(across) = area.across(tick.value) else {
            continue;
        };
        svg.line(upright(across), hair(palette.grid));
        let below = [across, area.bottom + GAP + NUMBERS * 0.8];
        svg.words(below, &tick.label, numbers(Anchor::Middle));
    }
    for tick in &y.ticks {
        let Some(up) = area.up(tick.value) else { continue };
        svg.line(level(up), hair(palette.grid));
        let beside = [area.left - GAP, up + NUMBERS * 0.35];
        svg.words(beside, &tick.label, numbers(Anchor::End));
    }
    if !area.figure.y.is_bare() {
        svg.line(
            [[area.left, area.top], [area.left, area.bottom]],
            hair(palette.weak),
        );
    }
    if !area.figure.x.is_bare() {
        svg.line(
            [[area.left, area.bottom], [area.right, area.bottom]],
            hair(palette.weak),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::Scale;
    use super::*;

    fn figure(names: &[&str]) -> Figure {
        let entry = |name: &&str| LegendEntry {
            name: (*name).into(),
            colour: [0; 3],
            width: 2.0,
        };
        Figure {
            title: String::new(),
            x: Axis::over("", Scale::Linear, [0.0, 10.0]),
            y: Axis::over("", Scale::Linear, [0.0, 1.0]),
            legend: names.iter().map(entry).collect(),
            theme: Theme::Light,
            size: SIZE,
        }
    }

    #[test]
    fn the_legend_takes_the_rows_it_needs() {
        assert_eq!(figure(&[]).legend_rows().len(), 0);
        assert_eq!(figure(&["image", "text"]).legend_rows().len(), 1);
        let long = "画面与文字的重建损失".repeat(9);
        let figure = figure(&[&long, "text"]);
        let rows: Vec<usize> = figure.legend_rows().iter().map(Vec::len).collect();
        assert_eq!(rows, [1, 1]);
    }

    #[test]
    fn points_are_placed_between_the_axes_with_up_as_more() {
        let mut corners = Vec::new();
        let _ = figure(&["a"]).draw(|area, _| {
            corners = vec![area.place([0.0, 0.0]), area.place([10.0, 1.0])];
            assert_eq!(area.place([f64::NAN, 1.0]), None);
        });
        let (low, high) = (corners[0].unwrap(), corners[1].unwrap());
        assert!(low[0] > 0.0 && low[0] < high[0] && high[0] < SIZE[0]);
        assert!(low[1] < SIZE[1] && low[1] > high[1] && high[1] > 0.0);
    }
}

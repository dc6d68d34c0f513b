//! An SVG document as text: a few shapes, escaped words, short numbers.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt::Write as _;

/// Fonts of the words, the first that is there: sans-serif families that hold Chinese beside Latin letters, so that
/// both look alike, then those of Latin letters alone, for which Chinese is borrowed from another.
pub const FONT_FAMILIES: [&str; 11] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "Noto Sans",
    "Segoe UI",
    "Arial",
    "DejaVu Sans",
];

/// The digits and the minus sign, each with its raised form for powers.
pub const RAISED: [(char, char); 11] = [
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
    ('−', '⁻'),
];

/// Red, green and blue.
pub type Colour = [u8; 3];

/// A document under way. Lengths are in pixels at scale 1, from the top left.
#[derive(Debug)]
pub struct Svg {
    text: String,
    roles: &'static [(Colour, &'static str)],
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub colour: Colour,
    /// Its width in pixels.
    pub width: f32,
    /// 1 hides what is behind it.
    pub opacity: f32,
}

/// Which part of a text is at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How a text is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lettering {
    /// Height of a line in pixels, roughly.
    pub size: f64,
    /// Its colour.
    pub colour: Colour,
    /// What its place means.
    pub anchor: Anchor,
    /// Heavier.
    pub bold: bool,
    /// Read from bottom to top.
    pub upwards: bool,
}

impl Svg {
    /// An empty document of this size, filled with one colour. Screen readers say `label`.
    #[must_use]
    pub fn new(size: [f64; 2], background: Colour, label: &str) -> Self {
        Self::with_roles(size, background, label, &[])
    }

    /// The same for a page whose reader chooses between light and dark: each of these colours is whatever the page's CSS
    /// property of that name says, and itself where the page says nothing.
    #[must_use]
    pub fn with_roles(
        [width, height]: [f64; 2],
        background: Colour,
        label: &str,
        roles: &'static [(Colour, &'static str)],
    ) -> Self {
        let mut families = String::new();
        for family in FONT_FAMILIES {
            let _ = write!(families, "'{family}', ");
        }
        let (width, height) = (number(width), number(height));
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\" \
             font-family=\"{families}sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
            escaped(label),
            paint(background, roles)
        );
        Self { text, roles }
    }

    /// A line through points, with round corners. One point alone is a dot.
    pub fn line(&mut self, points: impl IntoIterator<Item = [f64; 2]>, stroke: Stroke) {
        let mut places: Vec<[String; 2]> = points.into_iter().map(|point| point.map(number)).collect();
        // Of thousands of epochs many fall on the same hundredth of a pixel.
        places.dedup();
        let Stroke {
            colour,
            width,
            opacity,
        } = stroke;
        let colour = self.paint(colour);
        match &places[..] {
            [] => return,
            [[x, y]] => {
                let _ = write!(
                    self.text,
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>",
                    width * 1.5
                );
            }
            places => {
                let places: Vec<String> = places.iter().map(|[x, y]| format!("{x},{y}")).collect();
                let _ = write!(
                    self.text,
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
                     stroke-opacity=\"{opacity}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
                    places.join(" ")
                );
            }
        }
        self.text.push('\n');
    }

    /// Words on the baseline through `at`.
    pub fn words(&mut self, [x, y]: [f64; 2], words: &str, how: Lettering) {
        let (x, y) = (number(x), number(y));
        let anchor = match how.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if how.bold { " font-weight=\"bold\"" } else { "" };
        let turn = if how.upwards {
            format!(" transform=\"rotate(-90 {x} {y})\"")
        } else {
            String::new()
        };
        let _ = writeln!(
            self.text,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{anchor}\"{weight}{turn}>{}</text>",
            number(how.size),
            self.paint(how.colour),
            lettered(words, how.size)
        );
    }

    /// A filled rectangle with its corner at the top left.
    pub fn block(&mut self, [x, y]: [f64; 2], [width, height]: [f64; 2], colour: Colour) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        let colour = self.paint(colour);
        let _ = writeln!(
            self.text,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\"/>"
        );
    }

    /// A dot, with a thin rim so that dots that overlap can be told apart.
    pub fn dot(&mut self, [x, y]: [f64; 2], radius: f64, colour: Colour, rim: Colour) {
        let [x, y, radius] = [x, y, radius].map(number);
        let (colour, rim) = (self.paint(colour), self.paint(rim));
        let _ = writeln!(
            self.text,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{colour}\" stroke=\"{rim}\" stroke-width=\"0.7\"/>"
        );
    }

    /// A picture, the bytes of a JPEG file, with its corner at the top left.
    pub fn picture(&mut self, [x, y]: [f64; 2], [width, height]: [f64; 2], jpeg: &[u8]) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        let _ = writeln!(
            self.text,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" href=\"{}\"/>",
            jpeg_address(jpeg)
        );
    }

    fn paint(&self, colour: Colour) -> String {
        paint(colour, self.roles)
    }

    /// The whole document.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}

/// About how wide words will be, in pixels. An SVG is drawn with fonts unknown to its writer, so this errs on the
/// wide side.
#[must_use]
pub fn width_of(words: &str, size: f64) -> f64 {
    let em = |letter: char| match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' => 0.7,
        // Han, kana, Hangul and full-width forms fill a square.
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' => 1.0,
        '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{10000}'.. => 1.0,
        _ => 0.6,
    };
    words.chars().map(em).sum::<f64>() * size
}

/// Words as XML, raised digits as small ones above the baseline: few fonts have all of the former, and letters of two
/// fonts in one number look odd.
fn lettered(words: &str, size: f64) -> String {
    let letters: Vec<char> = words.chars().collect();
    let runs = letters.chunk_by(|left, right| lowered(*left).is_some() == lowered(*right).is_some());
    let (raise, mut back) = (size * 0.36, "");
    let down = format!(" dy=\"{}\"", number(raise));
    let mut out = String::new();
    for run in runs {
        let digits: String = run.iter().copied().filter_map(lowered).collect();
        if digits.is_empty() {
            let plain = escaped(&run.iter().collect::<String>());
            let _ = write!(out, "<tspan{back}>{plain}</tspan>");
        } else {
            let (up, small) = (number(-raise), number(size * 0.72));
            let _ = write!(out, "<tspan dy=\"{up}\" font-size=\"{small}\">{digits}</tspan>");
            back = &down;
        }
    }
    out
}

/// The digit or sign that a raised one stands for.
fn lowered(letter: char) -> Option<char> {
    let pair = RAISED.into_iter().find(|(_, raised)| *raised == letter);
    pair.map(|(plain, _)| plain)
}

/// Words as XML: the five signs replaced, line breaks made spaces, and the control characters that XML cannot hold
/// left out.
pub(super) fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A length to a hundredth of a pixel.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A JPEG file as an address that holds it whole.
pub(super) fn jpeg_address(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(jpeg))
}

fn paint(colour: Colour, roles: &[(Colour, &str)]) -> String {
    match roles.iter().find(|(known, _)| *known == colour) {
        Some((_, role)) => format!("var(--{role},{})", hex(colour)),
        None => hex(colour),
    }
}

pub(super) fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_words_are_escaped() {
        let numbers = [1.0, 0.128, -0.001, 10.0, 100.5].map(number);
        assert_eq!(numbers, ["1", "0.13", "0", "10", "100.5"]);
        assert_eq!(
            escaped("a<b> & \"c\"\u{0}\n疫苗"),
            "a&lt;b&gt; &amp; &quot;c&quot; 疫苗"
        );
    }

    #[test]
    fn raised_digits_leave_the_baseline_and_come_back() {
        assert_eq!(
            lettered("2×10⁻⁵ <s>", 10.0),
            "<tspan>2×10</tspan><tspan dy=\"-3.6\" font-size=\"7.2\">−5</tspan><tspan dy=\"3.6\"> &lt;s&gt;</tspan>"
        );
    }

    #[test]
    fn a_line_keeps_one_of_equal_places() {
        let mut svg = Svg::new([10.0, 10.0], [0; 3], "");
        let stroke = Stroke {
            colour: [0, 114, 178],
            width: 2.0,
            opacity: 1.0,
        };
        svg.line([[1.0, 1.0], [1.001, 1.0], [2.0, 3.0]], stroke);
        svg.line([[4.0, 5.0]], stroke);
        svg.line([], stroke);
        let text = svg.finish();
        assert!(text.contains("points=\"1,1 2,3\""), "{text}");
        assert_eq!(text.matches("<polyline").count(), 1);
        assert_eq!(text.matches("<circle cx=\"4\"").count(), 1);
        assert!(text.contains("#0072b2"));
    }

    #[test]
    fn chinese_is_wider_than_latin() {
        assert!(width_of("重建损失", 10.0) > width_of("loss", 10.0));
    }
}

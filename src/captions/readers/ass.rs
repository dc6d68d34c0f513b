//! SubStation Alpha (.ssa) and its advanced form (.ass): a section of events, whose columns the file names.

use super::markup::{Piece, Pieces};
use crate::captions::clock;
use crate::captions::report::Report;
use crate::captions::timing::TimedText;

/// The columns of a file that names none.
const COLUMNS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

/// What stands for escaped braces while overrides are taken out. Caption text has no such characters.
const BRACES: [(&str, &str); 2] = [("\\{", "\u{e}"), ("\\}", "\u{f}")];

/// Every event that is shown. Comments are not.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<TimedText> {
    let mut cues = Vec::new();
    let mut columns = Columns::named(COLUMNS);
    let mut is_events = true;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with('[') {
            is_events = line.trim_end().eq_ignore_ascii_case("[Events]");
        }
        let Some((kind, fields)) = line.split_once(':').filter(|_| is_events) else {
            continue;
        };
        if kind.eq_ignore_ascii_case("Format") {
            columns = Columns::named(fields);
        } else if kind.eq_ignore_ascii_case("Dialogue") {
            match columns.cue(fields, index + 1) {
                Some(cue) => cues.push(cue),
                None => report.fault(super::UNREADABLE, index + 1),
            }
        }
    }
    cues
}

/// Places of the columns that matter.
struct Columns {
    count: usize,
    start: Option<usize>,
    end: Option<usize>,
    text: Option<usize>,
}

impl Columns {
    fn named(format: &str) -> Self {
        let names: Vec<String> = format.split(',').map(|name| name.trim().to_lowercase()).collect();
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        Self {
            count: names.len(),
            start: find("start"),
            end: find("end"),
            text: find("text"),
        }
    }

    fn cue(&self, line: &str, place: usize) -> Option<TimedText> {
        let field = |index: usize| -> Option<&str> {
            // The last column is the rest of the line: text has commas.
            line.splitn(self.count, ',').nth(index)
        };
        Some(TimedText {
            start: clock::clock(field(self.start?)?)?,
            end: Some(clock::clock(field(self.end?)?)?),
            text: plain(field(self.text?)?),
            place,
            ..TimedText::default()
        })
    }
}

/// The text without overrides and drawings, with its line breaks and spaces as such.
fn plain(text: &str) -> String {
    let [(open, open_mark), (close, close_mark)] = BRACES;
    let escaped = text.replace(open, open_mark).replace(close, close_mark);
    let mut plain = String::with_capacity(text.len());
    let mut is_drawing = false;
    for piece in Pieces::new(&escaped, '{', '}') {
        match piece {
            Piece::Tag(overrides) => is_drawing = draws(overrides).unwrap_or(is_drawing),
            Piece::Text(text) if !is_drawing => plain.push_str(text),
            Piece::Text(_) => {}
        }
    }
    let plain = plain
        .replace("\\N", "\n")
        .replace("\\n", "\n")
        .replace("\\h", " ")
        .replace("\\\u{2060}", "\\")
        .replace(open_mark, "{")
        .replace(close_mark, "}");
    let lines: Vec<&str> = plain.trim().split('\n').map(str::trim).collect();
    lines.join("\n")
}

/// Whether the overrides switch drawing on (`\p1`) or off (`\p0`).
fn draws(overrides: &str) -> Option<bool> {
    let scales = overrides.split('\\').filter_map(|part| part.strip_prefix('p'));
    let scales = scales.filter_map(|scale| scale.trim().parse::<u32>().ok());
    scales.last().map(|scale| scale > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::told;

    #[test]
    fn columns_are_where_the_file_says() {
        let text = "[Script Info]\nTitle: Dialogue\n\n[Events]\nFormat: Start, Text\nFormat: Layer, End, Start, Text\n\
                    Dialogue: 0,0:00:02.50,0:00:01.25,so, it, is\nComment: 0,0:00:02.50,0:00:01.25,no\n\
                    Dialogue: 0,later,0:00:01.25,lost\nDialogue: 1\n[Fonts]\nDialogue: 0,0:00:09.00,0:00:08.00,no\n";
        let (cues, lines) = told(|report| parse(text, report));
        assert_eq!(cues, [(1.25, Some(2.5), "so, it, is".to_owned())]);
        assert_eq!(
            lines,
            ["2 captions left out, for their times cannot be read (lines 9 and 10)"]
        );
        let bare = "Dialogue: Marked=0,0:00:01.00,0:00:02.00,Default,,0,0,0,,a, b";
        assert_eq!(
            told(|report| parse(bare, report)).0,
            [(1.0, Some(2.0), "a, b".to_owned())]
        );
    }

    #[test]
    fn overrides_drawings_and_escapes() {
        assert_eq!(plain("{\\an8\\i1}so\\Nit\\h{\\i0}is\\nnow"), "so\nit is\nnow");
        assert_eq!(plain("{\\p1}m 0 0 l 1 1{\\p0}疫苗{\\pos(1,2)}"), "疫苗");
        assert_eq!(plain("\\{sic\\} {open C:\\\u{2060}new"), "{sic} {open C:\\new");
    }
}

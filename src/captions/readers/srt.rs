//! SubRip (.srt). There is no standard, so a cue is whatever follows a timing line.

use super::markup;
use super::rolling::{Line, Shown};
use crate::captions::clock;
use crate::captions::report::Report;

/// Every cue of the text. Numbers are not needed; blank lines inside a cue are kept, for the next timing line
/// tells where it really ends.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<Shown> {
    let mut cues: Vec<Shown> = Vec::new();
    let mut is_open = false;
    for (index, line) in text.split('\n').enumerate() {
        let timing = clock::timing(line);
        if timing.is_some() || clock::resembles_timing(line) {
            if is_open {
                cues.last_mut().map(drop_number);
            }
            is_open = timing.is_some();
            match timing {
                Some((start, end)) => cues.push(Shown {
                    start,
                    end,
                    lines: Vec::new(),
                    place: index + 1,
                }),
                None => report.fault(super::UNREADABLE, index + 1),
            }
        } else if let Some(cue) = cues.last_mut().filter(|_| is_open) {
            cue.lines.push(Line {
                text: markup::strip_srt(line).trim().to_owned(),
                words: Vec::new(),
            });
        }
    }
    cues
}

/// The number of the next cue stands directly above its timing line.
fn drop_number(cue: &mut Shown) {
    let is_number =
        |line: &Line| !line.text.is_empty() && line.text.bytes().all(|byte| byte.is_ascii_digit());
    if cue.lines.last().is_some_and(is_number) {
        cue.lines.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::rolling::unroll;

    fn read(text: &str) -> (Vec<(f64, f64, String)>, Vec<String>) {
        let mut report = Report::default();
        let cues = unroll(parse(text, &mut report));
        (
            cues.into_iter()
                .map(|c| (c.start, c.end.unwrap(), c.text))
                .collect(),
            report.into_lines(),
        )
    }

    #[test]
    fn numbers_may_be_missing_or_repeated_and_dots_stand_for_commas() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\n<i>one</i>\n\n1\n00:00:02.000 --> 00:00:03.5 X1:0\ntwo\n\n\
                    00:00:04,000 --> 00:00:05,000\nthree\n";
        let (cues, warnings) = read(text);
        assert_eq!(
            cues,
            [
                (1.0, 2.0, "one".to_owned()),
                (2.0, 3.5, "two".to_owned()),
                (4.0, 5.0, "three".to_owned())
            ]
        );
        assert!(warnings.is_empty());
    }

    #[test]
    fn blank_lines_and_numbers_inside_a_cue_are_text() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n2020\n\n2\n00:00:02,000 --> 00:00:03,000\n7\n";
        let (cues, _) = read(text);
        assert_eq!(
            cues,
            [(1.0, 2.0, "a\n\nb\n2020".to_owned()), (2.0, 3.0, "7".to_owned())]
        );
    }

    #[test]
    fn an_unreadable_time_is_told_and_its_text_does_not_leak() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:xx --> 00:00:03,000\nb\n\n\
                    3\n00:00:04,000 --> 00:00:05,000\nc\n";
        let (cues, warnings) = read(text);
        assert_eq!(cues, [(1.0, 2.0, "a".to_owned()), (4.0, 5.0, "c".to_owned())]);
        assert!(warnings.first().unwrap().contains("line 6"), "{warnings:?}");
    }
}

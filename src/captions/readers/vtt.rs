//! WebVTT (.vtt), W3C recommendation with the liberties that real files take: short hours, comma decimals, no
//! header, and headers in the middle where segments of a stream were joined.

use super::markup;
use super::rolling::{Line, Shown};
use crate::captions::clock;
use crate::captions::report::Report;

/// Every cue of the text.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<Shown> {
    if !text.trim_start().starts_with("WEBVTT") {
        report.note("the file does not begin with WEBVTT; read all the same");
    }
    let mut cues: Vec<Shown> = Vec::new();
    let mut place = Place::Between;
    let mut spoken_until = 0.0;
    let mut is_shifted = false;
    for (index, line) in text.split('\n').enumerate() {
        is_shifted |= line.starts_with("X-TIMESTAMP-MAP") && !maps_to_zero(line);
        let timing = clock::timing(line);
        if let (Some((start, end)), true) = (timing, place != Place::Aside) {
            cues.push(Shown {
                start,
                end,
                lines: Vec::new(),
                place: index + 1,
            });
            spoken_until = start;
            place = Place::Cue;
        } else if line.is_empty() {
            place = Place::Between;
        } else if clock::resembles_timing(line) && place != Place::Aside {
            report.fault(super::UNREADABLE, index + 1);
            place = Place::Aside;
        } else if let (Place::Cue, Some(cue)) = (place, cues.last_mut()) {
            let (text, words) = markup::strip_vtt(line, spoken_until);
            if let Some(last) = words.last() {
                spoken_until = last.end.unwrap_or(last.start).0;
            }
            cue.lines.push(Line { text, words });
        } else if place == Place::Between && is_comment(line) {
            place = Place::Aside;
        }
    }
    if is_shifted {
        report.note("the file maps its times to a broadcast clock (X-TIMESTAMP-MAP); kept as written");
    }
    cues
}

/// What the line before belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A blank line, or a line that may be the header or the name of the next cue.
    Between,
    /// The text of the last cue.
    Cue,
    /// A comment, a style sheet, a region, or a cue without readable times.
    Aside,
}

fn is_comment(line: &str) -> bool {
    let first = line.split([' ', '\t']).next().unwrap_or_default();
    matches!(first, "NOTE" | "STYLE" | "REGION")
}

/// `X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000`: 90,000 ticks a second against the local time.
fn maps_to_zero(line: &str) -> bool {
    let Some((_, map)) = line.split_once('=') else {
        return true;
    };
    let value = |key: &str| map.split(',').find_map(|part| part.trim().strip_prefix(key));
    let stream = value("MPEGTS:")
        .and_then(|ticks| ticks.trim().parse::<f64>().ok())
        .unwrap_or(0.0)
        / 90_000.0;
    let local = value("LOCAL:").and_then(clock::clock).unwrap_or(0.0);
    (stream - local).abs() < 0.001
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
    fn everything_that_is_no_cue_is_passed_over() {
        let text = "WEBVTT - news\nKind: captions\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n\
                    NOTE 0:00.000 --> 0:01.000\nis no cue\n\nSTYLE\n::cue(b) { color: red }\n\n\
                    REGION\nid:top\n\nintro\n1:02,5 --> 1:03.500 align:start\n<v Ann>Q&amp;A</v>\nNOTE this\n\n\
                    WEBVTT\n\n00:01:04.000 --> 00:01:05.000\nend\n";
        let (cues, warnings) = read(text);
        assert_eq!(
            cues,
            [
                (62.5, 63.5, "Q&A\nNOTE this".to_owned()),
                (64.0, 65.0, "end".to_owned())
            ]
        );
        assert!(warnings.is_empty(), "{warnings:?}");
    }

    #[test]
    fn doubtful_files_are_read_with_a_warning() {
        let (cues, warnings) =
            read("X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n0:01.0 --> 0:02.0\na\n");
        assert_eq!(cues.len(), 1);
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        let (cues, warnings) = read("WEBVTT\n\n0:01.0 --> 0:02.0\na\n\n0:0y --> 0:03.0\nb\n");
        assert_eq!(cues.len(), 1);
        assert!(warnings.first().unwrap().contains("line 6"));
    }
}

//! Timed text markup (.ttml, .dfxp, .xml), W3C recommendation: paragraphs with times that count from those of the
//! elements around them.

mod clock;
mod paragraph;

use super::xml::{Document, Element, Step};
use crate::captions::clock::decimal;
use crate::captions::report::Report;
use crate::captions::timing::TimedText;
use clock::Clock;
use paragraph::Paragraph;

/// Every paragraph of the document.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<TimedText> {
    let mut document = Document::new(text);
    let mut clock = Clock::default();
    let mut open: Vec<Level> = Vec::new();
    let mut paragraph: Option<Paragraph> = None;
    let mut cues = Vec::new();
    while let Some(step) = document.next(report) {
        match step {
            Step::Open(element) => {
                if element.name == "tt" {
                    clock = Clock::of(&element);
                }
                // Paragraphs do not nest: where one begins inside another, that was never closed.
                let is_around = |level: &&Level| element.name != "p" || !level.is_inside;
                let level = Level::new(&element, open.iter().rfind(is_around), &clock);
                match &mut paragraph {
                    Some(_) if element.name == "p" => {
                        finish(
                            paragraph.replace(Paragraph::new(&level, element.line)),
                            &mut cues,
                            report,
                        );
                    }
                    Some(paragraph) if element.name == "br" => paragraph.break_line(),
                    Some(paragraph) if level.is_timed => paragraph.begin_run(&level),
                    None if element.name == "p" => paragraph = Some(Paragraph::new(&level, element.line)),
                    _ => {}
                }
                open.push(level);
            }
            Step::Text(text) => {
                let is_kept = open.last().is_some_and(|level| level.keeps_space);
                if let Some(paragraph) = &mut paragraph {
                    paragraph.push(&text, is_kept);
                }
            }
            Step::Close => {
                let Some(level) = open.pop() else { continue };
                if level.is_paragraph {
                    finish(paragraph.take(), &mut cues, report);
                } else if let (Some(paragraph), true) = (&mut paragraph, level.is_timed) {
                    paragraph.end_run();
                }
            }
        }
    }
    finish(paragraph, &mut cues, report);
    cues
}

fn finish(paragraph: Option<Paragraph>, cues: &mut Vec<TimedText>, report: &mut Report) {
    let Some(paragraph) = paragraph else { return };
    let place = paragraph.place;
    match paragraph.cue() {
        Some(cue) => cues.push(cue),
        None => report.fault(super::UNREADABLE, place),
    }
}

/// An element that is open, with its times from the start of the video.
#[derive(Debug, Clone, Copy)]
struct Level {
    start: f64,
    end: Option<f64>,
    /// It or an element around it says when it begins or ends.
    has_times: bool,
    /// It itself says when it begins.
    is_timed: bool,
    is_broken: bool,
    is_paragraph: bool,
    /// It is a paragraph or stands in one.
    is_inside: bool,
    keeps_space: bool,
}

impl Level {
    fn new(element: &Element, parent: Option<&Self>, clock: &Clock) -> Self {
        let (base, limit) = parent.map_or((0.0, None), |level| (level.start, level.end));
        let mut is_broken = parent.is_some_and(|level| level.is_broken);
        let mut time = |name: &str| {
            let text = element.attribute(name)?;
            let seconds = clock.seconds(text);
            is_broken |= seconds.is_none();
            seconds
        };
        let (begin, end, length) = (time("begin"), time("end"), time("dur"));
        let start = decimal(base + begin.unwrap_or(0.0));
        let ends = [
            end.map(|end| decimal(base + end)),
            length.map(|length| decimal(start + length)),
            limit,
        ];
        let has_own = begin.is_some() || end.is_some() || length.is_some();
        Self {
            start,
            end: ends.into_iter().flatten().reduce(f64::min),
            has_times: has_own || parent.is_some_and(|level| level.has_times),
            is_timed: begin.is_some(),
            is_broken,
            is_paragraph: element.name == "p",
            is_inside: element.name == "p" || parent.is_some_and(|level| level.is_inside),
            keeps_space: match element.attribute("space") {
                Some(space) => space == "preserve",
                None => parent.is_some_and(|level| level.keeps_space),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::{told, words};

    fn read(text: &str) -> Vec<(f64, Option<f64>, String)> {
        told(|report| parse(text, report)).0
    }

    fn one(attributes: &str, paragraph: &str) -> (f64, Option<f64>) {
        let cues = read(&format!(
            "<tt {attributes}><body><div><p {paragraph}>a</p></div></body></tt>"
        ));
        let cue = cues.first().unwrap();
        (cue.0, cue.1)
    }

    #[test]
    fn times_of_every_kind() {
        assert_eq!(one("", "begin='00:00:01.5' end='0:00:02.25'"), (1.5, Some(2.25)));
        assert_eq!(one("", "begin='1.5s' dur='500ms'"), (1.5, Some(2.0)));
        assert_eq!(one("", "begin='0.5m' end='0.01h'"), (30.0, Some(36.0)));
        assert_eq!(one("", "begin='00:00:01:15' end='60f'"), (1.5, Some(2.0)));
        assert_eq!(one("", "begin='7'"), (7.0, None));
        assert_eq!(
            one(
                "xmlns:ttp='x' ttp:frameRate='24' ttp:frameRateMultiplier='1000 1001'",
                "begin='24f' end='00:00:02:12'"
            ),
            (1.001, Some(2.5005))
        );
        assert_eq!(
            one("ttp:tickRate='10000000'", "begin='15000000t' end='20000000t'"),
            (1.5, Some(2.0))
        );
        assert_eq!(
            one("ttp:frameRate='25'", "begin='50t' end='75t'"),
            (2.0, Some(3.0))
        );
    }

    #[test]
    fn times_around_a_paragraph_count() {
        let text = "<tt:tt xmlns:tt='x'><tt:body begin='10s'><tt:div begin='1s' end='5s'>
            <tt:p begin='1s' end='2s'>one</tt:p><tt:p begin='2s'>two</tt:p><tt:p>all</tt:p></tt:div></tt:body></tt:tt>";
        assert_eq!(
            read(text),
            [
                (12.0, Some(13.0), "one".to_owned()),
                (13.0, Some(15.0), "two".to_owned()),
                (11.0, Some(15.0), "all".to_owned())
            ]
        );
    }

    #[test]
    fn nested_spans_and_breaks_are_text() {
        let text = "<tt><head><metadata>no</metadata></head><body><p begin='1s' end='2s'>\n  <span tts:color='red'>so\n  \
                    <span>it</span></span> is <br/> now &amp;&#x4e00;<metadata/>\n</p>\
                    <p begin='3s' end='4s' xml:space='preserve'>a  b</p></body></tt>";
        assert_eq!(
            read(text),
            [
                (1.0, Some(2.0), "so it is\nnow &一".to_owned()),
                (3.0, Some(4.0), "a  b".to_owned())
            ]
        );
    }

    #[test]
    fn timed_spans_are_words() {
        let text = "<tt><body><p begin='1s' end='4s'><span begin='0s' end='1s'>so</span> <span begin='1s'>it</span> is</p>\
                    <p><span begin='5s' end='6s'>all</span></p></body></tt>";
        let cues = parse(text, &mut Report::default());
        assert_eq!(words(&cues[0]), [(1.0, Some(2.0), "so"), (2.0, Some(4.0), "it")]);
        assert_eq!(
            (cues[1].start, cues[1].end, cues[1].words.len()),
            (5.0, Some(6.0), 0)
        );
    }

    #[test]
    fn a_broken_paragraph_does_not_take_the_next_one_along() {
        let text = "<tt><body>\n<p begin='soon'>a</p>\n<p begin='1s' end='2s'>b\n<p begin='2s' end='3s'>c</p>\n<p>d</p></body></tt>";
        let (cues, lines) = told(|report| parse(text, report));
        assert_eq!(
            cues,
            [(1.0, Some(2.0), "b".to_owned()), (2.0, Some(3.0), "c".to_owned())]
        );
        assert_eq!(
            lines,
            ["2 captions left out, for their times cannot be read (lines 2 and 5)"]
        );
    }
}

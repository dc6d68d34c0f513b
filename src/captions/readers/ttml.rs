//! Timed text markup (.ttml, .dfxp, .xml), W3C recommendation: paragraphs with times that count from those of the
//! elements around them.

use super::xml::{Document, Element, Step};
use crate::captions::clock::decimal;
use crate::captions::report::Report;
use crate::captions::timing::TimedText;
use crate::project::{Seconds, TimedWord};

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

/// How the document counts frames and ticks.
struct Clock {
    frame_rate: f64,
    tick_rate: f64,
    sub_frames: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            frame_rate: 30.0,
            tick_rate: 1.0,
            sub_frames: 1.0,
        }
    }
}

impl Clock {
    fn of(root: &Element) -> Self {
        let number = |name: &str| {
            let value = root.attribute(name)?.trim().parse().ok();
            value.filter(|number: &f64| *number > 0.0 && number.is_finite())
        };
        let sub_frames = number("subFrameRate").unwrap_or(1.0);
        let multiplier = root.attribute("frameRateMultiplier").and_then(|text| {
            let (above, below) = text.trim().split_once([' ', ':'])?;
            let (above, below): (f64, f64) = (above.trim().parse().ok()?, below.trim().parse().ok()?);
            (above > 0.0 && below > 0.0).then(|| above / below)
        });
        let whole_rate = number("frameRate");
        let frame_rate = whole_rate.unwrap_or(30.0) * multiplier.unwrap_or(1.0);
        let by_frames = whole_rate.map_or(1.0, |_| frame_rate * sub_frames);
        Self {
            frame_rate,
            tick_rate: number("tickRate").unwrap_or(by_frames),
            sub_frames,
        }
    }

    /// Seconds of a time expression: `00:00:01.5`, `00:00:01:12` (frames), `1.5s`, `36f`, `1500t`, or bare seconds.
    fn seconds(&self, text: &str) -> Option<f64> {
        let text = text.trim();
        if text.matches(':').count() == 3 {
            let (clock, frames) = text.rsplit_once(':')?;
            let (frames, sub_frames) = frames.split_once('.').unwrap_or((frames, "0"));
            let frames = count(frames)? + count(sub_frames)? / self.sub_frames;
            return Some(crate::captions::clock::clock(clock)? + frames / self.frame_rate);
        }
        if text.contains(':') {
            return crate::captions::clock::clock(text);
        }
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.strip_prefix(number)? {
            "h" => 3_600.0,
            "m" => 60.0,
            "s" | "" => 1.0,
            "ms" => 0.001,
            "f" => 1.0 / self.frame_rate,
            "t" => 1.0 / self.tick_rate,
            _ => return None,
        };
        count(number).map(|number| number * unit)
    }
}

fn count(digits: &str) -> Option<f64> {
    digits.parse().ok().filter(|number: &f64| number.is_finite())
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

/// A paragraph on the way.
struct Paragraph {
    level: Level,
    text: String,
    runs: Vec<TimedWord>,
    /// Where the text of the run that is open begins.
    run_from: Option<usize>,
    place: usize,
}

impl Paragraph {
    fn new(level: &Level, place: usize) -> Self {
        Self {
            level: *level,
            text: String::new(),
            runs: Vec::new(),
            run_from: None,
            place,
        }
    }

    /// Runs of space count as one, unless they are to be kept.
    fn push(&mut self, text: &str, keeps_space: bool) {
        if keeps_space {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r');
            if !is_space {
                self.text.push(c);
            } else if !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    fn break_line(&mut self) {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
    }

    fn begin_run(&mut self, level: &Level) {
        self.end_run();
        self.run_from = Some(self.text.len());
        self.runs.push(TimedWord {
            text: String::new(),
            start: Seconds(level.start),
            end: level.end.map(Seconds),
        });
    }

    fn end_run(&mut self) {
        let text = self.run_from.take().and_then(|from| self.text.get(from..));
        if let (Some(text), Some(run)) = (text, self.runs.last_mut()) {
            text.trim().clone_into(&mut run.text);
        }
    }

    /// The cue; nothing where no time can be read.
    fn cue(mut self) -> Option<TimedText> {
        self.end_run();
        self.runs.retain(|run| !run.text.is_empty());
        let (mut start, mut end) = (self.level.start, self.level.end);
        if !self.level.has_times {
            // The times are those of its parts.
            let first = self.runs.iter().map(|run| run.start.0).reduce(f64::min);
            let ends = self.runs.iter().map(|run| run.end.map(|end| end.0));
            let is_open = ends.clone().any(|end| end.is_none());
            start = first.or(self.text.trim().is_empty().then_some(0.0))?;
            end = ends.flatten().reduce(f64::max).filter(|_| !is_open);
        }
        if self.level.is_broken {
            return None;
        }
        let text = self.text.trim().to_owned();
        if self.runs.len() == 1 && self.runs.iter().any(|run| run.text == text) {
            self.runs.clear();
        }
        Some(TimedText {
            start,
            end,
            text,
            words: self.runs,
            place: self.place,
            ..TimedText::default()
        })
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

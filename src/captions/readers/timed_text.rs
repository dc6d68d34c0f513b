//! YouTube's timed text (.srv1, .srv2, .srv3, .xml): format 3 is made of `<p t d>` with `<s t>` inside, in
//! milliseconds; format 2 of `<text t d>`; format 1 of `<text start dur>`, in seconds.

use super::markup;
use super::phrases::{self, Event};
use super::xml::{Document, Element, Step};
use crate::captions::clock;
use crate::captions::report::Report;
use crate::captions::timing::TimedText;

/// Every phrase of the document, once.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<TimedText> {
    let mut document = Document::new(text);
    let mut events: Vec<Event> = Vec::new();
    let mut escapes_twice = false;
    let mut depth = 0_usize;
    // The depth at which the event stands that is open.
    let mut inside: Option<usize> = None;
    while let Some(step) = document.next(report) {
        match step {
            Step::Open(element) => {
                depth += 1;
                if matches!(element.name.as_str(), "p" | "text") {
                    escapes_twice |= is_first_format(&element);
                    let event = event(&element);
                    inside = event.as_ref().map(|_| depth);
                    if event.is_none() {
                        report.fault(super::UNREADABLE, element.line);
                    }
                    events.extend(event);
                } else if let (Some(event), true) = (events.last_mut(), inside.is_some()) {
                    let offset = (element.name == "s").then(|| millis(&element, "t")).flatten();
                    let text = if element.name == "br" { "\n" } else { "" };
                    event.runs.push((text.to_owned(), offset));
                }
            }
            Step::Text(text) => {
                if let (Some(event), true) = (events.last_mut(), inside.is_some()) {
                    match event.runs.last_mut() {
                        Some((run, _)) => run.push_str(&text),
                        None => event.runs.push((text, None)),
                    }
                }
            }
            Step::Close => {
                if inside == Some(depth) {
                    inside = None;
                }
                depth = depth.saturating_sub(1);
            }
        }
    }
    if escapes_twice {
        let runs = events.iter_mut().flat_map(|event| &mut event.runs);
        runs.for_each(|(text, _)| *text = markup::decode_entities(text));
    }
    phrases::said(events)
}

/// Format 1 counts seconds and escapes its text twice.
fn is_first_format(element: &Element) -> bool {
    element.attribute("start").is_some()
}

fn event(element: &Element) -> Option<Event> {
    let seconds = |name: &str| clock::seconds(element.attribute(name)?);
    let (start, duration) = if is_first_format(element) {
        (seconds("start"), seconds("dur"))
    } else {
        (millis(element, "t"), millis(element, "d"))
    };
    let appends = element.attribute("a").or(element.attribute("append"));
    Some(Event {
        start: start?,
        duration,
        window: element.attribute("w").map(str::to_owned),
        appends: appends == Some("1"),
        runs: Vec::new(),
        place: element.line,
    })
}

fn millis(element: &Element, name: &str) -> Option<f64> {
    clock::seconds(element.attribute(name)?).map(|time| time / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::{told, words};

    #[test]
    fn format_3_with_words() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\" ?><timedtext format=\"3\">\n<head><ws id=\"0\"/></head><body>\n\
            <w t=\"0\" id=\"1\" wp=\"1\" ws=\"1\"/>\n\
            <p t=\"160\" d=\"3760\" w=\"1\"><s ac=\"0\">so</s><s t=\"274\" ac=\"0\"> it&#39;s</s></p>\n\
            <p t=\"1910\" d=\"10\" w=\"1\" a=\"1\">\n</p>\n\
            <p t=\"1920\" d=\"1000\" w=\"1\">疫苗</p>\n<p t=\"x\">lost</p>\n\
            <p t=\"4000\" d=\"500\">two<br/>lines</p></body></timedtext>";
        let (cues, lines) = told(|report| parse(text, report));
        assert_eq!(
            cues,
            [
                (0.16, Some(1.92), "so it's".to_owned()),
                (1.92, Some(2.92), "疫苗".to_owned()),
                (4.0, Some(4.5), "two\nlines".to_owned())
            ]
        );
        assert_eq!(
            lines,
            ["1 caption left out, for their times cannot be read (line 8)"]
        );
        let cues = parse(text, &mut Report::default());
        assert_eq!(words(&cues[0]), [(0.16, None, "so"), (0.434, None, "it's")]);
    }

    #[test]
    fn formats_1_and_2() {
        let first = "<transcript><text start=\"1.5\" dur=\"2\">Q&amp;amp;A &amp;#39;x&amp;#39;</text><text start=\"3\">b</text></transcript>";
        assert_eq!(
            told(|report| parse(first, report)).0,
            [
                (1.5, Some(3.5), "Q&A 'x'".to_owned()),
                (3.0, None, "b".to_owned())
            ]
        );
        let second = "<timedtext><text w=\"1\" t=\"1500\" d=\"2000\">a</text><text w=\"1\" t=\"2000\" append=\"1\" d=\"10\">\n</text>\
                      <text w=\"1\" t=\"2500\" d=\"10\" append=\"1\">b</text></timedtext>";
        assert_eq!(
            told(|report| parse(second, report)).0,
            [
                (1.5, Some(2.5), "a".to_owned()),
                (2.5, Some(2.51), "b".to_owned())
            ]
        );
    }
}

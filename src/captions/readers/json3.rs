//! YouTube's JSON3 (.json3): events with segments, in milliseconds.

use super::json;
use super::phrases::{self, Event};
use crate::captions::report::Report;
use crate::captions::timing::TimedText;
use serde_json::Value;

/// Every phrase of the document, once.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<TimedText> {
    report.count_entries();
    let document = json::parse(text, report).unwrap_or_default();
    let entries = document.get("events").and_then(Value::as_array);
    let mut events = Vec::new();
    for (index, entry) in entries.into_iter().flatten().enumerate() {
        let runs = runs(entry);
        // Events without segments lay out windows.
        if runs.is_empty() {
            continue;
        }
        let seconds = |name: &str| entry.get(name).and_then(json::number).map(|time| time / 1e3);
        let place = index + 1;
        let Some(start) = seconds("tStartMs") else {
            report.fault(super::UNREADABLE, place);
            continue;
        };
        events.push(Event {
            start,
            duration: seconds("dDurationMs"),
            window: entry.get("wWinId").map(Value::to_string),
            appends: entry.get("aAppend").and_then(Value::as_i64) == Some(1),
            runs,
            place,
        });
    }
    phrases::said(events)
}

fn runs(entry: &Value) -> Vec<(String, Option<f64>)> {
    let segments = entry.get("segs").and_then(Value::as_array);
    let run = |segment: &Value| {
        let offset = segment.get("tOffsetMs").and_then(json::number);
        let text = segment.get("utf8")?.as_str()?;
        Some((text.to_owned(), offset.map(|offset| offset / 1e3)))
    };
    segments.into_iter().flatten().filter_map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::{told, words};

    const ROLLING: &str = r#"{"wireMagic": "pb3", "events": [
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1},
        {"tStartMs": 160, "dDurationMs": 3760, "wWinId": 1, "segs": [
            {"utf8": "no"}, {"utf8": " no", "tOffsetMs": 274}, {"utf8": " 疫苗", "tOffsetMs": 549}]},
        {"tStartMs": 1910, "dDurationMs": 10, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 1920, "dDurationMs": 3680, "wWinId": 1, "segs": [{"utf8": "no"}, {"utf8": " no", "tOffsetMs": 10}]},
        {"dDurationMs": 10, "segs": [{"utf8": "lost"}]}]}"#;

    #[test]
    fn each_phrase_comes_once_with_its_words() {
        let (cues, lines) = told(|report| parse(ROLLING, report));
        assert_eq!(
            cues,
            [
                (0.16, Some(1.92), "no no 疫苗".to_owned()),
                (1.92, Some(5.6), "no no".to_owned())
            ]
        );
        assert_eq!(
            lines,
            ["1 caption left out, for their times cannot be read (entry 5)"]
        );
        let cues = parse(ROLLING, &mut Report::default());
        assert_eq!(
            words(&cues[0]),
            [(0.16, None, "no"), (0.434, None, "no"), (0.709, None, "疫苗")]
        );
    }

    #[test]
    fn captions_made_by_hand_may_overlap() {
        let text = r#"{"events": [
            {"tStartMs": 0, "dDurationMs": 3000, "segs": [{"utf8": "two\nlines"}]},
            {"tStartMs": 1000, "dDurationMs": 3000, "segs": [{"utf8": "at once"}]}]}"#;
        assert_eq!(
            told(|report| parse(text, report)).0,
            [
                (0.0, Some(3.0), "two\nlines".to_owned()),
                (1.0, Some(4.0), "at once".to_owned())
            ]
        );
    }
}

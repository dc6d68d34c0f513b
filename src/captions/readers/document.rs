//! The program's own JSON: `{"cues": [{"start", "end", "text", "origin", "locked", "words"}]}`, times in seconds.

use super::json;
use crate::captions::report::Report;
use crate::captions::timing::TimedText;
use crate::project::{Seconds, TimedWord};
use serde::Deserialize;
use serde_json::Value;

/// Every cue of the document.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<TimedText> {
    report.count_entries();
    let document = json::parse(text, report).unwrap_or_default();
    let entries = document.get("cues").and_then(Value::as_array);
    let mut cues = Vec::new();
    for (index, entry) in entries.into_iter().flatten().enumerate() {
        match cue(entry, index + 1) {
            Some(cue) => cues.push(cue),
            None => report.fault(super::UNREADABLE, index + 1),
        }
    }
    cues
}

fn cue(entry: &Value, place: usize) -> Option<TimedText> {
    let words = entry.get("words").and_then(Value::as_array);
    Some(TimedText {
        start: entry.get("start").and_then(json::number)?,
        end: entry.get("end").and_then(json::number),
        text: entry.get("text")?.as_str()?.to_owned(),
        words: words.into_iter().flatten().filter_map(word).collect(),
        origin: entry
            .get("origin")
            .and_then(|origin| Deserialize::deserialize(origin).ok())
            .unwrap_or_default(),
        locked: entry.get("locked").and_then(Value::as_bool).unwrap_or(false),
        place,
    })
}

fn word(entry: &Value) -> Option<TimedWord> {
    Some(TimedWord {
        text: entry.get("text")?.as_str()?.to_owned(),
        start: Seconds(entry.get("start").and_then(json::number)?),
        end: entry.get("end").and_then(json::number).map(Seconds),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::{told, words};
    use crate::project::CueOrigin;

    #[test]
    fn cues_keep_their_marks_and_words() {
        let text = r#"{"cues": [
            {"start": 1.0, "end": 2.5, "text": "so it", "origin": "estimated", "locked": true,
             "words": [{"text": "so", "start": 1.0, "end": 1.25}, {"text": "it", "start": 1.5}, {"text": "?"}]},
            {"start": "0:03.5", "text": ""}]}"#;
        let cues = parse(text, &mut Report::default());
        let first = cues.first().unwrap();
        assert_eq!((first.origin, first.locked), (CueOrigin::Estimated, true));
        assert_eq!(words(first), [(1.0, Some(1.25), "so"), (1.5, None, "it")]);
        assert_eq!(
            (cues[1].start, cues[1].end, cues[1].origin),
            (3.5, None, CueOrigin::Imported)
        );
    }

    #[test]
    fn broken_entries_are_told_by_number() {
        let text = r#"{"cues": [{"start": 1, "text": "a"}, {"start": null, "text": "b"}, 7, {"start": 3}]}"#;
        let (cues, lines) = told(|report| parse(text, report));
        assert_eq!(cues, [(1.0, None, "a".to_owned())]);
        assert_eq!(
            lines,
            ["3 captions left out, for their times cannot be read (entries 2, 3 and 4)"]
        );
    }
}

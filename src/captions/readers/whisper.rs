//! The JSON of speech recognisers of Whisper's kind: openai-whisper, faster-whisper, WhisperX, whisper.cpp, the
//! transcription interfaces and pipelines that follow them, and lists of timed lines in general.

use super::json;
use crate::captions::report::Report;
use crate::captions::timing::{self, TimedText};
use crate::project::{Seconds, TimedWord};
use serde_json::Value;

/// What the list of captions is called.
const LISTS: [&str; 4] = ["segments", "transcription", "chunks", "body"];
const STARTS: [&str; 4] = ["start", "from", "start_time", "begin"];
const ENDS: [&str; 3] = ["end", "to", "end_time"];
const TEXTS: [&str; 3] = ["text", "content", "word"];

/// Seconds: a pause between words that begins a new caption where the file has words only, and the longest one.
const PAUSE: f64 = 0.8;
const LONGEST: f64 = 10.0;

/// Every segment of the document. Times are seconds, or milliseconds where the video's length or the pace of the
/// text says so.
pub(super) fn parse(text: &str, duration: Option<Seconds>, report: &mut Report) -> Vec<TimedText> {
    report.count_entries();
    let document = json::parse(text, report).unwrap_or_default();
    let segments = LISTS.iter().find_map(|name| document.get(name)?.as_array());
    let mut cues = Vec::new();
    for (index, entry) in segments.or(document.as_array()).into_iter().flatten().enumerate() {
        match segment(entry, index + 1) {
            Some(cue) => cues.push(cue),
            None => report.fault(super::UNREADABLE, index + 1),
        }
    }
    let loose = document.get("words").and_then(Value::as_array);
    let loose: Vec<TimedWord> = loose.into_iter().flatten().filter_map(word).collect();
    if cues.is_empty() {
        cues = phrases(&loose);
    } else {
        hand_out(loose, &mut cues);
    }
    if timing::are_milliseconds(&cues, duration) {
        cues.iter_mut().for_each(|cue| cue.scale(0.001));
        report.note("its times are read as milliseconds");
    }
    cues
}

fn segment(entry: &Value, place: usize) -> Option<TimedText> {
    let (start, end) = times(entry);
    let words: Vec<TimedWord> = match json::member(entry, &["words"]).and_then(Value::as_array) {
        Some(words) => words.iter().filter_map(word).collect(),
        None => tokens(entry),
    };
    let text = json::member(entry, &TEXTS)
        .and_then(Value::as_str)
        .unwrap_or_default();
    let text = text.trim().to_owned();
    let is_whole = words_are_in(&words, &text);
    Some(TimedText {
        start: start?,
        end,
        words: if is_whole { words } else { Vec::new() },
        text,
        place,
        ..TimedText::default()
    })
}

/// Start and end of an entry, in whatever shape it has them.
fn times(entry: &Value) -> (Option<f64>, Option<f64>) {
    let pair = |from: Option<&Value>, to: Option<&Value>| {
        let start = from.and_then(json::number)?;
        Some((Some(start), to.and_then(json::number)))
    };
    let plain = || pair(json::member(entry, &STARTS), json::member(entry, &ENDS));
    // whisper.cpp: milliseconds, and the same once more as clock times.
    let offsets = || {
        let offsets = entry.get("offsets")?;
        let (start, end) = pair(offsets.get("from"), offsets.get("to"))?;
        Some((start.map(|time| time / 1e3), end.map(|time| time / 1e3)))
    };
    let clock = || {
        let stamps = entry.get("timestamps")?;
        pair(stamps.get("from"), stamps.get("to"))
    };
    let listed = || {
        let stamp = entry.get("timestamp")?;
        pair(stamp.get(0), stamp.get(1))
    };
    plain()
        .or_else(offsets)
        .or_else(clock)
        .or_else(listed)
        .unwrap_or_default()
}

/// A word with its times; none where it lacks them, as numbers may.
fn word(entry: &Value) -> Option<TimedWord> {
    let (start, end) = times(entry);
    let text = json::member(entry, &["word", "text"])?.as_str()?.trim();
    (!text.is_empty()).then_some(TimedWord {
        text: text.to_owned(),
        start: Seconds(start?),
        end: end.map(Seconds),
    })
}

/// whisper.cpp's tokens, which are parts of words, put together: a space begins a word, and so does a hanzi.
fn tokens(entry: &Value) -> Vec<TimedWord> {
    let tokens = entry.get("tokens").and_then(Value::as_array);
    let mut words: Vec<TimedWord> = Vec::new();
    for token in tokens.into_iter().flatten() {
        let Some(text) = token.get("text").and_then(Value::as_str) else {
            continue;
        };
        // [_BEG_], [_TT_150]: marks, not speech.
        let is_mark = text.starts_with("[_") && text.ends_with(']');
        let (Some(start), end) = times(token) else {
            continue;
        };
        let bare = text.trim();
        if is_mark || bare.is_empty() {
            continue;
        }
        let begins = text.starts_with(' ') || bare.starts_with(crate::captions::language::is_hanzi);
        match words.last_mut().filter(|_| !begins) {
            Some(word) => {
                word.text.push_str(bare);
                word.end = end.map(Seconds);
            }
            None => words.push(TimedWord {
                text: bare.to_owned(),
                start: Seconds(start),
                end: end.map(Seconds),
            }),
        }
    }
    words
}

/// Whether the words stand in the text, one after the other.
fn words_are_in(words: &[TimedWord], text: &str) -> bool {
    let mut rest = text;
    words.iter().all(|word| match rest.split_once(&word.text) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

/// Gives words that stand beside the segments to the segments in which they begin.
fn hand_out(words: Vec<TimedWord>, cues: &mut [TimedText]) {
    let mut words = words.into_iter().peekable();
    let mut starts = cues
        .iter()
        .map(|cue| cue.start)
        .skip(1)
        .collect::<Vec<_>>()
        .into_iter();
    for cue in cues {
        let next = starts.next().unwrap_or(f64::INFINITY);
        let mut own = Vec::new();
        while let Some(word) = words.next_if(|word| word.start.0 < next) {
            own.push(word);
        }
        if cue.words.is_empty() && words_are_in(&own, &cue.text) {
            cue.words = own;
        }
    }
}

/// Captions of words alone: a sentence, up to a pause, and no longer than is read at once.
fn phrases(words: &[TimedWord]) -> Vec<TimedText> {
    let mut cues: Vec<TimedText> = Vec::new();
    let mut is_open = false;
    for word in words {
        let end = word.end.unwrap_or(word.start).0;
        match cues.last_mut() {
            Some(cue)
                if is_open
                    && word.start.0 - cue.end.unwrap_or(cue.start) < PAUSE
                    && end - cue.start < LONGEST =>
            {
                let is_hanzi = crate::captions::language::is_hanzi;
                if !(cue.text.ends_with(is_hanzi) && word.text.starts_with(is_hanzi)) {
                    cue.text.push(' ');
                }
                cue.text.push_str(&word.text);
                cue.end = Some(end);
                cue.words.push(word.clone());
            }
            _ => cues.push(TimedText {
                start: word.start.0,
                end: Some(end),
                text: word.text.clone(),
                words: vec![word.clone()],
                place: cues.len() + 1,
                ..TimedText::default()
            }),
        }
        is_open = !word.text.ends_with(['.', '!', '?', '。', '！', '？']);
    }
    cues
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::{Told, told, words};

    fn read(text: &str, duration: Option<f64>) -> Told {
        told(|report| parse(text, duration.map(Seconds), report))
    }

    fn first(text: &str) -> TimedText {
        parse(text, None, &mut Report::default()).remove(0)
    }

    #[test]
    fn segments_in_seconds_with_words() {
        let text = r#"{"text": "…", "language": "en", "segments": [
            {"id": 0, "seek": 0, "start": 0.0, "end": 2.5, "text": " In 2020 it was.", "avg_logprob": NaN,
             "words": [{"word": " In", "start": 0.0, "end": 0.5, "probability": 0.9}, {"word": " 2020"},
                       {"word": " it", "start": 1.0, "end": 1.5}, {"word": " was.", "start": 1.5, "end": 2.5}]},
            {"id": 1, "start": 3, "text": "疫苗"}, {"id": 2, "start": null, "text": "lost"}]}"#;
        let (cues, lines) = read(text, None);
        assert_eq!(
            cues,
            [
                (0.0, Some(2.5), "In 2020 it was.".to_owned()),
                (3.0, None, "疫苗".to_owned())
            ]
        );
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(
            words(&first(text)),
            [
                (0.0, Some(0.5), "In"),
                (1.0, Some(1.5), "it"),
                (1.5, Some(2.5), "was.")
            ]
        );
    }

    #[test]
    fn whisper_cpp_counts_milliseconds_and_parts_of_words() {
        let text = r#"{"systeminfo": "x", "transcription": [{
            "timestamps": {"from": "00:00:01,000", "to": "00:00:04,000"}, "offsets": {"from": 1000, "to": 4000},
            "text": " Vaccines 疫苗.", "tokens": [
                {"text": "[_BEG_]", "offsets": {"from": 1000, "to": 1000}},
                {"text": " Vacc", "offsets": {"from": 1000, "to": 1400}},
                {"text": "ines", "offsets": {"from": 1400, "to": 1900}},
                {"text": " 疫", "offsets": {"from": 2000, "to": 2400}},
                {"text": "苗", "offsets": {"from": 2400, "to": 2800}},
                {"text": ".", "offsets": {"from": 2800, "to": 2900}}]}]}"#;
        assert_eq!(
            read(text, None),
            (vec![(1.0, Some(4.0), "Vaccines 疫苗.".to_owned())], Vec::new())
        );
        assert_eq!(
            words(&first(text)),
            [
                (1.0, Some(1.9), "Vaccines"),
                (2.0, Some(2.4), "疫"),
                (2.4, Some(2.9), "苗.")
            ]
        );
    }

    #[test]
    fn the_length_of_the_video_decides_the_unit() {
        let text = r#"[{"start": 1500, "end": 4000, "text": "so it is"}, {"start": 4000, "end": 6500, "text": "yes"}]"#;
        let starts = |duration| read(text, duration).0.iter().map(|cue| cue.0).collect::<Vec<_>>();
        assert_eq!(starts(Some(7.0)), [1.5, 4.0]);
        assert_eq!(starts(Some(7_000.0)), [1_500.0, 4_000.0]);
        assert_eq!(starts(None), [1.5, 4.0], "nobody takes 42 minutes to say so");
        assert!(read(text, None).1.first().unwrap().contains("milliseconds"));
    }

    #[test]
    fn other_shapes() {
        let text = r#"{"text": "", "chunks": [{"timestamp": [0.0, 1.5], "text": " a"}, {"timestamp": [1.5, null], "text": "b"}]}"#;
        assert_eq!(
            read(text, None).0,
            [(0.0, Some(1.5), "a".to_owned()), (1.5, None, "b".to_owned())]
        );
        let text = r#"{"font_size": 0.4, "body": [{"from": 0.5, "to": 2.25, "content": "疫苗"}]}"#;
        assert_eq!(read(text, None).0, [(0.5, Some(2.25), "疫苗".to_owned())]);
    }

    #[test]
    fn words_beside_the_segments() {
        let words_alone = r#""words": [{"word": "so", "start": 0.0, "end": 0.4}, {"word": "it.", "start": 0.5, "end": 0.9},
            {"word": "打", "start": 1.0, "end": 1.2}, {"word": "疫苗", "start": 1.2, "end": 1.8}, {"word": "now", "start": 4.0, "end": 4.2}]"#;
        let (cues, _) = read(&format!("{{{words_alone}}}"), None);
        assert_eq!(
            cues,
            [
                (0.0, Some(0.9), "so it.".to_owned()),
                (1.0, Some(1.8), "打疫苗".to_owned()),
                (4.0, Some(4.2), "now".to_owned())
            ]
        );
        let segments = r#""segments": [{"start": 0, "end": 0.95, "text": "So, so it."}, {"start": 0.97, "end": 5, "text": "打疫苗 now"}]"#;
        let cues = parse(
            &format!("{{{segments}, {words_alone}}}"),
            None,
            &mut Report::default(),
        );
        assert_eq!(words(&cues[0]), [(0.0, Some(0.4), "so"), (0.5, Some(0.9), "it.")]);
        assert_eq!(cues[1].words.len(), 3);
    }
}

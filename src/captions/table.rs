//! Tables (.csv, .tsv) with a caption a row.

use super::timing::TimedText;
use super::{CaptionError, clock};

/// What a table holds.
#[derive(Debug, PartialEq)]
pub(super) enum Table {
    /// It has a column of start times.
    Timed(Vec<TimedText>),
    /// It has captions only.
    Untimed(Vec<String>),
}

const TEXT: &[&str] = &[
    "text",
    "caption",
    "captions",
    "subtitle",
    "subtitles",
    "transcript",
    "transcription",
    "sentence",
    "content",
    "utterance",
    "speech",
    "line",
    "words",
    "字幕",
    "文本",
    "内容",
    "文字",
    "台词",
];
const START: &[&str] = &[
    "start",
    "starttime",
    "timestart",
    "begin",
    "begintime",
    "from",
    "onset",
    "in",
    "timein",
    "time",
    "timestamp",
    "开始",
    "开始时间",
    "起始时间",
    "时间",
];
const END: &[&str] = &[
    "end",
    "endtime",
    "timeend",
    "stop",
    "stoptime",
    "to",
    "until",
    "out",
    "timeout",
    "结束",
    "结束时间",
];
const DURATION: &[&str] = &["duration", "dur", "length", "时长", "持续时间"];

/// Finds the columns by the names in the first row and reads the others.
///
/// # Errors
/// When no column is called by a name of captions.
pub(super) fn parse(text: &str, name: &str, warnings: &mut Vec<String>) -> Result<Table, CaptionError> {
    let head = text.trim_start_matches('\n').lines().next().unwrap_or_default();
    let count = |delimiter: u8| head.bytes().filter(|byte| *byte == delimiter).count();
    let delimiter = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = reader.records();
    // Text was decoded already, so a row cannot fail for its encoding, and a flexible reader takes any length.
    let header: Vec<String> = match rows.next() {
        Some(Ok(row)) => row.iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let find = |names: &[&str]| {
        header
            .iter()
            .position(|column| names.contains(&Column::new(column).name.as_str()))
    };
    let Some(text) = find(TEXT) else {
        return Err(CaptionError::Columns {
            name: name.to_owned(),
            columns: listed(&header),
        });
    };
    let Some(start) = find(START) else {
        let texts = rows
            .flatten()
            .filter_map(|row| row.get(text).map(|cell| cell.trim().to_owned()));
        return Ok(Table::Untimed(texts.filter(|text| !text.is_empty()).collect()));
    };
    let (end, duration) = (find(END), find(DURATION));
    let scale = |column: Option<usize>| {
        column
            .and_then(|c| header.get(c))
            .map_or(1.0, |h| Column::new(h).scale)
    };
    let (start_scale, end_scale, duration_scale) = (scale(Some(start)), scale(end), scale(duration));

    let mut cues = Vec::new();
    let mut unreadable: Vec<u64> = Vec::new();
    for row in rows.flatten() {
        let time = |column: usize| clock::seconds(row.get(column)?);
        let Some(begins) = time(start).map(|time| to_micros(time * start_scale)) else {
            unreadable.push(row.position().map_or(0, csv::Position::line));
            continue;
        };
        let by_end = end.and_then(time).map(|time| to_micros(time * end_scale));
        let by_duration = || {
            duration
                .and_then(time)
                .map(|time| to_micros(begins + time * duration_scale))
        };
        let text = row.get(text).unwrap_or_default().trim().to_owned();
        cues.push(TimedText {
            start: begins,
            end: by_end.or_else(by_duration),
            text,
        });
    }
    if let Some(first) = unreadable.first() {
        let rows = super::counted(unreadable.len(), "row");
        warnings.push(format!(
            "{rows} left out, for their start cannot be read (first in line {first})"
        ));
    }
    Ok(Table::Timed(cues))
}

/// The name of a column without its unit.
struct Column {
    name: String,
    /// Seconds in one of its units.
    scale: f64,
}

impl Column {
    /// "Start (ms)" and "start_ms" are a start in milliseconds.
    fn new(heading: &str) -> Self {
        let lower = heading.to_lowercase();
        let mut parts: Vec<&str> = lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|p| !p.is_empty())
            .collect();
        let unit = if parts.len() > 1 {
            parts.last().copied().unwrap_or_default()
        } else {
            ""
        };
        let scale = match unit {
            "ms" | "msec" | "millis" | "milliseconds" => 0.001,
            _ => 1.0,
        };
        if scale != 1.0 || matches!(unit, "s" | "sec" | "secs" | "seconds" | "秒") {
            parts.pop();
        }
        Self {
            name: parts.concat(),
            scale,
        }
    }
}

/// Sums and multiples of decimal numbers come out a hair off; the table meant the decimal number.
fn to_micros(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

fn listed(header: &[String]) -> String {
    let names: Vec<String> = header
        .iter()
        .take(8)
        .map(|name| format!("\"{}\"", name.trim()))
        .collect();
    if names.is_empty() {
        "no columns".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(text: &str) -> Vec<(f64, Option<f64>, String)> {
        match parse(text, "x.csv", &mut Vec::new()).unwrap() {
            Table::Timed(cues) => cues.into_iter().map(|c| (c.start, c.end, c.text)).collect(),
            Table::Untimed(texts) => panic!("{texts:?}"),
        }
    }

    #[test]
    fn the_table_of_a_transcript_client() {
        assert_eq!(
            timed(",text,start,duration\n0,\"so, yes\",1.5,2\n1,\"a \"\"b\"\"\",3.0,\n"),
            [
                (1.5, Some(3.5), "so, yes".to_owned()),
                (3.0, None, "a \"b\"".to_owned())
            ]
        );
    }

    #[test]
    fn other_delimiters_names_and_times() {
        assert_eq!(
            timed("Begin;End;Caption\n0:01,5;0:02,5;a, b\n"),
            [(1.5, Some(2.5), "a, b".to_owned())]
        );
        assert_eq!(
            timed("Start (s);Dur;Text\n1,5;1;a\n"),
            [(1.5, Some(2.5), "a".to_owned())]
        );
        assert_eq!(
            timed("start_ms\tend_ms\tsubtitle\n1500\t2500\ta\n"),
            [(1.5, Some(2.5), "a".to_owned())]
        );
        assert_eq!(
            timed("开始时间,结束时间,字幕\n00:00:01.5,1:02:03.25,疫苗\n"),
            [(1.5, Some(3_723.25), "疫苗".to_owned())]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let mut warnings = Vec::new();
        let table = parse("text,start\na,0\nb,soon\nc,2\n", "x.csv", &mut warnings).unwrap();
        assert!(matches!(table, Table::Timed(cues) if cues.len() == 2));
        assert!(warnings.first().unwrap().contains("line 3"), "{warnings:?}");
        let error = parse("a,b\n1,2\n", "x.csv", &mut warnings)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("x.csv") && error.contains("\"a\", \"b\""),
            "{error}"
        );
    }

    #[test]
    fn a_table_of_texts_alone_has_no_times() {
        let table = parse("text\nfirst\nsecond\n", "x.csv", &mut Vec::new()).unwrap();
        assert_eq!(
            table,
            Table::Untimed(vec!["first".to_owned(), "second".to_owned()])
        );
    }
}

//! Which column of a table holds what: by the names in its first row, or, where it has none, by what they hold.

use super::records::Record;
use crate::captions::clock;

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

/// The columns that matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Columns {
    pub text: usize,
    pub start: Option<TimeColumn>,
    pub end: Option<TimeColumn>,
    pub duration: Option<TimeColumn>,
}

/// A column of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TimeColumn {
    place: usize,
    /// Seconds in one of its units.
    scale: f64,
    /// Whether its name says in which unit it is.
    pub has_unit: bool,
}

impl TimeColumn {
    /// The time in this column of a row, in seconds.
    pub fn of(&self, row: &Record) -> Option<f64> {
        clock::seconds(row.cell(self.place)).map(|time| clock::decimal(time * self.scale))
    }
}

impl Columns {
    /// By the names in the first row; nothing where none of them names captions.
    pub fn named(header: &Record) -> Option<Self> {
        let headings: Vec<Heading> = header.cells.iter().map(|cell| Heading::new(cell)).collect();
        let find = |names: &[&str]| {
            headings
                .iter()
                .position(|heading| names.contains(&heading.name.as_str()))
        };
        let time = |names: &[&str]| {
            let place = find(names)?;
            let heading = headings.get(place)?;
            Some(TimeColumn {
                place,
                scale: heading.scale,
                has_unit: heading.has_unit,
            })
        };
        Some(Self {
            text: find(TEXT)?,
            start: time(START),
            end: time(END),
            duration: time(DURATION),
        })
    }

    /// By what the rows hold: the first column of times that does not merely count the rows, another one that is
    /// an end or a duration, and the column with the most letters.
    pub fn guessed(rows: &[Record]) -> Option<Self> {
        let width = rows.iter().map(|row| row.cells.len()).max()?.min(WIDEST);
        let mut times: Vec<usize> = (0..width).filter(|place| is_time(rows, *place)).collect();
        let is_index = times.first().is_some_and(|first| counts_rows(rows, *first));
        if is_index && (rows.len() > 1 || times.len() > 2) {
            times.remove(0);
        }
        let text = (0..width)
            .filter(|place| !is_time(rows, *place))
            .max_by_key(|place| (letters(rows, *place), std::cmp::Reverse(*place)))
            .filter(|place| letters(rows, *place) > 0)?;
        let column = |place: &usize| TimeColumn {
            place: *place,
            scale: 1.0,
            has_unit: false,
        };
        let (start, second) = (times.first().map(column)?, times.get(1).map(column));
        let is_end = second.is_some_and(|second| {
            let is_later = |row: &Record| second.of(row) >= start.of(row);
            rows.iter().all(is_later)
        });
        Some(Self {
            text,
            start: Some(start),
            end: second.filter(|_| is_end),
            duration: second.filter(|_| !is_end),
        })
    }
}

/// More columns than a table of captions has; those beyond are not looked at.
const WIDEST: usize = 64;

/// Nine of ten cells that hold something hold a time, and half of all cells hold something.
fn is_time(rows: &[Record], place: usize) -> bool {
    let cells = || {
        rows.iter()
            .map(|row| row.cell(place))
            .filter(|cell| !cell.is_empty())
    };
    let times = cells().filter(|cell| clock::seconds(cell).is_some()).count();
    let filled = cells().count();
    times * 10 >= filled * 9 && filled > 0 && filled * 2 >= rows.len()
}

fn counts_rows(rows: &[Record], place: usize) -> bool {
    let number = |row: &Record| row.cell(place).parse::<u64>().ok();
    let first = rows.first().and_then(number);
    first.is_some_and(|first| (first..).zip(rows).all(|(count, row)| number(row) == Some(count)))
}

fn letters(rows: &[Record], place: usize) -> usize {
    let letters = |row: &Record| row.cell(place).chars().filter(|c| c.is_alphabetic()).count();
    rows.iter().map(letters).sum()
}

/// The name of a column without its unit.
struct Heading {
    name: String,
    /// Seconds in one of its units.
    scale: f64,
    has_unit: bool,
}

impl Heading {
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
        let has_unit = scale != 1.0 || matches!(unit, "s" | "sec" | "secs" | "seconds" | "秒");
        if has_unit {
            parts.pop();
        }
        Self {
            name: parts.concat(),
            scale,
            has_unit,
        }
    }
}

//! Captions in a table: CSV with commas, semicolons or tabs, columns found by the names people give them.

use super::error::CaptionError;
use super::times::parse_time;
use super::{Parsed, RawCue};
use crate::project::Seconds;

const TEXT: [&str; 8] = [
    "text",
    "caption",
    "captions",
    "transcript",
    "subtitle",
    "sentence",
    "content",
    "字幕",
];
const START: [&str; 8] = [
    "start",
    "begin",
    "from",
    "time",
    "start_time",
    "starttime",
    "offset",
    "timestamp",
];
const END: [&str; 6] = ["end", "to", "stop", "end_time", "endtime", "finish"];
const DURATION: [&str; 4] = ["duration", "dur", "length", "seconds"];

/// Finds the cues of a table.
pub fn parse(text: &str, name: &str) -> Result<Parsed, CaptionError> {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |delimiter: char| first.matches(delimiter).count();
    let delimiter = [',', ';', '\t']
        .into_iter()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header
            .iter()
            .map(|column| column.to_lowercase().replace(' ', "_"))
            .collect(),
        Err(_) => Vec::new(),
    };
    let column = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| header.iter().position(|column| column == name))
    };
    let text_column = column(&TEXT).ok_or_else(|| CaptionError::NoTextColumn {
        name: name.into(),
        columns: header.join(", "),
    })?;
    let (start, end, duration) = (column(&START), column(&END), column(&DURATION));
    let mut parsed = Parsed::default();
    let mut odd: Vec<u64> = Vec::new();
    for row in reader.records() {
        let Ok(row) = row else { continue };
        let line = row.position().map_or(0, csv::Position::line);
        let field = |column: Option<usize>| {
            column
                .and_then(|column| row.get(column))
                .filter(|field| !field.is_empty())
        };
        let time = |column: Option<usize>| field(column).and_then(parse_time);
        let Some(text) = field(Some(text_column)) else {
            continue;
        };
        if start.is_some() && time(start).is_none() {
            odd.push(line);
            continue;
        }
        let begins = time(start);
        let lasts = begins
            .zip(time(duration))
            .map(|(start, length)| Seconds(((start + length).0 * 1e6).round() / 1e6));
        parsed.cues.push(RawCue {
            start: begins,
            end: time(end).or(lasts),
            text: text.to_owned(),
        });
    }
    if let Some(line) = odd.first() {
        parsed.warnings.push(format!(
            "{} rows without a readable start time are left out, the first at line {line}",
            odd.len()
        ));
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_delimiters_and_times_as_people_have_them() {
        let parsed = parse(
            "Start Time;End;Caption\n0:01;00:00:02.5;\"one; two\"\n\n3;4;three\n",
            "a.csv",
        )
        .unwrap();
        let expected = RawCue {
            start: Some(Seconds(1.0)),
            end: Some(Seconds(2.5)),
            text: "one; two".into(),
        };
        assert_eq!((&parsed.cues[0], parsed.cues.len()), (&expected, 2));
        let tabs = parse("text\tstart\tduration\na\t1.5\t0.25\n", "a.tsv").unwrap();
        assert_eq!(tabs.cues[0].end, Some(Seconds(1.75)));
    }

    #[test]
    fn rows_without_time_are_told_by_line() {
        let parsed = parse("text,start\na,1\nb,soon\n", "a.csv").unwrap();
        assert_eq!(parsed.cues.len(), 1);
        assert!(parsed.warnings[0].contains("line 3"), "{:?}", parsed.warnings);
    }

    #[test]
    fn a_table_without_text_says_what_it_has() {
        let message = parse("name,age\na,1\n", "a.csv").unwrap_err().to_string();
        assert!(message.contains("name, age"), "{message}");
    }
}

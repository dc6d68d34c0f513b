//! Tables (.csv, .tsv) with a caption a row.

mod columns;
mod records;

use super::Captions;
use crate::captions::CaptionError;
use crate::captions::clock;
use crate::captions::report::Report;
use crate::captions::timing::{self, TimedText};
use crate::project::Seconds;
use columns::Columns;
use records::{Record, records};

/// Finds the columns and reads the rows.
///
/// # Errors
/// When there is no column of captions.
pub(in crate::captions) fn parse(
    text: &str,
    name: &str,
    duration: Option<Seconds>,
    report: &mut Report,
) -> Result<Captions, CaptionError> {
    let delimiter = delimiter(text);
    let rows = records(text, delimiter);
    let (header, below) = rows
        .split_first()
        .map_or((None, rows.as_slice()), |(header, below)| (Some(header), below));
    let (columns, rows) = if let Some(columns) = header.and_then(Columns::named) {
        (columns, below)
    } else if let Some(columns) =
        Columns::guessed(&rows).filter(|columns| begins_with_a_time(*columns, header))
    {
        report.note("the table does not name its columns; they were told apart by what they hold");
        (columns, rows.as_slice())
    } else if let Some(columns) = Columns::guessed(below) {
        report.note("the names of the table's columns are not known; they were told apart by what they hold");
        (columns, below)
    } else {
        return Err(CaptionError::Columns {
            name: name.to_owned(),
            columns: listed(header),
        });
    };
    let Some(start) = columns.start else {
        let texts = rows.iter().map(|row| row.cell(columns.text).to_owned());
        return Ok(Captions::Untimed(texts.filter(|text| !text.is_empty()).collect()));
    };
    let mut cues = Vec::new();
    for row in rows {
        let Some(begins) = start.of(row) else {
            report.fault("left out, for their start cannot be read", row.line);
            continue;
        };
        let by_end = columns.end.and_then(|end| end.of(row));
        let by_duration = || {
            let lasts = columns.duration.and_then(|duration| duration.of(row));
            lasts.map(|lasts| clock::decimal(begins + lasts))
        };
        cues.push(TimedText {
            start: begins,
            end: by_end.or_else(by_duration),
            text: row.cell(columns.text).to_owned(),
            place: row.line,
            ..TimedText::default()
        });
    }
    // Speech recognisers write tables of tabs with whole milliseconds.
    let may_be_milliseconds = !start.has_unit && (delimiter == '\t' || duration.is_some());
    if may_be_milliseconds && timing::are_milliseconds(&cues, duration) {
        cues.iter_mut().for_each(|cue| cue.scale(0.001));
        report.note("its times are read as milliseconds");
    }
    Ok(Captions::Timed(cues))
}

/// Whether the first line of a text names columns of captions and of times, as no other format does.
pub(in crate::captions) fn has_header(text: &str) -> bool {
    let head = text.trim_start_matches('\n').lines().next().unwrap_or_default();
    let header = records(head, delimiter(head)).into_iter().next();
    header.is_some_and(|header| Columns::named(&header).is_some_and(|columns| columns.start.is_some()))
}

/// The delimiter that the first line has most of.
fn delimiter(text: &str) -> char {
    let head = text.trim_start_matches('\n').lines().next().unwrap_or_default();
    let count = |delimiter: &char| head.chars().filter(|c| c == delimiter).count();
    let delimiters = [',', '\t', ';'].into_iter();
    delimiters.max_by_key(|d| (count(d), *d == ',')).unwrap_or(',')
}

fn begins_with_a_time(columns: Columns, first: Option<&Record>) -> bool {
    let start = columns.start;
    first.is_some_and(|row| start.is_some_and(|start| start.of(row).is_some()))
}

fn listed(header: Option<&Record>) -> String {
    let cells = header.map(|header| header.cells.as_slice()).unwrap_or_default();
    let names: Vec<String> = cells
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
        match parse(text, "x.csv", None, &mut Report::default()).unwrap() {
            Captions::Timed(cues) => cues.into_iter().map(|c| (c.start, c.end, c.text)).collect(),
            Captions::Untimed(texts) => panic!("{texts:?}"),
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
    fn tables_without_known_names() {
        assert_eq!(
            timed("1,0.0,so it is,2.5\n2,2.5,5 of them,1\n3,4.0,now,2\n"),
            [
                (0.0, Some(2.5), "so it is".to_owned()),
                (2.5, Some(3.5), "5 of them".to_owned()),
                (4.0, Some(6.0), "now".to_owned())
            ]
        );
        assert_eq!(
            timed("Inicio;Fin;Quien;Texto\n0:01;0:02;A;疫苗接种\n0:02;0:04;B;不\n"),
            [
                (1.0, Some(2.0), "疫苗接种".to_owned()),
                (2.0, Some(4.0), "不".to_owned())
            ]
        );
        assert_eq!(timed("0.5\tyes\n"), [(0.5, None, "yes".to_owned())]);
    }

    #[test]
    fn tables_of_recognisers_are_in_milliseconds() {
        let text = "start\tend\ttext\n0\t2500\tso it is\n2500\t4000\t\"open\n4000\t5000\tyes\n";
        assert_eq!(
            timed(text),
            [
                (0.0, Some(2.5), "so it is".to_owned()),
                (2.5, Some(4.0), "\"open".to_owned()),
                (4.0, Some(5.0), "yes".to_owned())
            ]
        );
        let seconds = "start,end,text\n0,600,first part\n600,1200,second part\n";
        assert_eq!(timed(seconds)[1].0, 600.0);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let mut report = Report::default();
        let table = parse("text,start\na,0\nb,soon\nc,2\n", "x.csv", None, &mut report).unwrap();
        assert!(matches!(table, Captions::Timed(cues) if cues.len() == 2));
        let warnings = report.into_lines();
        assert!(warnings.first().unwrap().contains("line 3"), "{warnings:?}");
        let error = parse("a,b\n1,2\n", "x.csv", None, &mut Report::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("x.csv") && error.contains("\"a\", \"b\""),
            "{error}"
        );
    }

    #[test]
    fn a_table_of_texts_alone_has_no_times() {
        let table = parse("text\nfirst\nsecond\n", "x.csv", None, &mut Report::default()).unwrap();
        assert_eq!(
            table,
            Captions::Untimed(vec!["first".to_owned(), "second".to_owned()])
        );
    }
}

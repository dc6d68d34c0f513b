//! The rows of a table. Cells may be quoted and then hold delimiters, line breaks and doubled quotation marks; a
//! quotation mark that closes nowhere, or not at the end of its cell, is text, so that it takes no rows along.

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub cells: Vec<String>,
    /// The line on which it begins, from 1.
    pub line: usize,
}

impl Record {
    /// The trimmed text of a cell; empty where the row is shorter.
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map(|cell| cell.trim()).unwrap_or_default()
    }
}

/// Every row that is not blank. Line ends are `\n`.
pub(super) fn records(text: &str, delimiter: char) -> Vec<Record> {
    let mut records = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let mut record = Record {
            cells: Vec::new(),
            line,
        };
        let mut ends_row = false;
        while !ends_row {
            let (cell, behind) = quoted(rest, delimiter).unwrap_or_else(|| plain(rest, delimiter));
            let taken = rest.len() - behind.len();
            line += rest.get(..taken).unwrap_or_default().matches('\n').count();
            record.cells.push(cell);
            rest = match behind.strip_prefix(delimiter) {
                Some(behind) => behind,
                None => {
                    ends_row = true;
                    line += usize::from(behind.starts_with('\n'));
                    behind.strip_prefix('\n').unwrap_or(behind)
                }
            };
        }
        if record.cells.iter().any(|cell| !cell.trim().is_empty()) {
            records.push(record);
        }
    }
    records
}

/// The cell up to the next delimiter or line end, and what follows it.
fn plain(rest: &str, delimiter: char) -> (String, &str) {
    let cell = rest.split([delimiter, '\n']).next().unwrap_or_default();
    (cell.to_owned(), rest.strip_prefix(cell).unwrap_or_default())
}

/// The cell between quotation marks, where they are such. An attempt that fails ends at the next quotation mark
/// that could open a cell, so that all attempts together take time by the length of the text.
fn quoted(rest: &str, delimiter: char) -> Option<(String, &str)> {
    let mut inside = rest.trim_start_matches(' ').strip_prefix('"')?;
    let mut cell = String::new();
    loop {
        let (text, behind) = inside.split_once('"')?;
        cell.push_str(text);
        match behind.strip_prefix('"') {
            Some(behind) => {
                cell.push('"');
                inside = behind;
            }
            None => {
                let behind = behind.trim_start_matches(' ');
                let is_closed = behind.is_empty() || behind.starts_with([delimiter, '\n']);
                return is_closed.then_some((cell, behind));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        let records = records(text, ',').into_iter();
        records.map(|record| (record.line, record.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn quoted_cells_hold_anything() {
        assert_eq!(
            cells("a,\"b,\"\"c\"\"\nd\", \"e\" \n,,\n\n\"\",f"),
            [row(1, &["a", "b,\"c\"\nd", "e"]), row(5, &["", "f"])]
        );
    }

    #[test]
    fn a_stray_quotation_mark_takes_no_rows_along() {
        assert_eq!(
            cells("1,\"so,2\n2,\"it\",3\n3,say \"yes\",4\n4,\"end"),
            [
                row(1, &["1", "\"so", "2"]),
                row(2, &["2", "it", "3"]),
                row(3, &["3", "say \"yes\"", "4"]),
                row(4, &["4", "\"end"])
            ]
        );
    }
}

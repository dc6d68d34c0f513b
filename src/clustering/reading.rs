//! Latents from files, such as other programs write.

use super::{ClusteringError, npy};
use crate::project::{Figure, Figures, Latents};
use csv::StringRecord;
use ndarray::Array2;
use std::path::Path;

/// So many numbers that count up are no latents; two might be.
const TELLING: usize = 3;

/// Latents from a file, with what the file calls them.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Row `i` belongs to pair `i`.
    pub latents: Latents,
    /// What the rows are called, where the first column of a table says so; else empty.
    pub rows: Vec<String>,
    /// What the dimensions are called, where a table has a header; else empty.
    pub dimensions: Vec<String>,
}

/// Reads latents, the program's own or any other vectors: a two-dimensional `.npy` of real numbers, or a `.csv` or
/// `.tsv` with a row a pair. Numbers are kept in single precision.
///
/// A table may have a header and, as its first column, an id that is not a latent. The first line is a header when
/// it holds words, or counts the columns from 0 as pandas does. The first column is an id when the header calls it
/// one (or leaves its name out), when it holds words, or when it counts the rows.
///
/// # Errors
/// When the file cannot be read, is not such a file, is empty, or holds something that is not a finite number; for
/// a table with the number of the line.
pub fn read_latents(path: &Path) -> Result<Table, ClusteringError> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase);
    let table = match ending.as_deref() {
        Some("npy") => Table {
            latents: Latents {
                values: read_npy(path)?,
            },
            rows: Vec::new(),
            dimensions: Vec::new(),
        },
        Some("csv" | "tsv") => read_table(path)?,
        _ => {
            return Err(ClusteringError::UnknownFormat {
                path: path.to_owned(),
            });
        }
    };
    let values = &table.latents.values;
    if values.is_empty() {
        return Err(malformed(path, "it holds no values"));
    }
    if let Some(((row, column), _)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        let (row, column) = (row + 1, column + 1);
        let reason =
            format!("row {row}, column {column} (counting from 1) holds a value that is not a finite number");
        return Err(malformed(path, reason));
    }
    Ok(table)
}

/// Reads numbers about pairs: a `.csv` or `.tsv` with a header and a row a pair. Columns without a number are left out, and so is
/// one that only names the rows; cells without one are none.
///
/// # Errors
/// When the file cannot be read, is no table, has lines of different lengths, or no column with numbers.
pub fn read_figures(path: &Path) -> Result<Figures, ClusteringError> {
    let (header, rows) = read_rows(path)?;
    let width = width(path, &rows)?;
    let skipped = usize::from(starts_with_id(header.as_ref(), &rows));
    let number = |cell: &str| cell.parse::<f64>().ok().filter(|value| value.is_finite());
    let figure = |column: usize| Figure {
        name: match header.as_ref().and_then(|header| header.get(column)) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => format!("column {}", column + 1),
        },
        values: rows.iter().map(|row| row.get(column).and_then(number)).collect(),
    };
    let columns = (skipped..width).map(figure);
    let columns: Vec<Figure> = columns
        .filter(|figure| figure.values.iter().any(Option::is_some))
        .collect();
    if columns.is_empty() {
        return Err(malformed(path, "none of its columns holds numbers"));
    }
    Ok(Figures { columns })
}

fn malformed(path: &Path, reason: impl Into<String>) -> ClusteringError {
    ClusteringError::Malformed {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> ClusteringError {
    ClusteringError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

fn read_npy(path: &Path) -> Result<Array2<f32>, ClusteringError> {
    let bytes = std::fs::read(path).map_err(|source| unreadable(path, source))?;
    npy::parse(&bytes).map_err(|reason| malformed(path, reason))
}

/// The header of a table, where it has one, and its other lines.
fn read_rows(path: &Path) -> Result<(Option<StringRecord>, Vec<StringRecord>), ClusteringError> {
    let bytes = std::fs::read(path).map_err(|source| unreadable(path, source))?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&bytes))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes.as_slice());
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            line_error(path, line, format!("it is not a table in UTF-8: {error}"))
        })?);
    }
    let has_header = rows.first().is_some_and(is_header);
    let header = has_header.then(|| rows.remove(0));
    if rows.is_empty() {
        return Err(malformed(path, "it holds no rows of numbers"));
    }
    Ok((header, rows))
}

/// The number of columns, which must be that of every row.
fn width(path: &Path, rows: &[StringRecord]) -> Result<usize, ClusteringError> {
    let width = rows.first().map_or(0, StringRecord::len);
    match rows.iter().find(|row| row.len() != width) {
        None => Ok(width),
        Some(row) => {
            let reason = format!("it has {} columns, and the first row has {width}", row.len());
            Err(line_error(path, line_of(row), reason))
        }
    }
}

fn read_table(path: &Path) -> Result<Table, ClusteringError> {
    let (header, rows) = read_rows(path)?;
    let width = width(path, &rows)?;
    let skipped = usize::from(starts_with_id(header.as_ref(), &rows));
    let mut values = Vec::with_capacity(rows.len() * width);
    for row in &rows {
        for (column, cell) in row.iter().enumerate().skip(skipped) {
            match cell.parse::<f32>() {
                Ok(value) if value.is_finite() => values.push(value),
                _ => {
                    let column = column + 1;
                    let reason = format!("column {column} holds \"{cell}\", which is not a finite number");
                    return Err(line_error(path, line_of(row), reason));
                }
            }
        }
    }
    let values = Array2::from_shape_vec((rows.len(), width - skipped), values)
        .map_err(|error| malformed(path, error.to_string()))?;
    let names = |record: &StringRecord| record.iter().skip(skipped).map(str::to_owned).collect();
    let id = |row: &StringRecord| row.get(0).unwrap_or_default().to_owned();
    Ok(Table {
        latents: Latents { values },
        rows: if skipped > 0 {
            rows.iter().map(id).collect()
        } else {
            Vec::new()
        },
        dimensions: header.as_ref().map(names).unwrap_or_default(),
    })
}

fn line_of(row: &StringRecord) -> u64 {
    row.position().map_or(1, csv::Position::line)
}

/// What parts the columns: the most frequent of the usual ones in the first line.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |mark: &u8| first.iter().filter(|byte| *byte == mark).count();
    // The comma is last, so that it wins where none is there or two are as frequent.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn line_error(path: &Path, line: u64, reason: String) -> ClusteringError {
    ClusteringError::Line {
        path: path.to_owned(),
        line,
        reason,
    }
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f32>().is_ok()
}

/// Whether these cells, at least so many, count up by one from 0 or 1.
fn counts<'a>(cells: impl Iterator<Item = &'a str>, least: usize) -> bool {
    let numbers: Option<Vec<u64>> = cells.map(|cell| cell.parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        numbers.len() >= least
            && numbers.first().is_some_and(|first| *first < 2)
            && numbers.windows(2).all(|two| matches!(two, [a, b] if a + 1 == *b))
    })
}

fn is_header(first: &StringRecord) -> bool {
    let words = first
        .iter()
        .skip(1)
        .any(|cell| !cell.is_empty() && !is_number(cell));
    let lone_word = first.len() == 1 && first.iter().any(|cell| !is_number(cell));
    let unnamed_id = first.get(0) == Some("") && counts(first.iter().skip(1), 1);
    words || lone_word || unnamed_id || counts(first.iter(), TELLING)
}

fn starts_with_id(header: Option<&StringRecord>, rows: &[StringRecord]) -> bool {
    const NAMES: [&str; 9] = ["", "#", "frame", "id", "index", "name", "number", "pair", "row"];
    if rows.iter().any(|row| row.len() < 2) {
        return false;
    }
    let named = header.and_then(|header| header.get(0)).map(str::to_lowercase);
    let first_column = || rows.iter().filter_map(|row| row.get(0));
    named.is_some_and(|name| NAMES.contains(&name.as_str()) || name.ends_with("_id"))
        || first_column().all(|cell| !is_number(cell))
        || counts(first_column(), TELLING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{ShapeBuilder, array};
    use ndarray_npy::write_npy;

    fn table(text: &str) -> Result<Array2<f32>, ClusteringError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("latents.csv");
        std::fs::write(&path, text).unwrap();
        read_latents(&path).map(|table| table.latents.values)
    }

    #[test]
    fn tables_with_and_without_header_and_id_are_read() {
        let expected = array![[0.5, -1.0], [2e-3, 4.0], [5.0, 6.0]];
        for text in [
            "0.5,-1\n2e-3,4\n5,6\n",
            "\u{feff}z0,z1\r\n0.5,-1\r\n0.002,4\r\n5,6\r\n",
            "pair,z0,z1\n7,0.5,-1\n9,0.002,4\n4,5,6\n",
            "a.png,0.5,-1\nb.png,0.002,4\nc.png,5,6\n",
            ",0,1\n0,0.5,-1\n1,0.002,4\n2,5,6\n",
            "0, 0.5, -1\n1, 0.002, 4\n2, 5, 6\n",
            "pair;z0;z1\n7;0.5;-1\n9;0.002;4\n4;5;6\n",
            "0.5\t-1\n0.002\t4\n5\t6\n",
        ] {
            assert_eq!(table(text).unwrap(), expected, "{text}");
        }
        assert_eq!(
            table("0,1,2\n5,6,7\n").unwrap(),
            array![[5.0, 6.0, 7.0]],
            "columns counted by pandas"
        );
        assert_eq!(table("x\n1.5\n2.5\n").unwrap(), array![[1.5], [2.5]]);
    }

    #[test]
    fn rows_and_dimensions_keep_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.csv");
        std::fs::write(&path, "name,calm,loud\na.png,0.5,-1\nb.png,2,4\n").unwrap();
        let table = read_latents(&path).unwrap();
        assert_eq!(table.rows, ["a.png", "b.png"]);
        assert_eq!(table.dimensions, ["calm", "loud"]);
        std::fs::write(&path, "0.5,-1\n2,4\n").unwrap();
        let table = read_latents(&path).unwrap();
        assert!(table.rows.is_empty() && table.dimensions.is_empty());
    }

    #[test]
    fn figures_are_the_columns_that_hold_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("views.csv");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_figures(&path)
        };
        let found = read("pair,views,who,mood\n1,10,anchor,\n2,nan,guest,-0.5\n3,30,,2\n").unwrap();
        let names: Vec<_> = found.columns.iter().map(|figure| figure.name.as_str()).collect();
        assert_eq!(names, ["views", "mood"]);
        assert_eq!(found.columns[0].values, [Some(10.0), None, Some(30.0)]);
        assert_eq!(found.columns[1].values, [None, Some(-0.5), Some(2.0)]);
        assert!(matches!(
            read("who\nanchor\n"),
            Err(ClusteringError::Malformed { .. })
        ));
        assert!(matches!(
            read("views,mood\n1,2\n3\n"),
            Err(ClusteringError::Line { line: 3, .. })
        ));
    }

    #[test]
    fn errors_in_tables_name_the_line() {
        let line = |text| match table(text) {
            Err(ClusteringError::Line { line, reason, .. }) => (line, reason),
            other => panic!("{other:?}"),
        };
        let (place, reason) = line("z0,z1\n1.5,2\n3,what\n");
        assert_eq!(place, 3);
        assert!(reason.contains("column 2") && reason.contains("what"), "{reason}");
        assert_eq!(line("1.5,2\n3\n").0, 2);
        assert_eq!(line("1.5,2\nnan,2\n").0, 2);
        assert_eq!(line("1.5,2\n2.5,\n").0, 2);
        assert!(matches!(table("z0,z1\n"), Err(ClusteringError::Malformed { .. })));
        assert!(matches!(table(""), Err(ClusteringError::Malformed { .. })));
    }

    #[test]
    fn npy_of_both_widths_and_orders_are_read_and_others_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("latents.npy");
        write_npy(&path, &array![[1.0_f64, 2.0, 3.0], [4.0, 5.0, 6.0]]).unwrap();
        let expected = array![[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
        assert_eq!(read_latents(&path).unwrap().latents.values, expected);
        let columns = Array2::from_shape_vec((2, 3).f(), vec![1.0_f32, 4.0, 2.0, 5.0, 3.0, 6.0]).unwrap();
        write_npy(&path, &columns).unwrap();
        assert!(read_latents(&path).unwrap().latents.values.is_standard_layout());
        assert_eq!(read_latents(&path).unwrap().latents.values, expected);

        let refusal = || read_latents(&path).unwrap_err().to_string();
        write_npy(&path, &array![1.0_f32, 2.0]).unwrap();
        assert!(refusal().contains("must have 2"), "{}", refusal());
        write_npy(&path, &array![[1.0_f32, 2.0], [3.0, f32::NAN]]).unwrap();
        assert!(refusal().contains("row 2, column 2"), "{}", refusal());
        write_npy(&path, &array![[1e300_f64]]).unwrap();
        assert!(refusal().contains("row 1, column 1"), "{}", refusal());
        std::fs::write(&path, "no array").unwrap();
        assert!(refusal().contains("not a .npy"), "{}", refusal());
        assert!(matches!(
            read_latents(Path::new("latents.txt")),
            Err(ClusteringError::UnknownFormat { .. })
        ));
    }
}

//! Word vectors as text: GloVe (no header), word2vec and fastText (a header of two numbers), plain or packed by
//! gzip or bzip2. Two million rows pass by without being held.

use super::VectorError;
use super::wanted::Wanted;
use crate::jobs::Watch;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek as _};
use std::path::Path;
use std::rc::Rc;

/// A row longer than this is no row; without the limit a file of another kind could fill the memory.
const LONGEST_ROW: u64 = 1 << 20;
/// Rows from which the dimension is told where there is no header.
const SAMPLE: usize = 64;
/// Rows between two looks at the watch; also of slow bzip2 these pass in a few milliseconds.
const ROWS_A_LOOK: u64 = 64;
/// Bytes between two reports.
const BYTES_A_REPORT: u64 = 1 << 20;

/// A file among those that are read, with how far the reading is.
pub(super) struct Source<'a> {
    pub path: &'a Path,
    /// Its place among the files.
    pub index: usize,
    /// Bytes of the files before.
    pub before: u64,
    /// Bytes of all files.
    pub total: u64,
}

/// Gives the wanted words their vectors from this file and returns the dimension.
///
/// # Errors
/// When the file cannot be read, holds something else, or has vectors of another dimension than expected.
pub(super) fn read(
    source: &Source<'_>,
    wanted: &mut Wanted,
    expected: Option<usize>,
    watch: &Watch,
    warnings: &mut Vec<String>,
) -> Result<usize, VectorError> {
    let file = source.path;
    let mut rows = Rows::open(file)?;
    let mut sample = VecDeque::new();
    while sample.len() < SAMPLE {
        let Some(row) = rows.next()? else { break };
        sample.push_back(row.to_owned());
    }
    let header = sample.front().and_then(|row| header(row));
    if header.is_some() {
        sample.pop_front();
    }
    let mut line = u64::from(header.is_some());
    let dimension = header
        .map(|header| header.dimension)
        .or_else(|| usual_dimension(&sample));
    let Some(dimension) = dimension.filter(|dimension| *dimension > 0 && !sample.is_empty()) else {
        return Err(VectorError::NotVectors {
            file: file.to_owned(),
            line: line + 1,
        });
    };
    if let Some(expected) = expected.filter(|expected| *expected != dimension) {
        return Err(VectorError::Dimension {
            file: file.to_owned(),
            line: line + 1,
            dimension,
            expected,
        });
    }

    let first = line;
    let (mut broken, mut first_broken, mut repeats) = (0_u64, 0, 0_u64);
    let mut vector = Vec::with_capacity(dimension);
    let mut reported = 0;
    let too_many = |broken, rows, line| VectorError::TooManyBroken {
        file: file.to_owned(),
        broken,
        rows,
        line,
        dimension,
    };
    loop {
        let sampled = sample.pop_front();
        let row = match &sampled {
            Some(row) => row.as_slice(),
            None => match rows.next()? {
                Some(row) => row,
                None => break,
            },
        };
        line += 1;
        let is_whole = match split(row, dimension) {
            None => false,
            Some((token, numbers)) => {
                let found = wanted.matches(token, source.index);
                repeats += u64::from(found.is_repeat);
                let is_whole = found.takers.is_empty() || parse(numbers, dimension, &mut vector);
                if is_whole {
                    wanted.give(&found.takers, token, &vector, source.index);
                }
                is_whole
            }
        };
        if !is_whole {
            broken += 1;
            first_broken = if broken == 1 { line } else { first_broken };
        }
        if line % ROWS_A_LOOK == 0 {
            watch.check()?;
            let read = rows.bytes.get();
            if read >= reported + BYTES_A_REPORT {
                watch.report(source.before + read, source.total);
                reported = read;
            }
            // A file of another kind need not be read to its end.
            if line >= 1_000 && broken * 10 > line {
                return Err(too_many(broken, line - first, first_broken));
            }
        }
    }
    let count = line - first;
    if broken > (count / 100).max(1) {
        return Err(too_many(broken, count, first_broken));
    }
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    if broken > 0 {
        warnings.push(format!(
            "{name}: {broken} of {count} rows are broken and were skipped (first in line {first_broken})"
        ));
    }
    if repeats > 0 {
        warnings.push(format!(
            "{name}: {repeats} rows repeat a word of the captions; the first one counts"
        ));
    }
    if let Some(promised) = header
        .map(|header| header.rows)
        .filter(|promised| *promised > count)
    {
        warnings.push(format!(
            "{name}: the file says it holds {promised} words but has {count}; it may be cut off"
        ));
    }
    Ok(dimension)
}

/// The first line of word2vec and fastText files: how many words, of how many numbers.
#[derive(Clone, Copy)]
struct Header {
    rows: u64,
    dimension: usize,
}

fn header(row: &[u8]) -> Option<Header> {
    let (rows, dimension) = std::str::from_utf8(row).ok()?.split_once(' ')?;
    Some(Header {
        rows: rows.parse().ok()?,
        dimension: dimension.parse().ok()?,
    })
}

/// The dimension that most rows have: a row may be broken, or its word may hold spaces or end in a number.
fn usual_dimension(sample: &VecDeque<Vec<u8>>) -> Option<usize> {
    let dimensions: Vec<usize> = sample.iter().map(|row| numbers_at_end(row)).collect();
    let count = |dimension: usize| dimensions.iter().filter(|other| **other == dimension).count();
    dimensions
        .iter()
        .copied()
        .max_by_key(|dimension| (count(*dimension), std::cmp::Reverse(*dimension)))
}

/// How many numbers end the row; its first field is its word even when that is a number.
fn numbers_at_end(row: &[u8]) -> usize {
    let fields: Vec<&[u8]> = row.split(|byte| *byte == b' ').skip(1).collect();
    fields
        .iter()
        .rev()
        .take_while(|field| number(field).is_some())
        .count()
}

/// The word and its numbers: the last fields are the numbers, so the word itself may hold spaces. None when there
/// are fewer fields.
fn split(row: &[u8], dimension: usize) -> Option<(&[u8], &[u8])> {
    let spaces = row.iter().filter(|byte| **byte == b' ').count();
    let before = spaces.checked_sub(dimension)?;
    let (place, _) = row
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b' ')
        .nth(before)?;
    let (token, numbers) = row.split_at_checked(place)?;
    Some((token, numbers.get(1..)?))
}

/// Whether all numbers of the row could be read into `vector`.
fn parse(numbers: &[u8], dimension: usize, vector: &mut Vec<f32>) -> bool {
    vector.clear();
    vector.extend(numbers.split(|byte| *byte == b' ').map_while(number));
    vector.len() == dimension
}

fn number(field: &[u8]) -> Option<f32> {
    std::str::from_utf8(field)
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f32| value.is_finite())
}

/// The rows of a file, unpacked, without spaces and line ends behind.
struct Rows<'a> {
    file: &'a Path,
    reader: BufReader<Box<dyn Read>>,
    row: Vec<u8>,
    number: u64,
    /// Bytes taken from the file so far, packed as they are.
    bytes: Rc<Cell<u64>>,
}

impl<'a> Rows<'a> {
    fn open(file: &'a Path) -> Result<Self, VectorError> {
        let unreadable = |source| VectorError::Unreadable {
            file: file.to_owned(),
            source,
        };
        let mut opened = File::open(file).map_err(unreadable)?;
        let mut start = Vec::new();
        opened
            .by_ref()
            .take(4)
            .read_to_end(&mut start)
            .map_err(unreadable)?;
        opened.rewind().map_err(unreadable)?;
        let bytes = Rc::new(Cell::new(0));
        let counted = Counted {
            file: opened,
            bytes: Rc::clone(&bytes),
        };
        // By what the file begins with, for names are changed on the way.
        let unpacked: Box<dyn Read> = match start.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(counted)),
            [b'B', b'Z', b'h', b'1'..=b'9'] => Box::new(bzip2::read::MultiBzDecoder::new(counted)),
            [b'P', b'K', 3, 4] => {
                return Err(VectorError::Archive {
                    file: file.to_owned(),
                });
            }
            _ => Box::new(counted),
        };
        Ok(Self {
            file,
            reader: BufReader::with_capacity(1 << 18, unpacked),
            row: Vec::new(),
            number: 0,
            bytes,
        })
    }

    fn next(&mut self) -> Result<Option<&[u8]>, VectorError> {
        self.row.clear();
        self.number += 1;
        let read = self
            .reader
            .by_ref()
            .take(LONGEST_ROW)
            .read_until(b'\n', &mut self.row);
        let count = read.map_err(|source| VectorError::Unreadable {
            file: self.file.to_owned(),
            source,
        })?;
        if count as u64 == LONGEST_ROW {
            return Err(VectorError::NotVectors {
                file: self.file.to_owned(),
                line: self.number,
            });
        }
        let end = self
            .row
            .iter()
            .rposition(|byte| !matches!(byte, b'\n' | b'\r' | b' '))
            .map_or(0, |last| last + 1);
        Ok((count > 0).then(|| self.row.get(..end).unwrap_or_default()))
    }
}

struct Counted {
    file: File,
    bytes: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

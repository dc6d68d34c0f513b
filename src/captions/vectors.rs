//! Word vectors from text files: GloVe, word2vec and fastText, plain or compressed. A file of two million rows is
//! streamed; only the words wanted are kept.

use super::builtin;
use super::error::VectorError;
use super::language::is_han;
use crate::jobs::Watch;
use crate::pairing::Vocabulary;
use crate::project::files::{fnv1a, write_whole};
use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// More than this share of broken rows means that the file is something else.
const MOST_BROKEN: f64 = 0.01;

/// Gives every distinct word its vector: from the first of `files` that has it, or the built-in embedding where there
/// are none. A Chinese word that no file has gets the mean of its characters' vectors where they have any; every other
/// missing word is zero. Returns the vocabulary, the words of each caption as places in it, and what the analyst
/// should know.
///
/// # Errors
/// When a file cannot be read, is no file of word vectors, differs in dimension from another, or the work is cancelled.
pub fn vocabulary(
    captions: &[Vec<String>],
    files: &[PathBuf],
    cache: Option<&Path>,
    watch: &Watch,
) -> Result<(Vocabulary, Vec<Vec<u32>>, Vec<String>), VectorError> {
    let (words, tokens) = number(captions);
    if files.is_empty() {
        let vectors = words.iter().flat_map(|word| builtin::vector(word)).collect();
        let found = vec![true; words.len()];
        let source = builtin::NAME.to_owned();
        return Ok((
            Vocabulary {
                words,
                vectors,
                dimension: builtin::DIMENSION,
                found,
                source,
            },
            tokens,
            Vec::new(),
        ));
    }
    let wanted = wanted(&words);
    let mut warnings = Vec::new();
    let mut tables: Vec<(&PathBuf, Table)> = Vec::new();
    for file in files {
        let table = load_cached(file, &wanted, cache, watch)?;
        if let Some((first, known)) = tables.first()
            && known.dimension != table.dimension
        {
            let (found, expected) = (table.dimension, known.dimension);
            return Err(VectorError::Dimension {
                file: file.clone(),
                found,
                first: (*first).clone(),
                expected,
            });
        }
        warnings.extend(
            table
                .warnings
                .iter()
                .map(|warning| format!("{}: {warning}", file_name(file))),
        );
        tables.push((file, table));
    }
    let dimension = tables
        .first()
        .map_or(builtin::DIMENSION, |(_, table)| table.dimension);
    let look_up = |word: &str| tables.iter().find_map(|(_, table)| table.vectors.get(word));
    let mut vectors = Vec::with_capacity(words.len() * dimension);
    let mut found = Vec::with_capacity(words.len());
    let mut split = 0;
    for word in &words {
        let own = look_up(word).cloned();
        let vector = own.or_else(|| {
            let mean = mean_of_characters(word, dimension, look_up);
            split += usize::from(mean.is_some());
            mean
        });
        found.push(vector.is_some());
        vectors.extend(vector.unwrap_or_else(|| vec![0.0; dimension]));
    }
    if split > 0 {
        warnings.push(format!(
            "{split} Chinese words were not found whole and take the mean of their characters' vectors"
        ));
    }
    let missing: Vec<&str> = words
        .iter()
        .zip(&found)
        .filter(|(_, found)| !**found)
        .map(|(word, _)| word.as_str())
        .collect();
    if !missing.is_empty() {
        let few: Vec<&str> = missing.iter().take(8).copied().collect();
        let more = if missing.len() > few.len() { ", …" } else { "" };
        warnings.push(format!(
            "{} of {} words have no vector: {}{more}",
            missing.len(),
            words.len(),
            few.join(", ")
        ));
    }
    let source = files
        .iter()
        .map(|file| file_name(file))
        .collect::<Vec<_>>()
        .join(", ");
    Ok((
        Vocabulary {
            words,
            vectors,
            dimension,
            found,
            source,
        },
        tokens,
        warnings,
    ))
}

/// Distinct words in order of first use, and each caption by their places.
fn number(captions: &[Vec<String>]) -> (Vec<String>, Vec<Vec<u32>>) {
    let mut words: Vec<String> = Vec::new();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut tokens = Vec::with_capacity(captions.len());
    for caption in captions {
        let places_of = caption.iter().map(|word| {
            *places.entry(word).or_insert_with(|| {
                words.push(word.clone());
                words.len() as u32 - 1
            })
        });
        tokens.push(places_of.collect());
    }
    (words, tokens)
}

/// The words to look for, with the characters of Chinese ones.
fn wanted(words: &[String]) -> HashSet<String> {
    let characters = words
        .iter()
        .flat_map(|word| word.chars().filter(|c| is_han(*c)).map(String::from));
    words.iter().cloned().chain(characters).collect()
}

fn mean_of_characters<'a>(
    word: &str,
    dimension: usize,
    look_up: impl Fn(&str) -> Option<&'a Vec<f32>>,
) -> Option<Vec<f32>> {
    let known: Vec<&Vec<f32>> = word
        .chars()
        .filter(|c| is_han(*c))
        .filter_map(|c| look_up(c.encode_utf8(&mut [0; 4])))
        .collect();
    let mean = |i: usize| known.iter().filter_map(|vector| vector.get(i)).sum::<f32>() / known.len() as f32;
    (!known.is_empty()).then(|| (0..dimension).map(mean).collect())
}

fn file_name(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What a file has of the words wanted.
#[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Table {
    dimension: usize,
    vectors: HashMap<String, Vec<f32>>,
    warnings: Vec<String>,
}

/// The table of a file, from the cache where the same file was asked for the same words before.
fn load_cached(
    file: &Path,
    wanted: &HashSet<String>,
    cache: Option<&Path>,
    watch: &Watch,
) -> Result<Table, VectorError> {
    let kept = cache.map(|folder| cached_file(folder, file, wanted));
    let read = kept.as_deref().and_then(|path| std::fs::read(path).ok());
    if let Some(table) = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        return Ok(table);
    }
    let table = load(file, wanted, watch)?;
    if let Some(path) = kept {
        let written = write_whole(&path, |out| Ok(serde_json::to_writer(out, &table)?));
        if let Err(error) = written {
            tracing::warn!("word vectors are not cached: {error}");
        }
    }
    Ok(table)
}

fn cached_file(folder: &Path, file: &Path, wanted: &HashSet<String>) -> PathBuf {
    let about = std::fs::metadata(file).ok();
    let changed = about.as_ref().and_then(|about| about.modified().ok());
    let path = file.canonicalize().unwrap_or_else(|_| file.into());
    let mut words: Vec<&str> = wanted.iter().map(String::as_str).collect();
    words.sort_unstable();
    let key = format!(
        "{} {:?} {changed:?} {}",
        path.display(),
        about.map(|about| about.len()),
        words.join(" ")
    );
    folder
        .join("vectors")
        .join(format!("{:016x}.json", fnv1a(key.bytes())))
}

/// Counts what is read of the file itself, under any decompression.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn load(path: &Path, wanted: &HashSet<String>, watch: &Watch) -> Result<Table, VectorError> {
    let failed = |source: io::Error| VectorError::Read {
        file: path.into(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_or(0, |about| about.len());
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = BufReader::with_capacity(
        1 << 20,
        Counted {
            inner: file,
            bytes: bytes.clone(),
        },
    );
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    let plain: Box<dyn Read> = match extension.as_deref() {
        Some("gz") => Box::new(MultiGzDecoder::new(counted)),
        Some("bz2") => Box::new(MultiBzDecoder::new(counted)),
        _ => Box::new(counted),
    };
    watch.say(format!("reading {}", file_name(path)));
    let mut reader = BufReader::with_capacity(1 << 20, plain);
    let mut rows = Rows::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            break;
        }
        rows.take(&line, wanted);
        if rows.line.is_multiple_of(2048) {
            watch.check()?;
            watch.report(bytes.load(Ordering::Relaxed), size);
        }
    }
    rows.finish(path)
}

/// The rows of a file as they come.
#[derive(Default)]
struct Rows {
    table: Table,
    line: u64,
    rows: u64,
    broken: u64,
    first_broken: u64,
    repeated: u64,
}

impl Rows {
    fn take(&mut self, line: &[u8], wanted: &HashSet<String>) {
        self.line += 1;
        // Only the ASCII space separates: some tokens hold others.
        let line = trim_end(line);
        if line.is_empty() {
            return;
        }
        let fields = line.split(|byte| *byte == b' ').count();
        if self.line == 1 && fields == 2 && is_header(line) {
            return;
        }
        self.rows += 1;
        if self.table.dimension == 0 {
            // The first row decides: as many numbers as stand at its end after at least one word.
            let numbers = line
                .rsplit(|byte| *byte == b' ')
                .take(fields.saturating_sub(1))
                .take_while(|f| number_of(f).is_some());
            self.table.dimension = numbers.count();
        }
        let dimension = self.table.dimension;
        // A word may hold spaces: the last fields are the vector.
        let split = (dimension > 1)
            .then(|| nth_space_from_end(line, dimension))
            .flatten();
        let Some((word, numbers)) = split.and_then(|at| Some((line.get(..at)?, line.get(at + 1..)?))) else {
            return self.is_broken();
        };
        let Ok(word) = std::str::from_utf8(word) else {
            return self.is_broken();
        };
        let lower = word.to_lowercase();
        let key = if wanted.contains(word) {
            word
        } else {
            lower.as_str()
        };
        if !wanted.contains(key) {
            return;
        }
        if self.table.vectors.contains_key(key) {
            // An exact word is better than one in other case, which came first.
            self.repeated += u64::from(key == word);
            return;
        }
        let vector: Option<Vec<f32>> = numbers.split(|byte| *byte == b' ').map(number_of).collect();
        match vector.filter(|vector| vector.len() == dimension) {
            Some(vector) => {
                self.table.vectors.insert(key.to_owned(), vector);
            }
            None => self.is_broken(),
        }
    }

    fn is_broken(&mut self) {
        self.broken += 1;
        if self.first_broken == 0 {
            self.first_broken = self.line;
        }
    }

    fn finish(mut self, path: &Path) -> Result<Table, VectorError> {
        let (broken, rows, line) = (self.broken, self.rows, self.first_broken);
        if self.table.dimension < 2 || broken as f64 > rows as f64 * MOST_BROKEN && broken > 1 {
            let line = line.max(1);
            return Err(VectorError::Broken {
                file: path.into(),
                broken: broken.max(1),
                rows: rows.max(1),
                line,
            });
        }
        if broken > 0 {
            self.table.warnings.push(format!(
                "{broken} of {rows} rows are broken and left out, the first at line {line}"
            ));
        }
        if self.repeated > 0 {
            self.table.warnings.push(format!(
                "{} rows repeat a word; the first of each counts",
                self.repeated
            ));
        }
        Ok(self.table)
    }
}

fn trim_end(line: &[u8]) -> &[u8] {
    let end = line
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r' | b' '))
        .map_or(0, |at| at + 1);
    line.get(..end).unwrap_or_default()
}

fn number_of(field: &[u8]) -> Option<f32> {
    std::str::from_utf8(field)
        .ok()?
        .parse()
        .ok()
        .filter(|value: &f32| value.is_finite())
}

/// `2000000 300`: how many words, and how many numbers each.
fn is_header(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|line| line.split(' ').all(|field| field.parse::<u64>().is_ok()))
}

fn nth_space_from_end(line: &[u8], n: usize) -> Option<usize> {
    line.iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b' ')
        .nth(n - 1)
        .map(|(at, _)| at)
        .filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn words(text: &str) -> Vec<Vec<String>> {
        text.split('|')
            .map(|caption| caption.split_whitespace().map(str::to_owned).collect())
            .collect()
    }

    fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn load_all(text: &str, files: &[PathBuf]) -> (Vocabulary, Vec<Vec<u32>>, Vec<String>) {
        vocabulary(&words(text), files, None, &Watch::default()).unwrap()
    }

    #[test]
    fn words_are_numbered_in_order_of_first_use() {
        let (vocabulary, tokens, _) = load_all("b a|a c||b", &[]);
        assert_eq!(vocabulary.words, ["b", "a", "c"]);
        assert_eq!(tokens, [vec![0, 1], vec![1, 2], vec![], vec![0]]);
        assert_eq!((vocabulary.share_found(), vocabulary.vectors.len()), (1.0, 900));
    }

    #[test]
    fn glove_word2vec_and_compressed_files_agree() {
        let folder = tempfile::tempdir().unwrap();
        let rows = "the 0.5 1 -2\nNew York 1 2 3\n疫 1 0 0\n苗 0 1 0\nThe 9 9 9\nthe 8 8 8\n";
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(rows.as_bytes()).unwrap();
        let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bz.write_all(rows.as_bytes()).unwrap();
        let files = [
            file(&folder, "glove.txt", rows.as_bytes()),
            file(&folder, "w2v.vec", format!("6 3\n{rows}").as_bytes()),
            file(&folder, "glove.txt.gz", &gz.finish().unwrap()),
            file(&folder, "glove.txt.bz2", &bz.finish().unwrap()),
        ];
        for path in files {
            let (vocabulary, _, warnings) = load_all("the 疫苗 absent", &[path]);
            assert_eq!(vocabulary.dimension, 3);
            assert_eq!(vocabulary.vector(0), [0.5, 1.0, -2.0]);
            assert_eq!(
                vocabulary.vector(1),
                [0.5, 0.5, 0.0],
                "the mean of its characters"
            );
            assert_eq!(
                (vocabulary.vector(2), vocabulary.found.as_slice()),
                (&[0.0; 3][..], &[true, true, false][..])
            );
            assert!(
                warnings.iter().any(|warning| warning.contains("absent")),
                "{warnings:?}"
            );
        }
    }

    #[test]
    fn each_word_takes_the_first_file_that_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            file(&folder, "a.txt", b"one 1 1\n"),
            file(&folder, "b.txt", b"one 2 2\ntwo 3 3\n"),
        ];
        let (vocabulary, ..) = load_all("one two", &files);
        assert_eq!(
            (vocabulary.vector(0), vocabulary.vector(1)),
            (&[1.0, 1.0][..], &[3.0, 3.0][..])
        );
        assert_eq!(vocabulary.source, "a.txt, b.txt");
    }

    #[test]
    fn files_of_other_kinds_and_dimensions_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let fail = |files: &[PathBuf]| {
            vocabulary(&words("one"), files, None, &Watch::default())
                .unwrap_err()
                .to_string()
        };
        let prose = file(&folder, "prose.txt", b"once upon a time\nthere was one\n");
        assert!(fail(&[prose]).contains("prose.txt"));
        let files = [
            file(&folder, "a.txt", b"one 1 1\n"),
            file(&folder, "b.txt", b"one 2 2 2\n"),
        ];
        let message = fail(&files);
        assert!(
            message.contains("b.txt") && message.contains("vectors of 3"),
            "{message}"
        );
        assert!(fail(&[folder.path().join("none.txt")]).contains("none.txt"));
    }

    #[test]
    fn a_broken_row_among_many_is_told_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut rows: String = (0..300).map(|i| format!("w{i} 1 2 3\n")).collect();
        rows.insert_str(rows.find("w5 ").unwrap(), "w5000 1\n");
        let path = file(&folder, "a.txt", rows.as_bytes());
        let (_, _, warnings) = load_all("w1", &[path]);
        assert!(warnings[0].contains("line 6"), "{warnings:?}");
    }

    #[test]
    fn the_cache_answers_for_the_same_words_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, "a.txt", b"one 1 1\ntwo 2 2\n");
        let ask = |text: &str| {
            let cache = folder.path().join("cache");
            vocabulary(
                &words(text),
                std::slice::from_ref(&path),
                Some(&cache),
                &Watch::default(),
            )
            .unwrap()
            .0
        };
        let first = ask("one two");
        assert_eq!(ask("one two"), first);
        assert_eq!(ask("two").vector(0), [2.0, 2.0]);
    }

    #[test]
    fn reading_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let rows: String = (0..5000).map(|i| format!("w{i} 1 2 3\n")).collect();
        let path = file(&folder, "a.txt", rows.as_bytes());
        let watch = Watch::default();
        watch.cancel();
        assert!(matches!(
            vocabulary(&words("w1"), &[path], None, &watch),
            Err(VectorError::Cancelled(_))
        ));
    }
}

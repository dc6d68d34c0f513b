//! The vectors of words: from files of pretrained ones, or made from the spelling.

mod built_in;
mod cache;
mod error;
mod text_file;
mod wanted;

pub use error::VectorError;

use crate::jobs::Watch;
use std::path::{Path, PathBuf};
use wanted::Wanted;

/// What gives words their vectors.
#[derive(Debug, Clone, Copy)]
pub struct WordVectors;

/// The vectors of the wanted words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadedVectors {
    /// `words * dimension` values, a row a word in the order asked for; zeros where there is no vector.
    pub vectors: Vec<f32>,
    /// Numbers in a vector.
    pub dimension: usize,
    /// Whether the word has a vector, its own or one put together from its parts.
    pub found: Vec<bool>,
    /// The files' names, or the name of the built-in vectors.
    pub source: String,
    /// What was skipped, repeated or not found, each in one line.
    pub warnings: Vec<String>,
}

impl WordVectors {
    /// The name of the built-in vectors as shown to people.
    pub const BUILT_IN: &str = "built-in character n-grams (300-d)";

    /// Vectors from the spelling of the words: 300 numbers of unit length, the same on every machine, and one for
    /// every word.
    #[must_use]
    pub fn built_in(words: &[String]) -> LoadedVectors {
        built_in::load(words)
    }

    /// The vectors of distinct words from text files (GloVe, word2vec, fastText; plain, gzip or bzip2). A word
    /// takes the first file that has it, there its very spelling before another case. A word in no file gets the
    /// mean of its parts' vectors, of its characters if it is Chinese and of what stands between hyphens
    /// otherwise; failing that, zeros.
    ///
    /// Progress is in bytes. With a cache folder the result is kept there until a file or the words change.
    ///
    /// # Errors
    /// When a file cannot be read, does not hold vectors or differs in dimension; when the work is cancelled.
    pub fn load(
        files: &[PathBuf],
        words: &[String],
        cache: Option<&Path>,
        watch: &Watch,
    ) -> Result<LoadedVectors, VectorError> {
        let key = cache.and_then(|folder| Some((folder, cache::Key::of(files, words)?)));
        if let Some(kept) = key.as_ref().and_then(|(folder, key)| cache::get(folder, key)) {
            return Ok(kept);
        }
        let size = |file: &PathBuf| file.metadata().map_or(0, |metadata| metadata.len());
        let total = files.iter().map(size).sum();
        let mut wanted = Wanted::new(words);
        let mut warnings = Vec::new();
        let mut dimension = None;
        let mut before = 0;
        for (index, path) in files.iter().enumerate() {
            watch.check()?;
            watch.say(format!("Reading word vectors from {}", name(path)));
            let source = text_file::Source {
                path,
                index,
                before,
                total,
            };
            dimension = Some(text_file::read(
                &source,
                &mut wanted,
                dimension,
                watch,
                &mut warnings,
            )?);
            before += size(path);
            watch.report(before, total);
        }
        let names: Vec<String> = files.iter().map(|file| name(file)).collect();
        let mut loaded = collect(words, &wanted, dimension.unwrap_or_default());
        loaded.source = names.join(", ");
        warnings.append(&mut loaded.warnings);
        loaded.warnings = warnings;
        if let Some((folder, key)) = key {
            cache::put(folder, key, &loaded);
        }
        Ok(loaded)
    }
}

fn collect(words: &[String], wanted: &Wanted, dimension: usize) -> LoadedVectors {
    let mut loaded = LoadedVectors {
        dimension,
        ..LoadedVectors::default()
    };
    let mut composed = 0;
    let mut missing: Vec<&str> = Vec::new();
    for word in words {
        if let Some(vector) = wanted.vector(word) {
            loaded.vectors.extend_from_slice(vector);
            loaded.found.push(true);
        } else if let Some(vector) = wanted.composed(word) {
            composed += 1;
            loaded.vectors.extend(vector);
            loaded.found.push(true);
        } else {
            missing.push(word);
            loaded.vectors.resize(loaded.vectors.len() + dimension, 0.0);
            loaded.found.push(false);
        }
    }
    let all = words.len();
    if composed > 0 {
        loaded.warnings.push(format!(
            "{composed} of {all} words were put together from the vectors of their parts"
        ));
    }
    if !missing.is_empty() {
        let (count, shown) = (
            missing.len(),
            missing.iter().take(8).copied().collect::<Vec<_>>().join(", "),
        );
        let more = if count > 8 { ", …" } else { "" };
        loaded.warnings.push(format!(
            "{count} of {all} words have no vector and count as zeros: {shown}{more}"
        ));
    }
    loaded
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn load(files: &[PathBuf], wanted: &[&str]) -> Result<LoadedVectors, VectorError> {
        WordVectors::load(files, &words(wanted), None, &Watch::default())
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(text: &str) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_form_of_file_gives_the_same_vectors() {
        let folder = tempfile::tempdir().unwrap();
        let glove = "the 1 2\n. . . 5 6\ncity 3 -4e-1\n2020 7 8\n";
        let word2vec = format!("4 2 \r\n{}", glove.replace('\n', " \r\n"));
        let (half, other) = glove.split_at(8);
        let files = [
            file(folder.path(), "glove.txt", glove.as_bytes()),
            file(folder.path(), "words.vec", word2vec.as_bytes()),
            file(
                folder.path(),
                "two-members.gz",
                &[gzip(half), gzip(other)].concat(),
            ),
            file(
                folder.path(),
                "two-streams.bz2",
                &[bzip2(half), bzip2(other)].concat(),
            ),
        ];
        for path in files {
            let loaded = load(std::slice::from_ref(&path), &["2020", "absent", "city", "."]).unwrap();
            assert_eq!(loaded.dimension, 2);
            assert_eq!(
                loaded.vectors,
                [7.0, 8.0, 0.0, 0.0, 3.0, -0.4, 0.0, 0.0],
                "{}",
                path.display()
            );
            assert_eq!(loaded.found, [true, false, true, false]);
            assert_eq!(loaded.warnings.len(), 1);
        }
    }

    #[test]
    fn the_spelling_goes_before_another_case_and_the_first_row_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(
            folder.path(),
            "a.txt",
            b"US 1 1\nus 2 2\nus 3 3\nOmicron 4 4\nx 0 0\n",
        );
        let loaded = load(&[path], &["us", "omicron", "X"]).unwrap();
        assert_eq!(loaded.vectors, [2.0, 2.0, 4.0, 4.0, 0.0, 0.0]);
        assert!(
            loaded
                .warnings
                .iter()
                .any(|warning| warning.contains("1 rows repeat")),
            "{:?}",
            loaded.warnings
        );
    }

    #[test]
    fn a_word_not_found_is_put_together_from_its_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(
            folder.path(),
            "zh.txt",
            "4 2\n疫 1 2\n苗 3 6\nsub 1 1\nvariant 3 3\n".as_bytes(),
        );
        let loaded = load(&[path], &["疫苗", "疫情", "sub-variant", "情况"]).unwrap();
        assert_eq!(loaded.vectors, [2.0, 4.0, 1.0, 2.0, 2.0, 2.0, 0.0, 0.0]);
        assert_eq!(loaded.found, [true, true, true, false]);
        assert!(
            loaded
                .warnings
                .iter()
                .any(|warning| warning.contains("1 of 4 words have no vector"))
        );
    }

    #[test]
    fn the_first_file_that_has_a_word_wins() {
        let folder = tempfile::tempdir().unwrap();
        let english = file(folder.path(), "en.txt", b"a 1 1\nB 2 2\n");
        let chinese = file(folder.path(), "zh.txt", "b 9 9\n疫 3 3\n".as_bytes());
        let loaded = load(&[english.clone(), chinese], &["a", "b", "疫"]).unwrap();
        assert_eq!(loaded.vectors, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!(loaded.source, "en.txt, zh.txt");
        let longer = file(folder.path(), "longer.vec", b"1 3\nc 1 2 3\n");
        let error = load(&[english, longer], &["a"]).unwrap_err().to_string();
        assert!(
            error.contains("longer.vec") && error.contains("3 numbers (line 2)"),
            "{error}"
        );
    }

    #[test]
    fn broken_rows_are_counted_and_too_many_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut text: String = (0..200).map(|i| format!("w{i} {i} 1\n")).collect();
        text.insert_str(0, "w 1 x\nshort 1\n");
        let path = file(folder.path(), "a.txt", text.as_bytes());
        let loaded = load(std::slice::from_ref(&path), &["w", "w7"]).unwrap();
        assert_eq!(loaded.vectors, [0.0, 0.0, 7.0, 1.0]);
        assert!(
            loaded
                .warnings
                .iter()
                .any(|w| w.contains("2 of 202 rows") && w.contains("line 1)"))
        );
        std::fs::write(&path, text + "worse 1\n").unwrap();
        let error = load(&[path], &["w", "w7"]).unwrap_err();
        assert!(
            matches!(
                error,
                VectorError::TooManyBroken {
                    broken: 3,
                    rows: 203,
                    line: 1,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn other_files_are_refused_with_advice() {
        let folder = tempfile::tempdir().unwrap();
        let refuse = |name: &str, bytes: &[u8]| {
            load(&[file(folder.path(), name, bytes)], &["a"])
                .unwrap_err()
                .to_string()
        };
        assert!(refuse("a.zip", b"PK\x03\x04....").contains("unpack"));
        assert!(refuse("empty.txt", b"").contains("does not hold word vectors"));
        assert!(refuse("prose.txt", b"once upon a time\nthere was\n").contains("does not hold word vectors"));
        assert!(refuse("zeros.bin", &vec![0; 3 << 20]).contains("does not hold word vectors"));
        let packed = gzip(&"a 1 2\n".repeat(10_000));
        assert!(refuse("cut.gz", packed.get(..packed.len() / 2).unwrap()).contains("download it again"));
        assert!(load(&[folder.path().join("absent")], &["a"]).is_err());
    }

    #[test]
    fn a_cut_off_file_is_told_by_its_header() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "a.vec", b"5 2\na 1 2\nb 3 4\n");
        let loaded = load(&[path], &["a"]).unwrap();
        assert!(
            loaded.warnings.first().unwrap().contains("cut off"),
            "{:?}",
            loaded.warnings
        );
    }

    #[test]
    fn reading_stops_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "a.txt", b"a 1 2\n");
        let watch = Watch::default();
        watch.cancel();
        let result = WordVectors::load(&[path], &words(&["a"]), None, &watch);
        assert!(matches!(result, Err(VectorError::Cancelled(_))));
    }

    #[test]
    fn the_cache_answers_until_something_changes_and_never_wrongly() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        let path = file(folder.path(), "a.txt", b"a 1 2\nb 3 4\n");
        let load = |wanted: &[&str]| {
            WordVectors::load(
                std::slice::from_ref(&path),
                &words(wanted),
                Some(&cache),
                &Watch::default(),
            )
            .unwrap()
        };
        let first = load(&["b", "c"]);
        let entries = || {
            std::fs::read_dir(&cache)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect::<Vec<_>>()
        };
        assert_eq!(entries().len(), 1);
        let kept = cache::get(
            &cache,
            &cache::Key::of(std::slice::from_ref(&path), &words(&["b", "c"])).unwrap(),
        );
        assert_eq!(kept.as_ref(), Some(&first));

        let entry = entries().pop().unwrap();
        let mut bytes = std::fs::read(&entry).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&entry, &bytes).unwrap();
        assert_eq!(load(&["b", "c"]), first, "a damaged entry is read anew");
        std::fs::write(&entry, b"FLW").unwrap();
        assert_eq!(load(&["b", "c"]), first);

        std::fs::write(&path, b"a 1 2\nb 30 40\n").unwrap();
        assert_eq!(load(&["b", "c"]).vectors, [30.0, 40.0, 0.0, 0.0]);
        assert_eq!(load(&["a"]).vectors, [1.0, 2.0]);
    }
}

//! The distinct words of a transcript with their vectors.

use super::language::is_hanzi;
use super::vectors::{LoadedVectors, VectorError, WordVectors};
use crate::jobs::Watch;
use crate::project::Language;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The words of a transcript with their vectors. Row `i` of `vectors` belongs to `words[i]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vocabulary {
    /// Distinct tokens, in order of first use.
    pub words: Vec<String>,
    /// `words.len() * dimension` values, a row a word. All zero where the word was not found.
    pub vectors: Vec<f32>,
    /// Length of a vector; 300 by default.
    pub dimension: usize,
    /// Whether the vectors held the word.
    pub found: Vec<bool>,
    /// What the vectors came from: file names, or the name of the built-in embedding.
    pub source: String,
}

impl Vocabulary {
    /// The vector of the word at `index`.
    #[must_use]
    pub fn vector(&self, index: usize) -> &[f32] {
        self.vectors
            .get(index * self.dimension..(index + 1) * self.dimension)
            .unwrap_or(&[])
    }

    /// Share of the distinct words that were found, 0 to 1. An empty vocabulary counts as wholly found.
    #[must_use]
    pub fn share_found(&self) -> f64 {
        if self.found.is_empty() {
            return 1.0;
        }
        self.found.iter().filter(|found| **found).count() as f64 / self.found.len() as f64
    }
}

/// The tokens of each caption as places in the vocabulary.
pub type NumberedTokens = Vec<Vec<u32>>;

/// Numbers the distinct tokens in order of first use and gives each its vector, from the files as
/// [`WordVectors::load`] does or, without files, from the spelling. Returns the vocabulary, each caption's tokens
/// as places in it, and warnings, each in one line.
///
/// # Errors
/// When a file of vectors cannot be read, or the work is cancelled.
pub fn vocabulary(
    tokens_of_each_caption: &[Vec<String>],
    files: &[PathBuf],
    cache: Option<&Path>,
    watch: &Watch,
) -> Result<(Vocabulary, NumberedTokens, Vec<String>), VectorError> {
    let (words, captions) = numbered(tokens_of_each_caption);
    let loaded = load(files, &words, cache, watch)?;
    let (vocabulary, warnings) = of(words, loaded);
    Ok((vocabulary, captions, warnings))
}

/// The same for captions of several videos: each word takes its vector from the files of its own language, a word with a
/// Chinese character in it from those of the Chinese videos. A language without files takes those of the other.
///
/// # Errors
/// As [`vocabulary`], and when the vectors of the two languages differ in dimension.
pub fn mixed_vocabulary(
    tokens_of_each_caption: &[Vec<String>],
    files: &[(Language, &[PathBuf])],
    cache: Option<&Path>,
    watch: &Watch,
) -> Result<(Vocabulary, NumberedTokens, Vec<String>), VectorError> {
    let of_language = |wanted: Language| {
        let mut found: Vec<PathBuf> = Vec::new();
        let own = files.iter().filter(|(language, _)| *language == wanted);
        for file in own.flat_map(|(_, files)| files.iter()) {
            if !found.contains(file) {
                found.push(file.clone());
            }
        }
        found
    };
    let [mut chinese, mut english] = [Language::Chinese, Language::English].map(of_language);
    if chinese.is_empty() {
        chinese.clone_from(&english);
    } else if english.is_empty() {
        english.clone_from(&chinese);
    }
    if chinese == english {
        return vocabulary(tokens_of_each_caption, &english, cache, watch);
    }
    let (words, captions) = numbered(tokens_of_each_caption);
    let part = |is_chinese: bool| -> Vec<String> {
        let own = words.iter().filter(|word| word.contains(is_hanzi) == is_chinese);
        own.cloned().collect()
    };
    let chinese = load(&chinese, &part(true), cache, watch)?;
    let english = load(&english, &part(false), cache, watch)?;
    if chinese.dimension != english.dimension {
        return Err(VectorError::Languages {
            chinese: chinese.dimension,
            english: english.dimension,
        });
    }
    let dimension = english.dimension;
    let mut loaded = LoadedVectors {
        dimension,
        source: format!("{}, {}", english.source, chinese.source),
        warnings: [&english.warnings[..], &chinese.warnings[..]].concat(),
        ..LoadedVectors::default()
    };
    let mut next = [0, 0];
    for word in &words {
        let [first, second] = &mut next;
        let (part, place) = if word.contains(is_hanzi) {
            (&chinese, first)
        } else {
            (&english, second)
        };
        let vector = part.vectors.chunks_exact(dimension.max(1)).nth(*place);
        loaded.vectors.extend_from_slice(vector.unwrap_or_default());
        loaded
            .found
            .push(part.found.get(*place).copied().unwrap_or(false));
        *place += 1;
    }
    let (vocabulary, warnings) = of(words, loaded);
    Ok((vocabulary, captions, warnings))
}

fn numbered(tokens_of_each_caption: &[Vec<String>]) -> (Vec<String>, NumberedTokens) {
    let mut words: Vec<String> = Vec::new();
    let mut places: HashMap<&str, u32> = HashMap::new();
    let mut captions = Vec::with_capacity(tokens_of_each_caption.len());
    for tokens in tokens_of_each_caption {
        let numbered = tokens.iter().map(|token| {
            *places.entry(token).or_insert_with(|| {
                words.push(token.clone());
                u32::try_from(words.len() - 1).unwrap_or(u32::MAX)
            })
        });
        captions.push(numbered.collect());
    }
    (words, captions)
}

fn load(
    files: &[PathBuf],
    words: &[String],
    cache: Option<&Path>,
    watch: &Watch,
) -> Result<LoadedVectors, VectorError> {
    if files.is_empty() {
        Ok(WordVectors::built_in(words))
    } else {
        WordVectors::load(files, words, cache, watch)
    }
}

fn of(words: Vec<String>, loaded: LoadedVectors) -> (Vocabulary, Vec<String>) {
    let vocabulary = Vocabulary {
        words,
        vectors: loaded.vectors,
        dimension: loaded.dimension,
        found: loaded.found,
        source: loaded.source,
    };
    (vocabulary, loaded.warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn words_are_numbered_by_first_use() {
        let captions = [tokens("new york city"), tokens(""), tokens("the city the")];
        let (vocabulary, places, warnings) = vocabulary(&captions, &[], None, &Watch::default()).unwrap();
        assert_eq!(vocabulary.words, ["new", "york", "city", "the"]);
        assert_eq!(places, [vec![0, 1, 2], vec![], vec![3, 2, 3]]);
        assert_eq!(
            (
                vocabulary.dimension,
                vocabulary.vector(3).len(),
                vocabulary.share_found()
            ),
            (300, 300, 1.0)
        );
        assert_eq!(vocabulary.source, WordVectors::BUILT_IN);
        assert!(warnings.is_empty());
    }

    #[test]
    fn files_give_the_vectors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.vec");
        std::fs::write(&path, "2 2\ncity 1 2\nnew 3 4\n").unwrap();
        let (vocabulary, _, warnings) =
            vocabulary(&[tokens("new york city")], &[path], None, &Watch::default()).unwrap();
        assert_eq!(vocabulary.vectors, [3.0, 4.0, 0.0, 0.0, 1.0, 2.0]);
        assert_eq!(vocabulary.found, [true, false, true]);
        assert_eq!(vocabulary.source, "a.vec");
        assert!(warnings.first().unwrap().contains("york"));
    }

    #[test]
    fn each_word_takes_the_vectors_of_its_own_language() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            [path]
        };
        let english = file("en.vec", "2 2\ncovid 1 2\n病毒 9 9\n");
        let chinese = file("zh.vec", "2 2\ncovid 8 8\n病毒 3 4\n");
        let captions = [tokens("covid 病毒"), tokens("new")];
        let mixed = |files: &[(Language, &[PathBuf])]| {
            mixed_vocabulary(&captions, files, None, &Watch::default()).map(|found| found.0)
        };
        let both = mixed(&[(Language::English, &english), (Language::Chinese, &chinese)]).unwrap();
        assert_eq!(both.words, ["covid", "病毒", "new"]);
        assert_eq!(both.vectors, [1.0, 2.0, 3.0, 4.0, 0.0, 0.0]);
        assert_eq!(
            (both.source.as_str(), both.found),
            ("en.vec, zh.vec", vec![true, true, false])
        );
        let one = mixed(&[(Language::English, &english), (Language::Chinese, &[])]).unwrap();
        assert_eq!(one.vectors, [1.0, 2.0, 9.0, 9.0, 0.0, 0.0]);
        let long = file("long.vec", "1 3\n病毒 3 4 5\n");
        let wrong = mixed(&[(Language::English, &english), (Language::Chinese, &long)]);
        assert!(wrong.unwrap_err().to_string().contains("one dimension"));
    }
}

//! The distinct words of a transcript with their vectors.

use super::vectors::{VectorError, WordVectors};
use crate::jobs::Watch;
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
    let loaded = if files.is_empty() {
        WordVectors::built_in(&words)
    } else {
        WordVectors::load(files, &words, cache, watch)?
    };
    let vocabulary = Vocabulary {
        words,
        vectors: loaded.vectors,
        dimension: loaded.dimension,
        found: loaded.found,
        source: loaded.source,
    };
    Ok((vocabulary, captions, loaded.warnings))
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
}

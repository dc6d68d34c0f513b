//! The words that vectors are looked for, and what was found.

use crate::captions::language::is_hanzi;
use std::collections::HashMap;

/// The distinct words with their parts, ready to be held against millions of rows.
pub(super) struct Wanted {
    entries: Vec<Entry>,
    /// Places of the words in `entries` by their lower case: several may differ in case only.
    by_lower: HashMap<String, Vec<usize>>,
    /// Lower case of the row at hand, kept for its memory.
    lower: String,
}

struct Entry {
    word: String,
    found: Option<Found>,
}

struct Found {
    vector: Vec<f32>,
    /// Which file it is from; the first that has the word wins.
    file: usize,
    /// In the very spelling. Another case is taken only until the spelling itself comes.
    is_exact: bool,
}

/// What a row is to the wanted words.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Match {
    /// Places of the words that take its vector.
    pub takers: Vec<usize>,
    /// The word has its vector from an earlier row of this file.
    pub is_repeat: bool,
}

impl Wanted {
    /// Wants these words, and the parts of each in case it is not found itself.
    pub fn new(words: &[String]) -> Self {
        let mut wanted = Self {
            entries: Vec::new(),
            by_lower: HashMap::new(),
            lower: String::new(),
        };
        for word in words {
            wanted.add(word);
            parts(word).iter().for_each(|part| wanted.add(part));
        }
        wanted
    }

    fn add(&mut self, word: &str) {
        let places = self.by_lower.entry(word.to_lowercase()).or_default();
        if !places
            .iter()
            .any(|place| self.entries.get(*place).is_some_and(|entry| entry.word == word))
        {
            places.push(self.entries.len());
            self.entries.push(Entry {
                word: word.to_owned(),
                found: None,
            });
        }
    }

    /// Which words would take the vector of a row of this file.
    pub fn matches(&mut self, token: &[u8], file: usize) -> Match {
        let mut result = Match::default();
        let Ok(token) = std::str::from_utf8(token) else {
            return result;
        };
        self.lower.clear();
        self.lower.extend(token.chars().flat_map(char::to_lowercase));
        for &place in self.by_lower.get(&self.lower).into_iter().flatten() {
            let Some(entry) = self.entries.get(place) else {
                continue;
            };
            let is_exact = entry.word == token;
            match &entry.found {
                None => result.takers.push(place),
                Some(found) if found.file == file && is_exact => {
                    if found.is_exact {
                        result.is_repeat = true;
                    } else {
                        result.takers.push(place);
                    }
                }
                Some(_) => {}
            }
        }
        result
    }

    /// Gives the vector of a row to those that take it.
    pub fn give(&mut self, takers: &[usize], token: &[u8], vector: &[f32], file: usize) {
        for &place in takers {
            if let Some(entry) = self.entries.get_mut(place) {
                let is_exact = entry.word.as_bytes() == token;
                entry.found = Some(Found {
                    vector: vector.to_owned(),
                    file,
                    is_exact,
                });
            }
        }
    }

    /// The word's own vector, if a file had it.
    pub fn vector(&self, word: &str) -> Option<&[f32]> {
        let places = self.by_lower.get(&word.to_lowercase())?;
        let mut entries = places.iter().filter_map(|place| self.entries.get(*place));
        let entry = entries.find(|entry| entry.word == word)?;
        entry.found.as_ref().map(|found| found.vector.as_slice())
    }

    /// The mean of the vectors of those parts of the word that were found.
    pub fn composed(&self, word: &str) -> Option<Vec<f32>> {
        let parts = parts(word);
        let vectors: Vec<&[f32]> = parts.iter().filter_map(|part| self.vector(part)).collect();
        let mut sum: Vec<f32> = vectors.first()?.to_vec();
        for vector in vectors.iter().skip(1) {
            sum.iter_mut().zip(*vector).for_each(|(sum, value)| *sum += value);
        }
        Some(
            sum.into_iter()
                .map(|value| value / vectors.len() as f32)
                .collect(),
        )
    }
}

/// What a word that is not found is put together from: a Chinese one from its characters, one with hyphens from
/// what stands between them.
fn parts(word: &str) -> Vec<String> {
    let parts: Vec<String> = if word.contains(is_hanzi) {
        word.chars().map(String::from).collect()
    } else {
        word.split('-')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    if parts.len() > 1 { parts } else { Vec::new() }
}

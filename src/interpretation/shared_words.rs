//! Likeness by words alone, where there is no model of phrases.

use super::phrases::{PhraseError, Phrases};
use super::plain::is_hanzi;
use crate::jobs::Watch;
use ndarray::Array2;
use std::collections::BTreeMap;

/// Phrases as the words in them: two are alike as far as they share words, Chinese ones as far as they share characters. It knows
/// nothing of meaning, and two languages share nothing; vectors of two calls do not belong together.
#[derive(Debug, Clone, Copy, Default)]
pub struct SharedWords;

impl Phrases for SharedWords {
    fn vectors(&mut self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PhraseError> {
        watch.check()?;
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let words: Vec<Vec<usize>> = texts
            .iter()
            .map(|text| {
                let words = words(text).into_iter();
                words
                    .map(|word| {
                        let next = places.len();
                        *places.entry(word).or_insert(next)
                    })
                    .collect()
            })
            .collect();
        let mut vectors = Array2::zeros((texts.len(), places.len().max(1)));
        for (row, words) in words.into_iter().enumerate() {
            for word in words {
                if let Some(count) = vectors.get_mut((row, word)) {
                    *count += 1.0;
                }
            }
        }
        Ok(vectors)
    }
}

/// Words in lower case without the s of many, and Chinese characters.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for piece in text
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
    {
        let mut word = String::new();
        for letter in piece.chars() {
            if is_hanzi(letter) {
                words.push(letter.to_string());
            } else {
                word.push(letter);
            }
        }
        let stem = word
            .strip_suffix('s')
            .filter(|stem| stem.len() > 2 && !stem.ends_with('s'));
        match stem {
            Some(stem) => words.push(stem.to_owned()),
            None if !word.is_empty() => words.push(word),
            None => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_alike_as_far_as_they_share_words() {
        let texts = ["new vaccines", "Vaccine trial", "接种疫苗", "疫苗", "weather"].map(str::to_owned);
        let vectors = SharedWords.vectors(&texts, &Watch::default()).unwrap();
        let cosine = |a: usize, b: usize| {
            let (a, b) = (vectors.row(a), vectors.row(b));
            a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
        };
        assert!((cosine(0, 1) - 0.5).abs() < 1e-6);
        assert!((cosine(2, 3) - 0.5f32.sqrt()).abs() < 1e-6);
        assert_eq!((cosine(0, 4), cosine(1, 3)), (0.0, 0.0));
        assert_eq!(words("class"), ["class"], "not the s of many");
    }
}

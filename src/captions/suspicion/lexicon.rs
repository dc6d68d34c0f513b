//! Which runs of characters are words: those of the dictionary, and those this transcript says again and again.

use crate::captions::language::is_hanzi;
use crate::captions::tokenizer::dictionary;
use crate::project::Cue;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Up to four characters, the last in the lowest place; 0 stands for any character.
pub(super) type Gram = u128;

/// The longest word looked at, in characters.
pub(super) const LONGEST: usize = 4;
/// A run said in this many cues is as good as a word.
const REPEATED: u32 = 2;
/// What one cue counts for in the frequencies of the dictionary.
const WEIGHT: f64 = 300.0;
/// Words of the whole dictionary.
const DICTIONARY: f64 = 6.0e7;
/// A character that is no word by itself.
const UNKNOWN: f64 = 0.5;
/// Rarer words of the dictionary are not thought of in place of what is written.
const RAREST: f64 = 5.0;
/// Characters among which words of the dictionary are thought of: the most frequent ones of the transcript.
const CHARACTERS: usize = 1_500;
/// Cues from which repeated runs are gathered; of more, evenly spaced ones.
const GATHERED: usize = 20_000;

/// A word that fits a pattern, and its log-probability.
pub(super) type Guess = (Gram, f64);

/// Words with their log-probabilities, found by themselves or with one character missing.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// Single characters, pairs from the dictionary, and what is repeated.
    words: Grams<f64>,
    guesses: Grams<Guess>,
    /// Whether the dictionary holds no other pairs of the transcript's characters.
    has_all_pairs: bool,
}

impl Lexicon {
    pub(super) fn of(cues: &[Cue]) -> Self {
        let characters = characters(cues);
        let repeated = repeated(cues);
        let frequent = characters.get(..CHARACTERS).unwrap_or(&characters);
        let mut lexicon = Self {
            has_all_pairs: frequent.len() == characters.len(),
            ..Self::default()
        };
        for c in &characters {
            let word = gram(&[*c]);
            let frequency = dictionary_frequency(&c.to_string()).max(UNKNOWN);
            lexicon.words.insert(word, log_probability(frequency));
        }
        let in_cues = |word: &Gram| repeated.get(word).map_or(0.0, |cues| f64::from(*cues) * WEIGHT);
        for word in pairs(frequent).iter().chain(repeated.keys()) {
            let frequency = dictionary_frequency(&text(*word)) + in_cues(word);
            lexicon.words.insert(*word, log_probability(frequency));
            if frequency >= RAREST {
                lexicon.remember(*word, log_probability(frequency));
            }
        }
        lexicon
    }

    /// The log-probability of a word; none where it is no word. A single character always has one.
    pub(super) fn probability(&self, word: Gram) -> Option<f64> {
        if let Some(known) = self.words.get(&word) {
            return Some(*known);
        }
        let length = length(word);
        if length < 2 {
            return Some(log_probability(UNKNOWN));
        }
        if length == 2 && self.has_all_pairs {
            return None;
        }
        let frequency = dictionary_frequency(&text(word));
        (frequency > 0.0).then(|| log_probability(frequency))
    }

    /// The likeliest word that fits a pattern with one character missing.
    pub(super) fn guess(&self, pattern: Gram) -> Option<Guess> {
        self.guesses.get(&pattern).copied()
    }

    fn remember(&mut self, word: Gram, probability: f64) {
        for place in 0..length(word) {
            let guess = self
                .guesses
                .entry(masked(word, place))
                .or_insert((word, probability));
            // Of equally likely ones always the same, whatever the order.
            if (probability, word) > (guess.1, guess.0) {
                *guess = (word, probability);
            }
        }
    }
}

/// How often the dictionary counts a word; 0 where it does not have it.
fn dictionary_frequency(word: &str) -> f64 {
    if dictionary().has_word(word) {
        dictionary().suggest_freq(word) as f64
    } else {
        0.0
    }
}

fn log_probability(frequency: f64) -> f64 {
    (frequency / DICTIONARY).ln()
}

/// Grams are looked up tens of millions of times in a long transcript, and nobody chooses them with ill intent: a
/// multiplication spreads them well enough.
type Grams<T> = HashMap<Gram, T, BuildHasherDefault<GramHasher>>;

#[derive(Debug, Default)]
struct GramHasher(u64);

impl Hasher for GramHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(SPREAD);
        }
    }

    fn write_u128(&mut self, gram: u128) {
        let folded = (gram as u64) ^ ((gram >> 64) as u64).rotate_left(32);
        let product = u128::from(folded) * u128::from(SPREAD);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

const BITS: usize = 21;
const CHARACTER: Gram = (1 << BITS) - 1;

/// Characters as one number.
pub(super) fn gram(characters: &[char]) -> Gram {
    characters
        .iter()
        .fold(0, |gram, c| gram << BITS | Gram::from(u32::from(*c)))
}

/// The gram with the character `place` places before the last left open.
pub(super) fn masked(word: Gram, place: usize) -> Gram {
    // Marked as a pattern, so that an open first character is not just a shorter gram.
    word & !(CHARACTER << (BITS * place)) | (1 + place as Gram) << (BITS * LONGEST + 8)
}

/// How many characters a gram has.
fn length(word: Gram) -> usize {
    (0..LONGEST)
        .take_while(|place| word >> (BITS * place) != 0)
        .count()
}

/// The characters of a gram.
pub(super) fn text(word: Gram) -> String {
    (0..LONGEST)
        .rev()
        .filter_map(|place| char::from_u32(((word >> (BITS * place)) & CHARACTER) as u32))
        .filter(|c| *c != '\0')
        .collect()
}

/// The runs of Chinese characters in a text.
pub(super) fn runs(text: &str) -> Vec<Vec<char>> {
    let runs = text.split(|c: char| !is_hanzi(c));
    runs.filter(|run| !run.is_empty())
        .map(|run| run.chars().collect())
        .collect()
}

/// Runs of two to four characters that several cues have, and how many have them.
fn repeated(cues: &[Cue]) -> Grams<u32> {
    let mut counts: Grams<(u32, usize)> = Grams::default();
    for (index, cue) in cues.iter().enumerate().step_by(cues.len() / GATHERED + 1) {
        for run in runs(&cue.text) {
            for length in 2..=LONGEST {
                for part in run.windows(length) {
                    let (count, last) = counts.entry(gram(part)).or_insert((0, usize::MAX));
                    if *last != index {
                        (*count, *last) = (*count + 1, index);
                    }
                }
            }
        }
    }
    counts
        .into_iter()
        .filter(|(_, (count, _))| *count >= REPEATED)
        .map(|(gram, (count, _))| (gram, count))
        .collect()
}

/// The Chinese characters of the transcript, the most frequent first.
fn characters(cues: &[Cue]) -> Vec<char> {
    let mut counts: HashMap<char, u32> = HashMap::new();
    for c in cues
        .iter()
        .flat_map(|cue| cue.text.chars())
        .filter(|c| is_hanzi(*c))
    {
        *counts.entry(c).or_default() += 1;
    }
    let mut characters: Vec<(u32, char)> = counts.into_iter().map(|(c, count)| (count, c)).collect();
    characters.sort_unstable_by(|a, b| b.cmp(a));
    characters.into_iter().map(|(_, c)| c).collect()
}

/// The words of the dictionary that two of the characters make.
fn pairs(characters: &[char]) -> Vec<Gram> {
    let mut pairs = Vec::new();
    let mut word = String::new();
    for a in characters {
        for b in characters {
            word.clear();
            word.extend([*a, *b]);
            if dictionary().has_word(&word) {
                pairs.push(gram(&[*a, *b]));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    #[test]
    fn a_missing_character_is_guessed_from_the_transcript() {
        let cue = |text: &str| Cue::new(Seconds(0.0), Seconds(1.0), text);
        let cues = [
            cue("奥密克戎来了"),
            cue("奥密克戎毒株，老年人"),
            cue("老年人打疫苗"),
        ];
        let lexicon = Lexicon::of(&cues);
        let guess = |written: &str, place| {
            let characters: Vec<char> = written.chars().collect();
            lexicon
                .guess(masked(gram(&characters), place))
                .map(|(word, _)| text(word))
        };
        assert_eq!(guess("老蛮人", 1).as_deref(), Some("老年人"));
        assert_eq!(guess("奥密克容", 0).as_deref(), Some("奥密克戎"));
        assert_eq!(guess("疫多", 0).as_deref(), Some("疫苗"));
        assert_eq!(guess("克克克", 1), None);
        assert_eq!(text(gram(&['老', '年'])), "老年");
    }
}

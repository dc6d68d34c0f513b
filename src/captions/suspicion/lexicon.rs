//! Which runs of characters are words: those of the dictionary, and those this transcript says again and again.

use crate::captions::language::is_hanzi;
use crate::captions::tokenizer::dictionary;
use crate::project::Cue;
use std::collections::HashMap;

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
    repeated: HashMap<Gram, u32>,
    known: HashMap<Gram, Option<f64>>,
    guesses: HashMap<Gram, Guess>,
}

impl Lexicon {
    pub(super) fn of(cues: &[Cue]) -> Self {
        let mut lexicon = Self {
            repeated: repeated(cues),
            ..Self::default()
        };
        let mut words: Vec<Gram> = lexicon.repeated.keys().copied().collect();
        words.extend(pairs(cues));
        for word in words {
            if let Some(probability) = lexicon.probability(word) {
                lexicon.remember(word, probability);
            }
        }
        lexicon
    }

    /// The log-probability of a word; none where it is no word. A single character always has one.
    pub(super) fn probability(&mut self, word: Gram) -> Option<f64> {
        if let Some(known) = self.known.get(&word) {
            return *known;
        }
        let text = text(word);
        let own = if dictionary().has_word(&text) {
            dictionary().suggest_freq(&text) as f64
        } else {
            0.0
        };
        let repeated = self
            .repeated
            .get(&word)
            .map_or(0.0, |cues| f64::from(*cues) * WEIGHT);
        let single = if word < 1 << BITS { UNKNOWN } else { 0.0 };
        let frequency = (own + repeated).max(single);
        let probability = (frequency > 0.0).then(|| (frequency / DICTIONARY).ln());
        self.known.insert(word, probability);
        probability
    }

    /// The likeliest word that fits a pattern with one character missing.
    pub(super) fn guess(&self, pattern: Gram) -> Option<Guess> {
        self.guesses.get(&pattern).copied()
    }

    fn remember(&mut self, word: Gram, probability: f64) {
        if probability < (RAREST / DICTIONARY).ln() {
            return;
        }
        let length = (0..LONGEST)
            .take_while(|place| word >> (BITS * place) != 0)
            .count();
        for place in 0..length {
            let pattern = masked(word, place);
            let guess = self.guesses.entry(pattern).or_insert((word, probability));
            // Of equally likely ones always the same, whatever the order.
            if (probability, word) > (guess.1, guess.0) {
                *guess = (word, probability);
            }
        }
    }
}

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
fn repeated(cues: &[Cue]) -> HashMap<Gram, u32> {
    let mut counts: HashMap<Gram, (u32, usize)> = HashMap::new();
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

/// Words of two characters that the dictionary has and whose characters the transcript has.
fn pairs(cues: &[Cue]) -> Vec<Gram> {
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
    characters.truncate(CHARACTERS);
    let mut pairs = Vec::new();
    let mut word = String::new();
    for (_, a) in &characters {
        for (_, b) in &characters {
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

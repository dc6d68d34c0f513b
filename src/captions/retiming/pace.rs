//! How long a text takes to say, before any recording is heard.

use crate::captions::language::is_hanzi;

/// The length of a text in syllables or thereabouts: a Chinese character is one, an English word has one for each
/// group of vowels, a digit is a little more than one. Never below a half.
#[must_use]
pub fn syllables(text: &str) -> f64 {
    let mut count = 0.0;
    let mut vowels = 0_u32;
    let mut before = Letter::None;
    // One more turn than there are characters, to finish the last word.
    for c in text.chars().map(Some).chain([None]) {
        let letter = c.map_or(Letter::None, Letter::of);
        if !letter.is_latin() && before.is_latin() {
            count += f64::from(vowels.max(1));
            vowels = 0;
        }
        match letter {
            Letter::Vowel if before != Letter::Vowel => vowels += 1,
            Letter::Hanzi => count += 1.0,
            Letter::Digit => count += 1.3,
            _ => {}
        }
        before = letter;
    }
    f64::max(count, 0.5)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Letter {
    Vowel,
    Consonant,
    Digit,
    Hanzi,
    None,
}

impl Letter {
    fn of(c: char) -> Self {
        match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'A' | 'E' | 'I' | 'O' | 'U' | 'Y' => Self::Vowel,
            c if c.is_numeric() => Self::Digit,
            c if is_hanzi(c) => Self::Hanzi,
            c if c.is_alphabetic() => Self::Consonant,
            _ => Self::None,
        }
    }

    fn is_latin(self) -> bool {
        matches!(self, Self::Vowel | Self::Consonant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_vowels_are_counted() {
        assert_eq!(syllables("老年人，打疫苗！"), 6.0);
        assert_eq!(syllables("health officials"), 4.0);
        assert_eq!(syllables("接种 BA5"), 2.0 + 1.0 + 1.3);
        assert_eq!((syllables(""), syllables("。")), (0.5, 0.5));
    }
}

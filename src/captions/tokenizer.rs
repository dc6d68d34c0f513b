//! From text to the words that vectors are looked up for.

use super::language::is_hanzi;
use crate::project::Language;
use jieba_rs::Jieba;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization as _;

/// Endings that GloVe counts as words of their own: "city's" is "city" and "'s".
const ENDINGS: [&str; 6] = ["'s", "'re", "'ve", "'ll", "'d", "'m"];

/// Finds the words of captions. Both languages: compatibility forms made plain (NFKC), lower case, punctuation
/// dropped, digits kept, never an empty token.
///
/// English is split as the tokenizer behind the GloVe vectors does it, for their words are what is looked up:
/// contractions come apart before the apostrophe ("city 's", "do n't"), hyphens, and dots and commas inside
/// numbers, stay ("long-term", "3.5", "1,000"), and so do the dots of "u.s.". A Chinese character inside is a
/// word of its own.
///
/// Chinese is segmented by jieba; what it finds without a Chinese character in it is read as English.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    language: Language,
}

impl Tokenizer {
    /// A tokenizer of this language. The Chinese dictionary is loaded at the first Chinese text of the process.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language whose rules are followed.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The words of the text in order.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<String> {
        let plain: String = text.nfkc().flat_map(char::to_lowercase).map(plain_mark).collect();
        let mut tokens = Vec::new();
        if self.language == Language::English || !plain.contains(is_hanzi) {
            english(&plain, &mut tokens);
            return tokens;
        }
        let mut foreign = String::new();
        for token in dictionary().cut(&plain, true) {
            if token.word.contains(is_hanzi) {
                english(&foreign, &mut tokens);
                foreign.clear();
                tokens.push(token.word.chars().filter(|c| c.is_alphanumeric()).collect());
            } else {
                foreign.push_str(token.word);
            }
        }
        english(&foreign, &mut tokens);
        tokens
    }
}

/// Loading it takes a good part of a second, so a process does it once.
pub(super) fn dictionary() -> &'static Jieba {
    static DICTIONARY: OnceLock<Jieba> = OnceLock::new();
    DICTIONARY.get_or_init(Jieba::new)
}

/// Typeset apostrophes and hyphens as typed ones.
fn plain_mark(c: char) -> char {
    match c {
        '’' | '‘' | 'ʼ' => '\'',
        '‐' => '-',
        other => other,
    }
}

fn english(text: &str, tokens: &mut Vec<String>) {
    let mut word = String::new();
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let after = rest.peek().copied().unwrap_or(' ');
        let is_inside = match c {
            '\'' | '-' | '.' => is_letter(before) && is_letter(after),
            ',' => before.is_ascii_digit() && after.is_ascii_digit(),
            other => is_letter(other),
        };
        if is_inside {
            word.push(c);
        } else {
            finish(&mut word, tokens);
            if is_hanzi(c) {
                tokens.push(c.to_string());
            }
        }
        before = c;
    }
    finish(&mut word, tokens);
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_hanzi(c)
}

/// Takes a run of letters, digits and marks between them apart into words.
fn finish(word: &mut String, tokens: &mut Vec<String>) {
    let word = std::mem::take(word);
    if word.is_empty() {
        return;
    }
    if !word.contains('.') || word.starts_with(|c: char| c.is_ascii_digit()) {
        contraction(word, tokens);
    } else if word.split('.').all(|part| part.chars().count() == 1) {
        tokens.push(word + ".");
    } else {
        word.split('.')
            .for_each(|part| contraction(part.to_owned(), tokens));
    }
}

fn contraction(word: String, tokens: &mut Vec<String>) {
    let negated = word.strip_suffix("n't").map(|stem| (stem, "n't"));
    let ending = || {
        ENDINGS
            .iter()
            .find_map(|ending| Some((word.strip_suffix(ending)?, *ending)))
    };
    match negated.or_else(ending) {
        Some((stem, ending)) if !stem.is_empty() => tokens.extend([stem.to_owned(), ending.to_owned()]),
        _ => tokens.push(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn english(text: &str) -> Vec<String> {
        Tokenizer::new(Language::English).tokens(text)
    }

    fn chinese(text: &str) -> Vec<String> {
        Tokenizer::new(Language::Chinese).tokens(text)
    }

    #[test]
    fn english_words_are_split_as_glove_has_them() {
        assert_eq!(
            english("New York City's mask-mandate, don’t you?"),
            ["new", "york", "city", "'s", "mask-mandate", "do", "n't", "you"]
        );
        assert_eq!(
            english("BA.5 rose 3.5% to 1,000 (the U.S. & cbsnews.com)."),
            [
                "ba", "5", "rose", "3.5", "to", "1,000", "the", "u.s.", "cbsnews", "com"
            ]
        );
        assert_eq!(
            english("we're o'clock 'quoted' -- [Music] workers'"),
            ["we", "'re", "o'clock", "quoted", "music", "workers"]
        );
        assert_eq!(english("ＢＡ５ café 习近平"), ["ba5", "café", "习", "近", "平"]);
        assert!(english(" ,.!? — … '").is_empty());
    }

    #[test]
    fn chinese_words_are_segmented_and_punctuation_dropped() {
        assert_eq!(
            chinese("老年人要接种新冠疫苗吗？能够达到90%左右的保护。"),
            [
                "老年人",
                "要",
                "接种",
                "新冠",
                "疫苗",
                "吗",
                "能够",
                "达到",
                "90",
                "左右",
                "的",
                "保护"
            ]
        );
        assert_eq!(
            chinese("他说：“Don't worry”，《焦点访谈》！"),
            ["他", "说", "do", "n't", "worry", "焦点访谈"]
        );
        assert_eq!(chinese("CBS News"), ["cbs", "news"]);
    }

    proptest! {
        #[test]
        fn tokens_are_never_empty_nor_punctuation(text in "\\PC{0,60}") {
            for token in english(&text).into_iter().chain(chinese(&text)) {
                prop_assert!(token.chars().any(char::is_alphanumeric), "{token:?}");
            }
        }
    }
}

//! What kind of word a token is, and which words are forms of one.

use super::stop_words::is_stop_word;
use crate::project::Language;

/// How good a term is as a tag, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A word that can name a subject.
    Content,
    /// Two content words that stand side by side.
    Phrase,
    /// A number or a single character.
    Weak,
    /// A function word.
    Stop,
}

/// The kind of a single token in lower case; none for punctuation.
pub(super) fn kind(token: &str, language: Language) -> Option<Kind> {
    if !token.chars().any(char::is_alphanumeric) {
        None
    } else if is_stop_word(token, language) {
        Some(Kind::Stop)
    } else if token.chars().count() == 1 || !token.chars().any(char::is_alphabetic) {
        Some(Kind::Weak)
    } else {
        Some(Kind::Content)
    }
}

/// Two words that stand side by side, written as their language does: Chinese without a space.
pub(super) fn phrase(first: &str, second: &str) -> String {
    let chinese = |word: &str| word.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    let space = if chinese(first) && chinese(second) {
        ""
    } else {
        " "
    };
    format!("{first}{space}{second}")
}

/// They end like the plural of a word with another meaning.
pub(super) const NO_PLURALS: [&str; 4] = ["arms", "goods", "means", "news"];

/// What the word could be in the other number, singular or plural. English only; not all of these are words.
pub(super) fn other_number(word: &str) -> Vec<String> {
    // The singulars of which these seem the plural.
    const NO_SINGULARS: [&str; 4] = ["arm", "good", "mean", "new"];
    if word.len() < 3 || !word.is_ascii() || NO_PLURALS.contains(&word) || NO_SINGULARS.contains(&word) {
        return Vec::new();
    }
    let mut forms = vec![format!("{word}s"), format!("{word}es")];
    forms.extend(word.strip_suffix('y').map(|stem| format!("{stem}ies")));
    forms.extend(word.strip_suffix("ies").map(|stem| format!("{stem}y")));
    forms.extend(word.strip_suffix("es").map(str::to_owned));
    forms.extend(
        word.strip_suffix('s')
            .filter(|stem| !stem.ends_with('s'))
            .map(str::to_owned),
    );
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        let kind = |token| kind(token, Language::Chinese);
        for token in ["vaccine", "covid-19", "疫苗", "5g"] {
            assert_eq!(kind(token), Some(Kind::Content), "{token}");
        }
        for token in ["19", "2.5", "２０２１", "病", "x"] {
            assert_eq!(kind(token), Some(Kind::Weak), "{token}");
        }
        assert_eq!(kind("the"), Some(Kind::Stop));
        assert_eq!(kind("的"), Some(Kind::Stop));
        for token in ["", ".", "，", "--", "…"] {
            assert_eq!(kind(token), None, "{token}");
        }
    }

    #[test]
    fn singular_and_plural_know_each_other() {
        for (one, many) in [
            ("vaccine", "vaccines"),
            ("virus", "viruses"),
            ("country", "countries"),
            ("new case", "new cases"),
        ] {
            assert!(other_number(one).contains(&many.to_owned()), "{one}");
            assert!(other_number(many).contains(&one.to_owned()), "{many}");
        }
        assert!(other_number("news").is_empty() && other_number("疫苗").is_empty());
        assert!(!other_number("class").contains(&"clas".to_owned()));
    }
}

//! Text as it is seen.

use unicode_normalization::UnicodeNormalization as _;

/// The text on one line: white space, line breaks and control characters become single spaces, and characters that
/// cannot be seen, with which text can be hidden from the reader, are left out.
pub(super) fn one_line(text: &str) -> String {
    let seen = text.chars().filter(|c| !is_unseen(*c));
    let spaced: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What two spellings of the same phrase have in common: compatibility forms made plain (NFKC), lower case, without
/// spaces, hyphens, dots and apostrophes.
pub(super) fn key(text: &str) -> String {
    let plain = text.nfkc().flat_map(char::to_lowercase);
    plain
        .filter(|c| !c.is_whitespace() && !is_unseen(*c) && !"-‐‑–—_.'’‘·・".contains(*c))
        .collect()
}

/// Whether it is a Chinese character.
pub(super) fn is_hanzi(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Soft hyphens, zero-width and direction marks, tags and the like.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_or_breaks_the_line_is_gone() {
        assert_eq!(
            one_line(" a\r\nb\u{2028}c\t\u{0}d\u{202e}e\u{e0041} "),
            "a b c de"
        );
    }

    #[test]
    fn spellings_of_one_phrase_are_known() {
        assert_eq!(key("COVID-19  Vaccine"), key("Ｃovid 19 vaccine"));
        assert_eq!(key("U.S."), key("us"));
        assert_ne!(key("疫苗"), key("口罩"));
    }
}

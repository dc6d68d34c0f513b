//! Words of a text (data section of the papers).

use super::language::is_han;
use crate::project::Language;
use jieba_rs::Jieba;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;

/// The dictionary takes half a second to build, and one serves all.
fn segmenter() -> &'static Jieba {
    static SEGMENTER: OnceLock<Jieba> = OnceLock::new();
    SEGMENTER.get_or_init(Jieba::new)
}

/// Finds the words of texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    language: Language,
}

impl Tokenizer {
    /// A tokenizer for a language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// The words of a text, in order. Width variants are folded (NFKC), letters are lower case, punctuation goes, and
    /// so do spaces. English: words between spaces; `city's` is `city` and `'s`, as GloVe's own tokenizer has it, so
    /// that both are found there. Chinese: jieba's words; Latin runs between them are read as English.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<String> {
        let text: String = text
            .nfkc()
            .flat_map(char::to_lowercase)
            .map(|c| if c == '’' { '\'' } else { c })
            .collect();
        match self.language {
            Language::English => english(&text),
            Language::Chinese => chinese(&text),
        }
    }
}

fn english(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in text.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        let word = run.trim_matches('\'');
        match word.split_once('\'') {
            // Contractions such as 's, 're, 'll; n't goes with its n: don't is do and n't.
            Some((stem, "t")) if stem.len() > 1 && stem.ends_with('n') => {
                tokens.extend(stem.strip_suffix('n').map(str::to_owned));
                tokens.push("n't".into());
            }
            Some((stem, rest)) => {
                tokens.push(stem.to_owned());
                tokens.push(format!("'{rest}"));
            }
            None => tokens.push(word.to_owned()),
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn chinese(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let han = is_han(first);
        let end = rest.find(|c| is_han(c) != han).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if han {
            tokens.extend(
                segmenter()
                    .cut(run, true)
                    .into_iter()
                    .map(|token| token.word.to_owned()),
            );
        } else {
            tokens.extend(english(run));
        }
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_without_punctuation() {
        let tokens =
            Tokenizer::new(Language::English).tokens("New York City's — don't, \"mask-mandate\" 5.5%…");
        assert_eq!(
            tokens,
            [
                "new", "york", "city", "'s", "do", "n't", "mask", "mandate", "5", "5"
            ]
        );
    }

    #[test]
    fn chinese_words_with_latin_between() {
        let tokens =
            Tokenizer::new(Language::Chinese).tokens("接种新冠疫苗，能够达到９０％；COVID-19 Omicron。");
        assert_eq!(
            tokens,
            [
                "接种", "新冠", "疫苗", "能够", "达到", "90", "covid", "19", "omicron"
            ]
        );
    }

    #[test]
    fn nothing_comes_of_punctuation_alone() {
        for language in [Language::English, Language::Chinese] {
            assert!(Tokenizer::new(language).tokens("，。？！ ...'' —").is_empty());
        }
    }
}

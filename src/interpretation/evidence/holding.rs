//! Whether a text holds the words of a tag.

use super::stem::stem;
use crate::captions::Tokenizer;
use crate::interpretation::plain::is_hanzi;
use crate::interpretation::words::{Kind, kind};
use crate::project::Language;
use std::collections::BTreeSet;

/// A text as it is searched.
pub(super) struct Text {
    stems: BTreeSet<String>,
    /// Its Chinese characters alone.
    hanzi: String,
}

/// The words of a tag.
pub(super) struct Wanted {
    stems: BTreeSet<String>,
    /// Its Chinese words.
    hanzi: BTreeSet<String>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let hanzi = tokens.iter().filter(|token| token.contains(is_hanzi));
        Self {
            hanzi: hanzi.map(String::as_str).collect(),
            stems: tokens.iter().flat_map(|token| stems(token)).collect(),
        }
    }

    /// Whether it holds all of one or two words, two thirds of more.
    pub(super) fn holds(&self, wanted: &Wanted) -> bool {
        let all = wanted.stems.len() + wanted.hanzi.len();
        let stems = wanted.stems.iter().filter(|stem| self.stems.contains(*stem));
        let hanzi = wanted.hanzi.iter().filter(|word| self.hanzi.contains(*word));
        let held = stems.count() + hanzi.count();
        held > 0 && if all > 2 { held * 3 >= all * 2 } else { held == all }
    }
}

impl Wanted {
    pub(super) fn new(tag: &str) -> Self {
        let tokens = tokens(tag);
        let is_content =
            |token: &&String| matches!(kind(token, Language::Chinese), Some(Kind::Content | Kind::Weak));
        let mut content: Vec<_> = tokens.iter().filter(is_content).collect();
        if content.is_empty() {
            // A tag of function words alone, such as "Who".
            content = tokens.iter().collect();
        }
        let (hanzi, others): (Vec<_>, Vec<_>) =
            content.into_iter().partition(|token| token.contains(is_hanzi));
        Self {
            stems: others.into_iter().flat_map(|token| stems(token)).collect(),
            hanzi: hanzi.into_iter().cloned().collect(),
        }
    }
}

/// The words of a text in whichever language: the rules for Chinese read Latin words as English.
fn tokens(text: &str) -> Vec<String> {
    Tokenizer::new(Language::Chinese).tokens(text)
}

/// The stems of a word and of the parts between its hyphens.
fn stems(token: &str) -> impl Iterator<Item = String> {
    let parts = token
        .split('-')
        .filter(|part| !part.is_empty() && !part.contains(is_hanzi));
    parts.map(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, tag: &str) -> bool {
        Text::new(text).holds(&Wanted::new(tag))
    }

    #[test]
    fn english_words_are_found_in_any_inflection() {
        for (text, tag) in [
            ("They are wearing masks in the cities", "mask wearing city"),
            ("a man in a suit", "Men in Suits"),
            ("COVID 19 cases fell", "covid-19"),
            ("the U.S. economy", "U.S. economies"),
            ("studies of vaccinated children", "child vaccinating study"),
        ] {
            assert!(holds(text, tag), "{tag}: {text}");
        }
        for (text, tag) in [
            ("heavy traffic", "heavy rain"),
            ("the news of the day", "new day"),
            ("masquerade", "mask"),
            ("", "mask"),
            ("in the city", "in the country"),
        ] {
            assert!(!holds(text, tag), "{tag}: {text}");
        }
    }

    #[test]
    fn of_long_tags_two_thirds_are_enough() {
        assert!(holds("vaccine safety was questioned", "vaccine safety concerns"));
        assert!(!holds("vaccine doubts", "vaccine safety concerns"));
        assert!(!holds("vaccine safety", "vaccine safety concerns worldwide"));
    }

    #[test]
    fn chinese_words_are_found_where_they_stand() {
        assert!(holds("老年人要接种新冠疫苗吗？", "疫苗接种"));
        assert!(holds("我们的５Ｇ网络很快", "5G网络"));
        assert!(holds("老年人接种", "老年人的接种"), "function words do not count");
        assert!(!holds("老年人要接种疫苗", "儿童疫苗"));
        assert!(!holds("a man in a suit", "西装"));
    }

    #[test]
    fn function_words_alone_are_looked_for() {
        assert!(holds("who said so", "Who"));
        assert!(!holds("nobody", "Who"));
        assert!(!holds("anything", "!?"));
    }
}

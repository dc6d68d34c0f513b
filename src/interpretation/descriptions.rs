//! Descriptions of frames that cannot be trusted as they are.

use super::plain::is_hanzi;
use super::words::{Kind, kind};
use crate::project::Language;
use std::collections::{BTreeMap, BTreeSet};

/// The longest passage that is looked for again, in words or Chinese characters.
const PASSAGE: usize = 24;

/// Whether a describing model has lost its thread and says the same again and again, such as "a man in a suit in a
/// suit in a suit". One of these is enough:
///
/// - a word that is said three times running, or twice where it is long; function words do not count;
/// - two words three times running, or a longer passage twice running;
/// - a passage of four words three times, wherever it stands;
/// - of ten words or more, fewer than two in five different.
///
/// Where most of it is Chinese, characters are counted in place of words, and more of them are needed, for Chinese
/// doubles words by its grammar: one character five times running, two or three of them three times, more of them twice;
/// of fifteen characters, fewer than one in three different.
#[must_use]
pub fn is_looping(text: &str) -> bool {
    let hanzi = text.chars().filter(|c| is_hanzi(*c)).count();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    if hanzi * 2 > letters {
        let characters: Vec<String> = text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(String::from)
            .collect();
        return is_repeated(&characters, |passage| match passage.len() {
            1 => 5,
            2 | 3 => 3,
            _ => 2,
        }) || is_poor(&characters, 15, 1.0 / 3.0);
    }
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric() && !"'’-".contains(c));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let least = |passage: &[String]| match passage {
        [word] if word.chars().count() > 5 => 2,
        [_] | [_, _] => 3,
        _ => 2,
    };
    is_repeated(&words, least) || comes_back(&words) || is_poor(&words, 10, 0.4)
}

/// Whether a passage with a word that means something follows itself, at least as often as `least` says.
fn is_repeated(words: &[String], least: impl Fn(&[String]) -> usize) -> bool {
    (1..=PASSAGE).any(|length| {
        let places = 0..(words.len() + 1).saturating_sub(length);
        places.into_iter().any(|place| {
            let Some(passage) = words.get(place..place + length) else {
                return false;
            };
            let rest = words.get(place..).unwrap_or_default();
            let times = rest.chunks(length).take_while(|next| *next == passage).count();
            times >= least(passage) && says_something(passage)
        })
    })
}

fn says_something(passage: &[String]) -> bool {
    passage
        .iter()
        .any(|word| kind(word, Language::Chinese) != Some(Kind::Stop))
}

/// Whether a passage of four words is said three times.
fn comes_back(words: &[String]) -> bool {
    let mut times: BTreeMap<&[String], usize> = BTreeMap::new();
    words.windows(4).any(|passage| {
        let count = times.entry(passage).or_default();
        *count += 1;
        *count > 2
    })
}

/// Whether there are so many words, and a smaller share of them than this are different.
fn is_poor(words: &[String], many: usize, share: f64) -> bool {
    let different: BTreeSet<_> = words.iter().collect();
    words.len() >= many && (different.len() as f64) < share * words.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_noticed() {
        for text in [
            "corona corona corona",
            "a table with corona corona covids",
            "a man in a suit in a suit in a suit",
            "a man in a suit in a suit",
            "the the news news news the",
            "a tv screen with a tv screen with a tv screen with a",
            "breaking news breaking news breaking news",
            "a woman and a man and a woman and a man and a woman and a man",
            "a sign that says corona and corona and corona and corona and corona",
            "a man standing in front of a wall a man standing in front of a wall",
            "新冠新冠新冠",
            "一个男人在一个男人在一个男人",
            "一位穿西装的男子站在一位穿西装的男子站在",
            "病病病病病病",
        ] {
            assert!(is_looping(text), "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_are_not_taken_for_loops() {
        for text in [
            "",
            "a man in a suit and tie standing in front of a television screen",
            "a man in a suit and a man in a suit",
            "a man and a woman sitting at a table with a laptop",
            "a white building with a red roof and a white fence",
            "a very very long line of cars",
            "no no no",
            "New York, New York",
            "day after day after day",
            "the more they know the more they fear",
            "step by step, little by little, day by day",
            "the doctor said that that had been done",
            "a map of the united states with the states of the united nations",
            "a group of people in the front of a group of buildings",
            "千千万万的老年人高高兴兴地接种疫苗",
            "大家讨论讨论，研究研究",
            "一天又一天，一步一步地，一遍又一遍",
            "一名男子坐在桌子前，一名女子站在桌子后",
            "谢谢大家谢谢",
        ] {
            assert!(!is_looping(text), "{text}");
        }
    }
}

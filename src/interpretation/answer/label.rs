//! A single tag, freed of what is around it.

use super::marks;
use crate::interpretation::plain::{is_hanzi, one_line};

/// What an item of a list is.
pub(super) enum Label {
    /// A tag, on one line.
    Tag(String),
    /// A sentence rather than a tag.
    TooLong,
    /// No letters and no digits.
    Nothing,
}

/// A tag has at most this many characters,
const CHARACTERS: usize = 60;

/// and at most this many words; a Chinese character counts as half a word.
const WORDS: usize = 8;

/// Quotation marks that models put around tags, opening and closing.
const QUOTES: &str = "\"'“”‘’„‟«»‹›「」『』＂＇`´";

/// What may stand between a tag and its explanation.
const EXPLAINS: [&str; 7] = [": ", "：", " - ", " – ", " — ", "——", " -- "];

/// The items as tags. Where most are explained, as in "Vaccine: protects the old", only what is explained is taken.
pub(super) fn labels(items: &[String]) -> Vec<Label> {
    let explained = items.iter().filter(|item| unexplained(item).is_some()).count();
    let cut = items.len() > 2 && explained * 2 > items.len();
    items
        .iter()
        .map(|item| match unexplained(item) {
            Some(head) if cut => label(head),
            _ => label(item),
        })
        .collect()
}

fn label(item: &str) -> Label {
    let tag = clean(item);
    if !tag.chars().any(char::is_alphanumeric) {
        return Label::Nothing;
    }
    if !is_long(&tag) {
        return Label::Tag(tag);
    }
    // What is in bold type or before a bracket is what the rest explains.
    let bold = item
        .split("**")
        .nth(1)
        .filter(|_| item.trim_start().starts_with("**"));
    let head = bold
        .or_else(|| unexplained(item))
        .or_else(|| Some(item.split_once('（').or_else(|| item.split_once(" ("))?.0));
    match head.map(clean) {
        Some(head) if head.chars().any(char::is_alphanumeric) && !is_long(&head) => Label::Tag(head),
        _ => Label::TooLong,
    }
}

/// Whether it is too long for a tag.
pub(super) fn is_long(tag: &str) -> bool {
    let hanzi = tag.chars().filter(|c| is_hanzi(*c)).count();
    let words = tag.split(|c: char| c.is_whitespace() || is_hanzi(c));
    let words = words
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    tag.chars().count() > CHARACTERS || words * 2 + hanzi > WORDS * 2
}

/// What stands before the explanation; none where there is none.
fn unexplained(item: &str) -> Option<&str> {
    let cut = |mark: &&str| item.split_once(*mark).map(|(head, _)| head);
    EXPLAINS
        .iter()
        .filter_map(cut)
        .min_by_key(|head| head.len())
        .filter(|head| head.chars().any(char::is_alphanumeric))
}

/// The words of the item alone: without type marks, quotation marks, brackets around it and marks at its ends.
fn clean(item: &str) -> String {
    let mut text = one_line(marks::content(item))
        .replace("**", "")
        .replace("__", "")
        .replace('\\', "");
    loop {
        let before = text.chars().count();
        text = within(text.trim()).to_owned();
        if text.chars().count() == before {
            return text;
        }
    }
}

/// One layer less of what is around the text.
fn within(text: &str) -> &str {
    const PAIRS: [(char, char); 8] = [
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('（', '）'),
        ('【', '】'),
        ('［', '］'),
        ('<', '>'),
        ('*', '*'),
    ];
    let is_quote = |c: char| QUOTES.contains(c);
    for (open, close) in PAIRS {
        let inner = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains([open, close])) {
            return inner;
        }
    }
    if let Some(inner) = text
        .strip_prefix(is_quote)
        .and_then(|text| text.strip_suffix(is_quote))
    {
        return inner;
    }
    // A mark that opens or closes nothing was left over when the answer was taken apart.
    if text.chars().filter(|c| is_quote(*c)).count() == 1 {
        let trimmed = text.trim_matches(is_quote);
        if trimmed.len() < text.len() {
            return trimmed;
        }
    }
    let brackets = |c: char| PAIRS.iter().any(|(open, close)| c == *open || c == *close);
    if text.chars().filter(|c| brackets(*c)).count() == 1 {
        let trimmed = text.trim_matches(brackets);
        if trimmed.len() < text.len() {
            return trimmed;
        }
    }
    let text = text.trim_start_matches([
        '#', '*', '_', '~', '=', '>', '|', ',', '，', '、', ';', '；', ':', '：', '.', '。',
    ]);
    let text = text.trim_end_matches([
        '*', '_', '~', '=', '|', ',', '，', '、', ';', '；', ':', '：', '。', '!', '！', '?', '？', '…',
    ]);
    match text.strip_suffix('.') {
        Some(word) if !is_abbreviated(word) => word,
        _ => text,
    }
}

/// Whether the dot after it belongs to it, as in "U.S.".
fn is_abbreviated(word: &str) -> bool {
    let last = word.rsplit(char::is_whitespace).next().unwrap_or(word);
    last.contains('.') && last.split('.').all(|part| part.chars().count() == 1)
}

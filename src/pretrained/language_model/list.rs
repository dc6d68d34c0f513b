//! An answer in the shape of a numbered list.

use super::vocabulary::Vocabulary;

/// The most tokens of an item: a tag is a few words.
const ITEM: usize = 24;
/// Tokens of what stands between two items.
const BETWEEN: usize = 6;

/// A numbered list of so many items, one a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListOf(pub usize);

impl ListOf {
    /// The most tokens that such an answer takes.
    pub(super) fn most_tokens(self) -> usize {
        self.0 * (ITEM + BETWEEN)
    }
}

/// What a token would do to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The item goes on with it.
    Goes,
    /// The item is complete without it.
    Ends,
    /// The item would be empty.
    Forbidden,
}

/// An item that is being written.
#[derive(Default)]
pub(super) struct Item {
    tokens: Vec<u32>,
    /// What has been said of it, in whole characters.
    text: String,
}

impl Item {
    pub fn verdict(&self, vocabulary: &Vocabulary, token: u32) -> Verdict {
        let is_empty = self.text.trim().is_empty();
        let text = vocabulary.text_of(&[token]);
        let ends = vocabulary.stops(token) || text.contains(['\n', '\r']);
        match (ends, is_empty) {
            (true, true) => Verdict::Forbidden,
            (true, false) => Verdict::Ends,
            (false, true) if text.trim().is_empty() => Verdict::Forbidden,
            (false, _) => Verdict::Goes,
        }
    }

    /// Adds a token, and gives what can be said now: a space first, and then whole characters.
    pub fn push(&mut self, vocabulary: &Vocabulary, token: u32) -> String {
        self.tokens.push(token);
        let text = format!(" {}", vocabulary.text_of(&self.tokens).trim_start());
        let more = text
            .strip_prefix(self.text.as_str())
            .unwrap_or_default()
            .to_owned();
        if text.len() > 1 && !more.is_empty() {
            self.text = text;
            more
        } else {
            String::new()
        }
    }

    pub fn is_full(&self) -> bool {
        self.tokens.len() >= ITEM
    }
}

//! Captions and descriptions as data.

use crate::interpretation::plain::one_line;
use crate::project::ClusterId;
use std::collections::BTreeSet;

/// The longest line, in characters. A caption that is a whole page would leave no room for the others.
const LINE: usize = 400;

/// What is known of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Material {
    /// Which cluster.
    pub cluster: ClusterId,
    /// What is said, the pair nearest to the centroid first. A text may occur more than once, or be empty.
    pub captions: Vec<String>,
    /// What the frames show, in the same order.
    pub descriptions: Vec<String>,
}

/// The same as lines of a question, each text once.
pub(super) struct Lines {
    pub(super) captions: Vec<String>,
    pub(super) descriptions: Vec<String>,
}

impl Material {
    pub(super) fn lines(&self) -> Lines {
        Lines {
            captions: lines(&self.captions),
            descriptions: lines(&self.descriptions),
        }
    }
}

impl Lines {
    /// The first so many, a caption and a description by turns until one of them ends: [captions, descriptions].
    pub(super) fn first(&self, count: usize) -> [&[String]; 2] {
        let (all, other) = (self.captions.len(), self.descriptions.len());
        let captions = count.div_ceil(2).max(count.saturating_sub(other)).min(all);
        let descriptions = (count - captions.min(count)).min(other);
        [
            self.captions.get(..captions).unwrap_or_default(),
            self.descriptions.get(..descriptions).unwrap_or_default(),
        ]
    }
}

fn lines(texts: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let texts = texts.iter().map(|text| harmless(text));
    texts
        .filter(|text| !text.is_empty() && seen.insert(text.clone()))
        .map(|text| format!("- \"{text}\"\n"))
        .collect()
}

/// The text on one line, without the marks that end a quotation or that models take for orders: brackets that open
/// tags and turns become others.
pub(super) fn harmless(text: &str) -> String {
    let marks = |c| match c {
        '<' => '‹',
        '>' => '›',
        '[' => '(',
        ']' => ')',
        '"' => '\'',
        c => c,
    };
    let text = one_line(text);
    let mut short: String = text.chars().map(marks).take(LINE).collect();
    if short.chars().count() < text.chars().count() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_and_descriptions_take_turns() {
        let texts = |name: &str, count: usize| (0..count).map(|row| format!("{name}{row}")).collect();
        let counts = |captions, descriptions, count| {
            let material = Material {
                captions: texts("c", captions),
                descriptions: texts("d", descriptions),
                ..Material::default()
            };
            material.lines().first(count).map(<[_]>::len)
        };
        assert_eq!(counts(5, 5, 1), [1, 0]);
        assert_eq!(counts(5, 5, 4), [2, 2]);
        assert_eq!(counts(5, 5, 7), [4, 3]);
        assert_eq!(counts(9, 2, 7), [5, 2]);
        assert_eq!(counts(2, 9, 7), [2, 5]);
        assert_eq!(counts(0, 9, 1), [0, 1]);
        assert_eq!(counts(3, 4, 7), [3, 4]);
    }

    #[test]
    fn a_page_is_cut_between_characters() {
        let line = harmless(&"疫".repeat(1_000));
        assert_eq!(line.chars().count(), LINE + 1);
    }
}

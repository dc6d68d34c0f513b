//! Words of a text and when they were said.

use super::vocabulary::{STAMP, Vocabulary};

/// A word, and the tokens that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WordTokens {
    pub text: String,
    /// Place of its first token.
    pub first: usize,
    /// Place after its last token, marks at its end left out: pauses are theirs.
    pub spoken: usize,
    /// Place after its last token.
    pub end: usize,
}

/// A word of a window: text, start and end in seconds from the start of the window, and probability.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timed {
    pub text: String,
    pub start: f64,
    pub end: f64,
    pub probability: f64,
    /// Place after its last token.
    pub last: usize,
}

/// The words of a text: between spaces, and each Chinese or Japanese run of tokens by itself. Marks go with the word before.
pub(super) fn words(vocabulary: &Vocabulary, tokens: &[u32]) -> Vec<WordTokens> {
    let mut words: Vec<WordTokens> = Vec::new();
    for (first, end, text) in pieces(vocabulary, tokens) {
        let is_mark = !text.chars().any(char::is_alphanumeric);
        let joins = |last: &&mut WordTokens| {
            let after_character = last.text.chars().rev().find(|c| c.is_alphanumeric());
            let stands_alone =
                text.trim_start().starts_with(is_character) || after_character.is_some_and(is_character);
            !text.starts_with(char::is_whitespace) && (is_mark || !stands_alone)
        };
        match words.last_mut().filter(joins) {
            Some(last) => {
                last.text.push_str(&text);
                last.end = end;
                if !is_mark {
                    last.spoken = end;
                }
            }
            None => words.push(WordTokens {
                text,
                first,
                spoken: end,
                end,
            }),
        }
    }
    words
}

/// The tokens in the smallest groups that are whole characters: the place of the first, the place after the last, the text.
fn pieces(vocabulary: &Vocabulary, tokens: &[u32]) -> Vec<(usize, usize, String)> {
    let mut pieces = Vec::new();
    let mut first = 0;
    for end in 1..=tokens.len() {
        let text = vocabulary.text(tokens.get(first..end).unwrap_or_default());
        if !text.ends_with('\u{fffd}') || end == tokens.len() {
            pieces.push((first, end, text));
            first = end;
        }
    }
    pieces
}

/// Whether words of this script are written without spaces.
fn is_character(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々' | '〇')
}

/// A word is not longer than so many usual ones, nor than this many seconds; what is longer holds a pause.
const USUAL: f64 = 2.0;
const LONGEST: f64 = 1.4;

/// Puts words at their times. `starts` says for each token, and for the end after them, at which [`STAMP`] it begins; a run of
/// characters is parted evenly. Words follow on each other and none is outside 0 to `length`.
pub(super) fn timed(
    words: Vec<WordTokens>,
    starts: &[usize],
    probabilities: &[f64],
    length: f64,
) -> Vec<Timed> {
    let at = |token: usize| {
        let stamp = starts.get(token).or(starts.last()).copied().unwrap_or_default();
        (stamp as f64 * STAMP).min(length)
    };
    let mut lengths: Vec<f64> = words
        .iter()
        .map(|word| at(word.spoken) - at(word.first))
        .filter(|length| *length > 0.0)
        .collect();
    lengths.sort_by(f64::total_cmp);
    let usual = lengths.get(lengths.len() / 2).copied().unwrap_or(LONGEST);
    let mut timed = Vec::with_capacity(words.len());
    for word in words {
        let text = word.text.trim();
        if text.is_empty() {
            continue;
        }
        let count = text.chars().filter(|c| is_character(*c)).count();
        let most = (USUAL * usual).min(LONGEST) * count.max(1) as f64;
        let (mut start, end) = (at(word.first), at(word.spoken));
        // A pause is before a word as a rule: after it there would be a mark.
        start = start.max(end - most.max(STAMP));
        let own = probabilities.get(word.first..word.end).unwrap_or_default();
        let probability = own.iter().sum::<f64>() / own.len().max(1) as f64;
        let parts = characters(text, count);
        let each = (end - start) / parts.len().max(1) as f64;
        for (index, part) in parts.into_iter().enumerate() {
            timed.push(Timed {
                text: part,
                start: start + each * index as f64,
                end: start + each * (index + 1) as f64,
                probability,
                last: word.end,
            });
        }
    }
    timed
}

/// A run of characters one by one, each with the marks after it; any other word whole.
fn characters(text: &str, count: usize) -> Vec<String> {
    if count < 2 {
        return vec![text.to_owned()];
    }
    let mut parts: Vec<String> = Vec::with_capacity(count);
    for c in text.chars() {
        let begins = is_character(c)
            && parts
                .last()
                .is_none_or(|part| part.chars().any(char::is_alphanumeric));
        match parts.last_mut().filter(|_| !begins) {
            Some(part) => part.push(c),
            None => parts.push(c.to_string()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, first: usize, spoken: usize, end: usize) -> WordTokens {
        WordTokens {
            text: text.into(),
            first,
            spoken,
            end,
        }
    }

    #[test]
    fn words_are_found_among_tokens() {
        let (vocabulary, _) = super::super::vocabulary::testing::vocabulary("{}");
        // so it. "is 中疫 so
        let found = words(&vocabulary, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 0]);
        let told: Vec<_> = found
            .iter()
            .map(|word| (word.text.trim(), word.first, word.spoken, word.end))
            .collect();
        assert_eq!(
            told,
            [
                ("so", 0, 1, 1),
                ("it.", 1, 2, 3),
                ("\"is", 3, 5, 5),
                ("中", 5, 8, 8),
                ("疫", 8, 9, 9),
                ("so", 9, 10, 10)
            ]
        );
    }

    #[test]
    fn characters_share_the_time_of_their_tokens() {
        let words = vec![word("疫苗，", 0, 1, 2), word(" so", 2, 3, 3)];
        let timed = timed(words, &[10, 40, 50, 70], &[0.5, 1.0, 0.25], 1.3);
        let told: Vec<_> = timed
            .iter()
            .map(|word| {
                let centis = |time: f64| (time * 100.0).round() as i32;
                (
                    word.text.as_str(),
                    centis(word.start),
                    centis(word.end),
                    word.probability,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("疫", 20, 50, 0.75),
                ("苗，", 50, 80, 0.75),
                ("so", 100, 130, 0.25)
            ]
        );
    }

    #[test]
    fn a_pause_is_no_part_of_a_word() {
        let words = (0..5)
            .map(|place| word(" a", place, place + 1, place + 1))
            .collect();
        let timed = timed(words, &[0, 10, 20, 30, 200, 210], &[1.0; 5], 30.0);
        assert!(
            (timed[3].start - 3.6).abs() < 1e-9 && (timed[3].end - 4.0).abs() < 1e-9,
            "{timed:?}"
        );
    }
}

//! Ten tags out of what a language model answered, whatever its form.

mod error;
mod json;
mod label;
mod marks;
mod separated;
#[cfg(test)]
mod tests;

pub use error::AnswerError;

use super::TAGS;
use super::plain;
use label::Label;
use std::collections::BTreeSet;

/// What is read of an answer, in characters. Hundreds of tags are far shorter; a model that never stops is not.
const READ: usize = 100_000;

/// The first ten different tags of an answer: of a numbered list, a list with bullets, JSON, a line with commas and the
/// like, or bare lines, with or without words around it, in English or Chinese. What a model thinks before it answers
/// (between `<think>` marks) is not read. Two tags are the same where they differ in case, spaces, hyphens or dots only.
///
/// # Errors
/// Where there are no ten; the error says what was wrong, in words that the model can be shown.
pub fn ten_tags(answer: &str) -> Result<Vec<String>, AnswerError> {
    if answer.trim().is_empty() {
        return Err(AnswerError::Empty);
    }
    let said: String = without_thoughts(answer).chars().take(READ).collect();
    if said.trim().is_empty() {
        return Err(AnswerError::Thoughts);
    }
    let items = json::items(&said)
        .or_else(|| marks::items(&said))
        .unwrap_or_else(|| separated::items(&said));
    ten_of(&items)
}

/// The first ten different tags of a list.
fn ten_of(items: &[String]) -> Result<Vec<String>, AnswerError> {
    let mut seen = BTreeSet::new();
    let (mut found, mut repeated, mut long) = (Vec::new(), 0, 0);
    for label in label::labels(items) {
        match label {
            Label::Tag(tag) if seen.insert(plain::key(&tag)) => found.push(tag),
            Label::Tag(_) => repeated += 1,
            Label::TooLong => long += 1,
            Label::Nothing => {}
        }
        if found.len() == TAGS {
            return Ok(found);
        }
    }
    if found.is_empty() && repeated == 0 && long == 0 {
        return Err(AnswerError::NoTags);
    }
    Err(AnswerError::TooFew {
        found,
        repeated,
        long,
    })
}

/// The answer after the model's thoughts. Some servers leave out the mark that opens them; thoughts that never close
/// leave what stands before them.
fn without_thoughts(answer: &str) -> &str {
    const MARKS: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];
    let after = |(_, close): &(&str, &str)| Some(answer.rsplit_once(close)?.1);
    let before = |(open, _): &(&str, &str)| Some(answer.split_once(open)?.0);
    MARKS
        .iter()
        .find_map(after)
        .or_else(|| MARKS.iter().find_map(before))
        .unwrap_or(answer)
}

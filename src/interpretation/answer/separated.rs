//! Lists without marks: tags between commas and the like, or one a line.

use super::label;
use crate::interpretation::TAGS;
use crate::interpretation::plain::is_hanzi;

/// A line with so many parts is a list; one with fewer may be a sentence.
const LIST: usize = 5;

/// What stands between tags, in one line. Tags in the first may hold commas.
const SEPARATORS: [&str; 6] = [";；", ",，、", "|｜", "•·", "/", "\t"];

/// The items of an answer.
pub(super) fn items(answer: &str) -> Vec<String> {
    let lines = lines(answer);
    let bare = bare(&lines);
    if bare.len() >= TAGS {
        return bare;
    }
    let lists = [LIST, LIST - 2].map(|least| list(&lines, least));
    lists.into_iter().find(|list| !list.is_empty()).unwrap_or(bare)
}

/// The longest list of lines that follow each other and have at least so many parts each.
fn list(lines: &[String], least: usize) -> Vec<String> {
    let parts: Vec<_> = lines.iter().map(|line| parts(line)).collect();
    let blocks = parts.split(|parts| parts.len() < least);
    blocks.map(<[_]>::concat).max_by_key(Vec::len).unwrap_or_default()
}

/// The lines of the answer without heads and fences; those that break off after a comma are joined, and empty ones stay.
fn lines(answer: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in answer.lines().map(str::trim) {
        if line.starts_with("```") || line.starts_with("# ") || line.starts_with("##") {
            continue;
        }
        match lines.last_mut() {
            Some(last) if last.ends_with([',', '，', '、', ';', '；']) && !line.is_empty() => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Each line a tag: the longest stretch without an empty line if it is long enough, else all lines.
fn bare(lines: &[String]) -> Vec<String> {
    let is_tag = |line: &&String| !line.is_empty() && !is_sentence(line) && !label::is_long(line);
    let blocks = lines.split(String::is_empty);
    let longest = blocks
        .map(|block| block.iter().filter(is_tag).cloned().collect::<Vec<_>>())
        .max_by_key(Vec::len)
        .unwrap_or_default();
    if longest.len() >= TAGS {
        longest
    } else {
        lines.iter().filter(is_tag).cloned().collect()
    }
}

/// Whether a line opens or closes the list rather than being of it.
fn is_sentence(line: &str) -> bool {
    let line = line.trim_end_matches(['*', '_', '"', '”']);
    line.ends_with(['!', '?', ':', '！', '？', '：', '。'])
        || (line.ends_with('.') && line.split_whitespace().count() > 3)
}

/// The parts of a line.
fn parts(line: &str) -> Vec<String> {
    let line = without_head(line);
    let hashes = line
        .split_whitespace()
        .filter(|word| word.starts_with('#'))
        .count();
    if hashes >= LIST - 2 {
        return filled(line.split('#'));
    }
    let split = |separators: &&str| filled(apart(line, separators).into_iter());
    let ways: Vec<_> = SEPARATORS.iter().map(split).collect();
    let first = ways.first().filter(|parts| parts.len() >= LIST);
    // The first of equally many.
    let most = || ways.iter().rev().max_by_key(|parts| parts.len());
    let mut parts = first.or_else(most).cloned().unwrap_or_default();
    if parts.len() < 2 && line.split_whitespace().all(|word| word.contains(is_hanzi)) {
        parts = filled(line.split_whitespace());
    }
    if let Some(last) = parts.last_mut() {
        for joint in ["and ", "And ", "& ", "以及"] {
            if let Some(rest) = last.strip_prefix(joint) {
                *last = rest.to_owned();
                break;
            }
        }
    }
    parts
}

/// The line after "Tags:" and the like.
fn without_head(line: &str) -> &str {
    let separators = |c: char| SEPARATORS.iter().any(|of| of.contains(c));
    match line.split_once([':', '：']) {
        Some((head, rest)) if !head.contains(separators) && rest.contains(separators) => rest,
        Some((head, rest))
            if ["tags", "标签", "关键词"]
                .iter()
                .any(|name| head.to_lowercase().ends_with(name)) =>
        {
            rest
        }
        _ => line,
    }
}

/// The line between its separators; a comma inside a number is none.
fn apart<'a>(line: &'a str, separators: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    let mut rest = line.char_indices().peekable();
    while let Some((place, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |(_, c)| *c);
        let in_number = c == ',' && before.is_ascii_digit() && after.is_ascii_digit();
        if separators.contains(c) && !in_number {
            parts.extend(line.get(start..place));
            start = place + c.len_utf8();
        }
        before = c;
    }
    parts.extend(line.get(start..));
    parts
}

fn filled<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let parts = parts.map(str::trim);
    let filled = parts.filter(|part| part.chars().any(char::is_alphanumeric));
    filled.map(str::to_owned).collect()
}

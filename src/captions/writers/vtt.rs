//! WebVTT, with a stamp before each word whose time is known, and one behind it where it ends before the next.

use super::{lines, span};
use crate::captions::clock;
use crate::project::{CaptionTrack, Cue, TimedWord};
use std::fmt::Write as _;

pub(super) fn write(track: &CaptionTrack) -> String {
    let mut out = String::from("WEBVTT\n");
    for cue in &track.cues {
        let (start, end) = span(cue);
        let _ = writeln!(
            out,
            "\n{} --> {}",
            clock::written(start, '.'),
            clock::written(end, '.')
        );
        for line in stamped(cue).split('\n') {
            // A blank line would end the cue; a space does not.
            let _ = writeln!(out, "{}", if line.is_empty() { " " } else { line });
        }
    }
    out
}

/// The text of the cue, escaped, with its stamps. Stamps must lie inside of the cue and grow; those that do not
/// are left out.
fn stamped(cue: &Cue) -> String {
    let text = lines(cue).join("\n");
    let (mut latest, limit) = span(cue);
    let mut stamp = |out: &mut String, time: u64| {
        if latest < time && time < limit {
            let _ = write!(out, "<{}>", clock::written(time, '.'));
            latest = time;
        }
    };
    let mut out = String::with_capacity(text.len());
    let parts = parts(&text, &cue.words);
    let mut behind = text.as_str();
    for (index, part) in parts.iter().enumerate() {
        escape(&mut out, part.before);
        stamp(&mut out, clock::millis(part.word.start.0));
        escape(&mut out, &part.word.text);
        behind = part.behind;
        let next = parts.get(index + 1);
        let gap = next.map_or(behind, |next| next.before);
        if let Some(end) = part.word.end.map(|end| clock::millis(end.0))
            && gap.trim().is_empty()
            && next.is_none_or(|next| clock::millis(next.word.start.0) > end)
        {
            stamp(&mut out, end);
        }
    }
    escape(&mut out, behind);
    out
}

/// A word where it stands in the text.
struct Part<'a> {
    /// What stands between it and the word before.
    before: &'a str,
    word: &'a TimedWord,
    behind: &'a str,
}

/// The words in the text, up to the first that is not there: the text was changed since.
fn parts<'a>(text: &'a str, words: &'a [TimedWord]) -> Vec<Part<'a>> {
    let mut rest = text;
    let parts = words.iter().map_while(|word| {
        let (before, behind) = rest.split_once(word.text.as_str())?;
        rest = behind;
        (!word.text.is_empty()).then_some(Part { before, word, behind })
    });
    parts.collect()
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

//! Taking tags and entities out of caption text, and the times of words out of tags.

use crate::captions::clock;
use crate::project::{Seconds, TimedWord};

/// Names of the tags that subtitle files use. Other text between angle brackets is left alone in SRT.
const SRT_TAGS: [&str; 11] = ["b", "i", "u", "s", "font", "c", "v", "ruby", "rt", "lang", "span"];

/// A zero-width space. In SRT, which knows no escapes, it keeps text apart that would read as markup.
const GUARD: char = '\u{200b}';

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Outside of brackets, or from a bracket that never closes.
    Text(&'a str),
    /// What stands between two brackets.
    Tag(&'a str),
}

/// A line cut at its brackets, in time proportional to its length: a bracket inside brackets ends a tag as text.
pub(super) struct Pieces<'a> {
    rest: &'a str,
    open: char,
    close: char,
}

impl<'a> Pieces<'a> {
    pub fn new(line: &'a str, open: char, close: char) -> Self {
        Self {
            rest: line,
            open,
            close,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let after = self.rest.strip_prefix(self.open);
        if let Some(after) = after {
            let inside = after.split([self.open, self.close]).next().unwrap_or_default();
            let behind = after
                .strip_prefix(inside)
                .and_then(|rest| rest.strip_prefix(self.close));
            if let Some(behind) = behind {
                self.rest = behind;
                return Some(Piece::Tag(inside));
            }
        }
        let text = after.unwrap_or(self.rest);
        let skipped = self.rest.len() - text.len();
        let length = skipped + text.find(self.open).unwrap_or(text.len());
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        (!text.is_empty()).then_some(Piece::Text(text))
    }
}

/// A line of SRT without `<i>`-like tags and `{\an8}`-like overrides.
pub(in crate::captions) fn strip_srt(line: &str) -> String {
    let without_tags = strip(line, '<', '>', |inside| {
        let name = inside
            .trim_start_matches('/')
            .split([' ', '.', '='])
            .next()
            .unwrap_or_default();
        SRT_TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name)) || clock::clock(inside).is_some()
    });
    let bare = strip(&without_tags, '{', '}', |inside| inside.starts_with('\\'));
    if bare.contains(GUARD) {
        bare.replace("--\u{200b}>", "-->")
            .replace("<\u{200b}", "<")
            .replace("{\u{200b}\\", "{\\")
    } else {
        bare
    }
}

/// A line of text as SRT can hold it: what would read as an arrow between times or as a tag is kept apart by
/// characters of no width, which [`strip_srt`] takes out again.
pub(in crate::captions) fn guard_srt(line: &str) -> String {
    let line = line.replace("-->", "--\u{200b}>");
    if strip_srt(&line).len() + line.matches("--\u{200b}>").count() * GUARD.len_utf8() == line.len() {
        return line;
    }
    line.replace('<', "<\u{200b}").replace("{\\", "{\u{200b}\\")
}

/// A line of WebVTT without tags and with its entities decoded; and its words with their times, where it has
/// such. What stands before the first stamp begins with `start`.
pub(super) fn strip_vtt(line: &str, start: f64) -> (String, Vec<TimedWord>) {
    let mut runs = TimedRuns::new(start);
    for piece in Pieces::new(line, '<', '>') {
        match piece {
            Piece::Text(text) => runs.push(&decode_entities(text)),
            Piece::Tag(inside) => {
                if let Some(time) = clock::clock(inside) {
                    runs.stamp(time);
                }
            }
        }
    }
    runs.finish()
}

/// Collects a line of text in which stamps tell when the text behind them begins.
pub(super) struct TimedRuns {
    text: String,
    words: Vec<TimedWord>,
    run: String,
    start: f64,
    has_stamps: bool,
}

impl TimedRuns {
    /// Text before the first stamp begins with `start`, in seconds.
    pub fn new(start: f64) -> Self {
        Self {
            text: String::new(),
            words: Vec::new(),
            run: String::new(),
            start,
            has_stamps: false,
        }
    }

    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.run.push_str(text);
    }

    /// What follows begins at this time.
    pub fn stamp(&mut self, time: f64) {
        self.close_run();
        self.start = time;
        self.has_stamps = true;
    }

    /// The text, trimmed, and its words; none where there was no stamp.
    pub fn finish(mut self) -> (String, Vec<TimedWord>) {
        self.close_run();
        if !self.has_stamps {
            self.words.clear();
        }
        (self.text.trim().to_owned(), self.words)
    }

    fn close_run(&mut self) {
        let text = self.run.trim();
        if !text.is_empty() {
            self.words.push(TimedWord {
                text: text.to_owned(),
                start: Seconds(self.start),
                end: None,
            });
        } else if let Some(word) = self.words.last_mut().filter(|_| self.has_stamps) {
            // Nothing is said from here on: the word before ends.
            word.end.get_or_insert(Seconds(self.start));
        }
        self.run.clear();
    }
}

/// Leaves out what stands between the brackets where `is_tag` says so.
fn strip(line: &str, open: char, close: char, is_tag: impl Fn(&str) -> bool) -> String {
    let mut bare = String::with_capacity(line.len());
    for piece in Pieces::new(line, open, close) {
        match piece {
            Piece::Text(text) => bare.push_str(text),
            Piece::Tag(inside) if is_tag(inside) => {}
            Piece::Tag(inside) => {
                bare.push(open);
                bare.push_str(inside);
                bare.push(close);
            }
        }
    }
    bare
}

/// `&amp;` and its like, once. What is no entity stays as it is.
pub(super) fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut parts = text.split('&');
    decoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let named = part
            .split_once(';')
            .and_then(|(name, behind)| Some((entity(name)?, behind)));
        match named {
            Some((character, behind)) => {
                decoded.push(character);
                decoded.push_str(behind);
            }
            None => {
                decoded.push('&');
                decoded.push_str(part);
            }
        }
    }
    decoded
}

/// The character of an entity's name, without `&` and `;`.
pub(super) fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control() || *c == '\n')?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<(f64, Option<f64>, String)> {
        let (_, words) = strip_vtt(line, 0.0);
        words
            .into_iter()
            .map(|word| (word.start.0, word.end.map(|end| end.0), word.text))
            .collect()
    }

    #[test]
    fn srt_loses_tags_and_keeps_arithmetic() {
        assert_eq!(
            strip_srt("<i>so</i> {\\an8}<font color=\"#fff\">it</font> is"),
            "so it is"
        );
        assert_eq!(
            strip_srt("2 < 3 and 5 > 4 {sic} <unknown>"),
            "2 < 3 and 5 > 4 {sic} <unknown>"
        );
        assert_eq!(strip_srt("<B>疫苗</B><00:00:01.200>"), "疫苗");
        assert_eq!(strip_srt("a <b <i>c</i>"), "a <b c");
    }

    #[test]
    fn what_would_read_as_markup_is_guarded() {
        for line in [
            "<b>so</b>",
            "{\\an8} it",
            "1 --> 2",
            "00:00:01,000 --> 00:00:02,000",
            "<<i>>",
            "a ----> <c>",
            "2 < 3",
        ] {
            let guarded = guard_srt(line);
            assert_eq!(strip_srt(&guarded), line, "{guarded:?}");
            assert!(!guarded.contains("-->"), "{guarded:?}");
        }
        assert_eq!(guard_srt("2 < 3 <unknown> {sic}"), "2 < 3 <unknown> {sic}");
    }

    #[test]
    fn vtt_loses_every_tag_and_decodes_entities() {
        assert_eq!(
            strip_vtt("<v Dr. Agus>Q&amp;A &lt;b&gt; &#39;x&#x27; &nope; &", 0.0),
            ("Q&A <b> 'x' &nope; &".to_owned(), Vec::new())
        );
        assert_eq!(strip_vtt("a < b", 0.0).0, "a < b");
        assert_eq!(decode_entities("&&amp;lt;&#0;"), "&&lt;&#0;");
    }

    #[test]
    fn stamps_time_the_words_behind_them() {
        let line = "health<00:00:00.274><c> officials</c><00:00:00.549><c> here</c>";
        assert_eq!(strip_vtt(line, 0.0).0, "health officials here");
        assert_eq!(
            words(line),
            [
                (0.0, None, "health".to_owned()),
                (0.274, None, "officials".to_owned()),
                (0.549, None, "here".to_owned())
            ]
        );
        assert_eq!(
            words("<00:01.5>打<00:02> <00:03>疫苗<00:04.25>"),
            [
                (1.5, Some(2.0), "打".to_owned()),
                (3.0, Some(4.25), "疫苗".to_owned())
            ]
        );
    }
}

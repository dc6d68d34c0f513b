//! Plain text (.txt): one caption a line, with or without `[mm:ss]` stamps.

use super::clock;
use super::timing::TimedText;

/// What a text without a format of its own holds.
#[derive(Debug, PartialEq)]
pub(super) enum Plain {
    /// At least half of the lines carried a time.
    Stamped(Vec<TimedText>),
    /// Captions in order.
    Untimed(Vec<String>),
}

/// Reads stamps where there are any; otherwise a caption a line, or a sentence where all is one paragraph.
pub(super) fn parse(text: &str) -> Plain {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let stamps = lines.iter().filter(|line| stamp(line).is_some()).count();
    if stamps > 0 && stamps * 2 >= lines.len() {
        return Plain::Stamped(stamped(&lines));
    }
    Plain::Untimed(match lines.as_slice() {
        [paragraph] => sentences(paragraph),
        _ => lines.into_iter().map(str::to_owned).collect(),
    })
}

/// Lines without a stamp go on with the caption above; those before the first stamp begin with the video.
fn stamped(lines: &[&str]) -> Vec<TimedText> {
    let mut cues: Vec<TimedText> = Vec::new();
    for line in lines {
        match (stamp(line), cues.last_mut()) {
            (Some((start, rest)), _) => cues.push(TimedText {
                start,
                end: None,
                text: rest.to_owned(),
            }),
            (None, None) => cues.push(TimedText {
                start: 0.0,
                end: None,
                text: (*line).to_owned(),
            }),
            (None, Some(cue)) if cue.text.is_empty() => (*line).clone_into(&mut cue.text),
            (None, Some(cue)) => {
                cue.text.push('\n');
                cue.text.push_str(line);
            }
        }
    }
    cues
}

/// The time at the head of a line and the rest of it. A time without brackets must stand alone, for a sentence
/// may begin with one: "7:30 news".
fn stamp(line: &str) -> Option<(f64, &str)> {
    for (open, close) in [('[', ']'), ('(', ')'), ('【', '】'), ('（', '）')] {
        if let Some((inside, rest)) = line.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
            return Some((clock::clock(inside)?, rest.trim()));
        }
    }
    Some((clock::clock(line)?, ""))
}

/// Splits a paragraph after 。！？ and after . ! ? where a new sentence plainly begins.
fn sentences(paragraph: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut sentence = String::new();
    let mut rest = paragraph.chars().peekable();
    let mut has_ended = false;
    while let Some(c) = rest.next() {
        sentence.push(c);
        let next = rest.peek().copied();
        let is_full_stop = matches!(c, '。' | '！' | '？' | '…')
            || (matches!(c, '.' | '!' | '?') && ends_word(next) && !is_abbreviation(&sentence));
        // Closing quotes belong to the sentence they close.
        has_ended = is_full_stop || (has_ended && is_closing(c));
        let goes_on =
            next.is_some_and(|n| is_closing(n) || matches!(n, '。' | '！' | '？' | '…' | '.' | '!' | '?'));
        if has_ended && !goes_on {
            sentences.push(std::mem::take(&mut sentence));
            has_ended = false;
        }
    }
    sentences.push(sentence);
    sentences
        .iter()
        .map(|sentence| sentence.trim().to_owned())
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

fn ends_word(next: Option<char>) -> bool {
    next.is_none_or(|c| c.is_whitespace() || is_closing(c))
}

fn is_closing(c: char) -> bool {
    matches!(c, '”' | '’' | '」' | '』' | '》' | '）' | '"' | ')')
}

/// Whether the sentence so far ends in a title or an initial rather than in its last word.
fn is_abbreviation(sentence: &str) -> bool {
    let Some(word) = sentence
        .strip_suffix('.')
        .and_then(|s| s.rsplit([' ', '.']).next())
    else {
        return false;
    };
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    is_initial
        || matches!(
            word,
            "Dr" | "Mr" | "Mrs" | "Ms" | "Prof" | "St" | "Gen" | "Sen" | "Rep" | "Gov"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untimed(text: &str) -> Vec<String> {
        match parse(text) {
            Plain::Untimed(texts) => texts,
            Plain::Stamped(cues) => panic!("{cues:?}"),
        }
    }

    fn stamps(text: &str) -> Vec<(f64, String)> {
        match parse(text) {
            Plain::Stamped(cues) => cues.into_iter().map(|cue| (cue.start, cue.text)).collect(),
            Plain::Untimed(texts) => panic!("{texts:?}"),
        }
    }

    #[test]
    fn a_line_is_a_caption() {
        assert_eq!(
            untimed("一。二。\n\n 7:30 news \nthree\n"),
            ["一。二。", "7:30 news", "three"]
        );
    }

    #[test]
    fn a_paragraph_is_split_into_sentences() {
        assert_eq!(
            untimed("打疫苗了吗？打了。“都打了！”好"),
            ["打疫苗了吗？", "打了。", "“都打了！”", "好"]
        );
        assert_eq!(
            untimed("Dr. Agus says 3.5 doses... Really?! \"Yes.\" In the U.S. now it is so."),
            [
                "Dr. Agus says 3.5 doses...",
                "Really?!",
                "\"Yes.\"",
                "In the U.S. now it is so."
            ]
        );
    }

    #[test]
    fn stamps_give_times() {
        assert_eq!(
            stamps("intro\n[0:05] a\nmore\n(1:02:03.5) b\n"),
            [
                (0.0, "intro".to_owned()),
                (5.0, "a\nmore".to_owned()),
                (3_723.5, "b".to_owned())
            ]
        );
        assert_eq!(
            stamps("0:00\na\n0:04\nb"),
            [(0.0, "a".to_owned()), (4.0, "b".to_owned())]
        );
        assert_eq!(untimed("a\nb\nc\n[1:00] d\n"), ["a", "b", "c", "[1:00] d"]);
    }
}

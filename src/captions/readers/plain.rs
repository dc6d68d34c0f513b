//! Plain text (.txt): one caption a line, with or without `[mm:ss]` stamps.

use super::Captions;
use crate::captions::clock;
use crate::captions::timing::TimedText;

/// Reads stamps where at least half of the lines have one; otherwise a caption a line, or a sentence where all is
/// one paragraph.
pub(in crate::captions) fn parse(text: &str) -> Captions {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .map(str::trim)
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let stamps = lines.iter().filter(|(_, line)| Stamp::at(line).is_some()).count();
    if stamps > 0 && stamps * 2 >= lines.len() {
        return Captions::Timed(stamped(&lines));
    }
    Captions::Untimed(match lines.as_slice() {
        [(_, paragraph)] => sentences(paragraph),
        _ => lines.into_iter().map(|(_, line)| line.to_owned()).collect(),
    })
}

/// Lines without a stamp go on with the caption above; those before the first stamp begin with the video.
fn stamped(lines: &[(usize, &str)]) -> Vec<TimedText> {
    let mut cues: Vec<TimedText> = Vec::new();
    for (index, line) in lines {
        match (Stamp::at(line), cues.last_mut()) {
            (None, Some(cue)) if cue.text.is_empty() => (*line).clone_into(&mut cue.text),
            (None, Some(cue)) => {
                cue.text.push('\n');
                cue.text.push_str(line);
            }
            (stamp, _) => {
                let stamp = stamp.unwrap_or(Stamp {
                    start: 0.0,
                    end: None,
                    rest: line,
                });
                cues.push(TimedText {
                    start: stamp.start,
                    end: stamp.end,
                    text: stamp.rest.to_owned(),
                    place: index + 1,
                    ..TimedText::default()
                });
            }
        }
    }
    cues
}

/// The time at the head of a line.
struct Stamp<'a> {
    start: f64,
    end: Option<f64>,
    /// The line behind it.
    rest: &'a str,
}

impl<'a> Stamp<'a> {
    /// A time without brackets must stand alone, for a sentence may begin with one: "7:30 news". Between brackets
    /// there may be two, as speech recognisers print them.
    fn at(line: &'a str) -> Option<Self> {
        for (open, close) in [('[', ']'), ('(', ')'), ('【', '】'), ('（', '）')] {
            if let Some((inside, rest)) = line.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
                let (start, end) = clock::timing(inside)
                    .map(|(start, end)| (start, Some(end)))
                    .or_else(|| Some((clock::clock(inside)?, None)))?;
                let rest = rest.trim();
                return Some(Self { start, end, rest });
            }
        }
        Some(Self {
            start: clock::clock(line)?,
            end: None,
            rest: "",
        })
    }
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
            Captions::Untimed(texts) => texts,
            Captions::Timed(cues) => panic!("{cues:?}"),
        }
    }

    fn stamps(text: &str) -> Vec<(f64, String)> {
        match parse(text) {
            Captions::Timed(cues) => cues.into_iter().map(|cue| (cue.start, cue.text)).collect(),
            Captions::Untimed(texts) => panic!("{texts:?}"),
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
        let printed = parse("[00:00.000 --> 00:02.500]  so\n[00:02.500 --> 00:04.000] 疫苗\n");
        assert!(
            matches!(printed, Captions::Timed(cues) if cues[1].end == Some(4.0) && cues[1].text == "疫苗")
        );
        assert_eq!(untimed("a\nb\nc\n[1:00] d\n"), ["a", "b", "c", "[1:00] d"]);
    }
}

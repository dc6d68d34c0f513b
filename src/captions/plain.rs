//! Plain text: a line a cue, perhaps with a time stamp before it.

use super::times::parse_time;
use super::{Parsed, RawCue};

/// A single line longer than this is a whole transcript and is cut into sentences.
const LONGEST_LINE: usize = 160;

/// Finds the cues of a plain text.
pub fn parse(text: &str) -> Parsed {
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if let [only] = lines[..]
        && only.chars().count() > LONGEST_LINE
    {
        lines = sentences(only);
    }
    let cues: Vec<RawCue> = lines
        .into_iter()
        .map(cue)
        .filter(|cue| !cue.text.is_empty())
        .collect();
    let stamped = cues.iter().filter(|cue| cue.start.is_some()).count();
    let mut parsed = Parsed {
        cues,
        warnings: Vec::new(),
    };
    if stamped > 0 && stamped < parsed.cues.len() {
        // A line without stamp goes on with the one before it.
        let mut joined: Vec<RawCue> = Vec::new();
        for cue in parsed.cues {
            match joined.last_mut() {
                Some(last) if cue.start.is_none() => last.text = format!("{}\n{}", last.text, cue.text),
                _ => joined.push(RawCue {
                    start: Some(cue.start.unwrap_or_default()),
                    ..cue
                }),
            }
        }
        parsed.cues = joined;
    }
    parsed
}

/// `[mm:ss] text`, or text alone.
fn cue(line: &str) -> RawCue {
    let stamped = line
        .strip_prefix(['[', '(', '【'])
        .and_then(|rest| rest.split_once([']', ')', '】']));
    let timed = stamped
        .and_then(|(stamp, text)| Some((stamp.contains(':').then(|| parse_time(stamp)).flatten()?, text)));
    match timed {
        Some((start, text)) => RawCue {
            start: Some(start),
            end: None,
            text: text.trim().to_owned(),
        },
        None => RawCue {
            start: None,
            end: None,
            text: line.to_owned(),
        },
    }
}

/// Cuts after the marks that end sentences. An English mark ends one only before a space: 3.5 stays whole.
fn sentences(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut marks = text.char_indices().peekable();
    while let Some((at, mark)) = marks.next() {
        let next = marks.peek().map(|(_, next)| *next);
        let ends = match mark {
            '。' | '！' | '？' => !matches!(next, Some('”' | '」' | '。' | '！' | '？')),
            '”' | '」' => text
                .get(..at)
                .is_some_and(|before| before.ends_with(['。', '！', '？'])),
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            let end = at + mark.len_utf8();
            pieces.extend(text.get(begin..end).map(str::trim));
            begin = end;
        }
    }
    pieces.extend(text.get(begin..).map(str::trim));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    #[test]
    fn lines_with_and_without_stamps() {
        let parsed = parse("[0:05] one\n[1:02:03] two\nand more\n");
        let starts: Vec<_> = parsed.cues.iter().map(|cue| cue.start).collect();
        assert_eq!(starts, [Some(Seconds(5.0)), Some(Seconds(3723.0))]);
        assert_eq!(parsed.cues[1].text, "two\nand more");
        assert_eq!(parse("one\n\n[applause]\n").cues.len(), 2);
    }

    #[test]
    fn one_long_paragraph_is_cut_into_sentences() {
        let text = "老年人要打疫苗。“应接尽接！”他说，效果达到3.5倍？".repeat(10);
        let cues = parse(&text).cues;
        assert_eq!(cues.len(), 30);
        assert_eq!(cues[1].text, "“应接尽接！”");
        assert_eq!(
            sentences("Up 3.5 percent. Really? Yes"),
            ["Up 3.5 percent.", "Really?", "Yes"]
        );
    }
}

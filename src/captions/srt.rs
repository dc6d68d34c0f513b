//! SubRip. A cue is a line with an arrow and the text up to the next one; numbers and blank lines in between are not
//! relied on, for people's files have them missing, repeated and misplaced.

use super::times::{parse_arrow, without_markup};
use super::{Parsed, RawCue};

/// Finds the cues of an SRT text.
pub fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut lines: Vec<&str> = Vec::new();
    let mut current = None;
    for line in text.lines() {
        if let Some((start, end)) = parse_arrow(line) {
            finish(&mut parsed, current.replace((start, end)), &mut lines, true);
        } else {
            lines.push(line);
        }
    }
    finish(&mut parsed, current, &mut lines, false);
    parsed
}

fn finish(
    parsed: &mut Parsed,
    times: Option<(crate::project::Seconds, crate::project::Seconds)>,
    lines: &mut Vec<&str>,
    followed: bool,
) {
    // The number of the next cue, directly above its arrow.
    if followed && lines.last().is_some_and(|line| is_number(line)) {
        lines.pop();
    }
    let text: Vec<&str> = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .collect();
    let text = without_markup(&text.join("\n"));
    lines.clear();
    if let Some((start, end)) = times
        && !text.trim().is_empty()
    {
        parsed.cues.push(RawCue {
            start: Some(start),
            end: Some(end),
            text: text.trim().to_owned(),
        });
    }
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    fn texts(text: &str) -> Vec<String> {
        parse(text).cues.into_iter().map(|cue| cue.text).collect()
    }

    #[test]
    fn ordinary_cues() {
        let parsed = parse(
            "1\n00:00:01,000 --> 00:00:02,500\n<i>one</i>\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nthree\n",
        );
        let first = RawCue {
            start: Some(Seconds(1.0)),
            end: Some(Seconds(2.5)),
            text: "one\ntwo".into(),
        };
        assert_eq!((parsed.cues.len(), &parsed.cues[0]), (2, &first));
    }

    #[test]
    fn missing_and_repeated_numbers_dots_and_blank_lines() {
        let text = "00:01.000 --> 00:02.000 X1:40\none\n\nstill one\n\n1\n0:03,0 --> 0:04,0\ntwo\n1\n0:05,0 --> 0:06,0\n2020\n";
        assert_eq!(texts(text), ["one\nstill one", "two", "2020"]);
    }

    #[test]
    fn cues_without_text_are_none() {
        assert!(texts("1\n00:00:01,000 --> 00:00:02,500\n\n").is_empty());
    }
}

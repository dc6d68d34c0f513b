//! Lyrics (.lrc): stamps before each line, `[mm:ss.xx]`, and in the enhanced form before each word,
//! `<mm:ss.xx>`. A line lasts until the next stamp.

use super::markup::{Piece, Pieces, TimedRuns};
use crate::captions::clock::{self, decimal};
use crate::captions::report::Report;
use crate::captions::timing::TimedText;
use crate::project::{Seconds, TimedWord};

/// Every line at each of its times.
pub(super) fn parse(text: &str, report: &mut Report) -> Vec<TimedText> {
    let mut cues: Vec<TimedText> = Vec::new();
    let mut offset = 0.0;
    for (index, line) in text.lines().enumerate() {
        let place = index + 1;
        if let Some(moved) = offset_tag(line) {
            offset = moved;
            continue;
        }
        let (stamps, rest) = stamps(line);
        match stamps.split_first() {
            Some((first, _)) => {
                let (text, words) = words(rest, *first);
                cues.extend(stamps.iter().map(|start| TimedText {
                    start: *start,
                    text: text.clone(),
                    words: moved(&words, start - first),
                    place,
                    ..TimedText::default()
                }));
            }
            None if line.trim().is_empty() || is_tag(line) => {}
            None => report.fault(super::UNREADABLE, place),
        }
    }
    for cue in &mut cues {
        cue.start = decimal(cue.start - offset);
        cue.words = moved(&cue.words, -offset);
    }
    cues.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut next: Option<f64> = None;
    for cue in cues.iter_mut().rev() {
        // A stamp without text ends the line before.
        cue.end = next.filter(|next| *next > cue.start);
        next = Some(cue.start);
    }
    cues.retain(|cue| !cue.text.is_empty());
    cues
}

/// Whether a line is one of the tags at the head of lyrics: `[ti:…]`.
pub(in crate::captions) fn is_tag(line: &str) -> bool {
    let inside = line
        .trim()
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inside
        .and_then(|inside| inside.split_once(':'))
        .is_some_and(|(name, _)| {
            (1..=16).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphabetic() || c == '#')
        })
}

/// `[offset:+500]`: all lines come that many milliseconds earlier, in seconds.
fn offset_tag(line: &str) -> Option<f64> {
    let inside = line.trim().strip_prefix('[')?.strip_suffix(']')?;
    let (name, value) = inside.split_once(':')?;
    let millis: i32 = value.trim().parse().ok()?;
    name.trim()
        .eq_ignore_ascii_case("offset")
        .then(|| f64::from(millis) / 1e3)
}

/// The stamps at the head of a line, and what follows them.
fn stamps(line: &str) -> (Vec<f64>, &str) {
    let mut stamps = Vec::new();
    let mut rest = line.trim();
    while let Some((inside, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let Some(time) = stamp(inside) else { break };
        stamps.push(time);
        rest = behind.trim_start();
    }
    (stamps, rest)
}

/// `01:02.50`; some write the hundredths behind a second colon.
fn stamp(inside: &str) -> Option<f64> {
    match inside.rsplit_once(':') {
        Some((rest, hundredths))
            if rest.contains(':') && hundredths.len() == 2 && !hundredths.contains('.') =>
        {
            clock::clock(&format!("{rest}.{hundredths}"))
        }
        _ => clock::clock(inside),
    }
}

fn words(text: &str, start: f64) -> (String, Vec<TimedWord>) {
    let mut runs = TimedRuns::new(start);
    for piece in Pieces::new(text, '<', '>') {
        match piece {
            Piece::Text(text) => runs.push(text),
            Piece::Tag(inside) => match stamp(inside) {
                Some(time) => runs.stamp(time),
                None => runs.push(&format!("<{inside}>")),
            },
        }
    }
    runs.finish()
}

fn moved(words: &[TimedWord], by: f64) -> Vec<TimedWord> {
    let moved = |time: Seconds| Seconds(decimal(time.0 + by).max(0.0));
    let words = words.iter().map(|word| TimedWord {
        text: word.text.clone(),
        start: moved(word.start),
        end: word.end.map(moved),
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::readers::testing::{told, words};

    #[test]
    fn several_stamps_and_an_offset() {
        let text = "[ti:新闻]\n[offset:+500]\n[00:01.50][00:10.5]so\n[00:03.00] it <is>\n[00:04.00]\nlost\n[00:12:25]end\n";
        let (cues, lines) = told(|report| parse(text, report));
        assert_eq!(
            cues,
            [
                (1.0, Some(2.5), "so".to_owned()),
                (2.5, Some(3.5), "it <is>".to_owned()),
                (10.0, Some(11.75), "so".to_owned()),
                (11.75, None, "end".to_owned())
            ]
        );
        assert_eq!(
            lines,
            ["1 caption left out, for their times cannot be read (line 6)"]
        );
    }

    #[test]
    fn stamps_of_words() {
        let text = "[00:01.00][00:11.00]<00:01.00>打 <00:01.50>疫苗 <00:02.25>\n";
        let cues = parse(text, &mut Report::default());
        assert_eq!(cues[0].text, "打 疫苗");
        assert_eq!(words(&cues[0]), [(1.0, None, "打"), (1.5, Some(2.25), "疫苗")]);
        assert_eq!(words(&cues[1]), [(11.0, None, "打"), (11.5, Some(12.25), "疫苗")]);
    }
}

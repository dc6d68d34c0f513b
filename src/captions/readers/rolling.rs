//! Captions as they appear on the screen, and what was really said.
//!
//! Automatic captions roll: each cue shows the line before once more above the new one, and between two of them
//! stands a cue of 10 ms that holds the old line alone. Read as they stand, everything is said three times.

use crate::captions::timing::TimedText;
use crate::project::TimedWord;

/// One line on the screen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Without markup, trimmed.
    pub text: String,
    /// With their times, which only a line has that is being spoken; otherwise empty.
    pub words: Vec<TimedWord>,
}

/// What one cue of the file shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// From the top of the screen down.
    pub lines: Vec<Line>,
    /// The line of the file that holds its times, from 1.
    pub place: usize,
}

/// Seconds: the longest gap over which a line is held, and the longest hold that only rolling captions have.
const BRIEF: f64 = 0.1;

/// Rolling captions show fewer lines than this; longer cues are not searched for more.
const MOST_CARRIED: usize = 8;

/// The cues with each phrase once if the file rolls, otherwise as they are.
pub(super) fn unroll(mut cues: Vec<Shown>) -> Vec<TimedText> {
    if !rolls(&cues) {
        return cues.iter().map(|cue| timed(cue, &cue.lines)).collect();
    }
    for cue in &mut cues {
        cue.lines.retain(|line| !line.text.is_empty());
    }
    let mut said: Vec<TimedText> = Vec::new();
    let mut before = Shown::default();
    for cue in cues {
        let new = cue.lines.get(carried(&before, &cue)..).unwrap_or_default();
        if !new.is_empty() {
            said.push(timed(&cue, new));
        } else if let Some(last) = said.last_mut().filter(|_| !cue.lines.is_empty()) {
            last.end = last.end.map(|end| end.max(cue.end));
        }
        before = cue;
    }
    said
}

/// A file rolls when two thirds of its cues show a line again, with a new one below it or in a brief hold. Once may
/// be a person who says something again and goes on.
fn rolls(cues: &[Shown]) -> bool {
    let bare: Vec<Shown> = cues
        .iter()
        .map(|cue| Shown {
            lines: cue
                .lines
                .iter()
                .filter(|line| !line.text.is_empty())
                .cloned()
                .collect(),
            ..*cue
        })
        .collect();
    let (mut scrolls, mut holds) = (0, 0);
    for (before, cue) in bare.iter().zip(bare.iter().skip(1)) {
        let carried = carried(before, cue);
        scrolls += usize::from(carried > 0 && carried < cue.lines.len());
        holds += usize::from(carried > 0 && carried == cue.lines.len() && cue.end - cue.start <= BRIEF);
    }
    scrolls > 1 && (scrolls + holds) * 3 >= (bare.len() - 1) * 2
}

/// How many lines at the top of the cue were on the screen before. A line that is being spoken is new, whatever
/// it says; so is a cue that says the same again after a pause.
fn carried(before: &Shown, cue: &Shown) -> usize {
    let old = cue.lines.iter().take_while(|line| line.words.is_empty()).count();
    let carried = (1..=old.min(before.lines.len()).min(MOST_CARRIED))
        .rev()
        .find(|count| {
            let last = before.lines.iter().skip(before.lines.len() - count);
            last.zip(&cue.lines).all(|(a, b)| a.text == b.text)
        })
        .unwrap_or(0);
    let is_hold = carried == cue.lines.len();
    if is_hold && cue.start - before.end > BRIEF {
        0
    } else {
        carried
    }
}

fn timed(cue: &Shown, lines: &[Line]) -> TimedText {
    let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    TimedText {
        start: cue.start,
        end: Some(cue.end),
        text: text.join("\n").trim().to_owned(),
        words: lines.iter().flat_map(|line| line.words.iter().cloned()).collect(),
        place: cue.place,
        ..TimedText::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    /// A star marks a line that is being spoken.
    fn cue(start: f64, end: f64, lines: &[&str]) -> Shown {
        let lines = lines.iter().map(|text| Line {
            text: text.trim_start_matches('*').to_owned(),
            words: Vec::from_iter(text.strip_prefix('*').map(|word| TimedWord {
                text: word.to_owned(),
                start: Seconds(start),
                end: None,
            })),
        });
        Shown {
            start,
            end,
            lines: lines.collect(),
            place: 0,
        }
    }

    fn said(cues: Vec<Shown>) -> Vec<(f64, String)> {
        unroll(cues)
            .into_iter()
            .map(|cue| (cue.start, cue.text))
            .collect()
    }

    fn expected(phrases: &[(f64, &str)]) -> Vec<(f64, String)> {
        phrases
            .iter()
            .map(|(start, text)| (*start, (*text).to_owned()))
            .collect()
    }

    #[test]
    fn each_phrase_of_rolling_captions_comes_once() {
        let cues = vec![
            cue(0.0, 1.91, &["", "*one"]),
            cue(1.91, 1.92, &["one", ""]),
            cue(1.92, 3.75, &["one", "*two"]),
            cue(3.75, 3.76, &["two", ""]),
            cue(3.76, 5.0, &["two", "*three"]),
        ];
        assert_eq!(
            said(cues.clone()),
            expected(&[(0.0, "one"), (1.92, "two"), (3.76, "three")])
        );
        assert_eq!(
            unroll(cues).first().unwrap().end,
            Some(1.92),
            "a phrase lasts until its hold ends"
        );
    }

    #[test]
    fn a_phrase_said_twice_stays_twice() {
        let tagged = vec![
            cue(0.0, 1.0, &["", "*no"]),
            cue(1.0, 1.01, &["no", ""]),
            cue(1.01, 2.0, &["no", "*no"]),
            cue(2.0, 2.01, &["no", ""]),
            cue(2.01, 3.0, &["no", "*yes"]),
        ];
        assert_eq!(
            said(tagged),
            expected(&[(0.0, "no"), (1.01, "no"), (2.01, "yes")])
        );
        // A line of one word carries no word times.
        let single = vec![
            cue(0.0, 1.0, &["", "so"]),
            cue(1.0, 1.01, &["so", ""]),
            cue(1.01, 2.0, &["so", "okay"]),
            cue(2.0, 2.01, &["okay", ""]),
            cue(2.01, 3.0, &["okay", "okay"]),
        ];
        assert_eq!(
            said(single),
            expected(&[(0.0, "so"), (1.01, "okay"), (2.01, "okay")])
        );
    }

    #[test]
    fn captions_that_do_not_roll_keep_their_repetitions() {
        let cues = vec![
            cue(0.0, 1.0, &["No."]),
            cue(1.0, 2.0, &["No."]),
            cue(2.0, 3.0, &["No.", "", "Never."]),
        ];
        let texts: Vec<String> = unroll(cues).into_iter().map(|cue| cue.text).collect();
        assert_eq!(texts, ["No.", "No.", "No.\n\nNever."]);
    }

    #[test]
    fn rolling_without_holds() {
        let cues = vec![
            cue(0.0, 1.0, &["a"]),
            cue(1.0, 2.0, &["a", "b"]),
            cue(2.0, 3.0, &["b", "c"]),
        ];
        assert_eq!(said(cues), expected(&[(0.0, "a"), (1.0, "b"), (2.0, "c")]));
    }
}

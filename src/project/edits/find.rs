//! Finding text in captions, and putting other text in its place.

use super::text::with_text;
use super::{Draft, Edit, cues};
use crate::project::{CaptionTrack, Cue, CueId};
use regex::{Captures, Regex, RegexBuilder};
use std::collections::HashSet;
use std::ops::Range;
use thiserror::Error;

/// What is typed as a regular expression is none.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("this is no regular expression: {0}. Correct it, or switch regular expressions off")]
pub struct FindError(String);

/// Finds a text, plain or by a regular expression.
#[derive(Debug, Clone)]
pub struct Finder {
    pattern: Regex,
    is_plain: bool,
}

/// A place where the text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// In this cue.
    pub cue: CueId,
    /// At these bytes of its text.
    pub bytes: Range<usize>,
}

impl Finder {
    /// A finder of a text that is not empty; none for an empty one.
    ///
    /// # Errors
    /// When it is to be a regular expression and is none.
    pub fn new(text: &str, by_expression: bool, match_case: bool) -> Result<Option<Self>, FindError> {
        if text.is_empty() {
            return Ok(None);
        }
        let escaped = regex::escape(text);
        let pattern = RegexBuilder::new(if by_expression { text } else { &escaped })
            .case_insensitive(!match_case)
            .multi_line(true)
            .build();
        match pattern {
            Ok(pattern) => Ok(Some(Self {
                pattern,
                is_plain: !by_expression,
            })),
            // The first lines draw an arrow under the place; the last one says what is wrong.
            Err(error) => {
                let told = error.to_string();
                let last = told.lines().last().unwrap_or_default();
                Err(FindError(last.trim_start_matches("error: ").to_owned()))
            }
        }
    }

    /// Whether a text holds it.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.pattern.is_match(text)
    }

    /// Where a text holds it, in bytes; places without a letter in them, which an expression may find, are left out.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.pattern
            .find_iter(text)
            .map(|found| found.range())
            .filter(|range| !range.is_empty())
    }

    /// How often it is there, and in how many cues.
    #[must_use]
    pub fn count(&self, track: &CaptionTrack) -> (usize, usize) {
        let counts = track.cues.iter().map(|cue| self.places(&cue.text).count());
        counts.fold((0, 0), |(all, cues), count| {
            (all + count, cues + usize::from(count > 0))
        })
    }

    /// The first place after one, or from the first cue on; it goes round at the end.
    #[must_use]
    pub fn next(&self, track: &CaptionTrack, after: Option<&Found>) -> Option<Found> {
        let from = after.and_then(|found| track.place(found.cue)).unwrap_or(0);
        let here = after.and_then(|found| {
            let cue = track.cue(found.cue)?;
            let bytes = self
                .places(&cue.text)
                .find(|range| range.start >= found.bytes.end)?;
            Some(Found { cue: cue.id, bytes })
        });
        let others =
            (0..track.cues.len()).map(|step| (from + step + usize::from(after.is_some())) % track.cues.len());
        let mut elsewhere = others.filter_map(|place| {
            let cue = track.cues.get(place)?;
            let bytes = self.places(&cue.text).next()?;
            Some(Found { cue: cue.id, bytes })
        });
        here.or_else(|| elsewhere.next())
    }

    /// Puts other text in its place everywhere, or only in these cues. After a regular expression `$1` stands for what its
    /// first group found.
    #[must_use]
    pub fn replace_all(&self, track: &CaptionTrack, within: Option<&[CueId]>, with: &str) -> Option<Edit> {
        let within: Option<HashSet<CueId>> = within.map(|ids| ids.iter().copied().collect());
        let meant = |cue: &&Cue| within.as_ref().is_none_or(|ids| ids.contains(&cue.id));
        let mut draft = Draft::new();
        for cue in track.cues.iter().filter(meant) {
            let text = self.pattern.replace_all(&cue.text, |found: &Captures| {
                let mut text = String::new();
                match found.get(0) {
                    Some(whole) if whole.is_empty() => {}
                    _ if self.is_plain => text.push_str(with),
                    _ => found.expand(with, &mut text),
                }
                text
            });
            if text != cue.text {
                draft.change(cue, with_text(cue, &text));
            }
        }
        let count = draft.changes.len();
        draft.edit(format!("Replace in {}", cues(count)))
    }

    /// Puts other text in one place where it was found.
    #[must_use]
    pub fn replace(&self, track: &CaptionTrack, found: &Found, with: &str) -> Option<Edit> {
        let cue = track.cue(found.cue)?;
        let captures = self.pattern.captures_at(&cue.text, found.bytes.start)?;
        let whole = captures.get(0).filter(|whole| whole.range() == found.bytes)?;
        let mut text = cue.text.get(..whole.start())?.to_owned();
        if self.is_plain {
            text.push_str(with);
        } else {
            captures.expand(with, &mut text);
        }
        text.push_str(cue.text.get(whole.end()..)?);
        let mut draft = Draft::new();
        draft.change(cue, with_text(cue, &text));
        draft.edit("Replace in 1 cue")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Project, Seconds, edits::EditHistory};

    fn project() -> Project {
        let texts = ["老年散要接种，老年散", "Storm storm", "no. such"];
        let cues = texts
            .iter()
            .zip(0..)
            .map(|(text, i)| Cue::new(Seconds(f64::from(i)), Seconds(9.0), *text));
        Project {
            track: CaptionTrack::new(cues.collect()),
            ..Project::default()
        }
    }

    fn finder(text: &str, expression: bool, case: bool) -> Finder {
        Finder::new(text, expression, case).unwrap().unwrap()
    }

    fn texts(edit: Option<Edit>) -> Vec<String> {
        let mut project = project();
        EditHistory::default().apply(&mut project, edit.unwrap());
        project.track.cues.into_iter().map(|cue| cue.text).collect()
    }

    #[test]
    fn text_is_counted_and_replaced() {
        let track = project().track;
        let find = finder("老年散", false, true);
        assert_eq!(find.count(&track), (2, 1));
        assert_eq!(
            texts(find.replace_all(&track, None, "老年人"))[0],
            "老年人要接种，老年人"
        );
        assert_eq!(finder("storm", false, false).count(&track), (2, 1));
        assert_eq!(finder("storm", false, true).count(&track), (1, 1));
        let swapped = finder(r"(\w+) (\w+)", true, true).replace_all(&track, None, "$2 $1");
        assert_eq!(texts(swapped)[1], "storm Storm");
        assert_eq!(
            texts(finder(".", false, true).replace_all(&track, None, "$1"))[2],
            "no$1 such"
        );
        assert_eq!(find.replace_all(&track, Some(&[CueId(1)]), "x"), None);
        assert!(
            Finder::new("(", true, true)
                .unwrap_err()
                .to_string()
                .contains("unclosed")
        );
        assert!(Finder::new("", true, true).unwrap().is_none());
        let empty = finder("x*", true, true);
        assert_eq!(
            (empty.count(&track), empty.replace_all(&track, None, "y")),
            ((0, 0), None)
        );
    }

    #[test]
    fn places_are_walked_through_and_round() {
        let track = project().track;
        let find = finder("老年散|storm", true, false);
        let mut found = None;
        let mut seen = Vec::new();
        for _ in 0..5 {
            found = find.next(&track, found.as_ref());
            let found = found.as_ref().unwrap();
            seen.push((found.cue.0, found.bytes.start));
        }
        assert_eq!(seen, [(0, 0), (0, 21), (1, 0), (1, 6), (0, 0)]);
        let second = Found {
            cue: CueId(0),
            bytes: 21..30,
        };
        assert_eq!(
            texts(find.replace(&track, &second, "老年人"))[0],
            "老年散要接种，老年人"
        );
        assert_eq!(finder("absent", false, true).next(&track, None), None);
    }
}

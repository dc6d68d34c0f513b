//! Edits of what captions say.

use super::{Draft, Edit};
use crate::project::{CaptionTrack, Cue, CueId};

/// Gives a cue another text. Where its words had times, those that the text still holds keep them.
#[must_use]
pub fn set_text(track: &CaptionTrack, id: CueId, text: &str) -> Option<Edit> {
    let cue = track.cue(id)?;
    let mut draft = Draft::new();
    draft.change(cue, with_text(cue, text));
    draft.edit("Edit text")
}

/// Gives a cue another text than it had when typing in it began. Words that were deleted and typed again on the way keep
/// their times; where the cue was moved meanwhile, those that it has now.
#[must_use]
pub fn retype(track: &CaptionTrack, original: &Cue, text: &str) -> Option<Edit> {
    let cue = track.cue(original.id)?;
    let unmoved = (cue.start, cue.end) == (original.start, original.end);
    let words = with_text(if unmoved { original } else { cue }, text).words;
    let mut draft = Draft::new();
    let after = Cue {
        text: text.to_owned(),
        words,
        ..cue.clone()
    };
    draft.change(cue, after);
    draft.edit("Edit text")
}

/// The cue with another text. Words that are not said any more, in this order, lose their times.
pub(super) fn with_text(cue: &crate::project::Cue, text: &str) -> crate::project::Cue {
    let mut rest = text;
    let mut words = Vec::new();
    for word in &cue.words {
        if let Some((_, after)) = rest
            .split_once(word.text.as_str())
            .filter(|_| !word.text.is_empty())
        {
            words.push(word.clone());
            rest = after;
        }
    }
    crate::project::Cue {
        text: text.to_owned(),
        words,
        ..cue.clone()
    }
}

/// Whether a character is of a script that puts no space between words, or a mark of such a script.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Two texts that follow each other as one: with a space between them, but none beside a Chinese character.
pub(super) fn joined(first: &str, second: &str) -> String {
    let (first, second) = (first.trim_end(), second.trim_start());
    let near = [first.chars().next_back(), second.chars().next()];
    let space = match near {
        [Some(a), Some(b)] => !is_unspaced(a) && !is_unspaced(b),
        _ => false,
    };
    format!("{first}{}{second}", if space { " " } else { "" })
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Turn};
    use super::*;
    use crate::project::{Seconds, TimedWord};

    #[test]
    fn a_word_deleted_and_typed_again_keeps_its_time() {
        let mut cue = Cue::new(Seconds(0.0), Seconds(2.0), "the storm");
        cue.words = vec![TimedWord {
            text: "storm".into(),
            start: Seconds(1.0),
            end: None,
        }];
        let mut track = CaptionTrack::new(vec![cue]);
        let original = track.cues[0].clone();
        for text in ["the stor", "the stork", "the storm"] {
            let edit = retype(&track, &original, text).unwrap();
            for change in &edit.changes {
                if let Change::Cue(Turn { after: Some(cue), .. }) = change {
                    track.set(&[(cue.id, Some(cue))]);
                }
            }
        }
        assert_eq!(track.cues[0], original);
    }

    #[test]
    fn texts_are_joined_as_their_scripts_want_it() {
        assert_eq!(joined("the storm ", " is near"), "the storm is near");
        assert_eq!(joined("接种新冠", "疫苗"), "接种新冠疫苗");
        assert_eq!(joined("疫苗。", "BA.5 is"), "疫苗。BA.5 is");
        assert_eq!(joined("", "a"), "a");
    }

    #[test]
    fn words_that_stay_keep_their_times() {
        let mut cue = Cue::new(Seconds(0.0), Seconds(3.0), "the big storm");
        let word = |text: &str, start| TimedWord {
            text: text.into(),
            start: Seconds(start),
            end: None,
        };
        cue.words = vec![word("the", 0.0), word("big", 1.0), word("storm", 2.0)];
        let track = CaptionTrack::new(vec![cue]);
        let edit = set_text(&track, CueId(0), "the great storm").unwrap();
        let Change::Cue(Turn { after, .. }) = &edit.changes[0] else {
            panic!("no cue")
        };
        let words: Vec<_> = after
            .as_ref()
            .unwrap()
            .words
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        assert_eq!(words, ["the", "storm"]);
        assert_eq!(set_text(&track, CueId(0), "the big storm"), None);
        assert_eq!(set_text(&track, CueId(7), "x"), None);
    }
}

//! New times for one cue.

use crate::project::{Cue, CueId, Seconds};
use serde::Serialize;

/// New times for a cue, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retiming {
    /// The cue to be moved.
    pub cue: CueId,
    /// When it is to begin.
    pub start: Seconds,
    /// When it is to end; after it begins.
    pub end: Seconds,
    /// How sure this is, from 0 to 1.
    pub confidence: f64,
    /// In plain words.
    pub reason: String,
}

impl Retiming {
    /// The cue with the new times. Times of its words are stretched along; text, origin and lock stay.
    #[must_use]
    pub fn applied(&self, cue: &Cue) -> Cue {
        let length = (cue.end - cue.start).0;
        let scale = if length > 0.0 {
            (self.end - self.start).0 / length
        } else {
            1.0
        };
        let placed = |time: Seconds| self.start + Seconds((time - cue.start).0 * scale);
        let mut cue = cue.clone();
        for word in &mut cue.words {
            word.start = placed(word.start);
            word.end = word.end.map(placed);
        }
        (cue.start, cue.end) = (self.start, self.end);
        cue
    }
}

/// Times are kept to the millisecond, as caption files have them, and never before the video.
pub(super) fn to_millis(seconds: f64) -> Seconds {
    Seconds(((seconds * 1_000.0).round() / 1_000.0).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::TimedWord;

    #[test]
    fn words_move_with_their_cue() {
        let mut cue = Cue::new(Seconds(10.0), Seconds(12.0), "a b");
        let word = |text: &str, start, end| TimedWord {
            text: text.into(),
            start: Seconds(start),
            end,
        };
        cue.words = vec![word("a", 10.0, None), word("b", 11.0, Some(Seconds(12.0)))];
        let retiming = Retiming {
            cue: cue.id,
            start: Seconds(20.0),
            end: Seconds(24.0),
            confidence: 1.0,
            reason: String::new(),
        };
        let moved = retiming.applied(&cue);
        assert_eq!((moved.start, moved.end), (Seconds(20.0), Seconds(24.0)));
        assert_eq!(
            moved.words,
            [word("a", 20.0, None), word("b", 22.0, Some(Seconds(24.0)))]
        );
    }
}

//! When someone speaks in the video.

use super::units::{Seconds, Span};
use serde::{Deserialize, Serialize};

/// Stretches of speech, as heard.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Speech {
    /// In order of time, apart from each other. Even very short pauses (0.04 s in clear sound) part them;
    /// see [`Self::phrases`] for longer ones.
    pub segments: Vec<Span>,
    /// How long the sound is that was listened to.
    pub duration: Seconds,
}

impl Speech {
    /// Stretches of speech without a pause of `pause` or longer.
    #[must_use]
    pub fn phrases(&self, pause: Seconds) -> Vec<Span> {
        let mut phrases: Vec<Span> = Vec::new();
        for segment in &self.segments {
            match phrases.last_mut() {
                Some(last) if segment.start - last.end < pause => last.end = segment.end,
                _ => phrases.push(*segment),
            }
        }
        phrases
    }

    /// How much speech there is in all.
    #[must_use]
    pub fn spoken(&self) -> Seconds {
        Seconds(self.segments.iter().map(|segment| segment.length().0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_parted_by_long_pauses_only() {
        let spans = [(0.0, 1.0), (1.05, 2.0), (2.5, 3.0), (4.0, 5.0)];
        let speech = Speech {
            segments: spans.map(|(start, end)| Span::new(start, end)).into(),
            duration: Seconds(6.0),
        };
        assert_eq!(
            speech.phrases(Seconds(0.6)),
            [Span::new(0.0, 3.0), Span::new(4.0, 5.0)]
        );
        assert_eq!(speech.phrases(Seconds(0.0)), speech.segments);
        assert!((speech.spoken().0 - 3.45).abs() < 1e-9);
    }
}

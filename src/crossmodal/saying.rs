//! Whether a caption would be said in a stretch of speech: by its length, and by its pauses.

use crate::captions::retiming::syllables;
use crate::project::{Span, Speech};

/// Shorter silence is no pause, in seconds.
const PAUSE: f64 = 0.03;
/// A longer pause counts no more, in seconds.
const LONG: f64 = 0.5;
/// A pause that counts as much as a break of the text, in seconds.
const USUAL: f64 = 0.3;
/// A break that is farther from any pause has none, in seconds of speech.
const FAR: f64 = 0.4;
/// What breaks a sentence.
const BREAKS: &str = "，。？！；：,.?!;:";
/// A break at the very end tells nothing.
const END: f64 = 0.97;

/// The speech in the time of a pair.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spoken {
    /// Seconds of it.
    pub length: f64,
    /// After which share of it there is a pause, and how many seconds that is.
    pub pauses: Vec<(f64, f64)>,
}

impl Spoken {
    /// What is spoken in a part of the video.
    #[must_use]
    pub fn within(speech: &Speech, part: Span) -> Self {
        let inside = speech.segments.iter().filter_map(|segment| {
            let (start, end) = (segment.start.0.max(part.start.0), segment.end.0.min(part.end.0));
            (end > start).then_some((start, end))
        });
        let inside: Vec<(f64, f64)> = inside.collect();
        let length: f64 = inside.iter().map(|(start, end)| end - start).sum();
        let mut before = 0.0;
        let pauses = inside.windows(2).filter_map(|two| {
            let [(start, end), (next, _)] = two else {
                return None;
            };
            before += end - start;
            (next - end >= PAUSE).then_some((before / length, next - end))
        });
        Self {
            length,
            pauses: pauses.collect(),
        }
    }
}

/// What a caption takes to be said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// Its length; 0 where there is no caption.
    pub syllables: f64,
    /// After which share of it a clause ends.
    pub breaks: Vec<f64>,
}

impl Said {
    /// Of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self::default();
        }
        let all = syllables(text);
        let breaks = text.char_indices().filter(|(_, c)| BREAKS.contains(*c));
        let share =
            |(place, _): (usize, char)| text.get(..place).map_or(0.0, |before| syllables(before) / all);
        Self {
            syllables: all,
            breaks: breaks.map(share).filter(|share| *share < END).collect(),
        }
    }
}

/// The logarithm of how fast a caption would be said there; none where there is no speech or no caption.
pub(super) fn pace(spoken: &Spoken, said: &Said) -> Option<f64> {
    (spoken.length > 0.0 && said.syllables > 0.0).then(|| (said.syllables / spoken.length).ln())
}

/// How far pauses and the ends of clauses are from each other, in seconds of speech, as a loss; none where there is no speech or
/// no caption.
pub(super) fn apart(spoken: &Spoken, said: &Said) -> Option<f64> {
    pace(spoken, said)?;
    let nearest = |share: f64, others: &mut dyn Iterator<Item = f64>| {
        others
            .map(|other| (share - other).abs() * spoken.length)
            .fold(FAR, f64::min)
    };
    let (mut sum, mut weights) = (0.0, 0.0);
    for (share, silence) in &spoken.pauses {
        let weight = silence.min(LONG) / USUAL;
        sum += weight * nearest(*share, &mut said.breaks.iter().copied());
        weights += weight;
    }
    for share in &said.breaks {
        sum += nearest(*share, &mut spoken.pauses.iter().map(|(share, _)| *share));
        weights += 1.0;
    }
    Some(if weights > 0.0 { sum / weights } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn pauses_are_shares_of_what_is_spoken() {
        let spans = [(0.0, 2.0), (2.01, 3.0), (3.5, 6.0), (9.0, 12.0)];
        let speech = Speech {
            segments: spans.map(|(start, end)| Span::new(start, end)).into(),
            duration: Seconds(12.0),
        };
        let spoken = Spoken::within(&speech, Span::new(1.0, 10.0));
        near(spoken.length, 1.0 + 0.99 + 2.5 + 1.0);
        // The hundredth of a second is no pause.
        assert_eq!(spoken.pauses.len(), 2);
        near(spoken.pauses[0].0, 1.99 / 5.49);
        near(spoken.pauses[0].1, 0.5);
        assert_eq!(Spoken::within(&speech, Span::new(6.0, 9.0)), Spoken::default());
    }

    #[test]
    fn clauses_end_after_shares_of_the_syllables() {
        let said = Said::of("老年人要，打疫苗。好");
        near(said.syllables, 8.0);
        assert_eq!(said.breaks, [0.5, 0.875]);
        assert_eq!(Said::of("一二三。").breaks, Vec::<f64>::new());
        assert_eq!(Said::of("  "), Said::default());
    }

    #[test]
    fn a_text_whose_clauses_end_in_the_pauses_fits_better() {
        let spoken = Spoken {
            length: 8.0,
            pauses: vec![(0.25, 0.3), (0.6, 0.4)],
        };
        let said = |breaks: &[f64]| Said {
            syllables: 40.0,
            breaks: breaks.to_vec(),
        };
        let apart = |breaks: &[f64]| apart(&spoken, &said(breaks)).unwrap();
        near(apart(&[0.25, 0.6]), 0.0);
        assert!(apart(&[0.26, 0.6]) < apart(&[0.4, 0.6]));
        assert!(apart(&[0.4, 0.6]) < apart(&[0.4, 0.9]));
        near(apart(&[]), FAR);
        assert_eq!(super::apart(&Spoken::default(), &said(&[0.5])), None);
    }
}

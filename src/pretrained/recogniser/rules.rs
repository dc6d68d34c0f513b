//! What may be written next: the rules of Whisper's decoding (Radford et al. 2022, section 4.5).

use super::vocabulary::Vocabulary;

const NEVER: f32 = f32::NEG_INFINITY;

/// The rules for one transcript.
pub(super) struct Rules<'a> {
    pub vocabulary: &'a Vocabulary,
    /// Whether the transcript has timestamps.
    pub stamps: bool,
}

impl Rules<'_> {
    /// Takes every chance from the tokens that must not follow on what is written of this transcript.
    pub fn apply(&self, written: &[u32], logits: &mut [f32]) {
        let vocabulary = self.vocabulary;
        let first: &[u32] = if written.is_empty() {
            &vocabulary.suppressed_first
        } else {
            &[]
        };
        for token in vocabulary.suppressed.iter().chain(first) {
            forbid(logits, *token as usize..*token as usize + 1);
        }
        if self.stamps {
            self.apply_stamps(written, logits);
        }
    }

    /// Timestamps come first, in pairs around each stretch of text, and never go back.
    fn apply_stamps(&self, written: &[u32], logits: &mut [f32]) {
        let vocabulary = self.vocabulary;
        let (no_stamps, end) = (vocabulary.no_stamps as usize, vocabulary.end as usize);
        let (first, all) = (no_stamps + 1, logits.len());
        forbid(logits, no_stamps..first);
        let is_stamp = |token: &u32| vocabulary.stamp(*token).is_some();
        if written.is_empty() {
            forbid(logits, 0..first);
            forbid(logits, first + vocabulary.latest_first + 1..all);
        }
        if written.last().is_some_and(is_stamp) {
            let before = written.len().checked_sub(2).and_then(|place| written.get(place));
            if before.is_none_or(is_stamp) {
                forbid(logits, first..all);
            } else {
                forbid(logits, 0..end);
            }
        }
        if let Some(last) = written.iter().rev().find(|token| is_stamp(token)) {
            let ends_text = written.last() == Some(last)
                && written.len() > 1
                && !written.get(written.len() - 2).is_some_and(is_stamp);
            // The next stretch of text may begin where this one ends, but none is empty.
            let least = *last as usize + usize::from(!ends_text);
            forbid(logits, first..least);
        }
        // Where a timestamp is likelier than each token of text, it is time for one.
        let (text, stamps) = logits.split_at_mut(first.min(all));
        let greatest = |values: &[f32]| values.iter().copied().fold(NEVER, f32::max);
        let (likeliest, top) = (greatest(text), greatest(stamps));
        let sum: f64 = stamps.iter().map(|value| f64::from(value - top).exp()).sum();
        if top > NEVER && f64::from(top) + sum.ln() > f64::from(likeliest) {
            text.fill(NEVER);
        }
    }
}

fn forbid(logits: &mut [f32], range: std::ops::Range<usize>) {
    let range = range.start.min(logits.len())..range.end.min(logits.len());
    if let Some(logits) = logits.get_mut(range) {
        logits.fill(NEVER);
    }
}

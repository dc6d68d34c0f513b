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

#[cfg(test)]
mod tests {
    use super::super::vocabulary::testing::vocabulary;
    use super::*;

    /// The tokens that may follow where text is likelier than timestamps.
    fn allowed(written: &[u32], text: f32) -> Vec<u32> {
        let (vocabulary, stamps) = vocabulary(r#"{"suppress_tokens": [4], "begin_suppress_tokens": [9]}"#);
        let rules = Rules {
            vocabulary: &vocabulary,
            stamps: true,
        };
        let mut logits = vec![0.0; stamps as usize + 1501];
        logits[..10].fill(text);
        rules.apply(written, &mut logits);
        (0..)
            .zip(logits)
            .filter(|(_, logit)| *logit > NEVER)
            .map(|(token, _)| token)
            .collect()
    }

    #[test]
    fn timestamps_come_first_in_pairs_and_go_forwards() {
        assert_eq!(
            allowed(&[], 99.0),
            (19..=69).collect::<Vec<_>>(),
            "within the first second"
        );
        let after_first = allowed(&[19], 99.0);
        assert!(after_first.contains(&0) && after_first.contains(&9) && !after_first.contains(&4));
        assert!(after_first.iter().all(|token| *token < 18), "text or the end");
        // After text either, but later ones only; after the end of a stretch another timestamp, which may be the same.
        let after_text = allowed(&[29, 0], 99.0);
        assert!(after_text.contains(&1) && !after_text.contains(&29) && after_text.contains(&30));
        let after_end = allowed(&[29, 0, 40], 99.0);
        assert!(
            !after_end.contains(&0)
                && after_end.contains(&9)
                && after_end.contains(&40)
                && !after_end.contains(&39)
        );
        assert!(allowed(&[29, 0, 40, 40], 99.0).iter().all(|token| *token < 18));
    }

    #[test]
    fn many_timestamps_together_are_likelier_than_a_word() {
        // 1,500 at 0 are together as likely as one at 7.3.
        assert!(allowed(&[19, 0], 7.5).contains(&1));
        assert!(allowed(&[19, 0], 7.0).iter().all(|token| *token > 19));
    }
}

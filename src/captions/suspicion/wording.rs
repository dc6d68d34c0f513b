//! What the text of a cue says against it.
//!
//! Chinese: a wrong character breaks the word it stands in. For every character the likeliest way of reading the text
//! as words is compared with the likeliest one if that character may be any other: where the latter is much likelier,
//! the character is doubted, and the word it would make is the suggestion. Of words, those of the segmentation
//! dictionary are known and those that the transcript repeats.

use super::lexicon::{Gram, LONGEST, Lexicon, gram, masked, runs, text};
use super::reason::Reason;
use crate::project::Cue;

/// A gain in log-likelihood that means nothing yet, and how much more makes doubt strong.
const NOTHING: f64 = 3.0;
const STRONG: f64 = 8.0;
/// Suggestions are told from this gain on, and at most so many a cue.
const TOLD: f64 = 7.0;
const MOST: usize = 2;

/// Doubt from 0 to 1, with the suggestions behind it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Wording {
    pub score: f64,
    pub reasons: Vec<Reason>,
}

/// One other character in a text, and how much likelier it makes it.
struct Gain {
    by: f64,
    /// The place in the run of the character that is doubted.
    at: usize,
    written: Gram,
    perhaps: Gram,
}

/// How doubtful the Chinese of a cue is.
pub(super) fn wording(cue: &Cue, lexicon: &Lexicon) -> Wording {
    let mut told = Vec::new();
    let mut best = 0.0_f64;
    for run in runs(&cue.text) {
        let mut gains = gains(&run, lexicon);
        gains.sort_by(|a, b| b.by.total_cmp(&a.by));
        best = best.max(gains.first().map_or(0.0, |gain| gain.by));
        let mut doubted: Vec<usize> = Vec::new();
        for gain in gains.into_iter().filter(|gain| gain.by >= TOLD) {
            // Next to a wrong character the right ones look wrong as well.
            if doubted.iter().all(|at| at.abs_diff(gain.at) >= 2) {
                doubted.push(gain.at);
                told.push(gain);
            }
        }
    }
    told.sort_by(|a, b| b.by.total_cmp(&a.by));
    let reasons = told.iter().take(MOST).map(|gain| Reason::NoWord {
        written: text(gain.written),
        perhaps: text(gain.perhaps),
    });
    Wording {
        score: 1.0 - (-(best - NOTHING).max(0.0) / STRONG).exp(),
        reasons: reasons.collect(),
    }
}

/// For each character the best other one that makes a longer word with those around it.
fn gains(run: &[char], lexicon: &Lexicon) -> Vec<Gain> {
    let (before, after) = paths(run, lexicon);
    let whole = before.last().copied().unwrap_or_default();
    let mut gains = Vec::new();
    for at in 0..run.len() {
        let mut best: Option<Gain> = None;
        for from in at.saturating_sub(LONGEST - 1)..=at {
            for to in (at + 1).max(from + 2)..=(from + LONGEST).min(run.len()) {
                let Some(part) = run.get(from..to) else { continue };
                let written = gram(part);
                let Some((word, probability)) = lexicon.guess(masked(written, to - 1 - at)) else {
                    continue;
                };
                let (Some(left), Some(right)) = (before.get(from), after.get(to)) else {
                    continue;
                };
                let by = left + probability + right - whole;
                if word != written && best.as_ref().is_none_or(|other| by > other.by) {
                    best = Some(Gain {
                        by,
                        at,
                        written,
                        perhaps: word,
                    });
                }
            }
        }
        gains.extend(best);
    }
    gains
}

/// The log-likelihood of the best reading up to each place and from it on.
fn paths(run: &[char], lexicon: &Lexicon) -> (Vec<f64>, Vec<f64>) {
    let mut before = vec![f64::NEG_INFINITY; run.len() + 1];
    let mut after = before.clone();
    if let (Some(first), Some(last)) = (before.first_mut(), after.last_mut()) {
        (*first, *last) = (0.0, 0.0);
    }
    let mut words = Vec::new();
    for from in 0..run.len() {
        for to in from + 1..=(from + LONGEST).min(run.len()) {
            let word = run.get(from..to).map(gram);
            if let Some(probability) = word.and_then(|word| lexicon.probability(word)) {
                words.push((from, to, probability));
            }
        }
    }
    let better = |ways: &mut [f64], at: usize, from: usize, probability: f64| {
        let way = ways.get(from).map(|way| way + probability);
        if let (Some(way), Some(slot)) = (way, ways.get_mut(at)) {
            *slot = slot.max(way);
        }
    };
    for (from, to, probability) in &words {
        better(&mut before, *to, *from, *probability);
    }
    for (from, to, probability) in words.iter().rev() {
        better(&mut after, *from, *to, *probability);
    }
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Seconds;

    #[test]
    fn a_broken_word_is_doubted_and_mended() {
        let cue = |text: &str| Cue::new(Seconds(0.0), Seconds(1.0), text);
        let cues = [
            cue("老年人要接种新冠疫苗吗？老年人一定要打疫苗。"),
            cue("目前老年人的接种情况如何？"),
            cue("老蛮人往往得了以后，病情更重。"),
            cue("我们接种了新冠疫苗，情况很好。"),
        ];
        let lexicon = Lexicon::of(&cues);
        let found: Vec<Wording> = cues.iter().map(|cue| wording(cue, &lexicon)).collect();
        let (broken, sound) = (&found[2], &found[0]);
        assert!(
            broken.score > 0.6 && broken.score > 1.5 * sound.score,
            "{broken:?} {sound:?}"
        );
        assert_eq!(broken.reasons[0].to_string(), "老蛮人 is no word: perhaps 老年人");
        assert!(sound.reasons.is_empty(), "{sound:?}");
        assert_eq!(wording(&cue("thank you 2"), &lexicon), Wording::default());
    }
}

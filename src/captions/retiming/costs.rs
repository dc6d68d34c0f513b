//! What a mismatch between captions and speech costs, in the manner of a negative log-likelihood, and the scales
//! on which mismatches are judged. The scales are learned from each transcript itself.

/// How far this transcript and this speech usually are from each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::captions) struct Scales {
    /// How the shift grows, seconds a second of the captions' time.
    pub drift: f64,
    /// Length of speech over length of cue.
    pub stretch: f64,
    /// Seconds of speech a syllable.
    pub rate: f64,
    /// Usual error of the length of a cue, in seconds.
    pub length: f64,
    /// Usual error of the speaking rate, as a difference of logarithms.
    pub pace: f64,
    /// Usual jitter of the shift from one cue to the next, in seconds.
    pub step: f64,
    /// Cues last until the next one begins or longer: their ends say nothing of where speech ends.
    pub is_gapless: bool,
}

/// Not laying a cue on any speech.
pub(super) const SKIP: f64 = 6.0;
/// Cues in a row that may be passed over while the shift is still remembered.
pub(super) const MOST_SKIPPED: usize = 3;
/// Beginning anew after more of them.
pub(super) const LOST: f64 = 8.0;
/// Speech before the first cue and after the last, a second of it.
pub(super) const OUTSIDE: f64 = 0.05;
/// The first shift, a second of it: of two equally good places the nearer is taken.
pub(super) const FIRST_SHIFT: f64 = 1.0 / 40.0;

impl Scales {
    /// Before anything is known but the drift that is tried.
    pub(super) fn first_guess(drift: f64, rate: f64, is_gapless: bool) -> Self {
        Self {
            drift,
            // Recognisers that drift may or may not stretch the cues as well.
            stretch: 1.0 + drift / 2.0,
            rate,
            length: if is_gapless { 0.6 } else { 0.4 },
            pace: 0.3,
            step: 0.5,
            is_gapless,
        }
    }

    /// A cue laid on speech that is longer or shorter by `difference` seconds.
    pub(in crate::captions) fn length_cost(&self, difference: f64) -> f64 {
        let x = difference.abs();
        (x / self.length).min(3.5 + x / 10.0)
    }

    /// A text of so many syllables spoken in `seconds`.
    pub(in crate::captions) fn pace_cost(&self, seconds: f64, syllables: f64) -> f64 {
        ((seconds / (syllables * self.rate)).ln().abs() / self.pace).min(2.8)
    }

    /// A shift that is `change` seconds off what the cue before and the drift lead one to expect.
    pub(in crate::captions) fn step_cost(&self, change: f64) -> f64 {
        (change * change / (2.0 * self.step * self.step)).min(5.5 + change.abs() / 8.0)
    }
}

/// Speech between two cues that no cue says: a cue was lost there.
pub(super) fn uncovered_cost(seconds: f64) -> f64 {
    if seconds > 0.1 {
        (1.5 + seconds / 4.0).min(12.0)
    } else {
        0.0
    }
}

/// Two cues on the same speech.
pub(super) fn overlap_cost(seconds: f64) -> f64 {
    1.5 + seconds
}

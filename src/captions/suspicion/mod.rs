//! Which cues are probably wrong, and why: the queue by which a transcript is corrected.

mod lexicon;
mod reason;
mod timing;
mod wording;

pub use reason::Reason;

use super::Tokenizer;
use super::retiming::evidence::{Atoms, Lines};
use crate::jobs::{Cancelled, Watch};
use crate::project::{CaptionTrack, Cue, CueId, Language, Seconds, Speech};
use lexicon::Lexicon;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;
use std::collections::HashSet;
use wording::{Wording, wording};

/// How doubtful a cue is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Doubt {
    /// The cue.
    pub cue: CueId,
    /// Times and text together, from 0 to 1. The times count for more: they can be measured.
    pub score: f64,
    /// The times alone.
    pub timing: f64,
    /// The text alone.
    pub wording: f64,
    /// Why, the times first; empty where there is only a trace of doubt.
    pub reasons: Vec<Reason>,
}

/// The share of wording in the whole.
const WORDING: f64 = 0.4;
/// Doubt about a word that the vectors do not have; there may be several.
const UNKNOWN: f64 = 0.3;
/// Unknown words told a cue.
const TOLD: usize = 2;

/// Every cue with how doubtful it is, the most doubtful first. Times are judged against the speech and against the
/// cues around, so that an offset, drift or jump of the whole transcript makes no single cue suspicious. Texts are
/// judged by their words; `unknown` are words that the word vectors do not have. Locked cues are left out.
///
/// # Errors
/// When `watch` is cancelled.
pub fn doubts(
    track: &CaptionTrack,
    speech: &Speech,
    cuts: &[Seconds],
    language: Language,
    unknown: &HashSet<String>,
    watch: &Watch,
) -> Result<Vec<Doubt>, Cancelled> {
    let lines = Lines::new(&track.cues);
    let atoms = Atoms::new(speech, cuts);
    let timing = timing::timing_evidence(&lines, &atoms, cuts, language, watch)?;
    let wording = wordings(track, language, unknown, watch)?;
    let rows = track.cues.iter().zip(timing.into_iter().zip(wording));
    let doubts = rows
        .filter(|(cue, _)| !cue.locked)
        .map(|(cue, (timing, wording))| {
            let mut reasons = timing.reasons;
            reasons.extend(wording.reasons);
            Doubt {
                cue: cue.id,
                score: 1.0 - (1.0 - timing.score) * (1.0 - WORDING * wording.score),
                timing: timing.score,
                wording: wording.score,
                reasons,
            }
        });
    let mut doubts: Vec<Doubt> = doubts.collect();
    // Equal doubts stay in the order of the transcript.
    doubts.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(doubts)
}

/// What the text of each cue says against it.
fn wordings(
    track: &CaptionTrack,
    language: Language,
    unknown: &HashSet<String>,
    watch: &Watch,
) -> Result<Vec<Wording>, Cancelled> {
    let lexicon = match language {
        Language::Chinese => Lexicon::of(&track.cues),
        Language::English => Lexicon::default(),
    };
    let tokenizer = Tokenizer::new(language);
    let of = |cue: &Cue| {
        watch.check()?;
        let mut text = match language {
            Language::Chinese => wording(cue, &lexicon),
            Language::English => Wording::default(),
        };
        if !unknown.is_empty() {
            let tokens = tokenizer.tokens(&cue.text).into_iter();
            for (found, written) in tokens.filter(|token| unknown.contains(token)).enumerate() {
                text.score = 1.0 - (1.0 - text.score) * (1.0 - UNKNOWN);
                if found < TOLD {
                    text.reasons.push(Reason::UnknownWord { written });
                }
            }
        }
        Ok(text)
    };
    track.cues.par_iter().map(of).collect()
}

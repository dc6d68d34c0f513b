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
use std::collections::{HashMap, HashSet};
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

/// What the pictures say against a cue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureDoubt {
    /// From 0 to 1; at 0.5 it fits as well as a caption of elsewhere.
    pub score: f64,
    /// Share of other captions that fit its picture better.
    pub better: f64,
}

/// The share of wording in the whole.
const WORDING: f64 = 0.4;
/// The share of the picture: speech often tells of something else than what is shown.
const PICTURE: f64 = 0.4;
/// Doubt by the picture up to this is not told: from 0.5 on other captions fit as well.
const PLAIN: f64 = 0.6;
/// Doubt about a word that the vectors do not have; there may be several.
const UNKNOWN: f64 = 0.3;
/// Unknown words told a cue.
const TOLD: usize = 2;

/// Every cue with how doubtful it is, the most doubtful first. Times are judged against the speech and against the
/// cues around, so that an offset, drift or jump of the whole transcript makes no single cue suspicious. Texts are
/// judged by their words; `unknown` are words that the word vectors do not have. `pictures` says which cues do not fit what is
/// shown, where that is known. Locked cues are left out.
///
/// # Errors
/// When `watch` is cancelled.
pub fn doubts(
    track: &CaptionTrack,
    speech: &Speech,
    cuts: &[Seconds],
    language: Language,
    unknown: &HashSet<String>,
    pictures: &HashMap<CueId, PictureDoubt>,
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
            let picture = pictures.get(&cue.id).filter(|doubt| doubt.score > PLAIN);
            reasons.extend(picture.map(|doubt| Reason::OtherPicture { better: doubt.better }));
            let picture = picture.map_or(0.0, |doubt| doubt.score);
            let others = (1.0 - WORDING * wording.score) * (1.0 - PICTURE * picture);
            Doubt {
                cue: cue.id,
                score: 1.0 - (1.0 - timing.score) * others,
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Texts in which here and there a Chinese character is another one of the transcript, and which ones those are.
    fn corrupted(texts: &[String], seed: u64) -> (CaptionTrack, Vec<bool>) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let is_hanzi = crate::captions::language::is_hanzi;
        let mut all: Vec<char> = texts
            .iter()
            .flat_map(|text| text.chars())
            .filter(|c| is_hanzi(*c))
            .collect();
        all.sort_unstable();
        all.dedup();
        let (mut cues, mut wrong) = (Vec::new(), Vec::new());
        for (index, text) in texts.iter().enumerate() {
            let is_touched = random.gen_bool(0.6);
            let replaced = |c: char| {
                let is_hit = is_touched && is_hanzi(c) && random.gen_bool(0.03);
                if is_hit {
                    all[random.gen_range(0..all.len())]
                } else {
                    c
                }
            };
            let heard: String = text.chars().map(replaced).collect();
            wrong.push(heard != *text);
            let start = Seconds(index as f64 * 8.0);
            cues.push(Cue::new(start, start + Seconds(7.0), heard));
        }
        (CaptionTrack::new(cues), wrong)
    }

    #[test]
    fn wrong_characters_are_found_from_the_words_alone() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/cn_vaccine.truth.csv");
        let Ok(mut rows) = csv::Reader::from_path(path) else {
            eprintln!("skipped: {path} is absent");
            return;
        };
        let rows = rows.deserialize::<(f64, f64, String)>();
        let texts: Vec<String> = rows.map(|row| row.unwrap().2).collect();
        let mut chances = Vec::new();
        for seed in 0..8 {
            let (track, wrong) = corrupted(&texts, seed);
            let (speech, none, watch) = (Speech::default(), HashSet::new(), Watch::default());
            let pictures = HashMap::new();
            let doubts = doubts(&track, &speech, &[], Language::Chinese, &none, &pictures, &watch).unwrap();
            let of = |is_wrong: bool| {
                let of = doubts.iter().filter(|doubt| wrong[doubt.cue.index()] == is_wrong);
                of.map(|doubt| doubt.wording).collect::<Vec<f64>>()
            };
            let (bad, sound) = (of(true), of(false));
            let higher = bad
                .iter()
                .map(|bad| sound.iter().filter(|sound| *sound < bad).count());
            chances.push(higher.sum::<usize>() as f64 / (bad.len() * sound.len()) as f64);
        }
        let mean = chances.iter().sum::<f64>() / chances.len() as f64;
        eprintln!("AUROC {mean:.3}: {chances:.2?}");
        assert!(mean >= 0.75, "{chances:?}");
    }

    #[test]
    fn words_the_vectors_lack_are_told_and_locked_cues_are_not_doubted() {
        let cue = |start, text: &str| Cue::new(Seconds(start), Seconds(start + 1.0), text);
        let mut track = CaptionTrack::new(vec![
            cue(0.0, "rates rise"),
            cue(2.0, "the cove battle"),
            cue(4.0, "cove again"),
        ]);
        track.cues[2].locked = true;
        let unknown = HashSet::from(["cove".to_owned()]);
        let found = doubts(
            &track,
            &Speech::default(),
            &[],
            Language::English,
            &unknown,
            &HashMap::new(),
            &Watch::default(),
        )
        .unwrap();
        assert_eq!(found.iter().map(|doubt| doubt.cue.0).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(
            found[0].reasons[0].to_string(),
            "cove is not among the word vectors"
        );
    }
    #[test]
    fn a_cue_that_does_not_fit_its_picture_is_doubted_and_told_so() {
        let cue = |start| Cue::new(Seconds(start), Seconds(start + 1.0), "rates rise again");
        let track = CaptionTrack::new((0..4).map(|place| cue(f64::from(place) * 2.0)).collect());
        let doubt = |score| PictureDoubt { score, better: 0.93 };
        let pictures = HashMap::from([(CueId(2), doubt(0.9)), (CueId(1), doubt(0.55))]);
        let found = doubts(
            &track,
            &Speech::default(),
            &[],
            Language::English,
            &HashSet::new(),
            &pictures,
            &Watch::default(),
        )
        .unwrap();
        assert_eq!(found[0].cue, CueId(2));
        let told = |doubt: &Doubt| {
            doubt
                .reasons
                .iter()
                .any(|reason| matches!(reason, Reason::OtherPicture { .. }))
        };
        assert_eq!(found.iter().filter(|doubt| told(doubt)).count(), 1, "{found:?}");
        assert!(
            found[0]
                .reasons
                .iter()
                .any(|reason| reason.to_string().starts_with("93 % of other captions"))
        );
    }
}

//! Steps of correcting a transcript: listening, proposing times, and finding what is doubtful.

use crate::captions::retiming::{self, Anchor, AnchorError, Proposal, Retiming, SuggestedAnchor};
use crate::captions::suspicion::{self, Doubt, PictureDoubt};
use crate::captions::{self, Tokenizer};
use crate::crossmodal::PictureFit;
use crate::jobs::{Cancelled, Watch};
use crate::media;
use crate::project::{CaptionTrack, CueId, Pairing, Project, Seconds, Speech, VideoInfo};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// When someone speaks in the video; heard once and then kept in `cache`.
///
/// # Errors
/// When the video has no sound or none that can be decoded, or the work is cancelled.
pub fn speech(video: &VideoInfo, cache: Option<&Path>, watch: &Watch) -> anyhow::Result<Speech> {
    Ok(media::find_speech(&video.path, cache, watch)?)
}

/// New times for the project's transcript. They are times of the video, also where the pairing shifts or scales the
/// captions: once the changes are made, its offset is 0 and its scale 1. All of them then have to be made, and
/// they hold every cue.
///
/// # Errors
/// When the work is cancelled.
pub fn propose(
    project: &Project,
    speech: &Speech,
    cuts: &[Seconds],
    watch: &Watch,
) -> Result<Proposal, Cancelled> {
    watch.say("matching captions with speech");
    let pairing = &project.manifest.pairing;
    let track = placed(&project.track, pairing);
    let mut proposal = retiming::propose(&track, speech, cuts, watch)?;
    proposal.changes = whole(proposal.changes, &track, pairing);
    Ok(proposal)
}

/// New times for the project's transcript by words that a recogniser heard in the video, see
/// [`retiming::propose_by_words`]: its text stays, and its times do not matter. As with [`propose`], the new times are those of
/// the video.
///
/// # Errors
/// When the work is cancelled.
pub fn propose_by_words(
    project: &Project,
    heard: &CaptionTrack,
    watch: &Watch,
) -> Result<Proposal, Cancelled> {
    watch.say("matching captions with words that were heard");
    let pairing = &project.manifest.pairing;
    let track = placed(&project.track, pairing);
    let mut proposal = retiming::propose_by_words(&track, &retiming::heard_words(heard), watch)?;
    proposal.changes = whole(proposal.changes, &track, pairing);
    Ok(proposal)
}

/// New times for the project's transcript by points: cues whose right starts in the video are known. Cues that are
/// locked are such points too. Between points times are stretched evenly; as with [`propose`], the new times are those of the video.
///
/// # Errors
/// When a point's cue is missing, or two points would change their order.
pub fn sync(project: &Project, points: &[Anchor]) -> Result<Vec<Retiming>, AnchorError> {
    let pairing = &project.manifest.pairing;
    let track = placed(&project.track, pairing);
    let is_point = |cue: CueId| points.iter().any(|point| point.cue == cue);
    let locked = track.cues.iter().filter(|cue| cue.locked && !is_point(cue.id));
    let locked = locked.map(|cue| Anchor {
        cue: cue.id,
        start: cue.start,
    });
    let all: Vec<Anchor> = points.iter().copied().chain(locked).collect();
    Ok(whole(retiming::sync(&track, &all)?, &track, pairing))
}

/// The cues that are best pinned, with the moment of the video at which their speech starts; see
/// [`retiming::suggested_anchors`].
///
/// # Errors
/// When the work is cancelled.
pub fn suggested_anchors(
    project: &Project,
    speech: &Speech,
    silence: Seconds,
    watch: &Watch,
) -> Result<Vec<SuggestedAnchor>, Cancelled> {
    let track = placed(&project.track, &project.manifest.pairing);
    retiming::suggested_anchors(&track, speech, silence, watch)
}

/// The changes, and where the pairing shifts or scales the captions also the cues that stay, at the times at which it
/// puts them.
fn whole(changes: Vec<Retiming>, placed: &CaptionTrack, pairing: &Pairing) -> Vec<Retiming> {
    if is_plain(pairing) {
        return changes;
    }
    let mut changes = changes.into_iter().peekable();
    let all = placed.cues.iter().map(|cue| {
        let as_paired = || Retiming {
            cue: cue.id,
            start: cue.start,
            end: cue.end,
            confidence: 1.0,
            reason: "stays where the pairing put it".into(),
        };
        changes
            .next_if(|change| change.cue == cue.id)
            .unwrap_or_else(as_paired)
    });
    all.collect()
}

/// The cues of the project's transcript, the most doubtful first; by the pictures too, where those were fitted. Word vectors are read from the project's files, if
/// it has any, and kept in `cache`.
///
/// # Errors
/// When a file of word vectors cannot be read, or the work is cancelled.
pub fn doubts(
    project: &Project,
    speech: &Speech,
    cuts: &[Seconds],
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<Vec<Doubt>> {
    let manifest = &project.manifest;
    let language = manifest.language;
    let unknown = unknown_words(
        &project.track,
        Tokenizer::new(language),
        &manifest.vectors,
        cache,
        watch,
    )?;
    watch.say("looking for doubtful captions");
    let track = placed(&project.track, &manifest.pairing);
    // A fit that cannot be read is as good as none: it can be made again.
    let fit = PictureFit::load(&project.folder).ok().flatten();
    let pictures = fit.map_or_else(HashMap::new, |fit| pictures(&fit, project));
    Ok(suspicion::doubts(
        &track, speech, cuts, language, &unknown, &pictures, watch,
    )?)
}

fn pictures(fit: &PictureFit, project: &Project) -> HashMap<CueId, PictureDoubt> {
    let doubts = fit.doubts(project).into_iter();
    doubts
        .map(|(cue, doubt)| {
            let doubt = PictureDoubt {
                score: doubt.doubt,
                better: doubt.better_captions,
            };
            (cue, doubt)
        })
        .collect()
}

fn is_plain(pairing: &Pairing) -> bool {
    pairing.offset.0 == 0.0 && pairing.scale == 1.0
}

/// The transcript in the times of the video.
fn placed(track: &CaptionTrack, pairing: &Pairing) -> CaptionTrack {
    let mut track = track.clone();
    if !is_plain(pairing) {
        for cue in &mut track.cues {
            (cue.start, cue.end) = (pairing.placed(cue.start), pairing.placed(cue.end));
        }
    }
    track
}

fn unknown_words(
    track: &CaptionTrack,
    tokenizer: Tokenizer,
    files: &[PathBuf],
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<HashSet<String>> {
    if files.is_empty() {
        return Ok(HashSet::new());
    }
    let tokens: Vec<Vec<String>> = track.cues.iter().map(|cue| tokenizer.tokens(&cue.text)).collect();
    let (vocabulary, ..) = captions::vocabulary(&tokens, files, cache, watch)?;
    let words = vocabulary.words.into_iter().zip(vocabulary.found);
    Ok(words.filter(|(_, found)| !found).map(|(word, _)| word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::retiming::damage::{Fate, damaged};
    use crate::captions::retiming::{SpreadUnit, spread};
    use crate::project::{Cue, Language};

    /// A news video of the shared test data: its speech, and its true transcript. None, with a message, where absent.
    struct News {
        speech: Speech,
        truth: Vec<Cue>,
        language: Language,
    }

    fn news(name: &str, language: Language) -> Option<News> {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
        let video = folder.join(format!("{name}.mp4"));
        if !video.exists() {
            eprintln!("skipped: {} is absent", video.display());
            return None;
        }
        let mut rows = csv::Reader::from_path(folder.join(format!("{name}.truth.csv"))).unwrap();
        let truth = rows
            .deserialize::<(f64, f64, String)>()
            .map(|row| row.map(|(start, end, text)| Cue::new(Seconds(start), Seconds(end), text)))
            .map(Result::unwrap)
            .filter(|cue| cue.end > cue.start);
        Some(News {
            speech: media::find_speech(&video, None, &Watch::default()).unwrap(),
            truth: truth.collect(),
            language,
        })
    }

    fn all_news() -> Vec<News> {
        let both = [
            ("cn_vaccine", Language::Chinese),
            ("us_new_variant", Language::English),
        ];
        both.into_iter()
            .filter_map(|(name, language)| news(name, language))
            .collect()
    }

    fn starts(track: &CaptionTrack, proposal: &Proposal) -> Vec<f64> {
        let mut starts: Vec<f64> = track.cues.iter().map(|cue| cue.start.0).collect();
        for change in &proposal.changes {
            starts[change.cue.index()] = change.start.0;
        }
        starts
    }

    /// The share of the cues with one source that start within 0.3 s, and the most that a cue which did before got worse.
    fn judged(news: &News, track: &CaptionTrack, fates: &[Fate], starts: &[f64]) -> (f64, f64) {
        let (mut right, mut all, mut harm) = (0, 0, 0.0_f64);
        for ((cue, fate), start) in track.cues.iter().zip(fates).zip(starts) {
            let [source] = fate.sources[..] else { continue };
            let truth = news.truth[source].start.0;
            let (before, after) = ((cue.start.0 - truth).abs(), (start - truth).abs());
            all += 1;
            right += i32::from(after <= 0.3);
            if before <= 0.3 {
                harm = harm.max(after - before);
            }
        }
        (f64::from(right) / f64::from(all), harm)
    }

    #[test]
    fn damaged_transcripts_are_put_right() {
        for news in all_news() {
            for seed in 0..24 {
                let (track, fates) = damaged(&news.truth, seed);
                let proposal = retiming::propose(&track, &news.speech, &[], &Watch::default()).unwrap();
                let (share, harm) = judged(&news, &track, &fates, &starts(&track, &proposal));
                assert!(
                    share >= 0.9 && harm <= 0.1,
                    "{:?}, seed {seed}: {share:.3} right, {harm:.2} s worse; {}",
                    news.language,
                    proposal.diagnosis
                );
            }
        }
    }

    #[test]
    fn a_right_transcript_stays_as_it_is() {
        for news in all_news() {
            let track = CaptionTrack::new(news.truth.clone());
            let proposal = retiming::propose(&track, &news.speech, &[], &Watch::default()).unwrap();
            assert!(proposal.changes.is_empty(), "{proposal:?}");
            assert!(proposal.diagnosis.is_sound(), "{}", proposal.diagnosis);
        }
    }

    #[test]
    fn locked_cues_stay_and_hold_the_others() {
        for news in all_news() {
            let (mut track, fates) = damaged(&news.truth, 1);
            let mut locked = Vec::new();
            for (cue, fate) in track.cues.iter_mut().zip(&fates).step_by(10) {
                cue.start = news.truth[fate.sources[0]].start;
                cue.end = news.truth[fate.sources[fate.sources.len() - 1]].end;
                cue.locked = true;
                locked.push(cue.id);
            }
            // Corrected cues may have changed their order.
            track.cues.sort_by(|a, b| a.start.order(&b.start));
            let proposal = retiming::propose(&track, &news.speech, &[], &Watch::default()).unwrap();
            assert!(
                proposal
                    .changes
                    .iter()
                    .all(|change| !locked.contains(&change.cue))
            );
        }
    }

    #[test]
    fn text_without_times_is_laid_on_the_speech() {
        for news in all_news() {
            let texts: Vec<String> = news.truth.iter().map(|cue| cue.text.clone()).collect();
            let track = spread(&texts, &news.speech, SpreadUnit::Lines, &Watch::default()).unwrap();
            assert!(track.is_estimated() && track.cues.len() == texts.len());
            let off = track.cues.iter().zip(&news.truth);
            let mut off: Vec<f64> = off.map(|(a, b)| (a.start - b.start).0.abs()).collect();
            off.sort_by(f64::total_cmp);
            let mean = off.iter().sum::<f64>() / off.len() as f64;
            assert!(
                off[off.len() / 2] < 0.5 && mean < 0.5,
                "{:?}: {mean}",
                news.language
            );
        }
    }

    #[test]
    fn damaged_cues_are_doubted_more_than_sound_ones() {
        for news in all_news() {
            let mut ranks = Vec::new();
            for seed in 0..12 {
                let (track, fates) = damaged(&news.truth, seed);
                let watch = Watch::default();
                let none = HashSet::new();
                let doubts = suspicion::doubts(
                    &track,
                    &news.speech,
                    &[],
                    news.language,
                    &none,
                    &HashMap::new(),
                    &watch,
                )
                .unwrap();
                let fates = &fates;
                let score = |is_sound: bool| {
                    let of = doubts
                        .iter()
                        .filter(move |doubt| fates[doubt.cue.index()].is_sound() == is_sound);
                    of.map(|doubt| doubt.score).collect::<Vec<f64>>()
                };
                let sound = score(true);
                ranks.extend(score(false).into_iter().map(|bad| {
                    let below = sound.iter().filter(|sound| **sound < bad).count();
                    below as f64 / sound.len() as f64
                }));
            }
            let high = ranks.iter().filter(|rank| **rank >= 0.9).count() as f64 / ranks.len() as f64;
            eprintln!("{:?}: {high:.3} of the damaged above 90 %", news.language);
            assert!(high >= 0.8, "{:?}: {high}", news.language);
        }
    }

    #[test]
    fn a_shifting_pairing_goes_into_the_times() {
        let mut project = Project::default();
        let cues = (0..4).map(|i| {
            Cue::new(
                Seconds(f64::from(i)),
                Seconds(f64::from(i) + 0.5),
                format!("word {i}"),
            )
        });
        project.track = CaptionTrack::new(cues.collect());
        project.manifest.pairing.offset = Seconds(2.0);
        let proposal = propose(&project, &Speech::default(), &[], &Watch::default()).unwrap();
        let starts: Vec<f64> = proposal.changes.iter().map(|change| change.start.0).collect();
        assert_eq!(starts, [2.0, 3.0, 4.0, 5.0]);
    }
}

//! Which words belong to which pictures of a video: fitted, kept in the project, and searched.

use super::frames::FrameSet;
use super::steps::build_dataset;
use crate::captions::retiming::Retiming;
use crate::captions::{self, Tokenizer};
use crate::crossmodal::saying::{Said, Spoken};
use crate::crossmodal::{Found, FrameSearch, Gains, PictureFit, colour_layout, cross_fit};
use crate::jobs::Watch;
use crate::project::{Pair, Project, Seconds, Speech, TrainedOn, counted};
use crate::training::contrast::ContrastConfig;
use anyhow::{Context, ensure};
use std::collections::HashSet;
use std::path::Path;

/// Fits the pictures of a project's own video to their captions, part by part, and keeps what comes of it in the project's
/// folder. With the speech of the video, shifted stretches are looked for by how the captions would be said as well. What
/// is there already of the same pairs and settings is taken.
///
/// # Errors
/// When there are too few pairs, when the fit cannot go on or be kept, and when the work is cancelled.
pub fn fit_pictures(
    project: &Project,
    frames: &FrameSet,
    speech: Option<&Speech>,
    config: &ContrastConfig,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<PictureFit> {
    let alone = alone(project);
    let made_of = alone.made_of();
    if let Ok(Some(kept)) = PictureFit::load(&project.folder)
        && kept.made_of == made_of
        && kept.config == *config
    {
        return Ok(kept);
    }
    let (dataset, _) = build_dataset(&alone, frames, &[], cache, watch)?;
    watch.say("looking at the frames");
    let features = colour_layout(&dataset, watch)?;
    let fit = cross_fit(&dataset, &features, config, watch)?;
    let sources = [features.source, dataset.vocabulary.source];
    let on = alone.trainable();
    let said = speech.and_then(|speech| sayings(&alone, &on, speech));
    let found = PictureFit::new((made_of, on), config.clone(), sources, &fit, said.as_ref());
    found.save(&project.folder, &fit.search)?;
    Ok(found)
}

/// How well the captions of the pairs fit what is spoken in their time; none where a caption belongs to several pairs, which
/// are then no places that it could be moved between.
fn sayings(project: &Project, on: &TrainedOn, speech: &Speech) -> Option<Gains> {
    let mut seen = HashSet::new();
    let cues = on.pairs.iter().filter_map(|pair| pair.cue);
    if !cues.into_iter().all(|cue| seen.insert(cue)) {
        return None;
    }
    let time = |pair: &Pair| pair.cue.and_then(|cue| project.spoken(cue));
    let spoken = |pair: &Pair| time(pair).map_or_else(Spoken::default, |time| Spoken::within(speech, time));
    let spoken: Vec<Spoken> = on.pairs.iter().map(spoken).collect();
    let said: Vec<Said> = on.texts.iter().map(|text| Said::of(text)).collect();
    Some(Gains::of_speech(&spoken, &said))
}

/// The stretches of a fit that would stand better elsewhere, in words, and the times at which their captions would stand: those
/// of the captions that are there now. Captions that were changed since stay.
#[must_use]
pub fn proposed_by_pictures(project: &Project, fit: &PictureFit) -> (String, Vec<Retiming>) {
    let mut changes: Vec<Retiming> = Vec::new();
    let mut told = Vec::new();
    for shift in &fit.shifts {
        let moved = |frame: usize| {
            let cue = fit.cue(frame.checked_add_signed(shift.by)?, &project.track)?;
            let place = project.spoken(fit.pairs.get(frame)?.cue?)?;
            let way = if shift.by > 0 { "earlier" } else { "later" };
            Some(Retiming {
                cue,
                start: place.start,
                end: place.end,
                confidence: 1.0 / (1.0 + (-shift.gain).exp()),
                reason: format!("fits {} {way} better", counted(shift.by.unsigned_abs(), "place")),
            })
        };
        let found: Vec<Retiming> = (shift.first..=shift.last).filter_map(moved).collect();
        let numbers = |change: Option<&Retiming>| {
            let place = change.and_then(|change| project.track.place(change.cue));
            place.map_or(0, |place| place + 1)
        };
        if !found.is_empty() {
            let way = if shift.by > 0 { "earlier" } else { "later" };
            told.push(format!(
                "cues {} to {} fit {} {way} better",
                numbers(found.first()),
                numbers(found.last()),
                counted(shift.by.unsigned_abs(), "place")
            ));
        }
        changes.extend(found);
    }
    changes.sort_by(|a, b| Seconds::order(&a.start, &b.start));
    if told.is_empty() {
        told.push("no stretch of the captions would fit better elsewhere".to_owned());
    }
    (told.join("; "), changes)
}

/// The pairs of a fit by how well their frames fit a sentence, the best first.
///
/// # Errors
/// When the sentence has no words that are known, and when vectors or towers cannot be read.
pub fn find_frames(
    project: &Project,
    search: &FrameSearch,
    sentence: &str,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<Vec<Found>> {
    let manifest = &project.manifest;
    let words = Tokenizer::new(manifest.language).tokens(sentence);
    ensure!(!words.is_empty(), "there is no word in the sentence");
    let (vocabulary, tokens, _) = captions::vocabulary(&[words], &manifest.vectors, cache, watch)?;
    let tokens = tokens.first().context("there is no word in the sentence")?;
    let known = tokens.iter().copied().filter(|token| {
        let found = vocabulary.found.get(*token as usize);
        found.copied().unwrap_or(false)
    });
    let vectors: Vec<Vec<f32>> = known
        .map(|token| vocabulary.vector(token as usize).to_vec())
        .collect();
    ensure!(
        !vectors.is_empty(),
        "the word vectors ({}) have none of these words",
        vocabulary.source
    );
    Ok(search.frames_for(&vectors)?)
}

/// The project without the videos that are studied with it.
fn alone(project: &Project) -> Project {
    let mut alone = project.clone();
    alone.manifest.companions.clear();
    alone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossmodal::{ProposedShift, Telling};
    use crate::model::{ContrastShape, Shape};
    use crate::project::{CaptionTrack, Cue, Pairing, PairingRule};

    /// Twenty cues of two seconds with a pair each, and a fit that proposes to move the middle three places later.
    fn shifted() -> (Project, PictureFit) {
        let mut project = Project::default();
        let cue = |place: u32| {
            let start = f64::from(place) * 2.0;
            Cue::new(Seconds(start), Seconds(start + 2.0), format!("line {place}"))
        };
        project.track = CaptionTrack::new((0..20).map(cue).collect());
        project.manifest.pairing = Pairing {
            rule: PairingRule::Captions,
            ..Pairing::default()
        };
        let pair = |(place, cue): (usize, &Cue)| Pair {
            source: crate::project::SourceIndex::OWN,
            frame: place.into(),
            time: cue.start,
            cue: Some(cue.id),
        };
        project.pairs = project.track.cues.iter().enumerate().map(pair).collect();
        let on = project.trainable();
        let retrieval = crate::crossmodal::evaluation::Retrieval::default();
        let fit = PictureFit {
            version: 1,
            made_of: project.made_of(),
            config: ContrastConfig::default(),
            shape: ContrastShape {
                frames: Shape {
                    height: 1,
                    width: 1,
                    dimension: 1,
                },
                features: 1,
            },
            pictures: String::new(),
            words: String::new(),
            device: String::new(),
            pairs: on.pairs,
            texts: on.texts,
            telling: Telling {
                frames_by_words: retrieval,
                words_by_frame: retrieval,
                chance: 0.1,
                plain: true,
            },
            suspicions: Vec::new(),
            captions: Vec::new(),
            shifts: vec![ProposedShift {
                first: 8,
                last: 13,
                by: -3,
                seconds: Seconds(6.0),
                gain: 1.2,
            }],
        };
        (project, fit)
    }

    #[test]
    fn a_shifted_stretch_takes_the_times_of_where_it_fits() {
        let (mut project, fit) = shifted();
        let (told, changes) = proposed_by_pictures(&project, &fit);
        assert_eq!(told, "cues 6 to 11 fit 3 places later better");
        assert_eq!(changes.len(), 6);
        // The caption of cue 6, at 10 s, fits the frame of cue 9, at 16 s.
        assert_eq!(
            (changes[0].cue, changes[0].start, changes[0].end),
            (project.track.cues[5].id, Seconds(16.0), Seconds(18.0))
        );
        assert!(
            changes
                .iter()
                .all(|change| (0.5..1.0).contains(&change.confidence))
        );
        // What was corrected since stays where it is.
        project.track.cues[5].text = "another line".into();
        let (told, changes) = proposed_by_pictures(&project, &fit);
        assert!(told.starts_with("cues 7 to 11") && changes.len() == 5, "{told}");
    }
}

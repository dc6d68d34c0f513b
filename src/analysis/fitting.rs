//! Which words belong to which pictures of a video: fitted, kept in the project, and searched.

use super::frames::FrameSet;
use super::steps::build_dataset;
use crate::captions::retiming::Retiming;
use crate::captions::{self, Tokenizer};
use crate::crossmodal::saying::{Said, Spoken};
use crate::crossmodal::{Found, FrameSearch, Gains, PictureFit, ProposedShift, colour_layout, cross_fit};
use crate::jobs::Watch;
use crate::project::{CueId, Pair, Project, Seconds, Speech, TrainedOn, counted};
use crate::training::contrast::ContrastConfig;
use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
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
    let made_of = made_of(&alone, frames, speech);
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

/// A hash of all that a fit is made of: pairs and captions with their times, speech, word vectors, and the size of the frames.
fn made_of(project: &Project, frames: &FrameSet, speech: Option<&Speech>) -> String {
    let mut hash = Sha256::new();
    hash.update(project.made_of());
    for pair in &project.pairs {
        let time = pair.cue.and_then(|cue| project.spoken(cue));
        hash.update(format!("{:?}", time.map(|time| (time.start.0, time.end.0))));
    }
    let speech = speech.map(|speech| speech.segments.len());
    hash.update(format!(
        "{:?} {:?} {} {}",
        speech, project.manifest.vectors, frames.width, frames.height
    ));
    format!("{:x}", hash.finalize())
}

/// The stretches of a fit that would stand better elsewhere, in words, and the times at which their captions would stand: those
/// of the captions that are there now, which take the places that become free. Where a caption belongs to several pairs, or one of
/// those that would move is locked, there is only the word.
#[must_use]
pub fn proposed_by_pictures(project: &Project, fit: &PictureFit) -> (String, Vec<Retiming>) {
    let mut changes: Vec<Retiming> = Vec::new();
    let mut told = Vec::new();
    for shift in &fit.shifts {
        let (way, places) = (
            if shift.by > 0 { "earlier" } else { "later" },
            counted(shift.by.unsigned_abs(), "place"),
        );
        let number = |pair: Option<usize>| {
            let cue = fit.pairs.get(pair?)?.cue?;
            project.track.place(cue).map(|place| place + 1)
        };
        let ends = [shift.first, shift.last].map(|frame| number(frame.checked_add_signed(shift.by)));
        let [Some(first), Some(last)] = ends else { continue };
        let stretch = format!("cues {first} to {last} fit {places} {way} better");
        match rotated(project, fit, shift) {
            Some(moved) => {
                told.push(stretch);
                changes.extend(moved);
            }
            None => told.push(format!(
                "{stretch}, but cannot be moved as they are: some are locked or stand several times"
            )),
        }
    }
    changes.sort_by(|a, b| Seconds::order(&a.start, &b.start));
    if told.is_empty() {
        told.push("no stretch of the captions would fit better elsewhere".to_owned());
    }
    (told.join("; "), changes)
}

/// New times for the captions of a stretch, and for those whose places they take.
fn rotated(project: &Project, fit: &PictureFit, shift: &ProposedShift) -> Option<Vec<Retiming>> {
    let by = shift.by.unsigned_abs();
    let (from, to) = if shift.by > 0 {
        (shift.first, shift.last.checked_add(by)?)
    } else {
        (shift.first.checked_sub(by)?, shift.last)
    };
    let cues: Vec<CueId> = (from..=to)
        .map(|pair| fit.pairs.get(pair)?.cue)
        .collect::<Option<_>>()?;
    let distinct: HashSet<&CueId> = cues.iter().collect();
    if distinct.len() != cues.len() {
        return None;
    }
    let free = |cue: &CueId| project.track.cue(*cue).is_some_and(|cue| !cue.locked);
    if !cues.iter().all(free) {
        return None;
    }
    let by = by.min(cues.len());
    let mut placed = cues.clone();
    if shift.by > 0 {
        placed.rotate_left(by);
    } else {
        placed.rotate_right(by);
    }
    let stretch = cues.len() - by;
    let fits = |place: usize| {
        if shift.by > 0 {
            place < stretch
        } else {
            place >= by
        }
    };
    let moved = cues.iter().zip(&placed).enumerate().map(|(place, (there, cue))| {
        let time = project.spoken(*there)?;
        Some(Retiming {
            cue: *cue,
            start: time.start,
            end: time.end,
            confidence: 1.0 / (1.0 + (-shift.gain).exp()),
            reason: if fits(place) {
                "what is shown and how it is said fit better here".to_owned()
            } else {
                "takes the place that becomes free".to_owned()
            },
        })
    });
    moved.collect()
}

/// The pairs of a fit by how well their frames fit a sentence, the best first.
///
/// # Errors
/// When the sentence has no words that are known, and when vectors or towers cannot be read.
pub fn find_frames(
    project: &Project,
    (fit, search): (&PictureFit, &FrameSearch),
    sentence: &str,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<Vec<Found>> {
    let manifest = &project.manifest;
    let words = Tokenizer::new(manifest.language).tokens(sentence);
    ensure!(!words.is_empty(), "there is no word in the sentence");
    let (vocabulary, tokens, _) = captions::vocabulary(&[words], &manifest.vectors, cache, watch)?;
    ensure!(
        vocabulary.source == fit.words,
        "the word vectors are others than those that were learned with ({}): learn words and pictures again",
        fit.words
    );
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
    use crate::crossmodal::Telling;
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
    fn a_shifted_stretch_takes_the_times_of_where_it_fits_and_others_take_its_own() {
        let (mut project, fit) = shifted();
        let (told, changes) = proposed_by_pictures(&project, &fit);
        assert_eq!(told, "cues 6 to 11 fit 3 places later better");
        // The caption of cue 6, at 10 s, fits the frame of cue 9, at 16 s; cues 12 to 14 go to where cues 6 to 8 were.
        let moved: Vec<(usize, f64)> = changes
            .iter()
            .map(|change| (project.track.place(change.cue).unwrap() + 1, change.start.0))
            .collect();
        let expected = [
            (12, 10.0),
            (13, 12.0),
            (14, 14.0),
            (6, 16.0),
            (7, 18.0),
            (8, 20.0),
            (9, 22.0),
            (10, 24.0),
            (11, 26.0),
        ];
        assert_eq!(moved, expected);
        let ends = changes.windows(2).all(|two| two[0].end <= two[1].start);
        assert!(ends, "no two stand at the same time");
        project.track.cues[6].locked = true;
        let (told, changes) = proposed_by_pictures(&project, &fit);
        assert!(told.contains("locked") && changes.is_empty(), "{told}");
    }

    #[test]
    fn other_times_speech_or_vectors_are_another_fit() {
        let (project, _) = shifted();
        let frames = FrameSet::default();
        let print = made_of(&project, &frames, None);
        assert_ne!(print, made_of(&project, &frames, Some(&Speech::default())));
        let mut other = project.clone();
        other.track.cues[3].end = Seconds(7.5);
        assert_ne!(print, made_of(&other, &frames, None));
        let mut other = project;
        other.manifest.vectors.push("a.vec".into());
        assert_ne!(print, made_of(&other, &frames, None));
    }
}

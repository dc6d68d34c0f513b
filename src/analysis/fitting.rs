//! Which words belong to which pictures of a video: fitted, kept in the project, and searched.

use super::Eyes;
use super::frames::FrameSet;
use super::looking::{Eye, looked_at};
use super::models::state_of;
use super::steps::build_dataset;
use crate::captions::retiming::Retiming;
use crate::captions::{self, Tokenizer};
use crate::crossmodal::folds::check_size;
use crate::crossmodal::saying::{Said, Spoken};
use crate::crossmodal::{
    Found, Gains, KeptSearch, PictureFit, PlacedFrames, ProposedShift, UnseenScores, colour_layout, cross_fit,
};
use crate::jobs::Watch;
use crate::pairing::Dataset;
use crate::pretrained::{Captioner, ClipPictures, ClipSentences};
use crate::project::{CueId, Pair, Project, Seconds, Speech, TrainedOn, counted};
use crate::training::contrast::{ContrastConfig, FrameFeatures};
use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What a project is held against: its frames, what is spoken, the models that look, and how towers are fitted where none reads.
#[derive(Debug, Clone)]
pub struct FitAgainst<'a> {
    /// The sampled frames.
    pub frames: &'a FrameSet,
    /// What is spoken, where that is known.
    pub speech: Option<&'a Speech>,
    /// Models that see.
    pub eyes: &'a Eyes,
    /// How towers are fitted.
    pub config: &'a ContrastConfig,
}

/// Judges how well the pictures of a project's own video and its captions fit, and keeps what comes of it in the project's
/// folder: by CLIP where it is there, else by towers that learn part by part, from what BLIP's eye sees or from colours and edges.
/// With the speech of the video, shifted stretches are looked for by how the captions would be said as well. What is there already
/// of the same pairs and settings is taken.
///
/// # Errors
/// When there are too few pairs, when the fit cannot go on or be kept, and when the work is cancelled.
pub fn fit_pictures(
    project: &Project,
    against: &FitAgainst<'_>,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<PictureFit> {
    let alone = alone(project);
    let made_of = made_of(&alone, against)?;
    if let Ok(Some(kept)) = PictureFit::load(&project.folder)
        && kept.made_of == made_of
        && kept.config == *against.config
    {
        return Ok(kept);
    }
    let on = alone.trainable();
    let said = against.speech.and_then(|speech| sayings(&alone, &on, speech));
    let (mut found, search) = match &against.eyes.clip {
        Some(clip) => by_clip(
            &alone,
            (made_of, on),
            against,
            (clip, said.as_ref()),
            cache,
            watch,
        )?,
        None => by_towers(&alone, (made_of, on), against, said.as_ref(), cache, watch)?,
    };
    found.save(&project.folder, &search)?;
    Ok(found)
}

/// What CLIP says of the pairs.
fn by_clip(
    alone: &Project,
    (made_of, on): (String, TrainedOn),
    against: &FitAgainst<'_>,
    (clip, said): (&super::models::Found, Option<&Gains>),
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<(PictureFit, KeptSearch)> {
    check_size(on.pairs.len())?;
    let video = alone
        .manifest
        .video
        .as_ref()
        .context("the project has no video")?;
    watch.say(format!("loading {}", clip.name));
    let eye = ClipPictures::load(&clip.path, watch)?;
    let scale = eye.scale();
    let frames = looked_at(
        (&video.path, &on.pairs),
        (&Eye::Clip(Box::new(eye)), &clip.path),
        cache,
        watch,
    )?;
    watch.say("reading the captions");
    let reader = ClipSentences::load(&clip.path, watch)?;
    let sentences = reader.places(&on.texts, watch)?;
    let numbers = same_texts(&on.texts);
    let scores = UnseenScores::by_stranger(frames.dot(&sentences.t()) * scale, numbers);
    let sources = ["the processor".to_owned(), clip.name.clone(), clip.name.clone()];
    let found = PictureFit::new((made_of, on), against.config.clone(), sources, &scores, said);
    let search = KeptSearch::Pretrained(PlacedFrames(frames), clip.name.clone(), clip.path.clone());
    Ok((found, search))
}

/// What towers that learn from the pairs say of them.
fn by_towers(
    alone: &Project,
    (made_of, on): (String, TrainedOn),
    against: &FitAgainst<'_>,
    said: Option<&Gains>,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<(PictureFit, KeptSearch)> {
    check_size(on.pairs.len())?;
    let (dataset, _) = build_dataset(alone, against.frames, &[], cache, watch)?;
    let features = seen(alone, &dataset, against.eyes, cache, watch)?;
    let fit = cross_fit(&dataset, &features, against.config, watch)?;
    let sources = [fit.device, features.source, dataset.vocabulary.source];
    let found = PictureFit::new((made_of, on), against.config.clone(), sources, &fit.scores, said);
    Ok((found, KeptSearch::Towers(fit.search, fit.shape)))
}

/// What the frames of a dataset of this project look like: to BLIP where it is here, else by colours and edges.
pub(super) fn seen(
    alone: &Project,
    dataset: &Dataset,
    eyes: &Eyes,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<FrameFeatures> {
    let (Some(blip), Some(video)) = (&eyes.blip, &alone.manifest.video) else {
        watch.say("looking at the frames");
        return Ok(colour_layout(dataset, watch)?);
    };
    watch.say(format!("loading {}", blip.name));
    let eye = Eye::Blip(Box::new(Captioner::load(&blip.path, watch)?));
    let values = looked_at((&video.path, &dataset.pairs), (&eye, &blip.path), cache, watch)?;
    Ok(FrameFeatures::standardised(values, blip.name.clone()))
}

/// The number of each text, the same for the same; none for an empty one.
fn same_texts(texts: &[String]) -> Vec<Option<usize>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut numbered = Vec::with_capacity(texts.len());
    for text in texts.iter().map(|text| text.trim()) {
        let next = numbers.len();
        numbered.push((!text.is_empty()).then(|| *numbers.entry(text).or_insert(next)));
    }
    numbered
}

/// How well the captions of the pairs fit what is spoken in their time; none where a caption belongs to several pairs, which
/// are then no places that it could be moved between.
fn sayings(project: &Project, on: &TrainedOn, speech: &Speech) -> Option<Gains> {
    let mut seen = HashSet::new();
    let cues = on.pairs.iter().filter_map(|pair| pair.cue);
    if !cues.into_iter().all(|cue| seen.insert(cue)) {
        return None;
    }
    let time_of = |pair: &Pair| pair.cue.and_then(|cue| project.spoken(cue));
    let spoken = |(place, pair): (usize, &Pair)| {
        let Some(mut time) = time_of(pair) else {
            return Spoken::default();
        };
        // Captions that roll stay beside the next: what is said then is the next one's.
        if let Some(next) = on.pairs.get(place + 1).and_then(time_of)
            && next.start.0 > time.start.0
        {
            time.end = Seconds(time.end.0.min(next.start.0));
        }
        Spoken::within(speech, time)
    };
    let spoken: Vec<Spoken> = on.pairs.iter().enumerate().map(spoken).collect();
    let said: Vec<Said> = on.texts.iter().map(|text| Said::of(text)).collect();
    Some(Gains::of_speech(&spoken, &said))
}

/// A hash of all that a fit is made of: pairs and captions with their times, speech, word vectors, the size of the frames, and the
/// models.
fn made_of(project: &Project, against: &FitAgainst<'_>) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    hash.update(project.made_of());
    for pair in &project.pairs {
        let time = pair.cue.and_then(|cue| project.spoken(cue));
        hash.update(format!("{:?}", time.map(|time| (time.start.0, time.end.0))));
    }
    let speech = against.speech.map(|speech| speech.segments.len());
    let (width, height) = (against.frames.width, against.frames.height);
    hash.update(format!(
        "{speech:?} {:?} {width} {height}",
        project.manifest.vectors
    ));
    for eye in [&against.eyes.clip, &against.eyes.blip].into_iter().flatten() {
        hash.update(state_of(&eye.path)?);
    }
    Ok(format!("{:x}", hash.finalize()))
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
/// When the sentence has no words that are known, and when vectors, towers or the model cannot be read.
pub fn find_frames(
    project: &Project,
    fit: &PictureFit,
    sentence: &str,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<Vec<Found>> {
    match fit.search(&project.folder)? {
        KeptSearch::Towers(towers, _) => {
            let vectors = vectors_of(project, fit, sentence, cache, watch)?;
            Ok(towers.frames_for(&vectors)?)
        }
        KeptSearch::Pretrained(frames, name, path) => {
            ensure!(!sentence.trim().is_empty(), "there is no word in the sentence");
            let reader = ClipSentences::load(&path, watch).with_context(|| {
                format!("the frames were looked at by {name}; check against the pictures again if it is gone")
            })?;
            let place = reader.places(&[sentence.to_owned()], watch)?;
            Ok(frames.frames_for(place.row(0)))
        }
    }
}

/// The vectors of the known words of a sentence, of the same source as those that were learned with.
fn vectors_of(
    project: &Project,
    fit: &PictureFit,
    sentence: &str,
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<Vec<Vec<f32>>> {
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
    Ok(vectors)
}

/// The project without the videos that are studied with it.
pub(super) fn alone(project: &Project) -> Project {
    let mut alone = project.clone();
    alone.manifest.companions.clear();
    alone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::models;
    use crate::crossmodal::Telling;
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
            judge: None,
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
        let against = FitAgainst {
            frames: &FrameSet::default(),
            speech: None,
            eyes: &Eyes::default(),
            config: &ContrastConfig::default(),
        };
        let print = made_of(&project, &against).unwrap();
        let with_speech = FitAgainst {
            speech: Some(&Speech::default()),
            ..against.clone()
        };
        assert_ne!(print, made_of(&project, &with_speech).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let eyes = Eyes {
            clip: Some(models::Found {
                name: "a model".into(),
                path: folder.path().into(),
            }),
            blip: None,
        };
        let with_model = FitAgainst {
            eyes: &eyes,
            ..against.clone()
        };
        assert_ne!(print, made_of(&project, &with_model).unwrap());
        let mut other = project.clone();
        other.track.cues[3].end = Seconds(7.5);
        assert_ne!(print, made_of(&other, &against).unwrap());
        let mut other = project;
        other.manifest.vectors.push("a.vec".into());
        assert_ne!(print, made_of(&other, &against).unwrap());
    }
}

//! From a video file to a dataset.

use super::frames::FrameSet;
use crate::captions::{self, OutputFormat, ReadOptions, Tokenizer};
use crate::jobs::Watch;
use crate::media;
use crate::pairing::{self, Dataset, FEWEST_PAIRS};
use crate::project::files::write_whole;
use crate::project::{
    CaptionSource, CaptionTrack, Language, Pairing, PairingRule, Project, Seconds, StoreError, TrainedOn,
};
use anyhow::{Context, ensure};
use std::path::Path;

/// Captions may end this much after the video before the analyst is told.
pub const TIME_MARGIN: Seconds = Seconds(5.0);

/// Probes a video and makes a project of it, to be kept in `folder`. Nothing is written yet.
///
/// # Errors
/// When the file is no video.
pub fn open_video(video: &Path, folder: &Path) -> anyhow::Result<Project> {
    let (folder, video) = (std::path::absolute(folder)?, std::path::absolute(video)?);
    Ok(Project::new(&folder, media::probe(&video)?))
}

/// Reads a caption file into a project that has no captions yet, or none that matter.
///
/// # Errors
/// When the file cannot be read as captions.
pub fn import_captions(
    project: &mut Project,
    file: &Path,
    encoding: Option<String>,
    language: Option<Language>,
) -> anyhow::Result<()> {
    let duration = project.manifest.video.as_ref().map(|video| video.duration);
    let imported = captions::read(file, &ReadOptions { encoding, duration })?;
    let mut warnings = imported.warnings;
    if let Some(duration) = duration
        && imported.track.end() > duration + TIME_MARGIN
    {
        warnings.push(format!(
            "The captions end at {} but the video at {duration}. If they run slower than the video, set a scale or \
             pair uniformly",
            imported.track.end()
        ));
    }
    warnings.extend(language.and_then(|chosen| captions::language_doubt(&imported.track, chosen)));
    let language = language.unwrap_or_else(|| captions::detect_language(&imported.track));
    let source = CaptionSource {
        file: std::path::absolute(file)?,
        encoding: imported.encoding,
        warnings,
    };
    project.set_captions(imported.track, source, language);
    Ok(())
}

/// How these captions are best paired: by their times where they have some, else spread uniformly.
#[must_use]
pub fn suggested_pairing(track: &CaptionTrack, frames: usize) -> Pairing {
    let rule = if track.is_without_times() {
        pairing::spread(track.cues.len(), frames)
    } else {
        PairingRule::Captions
    };
    Pairing {
        rule,
        ..Pairing::default()
    }
}

/// Pairs the frames with the captions, by the rule and by what was decided by hand. Returns what the analyst should know.
/// Of a run in use, [`crate::project::Staleness`] tells what it does not know then.
pub fn make_pairs(project: &mut Project, frames: &FrameSet, pairing: Pairing) -> Vec<String> {
    let times = frames.times();
    let mut paired = pairing::pair(&times, frames.every, &project.track, &pairing);
    pairing::choose(&mut paired, pairing.rule, &project.manifest.choices, &times);
    project.pairs = paired.pairs;
    project.manifest.pairing = pairing;
    paired.warnings
}

/// The pairs as numbers, those of the companions behind its own; `company` holds the frames of each companion. Returns also
/// what the analyst should know of the word vectors.
///
/// # Errors
/// When there are fewer than [`FEWEST_PAIRS`] pairs, a companion could not be read, the pairs speak of frames that are not
/// there, or the word vectors cannot be read.
pub fn build_dataset(
    project: &Project,
    frames: &FrameSet,
    company: &[FrameSet],
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<(Dataset, Vec<String>)> {
    let TrainedOn { pairs, texts } = project.trainable();
    ensure!(
        pairs.len() >= FEWEST_PAIRS,
        "there are only {} frame-caption pairs, and training needs at least {FEWEST_PAIRS}. Sample frames more often, \
         widen the in and out points, or choose another pairing",
        pairs.len()
    );
    watch.say("finding words");
    let mut tokenizers = vec![Tokenizer::new(project.manifest.language)];
    let mut files = vec![(project.manifest.language, project.manifest.vectors.as_slice())];
    for companion in &project.manifest.companions {
        let manifest = &project.companion(companion)?.manifest;
        tokenizers.push(Tokenizer::new(manifest.language));
        files.push((manifest.language, manifest.vectors.as_slice()));
    }
    let rows = pairs.iter().zip(&texts);
    let tokens: Vec<Vec<String>> = rows
        .filter_map(|(pair, text)| Some(tokenizers.get(pair.source.index())?.tokens(text)))
        .collect();
    ensure!(
        tokens.iter().any(|words| !words.is_empty()),
        "no pair has a caption with words in it: check the caption file and the pairing"
    );
    watch.check()?;
    watch.say("reading word vectors");
    let (vocabulary, tokens, warnings) = captions::mixed_vocabulary(&tokens, &files, cache, watch)?;
    let mut images = Vec::with_capacity(pairs.len() * (3 * frames.width * frames.height) as usize);
    for pair in &pairs {
        let of_source = match pair.source.companion() {
            Some(place) => company.get(place),
            None => Some(frames),
        };
        let planes = of_source.and_then(|frames| frames.planes(pair.frame));
        let planes = planes.with_context(|| {
            let video = pair
                .source
                .companion()
                .and_then(|place| project.manifest.companions.get(place));
            format!(
                "the pairs{} name frame {}, which is not sampled: pair again",
                video.map_or_else(String::new, |video| format!(" of {}", video.name)),
                pair.frame.0
            )
        })?;
        images.extend(planes);
    }
    let (height, width) = (frames.height as usize, frames.width as usize);
    Ok((
        Dataset {
            pairs,
            height,
            width,
            images,
            tokens,
            vocabulary,
        },
        warnings,
    ))
}

/// Saves the project, with its captions also as SRT for other programs.
///
/// # Errors
/// When the folder cannot be written.
pub fn save(project: &Project) -> Result<(), StoreError> {
    project.save()?;
    let srt = captions::write(&project.track, OutputFormat::Srt);
    write_whole(&project.folder.join("captions.srt"), |file| {
        file.write_all(srt.as_bytes())
    })
}

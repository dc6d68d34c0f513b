//! From frames to what they show.

use super::exact_pictures;
use crate::clustering;
use crate::interpretation::{self, Describe, Still};
use crate::jobs::Watch;
use crate::project::{Description, PairIndex, Project, Run};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Frames that are shown to the model at a time.
const BATCH: usize = 4;

/// Columns of a frame as the model gets it, which makes it smaller still.
const WIDTH: u32 = 640;

/// Which frames are described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frames {
    /// That of every pair.
    All,
    /// Of each cluster the so many that are nearest to its middle.
    Typical(usize),
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Described {
    /// Frames that the model was shown.
    pub new: usize,
    /// Frames that it had described before.
    pub known: usize,
    /// Of both, those that it went round in circles about.
    pub looping: usize,
    /// Seconds that the model took.
    pub seconds: f64,
}

/// A line of the cache.
#[derive(Serialize, Deserialize)]
struct Known {
    /// SHA-256 of the picture and the prompt.
    picture: String,
    description: Description,
}

/// Describes frames of the studied pairs. Each description is handed over when it is there and kept in `cache`, so that work that is
/// stopped is gone on with; what the analyst wrote stays as it is, and is not asked for again.
///
/// # Errors
/// When a video cannot be read, when the model fails, and when cancelled.
pub fn describe(
    project: &Project,
    frames: Frames,
    model: &mut dyn Describe,
    prompt: Option<&str>,
    cache: Option<&Path>,
    watch: &Watch,
    told: &mut dyn FnMut(PairIndex, Description),
) -> anyhow::Result<Described> {
    let run = project
        .run
        .as_ref()
        .context("train first: frames are described for the pairs of a training")?;
    let mut wanted = wanted(run, frames);
    wanted.retain(|pair| {
        run.descriptions
            .get(pair)
            .is_none_or(|known| known.edited.is_none())
    });
    let mut cache = Cache::open(cache, &model.identity());
    let mut pictures = exact_pictures(project);
    let mut done = Described::default();
    let (mut reached, total) = (0_u64, wanted.len() as u64);
    watch.report(0, total);
    let wanted: Vec<PairIndex> = wanted.into_iter().collect();
    for pairs in wanted.chunks(BATCH) {
        let mut fresh = Vec::new();
        for &pair in pairs {
            watch.check()?;
            let picture = pictures(pair, WIDTH)?;
            let key = key(&picture, prompt);
            match cache.known.get(&key) {
                Some(description) => {
                    done.known += 1;
                    done.looping += usize::from(description.looping);
                    told(pair, description.clone());
                }
                None => fresh.push((pair, key, picture)),
            }
        }
        let stills: Vec<Still> = fresh
            .iter()
            .map(|(_, _, picture)| {
                let [width, height] = picture.size();
                let rgb = picture.rgb();
                Still { width, height, rgb }
            })
            .collect();
        if !stills.is_empty() {
            let began = Instant::now();
            let described = interpretation::describe(model, &stills, prompt, watch)?;
            done.seconds += began.elapsed().as_secs_f64();
            for ((pair, picture, _), description) in fresh.into_iter().zip(described) {
                done.new += 1;
                done.looping += usize::from(description.looping);
                cache.keep(&Known {
                    picture,
                    description: description.clone(),
                });
                told(pair, description);
            }
        }
        reached += pairs.len() as u64;
        watch.report(reached, total);
        if done.new > 0 {
            watch.say(format!(
                "{:.1} frames a second",
                done.new as f64 / done.seconds.max(1e-9)
            ));
        }
    }
    Ok(done)
}

/// The pairs whose frames are described.
#[must_use]
pub fn wanted(run: &Run, frames: Frames) -> BTreeSet<PairIndex> {
    match (frames, &run.latents, &run.assignment) {
        (Frames::Typical(count), Some(latents), Some(chosen)) => {
            let typical = clustering::representatives(latents, chosen, count);
            typical.into_iter().flatten().collect()
        }
        _ => (0..run.on.pairs.len()).map(PairIndex::from).collect(),
    }
}

fn key(picture: &crate::export::Picture, prompt: Option<&str>) -> String {
    let mut hash = Sha256::new();
    hash.update(prompt.unwrap_or_default());
    hash.update([0]);
    picture
        .size()
        .iter()
        .for_each(|side| hash.update(side.to_le_bytes()));
    hash.update(picture.rgb());
    format!("{:x}", hash.finalize())
}

/// What a model said of which picture, a file a model, a line a picture. Losing it costs time and nothing else, so that its
/// failures are only logged.
struct Cache {
    known: HashMap<String, Description>,
    file: Option<PathBuf>,
}

impl Cache {
    fn open(folder: Option<&Path>, model: &str) -> Self {
        let plain = |letter: char| if letter.is_alphanumeric() { letter } else { '-' };
        let name: String = model.chars().map(plain).collect();
        let file = folder.map(|folder| {
            folder
                .join("descriptions")
                .join(name)
                .with_added_extension("jsonl")
        });
        let text = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let lines = text.iter().flat_map(|text| text.lines());
        let known = lines.filter_map(|line| serde_json::from_str::<Known>(line).ok());
        Self {
            known: known.map(|known| (known.picture, known.description)).collect(),
            file,
        }
    }

    fn keep(&mut self, known: &Known) {
        let Some(file) = &self.file else { return };
        let write = || -> std::io::Result<()> {
            file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let mut line = serde_json::to_string(known)?;
            line.push('\n');
            std::fs::File::options()
                .create(true)
                .append(true)
                .open(file)?
                .write_all(line.as_bytes())
        };
        if let Err(error) = write() {
            tracing::warn!("descriptions are not kept: {error}");
            self.file = None;
        }
    }
}

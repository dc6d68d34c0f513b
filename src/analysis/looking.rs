//! What pretrained models see in the frames of pairs, each picture looked at once.

use super::models::{self, Found};
use super::{Places, models::state_of};
use crate::jobs::Watch;
use crate::media::FrameSource;
use crate::pretrained::catalogue::{self, Job};
use crate::pretrained::{Captioner, ClipPictures, Picture, PretrainedError, Shelf, State};
use crate::project::{Language, Pair};
use anyhow::Context;
use ndarray::Array2;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Columns of a frame as a model gets it, which makes it smaller still.
const WIDTH: u32 = 640;

/// Which models look at pictures, beside what needs none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Eyes {
    /// CLIP, which sees and reads: nothing needs to be learned.
    pub clip: Option<Found>,
    /// BLIP, whose eye is used.
    pub blip: Option<Found>,
}

impl Eyes {
    /// The models that are here and ready for captions in a language. A model of the catalogue must know the language; of a model
    /// of one's own it is taken for granted.
    ///
    /// # Errors
    /// When the list of models cannot be read.
    pub fn ready(places: &Places, language: Language) -> anyhow::Result<Self> {
        let shelf = Shelf::open(&places.models())?;
        let found = |model: crate::pretrained::Installed| Found {
            name: model.name,
            path: model.path,
        };
        let reads = |id: &str| {
            let known = catalogue::find(id).map(|model| model.languages);
            known.is_none_or(|languages| languages.contains(language.name()))
        };
        let chosen = shelf.chosen(Job::Search).into_iter();
        let clip = chosen
            .chain(shelf.installed(Job::Search))
            .find(|model| model.state == State::Ready && reads(&model.id));
        Ok(Self {
            clip: clip.map(found),
            blip: shelf.chosen(Job::Describe).map(found),
        })
    }

    /// A certain model that sees and reads: a name or a path.
    ///
    /// # Errors
    /// When there is none, with what to do.
    pub fn named(places: &Places, name: &str) -> anyhow::Result<Self> {
        Ok(Self {
            clip: Some(models::find(places, Job::Search, Some(name))?),
            blip: None,
        })
    }
}

/// A model that sees.
pub(super) enum Eye {
    Clip(Box<ClipPictures>),
    Blip(Box<Captioner>),
}

impl Eye {
    fn look(&self, pictures: &[Picture<'_>], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        match self {
            Self::Clip(clip) => clip.places(pictures, watch),
            Self::Blip(blip) => blip.whole(pictures, watch),
        }
    }
}

/// What the frames of pairs look like to a model of this folder, a row a pair. What was seen before is taken from `cache`.
///
/// # Errors
/// When the video cannot be read, when the model fails, and when cancelled.
pub(super) fn looked_at(
    (video, pairs): (&Path, &[Pair]),
    (eye, model): (&Eye, &Path),
    cache: Option<&Path>,
    watch: &Watch,
) -> anyhow::Result<Array2<f32>> {
    let mut seen = Seen::open(cache, &state_of(model)?);
    let mut source = FrameSource::open(video)?;
    let mut rows = Vec::new();
    let mut width = 0;
    watch.say("looking at the frames");
    for (place, pair) in (1..).zip(pairs) {
        watch.check()?;
        let picture = source.at(pair.time, WIDTH)?;
        let key: Key = Sha256::digest(&picture.rgb).into();
        let row = match seen.known.get(&key) {
            Some(row) => row.clone(),
            None => {
                let picture = Picture {
                    rgb: &picture.rgb,
                    width: picture.width as usize,
                    height: picture.height as usize,
                };
                let row = eye.look(&[picture], watch)?.into_raw_vec_and_offset().0;
                seen.keep(key, &row);
                row
            }
        };
        width = row.len();
        rows.extend(row);
        watch.report(place, pairs.len() as u64);
    }
    Array2::from_shape_vec((pairs.len(), width), rows)
        .context("the model sees pictures of one size as rows of another")
}

type Key = [u8; 32];

/// What a model saw in which picture: a file a model, of records of a picture's SHA-256, a length and as many numbers of 32 bits,
/// little end first. Losing it costs time and nothing else, so that its failures are only logged.
struct Seen {
    known: HashMap<Key, Vec<f32>>,
    file: Option<PathBuf>,
}

impl Seen {
    fn open(folder: Option<&Path>, model: &str) -> Self {
        let file = folder.map(|folder| folder.join("seen").join(model));
        let bytes = file.as_ref().and_then(|file| std::fs::read(file).ok());
        let mut known = HashMap::new();
        let mut rest = bytes.as_deref().unwrap_or_default();
        // What a killed program left half written ends it.
        while let Some((key, row, after)) = record(rest) {
            known.insert(key, row);
            rest = after;
        }
        let whole = bytes.as_ref().map_or(0, Vec::len) - rest.len();
        if let Some(file) = file.as_ref().filter(|_| !rest.is_empty()) {
            let cut = std::fs::File::options().write(true).open(file);
            if let Err(error) = cut.and_then(|file| file.set_len(whole as u64)) {
                tracing::warn!("{} cannot be mended: {error}", file.display());
            }
        }
        Self { known, file }
    }

    fn keep(&mut self, key: Key, row: &[f32]) {
        self.known.insert(key, row.to_vec());
        let Some(file) = &self.file else { return };
        let write = || -> std::io::Result<()> {
            file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let mut bytes = key.to_vec();
            bytes.extend((row.len() as u32).to_le_bytes());
            bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
            std::fs::File::options()
                .create(true)
                .append(true)
                .open(file)?
                .write_all(&bytes)
        };
        if let Err(error) = write() {
            tracing::warn!("what was seen is not kept: {error}");
            self.file = None;
        }
    }
}

/// The first record, and what comes after it.
fn record(bytes: &[u8]) -> Option<(Key, Vec<f32>, &[u8])> {
    let (key, bytes) = bytes.split_first_chunk::<32>()?;
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let length = 4 * u32::from_le_bytes(*length) as usize;
    let (row, after) = bytes.split_at_checked(length)?;
    let values = row
        .as_chunks::<4>()
        .0
        .iter()
        .map(|value| f32::from_le_bytes(*value));
    Some((*key, values.collect(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_again_also_behind_half_a_record() {
        let folder = tempfile::tempdir().unwrap();
        let mut seen = Seen::open(Some(folder.path()), "model");
        seen.keep([1; 32], &[0.5, -2.0]);
        let file = folder.path().join("seen/model");
        let mut bytes = std::fs::read(&file).unwrap();
        let whole = bytes.len();
        bytes.extend([2; 40]);
        std::fs::write(&file, bytes).unwrap();
        let mut again = Seen::open(Some(folder.path()), "model");
        assert_eq!(again.known, HashMap::from([([1; 32], vec![0.5, -2.0])]));
        assert_eq!(std::fs::metadata(&file).unwrap().len(), whole as u64);
        again.keep([3; 32], &[1.0]);
        assert_eq!(Seen::open(Some(folder.path()), "model").known.len(), 2);
    }
}

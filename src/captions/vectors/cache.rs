//! The vectors that were found, kept so that gigabytes are not read twice.

use super::LoadedVectors;
use crate::project::files::fnv1a;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Changes when the same files and words would give other vectors or another form.
const MAGIC: &[u8; 8] = b"FLWORDS1";

/// What the vectors depend on: the files as they are now, and the words in their order.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Key {
    files: Vec<Stamp>,
    words: Vec<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    bytes: u64,
    modified_ns: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    key: Key,
    dimension: usize,
    found: Vec<bool>,
    source: String,
    warnings: Vec<String>,
}

impl Key {
    /// None when a file cannot be looked at: then reading it will say why.
    pub fn of(files: &[PathBuf], words: &[String]) -> Option<Self> {
        let stamp = |file: &PathBuf| {
            let metadata = file.metadata().ok()?;
            let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            Some(Stamp {
                path: file.canonicalize().ok()?,
                bytes: metadata.len(),
                modified_ns: u64::try_from(modified.as_nanos()).ok()?,
            })
        };
        let files = files.iter().map(stamp).collect::<Option<Vec<_>>>()?;
        Some(Self {
            files,
            words: words.to_owned(),
        })
    }

    fn path(&self, folder: &Path) -> Option<PathBuf> {
        Some(folder.join(format!(
            "word-vectors-{:016x}.bin",
            fnv1a(serde_json::to_vec(self).ok()?)
        )))
    }
}

/// What was kept for this key. Whatever is wrong with it, it is as if there were none.
pub(super) fn get(folder: &Path, key: &Key) -> Option<LoadedVectors> {
    let bytes = std::fs::read(key.path(folder)?).ok()?;
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    if magic != MAGIC || u64::from_le_bytes(*sum) != fnv1a(rest.iter().copied()) {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (head, numbers) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let (vectors, []) = numbers.as_chunks::<4>() else {
        return None;
    };
    let vectors: Vec<f32> = vectors.iter().map(|value| f32::from_le_bytes(*value)).collect();
    let words = key.words.len();
    if head.key != *key
        || head.found.len() != words
        || Some(vectors.len()) != words.checked_mul(head.dimension)
    {
        return None;
    }
    let Head {
        dimension,
        found,
        source,
        warnings,
        ..
    } = head;
    Some(LoadedVectors {
        vectors,
        dimension,
        found,
        source,
        warnings,
    })
}

/// Keeps the vectors. A failure costs only time at the next start, so it is logged and no error.
pub(super) fn put(folder: &Path, key: Key, loaded: &LoadedVectors) {
    if let Err(error) = write(folder, key, loaded) {
        tracing::warn!("cannot keep word vectors in {}: {error}", folder.display());
    }
}

fn write(folder: &Path, key: Key, loaded: &LoadedVectors) -> std::io::Result<()> {
    let Some(path) = key.path(folder) else {
        return Ok(());
    };
    let head = serde_json::to_vec(&Head {
        key,
        dimension: loaded.dimension,
        found: loaded.found.clone(),
        source: loaded.source.clone(),
        warnings: loaded.warnings.clone(),
    })?;
    let mut body = (head.len() as u64).to_le_bytes().to_vec();
    body.extend(head);
    body.extend(loaded.vectors.iter().flat_map(|value| value.to_le_bytes()));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(&fnv1a(body.iter().copied()).to_le_bytes())?;
    file.write_all(&body)?;
    file.persist(path)?;
    Ok(())
}

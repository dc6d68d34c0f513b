//! Hashes of the files that a result was made of, by which others can tell that they have the same.

use crate::export::Fingerprint;
use crate::jobs::{Cancelled, Watch};
use crate::project::{Manifest, Project};
use crate::training::checkpoint;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// Hashes of the videos, the caption files, the files of word vectors and the weights of the run in use, of those that the
/// project names. A large video takes a while.
///
/// # Errors
/// When the work is cancelled. A file that cannot be read has no hash.
pub fn fingerprints(project: &Project, watch: &Watch) -> Result<Vec<Fingerprint>, Cancelled> {
    let manifest = &project.manifest;
    let companions = project.studied_companions().iter();
    let others: Vec<&Manifest> = companions
        .filter_map(|companion| Some(&project.companion(companion).ok()?.manifest))
        .collect();
    let all = || std::iter::once(manifest).chain(others.iter().copied());
    let video = all().flat_map(|manifest| manifest.video.iter().map(|video| ("video", video.path.clone())));
    let captions = all().flat_map(|manifest| {
        let sources = manifest.captions.iter();
        sources.map(|source| ("captions", source.file.clone()))
    });
    let vectors =
        all().flat_map(|manifest| manifest.vectors.iter().map(|file| ("word vectors", file.clone())));
    let weights = project
        .run
        .iter()
        .map(|run| ("weights", project.run_folder(&run.name).join(checkpoint::FILE)));
    let files: Vec<_> = video.chain(captions).chain(vectors).chain(weights).collect();
    let total = files
        .iter()
        .filter_map(|(_, path)| Some(std::fs::metadata(path).ok()?.len()))
        .sum();
    watch.say("hashing files");
    let mut done = 0;
    let mut found = Vec::new();
    for (what, path) in files {
        let sha256 = sha256(&path, watch, &mut done, total)?;
        found.push(Fingerprint {
            what: what.into(),
            path,
            sha256,
        });
    }
    Ok(found)
}

/// Parts of a file that are looked at to know it again, and the bytes of each.
const PARTS: u64 = 16;
const PART: u64 = 1 << 16;

/// What tells a file from others in no time, wherever it lies: a hash of its size and of 16 parts of 64 KiB that are spread
/// over it.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn quick(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut hash = Sha256::new();
    hash.update(size.to_le_bytes());
    let last = size.saturating_sub(PART);
    let mut part = Vec::new();
    for index in 0..PARTS {
        part.clear();
        file.seek(SeekFrom::Start(last * index / (PARTS - 1)))?;
        (&mut file).take(PART).read_to_end(&mut part)?;
        hash.update(&part);
    }
    Ok(hash.finalize().into())
}

fn sha256(path: &Path, watch: &Watch, done: &mut u64, total: u64) -> Result<Option<String>, Cancelled> {
    let Ok(mut file) = File::open(path) else {
        return Ok(None);
    };
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        watch.check()?;
        let Ok(read) = file.read(&mut piece) else {
            return Ok(None);
        };
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hash.update(bytes);
        *done += read as u64;
        watch.report(*done, total);
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Run;

    #[test]
    fn a_quick_look_tells_files_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut bytes = vec![7; 5_000_000];
        let mut look = |at: Option<usize>| {
            at.into_iter().for_each(|at| bytes[at] += 1);
            std::fs::write(&path, &bytes).unwrap();
            quick(&path).unwrap()
        };
        let first = look(None);
        assert_eq!(look(None), first);
        assert_ne!(look(Some(0)), first);
        let second = look(None);
        assert_ne!(look(Some(4_999_999)), second);
        std::fs::write(&path, "").unwrap();
        assert!(quick(&path).is_ok() && quick(&folder.path().join("b")).is_err());
    }

    #[test]
    fn files_are_hashed_and_missing_ones_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, "abc").unwrap();
        let mut project = Project::default();
        project.manifest.vectors = vec![path];
        project.run = Some(Run::default());
        let watch = Watch::default();
        let found = fingerprints(&project, &watch).unwrap();
        // The example of the standard, FIPS 180-2.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            (found[0].what.as_str(), found[0].sha256.as_deref()),
            ("word vectors", Some(expected))
        );
        assert_eq!(
            (found[1].what.as_str(), found[1].sha256.as_deref()),
            ("weights", None)
        );
        watch.cancel();
        assert!(matches!(fingerprints(&project, &watch), Err(Cancelled)));
    }
}

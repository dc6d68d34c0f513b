//! What a training was like on the way: `runs/NAME/history/`, three plain files an epoch kept.

use super::files::{StoreError, read_json, write_json};
use super::results::{Latents, Reconstruction, Snapshot};
use super::run::{read_npy, write_npy};
use ndarray::Array2;
use std::path::Path;

const FOLDER: &str = "history";
const LATENTS: &str = "latents.npy";
const PICTURES: &str = "pictures.npy";
const WORDS: &str = "words.json";

/// Keeps a snapshot in the folder of its run; one of the same epoch is replaced.
///
/// # Errors
/// When the folder cannot be written.
pub fn save_snapshot(run: &Path, snapshot: &Snapshot) -> Result<(), StoreError> {
    let folder = run.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|cause| StoreError::Write {
        path: folder.clone(),
        cause,
    })?;
    let file = |end: &str| folder.join(format!("epoch-{:06}-{end}", snapshot.epoch));
    let told = &snapshot.reconstructions;
    write_json(&file(WORDS), told)?;
    let bytes: Vec<u8> = told.iter().flat_map(|told| told.rgb.iter().copied()).collect();
    let size = told.first().map_or(0, |told| told.rgb.len());
    let pictures =
        Array2::from_shape_vec((told.len(), size), bytes).map_err(|error| StoreError::Damaged {
            path: file(PICTURES),
            what: error.to_string(),
        })?;
    write_npy(&file(PICTURES), &pictures)?;
    // Last, for a snapshot without latents is not read back.
    write_npy(&file(LATENTS), &snapshot.latents.values)
}

/// The snapshots of a run, the earliest first, up to an epoch: later ones are of a training that was begun anew. What
/// cannot be read is left out: a history is there to be looked at, and not worth an error.
#[must_use]
pub fn load_snapshots(run: &Path, last: u32) -> Vec<Snapshot> {
    let Ok(entries) = std::fs::read_dir(run.join(FOLDER)) else {
        return Vec::new();
    };
    let mut epochs: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let epoch = name.strip_prefix("epoch-")?.strip_suffix(LATENTS)?;
            epoch.trim_end_matches('-').parse().ok()
        })
        .filter(|&epoch| epoch <= last)
        .collect();
    epochs.sort_unstable();
    epochs.iter().filter_map(|&epoch| load(run, epoch)).collect()
}

fn load(run: &Path, epoch: u32) -> Option<Snapshot> {
    let file = |end: &str| run.join(FOLDER).join(format!("epoch-{epoch:06}-{end}"));
    let mut reconstructions: Vec<Reconstruction> = read_json(&file(WORDS)).ok()??;
    let pictures = read_npy::<u8>(&file(PICTURES)).ok()??;
    for (told, picture) in reconstructions.iter_mut().zip(pictures.rows()) {
        told.rgb = picture.to_vec();
    }
    Some(Snapshot {
        epoch,
        latents: Latents {
            values: read_npy(&file(LATENTS)).ok()??,
        },
        reconstructions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PairIndex;

    #[test]
    fn snapshots_come_back_in_order_up_to_an_epoch() {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = |epoch: u32| Snapshot {
            epoch,
            latents: Latents {
                values: Array2::from_elem((3, 2), epoch as f32),
            },
            reconstructions: vec![Reconstruction {
                epoch,
                pair: PairIndex(1),
                rgb: vec![epoch as u8; 12],
                words: vec!["风暴".into()],
                said: vec!["storm".into()],
            }],
        };
        for epoch in [12, 3, 1] {
            save_snapshot(folder.path(), &snapshot(epoch)).unwrap();
        }
        assert_eq!(load_snapshots(folder.path(), 12), [1, 3, 12].map(snapshot));
        assert_eq!(load_snapshots(folder.path(), 3).len(), 2);
        std::fs::write(folder.path().join("history/epoch-000003-pictures.npy"), b"no").unwrap();
        assert_eq!(load_snapshots(folder.path(), 12).len(), 2);
        assert!(load_snapshots(&folder.path().join("none"), 9).is_empty());
    }
}

//! The state of a training on disk.

use super::config::TrainingConfig;
use super::optimizer::AdamW;
use super::progress::Progress;
use crate::pairing::Dataset;
use crate::project::files::make_ordinary;
use memmap2::Mmap;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors, serialize_to_file};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};
use thiserror::Error;

/// Name of the checkpoint in the folder of its run.
pub const FILE: &str = "checkpoint.safetensors";

const FIRST: &str = "optimizer.first.";
const SECOND: &str = "optimizer.second.";

/// Why a checkpoint cannot be written or read.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file system refused.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The training in it is further on than what is asked for.
    #[error("it is at epoch {epoch} already")]
    Ahead {
        /// Epochs done.
        epoch: u32,
    },
    /// The file holds something else.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
}

/// What a checkpoint says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// What was asked for.
    pub config: TrainingConfig,
    /// [`fingerprint`] of the dataset.
    pub dataset: String,
    /// How far the training is.
    pub progress: Progress,
    /// Updates that the optimiser made.
    pub updates: u64,
}

/// A number that tells datasets apart: any other picture, caption or word vector gives another.
#[must_use]
pub fn fingerprint(dataset: &Dataset) -> String {
    // FNV-1a over words of eight bytes: stable between versions and platforms, which the standard hasher is not.
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut eat = |word: u64| hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(29);
    eat(dataset.height as u64);
    eat(dataset.width as u64);
    for chunk in dataset.images.chunks(8) {
        eat(chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    }
    for tokens in &dataset.tokens {
        eat(tokens.len() as u64);
        tokens.iter().for_each(|&token| eat(u64::from(token)));
    }
    dataset
        .vocabulary
        .vectors
        .iter()
        .for_each(|value| eat(u64::from(value.to_bits())));
    format!("{hash:016x}")
}

/// Puts the state on disk, whole or not at all, with the moments of the optimiser: also a training that is over can be
/// gone on with.
///
/// # Errors
/// When the file cannot be written; what was there before then stays.
pub fn save(folder: &Path, header: &Header, vs: &VarStore, optimizer: &AdamW) -> Result<(), CheckpointError> {
    let mut tensors: Vec<(String, Tensor)> = vs.variables().into_iter().collect();
    for parameter in &optimizer.parameters {
        tensors.push((
            format!("{FIRST}{}", parameter.name),
            parameter.first.shallow_clone(),
        ));
        tensors.push((
            format!("{SECOND}{}", parameter.name),
            parameter.second.shallow_clone(),
        ));
    }
    let said = serde_json::to_string(header).map_err(|error| CheckpointError::Damaged {
        path: folder.join(FILE),
        what: error.to_string(),
    })?;
    write_tensors(&folder.join(FILE), &tensors, &[("frameloom", &said)])
}

/// Writes named tensors of 32-bit floats with remarks as a safetensors file, whole or not at all.
///
/// # Errors
/// When the file cannot be written; what was there before then stays.
pub fn write_tensors(
    path: &Path,
    tensors: &[(String, Tensor)],
    remarks: &[(&str, &str)],
) -> Result<(), CheckpointError> {
    let failed = |source| CheckpointError::File {
        path: path.to_owned(),
        source,
    };
    let tensors: Vec<(&str, Tensor)> = tensors
        .iter()
        .map(|(name, tensor)| {
            (
                name.as_str(),
                tensor
                    .detach()
                    .to_device(Device::Cpu)
                    .to_kind(Kind::Float)
                    .contiguous(),
            )
        })
        .collect();
    let mut views = Vec::new();
    for (name, tensor) in &tensors {
        let shape = tensor.size().into_iter().map(|n| n as usize).collect();
        // SAFETY: the tensor is in order in the processor's memory and outlives the view.
        let bytes = unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast::<u8>(), tensor.numel() * 4) };
        let view = TensorView::new(Dtype::F32, shape, bytes).map_err(|e| failed(std::io::Error::other(e)))?;
        views.push((*name, view));
    }
    let remarks = remarks
        .iter()
        .map(|&(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    serialize_to_file(views, Some(remarks), file.path()).map_err(|error| match error {
        SafeTensorError::IoError(source) => failed(source),
        other => failed(std::io::Error::other(other)),
    })?;
    // Opened anew: the writer may have put another file in the place of the empty one.
    File::open(file.path())
        .and_then(|file| {
            make_ordinary(&file);
            file.sync_all()
        })
        .map_err(failed)?;
    file.into_temp_path()
        .persist(path)
        .map_err(|error| failed(error.error))?;
    Ok(())
}

/// Removes what a program that was killed while saving has left in the folder of a run.
pub fn clear_leftovers(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp")) {
        // What cannot be removed only takes room.
        let _ = std::fs::remove_file(entry.path());
    }
}

/// Epochs done in the checkpoint of this folder; 0 without one that can be read.
#[must_use]
pub fn epochs_done(folder: &Path) -> u32 {
    let checkpoint = Checkpoint::open(folder).ok().flatten();
    checkpoint.map_or(0, |checkpoint| checkpoint.header.progress.epoch)
}

/// A checkpoint file that has been opened. Its values are read when they are asked for.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    bytes: Mmap,
    /// What it says of itself.
    pub header: Header,
}

impl Checkpoint {
    /// The checkpoint in this folder, if there is one.
    ///
    /// # Errors
    /// When there is a file and it cannot be read.
    pub fn open(folder: &Path) -> Result<Option<Self>, CheckpointError> {
        let path = folder.join(FILE);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(CheckpointError::File { path, source }),
        };
        // SAFETY: checkpoints are replaced and never written in place, so the file stays as it is while it is mapped.
        let bytes = unsafe { Mmap::map(&file) }.map_err(|source| CheckpointError::File {
            path: path.clone(),
            source,
        })?;
        let header = SafeTensors::read_metadata(&bytes)
            .map_err(|error| error.to_string())
            .and_then(|(_, metadata)| {
                let said = metadata
                    .metadata()
                    .as_ref()
                    .and_then(|said| said.get("frameloom"));
                said.cloned()
                    .ok_or_else(|| "it says nothing of its training".to_owned())
            })
            .and_then(|said| serde_json::from_str(&said).map_err(|error| error.to_string()))
            .map_err(|what| CheckpointError::Damaged {
                path: path.clone(),
                what,
            })?;
        Ok(Some(Self { path, bytes, header }))
    }

    /// Fills the network and the moments of the optimiser.
    ///
    /// # Errors
    /// When a value is missing or of another shape.
    pub fn restore(&self, vs: &VarStore, optimizer: &mut AdamW) -> Result<(), CheckpointError> {
        self.restore_network(vs)?;
        let file = self.file()?;
        for parameter in &optimizer.parameters {
            self.fill(&file, &format!("{FIRST}{}", parameter.name), &parameter.first)?;
            self.fill(&file, &format!("{SECOND}{}", parameter.name), &parameter.second)?;
        }
        optimizer.updates = self.header.updates;
        Ok(())
    }

    /// Fills the network alone.
    ///
    /// # Errors
    /// When a value is missing or of another shape.
    pub fn restore_network(&self, vs: &VarStore) -> Result<(), CheckpointError> {
        let file = self.file()?;
        vs.variables()
            .iter()
            .try_for_each(|(name, tensor)| self.fill(&file, name, tensor))
    }

    fn file(&self) -> Result<SafeTensors<'_>, CheckpointError> {
        SafeTensors::deserialize(&self.bytes).map_err(|error| self.damaged(error.to_string()))
    }

    fn damaged(&self, what: String) -> CheckpointError {
        CheckpointError::Damaged {
            path: self.path.clone(),
            what,
        }
    }

    fn fill(&self, file: &SafeTensors, name: &str, tensor: &Tensor) -> Result<(), CheckpointError> {
        let view = file
            .tensor(name)
            .map_err(|error| self.damaged(error.to_string()))?;
        let shape: Vec<i64> = view.shape().iter().map(|&n| n as i64).collect();
        if shape != tensor.size() || view.dtype() != Dtype::F32 {
            return Err(self.damaged(format!("{name} has another shape")));
        }
        let stored = Tensor::from_data_size(view.data(), &shape, Kind::Float);
        tch::no_grad(|| tensor.detach().copy_(&stored));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::dataset;

    #[test]
    fn any_change_of_the_dataset_changes_its_fingerprint() {
        let original = dataset(9);
        let print = fingerprint(&original);
        assert_eq!(print, fingerprint(&dataset(9)));
        let mut other = original.clone();
        other.images[17] ^= 1;
        assert_ne!(print, fingerprint(&other));
        let mut other = original.clone();
        other.tokens[3].push(0);
        assert_ne!(print, fingerprint(&other));
        let mut other = original;
        other.vocabulary.vectors[0] += 1.0;
        assert_ne!(print, fingerprint(&other));
    }

    #[test]
    fn a_file_that_is_no_checkpoint_is_called_damaged() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Checkpoint::open(folder.path()).unwrap().is_none());
        std::fs::write(folder.path().join(FILE), b"no tensors").unwrap();
        assert!(
            Checkpoint::open(folder.path())
                .unwrap_err()
                .to_string()
                .contains("damaged")
        );
    }
}

//! The numbers of a model, tensor by tensor from its file.

use super::PretrainedError;
use super::memory::Room;
use crate::jobs::Watch;
use candle_core::pickle::PthTensors;
use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device};
use ndarray::{Array1, Array2};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The names that weights have in a model's folder, the better one first.
const FILES: [&str; 2] = ["model.safetensors", "pytorch_model.bin"];

/// The file with the weights of a model.
pub(super) struct Weights {
    path: PathBuf,
    source: Source,
}

enum Source {
    Safetensors(MmapedSafetensors),
    /// What `torch.save` writes since version 1.6. The reader knows tensors only: nothing in the file is run.
    Zip(PthTensors),
}

impl Weights {
    /// Opens `model.safetensors` in this folder, or else `pytorch_model.bin`. No tensor is read yet.
    ///
    /// # Errors
    /// When neither is there or it cannot be read, with what to do.
    pub fn open(folder: &Path) -> Result<Self, PretrainedError> {
        let found = FILES
            .iter()
            .map(|name| folder.join(name))
            .find(|path| path.is_file());
        let path = found.ok_or_else(|| {
            let reason = format!(
                "there is neither {} nor {} in this folder, so it holds no model that can be loaded",
                FILES[0], FILES[1]
            );
            PretrainedError::unusable(folder, reason)
        })?;
        let source = Source::open(&path)?;
        Ok(Self { path, source })
    }

    /// Takes room in memory for all tensors, which the model has to hold.
    ///
    /// # Errors
    /// When there is too little memory.
    pub fn room(&self) -> Result<Room, PretrainedError> {
        Room::take(self.path.parent().unwrap_or(&self.path), self.expanded())
    }

    /// Bytes of all tensors as 32-bit floats, which is how they are computed with.
    fn expanded(&self) -> u64 {
        let elements: usize = match &self.source {
            Source::Safetensors(file) => file
                .tensors()
                .iter()
                .map(|(_, tensor)| tensor.shape().iter().product::<usize>())
                .sum(),
            Source::Zip(file) => file
                .tensor_infos()
                .values()
                .map(|info| info.layout.shape().elem_count())
                .sum(),
        };
        4 * elements as u64
    }

    /// All tensors, by their whole names. The watch is asked at each of them.
    pub fn root<'a>(&'a self, watch: &'a Watch) -> Part<'a> {
        Part {
            weights: self,
            watch,
            prefix: String::new(),
        }
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        match &self.source {
            Source::Safetensors(file) => Some(file.get(name).ok()?.shape().to_vec()),
            Source::Zip(file) => Some(file.tensor_infos().get(name)?.layout.dims().to_vec()),
        }
    }

    fn values(&self, name: &str) -> Result<Vec<f32>, PretrainedError> {
        let tensor = match &self.source {
            Source::Safetensors(file) => file.load(name, &Device::Cpu).map(Some),
            Source::Zip(file) => file.get(name),
        };
        let values = tensor.and_then(|tensor| {
            let tensor = tensor.ok_or_else(|| candle_core::Error::Msg("it is not there".to_owned()))?;
            tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()
        });
        values.map_err(|error| self.unusable(format!("the tensor {name} cannot be read: {error}")))
    }

    fn unusable(&self, reason: String) -> PretrainedError {
        PretrainedError::unusable(&self.path, reason)
    }
}

impl Source {
    fn open(path: &Path) -> Result<Self, PretrainedError> {
        let mut start = Vec::new();
        let unreadable = PretrainedError::unreadable;
        let file = File::open(path).map_err(unreadable(path))?;
        let size = file.metadata().map_err(unreadable(path))?.len();
        file.take(64).read_to_end(&mut start).map_err(unreadable(path))?;
        if start.starts_with(b"version https://git-lfs") {
            let reason = "this is only Git's note of where the file is, not the file: run `git lfs pull`, or download it again";
            return Err(PretrainedError::unusable(path, reason));
        }
        if path.extension().is_some_and(|ending| ending == "safetensors") {
            Self::safetensors(path, &start, size)
        } else {
            Self::zip(path, &start)
        }
    }

    /// The format: eight bytes with the length of a JSON table, the table, and the numbers.
    fn safetensors(path: &Path, start: &[u8], size: u64) -> Result<Self, PretrainedError> {
        let table = start.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
        if table.is_none_or(|table| size < table.saturating_add(8)) {
            return Err(cut_short(path));
        }
        // SAFETY: nothing here writes to the file. Should another program do so while a model is being loaded, the numbers
        // are wrong or the program is ended; they are copied out and the file is let go before anything is computed.
        let file = unsafe { MmapedSafetensors::new(path) };
        match file {
            Ok(file) => Ok(Self::Safetensors(file)),
            Err(error) => Err(damaged(path, &error)),
        }
    }

    fn zip(path: &Path, start: &[u8]) -> Result<Self, PretrainedError> {
        if start.is_empty() {
            return Err(cut_short(path));
        }
        if !start.starts_with(b"PK") {
            let reason = "this is PyTorch's old format, which cannot be read without running what is in it: get the model as \
                          model.safetensors, or load and save it with a recent PyTorch";
            return Err(PretrainedError::unusable(path, reason));
        }
        match PthTensors::new(path, None) {
            Ok(file) if file.tensor_infos().is_empty() => Err(PretrainedError::unusable(
                path,
                "there are no tensors in this file",
            )),
            Ok(file) => Ok(Self::Zip(file)),
            Err(error) => Err(damaged(path, &error)),
        }
    }
}

fn cut_short(path: &Path) -> PretrainedError {
    PretrainedError::unusable(path, "the file is cut short: download it again")
}

fn damaged(path: &Path, error: &candle_core::Error) -> PretrainedError {
    PretrainedError::unusable(
        path,
        format!("the file is cut short or damaged, download it again ({error})"),
    )
}

/// The tensors whose names begin in the same way.
#[derive(Clone)]
pub(super) struct Part<'a> {
    weights: &'a Weights,
    watch: &'a Watch,
    /// Empty, or with a dot at its end.
    prefix: String,
}

impl Part<'_> {
    /// The part of this part with such a name.
    pub fn at(&self, name: impl std::fmt::Display) -> Self {
        Self {
            prefix: format!("{}{name}.", self.prefix),
            ..self.clone()
        }
    }

    /// Whether there is such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.shape(name).is_some()
    }

    /// The lengths of a tensor's dimensions.
    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.weights.shape(&self.full(name))
    }

    /// How many numbered parts such as `layer.0` there are, each with such a tensor.
    pub fn count(&self, numbered: &str, tensor: &str) -> usize {
        (0..)
            .take_while(|index| self.has(&format!("{numbered}.{index}.{tensor}")))
            .count()
    }

    /// A tensor of one dimension, of any length.
    ///
    /// # Errors
    /// When it is not there or has another shape, or when cancelled.
    pub fn vector(&self, name: &str) -> Result<Array1<f32>, PretrainedError> {
        match self.known_shape(name)?.as_slice() {
            [_] => Ok(Array1::from_vec(self.read(name)?)),
            shape => Err(self.misshapen(name, shape, "one dimension")),
        }
    }

    /// A tensor as rows of the first dimension; all others, of which there is at least one, are run together.
    ///
    /// # Errors
    /// When it is not there or has one dimension only, or when cancelled.
    pub fn matrix(&self, name: &str) -> Result<Array2<f32>, PretrainedError> {
        let shape = self.known_shape(name)?;
        let (rows, columns) = match shape.split_first() {
            Some((&rows, rest)) if !rest.is_empty() => (rows, rest.iter().product()),
            _ => return Err(self.misshapen(name, &shape, "two dimensions")),
        };
        let values = self.read(name)?;
        Array2::from_shape_vec((rows, columns), values)
            .map_err(|_| self.misshapen(name, &shape, "as many numbers as that"))
    }

    /// All numbers of a tensor of whatever shape.
    ///
    /// # Errors
    /// When it is not there, or when cancelled.
    pub fn flat(&self, name: &str) -> Result<Vec<f32>, PretrainedError> {
        self.known_shape(name)?;
        self.read(name)
    }

    /// Of a file that is of no use here.
    pub fn unusable(&self, reason: String) -> PretrainedError {
        self.weights.unusable(reason)
    }

    /// Of a tensor that does not fit the others.
    pub fn misshapen(&self, name: &str, shape: &[usize], needed: &str) -> PretrainedError {
        let name = self.full(name);
        self.weights.unusable(format!(
            "the tensor {name} has the shape {shape:?} where {needed} is needed: this is another kind of model"
        ))
    }

    fn known_shape(&self, name: &str) -> Result<Vec<usize>, PretrainedError> {
        self.shape(name).ok_or_else(|| {
            let name = self.full(name);
            self.weights.unusable(format!(
                "there is no tensor {name} in it: this is another kind of model"
            ))
        })
    }

    fn read(&self, name: &str) -> Result<Vec<f32>, PretrainedError> {
        self.watch.check()?;
        self.weights.values(&self.full(name))
    }

    fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Tensor;
    use std::collections::HashMap;

    fn folder_with(name: &str, bytes: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        folder
    }

    fn why_not(folder: &tempfile::TempDir) -> String {
        Weights::open(folder.path()).err().unwrap().to_string()
    }

    fn saved() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let tensors = HashMap::from([
            (
                "layer.0.weight",
                Tensor::arange(0f32, 6.0, &Device::Cpu)
                    .unwrap()
                    .reshape((2, 3))
                    .unwrap(),
            ),
            (
                "layer.0.bias",
                Tensor::new(&[1.5f32, 2.5], &Device::Cpu)
                    .unwrap()
                    .to_dtype(DType::F16)
                    .unwrap(),
            ),
        ]);
        candle_core::safetensors::save(&tensors, &path).unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn tensors_are_read_by_name_in_any_precision() {
        let folder = folder_with("model.safetensors", &saved());
        let weights = Weights::open(folder.path()).unwrap();
        let watch = Watch::default();
        let root = weights.root(&watch);
        assert_eq!(root.count("layer", "weight"), 1);
        let part = root.at("layer").at(0);
        assert_eq!(
            part.matrix("weight").unwrap(),
            ndarray::array![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
        );
        assert_eq!(part.vector("bias").unwrap(), ndarray::array![1.5, 2.5]);
        assert_eq!(weights.expanded(), 32);
    }

    #[test]
    fn what_is_missing_or_misshapen_is_named() {
        let folder = folder_with("model.safetensors", &saved());
        let weights = Weights::open(folder.path()).unwrap();
        let watch = Watch::default();
        let part = weights.root(&watch).at("layer").at(0);
        let error = part.vector("norm").unwrap_err().to_string();
        assert!(error.contains("no tensor layer.0.norm"), "{error}");
        let error = part.vector("weight").unwrap_err().to_string();
        assert!(error.contains("layer.0.weight has the shape [2, 3]"), "{error}");
        watch.cancel();
        assert!(matches!(part.vector("bias"), Err(PretrainedError::Cancelled(_))));
    }

    #[test]
    fn half_a_file_and_files_of_another_kind_are_refused_in_words() {
        let bytes = saved();
        for length in [0, 5, 40, bytes.len() - 1] {
            let error = why_not(&folder_with("model.safetensors", &bytes[..length]));
            assert!(error.contains("cut short"), "{length}: {error}");
        }
        let error = why_not(&folder_with("model.safetensors", b"\x02\0\0\0\0\0\0\0no table"));
        assert!(error.contains("damaged"), "{error}");
        let note = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
        assert!(why_not(&folder_with("pytorch_model.bin", note)).contains("git lfs pull"));
        assert!(why_not(&folder_with("pytorch_model.bin", b"\x80\x02\x8a\x0a")).contains("old format"));
        assert!(
            why_not(&folder_with("pytorch_model.bin", b"PK\x03\x04half an archive")).contains("cut short")
        );
        assert!(why_not(&folder_with("readme.md", b"")).contains("neither model.safetensors nor"));
    }
}

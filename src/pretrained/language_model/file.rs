//! A GGUF file: a table of facts, a tokenizer, and quantised tensors.

use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use candle_core::quantized::gguf_file::{Content, Value};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes that are read at once: between them the reading can be stopped.
const STEP: usize = 1 << 23;
/// Rows that are looked up are kept as 32-bit floats besides.
pub(super) const EMBEDDING: &str = "token_embd.weight";
/// What the answers are multiplied by; where it is missing, it is the embedding, which is then read twice.
const OUTPUT: &str = "output.weight";

/// The file, opened, with its facts read.
pub(super) struct GgufFile {
    pub path: PathBuf,
    pub content: Content,
    file: File,
    size: u64,
}

impl GgufFile {
    /// # Errors
    /// When it cannot be read, is no GGUF, or is shorter than its tensors.
    pub fn open(path: &Path) -> Result<Self, PretrainedError> {
        let unreadable = PretrainedError::unreadable;
        let file = File::open(path).map_err(unreadable(path))?;
        let size = file.metadata().map_err(unreadable(path))?.len();
        let mut start = Vec::new();
        (&file)
            .take(64)
            .read_to_end(&mut start)
            .map_err(unreadable(path))?;
        if start.starts_with(b"version https://git-lfs") {
            let reason = "this is only Git's note of where the file is, not the file: run `git lfs pull`, or download it again";
            return Err(PretrainedError::unusable(path, reason));
        }
        if !start.starts_with(b"GGUF") {
            return Err(PretrainedError::unusable(
                path,
                "this is no GGUF file: choose a file that ends in .gguf",
            ));
        }
        let mut reader = std::io::BufReader::new(&file);
        reader.seek(SeekFrom::Start(0)).map_err(unreadable(path))?;
        let content = Content::read(&mut reader);
        let content = content.map_err(|error| {
            PretrainedError::unusable(
                path,
                format!("the file is cut short or damaged, download it again ({error})"),
            )
        })?;
        let file = Self {
            path: path.to_owned(),
            content,
            file,
            size,
        };
        let end = file
            .content
            .tensor_infos
            .keys()
            .filter_map(|name| file.bytes(name))
            .max_by_key(|bytes| bytes.end);
        if end.is_some_and(|bytes| bytes.end > size) {
            return Err(PretrainedError::unusable(
                path,
                "the file is cut short: download it again",
            ));
        }
        Ok(file)
    }

    /// Where a tensor is.
    fn bytes(&self, name: &str) -> Option<std::ops::Range<u64>> {
        let info = self.content.tensor_infos.get(name)?;
        let blocks = info.shape.elem_count().div_ceil(info.ggml_dtype.block_size());
        let start = self.content.tensor_data_offset.saturating_add(info.offset);
        Some(start..start.saturating_add((blocks * info.ggml_dtype.type_size()) as u64))
    }

    /// Bytes of all tensors once they are loaded.
    pub fn expanded(&self) -> u64 {
        let length = |name: &str| self.bytes(name).map_or(0, |bytes| bytes.end - bytes.start);
        let all: u64 = self.content.tensor_infos.keys().map(|name| length(name)).sum();
        let rows = self
            .content
            .tensor_infos
            .get(EMBEDDING)
            .map_or(0, |info| 4 * info.shape.elem_count() as u64);
        let again = if self.content.tensor_infos.contains_key(OUTPUT) {
            0
        } else {
            length(EMBEDDING)
        };
        all + rows + again
    }

    /// A fact that is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.content
            .metadata
            .get(key)?
            .to_string()
            .ok()
            .map(String::as_str)
    }

    /// A fact that is a whole number.
    pub fn number(&self, key: &str) -> Option<usize> {
        let value = self.content.metadata.get(key)?;
        let number = match value {
            Value::U64(number) => usize::try_from(*number).ok(),
            Value::I32(number) => usize::try_from(*number).ok(),
            Value::I64(number) => usize::try_from(*number).ok(),
            _ => value.to_u32().ok().map(|number| number as usize),
        };
        number.or_else(|| {
            value
                .to_u64()
                .ok()
                .and_then(|number| usize::try_from(number).ok())
        })
    }

    /// A fact that is yes or no.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.content.metadata.get(key)?.to_bool().ok()
    }

    /// A list of facts; empty where there is none.
    pub fn list(&self, key: &str) -> &[Value] {
        self.content
            .metadata
            .get(key)
            .and_then(|value| value.to_vec().ok())
            .map_or(&[], Vec::as_slice)
    }

    /// The facts, and a reader of the tensors that stops when the watch says so.
    pub fn into_tensors(self, watch: &Watch) -> (Content, Tensors<'_>) {
        let tensors = Tensors {
            file: self.file,
            size: self.size,
            read: 0,
            watch,
        };
        (self.content, tensors)
    }

    pub fn unusable(&self, reason: impl Into<String>) -> PretrainedError {
        PretrainedError::unusable(&self.path, reason)
    }
}

/// Reads in small steps, and no further once cancelled.
pub(super) struct Tensors<'a> {
    file: File,
    size: u64,
    read: u64,
    watch: &'a Watch,
}

impl Read for Tensors<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.watch.check().map_err(std::io::Error::other)?;
        let most = buffer.len().min(STEP);
        let count = self.file.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.read += count as u64;
        let percent = 100 * self.read.min(self.size) / self.size.max(1);
        self.watch.say(format!("loading the model: {percent} %"));
        Ok(count)
    }
}

impl Seek for Tensors<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::quantized::gguf_file::write;
    use candle_core::quantized::{GgmlDType, QTensor};
    use candle_core::{DType, Device, Tensor};

    fn saved() -> Vec<u8> {
        let tensor = Tensor::zeros((8, 32), DType::F32, &Device::Cpu).unwrap();
        let tensor = QTensor::quantize(&tensor, GgmlDType::Q8_0).unwrap();
        let mut bytes = std::io::Cursor::new(Vec::new());
        let (name, length) = (Value::String("little".to_owned()), Value::U32(77));
        write(
            &mut bytes,
            &[("general.name", &name), ("llama.context_length", &length)],
            &[(EMBEDDING, &tensor)],
        )
        .unwrap();
        bytes.into_inner()
    }

    fn open(bytes: &[u8]) -> Result<GgufFile, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        GgufFile::open(file.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn facts_are_read_and_tensors_measured() {
        let file = open(&saved()).unwrap();
        assert_eq!(
            (file.text("general.name"), file.number("llama.context_length")),
            (Some("little"), Some(77))
        );
        assert!(file.text("llama.context_length").is_none() && file.list("none").is_empty());
        // 8 rows of one block of 34 bytes, once to look up and once as the output; and 256 floats.
        assert_eq!(file.expanded(), 2 * 8 * 34 + 1024);
    }

    #[test]
    fn what_is_no_whole_gguf_file_is_refused_in_words() {
        let bytes = saved();
        // The last bytes fill the file up.
        for length in [10, 40, bytes.len() - 20] {
            let error = open(&bytes[..length]).err().unwrap();
            assert!(error.contains("cut short"), "{length}: {error}");
        }
        assert!(open(b"PK\x03\x04").err().unwrap().contains("no GGUF file"));
        assert!(
            open(b"version https://git-lfs.github.com/spec/v1")
                .err()
                .unwrap()
                .contains("git lfs pull")
        );
    }
}

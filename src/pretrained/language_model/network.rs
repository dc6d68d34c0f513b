//! The networks that candle can compute from a GGUF file.

use super::file::GgufFile;
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use candle_core::quantized::gguf_file::Value;
use candle_core::{Device, Tensor};
use candle_transformers::models::{quantized_llama, quantized_qwen2, quantized_qwen3};

/// The most tokens that are kept in memory: what a processor reads in minutes, and room for a cluster's captions.
const CONTEXT: usize = 8192;

/// What is known of a network before it is loaded.
pub(super) struct Shape {
    architecture: Architecture,
    context: usize,
    /// Bytes that are kept of each token that was read.
    per_token: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Architecture {
    Llama,
    Qwen2,
    Qwen3,
}

impl Shape {
    /// # Errors
    /// When the architecture is unknown or its sizes are missing.
    pub fn of(file: &GgufFile) -> Result<Self, PretrainedError> {
        let name = file.text("general.architecture").unwrap_or("none");
        let (architecture, most) = match name {
            "llama" => (Architecture::Llama, quantized_llama::MAX_SEQ_LEN),
            "qwen2" => (Architecture::Qwen2, CONTEXT),
            "qwen3" => (Architecture::Qwen3, CONTEXT),
            other => {
                return Err(file.unusable(format!(
                    "the model's architecture is {other}, and only llama, qwen2 and qwen3 are known here: choose one of \
                     these, or ask the model through a server"
                )));
            }
        };
        let number = |key: &str| {
            file.number(&format!("{name}.{key}"))
                .ok_or_else(|| file.unusable(format!("{name}.{key} is missing: the file is damaged")))
        };
        let (heads, width) = (number("attention.head_count")?, number("embedding_length")?);
        let head = number("attention.key_length").unwrap_or(width / heads.max(1));
        let kept = number("block_count")? * number("attention.head_count_kv")? * head;
        // Keys and values of 4 bytes; Qwen3 keeps them in two forms.
        let forms = if architecture == Architecture::Qwen3 { 2 } else { 1 };
        Ok(Self {
            architecture,
            context: number("context_length")?.min(most),
            per_token: (kept * 2 * 4 * forms) as u64,
        })
    }

    /// Bytes of all that is kept of a prompt and an answer of full length.
    pub fn cache(&self) -> u64 {
        self.per_token * self.context as u64
    }
}

/// A network and what it has read.
pub(super) struct Network {
    kind: Kind,
    context: usize,
    /// Tokens that were read.
    length: usize,
}

enum Kind {
    Llama(Box<quantized_llama::ModelWeights>),
    Qwen2(Box<quantized_qwen2::ModelWeights>),
    Qwen3(Box<quantized_qwen3::ModelWeights>),
}

impl Network {
    /// Loads all tensors.
    ///
    /// # Errors
    /// When one is missing or cannot be computed with, or when cancelled.
    pub fn load(file: GgufFile, shape: &Shape, watch: &Watch) -> Result<Self, PretrainedError> {
        let path = file.path.clone();
        let (mut content, mut tensors) = file.into_tensors(watch);
        // Candle takes this for the precision of the rotations as well, which must be 0 (32 bits) on long prompts.
        content.metadata.insert("general.dtype".to_owned(), Value::U32(0));
        // No more rotations than are used.
        let context = Value::U32(u32::try_from(shape.context).unwrap_or(u32::MAX));
        for name in ["qwen2", "qwen3"] {
            content
                .metadata
                .insert(format!("{name}.context_length"), context.clone());
        }
        let device = &Device::Cpu;
        let kind = match shape.architecture {
            Architecture::Llama => quantized_llama::ModelWeights::from_gguf(content, &mut tensors, device)
                .map(|network| Kind::Llama(Box::new(network))),
            Architecture::Qwen2 => quantized_qwen2::ModelWeights::from_gguf(content, &mut tensors, device)
                .map(|network| Kind::Qwen2(Box::new(network))),
            Architecture::Qwen3 => quantized_qwen3::ModelWeights::from_gguf(content, &mut tensors, device)
                .map(|network| Kind::Qwen3(Box::new(network))),
        };
        watch.check()?;
        let kind = kind.map_err(|error| {
            PretrainedError::unusable(&path, format!("the model cannot be loaded: {error}"))
        })?;
        Ok(Self {
            kind,
            context: shape.context,
            length: 0,
        })
    }

    /// The most tokens that it can overlook.
    pub fn context(&self) -> usize {
        self.context
    }

    /// Forgets all that was read.
    pub fn clear(&mut self) {
        self.length = 0;
        match &mut self.kind {
            Kind::Llama(network) => network.clear_kv_cache(),
            Kind::Qwen2(network) => network.clear_kv_cache(),
            Kind::Qwen3(network) => network.clear_kv_cache(),
        }
    }

    /// Reads on, and gives the logits after the last token. Once a single token was read, only single ones may follow:
    /// candle's Qwen3 keeps those apart from what is read in larger pieces.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn read(&mut self, tokens: &[u32]) -> Result<Vec<f32>, PretrainedError> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let at = self.length;
        let logits = match &mut self.kind {
            Kind::Llama(network) => network.forward(&input, at),
            Kind::Qwen2(network) => network.forward(&input, at),
            Kind::Qwen3(network) => network.forward(&input, at),
        }?;
        self.length += tokens.len();
        Ok(logits.flatten_all()?.to_vec1()?)
    }
}

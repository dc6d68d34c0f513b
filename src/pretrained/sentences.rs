//! Sentences as vectors: BERT and what is built like it, with the mean of the tokens (Reimers & Gurevych 2019).

use super::arithmetic::Activation;
use super::layers::Norm;
use super::memory::Room;
use super::transformer::{BERT, Layer, LayerPlan, NormPlace};
use super::weights::{Part, Weights};
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use ndarray::{Array2, Axis, s};
use serde_json::Value;
use std::path::Path;
use tokenizers::Tokenizer;

/// Sentences that are read side by side.
const BATCH: usize = 32;

/// A BERT, as it is loaded from a folder: Phrase-BERT, the multilingual MiniLM, XLM-RoBERTa.
pub struct SentenceEncoder {
    words: Array2<f32>,
    /// A row for each place, with what the type of all tokens adds.
    positions: Array2<f32>,
    /// The row of the first token: RoBERTa begins after the padding.
    first: usize,
    norm: Norm,
    layers: Vec<Layer>,
    tokenizer: Tokenizer,
    /// The most tokens of a sentence; what comes after is not read.
    most: usize,
    _room: Room,
}

impl SentenceEncoder {
    /// Loads the model of a folder: `config.json`, `model.safetensors` or `pytorch_model.bin`, and `tokenizer.json` or
    /// `vocab.txt`. What sentence-transformers writes beside them is obeyed: `modules.json`, `1_Pooling/config.json` and
    /// `sentence_bert_config.json`.
    ///
    /// # Errors
    /// When a file is missing or is of another model, when the vector of a sentence is not the mean of its tokens, when
    /// there is too little memory, or when cancelled.
    pub fn load(folder: &Path, watch: &Watch) -> Result<Self, PretrainedError> {
        let inner = Modules::read(folder)?;
        let folder = inner.as_path();
        let config = tokens::json(&folder.join("config.json"))?.ok_or_else(|| {
            PretrainedError::unusable(
                folder,
                "there is no config.json in this folder, which says what the model is",
            )
        })?;
        let tokenizer = tokens::of_folder(folder)?;
        let weights = Weights::open(folder)?;
        let room = weights.room()?;
        let root = weights.root(watch);
        let prefix = ["", "bert", "roberta"].into_iter().find(|prefix| {
            let name = if prefix.is_empty() {
                String::new()
            } else {
                format!("{prefix}.")
            };
            root.has(&format!("{name}embeddings.word_embeddings.weight"))
        });
        let part = match prefix {
            None | Some("") => root,
            Some(prefix) => root.at(prefix),
        };
        let limit = tokens::json(&folder.join("sentence_bert_config.json"))?;
        let limit = limit.and_then(|config| config.get("max_seq_length")?.as_u64());
        Self::of_weights(
            &part,
            &config,
            tokenizer,
            limit.map(|limit| limit as usize),
            folder,
            room,
        )
    }

    fn of_weights(
        part: &Part<'_>,
        config: &Value,
        tokenizer: Tokenizer,
        limit: Option<usize>,
        folder: &Path,
        room: Room,
    ) -> Result<Self, PretrainedError> {
        let text = |name: &str| config.get(name).and_then(Value::as_str);
        let number = |name: &str| config.get(name).and_then(Value::as_f64);
        let unusable = |reason: String| PretrainedError::unusable(&folder.join("config.json"), reason);
        let activation = text("hidden_act").unwrap_or("gelu");
        let places = text("position_embedding_type").unwrap_or("absolute");
        if places != "absolute" {
            return Err(unusable(format!(
                "tokens have {places} places in this model, and only absolute ones are known"
            )));
        }
        let heads = number("num_attention_heads")
            .ok_or_else(|| unusable("num_attention_heads is missing".to_owned()))?;
        let plan = LayerPlan {
            heads: heads as usize,
            activation: Activation::by_name(activation).ok_or_else(|| {
                unusable(format!(
                    "{activation} is none of the activations gelu, relu and silu"
                ))
            })?,
            epsilon: number("layer_norm_eps").unwrap_or(1e-12) as f32,
            norm_place: NormPlace::After,
        };
        let embeddings = part.at("embeddings");
        let words = embeddings.matrix("word_embeddings.weight")?;
        let width = words.ncols();
        let mut positions = embeddings.matrix("position_embeddings.weight")?;
        let types = embeddings.matrix("token_type_embeddings.weight")?;
        if positions.ncols() != width || types.ncols() != width || types.nrows() == 0 {
            let needed = format!("a width of {width}");
            return Err(embeddings.misshapen("position_embeddings.weight", positions.shape(), &needed));
        }
        positions += &types.row(0);
        let is_roberta = text("model_type").is_some_and(|kind| kind.contains("roberta"));
        let first = if is_roberta {
            number("pad_token_id").unwrap_or(1.0) as usize + 1
        } else {
            0
        };
        let encoder = part.at("encoder");
        let layers = (0..encoder.count("layer", "output.dense.weight"))
            .map(|index| Layer::load(&encoder.at("layer").at(index), &BERT, plan))
            .collect::<Result<_, _>>()?;
        let places = positions.nrows().saturating_sub(first);
        Ok(Self {
            norm: Norm::load(&embeddings, "LayerNorm", width, plan.epsilon)?,
            words,
            positions,
            first,
            layers,
            tokenizer,
            most: limit.map_or(places, |limit| limit.min(places)),
            _room: room,
        })
    }

    /// The length of a vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.words.ncols()
    }

    /// The vector of each text: a row for each, not normalised.
    ///
    /// # Errors
    /// When a text cannot be read as the model's tokens, or when cancelled.
    pub fn vectors(&mut self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let mut tokens = Vec::with_capacity(texts.len());
        for text in texts {
            tokens.push(self.tokens(text)?);
        }
        // Texts of like lengths together, so that little of a batch is padding.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|index| tokens.get(*index).map_or(0, Vec::len));
        let mut vectors = Array2::zeros((texts.len(), self.dimensions()));
        for batch in order.chunks(BATCH) {
            let read: Vec<&[u32]> = batch
                .iter()
                .map(|index| tokens.get(*index).map_or(&[][..], Vec::as_slice))
                .collect();
            let means = self.means(&read, watch)?;
            for (index, mean) in batch.iter().zip(means.rows()) {
                vectors.row_mut(*index).assign(&mean);
            }
        }
        Ok(vectors)
    }

    /// The tokens of a text, with those that begin and end it: what is too long is cut before the end.
    fn tokens(&self, text: &str) -> Result<Vec<u32>, PretrainedError> {
        let cannot = |error: Box<dyn std::error::Error + Send + Sync>| {
            PretrainedError::Input(format!("“{text}” cannot be read as the model's tokens: {error}"))
        };
        let mut encoding = self.tokenizer.encode(text, false).map_err(cannot)?;
        let around = self.tokenizer.encode("", true).map_err(cannot)?.len();
        encoding.truncate(
            self.most.saturating_sub(around),
            0,
            tokenizers::TruncationDirection::Right,
        );
        let whole = self
            .tokenizer
            .post_process(encoding, None, true)
            .map_err(cannot)?;
        let known = self.words.nrows();
        match whole.get_ids().iter().find(|id| **id as usize >= known) {
            Some(id) => Err(PretrainedError::Input(format!(
                "token {id} is none of the model's {known}: the tokenizer is of another model"
            ))),
            None => Ok(whole.get_ids().to_vec()),
        }
    }

    /// The mean over the tokens of each text, of whatever lengths.
    fn means(&self, texts: &[&[u32]], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let known: Vec<usize> = texts.iter().map(|text| text.len()).collect();
        let longest = known.iter().copied().max().unwrap_or_default();
        let mut rows = Array2::zeros((texts.len() * longest, self.dimensions()));
        for (text, mut rows) in texts
            .iter()
            .zip(rows.axis_chunks_iter_mut(Axis(0), longest.max(1)))
        {
            for (place, (token, mut row)) in text.iter().zip(rows.rows_mut()).enumerate() {
                row += &self.words.row(*token as usize);
                row += &self.positions.row(self.first + place);
            }
        }
        let mut rows = self.norm.apply(rows);
        for layer in &self.layers {
            watch.check()?;
            rows = layer.read(&rows, &known);
        }
        let mut means = Array2::zeros((texts.len(), self.dimensions()));
        let items = rows.axis_chunks_iter(Axis(0), longest.max(1)).zip(&known);
        for ((rows, known), mut mean) in items.zip(means.rows_mut()) {
            if let Some(of_known) = rows.slice(s![..*known, ..]).mean_axis(Axis(0)) {
                mean.assign(&of_known);
            }
        }
        Ok(means)
    }
}

/// What sentence-transformers does with the tokens of a sentence, module by module.
struct Modules;

impl Modules {
    /// The folder of the BERT itself.
    ///
    /// # Errors
    /// When anything is done but to take the mean and to normalise it.
    fn read(folder: &Path) -> Result<std::path::PathBuf, PretrainedError> {
        let path = folder.join("modules.json");
        let mut inner = folder.to_owned();
        let mut pooling = folder.join("1_Pooling");
        let modules = tokens::json(&path)?;
        for module in modules.as_ref().and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| module.get(name).and_then(Value::as_str).unwrap_or_default();
            match text("type").rsplit('.').next().unwrap_or_default() {
                "Transformer" => inner = folder.join(text("path")),
                "Pooling" => pooling = folder.join(text("path")),
                "Normalize" => {}
                other => {
                    let reason = format!(
                        "this model has a step “{other}” after the mean of its tokens, which is not known here: choose another model"
                    );
                    return Err(PretrainedError::unusable(&path, reason));
                }
            }
        }
        let path = pooling.join("config.json");
        let modes = tokens::json(&path)?;
        for (mode, chosen) in modes.as_ref().and_then(Value::as_object).into_iter().flatten() {
            let is_other = mode.starts_with("pooling_mode") && mode != "pooling_mode_mean_tokens";
            let by_name = chosen.as_str().is_some_and(|mode| mode != "mean");
            if is_other && (chosen.as_bool() == Some(true) || by_name) {
                let reason = format!(
                    "this model does not take the mean of a sentence's tokens ({mode}: {chosen}): choose another model"
                );
                return Err(PretrainedError::unusable(&path, reason));
            }
        }
        Ok(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(modules: &str, pooling: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("modules.json"), modules).unwrap();
        std::fs::create_dir(folder.path().join("1_Pooling")).unwrap();
        std::fs::write(folder.path().join("1_Pooling/config.json"), pooling).unwrap();
        folder
    }

    const MODULES: &str = r#"[{"path": "0_T", "type": "sentence_transformers.models.Transformer"},
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]"#;

    #[test]
    fn only_the_mean_of_the_tokens_is_taken() {
        let mean = r#"{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}"#;
        let folder = folder_with(MODULES, mean);
        assert_eq!(Modules::read(folder.path()).unwrap(), folder.path().join("0_T"));
        for other in [
            r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#,
            r#"{"pooling_mode": "cls"}"#,
        ] {
            let error = Modules::read(folder_with(MODULES, other).path())
                .unwrap_err()
                .to_string();
            assert!(error.contains("does not take the mean"), "{error}");
        }
        let dense = MODULES.replace("models.Normalize", "models.Dense");
        let error = Modules::read(folder_with(&dense, mean).path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("a step “Dense”"), "{error}");
    }

    #[test]
    fn a_folder_without_a_model_says_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let error = SentenceEncoder::load(folder.path(), &Watch::default())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("no config.json"), "{error}");
    }
}

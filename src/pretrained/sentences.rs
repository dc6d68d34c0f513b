//! Sentences as vectors: BERT and what is built like it, with the mean of the tokens (Reimers & Gurevych 2019).

use super::bert::{Bert, Pooling};
use super::memory::Room;
use super::weights::Weights;
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use ndarray::Array2;
use serde_json::Value;
use std::path::Path;

/// A BERT, as it is loaded from a folder: Phrase-BERT, the multilingual MiniLM, XLM-RoBERTa.
pub struct SentenceEncoder {
    reader: Bert,
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
        let reader = Bert::load(
            &part,
            (&config, &folder.join("config.json")),
            tokenizer,
            limit.map(|limit| limit as usize),
            Pooling::Mean,
        )?;
        Ok(Self { reader, _room: room })
    }

    /// The length of a vector.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.reader.dimensions()
    }

    /// The vector of each text: a row for each, not normalised.
    ///
    /// # Errors
    /// When a text cannot be read as the model's tokens, or when cancelled.
    pub fn vectors(&mut self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        self.reader.vectors(texts, watch)
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

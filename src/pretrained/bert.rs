//! BERT (Devlin et al. 2018) and what is built like it, as readers of text.

use super::arithmetic::Activation;
use super::layers::Norm;
use super::transformer::{BERT, Layer, LayerPlan, NormPlace};
use super::weights::Part;
use super::{PretrainedError, tokens};
use crate::jobs::Watch;
use ndarray::{Array2, Axis, s};
use serde_json::Value;
use std::path::Path;
use tokenizers::Tokenizer;

/// Texts that are read side by side.
const BATCH: usize = 32;

/// What of its tokens stands for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pooling {
    /// Their mean.
    Mean,
    /// The first, which is there for that.
    First,
}

/// The reader.
pub(super) struct Bert {
    words: Array2<f32>,
    /// A row for each place, with what the type of all tokens adds.
    positions: Array2<f32>,
    /// The row of the first token: RoBERTa begins after the padding.
    first: usize,
    norm: Norm,
    layers: Vec<Layer>,
    tokenizer: Tokenizer,
    /// The most tokens of a text; what comes after is not read.
    most: usize,
    pooling: Pooling,
}

impl Bert {
    /// Of the weights of a part and what its configuration says, which lies in a file of this path.
    ///
    /// # Errors
    /// When something is missing or of another kind, or when cancelled.
    pub fn load(
        part: &Part<'_>,
        config: (&Value, &Path),
        tokenizer: Tokenizer,
        limit: Option<usize>,
        pooling: Pooling,
    ) -> Result<Self, PretrainedError> {
        let (config, path) = config;
        let text = |name: &str| config.get(name).and_then(Value::as_str);
        let number = |name: &str| config.get(name).and_then(Value::as_f64);
        let unusable = |reason: String| PretrainedError::unusable(path, reason);
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
                    "{activation} is none of the activations {}",
                    Activation::NAMES
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
            pooling,
        })
    }

    /// The length of a vector.
    pub fn dimensions(&self) -> usize {
        self.words.ncols()
    }

    /// The vector of each text: a row for each, not normalised.
    ///
    /// # Errors
    /// When a text cannot be read as the model's tokens, or when cancelled.
    pub fn vectors(&self, texts: &[String], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let mut read = Vec::with_capacity(texts.len());
        for text in texts {
            read.push(tokens::within(
                &self.tokenizer,
                text,
                self.most,
                self.words.nrows(),
            )?);
        }
        // Texts of like lengths together, so that little of a batch is padding.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|index| read.get(*index).map_or(0, Vec::len));
        let mut vectors = Array2::zeros((texts.len(), self.dimensions()));
        for batch in order.chunks(BATCH) {
            let side_by_side: Vec<&[u32]> = batch
                .iter()
                .map(|index| read.get(*index).map_or(&[][..], Vec::as_slice))
                .collect();
            let pooled = self.pooled(&side_by_side, watch)?;
            for (index, pooled) in batch.iter().zip(pooled.rows()) {
                vectors.row_mut(*index).assign(&pooled);
            }
        }
        Ok(vectors)
    }

    /// What stands for each text, of whatever lengths.
    fn pooled(&self, texts: &[&[u32]], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
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
        let mut pooled = Array2::zeros((texts.len(), self.dimensions()));
        let items = rows.axis_chunks_iter(Axis(0), longest.max(1)).zip(&known);
        for ((rows, known), mut pooled) in items.zip(pooled.rows_mut()) {
            let of_known = match self.pooling {
                Pooling::Mean => *known,
                Pooling::First => 1.min(*known),
            };
            if let Some(mean) = rows.slice(s![..of_known, ..]).mean_axis(Axis(0)) {
                pooled.assign(&mean);
            }
        }
        Ok(pooled)
    }
}

//! What reads sentences: CLIP's own transformer, of which each token sees those before it, or BERT in Chinese CLIP.

use crate::jobs::Watch;
use crate::pretrained::bert::{Bert, Pooling};
use crate::pretrained::layers::Norm;
use crate::pretrained::transformer::{CLIP, Cache, Layer, LayerPlan, NormPlace, Seen};
use crate::pretrained::vision::activation;
use crate::pretrained::weights::Part;
use crate::pretrained::{PretrainedError, tokens};
use ndarray::{Array2, s};
use serde_json::Value;
use std::path::Path;
use tokenizers::Tokenizer;

/// Numbers that a head works with in all of CLIP.
const HEAD: usize = 64;

/// The reader.
pub(super) enum Text {
    Clip(Box<Reader>),
    Chinese(Box<Bert>),
}

impl Text {
    /// Of weights as CLIP or as BERT names them; a configuration and the path of its file.
    ///
    /// # Errors
    /// When something is missing or of another kind, or when cancelled.
    pub fn load(
        part: &Part<'_>,
        (config, path): (&Value, &Path),
        tokenizer: Tokenizer,
    ) -> Result<Self, PretrainedError> {
        if part.has("embeddings.word_embeddings.weight") {
            let bert = Bert::load(part, (config, path), tokenizer, None, Pooling::First)?;
            return Ok(Self::Chinese(Box::new(bert)));
        }
        Ok(Self::Clip(Box::new(Reader::load(part, config, tokenizer)?)))
    }

    /// A vector for each sentence: of its last token in CLIP, of its first in Chinese CLIP.
    ///
    /// # Errors
    /// When a sentence cannot be read as the model's tokens, or when cancelled.
    pub fn vectors(&self, sentences: &[String], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        match self {
            Self::Clip(reader) => reader.vectors(sentences, watch),
            Self::Chinese(bert) => bert.vectors(sentences, watch),
        }
    }
}

/// CLIP's own.
pub(super) struct Reader {
    words: Array2<f32>,
    positions: Array2<f32>,
    layers: Vec<Layer>,
    norm: Norm,
    tokenizer: Tokenizer,
}

impl Reader {
    fn load(part: &Part<'_>, config: &Value, tokenizer: Tokenizer) -> Result<Self, PretrainedError> {
        let embeddings = part.at("embeddings");
        let words = embeddings.matrix("token_embedding.weight")?;
        let positions = embeddings.matrix("position_embedding.weight")?;
        let width = words.ncols();
        if positions.ncols() != width {
            let needed = format!("a width of {width}");
            return Err(embeddings.misshapen("position_embedding.weight", positions.shape(), &needed));
        }
        let number = |name: &str| config.get(name).and_then(Value::as_f64);
        let epsilon = number("layer_norm_eps").unwrap_or(1e-5) as f32;
        let plan = LayerPlan {
            heads: number("num_attention_heads").map_or(width / HEAD, |heads| heads as usize),
            activation: activation(part, config, "quick_gelu")?,
            epsilon,
            norm_place: NormPlace::Before,
        };
        let encoder = part.at("encoder");
        let layers = (0..encoder.count("layers", "layer_norm1.weight"))
            .map(|index| Layer::load(&encoder.at("layers").at(index), &CLIP, plan));
        Ok(Self {
            words,
            positions,
            layers: layers.collect::<Result<_, _>>()?,
            norm: Norm::load(part, "final_layer_norm", width, epsilon)?,
            tokenizer,
        })
    }

    fn vectors(&self, sentences: &[String], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let mut vectors = Array2::zeros((sentences.len(), self.words.ncols()));
        for (sentence, mut vector) in sentences.iter().zip(vectors.rows_mut()) {
            let (most, known) = (self.positions.nrows(), self.words.nrows());
            let read = tokens::within(&self.tokenizer, sentence, most, known)?;
            vector.assign(&self.last(&read, watch)?.row(0));
        }
        Ok(vectors)
    }

    /// What the last token has become, which ends the sentence and has seen all of it.
    fn last(&self, read: &[u32], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        if read.is_empty() {
            return Err(PretrainedError::Input("there is no word to read".to_owned()));
        }
        let mut rows = self.positions.slice(s![..read.len(), ..]).to_owned();
        for (token, mut row) in read.iter().zip(rows.rows_mut()) {
            row += &self.words.row(*token as usize);
        }
        let nothing = Seen {
            keys_values: &Array2::zeros((0, 0)),
            known: &[],
        };
        for layer in &self.layers {
            watch.check()?;
            let mut cache = Cache::new(1, read.len(), self.words.ncols());
            rows = layer.write(&rows, &mut cache, &nothing);
        }
        Ok(self.norm.apply(rows.slice(s![-1.., ..]).to_owned()))
    }
}

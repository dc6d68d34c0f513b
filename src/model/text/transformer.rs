//! Captions by self-attention: what the papers name as their future work.

use super::shifted;
use crate::model::attention::{Attention, EncoderBlock, FeedForward, places_of_words};
use crate::model::design::Transformer;
use crate::model::layers::{Dense, LayerNorm};
use tch::nn::{Init, Path};
use tch::{Kind, Tensor};

/// Captions to rows of features: what learned places in front of the words have seen.
#[derive(Debug)]
pub struct TransformerEncoder {
    input: Dense,
    places: Tensor,
    blocks: Vec<EncoderBlock>,
    norm: LayerNorm,
    /// Values in a row of features.
    pub features: i64,
}

impl TransformerEncoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, sizes: Transformer, dimension: i64) -> Self {
        let [width, places] = [sizes.width, sizes.places].map(i64::from);
        let inner = [sizes.width, sizes.heads, sizes.feed_forward].map(i64::from);
        Self {
            input: Dense::new(&(vs / "input"), dimension, width),
            places: vs.var(
                "places",
                &[places, width],
                Init::Randn {
                    mean: 0.0,
                    stdev: 1.0,
                },
            ),
            blocks: (0..sizes.layers)
                .map(|block| EncoderBlock::new(&(vs / format!("block{block}")), inner))
                .collect(),
            norm: LayerNorm::new(&(vs / "norm"), width),
            features: places * width,
        }
    }

    /// `[batch, words, dimension]` to `[batch, features]`. With a mask `[batch, words]` what lies behind a caption's
    /// end is not looked at.
    pub fn forward(&self, words: &Tensor, mask: Option<&Tensor>) -> Tensor {
        let batch = words.size().first().copied().unwrap_or(0);
        let words = self.input.forward(words);
        let words = &words + places_of_words(&words);
        let places = self.places.unsqueeze(0).expand([batch, -1, -1], false);
        let count = self.places.size().first().copied().unwrap_or(0);
        let xs = Tensor::cat(&[places, words], 1);
        // True where a word may be looked at, for every head and every word that looks: `[batch, 1, 1, words]`.
        let seen = mask.map(|mask| {
            let always = Tensor::ones([batch, count], (mask.kind(), mask.device()));
            let seen = Tensor::cat(&[always, mask.shallow_clone()], 1).to_kind(Kind::Bool);
            seen.unsqueeze(1).unsqueeze(1)
        });
        let xs = self
            .blocks
            .iter()
            .fold(xs, |xs, block| block.forward(&xs, seen.as_ref()));
        self.norm.forward(&xs.narrow(1, 0, count)).flatten(1, -1)
    }
}

/// One block of the decoder: attention to the words before, to the places of the caption, and a dense layer.
#[derive(Debug)]
struct DecoderBlock {
    attention_norm: LayerNorm,
    attention: Attention,
    places_norm: LayerNorm,
    places: Attention,
    dense_norm: LayerNorm,
    dense: FeedForward,
}

impl DecoderBlock {
    fn new(vs: &Path, sizes: Transformer) -> Self {
        let width = sizes.width.into();
        Self {
            attention_norm: LayerNorm::new(&(vs / "attention_norm"), width),
            attention: Attention::new(&(vs / "attention"), width, sizes.heads.into()),
            places_norm: LayerNorm::new(&(vs / "places_norm"), width),
            places: Attention::new(&(vs / "places"), width, sizes.heads.into()),
            dense_norm: LayerNorm::new(&(vs / "dense_norm"), width),
            dense: FeedForward::new(&(vs / "dense"), width, sizes.feed_forward.into()),
        }
    }

    fn forward(&self, xs: &Tensor, places: &Tensor) -> Tensor {
        let normed = self.attention_norm.forward(xs);
        let xs = xs + self.attention.forward(&normed, &normed, None, true);
        let normed = self.places_norm.forward(&xs);
        let xs = xs + self.places.forward(&normed, places, None, false);
        let told = self.dense.forward(&self.dense_norm.forward(&xs));
        xs + told
    }
}

/// Rows of features to captions: the row is the places that every word looks at.
#[derive(Debug)]
pub struct TransformerDecoder {
    input: Dense,
    blocks: Vec<DecoderBlock>,
    norm: LayerNorm,
    output: Dense,
    sizes: Transformer,
    dimension: i64,
    /// Values in a row of features.
    pub features: i64,
}

impl TransformerDecoder {
    /// For word vectors of length `dimension`.
    #[must_use]
    pub fn new(vs: &Path, sizes: Transformer, dimension: i64) -> Self {
        let [width, places] = [sizes.width, sizes.places].map(i64::from);
        Self {
            input: Dense::new(&(vs / "input"), dimension, width),
            blocks: (0..sizes.layers)
                .map(|block| DecoderBlock::new(&(vs / format!("block{block}")), sizes))
                .collect(),
            norm: LayerNorm::new(&(vs / "norm"), width),
            output: Dense::new(&(vs / "output"), width, dimension),
            sizes,
            dimension,
            features: places * width,
        }
    }

    /// Words told from `[batch, words, dimension]` that are one place late.
    fn tell(&self, features: &Tensor, fed: &Tensor) -> Tensor {
        let places = features.view([-1, self.sizes.places.into(), self.sizes.width.into()]);
        let words = self.input.forward(fed);
        let words = &words + places_of_words(&words);
        let xs = self
            .blocks
            .iter()
            .fold(words, |xs, block| block.forward(&xs, &places));
        self.output.forward(&self.norm.forward(&xs))
    }

    /// Teacher forcing: each word is told from the true words before it, all in one call.
    pub fn forced(&self, features: &Tensor, words: &Tensor) -> Tensor {
        self.tell(features, &shifted(words))
    }

    /// Each word is told from the words told before it. `[batch, features]` to `[batch, steps, dimension]`.
    pub fn free(&self, features: &Tensor, steps: i64) -> Tensor {
        let batch = features.size().first().copied().unwrap_or(0);
        let mut fed = Tensor::zeros([batch, 1, self.dimension], (features.kind(), features.device()));
        let first = fed.shallow_clone();
        let mut told = first.narrow(1, 0, 0);
        for step in 0..steps {
            let next = self.tell(features, &fed).narrow(1, step, 1);
            told = Tensor::cat(&[told, next], 1);
            fed = Tensor::cat(&[&first, &told], 1);
        }
        told
    }
}

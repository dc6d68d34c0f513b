//! The layers of a Transformer (Vaswani et al., "Attention is all you need", sections 3.2, 3.3 and 3.5).

use super::layers::{Dense, LayerNorm};
use tch::nn::Path;
use tch::{Kind, Tensor};

/// Attention by several heads.
#[derive(Debug)]
pub struct Attention {
    query: Dense,
    key: Dense,
    value: Dense,
    output: Dense,
    heads: i64,
}

impl Attention {
    /// Over vectors of length `width`, a multiple of the heads.
    #[must_use]
    pub fn new(vs: &Path, width: i64, heads: i64) -> Self {
        Self {
            query: Dense::new(&(vs / "query"), width, width),
            key: Dense::new(&(vs / "key"), width, width),
            value: Dense::new(&(vs / "value"), width, width),
            output: Dense::new(&(vs / "output"), width, width),
            heads,
        }
    }

    /// `[batch, words, width]` looks at `[batch, others, width]`. `seen`, of booleans that can be spread to
    /// `[batch, heads, words, others]`, says what may be looked at; a causal word looks at no later one.
    pub fn forward(&self, xs: &Tensor, others: &Tensor, seen: Option<&Tensor>, causal: bool) -> Tensor {
        let heads = |xs: &Tensor| xs.unflatten(-1, [self.heads, -1]).transpose(1, 2);
        let attended = Tensor::scaled_dot_product_attention(
            &heads(&self.query.forward(xs)),
            &heads(&self.key.forward(others)),
            &heads(&self.value.forward(others)),
            seen,
            0.0,
            causal,
            None,
            false,
        );
        self.output.forward(&attended.transpose(1, 2).flatten(2, -1))
    }
}

/// Two dense layers with ReLU between them.
#[derive(Debug)]
pub struct FeedForward {
    widen: Dense,
    narrow: Dense,
}

impl FeedForward {
    /// Over vectors of length `width`, `inner` values wide in between.
    #[must_use]
    pub fn new(vs: &Path, width: i64, inner: i64) -> Self {
        Self {
            widen: Dense::new(&(vs / "widen"), width, inner),
            narrow: Dense::new(&(vs / "narrow"), inner, width),
        }
    }

    /// `[batch, words, width]` to the same.
    pub fn forward(&self, xs: &Tensor) -> Tensor {
        self.narrow.forward(&self.widen.forward(xs).relu())
    }
}

/// Self-attention and dense layers, each with a way around it and a norm before it.
#[derive(Debug)]
pub struct EncoderBlock {
    attention_norm: LayerNorm,
    attention: Attention,
    dense_norm: LayerNorm,
    dense: FeedForward,
}

impl EncoderBlock {
    /// Over vectors of length `width`, a multiple of the heads, `inner` values wide between the dense layers.
    #[must_use]
    pub fn new(vs: &Path, [width, heads, inner]: [i64; 3]) -> Self {
        Self {
            attention_norm: LayerNorm::new(&(vs / "attention_norm"), width),
            attention: Attention::new(&(vs / "attention"), width, heads),
            dense_norm: LayerNorm::new(&(vs / "dense_norm"), width),
            dense: FeedForward::new(&(vs / "dense"), width, inner),
        }
    }

    /// `[batch, words, width]` to the same. `seen` is that of [`Attention::forward`].
    pub fn forward(&self, xs: &Tensor, seen: Option<&Tensor>) -> Tensor {
        let normed = self.attention_norm.forward(xs);
        let xs = xs + self.attention.forward(&normed, &normed, seen, false);
        let told = self.dense.forward(&self.dense_norm.forward(&xs));
        xs + told
    }
}

/// What tells the place of a word in its caption: sines and cosines of falling frequency, `[words, width]` for words
/// `[batch, words, width]`. The first half holds the sines.
pub fn places_of_words(words: &Tensor) -> Tensor {
    let (_, count, width) = words.size3().unwrap_or_default();
    let options = (Kind::Float, words.device());
    let half = width / 2;
    let frequencies = (Tensor::arange(half, options) * (-(10_000_f64.ln()) / half.max(1) as f64)).exp();
    let angles = Tensor::arange(count, options).unsqueeze(1) * frequencies;
    Tensor::cat(&[angles.sin(), angles.cos()], 1)
}

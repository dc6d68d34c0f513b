//! Frames and captions of a window of the video, each read in its order and then together (a contrastive bidirectional
//! transformer: Sun et al. 2019, “Learning video representations using contrastive bidirectional transformer”).

use super::attention::{Attention, EncoderBlock, places_of_words};
use super::contrast::{LARGEST_SCALE, unit};
use super::layers::{Dense, LayerNorm};
use serde::{Deserialize, Serialize};
use tch::nn::{Init, Path};
use tch::{Kind, Reduction, Tensor};

/// Pairs in a window.
pub const PLACES: usize = 16;

/// What a network over windows is made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WindowDesign {
    /// Length of the vectors that the layers work with.
    pub width: u32,
    /// Heads of each attention; the width is a multiple of them.
    pub heads: u32,
    /// Blocks that read the frames, and as many that read the captions.
    pub layers: u32,
    /// Width between the two dense layers of a block.
    pub feed_forward: u32,
    /// Share of what is read that is left out in training.
    pub dropout: f64,
}

impl Default for WindowDesign {
    fn default() -> Self {
        Self {
            width: 128,
            heads: 4,
            layers: 2,
            feed_forward: 256,
            // Few pairs, and some of them wrong: much is left out.
            dropout: 0.3,
        }
    }
}

impl WindowDesign {
    /// Why no network can be made like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a width is zero, or parts do not fit together.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.width == 0 || self.layers == 0 || self.feed_forward == 0 {
            return Err("a network over windows with a width of zero or no layers");
        }
        if self.width.checked_rem(self.heads) != Some(0) || !self.width.is_multiple_of(2) {
            return Err("a network over windows whose width is not even and a multiple of its heads");
        }
        if !(0.0..0.9).contains(&self.dropout) {
            return Err("a dropout outside 0 to 0.9");
        }
        Ok(())
    }
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowShape {
    /// Values in the features of a frame.
    pub features: i64,
    /// Values in the vector of a caption.
    pub dimension: i64,
}

/// A stack of blocks over the rows of a window.
#[derive(Debug)]
struct Reader {
    input: Dense,
    blocks: Vec<EncoderBlock>,
    norm: LayerNorm,
    /// Read in place of a row that is hidden or missing.
    missing: Tensor,
}

impl Reader {
    fn new(vs: &Path, design: &WindowDesign, values: i64) -> Self {
        let sizes = [design.width, design.heads, design.feed_forward].map(i64::from);
        let [width, ..] = sizes;
        Self {
            input: Dense::new(&(vs / "input"), values, width),
            blocks: (0..design.layers)
                .map(|block| EncoderBlock::new(&(vs / format!("block{block}")), sizes))
                .collect(),
            norm: LayerNorm::new(&(vs / "norm"), width),
            missing: vs.var(
                "missing",
                &[width],
                Init::Randn {
                    mean: 0.0,
                    stdev: 0.02,
                },
            ),
        }
    }

    /// `[batch, PLACES, values]` to `[batch, PLACES, width]`; what is `missing`, `[batch, PLACES]`, is not read.
    fn forward(&self, rows: &Tensor, missing: &Tensor) -> Tensor {
        let read = self.input.forward(rows);
        let read = self.missing.where_self(&missing.unsqueeze(-1), &read);
        let xs = &read + places_of_words(&read);
        self.norm
            .forward(&self.blocks.iter().fold(xs, |xs, block| block.forward(&xs, None)))
    }
}

/// The network with its weights.
#[derive(Debug)]
pub struct WindowNetwork {
    frames: Reader,
    captions: Reader,
    expected: Dense,
    /// Share of the nearest frames that are seen in what is expected.
    near: Tensor,
    /// How fast a frame becomes less likely with its distance from what is expected.
    ln_sharpness: Tensor,
    cross: Attention,
    told: Dense,
    shown: Dense,
    ln_scale: Tensor,
    dropout: f64,
}

impl WindowNetwork {
    /// For windows of this shape.
    #[must_use]
    pub fn new(vs: &Path, design: &WindowDesign, shape: WindowShape) -> Self {
        let [width, heads] = [design.width, design.heads].map(i64::from);
        Self {
            frames: Reader::new(&(vs / "frames"), design, shape.features),
            captions: Reader::new(&(vs / "captions"), design, shape.dimension),
            expected: Dense::new(&(vs / "expected"), width, shape.features),
            near: vs.var("near", &[], Init::Const(0.7)),
            ln_sharpness: vs.var("ln_sharpness", &[], Init::Const(2_f64.ln())),
            cross: Attention::new(&(vs / "cross"), width, heads),
            told: Dense::new(&(vs / "told"), width, width),
            shown: Dense::new(&(vs / "shown"), shape.features, width),
            ln_scale: vs.var("ln_scale", &[], Init::Const(10_f64.ln())),
            dropout: design.dropout,
        }
    }

    /// The features that are expected at each place of windows of frames, `[batch, PLACES, features]` to the same. What is
    /// `hidden`, `[batch, PLACES]`, is not read; only there it is an expectation.
    pub fn expected(&self, frames: &Tensor, hidden: &Tensor, train: bool) -> Tensor {
        let told = self.expected.forward(&self.read_frames(frames, hidden, train));
        told + &self.near * nearest_seen(&even(frames), hidden)
    }

    /// How well frames, `[m, features]`, fit what is expected, `[n, features]`: logits `[n, m]`, of which each row is to be read
    /// beside itself only. A frame is the less likely the larger its squared distance; the part of it that is the same for
    /// all frames is left out.
    pub fn likely(&self, expected: &Tensor, frames: &Tensor) -> Tensor {
        let features = frames.size().last().copied().unwrap_or(1).max(1) as f64;
        let lengths = frames
            .square()
            .sum_dim_intlist([-1_i64].as_slice(), false, Kind::Float);
        (expected.matmul(&frames.tr()) * 2.0 - lengths) / features * self.ln_sharpness.exp()
    }

    /// What windows of captions, `[c, PLACES, dimension]`, tell of each place of windows of frames, `[f, PLACES, features]`: vectors of
    /// length 1, `[c, f, PLACES, width]`. A place without a caption is false in `said`, `[c, PLACES]`.
    pub fn told(&self, frames: &Tensor, captions: &Tensor, said: &Tensor, train: bool) -> Tensor {
        let nothing = Tensor::zeros(
            frames.size().get(..2).unwrap_or(&[]),
            (Kind::Bool, frames.device()),
        );
        let frames = self.read_frames(frames, &nothing, train);
        let captions = even(captions).dropout(self.dropout, train);
        let captions = self.captions.forward(&captions, &said.logical_not());
        let (windows, others) = (first_size(&frames), first_size(&captions));
        // All frames ask each window of captions at once.
        let asking = frames.flatten(0, 1).unsqueeze(0).expand([others, -1, -1], false);
        let answers = self.cross.forward(&asking, &captions, None, false);
        let told = answers.unflatten(1, [windows, -1]) + captions.unsqueeze(1);
        unit(&self.told.forward(&told.dropout(self.dropout, train)))
    }

    /// Frames, `[…, features]`, to vectors of length 1, `[…, width]`, that lie near what is told of them.
    pub fn shown(&self, frames: &Tensor, train: bool) -> Tensor {
        unit(&self.shown.forward(&even(frames).dropout(self.dropout, train)))
    }

    /// What cosines are multiplied by; at most [`LARGEST_SCALE`].
    pub fn scale(&self) -> Tensor {
        self.ln_scale.exp().clamp_max(LARGEST_SCALE)
    }

    fn read_frames(&self, frames: &Tensor, hidden: &Tensor, train: bool) -> Tensor {
        let rows = even(frames).dropout(self.dropout, train);
        self.frames.forward(&rows, hidden)
    }
}

/// How well windows of frames go with windows of captions, `[f, c]`: the mean cosine of what is `told`, `[c, f, PLACES, width]`, and what
/// is `shown`, `[f, PLACES, width]`, over the places that have a caption in `said`, `[c, PLACES]`; 0 where none has.
pub fn window_fits(told: &Tensor, shown: &Tensor, said: &Tensor) -> Tensor {
    let last: &[i64] = &[-1];
    let cosines = (told * shown.unsqueeze(0)).sum_dim_intlist(last, false, Kind::Float);
    let said = said.to_kind(Kind::Float);
    let count = said.sum_dim_intlist(last, true, Kind::Float).clamp_min(1.0);
    let sums = (cosines * said.unsqueeze(1)).sum_dim_intlist(last, false, Kind::Float);
    (sums / count).tr()
}

/// The cross-entropy of finding each row's own among all columns of `logits`, `[n, m]`, but for those that are `spared`; the mean
/// over all rows but the given share with the largest, `[n]` being the own columns: what fits nowhere is not to be learned.
pub fn trimmed_loss(logits: &Tensor, own: &Tensor, spared: &Tensor, trimmed: f64) -> Tensor {
    let logits = logits.masked_fill(spared, f64::NEG_INFINITY);
    let losses = logits.cross_entropy_loss::<&Tensor>(own, None, Reduction::None, -100, 0.0);
    let rows = first_size(&losses);
    let kept = rows - (rows as f64 * trimmed) as i64;
    losses.sort(0, false).0.narrow(0, 0, kept).mean(Kind::Float)
}

/// Rows scaled so that the mean of their squares is 1: a frame unlike all others weighs no more than they do.
fn even(rows: &Tensor) -> Tensor {
    unit(rows) * (rows.size().last().copied().unwrap_or(1) as f64).sqrt()
}

/// For each place the mean of the nearest rows before and behind it that are not hidden, as many as there are.
fn nearest_seen(rows: &Tensor, hidden: &Tensor) -> Tensor {
    let count = PLACES as i64;
    let places = Tensor::arange(count, (Kind::Int64, rows.device()));
    let last_seen = |hidden: &Tensor| {
        let seen = places.where_scalarother(&hidden.logical_not(), -1);
        seen.cummax(1).0
    };
    let before = last_seen(hidden);
    let behind = (count - 1) - last_seen(&hidden.flip([1])).flip([1]);
    // Neither -1 nor PLACES is a place: where nothing is seen, nothing is taken.
    let at = |nearest: &Tensor| {
        let taken = nearest.unsqueeze(-1).eq_tensor(&places);
        taken.to_kind(rows.kind())
    };
    let taken = at(&before) + at(&behind);
    let sum = taken.sum_dim_intlist([-1_i64].as_slice(), true, rows.kind());
    (taken / sum.clamp_min(1.0)).matmul(rows)
}

fn first_size(tensor: &Tensor) -> i64 {
    tensor.size().first().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;

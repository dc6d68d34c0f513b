//! Layers on a graphics card: the numbers of those on the processor, computed with by libtorch.
//!
//! They are made of layers that were read and checked before, so that a file that does not fit is told of there.

use super::PretrainedError;
use super::arithmetic::Activation;
use super::layers;
use super::transformer::{self, NormPlace};
use crate::jobs::caught;
use ndarray::{Array2, ArrayView2};
use tch::{Device, Kind, Tensor};

/// Where a model computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the processor, with layers of our own, which are quicker there than libtorch's.
    Processor,
    /// On a device of libtorch.
    Torch(Device),
}

/// Does work with tensors. The operators of tch panic with libtorch's message, for example for want of memory: that becomes
/// an error.
pub(super) fn computing<T>(work: impl FnOnce() -> Result<T, PretrainedError>) -> Result<T, PretrainedError> {
    // Unlike `no_grad`, it sets back what was also after a panic: the same thread may train next.
    let _none = tch::no_grad_guard();
    caught(work).unwrap_or_else(|message| Err(PretrainedError::Card(message)))
}

/// Rows as a tensor on this device.
pub(super) fn to_card(rows: ArrayView2<'_, f32>, device: Device) -> Tensor {
    let (height, width) = rows.dim();
    let rows = rows.as_standard_layout();
    Tensor::from_slice(rows.as_slice().unwrap_or_default())
        .view([height as i64, width as i64])
        .to_device(device)
}

/// The rows of a tensor of two dimensions.
pub(super) fn from_card(rows: &Tensor) -> Result<Array2<f32>, PretrainedError> {
    let (height, width) = rows
        .size2()
        .map_err(|error| PretrainedError::Card(error.to_string()))?;
    let values = rows.to_device(Device::Cpu).flatten(0, -1);
    let values = Vec::<f32>::try_from(values).map_err(|error| PretrainedError::Card(error.to_string()))?;
    Array2::from_shape_vec((height as usize, width as usize), values)
        .map_err(|error| PretrainedError::Card(error.to_string()))
}

/// A matrix product and a bias.
pub(super) struct Dense {
    /// In x out.
    weight: Tensor,
    bias: Tensor,
}

impl Dense {
    pub fn of(dense: &layers::Dense, device: Device) -> Self {
        Self {
            weight: to_card(dense.weight.view(), device),
            bias: Tensor::from_slice(dense.bias.as_slice().unwrap_or_default()).to_device(device),
        }
    }

    pub fn apply(&self, rows: &Tensor) -> Tensor {
        self.bias.addmm(rows, &self.weight)
    }

    /// As a convolution over rows, of which each column is a channel, with this many rows in sight and this stride.
    pub fn convolve(&self, rows: &Tensor, reach: i64, stride: i64) -> Tensor {
        let (inputs, outputs) = self.weight.size2().unwrap_or_default();
        let filters = self
            .weight
            .transpose(0, 1)
            .reshape([outputs, inputs / reach, reach]);
        rows.transpose(0, 1)
            .unsqueeze(0)
            .conv1d(&filters, Some(&self.bias), stride, reach / 2, 1, 1)
            .squeeze_dim(0)
            .transpose(0, 1)
    }

    /// The columns of the weight that make these outputs: what words are embedded as where the output is the words.
    pub fn columns(&self, outputs: &Tensor) -> Tensor {
        self.weight.index_select(1, outputs).transpose(0, 1)
    }
}

/// The normalisation of a row.
pub(super) struct Norm {
    scale: Tensor,
    shift: Tensor,
    epsilon: f64,
}

impl Norm {
    pub fn of(norm: &layers::Norm, device: Device) -> Self {
        Self {
            scale: Tensor::from_slice(&norm.scale).to_device(device),
            shift: Tensor::from_slice(&norm.shift).to_device(device),
            epsilon: f64::from(norm.epsilon),
        }
    }

    pub fn apply(&self, rows: &Tensor) -> Tensor {
        let width = self.scale.numel() as i64;
        rows.layer_norm([width], Some(&self.scale), Some(&self.shift), self.epsilon, true)
    }
}

/// Keys and values, each heads x rows x width of a head.
pub(super) struct KeysValues {
    keys: Tensor,
    values: Tensor,
}

struct Attention {
    heads: i64,
    queries: Dense,
    keys_values: Dense,
    out: Dense,
}

impl Attention {
    fn of(attention: &layers::Attention, device: Device) -> Self {
        Self {
            heads: attention.heads as i64,
            queries: Dense::of(&attention.queries, device),
            keys_values: Dense::of(&attention.keys_values, device),
            out: Dense::of(&attention.out, device),
        }
    }

    fn of_heads(&self, rows: &Tensor) -> Tensor {
        rows.unflatten(-1, [self.heads, -1]).transpose(0, 1)
    }

    fn keys_values(&self, rows: &Tensor) -> KeysValues {
        let both = self.keys_values.apply(rows);
        let width = both.size().last().map_or(0, |both| both / 2);
        KeysValues {
            keys: self.of_heads(&both.narrow(-1, 0, width)),
            values: self.of_heads(&both.narrow(-1, width, width)),
        }
    }

    /// What the rows are answered; a causal row sees no key after its own, and the last row's own is the last.
    fn answer(&self, rows: &Tensor, known: &KeysValues, causal: bool) -> Tensor {
        let queries = self.of_heads(&self.queries.apply(rows));
        let (asking, among) = (queries.size()[1], known.keys.size()[1]);
        let seen = (causal && asking > 1)
            .then(|| Tensor::ones([asking, among], (Kind::Bool, rows.device())).tril(among - asking));
        // As of one item: the quick ways of libtorch want four dimensions.
        let answers = Tensor::scaled_dot_product_attention(
            &queries.unsqueeze(0),
            &known.keys.unsqueeze(0),
            &known.values.unsqueeze(0),
            seen.as_ref(),
            0.0,
            false,
            None,
            false,
        );
        self.out
            .apply(&answers.squeeze_dim(0).transpose(0, 1).flatten(1, -1))
    }

    /// How much each row looks at each of the first so many keys, for each of these heads.
    fn looks(
        &self,
        rows: &Tensor,
        known: &KeysValues,
        among: usize,
        heads: &[usize],
    ) -> Result<Vec<Array2<f32>>, PretrainedError> {
        let queries = self.of_heads(&self.queries.apply(rows));
        let among = (among as i64).min(known.keys.size()[1]);
        let heads = heads.iter().map(|head| *head as i64);
        heads
            .filter(|head| *head < self.heads)
            .map(|head| {
                let (queries, keys) = (queries.get(head), known.keys.get(head).narrow(0, 0, among));
                let scale = 1.0 / (queries.size()[1] as f64).sqrt();
                from_card(&(queries.matmul(&keys.transpose(0, 1)) * scale).softmax(-1, Kind::Float))
            })
            .collect()
    }
}

/// A layer of a transformer, of a single item.
pub(super) struct Layer {
    own: Attention,
    own_norm: Norm,
    other: Option<(Attention, Norm)>,
    widen: Dense,
    narrow: Dense,
    norm: Norm,
    norm_place: NormPlace,
    activation: Activation,
}

impl Layer {
    pub fn of(layer: &transformer::Layer, device: Device) -> Self {
        let other = layer.other.as_ref();
        Self {
            own: Attention::of(&layer.own, device),
            own_norm: Norm::of(&layer.own_norm, device),
            other: other.map(|(attention, norm)| (Attention::of(attention, device), Norm::of(norm, device))),
            widen: Dense::of(&layer.widen, device),
            narrow: Dense::of(&layer.narrow, device),
            norm: Norm::of(&layer.norm, device),
            norm_place: layer.norm_place,
            activation: layer.activation,
        }
    }

    /// Reads rows that all see each other.
    pub fn read(&self, rows: &Tensor) -> Tensor {
        let rows = self.step(&self.own_norm, rows, |given| {
            self.own.answer(given, &self.own.keys_values(given), false)
        });
        self.feed_forward(&rows)
    }

    /// The keys and values of what this layer looks at; nothing where it looks at nothing else.
    pub fn look(&self, rows: &Tensor) -> Option<KeysValues> {
        self.other.as_ref().map(|(other, _)| other.keys_values(rows))
    }

    /// Goes on writing: rows that see what was written before, in the cache, and something else. Gives also how much each row
    /// looks at each of the first so many rows of what it sees, for each of these heads.
    ///
    /// # Errors
    /// When the looks cannot be fetched.
    pub fn write(
        &self,
        rows: &Tensor,
        cache: &mut Option<KeysValues>,
        seen: Option<&KeysValues>,
        (among, heads): (usize, &[usize]),
    ) -> Result<(Tensor, Vec<Array2<f32>>), PretrainedError> {
        let rows = self.step(&self.own_norm, rows, |given| {
            let new = self.own.keys_values(given);
            let known = match cache.take() {
                Some(before) => KeysValues {
                    keys: Tensor::cat(&[before.keys, new.keys], 1),
                    values: Tensor::cat(&[before.values, new.values], 1),
                },
                None => new,
            };
            self.own.answer(given, cache.insert(known), true)
        });
        let (Some((other, norm)), Some(seen)) = (&self.other, seen) else {
            return Ok((self.feed_forward(&rows), Vec::new()));
        };
        let mut looks = Ok(Vec::new());
        let rows = self.step(norm, &rows, |given| {
            if !heads.is_empty() {
                looks = other.looks(given, seen, among, heads);
            }
            other.answer(given, seen, false)
        });
        Ok((self.feed_forward(&rows), looks?))
    }

    fn feed_forward(&self, rows: &Tensor) -> Tensor {
        self.step(&self.norm, rows, |given| {
            let wide = self.widen.apply(given);
            self.narrow.apply(&match self.activation {
                Activation::Gelu => wide.gelu("none"),
                Activation::Relu => wide.relu(),
                Activation::Swish => wide.silu(),
                Activation::QuickGelu => &wide * (&wide * 1.702).sigmoid(),
            })
        })
    }

    /// Adds to the rows what comes of them, and normalises where this layer does.
    fn step(&self, norm: &Norm, rows: &Tensor, work: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
        match self.norm_place {
            NormPlace::Before => rows + work(&norm.apply(rows)),
            NormPlace::After => norm.apply(&(rows + work(rows))),
        }
    }
}

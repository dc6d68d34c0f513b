//! The eye of BLIP and of CLIP: a vision transformer (Dosovitskiy et al. 2021) over the patches of a picture.

use super::PretrainedError;
use super::arithmetic::Activation;
use super::layers::{Attention, Dense, Norm};
use super::picture::{Framing, Picture};
use super::transformer::{CLIP, Layer, LayerPlan, NormPlace};
use super::weights::Part;
use crate::jobs::Watch;
use ndarray::{Array2, s};
use serde_json::Value;

/// Red, green and blue.
const COLOURS: usize = 3;
/// Numbers that a head works with in BLIP base and large, and in all of CLIP.
const HEAD: usize = 64;

/// The eye.
pub(super) struct Vision {
    /// How it wants its pictures.
    pub framing: Framing,
    /// Along a side of a patch.
    patch: usize,
    embedding: Dense,
    /// A row for each patch, after the first, which stands for the whole picture.
    positions: Array2<f32>,
    /// Before the first layer, in CLIP.
    first_norm: Option<Norm>,
    layers: Vec<Layer>,
    norm: Norm,
}

impl Vision {
    /// Of weights as BLIP or as CLIP name them, with pictures stretched to a square.
    ///
    /// # Errors
    /// When a tensor is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, config: &Value) -> Result<Self, PretrainedError> {
        let embeddings = part.at("embeddings");
        let embedding = Dense::load(&embeddings, "patch_embedding")?;
        let is_clip = embeddings.has("position_embedding.weight");
        let places = if is_clip {
            "position_embedding.weight"
        } else {
            "position_embedding"
        };
        let mut positions = embeddings.matrix(places)?;
        let width = embedding.width_out();
        let patch = (embedding.width_in() / COLOURS).isqrt();
        let rows = positions.len() / width;
        let across = rows.saturating_sub(1).isqrt();
        if positions.len() != rows * width || across * across + 1 != rows {
            let needed = format!("a row of {width} for each patch of a square");
            return Err(embeddings.misshapen(places, positions.shape(), &needed));
        }
        positions = positions
            .into_shape_with_order((rows, width))
            .map_err(|_| embeddings.misshapen(places, &[rows, width], "another shape"))?;
        let class = embeddings.flat("class_embedding")?;
        positions
            .slice_mut(s![0, ..])
            .iter_mut()
            .zip(&class)
            .for_each(|(position, class)| *position += class);

        let number = |name: &str| config.get(name).and_then(Value::as_f64);
        let epsilon = number("layer_norm_eps").unwrap_or(1e-5) as f32;
        let plan = LayerPlan {
            heads: number("num_attention_heads").map_or(width / HEAD, |heads| heads as usize),
            activation: activation(part, config, if is_clip { "quick_gelu" } else { "gelu" })?,
            epsilon,
            norm_place: NormPlace::Before,
        };
        let encoder = part.at("encoder");
        let layers = (0..encoder.count("layers", "layer_norm1.weight")).map(|index| {
            let part = encoder.at("layers").at(index);
            if is_clip {
                Layer::load(&part, &CLIP, plan)
            } else {
                blip_layer(&part, width, plan)
            }
        });
        // So it is written in CLIP's files.
        let first_norm = "pre_layrnorm";
        Ok(Self {
            framing: Framing::stretched(across * patch),
            patch,
            embedding,
            positions,
            first_norm: is_clip
                .then(|| Norm::load(part, first_norm, width, epsilon))
                .transpose()?,
            layers: layers.collect::<Result<_, _>>()?,
            norm: Norm::load(part, "post_layernorm", width, epsilon)?,
        })
    }

    /// What the picture shows: a row for the whole and one for each patch.
    ///
    /// # Errors
    /// When the picture has not as many bytes as its size says, or when cancelled.
    pub fn look(&self, picture: &Picture<'_>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        Ok(self.norm.apply(self.rows(picture, watch)?))
    }

    /// What the whole picture shows, a row.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    pub fn whole(&self, picture: &Picture<'_>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let rows = self.rows(picture, watch)?;
        Ok(self.norm.apply(rows.slice(s![..1, ..]).to_owned()))
    }

    fn rows(&self, picture: &Picture<'_>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let patches = self
            .embedding
            .apply(picture.patches(&self.framing, self.patch)?.view());
        let mut rows = self.positions.clone();
        rows.slice_mut(s![1.., ..])
            .zip_mut_with(&patches, |row, patch| *row += patch);
        if let Some(norm) = &self.first_norm {
            rows = norm.apply(rows);
        }
        let known = [rows.nrows()];
        for layer in &self.layers {
            watch.check()?;
            rows = layer.read(&rows, &known);
        }
        Ok(rows)
    }
}

/// What the configuration of a part names, or else the usual one.
///
/// # Errors
/// When it is not known.
pub(super) fn activation(
    part: &Part<'_>,
    config: &Value,
    usual: &str,
) -> Result<Activation, PretrainedError> {
    let name = config.get("hidden_act").and_then(Value::as_str).unwrap_or(usual);
    Activation::by_name(name)
        .ok_or_else(|| part.unusable(format!("{name} is none of the activations {}", Activation::NAMES)))
}

fn blip_layer(part: &Part<'_>, width: usize, plan: LayerPlan) -> Result<Layer, PretrainedError> {
    let own = part.at("self_attn");
    let all = Dense::load(&own, "qkv")?;
    if all.width_out() != 3 * width {
        let needed = format!("[{}, {width}]", 3 * width);
        return Err(own.misshapen("qkv.weight", &[all.width_out(), width], &needed));
    }
    let (queries, keys_values) = (all.outputs(0..width), all.outputs(width..3 * width));
    let out = Dense::load(&own, "projection")?;
    let norm = |name: &str| Norm::load(part, name, width, plan.epsilon);
    let mlp = part.at("mlp");
    Ok(Layer::of_parts(
        Attention::new(&own, plan.heads, queries, keys_values, out)?,
        [norm("layer_norm1")?, norm("layer_norm2")?],
        [Dense::load(&mlp, "fc1")?, Dense::load(&mlp, "fc2")?],
        plan,
    ))
}

//! BLIP's eye: a vision transformer (Dosovitskiy et al. 2021) over the patches of a picture.

use super::Picture;
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::arithmetic::Activation;
use crate::pretrained::layers::{Attention, Dense, Norm};
use crate::pretrained::transformer::{Layer, LayerPlan, NormPlace};
use crate::pretrained::weights::Part;
use ndarray::{Array2, s};
use serde_json::Value;

/// Red, green and blue.
const COLOURS: usize = 3;
/// Numbers that a head works with in BLIP base and large.
const HEAD: usize = 64;

/// The eye.
pub(super) struct Vision {
    /// Along a side of a patch.
    patch: usize,
    /// Along a side of the picture.
    side: usize,
    embedding: Dense,
    /// A row for each patch, after the first, which stands for the whole picture.
    positions: Array2<f32>,
    layers: Vec<Layer>,
    norm: Norm,
}

impl Vision {
    /// # Errors
    /// When a tensor is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, config: &Value) -> Result<Self, PretrainedError> {
        let embeddings = part.at("embeddings");
        let embedding = Dense::load(&embeddings, "patch_embedding")?;
        let mut positions = embeddings.matrix("position_embedding")?;
        let width = embedding.width_out();
        let patch = (embedding.width_in() / COLOURS).isqrt();
        let rows = positions.len() / width;
        let across = rows.saturating_sub(1).isqrt();
        if positions.len() != rows * width || across * across + 1 != rows {
            let needed = format!("a row of {width} for each patch of a square");
            return Err(embeddings.misshapen("position_embedding", positions.shape(), &needed));
        }
        positions = positions
            .into_shape_with_order((rows, width))
            .map_err(|_| embeddings.misshapen("position_embedding", &[rows, width], "another shape"))?;
        let class = embeddings.matrix("class_embedding")?;
        positions
            .slice_mut(s![0, ..])
            .iter_mut()
            .zip(&class)
            .for_each(|(position, class)| *position += class);

        let heads = config.get("num_attention_heads").and_then(Value::as_u64);
        let epsilon = config
            .get("layer_norm_eps")
            .and_then(Value::as_f64)
            .unwrap_or(1e-5) as f32;
        let plan = LayerPlan {
            heads: heads.map_or(width / HEAD, |heads| heads as usize),
            activation: Activation::Gelu,
            epsilon,
            norm_place: NormPlace::Before,
        };
        let encoder = part.at("encoder");
        let layers = (0..encoder.count("layers", "layer_norm1.weight"))
            .map(|index| layer(&encoder.at("layers").at(index), width, plan))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            patch,
            side: across * patch,
            embedding,
            positions,
            layers,
            norm: Norm::load(part, "post_layernorm", width, epsilon)?,
        })
    }

    /// What the picture shows: a row for the whole and one for each patch.
    ///
    /// # Errors
    /// When the picture has not as many bytes as its size says, or when cancelled.
    pub fn look(&self, picture: &Picture<'_>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let patches = self
            .embedding
            .apply(picture.patches(self.side, self.patch)?.view());
        let mut rows = self.positions.clone();
        rows.slice_mut(s![1.., ..])
            .zip_mut_with(&patches, |row, patch| *row += patch);
        let known = [rows.nrows()];
        for layer in &self.layers {
            watch.check()?;
            rows = layer.read(&rows, &known);
        }
        Ok(self.norm.apply(rows))
    }
}

fn layer(part: &Part<'_>, width: usize, plan: LayerPlan) -> Result<Layer, PretrainedError> {
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

//! Marian's network: an encoder that reads and a decoder that writes.

use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::arithmetic::Activation;
use crate::pretrained::layers::Dense;
use crate::pretrained::transformer::{Cache, Layer, LayerPlan, MARIAN, NormPlace, Seen};
use crate::pretrained::weights::Part;
use ndarray::{Array1, Array2, Axis};
use serde_json::Value;
use std::path::Path;

/// The network.
pub(super) struct Network {
    encoder: Vec<Layer>,
    decoder: Vec<Layer>,
    /// The words of both languages, of which the columns are also what they are embedded as.
    words: Dense,
    /// What embeddings are multiplied by.
    scale: f32,
    most: usize,
    start: u32,
    end: u32,
    padding: u32,
}

impl Network {
    /// # Errors
    /// When a tensor is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, config: &Value, folder: &Path) -> Result<Self, PretrainedError> {
        let unusable = |reason: String| PretrainedError::unusable(&folder.join("config.json"), reason);
        let number = |name: &str| {
            let number = config.get(name).and_then(Value::as_u64);
            number.ok_or_else(|| {
                unusable(format!(
                    "{name} is missing: this is no translator of the Marian kind"
                ))
            })
        };
        let token = |name: &str| {
            number(name).and_then(|id| u32::try_from(id).map_err(|_| unusable(format!("{name} is no token"))))
        };
        let activation = config
            .get("activation_function")
            .and_then(Value::as_str)
            .unwrap_or("swish");
        let activation = Activation::by_name(activation).ok_or_else(|| {
            unusable(format!(
                "{activation} is none of the activations gelu, relu and silu"
            ))
        })?;
        if config
            .get("share_encoder_decoder_embeddings")
            .and_then(Value::as_bool)
            == Some(false)
        {
            let reason =
                "the two languages have vocabularies of their own in this model, which is not known here";
            return Err(unusable(reason.to_owned()));
        }
        let model = part.at("model");
        let layers = |side: &str| -> Result<Vec<Layer>, PretrainedError> {
            let plan = LayerPlan {
                heads: number(&format!("{side}_attention_heads"))? as usize,
                activation,
                epsilon: 1e-5,
                norm_place: NormPlace::After,
            };
            let side = model.at(side);
            (0..side.count("layers", "fc1.weight"))
                .map(|index| Layer::load(&side.at("layers").at(index), &MARIAN, plan))
                .collect()
        };
        let words = model.matrix("shared.weight")?;
        let width = words.ncols();
        let bias = part.matrix("final_logits_bias")?;
        let words = Dense::new(&words, Array1::from_iter(bias))
            .ok_or_else(|| model.misshapen("shared.weight", words.shape(), "a row for each word"))?;
        let is_scaled = config.get("scale_embedding").and_then(Value::as_bool) == Some(true);
        Ok(Self {
            encoder: layers("encoder")?,
            decoder: layers("decoder")?,
            words,
            scale: if is_scaled { (width as f32).sqrt() } else { 1.0 },
            most: number("max_position_embeddings")? as usize,
            start: token("decoder_start_token_id")?,
            end: token("eos_token_id")?,
            padding: token("pad_token_id")?,
        })
    }

    /// The number of words.
    pub fn words(&self) -> usize {
        self.words.width_out()
    }

    /// The most pieces of a text, in both languages.
    pub fn most(&self) -> usize {
        self.most
    }

    /// What ends a text.
    pub fn end(&self) -> u32 {
        self.end
    }

    /// Translates texts of whatever lengths side by side, each without what ends it.
    ///
    /// # Errors
    /// When cancelled.
    pub fn translate(&self, sources: &[&[u32]], watch: &Watch) -> Result<Vec<Vec<u32>>, PretrainedError> {
        let known: Vec<usize> = sources.iter().map(|source| source.len()).collect();
        let longest = known.iter().copied().max().unwrap_or_default();
        let padded: Vec<u32> = sources
            .iter()
            .flat_map(|source| {
                source
                    .iter()
                    .copied()
                    .chain(std::iter::repeat(self.padding))
                    .take(longest)
            })
            .collect();
        let mut read = self.embedded(&padded, longest, 0);
        for layer in &self.encoder {
            watch.check()?;
            read = layer.read(&read, &known);
        }
        let looked: Vec<Array2<f32>> = self.decoder.iter().map(|layer| layer.look(read.view())).collect();

        // A translation is longer than its text, but not by this much: it goes in circles.
        let most = self.most.min(4 * longest + 64);
        let mut caches: Vec<Cache> = self
            .decoder
            .iter()
            .map(|_| Cache::new(sources.len(), most, read.ncols()))
            .collect();
        let mut texts = vec![Vec::new(); sources.len()];
        let mut ended = vec![false; sources.len()];
        let mut next = vec![self.start; sources.len()];
        for at in 0..most.saturating_sub(1) {
            watch.check()?;
            let mut rows = self.embedded(&next, 1, at);
            for ((layer, cache), looked) in self.decoder.iter().zip(&mut caches).zip(&looked) {
                let seen = Seen {
                    keys_values: looked,
                    known: &known,
                };
                rows = layer.write(&rows, cache, &seen);
            }
            let logits = self.words.apply(rows.view());
            next.clear();
            for ((text, ended), logits) in texts.iter_mut().zip(&mut ended).zip(logits.rows()) {
                let mut best = (self.end, f32::NEG_INFINITY);
                for (word, logit) in (0..).zip(logits) {
                    if *logit > best.1 && word != self.padding {
                        best = (word, *logit);
                    }
                }
                *ended |= best.0 == self.end;
                if !*ended {
                    text.push(best.0);
                }
                next.push(best.0);
            }
            if ended.iter().all(|ended| *ended) {
                break;
            }
        }
        Ok(texts)
    }

    /// Words and their places: each text has as many, and begins at this place.
    fn embedded(&self, words: &[u32], each: usize, first: usize) -> Array2<f32> {
        let mut rows = Array2::zeros((words.len(), self.words.width_in()));
        for (index, (mut row, word)) in rows.axis_iter_mut(Axis(0)).zip(words).enumerate() {
            row.scaled_add(self.scale, &self.words.column(*word as usize));
            place(first + index % each.max(1), &mut row);
        }
        rows
    }
}

/// Adds what tells a place: sines in the first half of a row, and cosines of the same angles in the second.
fn place(at: usize, row: &mut ndarray::ArrayViewMut1<'_, f32>) {
    let half = row.len().div_ceil(2);
    let width = row.len() as f64;
    for (index, value) in row.iter_mut().enumerate() {
        let angle = at as f64 / 10_000f64.powf((2 * (index % half)) as f64 / width);
        *value += if index < half { angle.sin() } else { angle.cos() } as f32;
    }
}

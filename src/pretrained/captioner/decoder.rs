//! BLIP's hand: a decoder that writes word by word and looks at the picture at each of them.

use super::Describing;
use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::arithmetic::{Activation, Finish};
use crate::pretrained::layers::{Dense, Norm};
use crate::pretrained::transformer::{BERT, Cache, Layer, LayerPlan, NormPlace, Seen};
use crate::pretrained::weights::Part;
use ndarray::{Array2, ArrayView1, Axis, s};
use serde_json::Value;

/// In BLIP base and large alike.
const HEADS: usize = 12;

/// The hand.
pub(super) struct Decoder {
    positions: Array2<f32>,
    embedding_norm: Norm,
    layers: Vec<Layer>,
    transform: Dense,
    transform_norm: Norm,
    /// The words, of which the columns are also what they are embedded as.
    words: Dense,
}

impl Decoder {
    /// # Errors
    /// When a tensor is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, config: &Value) -> Result<Self, PretrainedError> {
        let number = |name: &str| config.get(name).and_then(Value::as_f64);
        let plan = LayerPlan {
            heads: number("num_attention_heads").map_or(HEADS, |heads| heads as usize),
            activation: Activation::Gelu,
            epsilon: number("layer_norm_eps").unwrap_or(1e-12) as f32,
            norm_place: NormPlace::After,
        };
        let (bert, head) = (part.at("bert"), part.at("cls").at("predictions"));
        let embeddings = bert.at("embeddings");
        // The words of the head are those of the embeddings; some files hold them twice, some once.
        let words = embeddings.matrix("word_embeddings.weight")?;
        let bias = ["bias", "decoder.bias"]
            .into_iter()
            .find(|name| head.has(name))
            .unwrap_or("bias");
        let bias = head.vector(bias)?;
        let width = words.ncols();
        let words = Dense::new(&words, bias).ok_or_else(|| {
            embeddings.misshapen("word_embeddings.weight", words.shape(), "a row for each word")
        })?;
        let positions = embeddings.matrix("position_embeddings.weight")?;
        if positions.ncols() != width {
            let needed = format!("a width of {width}");
            return Err(embeddings.misshapen("position_embeddings.weight", positions.shape(), &needed));
        }
        let encoder = bert.at("encoder");
        let layers = (0..encoder.count("layer", "output.dense.weight"))
            .map(|index| Layer::load(&encoder.at("layer").at(index), &BERT, plan))
            .collect::<Result<_, _>>()?;
        let transform = head.at("transform");
        Ok(Self {
            positions,
            embedding_norm: Norm::load(&embeddings, "LayerNorm", width, plan.epsilon)?,
            layers,
            transform: Dense::load(&transform, "dense")?,
            transform_norm: Norm::load(&transform, "LayerNorm", width, plan.epsilon)?,
            words,
        })
    }

    /// The most tokens that it can write.
    pub fn most(&self) -> usize {
        self.positions.nrows()
    }

    /// Writes on from the start, one text for each picture, all side by side; each text without what stops it.
    ///
    /// # Errors
    /// When a token of the start is unknown, or when cancelled.
    pub fn write(
        &self,
        patches: &Array2<f32>,
        pictures: usize,
        start: &[u32],
        stop: u32,
        describing: Describing,
        watch: &Watch,
    ) -> Result<Vec<Vec<u32>>, PretrainedError> {
        let mut state = self.begin(patches, pictures, describing.most, watch)?;
        let mut texts = vec![start.to_vec(); pictures];
        let mut stopped = vec![false; pictures];
        let mut next = start.repeat(pictures);
        for length in start.len()..describing.most {
            let logits = self.step(&mut state, &next, watch)?;
            next.clear();
            for ((text, stopped), logits) in texts.iter_mut().zip(&mut stopped).zip(logits.rows()) {
                let banned = describing.no_repeat.map(|n| repeats(text, n)).unwrap_or_default();
                let token = likeliest(logits, &banned);
                *stopped |= token == stop;
                if !*stopped {
                    text.push(token);
                }
                // A text that has ended is written on with the others, and what is written is not looked at.
                next.push(token);
            }
            if stopped.iter().all(|stopped| *stopped) || length + 1 == describing.most {
                break;
            }
        }
        Ok(texts)
    }

    /// The logits after each of the tokens: a row for each.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn logits(
        &self,
        patches: &Array2<f32>,
        tokens: &[u32],
        watch: &Watch,
    ) -> Result<Array2<f32>, PretrainedError> {
        let mut state = self.begin(patches, 1, tokens.len(), watch)?;
        let rows = self.read(&mut state, tokens, watch)?;
        Ok(self.rate(&rows))
    }

    /// Looks at the pictures: each layer's keys and values of the patches are the same for every word.
    fn begin(
        &self,
        patches: &Array2<f32>,
        pictures: usize,
        most: usize,
        watch: &Watch,
    ) -> Result<State, PretrainedError> {
        let width = self.positions.ncols();
        let mut looked = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            watch.check()?;
            looked.push(layer.look(patches.view()));
        }
        Ok(State {
            looked,
            known: vec![patches.nrows() / pictures; pictures],
            caches: self
                .layers
                .iter()
                .map(|_| Cache::new(pictures, most, width))
                .collect(),
            length: 0,
        })
    }

    /// The logits after the last of the next tokens of each text (all of one text, then all of the next).
    fn step(&self, state: &mut State, next: &[u32], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let each = next.len() / state.known.len();
        let rows = self.read(state, next, watch)?;
        let last = rows
            .slice(s![each.saturating_sub(1)..; each.max(1), ..])
            .to_owned();
        Ok(self.rate(&last))
    }

    fn read(&self, state: &mut State, next: &[u32], watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let each = next.len() / state.known.len();
        let mut rows = Array2::zeros((next.len(), self.positions.ncols()));
        for (index, (mut row, token)) in rows.axis_iter_mut(Axis(0)).zip(next).enumerate() {
            let token = *token as usize;
            if token >= self.words.width_out() {
                return Err(PretrainedError::Input(format!(
                    "token {token} is none of the model's {}: the tokenizer is of another model",
                    self.words.width_out()
                )));
            }
            row += &self.words.column(token);
            row += &self.positions.row(state.length + index % each.max(1));
        }
        let mut rows = self.embedding_norm.apply(rows);
        for ((layer, cache), looked) in self.layers.iter().zip(&mut state.caches).zip(&state.looked) {
            watch.check()?;
            let seen = Seen {
                keys_values: looked,
                known: &state.known,
            };
            rows = layer.write(&rows, cache, &seen);
        }
        state.length += each;
        Ok(rows)
    }

    fn rate(&self, rows: &Array2<f32>) -> Array2<f32> {
        let rows = self
            .transform
            .then(rows.view(), Finish::Activate(Activation::Gelu));
        self.words.apply(self.transform_norm.apply(rows).view())
    }
}

/// What is kept between one word and the next.
struct State {
    /// For each layer the keys and values of all patches.
    looked: Vec<Array2<f32>>,
    /// For each picture the number of patches.
    known: Vec<usize>,
    caches: Vec<Cache>,
    /// Tokens of each text so far.
    length: usize,
}

/// The tokens after which the last `n` of the text would be there twice.
fn repeats(text: &[u32], n: usize) -> Vec<u32> {
    let Some(before) = n.checked_sub(1).and_then(|before| text.len().checked_sub(before)) else {
        return Vec::new();
    };
    let end = text.get(before..).unwrap_or_default();
    text.windows(n.max(1))
        .filter_map(|window| window.split_last())
        .filter(|(_, start)| *start == end)
        .map(|(last, _)| *last)
        .collect()
}

/// The token with the greatest logit that is not banned; the first of equals.
fn likeliest(logits: ArrayView1<'_, f32>, banned: &[u32]) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (token, logit) in (0..).zip(logits) {
        if *logit > best.1 && !banned.contains(&token) {
            best = (token, *logit);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;

    #[test]
    fn what_would_be_said_twice_is_banned() {
        assert_eq!(repeats(&[1, 2, 3, 1, 2], 3), [3]);
        assert_eq!(repeats(&[1, 2, 1, 3, 1], 2), [2, 3]);
        assert_eq!(repeats(&[4, 5], 1), [4, 5]);
        assert!(
            repeats(&[1, 2, 3], 3).is_empty()
                && repeats(&[1], 3).is_empty()
                && repeats(&[1, 1], 0).is_empty()
        );
    }

    #[test]
    fn the_likeliest_token_is_the_first_of_those_allowed() {
        let logits = Array1::from_vec(vec![0.5, 3.0, 3.0, -1.0]);
        assert_eq!(likeliest(logits.view(), &[]), 1);
        assert_eq!(likeliest(logits.view(), &[1]), 2);
    }
}

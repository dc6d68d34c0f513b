//! Whisper's hand: a decoder that writes token by token and listens at each of them.

use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::layers::{Dense, Norm};
use crate::pretrained::transformer::{Cache, Layer, LayerPlan, MARIAN, Seen};
use crate::pretrained::weights::Part;
use ndarray::{Array1, Array2, Axis};

/// The hand.
pub(super) struct Decoder {
    /// The tokens, of which the columns are also what they are embedded as.
    pub(super) tokens: Dense,
    pub(super) positions: Array2<f32>,
    pub(super) layers: Vec<Layer>,
    pub(super) norm: Norm,
}

/// What was heard, as each layer looks at it: the same for every token.
pub(super) struct Heard {
    keys_values: Vec<Array2<f32>>,
    rows: usize,
}

/// What is kept between one token and the next.
pub(super) struct State {
    caches: Vec<Cache>,
    length: usize,
}

/// An attention head: its layer, and its number in it.
pub(super) type Head = [usize; 2];

impl Decoder {
    /// # Errors
    /// When a tensor is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, plan: LayerPlan) -> Result<Self, PretrainedError> {
        let tokens = part.matrix("embed_tokens.weight")?;
        let positions = part.matrix("embed_positions.weight")?;
        let width = tokens.ncols();
        if positions.ncols() != width {
            let needed = format!("a width of {width}");
            return Err(part.misshapen("embed_positions.weight", positions.shape(), &needed));
        }
        let tokens = Dense::new(&tokens, Array1::zeros(tokens.nrows()))
            .ok_or_else(|| part.misshapen("embed_tokens.weight", tokens.shape(), "a row for each token"))?;
        let layers = (0..part.count("layers", "fc1.weight"))
            .map(|index| Layer::load(&part.at("layers").at(index), &MARIAN, plan))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            tokens,
            positions,
            layers,
            norm: Norm::load(part, "layer_norm", width, plan.epsilon)?,
        })
    }

    /// The most tokens that it can overlook.
    pub fn most(&self) -> usize {
        self.positions.nrows()
    }

    /// The number of tokens in the vocabulary.
    pub fn tokens(&self) -> usize {
        self.tokens.width_out()
    }

    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// Looks at what the encoder heard.
    ///
    /// # Errors
    /// When cancelled.
    pub fn listen(&self, heard: &Array2<f32>, watch: &Watch) -> Result<Heard, PretrainedError> {
        let mut keys_values = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            watch.check()?;
            keys_values.push(layer.look(heard.view()));
        }
        Ok(Heard {
            keys_values,
            rows: heard.nrows(),
        })
    }

    /// Before the first of at most so many tokens.
    pub fn begin(&self, most: usize) -> State {
        let width = self.positions.ncols();
        let caches = self.layers.iter().map(|_| Cache::new(1, most, width)).collect();
        State { caches, length: 0 }
    }

    /// How likely each token of the vocabulary is next, as logits: a row for each row.
    pub fn rate(&self, rows: &Array2<f32>) -> Array2<f32> {
        self.tokens.apply(rows.view())
    }

    /// Reads the next tokens, and gives a row for each of them, and how much each of them listens to each of the first `among`
    /// rows of what was heard, for each of these heads.
    ///
    /// # Errors
    /// When a token is unknown or there are too many, and when cancelled.
    pub fn read(
        &self,
        heard: &Heard,
        state: &mut State,
        tokens: &[u32],
        (among, heads): (usize, &[Head]),
        watch: &Watch,
    ) -> Result<(Array2<f32>, Vec<Array2<f32>>), PretrainedError> {
        let mut rows = self.embedded(tokens, state.length)?;
        let mut looks = Vec::new();
        let known = [heard.rows];
        for (index, (layer, (cache, keys_values))) in self
            .layers
            .iter()
            .zip(state.caches.iter_mut().zip(&heard.keys_values))
            .enumerate()
        {
            watch.check()?;
            let seen = Seen {
                keys_values,
                known: &known,
            };
            let (next, more) = layer.write_looking(&rows, cache, &seen, (among, &of_layer(heads, index)));
            rows = next;
            looks.extend(more);
        }
        state.length += tokens.len();
        Ok((self.norm.apply(rows), looks))
    }

    fn embedded(&self, tokens: &[u32], first: usize) -> Result<Array2<f32>, PretrainedError> {
        check(tokens, first, self.tokens(), self.most())?;
        let mut rows = Array2::zeros((tokens.len(), self.positions.ncols()));
        for (place, (mut row, token)) in rows.axis_iter_mut(Axis(0)).zip(tokens).enumerate() {
            row += &self.tokens.column(*token as usize);
            row += &self.positions.row(first + place);
        }
        Ok(rows)
    }
}

/// The heads of this layer, by their numbers in it.
pub(super) fn of_layer(heads: &[Head], layer: usize) -> Vec<usize> {
    let of_layer = heads.iter().filter(|[of, _]| *of == layer);
    of_layer.map(|[_, head]| *head).collect()
}

/// Checks tokens that are read after so many others by a model that knows so many and can overlook so many.
///
/// # Errors
/// When one is unknown or there are too many.
pub(super) fn check(tokens: &[u32], first: usize, known: usize, most: usize) -> Result<(), PretrainedError> {
    if first + tokens.len() > most {
        return Err(PretrainedError::TooLong {
            tokens: first,
            most: tokens.len(),
            context: most,
        });
    }
    match tokens.iter().find(|token| **token as usize >= known) {
        Some(token) => Err(PretrainedError::Input(format!(
            "token {token} is none of the model's {known}: the tokenizer is of another model"
        ))),
        None => Ok(()),
    }
}

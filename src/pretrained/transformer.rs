//! The layer that sentence encoders, translators, recognisers of speech and the captioner's decoder are made of.

use super::PretrainedError;
use super::arithmetic::{Activation, Finish};
use super::attention::Sight;
use super::layers::{Attention, Dense, Norm};
use super::weights::Part;
use ndarray::{Array2, ArrayView2, s};
use std::borrow::Cow;

/// The keys and values of what has been read so far, of several items.
pub(super) struct Cache {
    /// For each item as many rows as there can be.
    keys_values: Array2<f32>,
    /// For each item the same number of rows in use.
    known: Vec<usize>,
}

impl Cache {
    pub fn new(items: usize, most: usize, width: usize) -> Self {
        Self {
            keys_values: Array2::zeros((items * most, 2 * width)),
            known: vec![0; items],
        }
    }

    /// Adds the next rows of every item, which must fit.
    fn push(&mut self, rows: &Array2<f32>) {
        let items = self.known.len();
        let (new, most) = (rows.nrows() / items, self.keys_values.nrows() / items);
        for (item, known) in self.known.iter_mut().enumerate() {
            let at = item * most + *known;
            self.keys_values
                .slice_mut(s![at..at + new, ..])
                .assign(&rows.slice(s![item * new..(item + 1) * new, ..]));
            *known += new;
        }
    }
}

/// What a layer that writes looks at besides its own words: keys and values of a picture or a sentence.
pub(super) struct Seen<'a> {
    pub keys_values: &'a Array2<f32>,
    /// For each item, how many rows are known.
    pub known: &'a [usize],
}

/// Where a layer normalises.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NormPlace {
    /// What each step gives, as in the original transformer (Vaswani et al. 2017, section 3.1): BERT, BLIP's decoder, Marian.
    After,
    /// What each step is given: CLIP, BLIP's eye, Whisper.
    Before,
}

/// A layer of a transformer.
pub(super) struct Layer {
    pub(super) own: Attention,
    pub(super) own_norm: Norm,
    pub(super) other: Option<(Attention, Norm)>,
    pub(super) widen: Dense,
    pub(super) narrow: Dense,
    pub(super) norm: Norm,
    pub(super) norm_place: NormPlace,
    pub(super) activation: Activation,
}

/// What must be told of a layer besides its weights.
#[derive(Clone, Copy)]
pub(super) struct LayerPlan {
    pub heads: usize,
    pub activation: Activation,
    pub epsilon: f32,
    pub norm_place: NormPlace,
}

/// The names of a layer's parts.
pub(super) struct LayerNames {
    /// Queries, keys, values, out.
    pub own: [&'static str; 4],
    pub own_norm: &'static str,
    pub other: [&'static str; 4],
    pub other_norm: &'static str,
    pub widen: &'static str,
    pub narrow: &'static str,
    pub norm: &'static str,
}

/// As BERT and BLIP name them.
pub(super) const BERT: LayerNames = LayerNames {
    own: [
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
    ],
    own_norm: "attention.output.LayerNorm",
    other: [
        "crossattention.self.query",
        "crossattention.self.key",
        "crossattention.self.value",
        "crossattention.output.dense",
    ],
    other_norm: "crossattention.output.LayerNorm",
    widen: "intermediate.dense",
    narrow: "output.dense",
    norm: "output.LayerNorm",
};

/// As Marian and Whisper name them.
pub(super) const MARIAN: LayerNames = LayerNames {
    own: [
        "self_attn.q_proj",
        "self_attn.k_proj",
        "self_attn.v_proj",
        "self_attn.out_proj",
    ],
    own_norm: "self_attn_layer_norm",
    other: [
        "encoder_attn.q_proj",
        "encoder_attn.k_proj",
        "encoder_attn.v_proj",
        "encoder_attn.out_proj",
    ],
    other_norm: "encoder_attn_layer_norm",
    widen: "fc1",
    narrow: "fc2",
    norm: "final_layer_norm",
};

/// As CLIP names them; it looks at nothing else.
pub(super) const CLIP: LayerNames = LayerNames {
    own: MARIAN.own,
    own_norm: "layer_norm1",
    other: MARIAN.other,
    other_norm: MARIAN.other_norm,
    widen: "mlp.fc1",
    narrow: "mlp.fc2",
    norm: "layer_norm2",
};

impl Layer {
    /// Reads a layer; one that looks at something else where its weights are there.
    ///
    /// # Errors
    /// When a part is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, names: &LayerNames, plan: LayerPlan) -> Result<Self, PretrainedError> {
        let own = Attention::load(part, plan.heads, names.own)?;
        let width = own.width_in();
        let norm = |name: &str| Norm::load(part, name, width, plan.epsilon);
        let other = if part.has(&format!("{}.weight", names.other[0])) {
            Some((
                Attention::load(part, plan.heads, names.other)?,
                norm(names.other_norm)?,
            ))
        } else {
            None
        };
        Ok(Self {
            own,
            own_norm: norm(names.own_norm)?,
            other,
            widen: Dense::load(part, names.widen)?,
            narrow: Dense::load(part, names.narrow)?,
            norm: norm(names.norm)?,
            norm_place: plan.norm_place,
            activation: plan.activation,
        })
    }

    /// A layer of these parts that looks at nothing else. The two norms are that of the attention and the last one.
    pub fn of_parts(
        own: Attention,
        [own_norm, norm]: [Norm; 2],
        [widen, narrow]: [Dense; 2],
        plan: LayerPlan,
    ) -> Self {
        Self {
            own,
            own_norm,
            other: None,
            widen,
            narrow,
            norm,
            norm_place: plan.norm_place,
            activation: plan.activation,
        }
    }

    /// Reads rows that all see each other, with padding after the known ones of each item.
    pub fn read(&self, rows: &Array2<f32>, known: &[usize]) -> Array2<f32> {
        self.feed_forward(&self.attend(rows, known))
    }

    /// The first half of [`read`](Self::read): each row with what it sees of the others.
    pub fn attend(&self, rows: &Array2<f32>, known: &[usize]) -> Array2<f32> {
        let given = self.given(&self.own_norm, rows);
        let keys_values = self.own.keys_values(given.view());
        let sight = Sight { known, causal: false };
        let attended = self.own.answer_to(rows, &given, &keys_values, sight);
        self.taken(&self.own_norm, attended)
    }

    /// Goes on writing: rows that see what was written before, in the cache, and something else.
    pub fn write(&self, rows: &Array2<f32>, cache: &mut Cache, seen: &Seen<'_>) -> Array2<f32> {
        self.write_looking(rows, cache, seen, (0, &[])).0
    }

    /// As [`write`](Self::write) of a single item, with how much each row looks at each of the first so many rows of what
    /// it sees, for each of these heads.
    pub fn write_looking(
        &self,
        rows: &Array2<f32>,
        cache: &mut Cache,
        seen: &Seen<'_>,
        (among, heads): (usize, &[usize]),
    ) -> (Array2<f32>, Vec<Array2<f32>>) {
        let given = self.given(&self.own_norm, rows);
        cache.push(&self.own.keys_values(given.view()));
        let sight = Sight {
            known: &cache.known,
            causal: true,
        };
        let attended = self.own.answer_to(rows, &given, &cache.keys_values, sight);
        let mut rows = self.taken(&self.own_norm, attended);
        let mut looks = Vec::new();
        if let Some((other, norm)) = &self.other {
            let sight = Sight {
                known: seen.known,
                causal: false,
            };
            let given = self.given(norm, &rows);
            if !heads.is_empty() {
                looks = other.looks(&given, seen.keys_values, among, heads);
            }
            let attended = other.answer_to(&rows, &given, seen.keys_values, sight);
            rows = self.taken(norm, attended);
        }
        (self.feed_forward(&rows), looks)
    }

    /// The keys and values of what this layer looks at, of which each row is a patch or a word; nothing where it looks at
    /// nothing else.
    pub fn look(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        self.other
            .as_ref()
            .map_or_else(|| Array2::zeros((0, 0)), |(other, _)| other.keys_values(rows))
    }

    /// The second half of [`read`](Self::read): each row by itself.
    pub fn feed_forward(&self, rows: &Array2<f32>) -> Array2<f32> {
        let given = self.given(&self.norm, rows);
        let wide = self.widen.then(given.view(), Finish::Activate(self.activation));
        self.taken(
            &self.norm,
            self.narrow.then(wide.view(), Finish::Add(rows.view())),
        )
    }

    /// What a step is given.
    fn given<'a>(&self, norm: &Norm, rows: &'a Array2<f32>) -> Cow<'a, Array2<f32>> {
        match self.norm_place {
            NormPlace::Before => Cow::Owned(norm.apply(rows.clone())),
            NormPlace::After => Cow::Borrowed(rows),
        }
    }

    /// What comes of a step.
    fn taken(&self, norm: &Norm, rows: Array2<f32>) -> Array2<f32> {
        match self.norm_place {
            NormPlace::Before => rows,
            NormPlace::After => norm.apply(rows),
        }
    }
}

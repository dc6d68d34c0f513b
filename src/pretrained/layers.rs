//! What layers are made of: products with a bias, normalisation and attention.

use super::PretrainedError;
use super::arithmetic::{Finish, finish, normalise};
use super::attention::{Sight, attention, looks};
use super::product::product;
use super::weights::Part;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

/// A matrix product and a bias.
pub(super) struct Dense {
    /// In x out, row by row: the file has it the other way round, in which few rows at once are slow to multiply.
    pub(super) weight: Array2<f32>,
    pub(super) bias: Array1<f32>,
}

impl Dense {
    /// Reads `NAME.weight` and, where there is one, `NAME.bias`.
    ///
    /// # Errors
    /// When the weight is not there, the bias does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, name: &str) -> Result<Self, PretrainedError> {
        let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
        let weight = part.matrix(&weight)?;
        let bias = if part.has(&bias) {
            part.vector(&bias)?
        } else {
            Array1::zeros(weight.nrows())
        };
        Self::new(&weight, bias).ok_or_else(|| part.misshapen(name, &[], "a bias for each row"))
    }

    /// Of a weight (out x in) and a bias, where these fit.
    pub fn new(weight: &Array2<f32>, bias: Array1<f32>) -> Option<Self> {
        let weight = weight.t().as_standard_layout().into_owned();
        (weight.ncols() == bias.len()).then_some(Self { weight, bias })
    }

    /// Two layers with the same input as one, with the output of the second to the right of that of the first.
    pub fn beside(&self, other: &Self) -> Option<Self> {
        Some(Self {
            weight: concatenate(Axis(1), &[self.weight.view(), other.weight.view()]).ok()?,
            bias: concatenate(Axis(0), &[self.bias.view(), other.bias.view()]).ok()?,
        })
    }

    /// The layer that gives these of the outputs.
    pub fn outputs(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            weight: self
                .weight
                .slice(s![.., range.clone()])
                .as_standard_layout()
                .into_owned(),
            bias: self.bias.slice(s![range]).to_owned(),
        }
    }

    pub fn width_in(&self) -> usize {
        self.weight.nrows()
    }

    pub fn width_out(&self) -> usize {
        self.weight.ncols()
    }

    /// The column of the weight that makes this output: what a word is embedded as where the output is the words.
    pub fn column(&self, output: usize) -> ndarray::ArrayView1<'_, f32> {
        self.weight.column(output)
    }

    pub fn apply(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        self.then(rows, Finish::Plain)
    }

    pub fn then(&self, rows: ArrayView2<'_, f32>, then: Finish<'_>) -> Array2<f32> {
        let mut out = product(rows, self.weight.view());
        finish(&mut out, self.bias.as_slice().unwrap_or_default(), then);
        out
    }
}

/// The normalisation of a row, with what it is scaled and shifted by.
pub(super) struct Norm {
    pub(super) scale: Vec<f32>,
    pub(super) shift: Vec<f32>,
    pub(super) epsilon: f32,
}

impl Norm {
    /// Reads `NAME.weight` and `NAME.bias`.
    ///
    /// # Errors
    /// When they are not there or not of this width, or when cancelled.
    pub fn load(part: &Part<'_>, name: &str, width: usize, epsilon: f32) -> Result<Self, PretrainedError> {
        let read = |ending: &str| {
            let name = format!("{name}.{ending}");
            let values = part.vector(&name)?.to_vec();
            if values.len() == width {
                Ok(values)
            } else {
                Err(part.misshapen(&name, &[values.len()], &format!("[{width}]")))
            }
        };
        Ok(Self {
            scale: read("weight")?,
            shift: read("bias")?,
            epsilon,
        })
    }

    pub fn apply(&self, mut rows: Array2<f32>) -> Array2<f32> {
        normalise(&mut rows, &self.scale, &self.shift, self.epsilon);
        rows
    }
}

/// The four products of an attention.
pub(super) struct Attention {
    pub(super) heads: usize,
    pub(super) queries: Dense,
    /// The keys of all heads, and then their values.
    pub(super) keys_values: Dense,
    pub(super) out: Dense,
}

impl Attention {
    /// # Errors
    /// When the widths do not fit each other.
    pub fn new(
        part: &Part<'_>,
        heads: usize,
        queries: Dense,
        keys_values: Dense,
        out: Dense,
    ) -> Result<Self, PretrainedError> {
        let width = queries.width_out();
        if heads == 0 || !width.is_multiple_of(heads) {
            let needed = format!("a width that {heads} heads can share");
            return Err(part.misshapen("queries", &[width], &needed));
        }
        if keys_values.width_out() != 2 * width || out.width_in() != width {
            return Err(part.misshapen(
                "keys and values",
                &[keys_values.width_out()],
                &format!("[{}]", 2 * width),
            ));
        }
        Ok(Self {
            heads,
            queries,
            keys_values,
            out,
        })
    }

    /// Reads the four, by their names.
    ///
    /// # Errors
    /// When one is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, heads: usize, names: [&str; 4]) -> Result<Self, PretrainedError> {
        let [queries, keys, values, out] = names;
        let keys = Dense::load(part, keys)?;
        let keys_values = keys
            .beside(&Dense::load(part, values)?)
            .ok_or_else(|| part.misshapen(values, &[], "the shape of the keys"))?;
        Self::new(
            part,
            heads,
            Dense::load(part, queries)?,
            keys_values,
            Dense::load(part, out)?,
        )
    }

    /// The width of what asks.
    pub fn width_in(&self) -> usize {
        self.queries.width_in()
    }

    /// The keys and the values of these rows, which [`answer`](Self::answer) asks.
    pub fn keys_values(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        self.keys_values.apply(rows)
    }

    /// How much each row looks at each of the first so many keys, for each of these heads.
    pub fn looks(
        &self,
        rows: &Array2<f32>,
        keys_values: &Array2<f32>,
        among: usize,
        heads: &[usize],
    ) -> Vec<Array2<f32>> {
        let queries = self.queries.apply(rows.view());
        let width = queries.ncols() / self.heads;
        let of_head = |head: &usize| {
            let columns = head * width..(head + 1) * width;
            looks(
                queries.slice(s![.., columns.clone()]),
                keys_values.slice(s![..among.min(keys_values.nrows()), columns]),
            )
        };
        heads
            .iter()
            .filter(|head| **head < self.heads)
            .map(of_head)
            .collect()
    }

    /// What the rows are answered, added to others.
    pub fn answer_to(
        &self,
        others: &Array2<f32>,
        rows: &Array2<f32>,
        keys_values: &Array2<f32>,
        sight: Sight<'_>,
    ) -> Array2<f32> {
        let answers = attention(&self.queries.apply(rows.view()), keys_values, self.heads, sight);
        self.out.then(answers.view(), Finish::Add(others.view()))
    }
}

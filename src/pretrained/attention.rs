//! Attention: each query takes the mean of the values that it may see, weighted by how well their keys answer it.

use super::arithmetic::exponentials;
use super::product::product_into;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};
use pulp::Arch;
use rayon::prelude::*;

/// Queries that are answered together.
const BLOCK: usize = 64;

/// Who sees what. The matrices hold several items (pictures, sentences) below one another, each with as many rows.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    /// For each item, how many of its keys, from the first, are known. The others are padding.
    pub known: &'a [usize],
    /// Whether a query sees no key after its own; the last query's own is the last known one.
    pub causal: bool,
}

/// Answers queries (a row each, all heads side by side) from keys and values (a row each: all heads' keys, then all heads'
/// values): softmax(q·kᵀ / √d)·v for each head of width d (Vaswani et al. 2017, section 3.2).
///
/// # Panics
/// When the width is not that of the keys and of the values, or the rows cannot be shared among the items.
pub(super) fn attention(
    queries: &Array2<f32>,
    keys_values: &Array2<f32>,
    heads: usize,
    sight: Sight<'_>,
) -> Array2<f32> {
    let (width, items) = (queries.ncols(), sight.known.len());
    let (asked, kept) = (queries.nrows() / items, keys_values.nrows() / items);
    assert_eq!(
        keys_values.ncols(),
        2 * width,
        "as many keys and values as queries"
    );
    assert_eq!(
        (asked * items, kept * items),
        (queries.nrows(), keys_values.nrows()),
        "every item has as many rows"
    );
    let mut answers = Array2::zeros(queries.raw_dim());
    let head = width / heads;
    let scale = 1.0 / (head as f32).sqrt();
    let arch = Arch::new();

    let answer_block =
        |scores: &mut Vec<f32>,
         (item, first, column, mut answers): (usize, usize, usize, ArrayViewMut2<'_, f32>)| {
            let rows = answers.nrows();
            let known = sight.known.get(item).copied().unwrap_or_default().min(kept);
            let from = item * asked + first;
            let queries = queries.slice(s![from..from + rows, ..]);
            let keys_values = keys_values.slice(s![item * kept..item * kept + known, ..]);
            scores.resize(rows * known, 0.0);
            let Ok(mut scores) = ArrayViewMut2::from_shape((rows, known), scores) else {
                return;
            };
            for (start, mut answers) in (column..)
                .step_by(head)
                .zip(answers.axis_chunks_iter_mut(Axis(1), head))
            {
                let keys = keys_values.slice(s![.., start..start + head]);
                let values = keys_values.slice(s![.., width + start..width + start + head]);
                product_into(
                    queries.slice(s![.., start..start + head]),
                    keys.t(),
                    scale,
                    scores.view_mut(),
                );
                let mut sums = [1.0; BLOCK];
                arch.dispatch(
                    #[inline(always)]
                    || {
                        for (row, (mut scores, sum)) in
                            scores.rows_mut().into_iter().zip(&mut sums).enumerate()
                        {
                            let after = (asked - first - row - 1).min(known);
                            let seen = if sight.causal { known - after } else { known };
                            let Some(scores) = scores.as_slice_mut() else {
                                return;
                            };
                            let (seen, unseen) = scores.split_at_mut(seen);
                            *sum = exponentials(seen);
                            unseen.fill(0.0);
                        }
                    },
                );
                product_into(scores.view(), values, 1.0, answers.view_mut());
                for (mut answer, sum) in answers.rows_mut().into_iter().zip(sums) {
                    answer.mapv_inplace(|value| value / sum);
                }
            }
        };

    // Few queries are shared out by their heads: a text that is being written asks one at a time.
    let is_few = items * asked.div_ceil(BLOCK) < rayon::current_num_threads();
    let columns = if is_few { head } else { width.max(1) };
    let mut blocks = Vec::new();
    for (item, answers) in answers.axis_chunks_iter_mut(Axis(0), asked.max(1)).enumerate() {
        for (block, answers) in split(answers, Axis(0), BLOCK).into_iter().enumerate() {
            for (part, answers) in split(answers, Axis(1), columns).into_iter().enumerate() {
                blocks.push((item, block * BLOCK, part * columns, answers));
            }
        }
    }
    blocks.into_par_iter().for_each_init(Vec::new, answer_block);
    answers
}

/// How much each query of a head looks at each key: softmax(q·kᵀ / √d). The rows sum to 1.
pub(super) fn looks(queries: ArrayView2<'_, f32>, keys: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut looks = Array2::zeros((queries.nrows(), keys.nrows()));
    let scale = 1.0 / (queries.ncols() as f32).sqrt();
    product_into(queries, keys.t(), scale, looks.view_mut());
    for mut row in looks.rows_mut() {
        let sum = row.as_slice_mut().map_or(1.0, exponentials);
        row.mapv_inplace(|value| value / sum);
    }
    looks
}

/// The rows, or the columns, in groups of at most so many.
fn split(mut rows: ArrayViewMut2<'_, f32>, axis: Axis, most: usize) -> Vec<ArrayViewMut2<'_, f32>> {
    let mut groups = Vec::new();
    while rows.len_of(axis) > most {
        let (group, rest) = rows.split_at(axis, most);
        groups.push(group);
        rows = rest;
    }
    groups.push(rows);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between -1 and 1 that look random.
    fn noise(rows: usize, columns: usize, seed: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            let mixed = (row * 7919 + column * 104_729 + seed * 31).wrapping_mul(2_654_435_761) >> 7;
            (mixed % 2001) as f32 / 1000.0 - 1.0
        })
    }

    /// The formula, number by number.
    fn plain(
        queries: &Array2<f32>,
        keys_values: &Array2<f32>,
        heads: usize,
        sight: Sight<'_>,
    ) -> Array2<f32> {
        let (width, items) = (queries.ncols(), sight.known.len());
        let (asked, kept, head) = (
            queries.nrows() / items,
            keys_values.nrows() / items,
            width / heads,
        );
        Array2::from_shape_fn(queries.raw_dim(), |(row, column)| {
            let (item, start) = (row / asked, column / head * head);
            let known = sight.known[item];
            let seen = if sight.causal {
                known - (asked - 1 - row % asked)
            } else {
                known
            };
            let (mut sum, mut value) = (0.0f64, 0.0f64);
            for key in (0..seen).map(|key| item * kept + key) {
                let score: f64 = (start..start + head)
                    .map(|at| f64::from(queries[[row, at]]) * f64::from(keys_values[[key, at]]))
                    .sum();
                let weight = (score / (head as f64).sqrt()).exp();
                sum += weight;
                value += weight * f64::from(keys_values[[key, width + column]]);
            }
            (value / sum) as f32
        })
    }

    fn compare(asked: usize, kept: usize, sight: Sight<'_>) {
        let items = sight.known.len();
        let (queries, keys_values) = (noise(items * asked, 24, 1), noise(items * kept, 48, 2));
        let ours = attention(&queries, &keys_values, 3, sight);
        let exact = plain(&queries, &keys_values, 3, sight);
        let error = (&ours - &exact).fold(0.0f32, |most, error| most.max(error.abs()));
        assert!(error < 1e-6, "{asked} of {kept}: {error}");
    }

    #[test]
    fn all_see_all_that_is_known() {
        compare(
            131,
            131,
            Sight {
                known: &[131],
                causal: false,
            },
        );
        compare(
            7,
            90,
            Sight {
                known: &[90, 33, 1],
                causal: false,
            },
        );
    }

    #[test]
    fn one_query_is_answered_as_many_are() {
        let known = &[90];
        compare(1, 90, Sight { known, causal: false });
        compare(1, 90, Sight { known, causal: true });
    }

    #[test]
    fn none_sees_what_comes_after_it() {
        compare(
            70,
            70,
            Sight {
                known: &[70, 70],
                causal: true,
            },
        );
        compare(
            3,
            20,
            Sight {
                known: &[9, 9],
                causal: true,
            },
        );
        compare(
            1,
            20,
            Sight {
                known: &[5],
                causal: true,
            },
        );
    }
}

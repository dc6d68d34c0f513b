//! Two sets of clusters compared by the meaning of their tags, as the papers do: of each pair of clusters the cosines
//! of all tags with all tags, and of these the mean of the ten largest.

mod error;
mod intervals;
mod likeness;
mod order;
mod table;
#[cfg(test)]
mod tests;
mod validity;

pub use error::ComparisonError;
pub use intervals::{Clustered, Interval, IntervalError, over_draws, over_k};
pub use likeness::TagPair;
pub use table::csv;
pub use validity::{Validity, languages, validity};

use crate::project::ClusterId;
use likeness::{Unit, likeness};
use ndarray::Array2;

/// A cluster as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Which cluster of its project.
    pub cluster: ClusterId,
    /// What it is called.
    pub name: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The vectors of the tags, a row each, of any length other than zero.
    pub vectors: Array2<f32>,
    /// Whether it is left out of the comparison, as a talking head may be.
    pub is_left_out: bool,
}

/// How alike two clusters are.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// The mean of the ten largest cosines between the tags of one and of the other; of all where there are fewer.
    /// From -1 to 1.
    pub similarity: f64,
    /// The pairs of tags that these are of, the nearest first.
    pub pairs: Vec<TagPair>,
}

/// Two clusters that are each other's nearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Place among the themes of the one.
    pub row: usize,
    /// Place among the themes of the other.
    pub column: usize,
    /// How alike they are.
    pub similarity: f64,
}

/// What a comparison finds. Rows are the clusters of the one project, columns those of the other, both without what is
/// left out, in the order in which they are shown: the most similar pair comes first, then the most similar pair of
/// the others, and so on down the diagonal; what is left over follows by its own largest similarity.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The clusters of the one, as they are shown.
    pub rows: Vec<Theme>,
    /// The clusters of the other, as they are shown.
    pub columns: Vec<Theme>,
    /// How alike they are.
    pub cells: Array2<Likeness>,
    /// How sure each cell is; none where that was not looked into.
    pub intervals: Option<Array2<Interval>>,
    /// The pairs that are each other's nearest, the nearest first.
    pub matches: Vec<Match>,
    /// Below this a cluster without a match is only in its own video: the median of the largest similarities of all
    /// clusters of both.
    pub threshold: f64,
    /// The rows that are only in the one video: no match, and no similarity that reaches the threshold.
    pub only_rows: Vec<usize>,
    /// The same of the columns.
    pub only_columns: Vec<usize>,
}

/// Compares the clusters of two projects. Tags whose vectors come from different models cannot be compared; nor can
/// tags in a language that the model does not know, see [`validity`].
///
/// # Errors
/// When one side has no clusters left, a cluster has no tags, or vectors do not fit each other.
pub fn compare(one: &[Theme], other: &[Theme]) -> Result<Comparison, ComparisonError> {
    let (rows, columns) = (shown(one)?, shown(other)?);
    let (row_units, column_units) = (units(&rows)?, units(&columns)?);
    let similarities = cells(&row_units, &column_units)?.mapv(|cell| cell.similarity);
    let [row_order, column_order] = order::diagonal(&similarities);
    let cells = cells(
        &picked(&row_units, &row_order),
        &picked(&column_units, &column_order),
    )?;
    let similarities = cells.mapv(|cell| cell.similarity);
    let matches = order::matches(&similarities);
    let (threshold, [only_rows, only_columns]) = order::unmatched(&similarities, &matches);
    let owned = |themes: Vec<&Theme>| themes.into_iter().cloned().collect();
    Ok(Comparison {
        rows: owned(picked(&rows, &row_order)),
        columns: owned(picked(&columns, &column_order)),
        cells,
        intervals: None,
        matches,
        threshold,
        only_rows,
        only_columns,
    })
}

/// What stands at these places, in their order.
fn picked<T: Clone>(of: &[T], order: &[usize]) -> Vec<T> {
    order.iter().filter_map(|place| of.get(*place)).cloned().collect()
}

/// The themes that are not left out.
fn shown(themes: &[Theme]) -> Result<Vec<&Theme>, ComparisonError> {
    let shown: Vec<_> = themes.iter().filter(|theme| !theme.is_left_out).collect();
    if shown.is_empty() {
        return Err(ComparisonError::NoClusters);
    }
    Ok(shown)
}

/// Their tags' vectors, each of length 1.
fn units(themes: &[&Theme]) -> Result<Vec<Unit>, ComparisonError> {
    themes.iter().map(|theme| Unit::new(theme)).collect()
}

/// The likeness of all with all.
fn cells(one: &[Unit], other: &[Unit]) -> Result<Array2<Likeness>, ComparisonError> {
    let mut cells = Vec::with_capacity(one.len() * other.len());
    for row in one {
        for column in other {
            cells.push(likeness(row, column)?);
        }
    }
    let shape = (one.len(), other.len());
    Array2::from_shape_vec(shape, cells).map_err(|error| ComparisonError::Table(error.to_string()))
}

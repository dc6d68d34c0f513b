//! How alike two clusters are by their tags.

use super::{ComparisonError, Likeness, Theme};
use ndarray::Array2;

/// How many of the cosines count.
const LARGEST: usize = 10;

/// A tag of one cluster and a tag of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TagPair {
    /// Place among the tags of the one.
    pub row: usize,
    /// Place among the tags of the other.
    pub column: usize,
    /// How near they are.
    pub cosine: f64,
}

/// A cluster's tags as vectors of length 1.
#[derive(Clone)]
pub(super) struct Unit {
    name: String,
    vectors: Array2<f64>,
}

impl Unit {
    /// A vector of zeros, or with what is no number in it, is near to nothing.
    pub(super) fn new(theme: &Theme) -> Result<Self, ComparisonError> {
        let name = theme.name.clone();
        if theme.tags.is_empty() {
            return Err(ComparisonError::NoTags { name });
        }
        if theme.tags.len() != theme.vectors.nrows() {
            return Err(ComparisonError::Vectors {
                name,
                tags: theme.tags.len(),
                vectors: theme.vectors.nrows(),
            });
        }
        let mut vectors = theme.vectors.mapv(f64::from);
        for mut vector in vectors.rows_mut() {
            let length = vector.dot(&vector).sqrt();
            if length > 0.0 && length.is_finite() {
                vector /= length;
            } else {
                vector.fill(0.0);
            }
        }
        Ok(Self { name, vectors })
    }

    /// How many tags it has.
    pub(super) fn len(&self) -> usize {
        self.vectors.nrows()
    }
}

/// The cosines of all tags with all tags, a row for each of the one.
pub(super) fn cosines(one: &Unit, other: &Unit) -> Result<Array2<f64>, ComparisonError> {
    if one.vectors.ncols() != other.vectors.ncols() {
        return Err(ComparisonError::Lengths {
            one: one.name.clone(),
            one_length: one.vectors.ncols(),
            other: other.name.clone(),
            other_length: other.vectors.ncols(),
        });
    }
    // Rounding can leave the product of two equal vectors a little above 1.
    Ok(one
        .vectors
        .dot(&other.vectors.t())
        .mapv(|cosine| cosine.clamp(-1.0, 1.0)))
}

/// How alike two clusters are, and by which tags.
pub(super) fn likeness(one: &Unit, other: &Unit) -> Result<Likeness, ComparisonError> {
    let cosines = cosines(one, other)?;
    let mut pairs: Vec<_> = cosines
        .indexed_iter()
        .map(|((row, column), cosine)| TagPair {
            row,
            column,
            cosine: *cosine,
        })
        .collect();
    pairs.sort_by(|a, b| b.cosine.total_cmp(&a.cosine));
    pairs.truncate(LARGEST);
    let similarity = pairs.iter().map(|pair| pair.cosine).sum::<f64>() / pairs.len() as f64;
    Ok(Likeness { similarity, pairs })
}

/// The mean of the ten largest of some cosines; of all where there are fewer.
pub(super) fn mean_of_largest(mut cosines: Vec<f64>) -> f64 {
    cosines.sort_by(|a, b| b.total_cmp(a));
    cosines.truncate(LARGEST);
    cosines.iter().sum::<f64>() / cosines.len().max(1) as f64
}

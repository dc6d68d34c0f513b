//! How sure a comparison is: what it would be with other tags, and with other numbers of clusters.

use super::likeness::{Unit, cosines, likeness, mean_of_largest};
use super::order::quantile;
use super::{Comparison, ComparisonError, Theme};
use crate::jobs::{Cancelled, Watch};
use crate::project::ClusterId;
use ndarray::Array2;
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::BTreeMap;
use thiserror::Error;

/// How often tags are drawn again from the ones there are.
const REDRAWS: usize = 1_000;

/// How a similarity spreads.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// Of a hundred values, two and a half lie below (with few values, between the smallest two).
    pub low: f64,
    /// Of a hundred values, two and a half lie above.
    pub high: f64,
    /// How many values it is taken from.
    pub values: usize,
}

impl Interval {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            mean: values.iter().sum::<f64>() / values.len().max(1) as f64,
            low: quantile(&values, 0.025),
            high: quantile(&values, 0.975),
            values: values.len(),
        }
    }
}

/// One clustering of a video with the tags of its clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustered {
    /// The cluster of each pair; the same pairs in all clusterings of a video.
    pub labels: Vec<Option<ClusterId>>,
    /// The clusters that have tags.
    pub themes: Vec<Theme>,
}

/// Why there are no intervals.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum IntervalError {
    /// The comparison itself cannot be made.
    #[error(transparent)]
    Comparison(#[from] ComparisonError),
    /// The work was stopped because someone asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// How each cell of a comparison spreads over draws of tags. `draws` holds, for the rows and for the columns, the same
/// clusters tagged again and again (with other seeds); each draw of the one is compared with each of the other, with
/// the compared tags as the first draw. A cluster that a draw lacks is compared in the others.
///
/// A cluster that was tagged only once is drawn from its own tags, with replacement, a thousand times (a
/// bootstrap). Tags that are drawn twice count twice, so that the mean lies somewhat above the similarity itself: the
/// width tells how much hangs on single tags.
///
/// # Errors
/// When vectors do not fit each other, or the work is cancelled.
pub fn over_draws(
    comparison: &Comparison,
    draws: [&[Vec<Theme>]; 2],
    seed: u64,
    watch: &Watch,
) -> Result<Array2<Interval>, IntervalError> {
    let of = |theme: &Theme, draws: &[Vec<Theme>]| -> Result<Vec<Unit>, ComparisonError> {
        let others = draws
            .iter()
            .flatten()
            .filter(|other| other.cluster == theme.cluster);
        std::iter::once(theme).chain(others).map(Unit::new).collect()
    };
    let sides = |themes: &[Theme], draws: &[Vec<Theme>]| -> Result<Vec<Vec<Unit>>, ComparisonError> {
        themes.iter().map(|theme| of(theme, draws)).collect()
    };
    let [row_draws, column_draws] = draws;
    let rows = sides(&comparison.rows, row_draws)?;
    let columns = sides(&comparison.columns, column_draws)?;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    table(&rows, &columns, watch, |row, column| {
        if let ([one], [other]) = (row, column) {
            let cosines = cosines(one, other)?;
            let mut places =
                |count: usize| -> Vec<usize> { (0..count).map(|_| random.gen_range(0..count)).collect() };
            let redraw = |_| {
                let (rows, columns) = (places(one.len()), places(other.len()));
                let pairs = rows
                    .iter()
                    .flat_map(|row| columns.iter().map(move |column| (*row, *column)));
                mean_of_largest(pairs.filter_map(|place| cosines.get(place).copied()).collect())
            };
            return Ok((0..REDRAWS).map(redraw).collect());
        }
        similarities(row, column)
    })
}

/// How each cell of a comparison spreads over numbers of clusters. `chosen` are the clusterings that are compared,
/// `others` those with other numbers of clusters. For another clustering a cluster is stood for by the one that
/// shares most of its pairs (the largest Jaccard index, the smaller number of equal ones); each clustering of the one
/// video is compared with each of the other, the chosen ones included.
///
/// # Errors
/// When vectors do not fit each other, or the work is cancelled.
pub fn over_k(
    comparison: &Comparison,
    chosen: [&Clustered; 2],
    others: [&[Clustered]; 2],
    watch: &Watch,
) -> Result<Array2<Interval>, IntervalError> {
    let of =
        |theme: &Theme, chosen: &Clustered, others: &[Clustered]| -> Result<Vec<Unit>, ComparisonError> {
            let standing = others
                .iter()
                .filter_map(|other| nearest(&chosen.labels, theme.cluster, other));
            std::iter::once(theme).chain(standing).map(Unit::new).collect()
        };
    let side = |themes: &[Theme],
                chosen: &Clustered,
                others: &[Clustered]|
     -> Result<Vec<Vec<Unit>>, ComparisonError> {
        themes.iter().map(|theme| of(theme, chosen, others)).collect()
    };
    let ([one, other], [others_of_one, others_of_other]) = (chosen, others);
    let rows = side(&comparison.rows, one, others_of_one)?;
    let columns = side(&comparison.columns, other, others_of_other)?;
    table(&rows, &columns, watch, similarities)
}

/// Of each of the one with each of the other.
fn similarities(one: &[Unit], other: &[Unit]) -> Result<Vec<f64>, ComparisonError> {
    let pairs = one
        .iter()
        .flat_map(|one| other.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| Ok(likeness(one, other)?.similarity))
        .collect()
}

/// The cluster of another clustering that shares most with this one; none where it shares nothing or has no tags.
fn nearest<'a>(labels: &[Option<ClusterId>], cluster: ClusterId, other: &'a Clustered) -> Option<&'a Theme> {
    let mut shared: BTreeMap<ClusterId, usize> = BTreeMap::new();
    let mut sizes: BTreeMap<ClusterId, usize> = BTreeMap::new();
    let mut own = 0;
    for (label, there) in labels.iter().zip(&other.labels) {
        let is_own = *label == Some(cluster);
        own += usize::from(is_own);
        if let Some(there) = there {
            *sizes.entry(*there).or_default() += 1;
            *shared.entry(*there).or_default() += usize::from(is_own);
        }
    }
    let index = |theme: &Theme| {
        let both = shared.get(&theme.cluster).copied().unwrap_or_default();
        let size = sizes.get(&theme.cluster).copied().unwrap_or_default();
        both as f64 / (own + size - both).max(1) as f64
    };
    let themes = other.themes.iter().filter(|theme| index(theme) > 0.0);
    themes.max_by(|a, b| index(a).total_cmp(&index(b)).then(b.cluster.cmp(&a.cluster)))
}

/// The intervals of all rows with all columns.
fn table(
    rows: &[Vec<Unit>],
    columns: &[Vec<Unit>],
    watch: &Watch,
    mut values: impl FnMut(&[Unit], &[Unit]) -> Result<Vec<f64>, ComparisonError>,
) -> Result<Array2<Interval>, IntervalError> {
    let total = (rows.len() * columns.len()) as u64;
    let mut cells = Vec::new();
    for row in rows {
        for column in columns {
            watch.check()?;
            watch.report(cells.len() as u64, total);
            cells.push(Interval::of(values(row, column)?));
        }
    }
    let table = Array2::from_shape_vec((rows.len(), columns.len()), cells);
    Ok(table.map_err(|error| ComparisonError::Table(error.to_string()))?)
}

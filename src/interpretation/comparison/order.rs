//! What a table of similarities shows: in which order, which clusters match, and which have no counterpart.

use super::Match;
use ndarray::{Array2, Axis};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The order of rows and columns: the most similar pair first, then the most similar pair of the others, and so on; what
/// is left over follows by its own largest similarity. Of equal ones the first.
pub(super) fn diagonal(similarities: &Array2<f64>) -> [Vec<usize>; 2] {
    let mut pairs: Vec<_> = similarities.indexed_iter().collect();
    pairs.sort_by(|a, b| b.1.total_cmp(a.1));
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    for ((row, column), _) in &pairs {
        if !rows.contains(row) && !columns.contains(column) {
            rows.push(*row);
            columns.push(*column);
        }
    }
    for ((row, column), _) in &pairs {
        if !rows.contains(row) {
            rows.push(*row);
        }
        if !columns.contains(column) {
            columns.push(*column);
        }
    }
    [rows, columns]
}

/// The pairs that are each other's nearest, the nearest first.
pub(super) fn matches(similarities: &Array2<f64>) -> Vec<Match> {
    let nearest_columns = nearest(similarities, Axis(0));
    let nearest_rows = nearest(similarities, Axis(1));
    let mut matches: Vec<_> = nearest_columns
        .iter()
        .enumerate()
        .filter(|(row, (column, _))| {
            nearest_rows
                .get(*column)
                .is_some_and(|(nearest, _)| nearest == row)
        })
        .map(|(row, (column, similarity))| Match {
            row,
            column: *column,
            similarity: *similarity,
        })
        .collect();
    matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    matches
}

/// The threshold, and the rows and columns without a match that do not reach it.
pub(super) fn unmatched(similarities: &Array2<f64>, matches: &[Match]) -> (f64, [Vec<usize>; 2]) {
    let rows = nearest(similarities, Axis(0));
    let columns = nearest(similarities, Axis(1));
    let mut largest: Vec<f64> = rows
        .iter()
        .chain(&columns)
        .map(|(_, similarity)| *similarity)
        .collect();
    largest.sort_by(f64::total_cmp);
    let threshold = quantile(&largest, 0.5);
    let alone = |nearest: &[(usize, f64)], matched: &BTreeSet<usize>| -> Vec<usize> {
        let alone = nearest.iter().enumerate();
        alone
            .filter(|(place, (_, similarity))| !matched.contains(place) && *similarity < threshold)
            .map(|(place, _)| place)
            .collect()
    };
    let matched_rows = matches.iter().map(|found| found.row).collect();
    let matched_columns = matches.iter().map(|found| found.column).collect();
    (
        threshold,
        [alone(&rows, &matched_rows), alone(&columns, &matched_columns)],
    )
}

/// Of each row (axis 0) or column (axis 1), the nearest of the others and how near it is; of equal ones the first.
fn nearest(similarities: &Array2<f64>, axis: Axis) -> Vec<(usize, f64)> {
    let lanes = similarities.axis_iter(axis);
    lanes
        .filter_map(|lane| {
            let found = lane.iter().copied().enumerate();
            found.max_by(|a, b| a.1.total_cmp(&b.1).then(Reverse(a.0).cmp(&Reverse(b.0))))
        })
        .collect()
}

/// The quantile of sorted values, between two of them in proportion, as NumPy does by default; 0 where there are none.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * sorted.len().saturating_sub(1) as f64;
    let (below, part) = (place.floor(), place.fract());
    let at = |place: f64| sorted.get(place as usize).copied().unwrap_or_default();
    let lower = at(below);
    if part > 0.0 {
        lower + part * (at(below + 1.0) - lower)
    } else {
        lower
    }
}

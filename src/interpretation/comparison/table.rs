//! A comparison as a file.

use super::{Comparison, ComparisonError};

/// The comparison as CSV, a line a cell in the order that is shown: the clusters as people count them, from 1, and
/// their names; the similarity; its mean and interval where they were looked into; whether the two match. Numbers have
/// nine decimals, so that they equal what is shown to 1e-6 and better.
///
/// # Errors
/// When the table cannot be made, which only happens without memory.
pub fn csv(comparison: &Comparison) -> Result<String, ComparisonError> {
    let wrong = |error: &dyn std::fmt::Display| ComparisonError::Table(error.to_string());
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = [
        "cluster_a",
        "name_a",
        "cluster_b",
        "name_b",
        "similarity",
        "mean",
        "low",
        "high",
        "match",
    ];
    table.write_record(head).map_err(|error| wrong(&error))?;
    let number = |number: f64| format!("{number:.9}");
    for ((row, column), cell) in comparison.cells.indexed_iter() {
        let (Some(one), Some(other)) = (comparison.rows.get(row), comparison.columns.get(column)) else {
            continue;
        };
        let interval = comparison
            .intervals
            .as_ref()
            .and_then(|intervals| intervals.get((row, column)));
        let spread =
            |value: fn(&super::Interval) -> f64| interval.map_or_else(String::new, |of| number(value(of)));
        let is_match = comparison
            .matches
            .iter()
            .any(|found| (found.row, found.column) == (row, column));
        let record = [
            (one.cluster.0 + 1).to_string(),
            one.name.clone(),
            (other.cluster.0 + 1).to_string(),
            other.name.clone(),
            number(cell.similarity),
            spread(|of| of.mean),
            spread(|of| of.low),
            spread(|of| of.high),
            if is_match { "yes" } else { "no" }.to_owned(),
        ];
        table.write_record(record).map_err(|error| wrong(&error))?;
    }
    let bytes = table.into_inner().map_err(|error| wrong(&error))?;
    String::from_utf8(bytes).map_err(|error| wrong(&error))
}

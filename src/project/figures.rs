//! Numbers about pairs from elsewhere: views, ratings, scores of another program.

use serde::{Deserialize, Serialize};

/// The columns of a table that has a row a pair.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// In the order of the table.
    pub columns: Vec<Figure>,
}

/// One number of every pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What the table calls it.
    pub name: String,
    /// In the order of the pairs, in the unit of the table; none where the cell is empty.
    pub values: Vec<Option<f64>>,
}

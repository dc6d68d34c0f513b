//! The latents made ready for measuring: finite, in f64, around their mean, rows in one piece.

use super::ClusteringError;
use crate::jobs::Watch;
use crate::project::Latents;
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use std::collections::HashSet;

/// The latents as points. Moved so that their mean is the origin, which leaves every distance as it is and keeps
/// the products that distances are made of small.
pub(super) struct Points {
    /// n rows, finite, in standard layout.
    values: Array2<f64>,
    /// Squared length of each row.
    squares: Vec<f64>,
}

/// Rows whose distances to all others are taken at once: enough for a fast product of matrices, few enough for little
/// memory (10 MB for 10,000 points).
const BLOCK: usize = 128;

/// Another point and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Neighbour {
    pub index: usize,
    pub distance: f64,
}

impl Points {
    /// # Errors
    /// When there are no values, or one is not finite.
    pub fn new(latents: &Latents) -> Result<Self, ClusteringError> {
        if latents.values.is_empty() {
            return Err(ClusteringError::Empty);
        }
        if let Some(((row, column), _)) = latents
            .values
            .indexed_iter()
            .find(|(_, value)| !value.is_finite())
        {
            let (row, column) = (row + 1, column + 1);
            return Err(ClusteringError::NotFinite { row, column });
        }
        let mut values = Array2::zeros(latents.values.dim());
        values.zip_mut_with(&latents.values, |to: &mut f64, from| *to = f64::from(*from));
        if let Some(mean) = values.mean_axis(Axis(0)) {
            values -= &mean;
        }
        let squares = values.rows().into_iter().map(|row| row.dot(&row)).collect();
        Ok(Self { values, squares })
    }

    pub fn len(&self) -> usize {
        self.values.nrows()
    }

    pub fn dimension(&self) -> usize {
        self.values.ncols()
    }

    pub fn values(&self) -> &Array2<f64> {
        &self.values
    }

    pub fn row(&self, index: usize) -> &[f64] {
        self.values.row(index).to_slice().unwrap_or(&[])
    }

    /// How many rows differ from one another.
    pub fn distinct(&self) -> usize {
        // Adding zero makes the negative zero the positive one, which is the same number with other bits.
        let bits = |index| {
            self.row(index)
                .iter()
                .map(|value| (value + 0.0).to_bits())
                .collect::<Vec<_>>()
        };
        (0..self.len()).map(bits).collect::<HashSet<_>>().len()
    }

    /// Squared length of each row, the mean of all rows being the origin.
    pub fn squares(&self) -> &[f64] {
        &self.squares
    }

    /// Mean over the columns of their variance.
    pub fn mean_variance(&self) -> f64 {
        self.squares.iter().sum::<f64>() / self.values.len() as f64
    }

    /// The mean of the rows of each cluster, k rows; zero for a cluster without rows.
    pub fn means(&self, labels: &[usize], k: usize) -> Array2<f64> {
        let mut means = Array2::zeros((k, self.dimension()));
        let mut sizes = vec![0_usize; k];
        for (row, &label) in self.values.rows().into_iter().zip(labels) {
            let mut mean = means.row_mut(label);
            mean += &row;
            if let Some(size) = sizes.get_mut(label) {
                *size += 1;
            }
        }
        for (mut mean, size) in means.rows_mut().into_iter().zip(sizes) {
            mean /= size.max(1) as f64;
        }
        means
    }

    /// The squared distances of these rows (one a row) to all points (one a column).
    pub fn squared_distances(&self, rows: &[usize]) -> Array2<f64> {
        let products = self.values.select(Axis(0), rows).dot(&self.values.t());
        // A product may come in columns.
        let mut table = if products.is_standard_layout() {
            products
        } else {
            products.as_standard_layout().into_owned()
        };
        for (mut line, &own) in table.rows_mut().into_iter().zip(rows) {
            let length = self.squares.get(own).copied().unwrap_or(0.0);
            for (product, square) in line.iter_mut().zip(&self.squares) {
                *product = squared_from_product(length, *square, *product);
            }
        }
        table
    }

    /// Calls `measure` with each point and its distances to all points, in parallel; the results in order of the
    /// points.
    ///
    /// # Errors
    /// When cancelled.
    pub fn by_distances<T: Send>(
        &self,
        watch: &Watch,
        measure: impl Fn(usize, &[f64]) -> T + Sync,
    ) -> Result<Vec<T>, ClusteringError> {
        let all: Vec<usize> = (0..self.len()).collect();
        let blocks = all.par_chunks(BLOCK).map(|rows| {
            watch.check()?;
            let distances = self.squared_distances(rows).mapv_into(f64::sqrt);
            let lines = rows.iter().zip(distances.rows());
            Ok(lines
                .map(|(&own, line)| measure(own, line.to_slice().unwrap_or_default()))
                .collect::<Vec<T>>())
        });
        let blocks = blocks.collect::<Result<Vec<_>, ClusteringError>>()?;
        Ok(blocks.into_iter().flatten().collect())
    }

    /// The `count` nearest other points of each point, nearest first; equally near ones in order of their rows.
    ///
    /// # Errors
    /// When cancelled.
    pub fn nearest(&self, count: usize, watch: &Watch) -> Result<Vec<Vec<Neighbour>>, ClusteringError> {
        let nearer =
            |a: &Neighbour, b: &Neighbour| a.distance.total_cmp(&b.distance).then(a.index.cmp(&b.index));
        self.by_distances(watch, |own, distances| {
            let others = distances.iter().enumerate().filter(|(index, _)| *index != own);
            let mut others: Vec<_> = others
                .map(|(index, &distance)| Neighbour { index, distance })
                .collect();
            if count < others.len() {
                others.select_nth_unstable_by(count, nearer);
                others.truncate(count);
                // The room for all points, kept for every point, would be gigabytes.
                others.shrink_to_fit();
            }
            // Of the few that are left the distances are told exactly.
            for other in &mut others {
                other.distance = squared_distance(self.row(own), self.row(other.index)).sqrt();
            }
            others.sort_unstable_by(nearer);
            others
        })
    }
}

/// The squared distance of two rows from their squared lengths and their product. What rounding alone can make is zero,
/// so that equal rows have no distance.
pub(super) fn squared_from_product(a: f64, b: f64, product: f64) -> f64 {
    let squared = a + b - 2.0 * product;
    if squared > ROUNDING * (a + b) {
        squared
    } else {
        0.0
    }
}

/// The most by which rounding puts a squared distance wrong, as a share of the squared lengths.
const ROUNDING: f64 = 1e-13;

/// Squared Euclidean distance of two rows of equal length.
///
/// Eight running sums let the processor work on several columns at once.
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let (a_lanes, a_rest) = a.as_chunks::<8>();
    let (b_lanes, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (x, y) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..8 {
            let difference = x[lane] - y[lane];
            sums[lane] += difference * difference;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| (x - y) * (x - y)).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_value_that_is_no_number_is_named_by_its_place() {
        let latents = Latents {
            values: array![[0.0, 1.0], [2.0, f32::NAN]],
        };
        assert!(matches!(
            Points::new(&latents),
            Err(ClusteringError::NotFinite { row: 2, column: 2 })
        ));
    }

    #[test]
    fn equal_rows_are_counted_once() {
        let latents = Latents {
            values: array![[0.0, 1.0], [-0.0, 1.0], [2.0, 1.0], [2.0, 1.0]],
        };
        assert_eq!(Points::new(&latents).unwrap().distinct(), 2);
    }

    #[test]
    fn distances_agree_with_the_definition_for_any_length() {
        for length in [1_usize, 7, 8, 9, 100] {
            let a: Vec<f64> = (0..length).map(|i| (i as f64).sin()).collect();
            let b: Vec<f64> = (0..length).map(|i| (i as f64).cos()).collect();
            let plain: f64 = a.iter().zip(&b).map(|(x, y)| (x - y).powi(2)).sum();
            assert!((squared_distance(&a, &b) - plain).abs() < 1e-12);
        }
    }

    #[test]
    fn neighbours_come_nearest_first_and_leave_the_point_itself_out() {
        let latents = Latents {
            values: array![[0.0], [1.0], [-1.0], [5.0]],
        };
        let nearest = Points::new(&latents)
            .unwrap()
            .nearest(2, &Watch::default())
            .unwrap();
        let indices: Vec<_> = nearest
            .iter()
            .map(|row| row.iter().map(|n| n.index).collect::<Vec<_>>())
            .collect();
        assert_eq!(indices, [[1, 2], [0, 2], [0, 1], [1, 0]]);
    }
}

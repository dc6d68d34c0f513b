//! The principal components: a quick first picture, and where t-SNE starts from.

use super::ClusteringError;
use super::points::Points;
use crate::jobs::Watch;
use crate::project::{Latents, Principal2};
use ndarray::{Array1, Array2, Axis, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

/// Axes that are searched together; the first two come the faster, the more there are.
const TOGETHER: usize = 16;
/// The search ends when the variance along the first two axes grows by less than this share in a round...
const LEAST_GAIN: f64 = 1e-12;
/// ...or after so many rounds.
const MOST_ROUNDS: usize = 300;
/// Rounds that are enough where the axes need not be exact.
pub(super) const ROUGH_ROUNDS: usize = 15;
/// Rows of the matrix of products that are made at once.
const BLOCK: usize = 64;
/// Sweeps of the search for the axes of the small matrix. It needs five or so.
const SWEEPS: usize = 30;

/// Lays the latents out on the plane of their two first principal components: those along which they vary most. The
/// far end of each axis is on the positive side.
///
/// # Errors
/// When the latents are empty or not finite, or when cancelled.
pub fn pca(latents: &Latents, watch: &Watch) -> Result<Principal2, ClusteringError> {
    let points = Points::new(latents)?;
    let (positions, variances) = principal_plane(&points, MOST_ROUNDS, watch)?;
    let total: f64 = points.squares().iter().sum();
    let share = |variance: f64| if total > 0.0 { variance / total } else { 0.0 };
    Ok(Principal2 {
        shares: variances.map(share),
        points: positions
            .rows()
            .into_iter()
            .map(|row| [row[0] as f32, row[1] as f32])
            .collect(),
    })
}

/// The place of each point on the two first axes (n rows, 2 columns), and the sum of squares along each. The search
/// for the axes is made in so many rounds at most.
///
/// # Errors
/// When cancelled.
pub(super) fn principal_plane(
    points: &Points,
    rounds: usize,
    watch: &Watch,
) -> Result<(Array2<f64>, [f64; 2]), ClusteringError> {
    // The products of the points, or those of the columns, have the same axes: the smaller matrix is taken.
    let by_points = points.len() <= points.dimension();
    let values = points.values();
    let sides = if by_points { values.view() } else { values.t() };
    let all: Vec<usize> = (0..sides.nrows()).collect();
    let blocks = all.par_chunks(BLOCK).map(|rows| {
        watch.check()?;
        Ok(sides.select(Axis(0), rows).dot(&sides.t()))
    });
    let blocks = blocks.collect::<Result<Vec<_>, ClusteringError>>()?;
    let views: Vec<_> = blocks.iter().map(Array2::view).collect();
    let products = ndarray::concatenate(Axis(0), &views).map_err(|_| ClusteringError::Empty)?;
    let (axes, variances) = leading_axes(&products, rounds, watch)?;
    let mut positions = if by_points {
        let lengths = Array1::from(variances.map(f64::sqrt).to_vec());
        axes * &lengths
    } else {
        values.dot(&axes)
    };
    for mut column in positions.columns_mut() {
        let farther = |far: f64, &value: &f64| if value.abs() > far.abs() { value } else { far };
        if column.iter().fold(0.0, farther) < 0.0 {
            column.mapv_inplace(|value| -value);
        }
    }
    Ok((positions, variances))
}

/// The two axes of greatest stretch of a symmetric matrix, one a column, and how much they stretch: several axes
/// are turned towards them together, and the best two are taken out of what they span.
fn leading_axes(
    matrix: &Array2<f64>,
    rounds: usize,
    watch: &Watch,
) -> Result<(Array2<f64>, [f64; 2]), ClusteringError> {
    let size = matrix.nrows();
    let count = TOGETHER.min(size);
    let mut rng = Xoshiro256Plus::seed_from_u64(0);
    let mut axes = Array2::from_shape_simple_fn((size, count), || rng.gen_range(-1.0..1.0));
    let mut reached = [0.0; 2];
    for _ in 0..rounds {
        watch.check()?;
        orthonormalise(&mut axes);
        let stretched = matrix.dot(&axes);
        let (turn, stretches) = symmetric_axes(axes.t().dot(&stretched));
        let first = |place: usize| stretches.get(place).copied().unwrap_or(0.0).max(0.0);
        let before = reached.iter().sum::<f64>();
        reached = [first(0), first(1)];
        if reached.iter().sum::<f64>() <= before * (1.0 + LEAST_GAIN) {
            axes = axes.dot(&turn);
            break;
        }
        axes = stretched.dot(&turn);
    }
    orthonormalise(&mut axes);
    let mut two = Array2::zeros((size, 2));
    let kept = count.min(2);
    two.slice_mut(s![.., ..kept]).assign(&axes.slice(s![.., ..kept]));
    Ok((two, reached))
}

/// Makes the columns of length one and square to each other; a column that the others hold already becomes zero.
fn orthonormalise(axes: &mut Array2<f64>) {
    for place in 0..axes.ncols() {
        let (earlier, mut rest) = axes.view_mut().split_at(Axis(1), place);
        let mut own = rest.column_mut(0);
        let before = own.dot(&own).sqrt();
        // Twice, for what rounding leaves the first time.
        for _ in 0..2 {
            for other in earlier.columns() {
                let shared = own.dot(&other);
                own.scaled_add(-shared, &other);
            }
        }
        let length = own.dot(&own).sqrt();
        if length > 1e-12 * before {
            own.mapv_inplace(|value| value / length);
        } else {
            own.fill(0.0);
        }
    }
}

/// The axes of a small symmetric matrix, one a column, and how much they stretch, the greatest first (Jacobi, 1846).
fn symmetric_axes(mut matrix: Array2<f64>) -> (Array2<f64>, Vec<f64>) {
    let size = matrix.nrows();
    let mut axes = Array2::eye(size);
    for _ in 0..SWEEPS {
        let mut turned = false;
        for first in 0..size {
            for second in first + 1..size {
                let off = matrix[[first, second]];
                let (a, b) = (matrix[[first, first]], matrix[[second, second]]);
                if off.abs() <= f64::EPSILON * (a * b).abs().sqrt() {
                    continue;
                }
                turned = true;
                let ratio = (b - a) / (2.0 * off);
                let tangent = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                for index in 0..size {
                    let (x, y) = (matrix[[index, first]], matrix[[index, second]]);
                    matrix[[index, first]] = cosine * x - sine * y;
                    matrix[[index, second]] = sine * x + cosine * y;
                }
                for index in 0..size {
                    let (x, y) = (matrix[[first, index]], matrix[[second, index]]);
                    matrix[[first, index]] = cosine * x - sine * y;
                    matrix[[second, index]] = sine * x + cosine * y;
                    let (x, y) = (axes[[index, first]], axes[[index, second]]);
                    axes[[index, first]] = cosine * x - sine * y;
                    axes[[index, second]] = sine * x + cosine * y;
                }
            }
        }
        if !turned {
            break;
        }
    }
    let stretches = matrix.diag();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| stretches[b].total_cmp(&stretches[a]));
    let sorted = order.iter().map(|&place| stretches[place]).collect();
    (axes.select(Axis(1), &order), sorted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::sweep::tests::clouds;
    use ndarray::array;

    #[test]
    fn the_long_side_comes_first_and_shares_add_up() {
        let latents = Latents {
            values: array![
                [-3.0, 0.0],
                [3.0, 0.0],
                [0.0, 1.0],
                [0.0, -1.0],
                [9.0, 0.5],
                [-9.0, -0.5]
            ],
        };
        let found = pca(&latents, &Watch::default()).unwrap();
        assert!(
            (found.shares[0] + found.shares[1] - 1.0).abs() < 1e-9,
            "{found:?}"
        );
        assert!(found.shares[0] > 0.95);
        let length = |point: [f32; 2]| point[0].hypot(point[1]);
        assert!((length(found.points[4]) - 81.25_f32.sqrt()).abs() < 1e-4);
    }

    #[test]
    fn few_points_in_many_dimensions_and_many_in_few_agree() {
        // The same points with columns of zeros behind them.
        let narrow = clouds(30, 5, 30, 0.0, 3);
        let mut wide = Array2::zeros((30, 60));
        wide.slice_mut(s![.., ..5]).assign(&narrow.values);
        let found =
            [narrow, Latents { values: wide }].map(|latents| pca(&latents, &Watch::default()).unwrap());
        for axis in 0..2 {
            assert!((found[0].shares[axis] - found[1].shares[axis]).abs() < 1e-9);
        }
        for (a, b) in found[0].points.iter().zip(&found[1].points) {
            assert!(
                (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3,
                "{a:?} {b:?}"
            );
        }
    }

    #[test]
    fn one_column_one_row_and_equal_rows_have_their_picture_too() {
        for (rows, columns) in [(5, 1), (1, 5), (1, 1), (4, 3)] {
            let values = Array2::from_shape_fn(
                (rows, columns),
                |(row, _)| if columns == 1 { row as f32 } else { 1.0 },
            );
            let found = pca(&Latents { values }, &Watch::default()).unwrap();
            assert_eq!(found.points.len(), rows);
            assert!(found.points.iter().flatten().all(|value| value.is_finite()));
            let first = if columns == 1 && rows > 1 { 1.0 } else { 0.0 };
            assert!(
                (found.shares[0] - first).abs() < 1e-9 && found.shares[1].abs() < 1e-9,
                "{found:?}"
            );
        }
    }

    #[test]
    fn the_axes_of_a_known_matrix_are_found() {
        let (axes, stretches) = symmetric_axes(array![[2.0, 1.0], [1.0, 2.0]]);
        assert!((stretches[0] - 3.0).abs() < 1e-12 && (stretches[1] - 1.0).abs() < 1e-12);
        assert!((axes[[0, 0]] - axes[[1, 0]]).abs() < 1e-12);
    }
}

//! The best one-to-one matching of rows and columns.

use ndarray::Array2;

/// The pairs of a row and a column, each in one pair at most, whose gains have the greatest sum (the Hungarian
/// method in the form with potentials and shortest augmenting paths). As many pairs as the shorter side has
/// entries; of equally good matchings always the same.
pub(super) fn best_matching(gains: &Array2<i64>) -> Vec<(usize, usize)> {
    if gains.nrows() > gains.ncols() {
        let turned = best_matching(&gains.t().to_owned());
        let mut pairs: Vec<_> = turned.into_iter().map(|(column, row)| (row, column)).collect();
        pairs.sort_unstable();
        return pairs;
    }
    let (rows, columns) = gains.dim();
    // Row and column numbers count from 1; 0 is the row or column that is not there.
    let mut row_potential = vec![0_i64; rows + 1];
    let mut column_potential = vec![0_i64; columns + 1];
    let mut row_of = vec![0_usize; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut slack = vec![i64::MAX; columns + 1];
        let mut came_from = vec![0_usize; columns + 1];
        let mut seen = vec![false; columns + 1];
        let mut column = 0;
        loop {
            seen[column] = true;
            let here = row_of[column];
            let (mut step, mut next) = (i64::MAX, 0);
            for other in (1..=columns).filter(|&other| !seen[other]) {
                let reduced = -gains[[here - 1, other - 1]] - row_potential[here] - column_potential[other];
                if reduced < slack[other] {
                    (slack[other], came_from[other]) = (reduced, column);
                }
                if slack[other] < step {
                    (step, next) = (slack[other], other);
                }
            }
            for other in 0..=columns {
                if seen[other] {
                    row_potential[row_of[other]] += step;
                    column_potential[other] -= step;
                } else if slack[other] < i64::MAX {
                    slack[other] -= step;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            row_of[column] = row_of[came_from[column]];
            column = came_from[column];
        }
    }
    let mut pairs: Vec<_> = row_of
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, row)| **row > 0)
        .map(|(column, row)| (row - 1, column - 1))
        .collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256Plus;

    /// The best sum by trying every order.
    fn best_sum(gains: &Array2<i64>, row: usize, taken: u32) -> i64 {
        if row == gains.nrows() {
            return 0;
        }
        let free = (0..gains.ncols()).filter(|column| taken & (1 << column) == 0);
        free.map(|column| gains[[row, column]] + best_sum(gains, row + 1, taken | (1 << column)))
            .max()
            .unwrap()
    }

    #[test]
    fn no_other_matching_gains_more() {
        let mut rng = Xoshiro256Plus::seed_from_u64(1);
        for (rows, columns) in [(1, 1), (3, 3), (4, 6), (6, 4), (6, 6)] {
            for _ in 0..50 {
                let gains = Array2::from_shape_simple_fn((rows, columns), || rng.gen_range(0..9));
                let pairs = best_matching(&gains);
                assert_eq!(pairs.len(), rows.min(columns));
                let sum: i64 = pairs.iter().map(|&place| gains[place]).sum();
                let wide = if rows > columns {
                    gains.t().to_owned()
                } else {
                    gains
                };
                assert_eq!(sum, best_sum(&wide, 0, 0));
            }
        }
    }

    #[test]
    fn the_sum_counts_and_not_the_greatest_single_gain() {
        assert_eq!(best_matching(&array![[10, 9], [9, 1]]), [(0, 1), (1, 0)]);
        assert_eq!(best_matching(&Array2::zeros((0, 3))), []);
    }
}

//! When each token was said: dynamic time warping of what the decoder listened to while it wrote.

use ndarray::{Array2, Axis};

/// Weights of which the middle one is taken.
const WIDTH: usize = 7;

/// The first column that belongs to each row, by how much each row looks at each column, for several heads. The weights of
/// each head are standardised over the rows and smoothed by a median of seven columns, and the mean over the heads is what
/// a way through the matrix collects: it goes from its first row and column to the last ones and never back (Sakoe and Chiba
/// 1978), as Whisper's makers find the times of words.
pub(super) fn first_columns(looks: Vec<Array2<f32>>) -> Vec<usize> {
    let heads = looks.len().max(1) as f32;
    let mut sum: Option<Array2<f32>> = None;
    for mut look in looks {
        standardise(&mut look);
        smooth(&mut look);
        match &mut sum {
            Some(sum) => *sum += &look,
            None => sum = Some(look),
        }
    }
    sum.map_or_else(Vec::new, |sum| warp(&(sum / -heads)))
}

fn standardise(look: &mut Array2<f32>) {
    for mut column in look.columns_mut() {
        let count = column.len().max(1) as f32;
        let mean = column.sum() / count;
        let deviation = (column.fold(0.0, |sum, value| sum + (value - mean).powi(2)) / count).sqrt();
        column.mapv_inplace(|value| {
            if deviation > 0.0 {
                (value - mean) / deviation
            } else {
                0.0
            }
        });
    }
}

/// The median of each number and its neighbours in the row, which is mirrored at its ends.
fn smooth(look: &mut Array2<f32>) {
    let reach = WIDTH / 2;
    let columns = look.ncols();
    if columns <= reach {
        return;
    }
    for mut row in look.rows_mut() {
        let before = row.to_vec();
        for (place, value) in row.iter_mut().enumerate() {
            let mut near = [0.0; WIDTH];
            for (offset, near) in near.iter_mut().enumerate() {
                let mut at = (place + offset).abs_diff(reach);
                if place + offset < reach {
                    at = reach - place - offset;
                }
                if at >= columns {
                    at = 2 * (columns - 1) - at;
                }
                *near = before.get(at).copied().unwrap_or_default();
            }
            near.sort_unstable_by(f32::total_cmp);
            *value = near[reach];
        }
    }
}

#[derive(Clone, Copy)]
enum Step {
    Both,
    Row,
    Column,
}

/// The first column of each row on the cheapest way.
fn warp(costs: &Array2<f32>) -> Vec<usize> {
    let (rows, columns) = costs.dim();
    let mut steps = vec![Step::Column; rows * columns];
    // What it costs to come to each column of the row before, after an edge that only the first cell can be reached from.
    let mut before = vec![f32::INFINITY; columns + 1];
    before[0] = 0.0;
    for (row, steps) in costs.axis_iter(Axis(0)).zip(steps.chunks_mut(columns.max(1))) {
        let mut left = f32::INFINITY;
        let mut across = before.first().copied().unwrap_or(f32::INFINITY);
        if let Some(edge) = before.first_mut() {
            *edge = f32::INFINITY;
        }
        for ((cost, step), reached) in row.iter().zip(steps).zip(before.iter_mut().skip(1)) {
            let above = *reached;
            let (least, chosen) = if across < above && across < left {
                (across, Step::Both)
            } else if above < across && above < left {
                (above, Step::Row)
            } else {
                (left, Step::Column)
            };
            *step = chosen;
            across = above;
            left = cost + least;
            *reached = left;
        }
    }
    let mut first = vec![0; rows];
    let (mut row, mut column) = (rows, columns);
    while row > 0 && column > 0 {
        if let Some(first) = first.get_mut(row - 1) {
            *first = column - 1;
        }
        match steps.get((row - 1) * columns + column - 1) {
            Some(Step::Both) => (row, column) = (row - 1, column - 1),
            Some(Step::Row) => row -= 1,
            _ => column -= 1,
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_cheapest_way_is_found() {
        let costs = array![
            [-9.0, -9.0, 1.0, 1.0, 1.0],
            [1.0, 1.0, -9.0, 1.0, 1.0],
            [1.0, 1.0, 1.0, -9.0, -9.0]
        ];
        assert_eq!(warp(&costs), [0, 2, 3]);
        assert_eq!(warp(&array![[1.0, 1.0, 1.0]]), [0]);
        assert!(warp(&Array2::zeros((0, 4))).is_empty());
    }

    #[test]
    fn medians_are_mirrored_at_the_ends() {
        let mut row = array![[5.0, 1.0, 4.0, 2.0, 3.0, 9.0, 8.0, 7.0]];
        smooth(&mut row);
        // The first sees 2 4 1 5 1 4 2, the last 3 9 8 7 8 9 3.
        assert_eq!((row[[0, 0]], row[[0, 7]], row[[0, 3]]), (2.0, 8.0, 4.0));
    }

    #[test]
    fn rows_are_where_several_heads_agree() {
        let look = |noise: f32| {
            Array2::from_shape_fn((4, 80), |(row, column)| {
                let near = (column as f32 - 20.0 * row as f32 - 10.0).abs();
                (-near / 4.0).exp() + noise * ((column * 7 + row * 13) % 11) as f32
            })
        };
        let first = first_columns(vec![look(0.0), look(0.01)]);
        assert_eq!(first[0], 0);
        for (row, column) in first.iter().enumerate().skip(1) {
            assert!((*column as f32 - 20.0 * row as f32).abs() < 6.0, "{first:?}");
        }
    }
}

//! Products of matrices.

use gemm::Parallelism;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

/// Columns that one row is multiplied with at a time: few enough that what they sum up to stays near the processor.
const STRIP: usize = 1024;

/// The product of two matrices, on all processors.
pub(super) fn product(left: ArrayView2<'_, f32>, right: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut out = Array2::zeros((left.nrows(), right.ncols()));
    if left.nrows() == 1 {
        // The products of single rows know nothing of several processors.
        let strips = right.axis_chunks_iter(Axis(1), STRIP).into_par_iter();
        out.axis_chunks_iter_mut(Axis(1), STRIP)
            .into_par_iter()
            .zip(strips)
            .for_each(|(out, strip)| product_into(left, strip, 1.0, out));
        return out;
    }
    multiply(
        left,
        right,
        1.0,
        out.view_mut(),
        Parallelism::Rayon(rayon::current_num_threads()),
    );
    out
}

/// Writes `scale` times the product of two matrices, on this thread alone.
///
/// # Panics
/// When the shapes do not fit.
pub(super) fn product_into(
    left: ArrayView2<'_, f32>,
    right: ArrayView2<'_, f32>,
    scale: f32,
    out: ArrayViewMut2<'_, f32>,
) {
    multiply(left, right, scale, out, Parallelism::None);
}

fn multiply(
    left: ArrayView2<'_, f32>,
    right: ArrayView2<'_, f32>,
    scale: f32,
    mut out: ArrayViewMut2<'_, f32>,
    threads: Parallelism,
) {
    let ((rows, inner), columns) = (left.dim(), right.ncols());
    assert_eq!(right.nrows(), inner, "the matrices can be multiplied");
    assert_eq!(out.dim(), (rows, columns), "the product has this shape");
    let ([left_rows, left_columns], [right_rows, right_columns]) = (strides(left), strides(right));
    let [out_rows, out_columns] = strides(out.view());
    // SAFETY: the pointers, lengths and strides are those of three views of the shapes that were compared above; the one
    // that is written is borrowed mutably, so it is none of the others.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            out_columns,
            out_rows,
            false,
            left.as_ptr(),
            left_columns,
            left_rows,
            right.as_ptr(),
            right_columns,
            right_rows,
            0.0,
            scale,
            false,
            false,
            false,
            threads,
        );
    }
}

fn strides(matrix: ArrayView2<'_, f32>) -> [isize; 2] {
    match matrix.strides() {
        [rows, columns] => [*rows, *columns],
        _ => [0, 0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{array, s};

    #[test]
    fn one_row_is_multiplied_as_many_are() {
        let left = Array2::from_shape_fn((2, 5), |(row, column)| (3 * row + column) as f32);
        let right = Array2::from_shape_fn((5, 3000), |(row, column)| ((row * 7 + column) % 13) as f32);
        let both = product(left.view(), right.view());
        for row in 0..2 {
            let one = product(left.slice(s![row..=row, ..]), right.view());
            assert_eq!(one.row(0), both.row(row));
        }
    }

    #[test]
    fn products_take_views_of_any_stride() {
        let left = Array2::from_shape_fn((5, 8), |(row, column)| (row + 2 * column) as f32);
        let right = Array2::from_shape_fn((6, 8), |(row, column)| (row * column) as f32 - 3.0);
        let (left, right) = (left.slice(s![.., 2..6]), right.slice(s![.., 1..5]));
        let exact = left.dot(&right.t());
        assert_eq!(product(left, right.t()), exact);
        let mut out = Array2::zeros((5, 9));
        product_into(left, right.t(), 0.5, out.slice_mut(s![.., 1..7]));
        assert_eq!(out.slice(s![.., 1..7]), exact * 0.5);
        assert_eq!(out.column(0), array![0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}

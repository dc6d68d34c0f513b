//! What is done with every row of a matrix, with whatever vector instructions the processor has.
//!
//! A row is a token or a patch. All is written so that the compiler can work on many numbers at once:
//! no branches, sums in lanes. [`pulp`] then picks the best of the compiled forms at run time.

use ndarray::{Array2, ArrayView2};
use pulp::Arch;
use rayon::prelude::*;

/// Below so many numbers, sharing them out takes longer than the work.
const WORTH_SHARING: usize = 1 << 15;
/// Numbers that are summed side by side.
const LANES: usize = 16;

/// What a layer does with a number before the next layer gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    /// x·Φ(x), with the normal distribution's Φ itself and not its approximation by tanh.
    Gelu,
    /// What is above zero.
    Relu,
    /// x / (1 + e⁻ˣ), also called SiLU.
    Swish,
    /// x / (1 + e⁻¹·⁷⁰²ˣ), with which CLIP was trained in place of Gelu.
    QuickGelu,
}

impl Activation {
    /// The names that are known, for people.
    pub const NAMES: &'static str = "gelu, quick_gelu, relu and silu";

    /// By its name in a model's `config.json`.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "gelu" => Some(Self::Gelu),
            "relu" => Some(Self::Relu),
            "swish" | "silu" => Some(Self::Swish),
            "quick_gelu" => Some(Self::QuickGelu),
            _ => None,
        }
    }
}

/// What is done with each row of a product besides adding the bias.
#[derive(Clone, Copy)]
pub(super) enum Finish<'a> {
    /// Nothing.
    Plain,
    /// The activation of each number.
    Activate(Activation),
    /// The same row of another matrix is added.
    Add(ArrayView2<'a, f32>),
}

/// Adds the bias to every row and finishes it.
pub(super) fn finish(matrix: &mut Array2<f32>, bias: &[f32], finish: Finish<'_>) {
    let other = match finish {
        Finish::Add(other) => other.to_slice(),
        _ => None,
    };
    for_rows(matrix, |index, row| match finish {
        Finish::Plain => row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias),
        Finish::Activate(Activation::Gelu) => {
            row.iter_mut()
                .zip(bias)
                .for_each(|(value, bias)| *value = gelu(*value + bias));
        }
        Finish::Activate(Activation::Relu) => {
            row.iter_mut()
                .zip(bias)
                .for_each(|(value, bias)| *value = (*value + bias).max(0.0));
        }
        Finish::Activate(Activation::Swish) => {
            row.iter_mut()
                .zip(bias)
                .for_each(|(value, bias)| *value = swish(*value + bias));
        }
        Finish::Activate(Activation::QuickGelu) => {
            row.iter_mut()
                .zip(bias)
                .for_each(|(value, bias)| *value = quick_gelu(*value + bias));
        }
        Finish::Add(_) => {
            let start = index * row.len();
            let other = other
                .and_then(|all| all.get(start..start + row.len()))
                .unwrap_or_default();
            row.iter_mut()
                .zip(bias)
                .zip(other)
                .for_each(|((value, bias), other)| *value += bias + other);
        }
    });
}

/// Makes each row's mean 0 and its variance 1, and then scales and shifts it number by number.
pub(super) fn normalise(matrix: &mut Array2<f32>, scale: &[f32], shift: &[f32], epsilon: f32) {
    for_rows(matrix, |_, row| {
        let count = row.len() as f32;
        let mean = sum(row, |value| value) / count;
        let variance = sum(row, |value| (value - mean) * (value - mean)) / count;
        let factor = 1.0 / (variance + epsilon).sqrt();
        for ((value, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
            *value = (*value - mean) * factor * scale + shift;
        }
    });
}

/// Makes each row e to the power of its numbers less the greatest, and gives its sum: what a softmax divides by.
#[inline(always)]
pub(super) fn exponentials(row: &mut [f32]) -> f32 {
    let mut greatest = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, value) in greatest.iter_mut().zip(chunk) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    let greatest = greatest
        .iter()
        .chain(rest)
        .copied()
        .fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|value| *value = exp(*value - greatest));
    sum(row, |value| value)
}

/// Does this with all rows (index, numbers), on all processors where there are enough numbers.
fn for_rows(matrix: &mut Array2<f32>, work: impl Fn(usize, &mut [f32]) + Sync) {
    let (columns, numbers) = (matrix.ncols(), matrix.len());
    let Some(all) = matrix.as_slice_mut().filter(|all| !all.is_empty()) else {
        return;
    };
    let arch = Arch::new();
    let block = |(index, rows): (usize, &mut [f32]), per_block: usize| {
        arch.dispatch(
            #[inline(always)]
            || {
                for (row, numbers) in rows.chunks_exact_mut(columns).enumerate() {
                    work(index * per_block + row, numbers);
                }
            },
        );
    };
    if numbers < WORTH_SHARING {
        block((0, all), 0);
    } else {
        let rows = (WORTH_SHARING / 4).div_ceil(columns);
        all.par_chunks_mut(rows * columns)
            .enumerate()
            .for_each(|chunk| block(chunk, rows));
    }
}

#[inline(always)]
fn sum(row: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += term(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|value| term(*value)).sum::<f32>()
}

/// eˣ to a unit in the last place: 2ⁿ·eʳ with r at most ln 2 / 2, and eʳ by its Taylor series.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it leaves the whole part in the lowest bits.
    const WHOLE: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first of few digits, so that its product with n is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 88.0 { x } else { 88.0 };
    let shifted = x * std::f32::consts::LOG2_E + WHOLE;
    let n = shifted - WHOLE;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let series = 1.0 / 5040.0;
    let series = series * r + 1.0 / 720.0;
    let series = series * r + 1.0 / 120.0;
    let series = series * r + 1.0 / 24.0;
    let series = series * r + 1.0 / 6.0;
    let series = series * r + 0.5;
    let series = series * r + 1.0;
    let series = series * r + 1.0;
    series * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

/// x·Φ(x), by the error function of Abramowitz & Stegun, formula 7.1.26 (its error is below 1.5e-7).
#[inline(always)]
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let polynomial = 1.061_405_4 * t - 1.453_152;
    let polynomial = polynomial * t + 1.421_413_8;
    let polynomial = polynomial * t - 0.284_496_74;
    let polynomial = (polynomial * t + 0.254_829_6) * t;
    let erf = 1.0 - polynomial * exp(-z * z);
    0.5 * x * (1.0 + erf.copysign(x))
}

#[inline(always)]
fn swish(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

#[inline(always)]
fn quick_gelu(x: f32) -> f32 {
    x / (1.0 + exp(-1.702 * x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;

    fn near(ours: f32, exact: f64, relative: f64, absolute: f64) {
        let error = (f64::from(ours) - exact).abs();
        assert!(
            error <= absolute + relative * exact.abs(),
            "{ours} is not {exact}"
        );
    }

    /// The series of the error function, which converges everywhere.
    fn exact_gelu(x: f64) -> f64 {
        let z = x / std::f64::consts::SQRT_2;
        let (mut term, mut sum) = (z, z);
        for n in 1..200 {
            term *= -z * z / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        0.5 * x * (1.0 + sum * std::f64::consts::FRAC_2_SQRT_PI)
    }

    #[test]
    fn exponentials_are_those_of_the_standard_library() {
        for step in -8600..8700 {
            let x = step as f32 / 100.0;
            near(exp(x), f64::from(x).exp(), 3e-7, 0.0);
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn activations_are_their_formulas() {
        let values = Array1::range(-5.0f32, 5.0, 0.013);
        let bias = vec![0.25; values.len()];
        let mut matrix = values.clone().insert_axis(ndarray::Axis(0));
        finish(&mut matrix, &bias, Finish::Activate(Activation::Gelu));
        for (ours, x) in matrix.iter().zip(&values) {
            near(*ours, exact_gelu(f64::from(x + 0.25)), 1e-6, 4e-7);
        }
        let mut matrix = values.clone().insert_axis(ndarray::Axis(0));
        finish(&mut matrix, &bias, Finish::Activate(Activation::Swish));
        for (ours, x) in matrix.iter().zip(&values) {
            let x = f64::from(x + 0.25);
            near(*ours, x / (1.0 + (-x).exp()), 1e-6, 1e-7);
        }
    }

    #[test]
    fn rows_are_finished_one_by_one_however_many_there_are() {
        for rows in [1, 3, 5000] {
            let mut matrix = Array2::from_shape_fn((rows, 19), |(row, column)| (row * 19 + column) as f32);
            let other = matrix.mapv(|value| 2.0 * value);
            let bias: Vec<f32> = (0..19).map(|column| column as f32).collect();
            finish(&mut matrix, &bias, Finish::Add(other.view()));
            let exact = Array2::from_shape_fn((rows, 19), |(row, column)| {
                (3 * (row * 19 + column) + column) as f32
            });
            assert_eq!(matrix, exact);
        }
    }

    #[test]
    fn a_normalised_row_has_the_mean_and_spread_it_is_told() {
        let mut matrix =
            Array2::from_shape_fn((3, 37), |(row, column)| ((row + 2) * column * column % 41) as f32);
        normalise(&mut matrix, &[2.0; 37], &[5.0; 37], 1e-12);
        for row in matrix.rows() {
            let mean = row.mean().unwrap();
            near(mean, 5.0, 1e-6, 0.0);
            near(
                row.mapv(|value| (value - mean).powi(2)).mean().unwrap(),
                4.0,
                1e-5,
                0.0,
            );
        }
    }
}

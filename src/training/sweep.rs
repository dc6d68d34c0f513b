//! One pass over memory for a whole update of AdamW.
//!
//! A published network has 138 million weights, and its update is bound by memory: written as tensor operations it
//! reads and writes everything some ten times. Here each value of the weight, of both moments and of the gradient is
//! touched once, by all cores.

use rayon::ThreadPool;
use rayon::prelude::*;
use tch::{Device, Kind, Tensor};

/// The numbers of one update (Loshchilov and Hutter, "Decoupled weight decay regularization", algorithm 2).
#[derive(Debug, Clone, Copy)]
pub struct Update {
    /// Bound on each element of the gradient; infinite for none.
    pub clip: f32,
    /// Share of the first moment that stays.
    pub beta1: f32,
    /// Share of the second moment that stays.
    pub beta2: f32,
    /// Factor of the weight before the step.
    pub keep: f32,
    /// Step size, corrected for the young first moment.
    pub step: f32,
    /// Inverse of the root of the second moment's correction.
    pub scale: f32,
    /// Keeps the division finite.
    pub epsilon: f32,
}

/// Values of a weight for which the gradient is made at a time: 16 rows of so many inputs fit the innermost cache.
const TILE: usize = 512;
/// Rows of a weight that share what was read of the inputs.
const ROWS: usize = 4;

/// A weight or a moment as plain memory.
///
/// # Panics
/// When the tensor is not in the processor's memory, of 32-bit floats and in order: a mistake of the caller that must
/// not become a wild pointer.
#[expect(
    clippy::mut_from_ref,
    reason = "a tensor is a handle; its memory is not borrowed through it"
)]
unsafe fn memory(tensor: &Tensor) -> &mut [f32] {
    assert!(
        tensor.device() == Device::Cpu && tensor.kind() == Kind::Float && tensor.is_contiguous(),
        "the sweep needs 32-bit floats in order in the processor's memory"
    );
    // SAFETY: checked above; the caller promises that nothing else uses this memory meanwhile.
    unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast(), tensor.numel()) }
}

/// A weight with its moments.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    /// The weight.
    pub weight: &'a Tensor,
    /// First moment, of the same shape.
    pub first: &'a Tensor,
    /// Second moment, of the same shape.
    pub second: &'a Tensor,
}

/// Runs work that spreads over the threads of `pool`, or over rayon's own without one.
fn spread(pool: Option<&ThreadPool>, work: impl FnOnce() + Send) {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Updates a weight from its gradient.
pub fn dense(slot: Slot, gradient: &Tensor, update: Update, pool: Option<&ThreadPool>) {
    let gradient = gradient.contiguous();
    // SAFETY: the tensors are distinct and used by nobody else during the optimiser's step.
    let (p, m, v, g) = unsafe {
        (
            memory(slot.weight),
            memory(slot.first),
            memory(slot.second),
            &*memory(&gradient),
        )
    };
    let size = 1 << 16;
    spread(pool, || {
        p.par_chunks_mut(size)
            .zip(m.par_chunks_mut(size))
            .zip(v.par_chunks_mut(size))
            .zip(g.par_chunks(size))
            .for_each(|(((p, m), v), g)| apply(p, m, v, g, update));
    });
}

/// Updates a weight `[out, in]` whose gradient is `errors^T inputs`, with `errors` `[batch, out]` and `inputs`
/// `[batch, in]`, without ever writing the gradient down.
pub fn product(slot: Slot, errors: &Tensor, inputs: &Tensor, update: Update, pool: Option<&ThreadPool>) {
    // A row of errors for each output, so that a weight's row finds its factors side by side.
    let errors = errors.tr().contiguous();
    let inputs = inputs.contiguous();
    let batch = inputs.size().first().map_or(1, |&n| (n as usize).max(1));
    let columns = inputs.numel() / batch;
    // SAFETY: as above.
    let (p, m, v, e, x) = unsafe {
        (
            memory(slot.weight),
            memory(slot.first),
            memory(slot.second),
            &*memory(&errors),
            &*memory(&inputs),
        )
    };
    let size = ROWS * columns;
    spread(pool, || {
        p.par_chunks_mut(size)
            .zip(m.par_chunks_mut(size))
            .zip(v.par_chunks_mut(size))
            .zip(e.par_chunks(ROWS * batch))
            .for_each(|(((p, m), v), e)| rows(p, m, v, e, x, batch, columns, update));
    });
}

macro_rules! widest {
    ($(#[$doc:meta])* fn $name:ident / $wide:ident / $body:ident($($arg:ident: $type:ty),*)) => {
        $(#[$doc])*
        fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor was just asked.
                return unsafe { $wide($($arg),*) };
            }
            $body($($arg),*);
        }

        /// The same arithmetic with wider registers; results do not differ.
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        #[allow(clippy::too_many_arguments, reason = "as the loop it wraps")]
        fn $wide($($arg: $type),*) {
            $body($($arg),*);
        }
    };
}

widest!(
    /// One stretch of a weight.
    fn apply / apply_wide / apply_loop(p: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], update: Update)
);

widest!(
    #[allow(clippy::too_many_arguments, reason = "the slices of one loop")]
    /// Some rows of a weight.
    fn rows / rows_wide / rows_loop(
        p: &mut [f32], m: &mut [f32], v: &mut [f32], e: &[f32], x: &[f32], batch: usize, columns: usize, update: Update
    )
);

#[inline(always)]
fn apply_loop(p: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], u: Update) {
    for (((p, m), v), &g) in p.iter_mut().zip(m).zip(v).zip(g) {
        // Comparisons rather than `clamp`, whose order of arguments hinders vectors; a NaN stays one.
        let g = if g > u.clip { u.clip } else { g };
        let g = if g < -u.clip { -u.clip } else { g };
        *m = u.beta1 * *m + (1.0 - u.beta1) * g;
        *v = u.beta2 * *v + (1.0 - u.beta2) * g * g;
        *p = u.keep * *p - u.step * *m / (v.sqrt() * u.scale + u.epsilon);
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the slices of one loop")]
fn rows_loop(
    p: &mut [f32],
    m: &mut [f32],
    v: &mut [f32],
    e: &[f32],
    x: &[f32],
    batch: usize,
    columns: usize,
    update: Update,
) {
    let mut gradient = [0_f32; TILE];
    for start in (0..columns).step_by(TILE) {
        let end = (start + TILE).min(columns);
        let rows = p
            .chunks_exact_mut(columns)
            .zip(m.chunks_exact_mut(columns))
            .zip(v.chunks_exact_mut(columns));
        for (((p, m), v), e) in rows.zip(e.chunks_exact(batch)) {
            let (Some(p), Some(m), Some(v), Some(gradient)) = (
                p.get_mut(start..end),
                m.get_mut(start..end),
                v.get_mut(start..end),
                gradient.get_mut(..end - start),
            ) else {
                return;
            };
            gradient.fill(0.0);
            for (&e, x) in e.iter().zip(x.chunks_exact(columns)) {
                for (g, &x) in gradient.iter_mut().zip(x.get(start..end).unwrap_or(&[])) {
                    *g += e * x;
                }
            }
            apply_loop(p, m, v, gradient, update);
        }
    }
}

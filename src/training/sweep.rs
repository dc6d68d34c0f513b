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
    /// Share of the first moment that stays, and of the gradient that comes in. Both are given, since one less the
    /// other loses digits at this precision.
    pub first: [f32; 2],
    /// Share of the second moment that stays, and of the gradient's square that comes in.
    pub second: [f32; 2],
    /// Factor of the weight before the step.
    pub keep: f32,
    /// Step size, corrected for the young first moment.
    pub step: f32,
    /// Inverse of the root of the second moment's correction.
    pub scale: f32,
    /// Keeps the division finite.
    pub epsilon: f32,
}

/// Values that one thread updates at a time.
const STRETCH: usize = 1 << 16;

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

/// Updates a weight from its gradient, with the threads of `pool`, or rayon's own without one.
pub fn apply(slot: Slot, gradient: &Tensor, update: Update, pool: Option<&ThreadPool>) {
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
    let mut work = || {
        p.par_chunks_mut(STRETCH)
            .zip(m.par_chunks_mut(STRETCH))
            .zip(v.par_chunks_mut(STRETCH))
            .zip(g.par_chunks(STRETCH))
            .for_each(|(((p, m), v), g)| stretch(p, m, v, g, update));
    };
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

fn stretch(p: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32], u: Update) {
    for (((p, m), v), &g) in p.iter_mut().zip(m).zip(v).zip(g) {
        // Comparisons rather than `clamp`, so that a bound that is no number cannot panic in the loop; a NaN stays one.
        let g = if g > u.clip { u.clip } else { g };
        let g = if g < -u.clip { -u.clip } else { g };
        *m = u.first[0] * *m + u.first[1] * g;
        *v = u.second[0] * *v + u.second[1] * g * g;
        *p = u.keep * *p - u.step * *m / (v.sqrt() * u.scale + u.epsilon);
    }
}

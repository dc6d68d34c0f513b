//! Chance that can be had again.

use std::sync::{Mutex, PoisonError};

/// Runs `draw` with torch's generator at this seed. The generator is one for the whole program, so nothing
/// else may draw from it meanwhile: whoever needs chance from torch asks for it here.
pub fn seeded<T>(seed: u64, draw: impl FnOnce() -> T) -> T {
    static GENERATOR: Mutex<()> = Mutex::new(());
    let _alone = GENERATOR.lock().unwrap_or_else(PoisonError::into_inner);
    tch::manual_seed(seed.cast_signed());
    draw()
}

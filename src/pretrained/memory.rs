//! Whether a model fits into memory, asked before it is loaded: a machine without memory stops answering.

use super::{Bytes, PretrainedError};
use std::path::Path;

/// What computing takes besides the weights.
const WORKING: u64 = 300_000_000;

/// The memory that programs can still have without pushing others out, where the system tells it (on Linux).
#[must_use]
pub fn free() -> Option<Bytes> {
    available(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

/// `MemAvailable` of `/proc/meminfo`, which is in units of 1,024 bytes.
fn available(meminfo: &str) -> Option<Bytes> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024).map(Bytes)
}

/// Whether weights that take so many bytes in memory can be loaded, with what computing takes besides.
///
/// # Errors
/// When the system says that less is free.
pub(super) fn check(model: &Path, weights: u64) -> Result<(), PretrainedError> {
    check_against(free(), model, weights)
}

fn check_against(free: Option<Bytes>, model: &Path, weights: u64) -> Result<(), PretrainedError> {
    let needed = Bytes(weights.saturating_add(WORKING));
    match free {
        Some(free) if free < needed => Err(PretrainedError::Memory {
            model: model.to_owned(),
            needed,
            free,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read_and_not_what_is_free() {
        let meminfo =
            "MemTotal:       24000000 kB\nMemFree:          100000 kB\nMemAvailable:    2000000 kB\n";
        assert_eq!(available(meminfo), Some(Bytes(2_048_000_000)));
        assert_eq!(available("MemFree: 3 kB\n"), None);
    }

    #[test]
    fn a_model_that_does_not_fit_is_refused_with_both_numbers() {
        let free = Some(Bytes(1_100_000_000));
        let model = Path::new("blip");
        assert!(check_against(free, model, 700_000_000).is_ok());
        assert!(check_against(None, model, u64::MAX).is_ok());
        let error = check_against(free, model, 2_100_000_000).unwrap_err().to_string();
        assert!(
            error.starts_with("blip needs about 2.4 GB of memory, and 1.1 GB are free"),
            "{error}"
        );
    }
}

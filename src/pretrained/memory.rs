//! Which models are in memory, and whether another fits, asked before it is loaded: a machine without memory stops answering.

use super::{Bytes, PretrainedError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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

/// A model whose weights are in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Its folder or file.
    pub path: PathBuf,
    /// What its weights take.
    pub weights: Bytes,
}

/// All that are in memory now, the one loaded first at the front, with a number each is known by.
static LOADED: Mutex<Vec<(u64, Loaded)>> = Mutex::new(Vec::new());

/// The models that are in memory now, the one loaded first at the front.
#[must_use]
pub fn loaded() -> Vec<Loaded> {
    let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    loaded.iter().map(|(_, loaded)| loaded.clone()).collect()
}

/// Memory that a model has; a model holds it as long as it is loaded.
#[derive(Debug)]
pub(super) struct Room {
    number: u64,
}

impl Room {
    /// Takes room for weights of so many bytes.
    ///
    /// # Errors
    /// When the system says that less is free than they and computing take.
    pub fn take(model: &Path, weights: u64) -> Result<Self, PretrainedError> {
        check_against(free(), model, weights)?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let number = loaded.last().map_or(0, |(last, _)| last + 1);
        loaded.push((
            number,
            Loaded {
                path: model.to_owned(),
                weights: Bytes(weights),
            },
        ));
        Ok(Self { number })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.retain(|(number, _)| *number != self.number);
    }
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
    fn a_model_is_listed_as_long_as_it_is_loaded() {
        let mine = |name: &str| {
            loaded()
                .into_iter()
                .find(|loaded| loaded.path == Path::new(name))
                .map(|loaded| loaded.weights)
        };
        let first = Room::take(Path::new("listed first"), 7).unwrap();
        let second = Room::take(Path::new("listed second"), 8).unwrap();
        drop(first);
        assert_eq!(
            (mine("listed first"), mine("listed second")),
            (None, Some(Bytes(8)))
        );
        let third = Room::take(Path::new("listed first"), 9).unwrap();
        drop(second);
        assert_eq!(
            (mine("listed first"), mine("listed second")),
            (Some(Bytes(9)), None)
        );
        drop(third);
        assert_eq!(mine("listed first"), None);
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

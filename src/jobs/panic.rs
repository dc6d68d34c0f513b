//! Work whose panics become words.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does work; of a panic it gives the first line of what it said. What the work held by reference is not to be used again
/// after that.
///
/// # Errors
/// When the work panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    // libtorch puts where it was in its sources behind the first line.
    let text = text.unwrap_or("no reason given").replace("\\n", "\n");
    text.lines().next().unwrap_or_default().to_owned()
}

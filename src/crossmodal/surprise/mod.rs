//! Where a video surprises: frames that do not belong between those around them, frames that do not follow from those before
//! them, and windows of frames that do not go with their captions.
//!
//! A cut surprises, and a shot that was put in; so does all that is shown but once. Whether speech goes with the pictures can
//! only be told where it tells of them, which news speech often does not.

mod fit;
mod kept;
pub mod measuring;
mod scores;

pub use fit::{Judged, JudgedWindows, judge_windows};
pub use kept::SurpriseCurve;
pub use scores::{Alignment, Surprise};

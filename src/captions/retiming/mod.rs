//! Making the times of a transcript right: by matching it with the speech, by anchors, or from nothing.
//!
//! Times are those of the video throughout.

mod alignment;
mod atoms;
mod change;
mod costs;
#[cfg(test)]
pub(crate) mod damage;
mod diagnosis;
mod leftovers;
mod lines;
mod matching;
mod pace;
mod proposal;

pub use change::Retiming;
pub use diagnosis::{Diagnosis, Jump};
pub use proposal::{Proposal, propose};

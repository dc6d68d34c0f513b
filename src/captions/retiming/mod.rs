//! Making the times of a transcript right: by matching it with the speech, by words that were heard,
//! by anchors, or from nothing.
//!
//! Times are those of the video throughout.

mod alignment;
mod anchors;
mod atoms;
mod change;
mod costs;
#[cfg(test)]
pub(crate) mod damage;
mod diagnosis;
mod heard;
mod leftovers;
mod lines;
mod matching;
mod pace;
mod passages;
mod placement;
mod proposal;
mod spread;
mod text_match;
mod warp;

pub use anchors::{Anchor, AnchorError, SuggestedAnchor, realign, suggested_anchors, sync};
pub use change::Retiming;
pub use diagnosis::{Diagnosis, Jump};
pub use heard::{heard_words, propose_by_words};
pub use pace::syllables;
pub use passages::SpreadUnit;
pub use proposal::{Proposal, propose};
pub use spread::spread;

/// What the suspicion queue judges by.
pub(in crate::captions) mod evidence {
    pub(in crate::captions) use super::alignment::{Alignment, align, median};
    pub(in crate::captions) use super::atoms::Atoms;
    pub(in crate::captions) use super::lines::{Line, Lines};
    pub(in crate::captions) use super::placement::Placement;
}

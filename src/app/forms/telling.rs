//! What is chosen about the comparison of two videos.

use crate::analysis::comparing::Spread;
use crate::project::ClusterId;
use std::collections::BTreeSet;

/// Which part of the Compare step is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TellingTab {
    /// Two videos.
    #[default]
    Two,
    /// All projects.
    Library,
}

/// How two videos are compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TellingForm {
    /// Which part is shown.
    pub tab: TellingTab,
    /// What the intervals are over.
    pub spread: Spread,
    /// Compare by words in common, although a model of phrases is here.
    pub words: bool,
    /// The clusters that are left out, of this project and of the other.
    pub left_out: [BTreeSet<ClusterId>; 2],
}

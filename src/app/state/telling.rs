//! The clusters of the project that is open beside those of another one's telling of the same event.

use crate::analysis::FrameSet;
use crate::analysis::comparing::{Compared, TopicMatrix};
use crate::analysis::library::Entry;
use crate::project::{ClusterId, PairIndex, Project, Seconds};
use std::path::PathBuf;
use std::sync::Arc;

/// A project beside the one that is open.
#[derive(Debug, Clone)]
pub struct Other {
    /// What is known of it.
    pub project: Arc<Project>,
    /// The sampled frames of its own video; empty where it cannot be sampled.
    pub frames: Arc<FrameSet>,
    /// The pairs nearest to the middle of each of its clusters.
    pub typical: Vec<Vec<PairIndex>>,
    /// The moment of its video that is looked at.
    pub playhead: Seconds,
}

/// What is compared.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    /// The other project.
    pub other: Option<Other>,
    /// How alike the clusters are, and at which revision of the tags that was found.
    pub compared: Option<Arc<Compared>>,
    /// The cell that is looked at: a cluster of this project and one of the other.
    pub cell: Option<[ClusterId; 2]>,
    /// The projects that are known.
    pub library: Vec<Entry>,
    /// How alike the videos of a topic are.
    pub matrix: Option<(String, TopicMatrix)>,
    /// The other video is played.
    pub playing: bool,
}

impl Telling {
    /// The folder of the other project.
    #[must_use]
    pub fn folder(&self) -> Option<&PathBuf> {
        self.other.as_ref().map(|other| &other.project.folder)
    }
}

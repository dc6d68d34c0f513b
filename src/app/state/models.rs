//! The pretrained models that are on this machine.

use crate::pretrained::memory::Loaded;
use crate::pretrained::{Bytes, Installed, Job, Progress, State};
use std::collections::BTreeMap;

/// What is on the shelf, and what is being fetched.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Models {
    /// All of them, also those that are here in part.
    pub here: Vec<Installed>,
    /// Which does which job.
    pub chosen: BTreeMap<Job, String>,
    /// What the user should know of the list.
    pub warning: Option<String>,
}

/// Memory, while the window of models is open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelMemory {
    /// What is free; none where the system does not say.
    pub free: Option<Bytes>,
    /// The models that are in memory.
    pub loaded: Vec<Loaded>,
}

impl ModelMemory {
    /// What a model's weights take now; none where it is not loaded.
    #[must_use]
    pub fn of(&self, model: &Installed) -> Option<Bytes> {
        let mut loaded = self.loaded.iter();
        let found = loaded.find(|loaded| loaded.path.starts_with(&model.path))?;
        Some(found.weights)
    }
}

impl Models {
    /// Those that can do a job now.
    #[must_use]
    pub fn of(&self, job: Job) -> Vec<Installed> {
        let ready = |model: &&Installed| model.job == job && model.state == State::Ready;
        self.here.iter().filter(ready).cloned().collect()
    }

    /// The one that does it.
    #[must_use]
    pub fn chosen(&self, job: Job) -> Option<&Installed> {
        let id = self.chosen.get(&job)?;
        self.here.iter().find(|model| model.id == *id)
    }

    /// What is known of a model of the catalogue.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Installed> {
        self.here.iter().find(|model| model.id == id)
    }
}

/// How far the fetching of a model is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fetching {
    /// Which.
    pub id: String,
    /// How far; none before the first byte.
    pub progress: Option<Progress>,
}

//! What an edit is made of.

use crate::project::{Assignment, CaptionSource, Cue, CueId, Language, PairChoice, Pairing, Project};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One thing that is different after an edit, as it was and as it will be. None means that it is not there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A cue.
    Cue {
        /// As it was.
        before: Option<Box<Cue>>,
        /// As it will be.
        after: Option<Box<Cue>>,
    },
    /// What was chosen by hand for a pair.
    Pair {
        /// As it was.
        before: Option<PairChoice>,
        /// As it will be.
        after: Option<PairChoice>,
    },
    /// How captions find their frames.
    Pairing {
        /// As it was.
        before: Pairing,
        /// As it will be.
        after: Pairing,
    },
    /// The language whose rules find the words.
    Language {
        /// As it was.
        before: Language,
        /// As it will be.
        after: Language,
    },
    /// Where the captions came from.
    Source {
        /// As it was.
        before: Option<CaptionSource>,
        /// As it will be.
        after: Option<CaptionSource>,
    },
    /// The clusters of a run, without their centroids, which follow from them.
    Clusters {
        /// Name of the run. While another one is in use, the change has no effect.
        run: String,
        /// As they were.
        before: Option<Box<Assignment>>,
        /// As they will be.
        after: Option<Box<Assignment>>,
    },
}

/// What a change is about: of changes of the same thing, the last one counts.
#[derive(PartialEq, Eq, Hash)]
enum Thing {
    Cue(CueId),
    Pair(String),
    Pairing,
    Language,
    Source,
    Clusters(String),
}

impl Change {
    /// The change that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Cue { before, after } => Self::Cue {
                before: after,
                after: before,
            },
            Self::Pair { before, after } => Self::Pair {
                before: after,
                after: before,
            },
            Self::Pairing { before, after } => Self::Pairing {
                before: after,
                after: before,
            },
            Self::Language { before, after } => Self::Language {
                before: after,
                after: before,
            },
            Self::Source { before, after } => Self::Source {
                before: after,
                after: before,
            },
            Self::Clusters { run, before, after } => Self::Clusters {
                run,
                before: after,
                after: before,
            },
        }
    }

    /// The cue that it changes.
    #[must_use]
    pub fn cue(&self) -> Option<CueId> {
        match self {
            Self::Cue { before, after } => after.as_ref().or(before.as_ref()).map(|cue| cue.id),
            _ => None,
        }
    }

    /// Whether other frames may belong to the captions afterwards.
    #[must_use]
    pub fn moves_pairs(&self) -> bool {
        match self {
            Self::Cue { before, after } => {
                let times = |cue: &Option<Box<Cue>>| cue.as_ref().map(|cue| (cue.start, cue.end));
                times(before) != times(after)
            }
            Self::Pair { .. } | Self::Pairing { .. } => true,
            Self::Language { .. } | Self::Source { .. } | Self::Clusters { .. } => false,
        }
    }

    fn thing(&self) -> Thing {
        match self {
            Self::Cue { .. } => Thing::Cue(self.cue().unwrap_or_default()),
            Self::Pair { before, after } => {
                let key = after.as_ref().or(before.as_ref()).map(|choice| &choice.key);
                Thing::Pair(format!("{key:?}"))
            }
            Self::Pairing { .. } => Thing::Pairing,
            Self::Language { .. } => Thing::Language,
            Self::Source { .. } => Thing::Source,
            Self::Clusters { run, .. } => Thing::Clusters(run.clone()),
        }
    }

    /// This change and then a later one of the same thing, as one; none where that leads back.
    fn then(self, later: Self) -> Option<Self> {
        let joined = match (self, later) {
            (Self::Cue { before, .. }, Self::Cue { after, .. }) => Self::Cue { before, after },
            (Self::Pair { before, .. }, Self::Pair { after, .. }) => Self::Pair { before, after },
            (Self::Pairing { before, .. }, Self::Pairing { after, .. }) => Self::Pairing { before, after },
            (Self::Language { before, .. }, Self::Language { after, .. }) => Self::Language { before, after },
            (Self::Source { before, .. }, Self::Source { after, .. }) => Self::Source { before, after },
            (Self::Clusters { run, before, .. }, Self::Clusters { after, .. }) => {
                Self::Clusters { run, before, after }
            }
            (_, later) => later,
        };
        let nothing = match &joined {
            Self::Cue { before, after } => before == after,
            Self::Pair { before, after } => before == after,
            Self::Pairing { before, after } => before == after,
            Self::Language { before, after } => before == after,
            Self::Source { before, after } => before == after,
            Self::Clusters { before, after, .. } => match (before, after) {
                (Some(before), Some(after)) => before.is_same(after),
                (before, after) => before.is_none() && after.is_none(),
            },
        };
        (!nothing).then_some(joined)
    }
}

/// Edits of one group that follow each other become one step of the history: the letters of one typing, the places of
/// one drag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Typing in the text of a cue.
    Typing(CueId),
    /// Dragging, told apart by a number that each drag has of its own.
    Drag(u64),
}

/// A step that can be done, undone and done again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// What it does, in a few words: "Split cue".
    pub label: String,
    /// What is different afterwards; no two changes of the same thing.
    pub changes: Vec<Change>,
    /// Joins the step before if that is of the same group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
}

impl Edit {
    /// The same edit as part of a group.
    #[must_use]
    pub fn in_group(mut self, group: Group) -> Self {
        self.group = Some(group);
        self
    }

    /// The edit that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self {
            changes: self.changes.into_iter().map(Change::inverse).collect(),
            ..self
        }
    }

    /// The first cue that it changes and that is there afterwards.
    #[must_use]
    pub fn leads_to(&self) -> Option<CueId> {
        self.changes.iter().find_map(|change| match change {
            Change::Cue { after: Some(cue), .. } => Some(cue.id),
            Change::Pair {
                after: Some(choice), ..
            } => choice.key.cue(),
            _ => None,
        })
    }

    /// This edit and then a later one, as one step.
    pub(super) fn join(&mut self, later: Self) {
        let mut changes = std::mem::take(&mut self.changes);
        let mut places: HashMap<Thing, usize> = changes
            .iter()
            .enumerate()
            .map(|(place, change)| (change.thing(), place))
            .collect();
        let mut joined: Vec<Option<Change>> = changes.drain(..).map(Some).collect();
        for change in later.changes {
            match places.get(&change.thing()) {
                Some(place) => {
                    if let Some(slot) = joined.get_mut(*place) {
                        *slot = match slot.take() {
                            Some(earlier) => earlier.then(change),
                            None => Some(change),
                        };
                    }
                }
                None => {
                    places.insert(change.thing(), joined.len());
                    joined.push(Some(change));
                }
            }
        }
        self.changes = joined.into_iter().flatten().collect();
        self.label = later.label;
    }
}

impl Project {
    /// Makes everything what it is after these changes. What it was before does not matter, so that the same changes may be
    /// made twice; pairs are not made anew.
    pub(super) fn apply(&mut self, changes: &[Change]) {
        let mut cues: Vec<(CueId, Option<&Cue>)> = Vec::new();
        for change in changes {
            match change {
                Change::Cue { after, .. } => {
                    cues.extend(change.cue().map(|id| (id, after.as_deref())));
                }
                Change::Pair { before, after } => {
                    let key = after.as_ref().or(before.as_ref()).map(|choice| choice.key);
                    let choices = &mut self.manifest.choices;
                    choices.retain(|choice| Some(choice.key) != key);
                    choices.extend(*after);
                    choices.sort_by(|a, b| a.key.order(&b.key));
                }
                Change::Pairing { after, .. } => self.manifest.pairing.clone_from(after),
                Change::Language { after, .. } => self.manifest.language = *after,
                Change::Source { after, .. } => self.manifest.captions.clone_from(after),
                Change::Clusters { run, after, .. } => {
                    if let Some(own) = self.run.as_mut().filter(|own| own.name == *run) {
                        own.set_clusters(after.as_deref().cloned());
                    }
                }
            }
        }
        self.track.set(&cues);
    }
}

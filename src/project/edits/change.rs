//! What an edit is made of.

use crate::project::{
    Assignment, CaptionSource, ClusterId, ClusterTags, Cue, CueId, Language, PairChoice, PairIndex, Pairing,
    Project,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Something before an edit and after it. None means that it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn<T> {
    /// As it was.
    pub before: T,
    /// As it will be.
    pub after: T,
}

impl<T> Turn<T> {
    fn inverse(self) -> Self {
        Self {
            before: self.after,
            after: self.before,
        }
    }

    /// This turn and then a later one, as one.
    fn then(self, later: Self) -> Self {
        Self {
            before: self.before,
            after: later.after,
        }
    }
}

impl<T: PartialEq> Turn<T> {
    fn is_nothing(&self) -> bool {
        self.before == self.after
    }
}

/// One thing that is different after an edit. What is of a run has no effect while another run is in use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A cue.
    Cue(Turn<Option<Box<Cue>>>),
    /// What was chosen by hand for a pair.
    Pair(Turn<Option<PairChoice>>),
    /// How captions find their frames.
    Pairing(Turn<Pairing>),
    /// The language whose rules find the words.
    Language(Turn<Language>),
    /// Where the captions came from.
    Source(Turn<Option<CaptionSource>>),
    /// The clusters of a run, without their centroids, which follow from them.
    Clusters {
        /// Name of the run.
        run: String,
        /// The clusters.
        #[serde(flatten)]
        turn: Turn<Option<Box<Assignment>>>,
    },
    /// The tags of a cluster.
    Tags {
        /// Name of the run.
        run: String,
        /// Which cluster.
        cluster: ClusterId,
        /// Its tags.
        #[serde(flatten)]
        turn: Turn<Option<Box<ClusterTags>>>,
    },
    /// What a frame shows, in the analyst's words; none for the model's.
    Description {
        /// Name of the run.
        run: String,
        /// The pair whose frame it is.
        pair: PairIndex,
        /// The words.
        #[serde(flatten)]
        turn: Turn<Option<String>>,
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
    Tags(String, ClusterId),
    Description(String, PairIndex),
}

impl Change {
    /// The change that takes this one back.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Cue(turn) => Self::Cue(turn.inverse()),
            Self::Pair(turn) => Self::Pair(turn.inverse()),
            Self::Pairing(turn) => Self::Pairing(turn.inverse()),
            Self::Language(turn) => Self::Language(turn.inverse()),
            Self::Source(turn) => Self::Source(turn.inverse()),
            Self::Clusters { run, turn } => Self::Clusters {
                run,
                turn: turn.inverse(),
            },
            Self::Tags { run, cluster, turn } => Self::Tags {
                run,
                cluster,
                turn: turn.inverse(),
            },
            Self::Description { run, pair, turn } => Self::Description {
                run,
                pair,
                turn: turn.inverse(),
            },
        }
    }

    /// The cue that it changes.
    #[must_use]
    pub fn cue(&self) -> Option<CueId> {
        match self {
            Self::Cue(Turn { before, after }) => after.as_ref().or(before.as_ref()).map(|cue| cue.id),
            _ => None,
        }
    }

    /// Whether other frames may belong to the captions afterwards.
    #[must_use]
    pub fn moves_pairs(&self) -> bool {
        match self {
            Self::Cue(Turn { before, after }) => {
                let times = |cue: &Option<Box<Cue>>| cue.as_ref().map(|cue| (cue.start, cue.end));
                times(before) != times(after)
            }
            Self::Pair(_) | Self::Pairing(_) => true,
            _ => false,
        }
    }

    /// Whether it is of what was found in a training, not of the captions and pairs.
    #[must_use]
    pub fn is_of_results(&self) -> bool {
        matches!(
            self,
            Self::Clusters { .. } | Self::Tags { .. } | Self::Description { .. }
        )
    }

    fn thing(&self) -> Thing {
        match self {
            Self::Cue(_) => Thing::Cue(self.cue().unwrap_or_default()),
            Self::Pair(Turn { before, after }) => {
                let key = after.as_ref().or(before.as_ref()).map(|choice| &choice.key);
                Thing::Pair(format!("{key:?}"))
            }
            Self::Pairing(_) => Thing::Pairing,
            Self::Language(_) => Thing::Language,
            Self::Source(_) => Thing::Source,
            Self::Clusters { run, .. } => Thing::Clusters(run.clone()),
            Self::Tags { run, cluster, .. } => Thing::Tags(run.clone(), *cluster),
            Self::Description { run, pair, .. } => Thing::Description(run.clone(), *pair),
        }
    }

    /// This change and then a later one of the same thing, as one; none where that leads back.
    fn then(self, later: Self) -> Option<Self> {
        let joined = match (self, later) {
            (Self::Cue(turn), Self::Cue(later)) => Self::Cue(turn.then(later)),
            (Self::Pair(turn), Self::Pair(later)) => Self::Pair(turn.then(later)),
            (Self::Pairing(turn), Self::Pairing(later)) => Self::Pairing(turn.then(later)),
            (Self::Language(turn), Self::Language(later)) => Self::Language(turn.then(later)),
            (Self::Source(turn), Self::Source(later)) => Self::Source(turn.then(later)),
            (Self::Clusters { run, turn }, Self::Clusters { turn: later, .. }) => Self::Clusters {
                run,
                turn: turn.then(later),
            },
            (Self::Tags { run, cluster, turn }, Self::Tags { turn: later, .. }) => Self::Tags {
                run,
                cluster,
                turn: turn.then(later),
            },
            (Self::Description { run, pair, turn }, Self::Description { turn: later, .. }) => {
                Self::Description {
                    run,
                    pair,
                    turn: turn.then(later),
                }
            }
            (_, later) => later,
        };
        let nothing = match &joined {
            Self::Cue(turn) => turn.is_nothing(),
            Self::Pair(turn) => turn.is_nothing(),
            Self::Pairing(turn) => turn.is_nothing(),
            Self::Language(turn) => turn.is_nothing(),
            Self::Source(turn) => turn.is_nothing(),
            Self::Clusters { turn, .. } => match (&turn.before, &turn.after) {
                (Some(before), Some(after)) => before.is_same(after),
                (before, after) => before.is_none() && after.is_none(),
            },
            Self::Tags { turn, .. } => turn.is_nothing(),
            Self::Description { turn, .. } => turn.is_nothing(),
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
    /// The tags that a language model writes, cluster after cluster.
    Writing,
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
            Change::Cue(Turn { after: Some(cue), .. }) => Some(cue.id),
            Change::Pair(Turn {
                after: Some(choice), ..
            }) => choice.key.cue(),
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
                Change::Cue(Turn { after, .. }) => {
                    cues.extend(change.cue().map(|id| (id, after.as_deref())));
                }
                Change::Pair(Turn { before, after }) => {
                    let key = after.as_ref().or(before.as_ref()).map(|choice| choice.key);
                    let choices = &mut self.manifest.choices;
                    choices.retain(|choice| Some(choice.key) != key);
                    choices.extend(*after);
                    choices.sort_by(|a, b| a.key.order(&b.key));
                }
                Change::Pairing(turn) => self.manifest.pairing.clone_from(&turn.after),
                Change::Language(turn) => self.manifest.language = turn.after,
                Change::Source(turn) => self.manifest.captions.clone_from(&turn.after),
                Change::Clusters { run, turn } => {
                    if let Some(own) = self.run.as_mut().filter(|own| own.name == *run) {
                        own.set_clusters(turn.after.as_deref().cloned());
                    }
                }
                Change::Tags { run, cluster, turn } => {
                    if let Some(own) = self.run.as_mut().filter(|own| own.name == *run) {
                        own.set_tags(*cluster, turn.after.as_deref().cloned());
                    }
                }
                Change::Description { run, pair, turn } => {
                    if let Some(own) = self.run.as_mut().filter(|own| own.name == *run) {
                        own.set_description(*pair, turn.after.clone());
                    }
                }
            }
        }
        self.track.set(&cues);
    }
}

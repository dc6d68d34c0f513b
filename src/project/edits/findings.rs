//! Edits of what was found in a training: the clusters with their names and pairs, their tags, what frames show.

use super::{Change, Edit, Turn};
use crate::project::{Assignment, ClusterId, ClusterTags, PairIndex, Project};

/// Makes the clusters of the run in use what they are in `after`; none where nothing would be different.
#[must_use]
pub fn set_clusters(project: &Project, after: Option<Assignment>, label: impl Into<String>) -> Option<Edit> {
    let run = project.run.as_ref()?;
    let before = run.assignment.clone();
    let same = match (&before, &after) {
        (Some(before), Some(after)) => before.is_same(after),
        (before, after) => before.is_none() && after.is_none(),
    };
    (!same).then(|| Edit {
        label: label.into(),
        changes: vec![Change::Clusters {
            run: run.name.clone(),
            turn: Turn {
                before: before.map(Box::new),
                after: after.map(Box::new),
            },
        }],
        group: None,
    })
}

/// Makes the tags of a cluster of the run in use others; none forgets what was written of it, so that keywords come in their
/// place. None where nothing would be different.
#[must_use]
pub fn set_tags(
    project: &Project,
    cluster: ClusterId,
    after: Option<ClusterTags>,
    label: impl Into<String>,
) -> Option<Edit> {
    let run = project.run.as_ref()?;
    let before = run.tags_of(cluster).cloned();
    (before != after).then(|| Edit {
        label: label.into(),
        changes: vec![Change::Tags {
            run: run.name.clone(),
            cluster,
            turn: Turn {
                before: before.map(Box::new),
                after: after.map(Box::new),
            },
        }],
        group: None,
    })
}

/// Puts the analyst's words in place of what a model says that a frame shows; none gives the model its words back. None where
/// nothing would be different.
#[must_use]
pub fn describe(project: &Project, pair: PairIndex, after: Option<String>) -> Option<Edit> {
    let run = project.run.as_ref()?;
    let before = run.descriptions.get(&pair).and_then(|known| known.edited.clone());
    (before != after).then(|| Edit {
        label: "Describe a frame".into(),
        changes: vec![Change::Description {
            run: run.name.clone(),
            pair,
            turn: Turn { before, after },
        }],
        group: None,
    })
}

//! Edits of the clusters: which there are, what they are called, and which pairs are in them.

use super::{Change, Edit};
use crate::project::{Assignment, Project};

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
            before: before.map(Box::new),
            after: after.map(Box::new),
        }],
        group: None,
    })
}

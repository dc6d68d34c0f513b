//! Edits of a project: each a value with an inverse, made by a function of the track as it is, and kept in a history
//! that can be undone without limit and in a journal that outlives a crash.

mod change;
mod find;
mod findings;
mod history;
pub mod journal;
mod marks;
mod pairs;
#[cfg(test)]
mod properties;
mod shape;
mod text;
mod times;

pub use change::{Change, Edit, Group, Turn};
pub use find::{FindError, Finder, Found};
pub use findings::{describe, set_clusters, set_tags};
pub use history::{EditHistory, Entry, Step};
pub use journal::Recovery;
pub use marks::{confirm, lock};
pub use pairs::{accept_times, choose_pair, replace_captions, set_language, set_pairing};
pub use shape::{delete, insert, insert_at, merge, split};
pub use text::{retype, set_text};
pub use times::{NewTimes, drag, set_end, set_start, set_times, shift, shift_after, start_and_shift_rest};

use super::track::{CaptionTrack, Cue};
use super::units::counted;

/// Changes of cues on their way to an edit.
struct Draft {
    changes: Vec<Change>,
}

impl Draft {
    fn new() -> Self {
        Self { changes: Vec::new() }
    }

    /// A cue becomes another; nothing where they are the same.
    fn change(&mut self, before: &Cue, after: Cue) {
        if *before != after {
            self.changes.push(Change::Cue(Turn {
                before: Some(Box::new(before.clone())),
                after: Some(Box::new(after)),
            }));
        }
    }

    fn insert(&mut self, cue: Cue) {
        self.changes.push(Change::Cue(Turn {
            before: None,
            after: Some(Box::new(cue)),
        }));
    }

    fn delete(&mut self, cue: &Cue) {
        self.changes.push(Change::Cue(Turn {
            before: Some(Box::new(cue.clone())),
            after: None,
        }));
    }

    /// The edit; none where nothing changes.
    fn edit(self, label: impl Into<String>) -> Option<Edit> {
        (!self.changes.is_empty()).then(|| Edit {
            label: label.into(),
            changes: self.changes,
            group: None,
        })
    }
}

/// The cues of these identities that are there, in the order of the track.
fn chosen<'a>(track: &'a CaptionTrack, ids: &[super::CueId]) -> Vec<&'a Cue> {
    let mut places: Vec<usize> = ids.iter().filter_map(|id| track.place(*id)).collect();
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .filter_map(|place| track.cues.get(place))
        .collect()
}

fn cues(count: usize) -> String {
    counted(count, "cue")
}

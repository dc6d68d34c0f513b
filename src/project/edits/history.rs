//! What was done and can be undone.

use super::change::Edit;
use crate::project::Project;
use serde::{Deserialize, Serialize};

/// How an edit came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// A step of its own.
    Do,
    /// Part of the step before.
    Join,
    /// The step before, taken back. The edit is the one that was taken back.
    Undo,
    /// What was taken back, done again.
    Redo,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// How it came about.
    pub step: Step,
    /// What was changed; of [`Step::Undo`] what was changed back.
    pub edit: Edit,
}

/// All edits since the project was opened. It survives saving.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EditHistory {
    done: Vec<Edit>,
    undone: Vec<Edit>,
    /// The next edit of the same group joins the last one.
    open: bool,
    /// What the journal does not hold yet.
    pending: Vec<Entry>,
    /// So many of them are being written at the moment.
    handed_over: usize,
}

impl EditHistory {
    /// Does an edit.
    pub fn apply(&mut self, project: &mut Project, edit: Edit) {
        project.apply(&edit.changes);
        let joins = self.open
            && edit.group.is_some()
            && self.undone.is_empty()
            && self.done.last().is_some_and(|last| last.group == edit.group);
        let step = if joins { Step::Join } else { Step::Do };
        self.remember(step, edit.clone());
        self.take(step, edit);
    }

    /// Takes the last step back and says which that was; none where there is none.
    pub fn undo(&mut self, project: &mut Project) -> Option<&Edit> {
        let edit = self.done.last()?.clone();
        project.apply(&edit.clone().inverse().changes);
        self.remember(Step::Undo, edit.clone());
        self.take(Step::Undo, edit);
        self.undone.last()
    }

    /// Does the step again that was taken back last, and says which that was.
    pub fn redo(&mut self, project: &mut Project) -> Option<&Edit> {
        let edit = self.undone.last()?.clone();
        project.apply(&edit.changes);
        self.remember(Step::Redo, edit.clone());
        self.take(Step::Redo, edit);
        self.done.last()
    }

    /// Ends a group: what follows is a step of its own.
    pub fn seal(&mut self) {
        self.open = false;
    }

    /// Does again what a journal holds; it counts as kept there.
    pub fn replay(&mut self, project: &mut Project, entries: Vec<Entry>) {
        for Entry { step, edit } in entries {
            // Which edits belong together is known; whether they do is not asked again.
            match step {
                Step::Undo => project.apply(&edit.clone().inverse().changes),
                Step::Do | Step::Join | Step::Redo => project.apply(&edit.changes),
            }
            self.take(step, edit);
        }
        self.seal();
    }

    fn take(&mut self, step: Step, edit: Edit) {
        self.open = matches!(step, Step::Do | Step::Join);
        match step {
            Step::Do => {
                self.undone.clear();
                // A typing that was given up leaves nothing to be undone.
                if !edit.changes.is_empty() {
                    self.done.push(edit);
                }
            }
            Step::Join => match self.done.last_mut() {
                Some(last) => {
                    last.join(edit);
                    if last.changes.is_empty() {
                        self.done.pop();
                    }
                }
                None => self.done.push(edit),
            },
            // The step before may be of a time before the journal began: then it is not among those done.
            Step::Undo => {
                self.done.pop();
                self.undone.push(edit);
            }
            Step::Redo => {
                self.undone.pop();
                self.done.push(edit);
            }
        }
    }

    fn remember(&mut self, step: Step, edit: Edit) {
        let held = self.pending.len() > self.handed_over;
        match self.pending.last_mut().filter(|_| held) {
            // Letters that follow each other need no line each.
            Some(last) if step == Step::Join && matches!(last.step, Step::Do | Step::Join) => {
                last.edit.join(edit);
            }
            _ => self.pending.push(Entry { step, edit }),
        }
    }

    /// What the last step was; none where nothing can be undone.
    #[must_use]
    pub fn undoes(&self) -> Option<&str> {
        self.done.last().map(|edit| edit.label.as_str())
    }

    /// What would be done again; none where nothing was undone.
    #[must_use]
    pub fn redoes(&self) -> Option<&str> {
        self.undone.last().map(|edit| edit.label.as_str())
    }

    /// How many steps can be undone.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.done.len()
    }

    /// Whether something is neither in the journal nor on its way there.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.pending.len() > self.handed_over
    }

    /// What the journal does not hold yet, the earliest first, to be written. Until [`Self::kept`] or [`Self::refused`] is
    /// called it counts as on its way.
    pub fn hand_over(&mut self) -> Vec<Entry> {
        self.handed_over = self.pending.len();
        self.pending.clone()
    }

    /// What was handed over is on disk, in the journal or in the project itself.
    pub fn kept(&mut self) {
        self.pending.drain(..self.handed_over);
        self.handed_over = 0;
    }

    /// What was handed over could not be written, and has to be handed over again.
    pub fn refused(&mut self) {
        self.handed_over = 0;
    }
}

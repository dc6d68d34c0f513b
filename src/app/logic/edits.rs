//! Edits: done, undone, kept in the journal, and brought back after a crash.

use crate::app::App;
use crate::app::forms::{AlignmentTab, Editing};
use crate::app::state::{PairRows, Question};
use crate::app::work::{self, Kind};
use crate::captions::detect_language;
use crate::project::edits::{Change, Edit, Group, Recovery};
use crate::project::{Cue, Staleness, counted, edits};
use eframe::egui;
use std::time::{Duration, Instant};

/// Edits are in the journal at the latest this long after they were made, and the time that writing takes.
const JOURNAL: Duration = Duration::from_millis(600);

/// What follows from edits and takes a while to find out is found out once nothing more was edited for this long.
const SETTLED: Duration = Duration::from_millis(250);

/// How what is told of an edit ends, as long as Undo can take it back.
pub(super) const TAKES_BACK: &str = "; Undo takes it back";

impl App {
    /// Does an edit, if it is one.
    pub(super) fn edit(&mut self, edit: Option<Edit>) {
        let (Some(project), Some(edit)) = (&mut self.state.project, edit) else {
            return;
        };
        let changes = edit.changes.clone();
        self.state.edits.apply(project, edit);
        self.follow(&changes);
    }

    /// To be called after changes were made, or taken back.
    fn follow(&mut self, changes: &[Change]) {
        if changes.iter().all(Change::is_of_results) {
            self.keep_later();
        } else {
            self.edited(changes.iter().any(Change::moves_pairs));
        }
        if changes
            .iter()
            .any(|change| matches!(change, Change::Clusters { .. }))
        {
            self.clusters_changed();
        }
        let tagged = changes.iter().any(|change| matches!(change, Change::Tags { .. }));
        if tagged {
            self.tag_where_missing();
        }
        let described = |change: &Change| matches!(change, Change::Description { .. });
        // While tags are written, what supports them is found once all are there.
        if changes.iter().any(described) || tagged && !self.jobs.is_running(Kind::Write) {
            self.support_tags();
        }
    }

    /// Something was edited: it goes to the journal, and later to the project's files.
    fn keep_later(&mut self) -> Instant {
        self.state.revision += 1;
        let now = Instant::now();
        self.state.edited = Some(now);
        self.journal_due.get_or_insert(now + JOURNAL);
        now
    }

    pub(super) fn undo(&mut self) {
        self.step_back_or_forth(true);
    }

    pub(super) fn redo(&mut self) {
        self.step_back_or_forth(false);
    }

    fn step_back_or_forth(&mut self, back: bool) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        let step = if back {
            self.state.edits.undo(project).cloned().map(Edit::inverse)
        } else {
            self.state.edits.redo(project).cloned()
        };
        let Some(step) = step else { return };
        // What tells that Undo takes it back has been heard.
        self.state
            .notices
            .retain(|notice| !back || !notice.text.ends_with(TAKES_BACK));
        let done = if back { "Undone" } else { "Done again" };
        self.state.said = Some(format!("{done}: {}", step.label));
        self.follow(&step.changes);
        if let Some(cue) = step.leads_to() {
            self.look_at_cue(cue);
        }
    }

    /// To be called after captions, choices or settings of the pairs became others.
    pub(super) fn edited(&mut self, moves_pairs: bool) {
        if moves_pairs {
            self.pair_again();
        }
        self.state.track_revision += 1;
        self.unsettled = Some(self.keep_later());
        let track = self.state.project.as_ref().map(|project| &project.track);
        if let Some(editing) = &mut self.forms.cues.editing {
            // What is typed is in the track already; what another edit made of it is taken over.
            match track.and_then(|track| track.cue(editing.cue)) {
                Some(cue) if cue.text != editing.text => editing.text.clone_from(&cue.text),
                Some(_) => {}
                None => self.forms.cues.editing = None,
            }
        }
    }

    /// Types in the text of a cue: all that is typed until it is left is one step.
    pub(super) fn type_text(&mut self, cue: crate::project::CueId, text: &str) {
        if let Some(project) = &self.state.project {
            let editing = self
                .forms
                .cues
                .editing
                .as_ref()
                .filter(|editing| editing.cue == cue);
            let original = editing.map(|editing| editing.original.clone());
            match original {
                Some(original) => self.retype(&original, text),
                None => {
                    let edit = edits::set_text(&project.track, cue, text);
                    self.edit(edit.map(|edit| edit.in_group(Group::Typing(cue))));
                }
            }
        }
    }

    /// Gives a cue another text than it had when typing began: words that went and came again keep their times.
    fn retype(&mut self, original: &Cue, text: &str) {
        let project = self.state.project.as_ref();
        let edit = project.and_then(|project| edits::retype(&project.track, original, text));
        self.edit(edit.map(|edit| edit.in_group(Group::Typing(original.id))));
    }

    /// Begins to type in the text of a cue.
    pub(super) fn begin_typing(&mut self, cue: crate::project::CueId) {
        let project = self.state.project.as_ref();
        let Some(cue) = project.and_then(|project| project.track.cue(cue)) else {
            return;
        };
        let editing = Editing {
            cue: cue.id,
            text: cue.text.clone(),
            original: cue.clone(),
            caret: None,
            composing: false,
            focus: true,
        };
        self.state.edits.seal();
        self.forms.cues.editing = Some(editing);
        self.forms.cues.scroll = true;
    }

    /// Leaves the text; what was typed stays, or goes back to what it was.
    pub(super) fn end_typing(&mut self, keep: bool) {
        if let Some(editing) = self.forms.cues.editing.take() {
            if !keep {
                self.retype(&editing.original, &editing.original.text);
            }
            self.state.edits.seal();
        }
    }

    /// Writes to the journal what it does not hold yet, when it is time.
    pub(super) fn keep_journal(&mut self, context: &egui::Context) {
        let Some(due) = self.journal_due else { return };
        if self.is_recovery_open() {
            // What a crash left in it is not to be added to.
            return;
        }
        if !self.state.edits.is_ahead() {
            self.journal_due = None;
            return;
        }
        let wait = due.saturating_duration_since(Instant::now());
        if wait > Duration::ZERO {
            context.request_repaint_after(wait);
            return;
        }
        if self.jobs.is_running(Kind::Save) || self.jobs.is_running(Kind::Journal) {
            // Both write the journal; their end wakes us.
            return;
        }
        self.journal_due = None;
        if !self.has_base() {
            self.start_saving();
        } else if let Some(project) = &self.state.project {
            let folder = project.folder.clone();
            let entries = self.state.edits.hand_over();
            self.jobs.start(Kind::Journal, move |out| {
                work::keep_journal(&folder, &entries, out)
            });
        }
    }

    /// The journal holds what was handed over.
    pub(super) fn journal_kept(&mut self) {
        self.state.edits.kept();
        self.state.journaled = Some(Instant::now());
    }

    /// What was handed over could not be written: it is tried again with the next edit, and with the next save.
    pub(super) fn journal_refused(&mut self) {
        self.state.edits.refused();
    }

    /// Finds out what follows from the edits, once there is a pause.
    pub(super) fn settle(&mut self, context: &egui::Context) {
        let Some(since) = self.unsettled else { return };
        let wait = SETTLED.saturating_sub(since.elapsed());
        if wait > Duration::ZERO {
            context.request_repaint_after(wait);
            return;
        }
        self.unsettled = None;
        let before = self.state.stale.take();
        let Some(project) = &self.state.project else {
            return;
        };
        self.state.stale = Staleness::of(project);
        let seems = detect_language(&project.track);
        let differs = seems != project.manifest.language && !project.track.cues.is_empty();
        self.state.other_language = differs.then_some(seems);
        if self.forms.cues.tab == AlignmentTab::Pairs {
            self.state.pair_rows = PairRows::of(project, self.forms.flagged_only);
        }
        self.look_for_doubts();
        let Some(project) = &self.state.project else {
            return;
        };
        let reworded = |stale: &Option<Staleness>| stale.as_ref().map_or(0, |stale| stale.reworded.len());
        let has_tags = project.run.as_ref().is_some_and(|run| run.assignment.is_some());
        // Words are quickly counted; nothing else is done again before the analyst asks for it.
        if has_tags && (reworded(&before) > 0 || reworded(&self.state.stale) > 0) {
            self.start_tags();
        }
    }

    /// Offers what a crash left; where it left files that do not fit together, there is nothing to choose.
    pub(super) fn found_recovery(&mut self, recovery: Recovery) {
        if recovery.amid_saving {
            self.recover(recovery);
        } else {
            self.state.question = Some(Question::Recover(recovery));
        }
    }

    pub(super) fn recover(&mut self, recovery: Recovery) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        let count = recovery.edits.len();
        self.state.edits.replay(project, recovery.edits);
        self.edited(true);
        self.clusters_changed();
        self.changed();
        let verb = if count == 1 { "is" } else { "are" };
        self.state.notice(
            format!(
                "{} {verb} back that had not been saved; Undo takes them back",
                counted(count, "step")
            ),
            false,
        );
    }

    pub(super) fn discard_recovery(&mut self) {
        if let Some(project) = &self.state.project {
            let folder = project.folder.clone();
            self.jobs
                .start(Kind::Journal, move |_| Ok(edits::journal::clear(&folder)?));
        }
    }

    /// Whether saving would destroy what a crash left and nobody has decided about.
    pub(super) fn is_recovery_open(&self) -> bool {
        matches!(self.state.question, Some(Question::Recover(_)))
    }
}

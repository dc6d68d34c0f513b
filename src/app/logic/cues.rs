//! What is done with cues by keys and buttons of the Alignment panel.

use super::edits::TAKES_BACK;
use crate::app::App;
use crate::app::command::Command;
use crate::app::forms::{AlignmentTab, FindForm, ShiftForm, ShiftScope};
use crate::app::state::{PairRows, Pick};
use crate::captions::Tokenizer;
use crate::project::edits::{self, Edit, Found};
use crate::project::{CueId, Language, PairFate, PairKey, Project, Seconds};

impl App {
    /// Carries out a command about the cues or the pairs.
    pub(super) fn run_alignment(&mut self, command: Command) {
        match command {
            Command::EditText => {
                if let Some(cue) = self.state.cues.active {
                    self.forms.cues.tab = AlignmentTab::Cues;
                    self.begin_typing(cue);
                }
            }
            Command::ExtendUp => self.step_cues(-1, Pick::Range),
            Command::ExtendDown => self.step_cues(1, Pick::Range),
            Command::SelectAll => {
                if let Some(project) = &self.state.project {
                    self.state.cues.pick_all(&project.track);
                }
            }
            Command::ShiftBy => {
                let by = Seconds(0.0);
                let scope = ShiftScope::Chosen;
                self.forms.cues.shift = Some(ShiftForm { by, scope });
            }
            Command::Find | Command::Replace => {
                let mut find = self.forms.cues.find.take().unwrap_or_default();
                find.replacing = command == Command::Replace;
                find.focus = true;
                self.forms.cues.find = Some(find);
                self.forms.cues.tab = AlignmentTab::Cues;
            }
            Command::CheckTimes
            | Command::CheckPictures
            | Command::SpreadOverSpeech
            | Command::AcceptAllTimes
            | Command::AcceptTimes
            | Command::RefuseTimes
            | Command::CloseProposal
            | Command::PinHere
            | Command::SyncPoint
            | Command::NextAnchor
            | Command::NextDoubt
            | Command::PreviousDoubt => self.run_correction(command),
            Command::FindNext => self.find_next(),
            Command::Filter => self.forms.cues.focus_filter = true,
            Command::SwitchTable => {
                self.end_typing(true);
                self.forms.cues.tab = match self.forms.cues.tab {
                    AlignmentTab::Cues => AlignmentTab::Pairs,
                    AlignmentTab::Pairs => AlignmentTab::Cues,
                };
                if let Some(project) = &self.state.project {
                    self.state.pair_rows = PairRows::of(project, self.forms.flagged_only);
                }
            }
            _ => {
                self.state.edits.seal();
                let edit = self
                    .state
                    .project
                    .as_ref()
                    .and_then(|project| self.edit_of(project, command));
                let leads = edit.as_ref().and_then(Edit::leads_to);
                if edit.is_none()
                    && let Some(why) = without_effect(command)
                {
                    self.state.notice(why, false);
                }
                let places_new = matches!(command, Command::Insert | Command::Merge);
                self.edit(edit);
                if let Some(cue) = leads.filter(|_| places_new) {
                    self.look_at_cue(cue);
                }
                if command == Command::Insert
                    && let Some(cue) = leads
                {
                    self.begin_typing(cue);
                }
            }
        }
    }

    /// The edit that a command makes of things as they are.
    fn edit_of(&self, project: &Project, command: Command) -> Option<Edit> {
        let (track, cues) = (&project.track, &self.state.cues);
        let here = project.manifest.pairing.in_captions(self.state.playhead);
        let active = cues.active;
        let chosen = || cues.selection(track);
        let step = Seconds(self.settings.nudge);
        let back = Seconds(-self.settings.nudge);
        match command {
            Command::SetStart => edits::set_start(track, active?, here),
            Command::SetEnd => edits::set_end(track, active?, here),
            Command::StartAndShiftRest => edits::start_and_shift_rest(track, active?, here),
            Command::NudgeEarlier => edits::shift(track, &chosen(), back),
            Command::NudgeLater => edits::shift(track, &chosen(), step),
            Command::ShiftRestEarlier => edits::shift_after(track, active?, back),
            Command::ShiftRestLater => edits::shift_after(track, active?, step),
            Command::Split => {
                let editing = self.forms.cues.editing.as_ref();
                let caret = editing.filter(|editing| Some(editing.cue) == active);
                edits::split(
                    track,
                    active?,
                    Some(here),
                    caret.and_then(|editing| editing.caret),
                )
            }
            Command::Merge => edits::merge(track, &chosen()),
            Command::Insert => edits::insert_at(track, here),
            Command::Delete => edits::delete(track, &chosen()),
            Command::ToggleAnchor => {
                let is_anchor = |id: &CueId| track.cue(*id).is_some_and(|cue| cue.locked);
                let chosen = chosen();
                edits::lock(track, &chosen, !chosen.iter().all(is_anchor))
            }
            Command::Confirm => edits::confirm(track, &chosen()),
            Command::PairHere => {
                let fate = PairFate::Frame(self.state.playhead);
                let key = self.pair_key(project)?;
                key.cue().and(edits::choose_pair(project, key, Some(fate)))
            }
            Command::DropPair => {
                edits::choose_pair(project, self.pair_key(project)?, Some(PairFate::Dropped))
            }
            Command::PairByRule => edits::choose_pair(project, self.pair_key(project)?, None),
            _ => None,
        }
    }

    /// What a choice about the pair that is looked at is about.
    fn pair_key(&self, project: &Project) -> Option<PairKey> {
        let rule = project.manifest.pairing.rule;
        match self.forms.cues.tab {
            AlignmentTab::Pairs => self.state.pair_now().map(|pair| pair.key(rule)),
            AlignmentTab::Cues => self.state.cues.active.map(PairKey::Cue),
        }
    }

    /// Moves cues as the form for it says.
    pub(super) fn shift_cues(&mut self, form: ShiftForm) {
        let Some(project) = &self.state.project else {
            return;
        };
        let (track, cues) = (&project.track, &self.state.cues);
        let edit = match form.scope {
            ShiftScope::Chosen => edits::shift(track, &cues.selection(track), form.by),
            ShiftScope::Rest => cues
                .active
                .and_then(|cue| edits::shift_after(track, cue, form.by)),
            ShiftScope::All => {
                let all: Vec<CueId> = track.cues.iter().map(|cue| cue.id).collect();
                edits::shift(track, &all, form.by)
            }
        };
        self.edit(edit);
        self.forms.cues.shift = None;
    }

    /// Chooses a cue and moves the playhead to it.
    pub(super) fn pick_cue(&mut self, cue: CueId, how: Pick) {
        if self
            .forms
            .cues
            .editing
            .as_ref()
            .is_some_and(|editing| editing.cue != cue)
        {
            self.end_typing(true);
        }
        let Some(project) = &self.state.project else {
            return;
        };
        self.state.cues.pick(&project.track, cue, how);
        if let Some(spoken) = project.spoken(cue) {
            self.seek(spoken.start);
        }
        self.choose_pairs_of_cues();
    }

    /// Chooses a cue and brings its row into view.
    pub(super) fn look_at_cue(&mut self, cue: CueId) {
        self.pick_cue(cue, Pick::Only);
        self.forms.cues.scroll = true;
    }

    /// Goes so many rows on.
    pub(super) fn step_cues(&mut self, by: i64, how: Pick) {
        let project = self.state.project.as_ref();
        let next = project.and_then(|project| self.state.cues.step(&project.track, by));
        if let Some(next) = next {
            self.pick_cue(next, how);
            self.forms.cues.scroll = true;
        }
    }

    /// Leaves the text and types in that of the next row.
    pub(super) fn type_next(&mut self) {
        let before = self.state.cues.active;
        self.end_typing(true);
        self.step_cues(1, Pick::Only);
        if let Some(cue) = self.state.cues.active.filter(|cue| Some(*cue) != before) {
            self.begin_typing(cue);
        }
    }

    pub(super) fn find_next(&mut self) {
        let (Some(project), Some(finder)) = (&self.state.project, self.finder()) else {
            return;
        };
        let active = self.state.cues.active;
        let after = self
            .state
            .cues
            .found
            .clone()
            .filter(|found| Some(found.cue) == active);
        // Where nothing was found yet, the search begins with the active cue.
        let from = after.or_else(|| {
            Some(Found {
                cue: active?,
                bytes: 0..0,
            })
        });
        self.state.cues.found = finder.next(&project.track, from.as_ref());
        if let Some(found) = self.state.cues.found.clone() {
            self.look_at_cue(found.cue);
        }
    }

    /// Replaces what was found last, or finds the first, and goes on to the next.
    pub(super) fn replace_one(&mut self) {
        let (Some(project), Some(finder)) = (&self.state.project, self.finder()) else {
            return;
        };
        let with = self
            .forms
            .cues
            .find
            .as_ref()
            .map_or("", |find| find.with.as_str());
        let found = self.state.cues.found.take();
        let edit = found
            .as_ref()
            .and_then(|found| finder.replace(&project.track, found, with));
        self.state.edits.seal();
        let written = with.len();
        let replaced = edit.is_some();
        self.edit(edit);
        // What was put in is not looked at again.
        self.state.cues.found = found.filter(|_| replaced).map(|found| Found {
            bytes: found.bytes.start..found.bytes.start + written,
            ..found
        });
        self.find_next();
    }

    pub(super) fn replace_all(&mut self) {
        let (Some(project), Some(finder)) = (&self.state.project, self.finder()) else {
            return;
        };
        let find = self.forms.cues.find.clone().unwrap_or_default();
        let chosen = find.within.then(|| self.state.cues.selection(&project.track));
        let edit = finder.replace_all(&project.track, chosen.as_deref(), &find.with);
        let done = edit.as_ref().map_or_else(
            || "Nothing was replaced".to_owned(),
            |edit| format!("{}: done{TAKES_BACK}", edit.label),
        );
        self.state.notice(done, false);
        self.state.edits.seal();
        self.edit(edit);
        self.state.cues.found = None;
    }

    fn finder(&self) -> Option<edits::Finder> {
        let find = self.forms.cues.find.as_ref()?;
        find.finder().ok().flatten()
    }

    /// Everything the panel draws that takes more than reading.
    pub(super) fn prepare_alignment_panel(&mut self) {
        let Some(project) = &self.state.project else {
            return;
        };
        let cues = &mut self.state.cues;
        let seen = (
            self.state.track_revision,
            self.forms.cues.filter.clone(),
            self.settings.reading,
            cues.active,
        );
        let changed = self.prepared.as_ref().is_none_or(|prepared| {
            let (revision, filter, limits, _) = prepared;
            (*revision, filter, limits) != (seen.0, &seen.1, &seen.2)
        });
        let moved = self
            .prepared
            .as_ref()
            .is_none_or(|prepared| prepared.3 != cues.active);
        if changed {
            cues.follow(&project.track, &seen.1, &seen.2);
        }
        if changed || moved {
            let cue = cues.active.and_then(|id| project.track.cue(id));
            // The dictionary is not waited for: before the words were looked up once, none are shown.
            let is_ready = cues.known.source.is_some() || project.manifest.language == Language::English;
            let words = match cue {
                Some(cue) if is_ready => Tokenizer::new(project.manifest.language).tokens(&cue.text),
                _ => Vec::new(),
            };
            let known = &cues.known;
            let told = |word: String| {
                let has = known.has(&word);
                (word, has)
            };
            cues.words = words.into_iter().map(told).collect();
            self.prepared = Some(seen);
        }
        let wanted = self.forms.cues.find.as_ref().map(|find| FindForm {
            with: String::new(),
            within: false,
            focus: false,
            replacing: false,
            ..find.clone()
        });
        let sought = wanted.map(|find| (self.state.track_revision, find));
        if self.sought != sought {
            let count = sought.as_ref().map(|(_, find)| {
                let finder = find.finder()?;
                Ok(finder.map_or((0, 0), |finder| finder.count(&project.track)))
            });
            cues.count = count;
            self.sought = sought;
        }
    }
}

/// What a command that changed nothing was waiting for.
fn without_effect(command: Command) -> Option<&'static str> {
    match command {
        Command::Split => {
            Some("To split a cue, put the playhead inside it, or the cursor between two letters of its text")
        }
        Command::Merge => Some("There is no cue after this one to merge it with"),
        _ => None,
    }
}

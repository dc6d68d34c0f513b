//! Another telling of the same event: opened, compared, looked at; and the library.

use crate::analysis::comparing::Compared;
use crate::analysis::models::Found;
use crate::app::App;
use crate::app::forms::TellingTab;
use crate::app::player::Player;
use crate::app::state::{Other, Step};
use crate::app::work::{self, Kind};
use crate::pretrained::Job;
use crate::project::{ClusterId, Seconds};
use eframe::egui;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A video that is played beside the other gets so many pictures a second at most.
const PICTURES: Duration = Duration::from_millis(40);

impl App {
    /// Opens a project beside the one that is open, and compares the two.
    pub(super) fn compare_with(&mut self, folder: PathBuf) {
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        let own = self.state.project.as_ref().map(|project| &project.folder);
        if own.is_none() {
            self.state
                .notice("Open a project first: another is compared with it", false);
            return;
        }
        if own == Some(&folder) {
            self.state
                .notice("This is the project that is open: choose another one", false);
            return;
        }
        self.state.step = Step::Compare;
        self.forms.telling.tab = TellingTab::Two;
        let places = self.places.clone();
        self.jobs
            .start(Kind::Other, move |out| work::open_other(&folder, &places, out));
    }

    pub(super) fn other_opened(&mut self, other: Other) {
        self.other_thumbnails.clear();
        self.other_picture = None;
        let video = other.project.manifest.video.as_ref();
        self.other_player = video.map(|video| Player::new(&video.path, self.waker.clone()));
        self.put_into_library(&other.project.folder.clone());
        let telling = &mut self.state.telling;
        (telling.compared, telling.cell, telling.playing) = (None, None, false);
        let [_, left_out] = &mut self.forms.telling.left_out;
        left_out.clear();
        telling.other = Some(other);
        self.compare_tellings();
    }

    /// The model that does a job.
    pub(super) fn model_for(&self, job: Job) -> Option<Found> {
        let model = self.state.models.chosen(job)?;
        Some(Found {
            name: model.name.clone(),
            path: model.path.clone(),
        })
    }

    /// Compares again, as the form says.
    pub(super) fn compare_tellings(&mut self) {
        let (Some(project), Some(other)) = (self.state.project.clone(), &self.state.telling.other) else {
            return;
        };
        let other = Arc::clone(&other.project);
        let form = self.forms.telling.clone();
        let phrases = self.model_for(Job::Phrases).filter(|_| !form.words);
        let translate = self.model_for(Job::Translate);
        self.jobs.start(Kind::Compare, move |out| {
            let models = [phrases.as_ref(), translate.as_ref()];
            work::compare(&project, &other, &form.left_out, form.spread, models, out)
        });
    }

    /// The clusters of the project that is open are others: what was found of those before holds no longer.
    pub(super) fn forget_comparison(&mut self) {
        self.jobs.forget(Kind::Compare);
        (self.state.telling.compared, self.state.telling.cell) = (None, None);
        let [left_out, _] = &mut self.forms.telling.left_out;
        left_out.clear();
        self.state.tagging.failed.clear();
    }

    pub(super) fn compared(&mut self, folder: &Path, compared: Compared) {
        let own = self
            .state
            .project
            .as_ref()
            .is_some_and(|project| project.folder == folder);
        if !own {
            return;
        }
        let best = compared.comparison.matches.first().and_then(|found| {
            let row = compared.comparison.rows.get(found.row)?;
            Some([
                row.cluster,
                compared.comparison.columns.get(found.column)?.cluster,
            ])
        });
        let telling = &mut self.state.telling;
        telling.cell = telling.cell.or(best);
        telling.compared = Some(Arc::new(compared));
    }

    /// Looks at two clusters: both videos go to where they occur most typically.
    pub(super) fn show_cell(&mut self, cell: [ClusterId; 2]) {
        self.state.telling.cell = Some(cell);
        let [own, others] = cell;
        let typical = self
            .state
            .board
            .cards
            .get(own.index())
            .and_then(|card| card.typical.first().copied());
        if let Some(time) = typical
            .and_then(|pair| self.state.studied_pair(pair))
            .filter(|pair| pair.source.is_own())
            .map(|pair| pair.time)
        {
            self.seek(time);
        }
        let other = self.state.telling.other.as_ref();
        let typical = other.and_then(|other| {
            let pair = other.typical.get(others.index())?.first()?;
            other.project.studied().get(pair.index()).map(|pair| pair.time)
        });
        if let Some(time) = typical {
            self.seek_other(time);
        }
    }

    pub(super) fn leave_out(&mut self, side: usize, cluster: ClusterId, out: bool) {
        if let Some(left_out) = self.forms.telling.left_out.get_mut(side) {
            if out {
                left_out.insert(cluster);
            } else {
                left_out.remove(&cluster);
            }
            self.state.telling.cell = None;
            self.compare_tellings();
        }
    }

    pub(super) fn seek_other(&mut self, time: Seconds) {
        if let Some(other) = &mut self.state.telling.other {
            other.playhead = time;
        }
    }

    pub(super) fn play_other(&mut self, on: bool) {
        self.state.telling.playing = on;
        self.other_moved = None;
    }

    /// The other video goes on while it is played, and shows the picture at its playhead.
    pub(super) fn follow_other(&mut self, context: &egui::Context) {
        if self.state.step != Step::Compare {
            self.state.telling.playing = false;
            return;
        }
        let Some(other) = &mut self.state.telling.other else {
            return;
        };
        if self.state.telling.playing {
            let now = Instant::now();
            let passed = self
                .other_moved
                .replace(now)
                .map_or(0.0, |moved| (now - moved).as_secs_f64());
            let end = other
                .project
                .manifest
                .video
                .as_ref()
                .map_or(0.0, |video| video.duration.0);
            other.playhead = Seconds((other.playhead.0 + passed).min(end));
            self.state.telling.playing = other.playhead.0 < end;
            context.request_repaint_after(PICTURES);
        }
        if let Some(player) = &mut self.other_player {
            player.show(other.playhead);
            if let Some(picture) = player.take() {
                super::show_in(&mut self.other_picture, context, &picture);
            }
        }
    }

    pub(super) fn pick_comparison_export(&mut self) {
        if let Some(folder) = self.state.project.as_ref().map(|project| project.folder.clone()) {
            self.jobs.start(Kind::Dialog, work::comparison_dialog(folder));
        }
    }

    pub(super) fn export_comparison(&mut self, path: PathBuf) {
        if let Some(compared) = self.state.telling.compared.clone() {
            self.jobs.start(Kind::Export, move |out| {
                work::export_comparison(&compared.comparison, &path, out)
            });
        }
    }

    /// Lists a project in the library.
    pub(super) fn put_into_library(&mut self, folder: &Path) {
        if !self.settings.library.iter().any(|known| known == folder) {
            self.settings.library.push(folder.to_path_buf());
            self.keep_settings();
        }
        self.read_library();
    }

    pub(crate) fn read_library(&mut self) {
        let folders = self.settings.library.clone();
        self.jobs
            .start(Kind::Library, move |out| work::read_library(&folders, out));
    }

    pub(super) fn add_to_library(&mut self, folder: PathBuf) {
        self.jobs
            .start(Kind::Library, move |out| work::find_projects(&folder, out));
    }

    /// Lists the projects that were found in a folder.
    pub(super) fn projects_found(&mut self, folder: &Path, found: Vec<PathBuf>) {
        let known = self.settings.library.len();
        for found in found {
            if !self.settings.library.contains(&found) {
                self.settings.library.push(found);
            }
        }
        if self.settings.library.len() == known {
            let text = format!(
                "There is no project in {} that is not listed yet",
                folder.display()
            );
            self.state.notice(text, false);
            return;
        }
        self.keep_settings();
        self.read_library();
    }

    pub(super) fn leave_library(&mut self, folder: &Path) {
        self.settings.library.retain(|known| known != folder);
        self.keep_settings();
        self.state.telling.library.retain(|entry| entry.folder != folder);
    }

    pub(super) fn set_topic(&mut self, folder: PathBuf, topic: String) {
        let entry = self
            .state
            .telling
            .library
            .iter_mut()
            .find(|entry| entry.folder == folder);
        if let Some(entry) = entry {
            entry.topic.clone_from(&topic);
        }
        let folders = self.settings.library.clone();
        match self
            .state
            .project
            .as_mut()
            .filter(|project| project.folder == folder)
        {
            Some(project) => {
                project.manifest.topic = topic;
                self.changed();
            }
            None => self.jobs.start(Kind::Library, move |out| {
                work::set_topic(&folder, &topic, &folders, out)
            }),
        }
    }

    pub(super) fn compare_topic(&mut self, topic: String, folders: Vec<PathBuf>) {
        let open = self.state.project.clone();
        let phrases = self.model_for(Job::Phrases).filter(|_| !self.forms.telling.words);
        let translate = self.model_for(Job::Translate);
        self.jobs.start(Kind::Topic, move |out| {
            let models = [phrases.as_ref(), translate.as_ref()];
            work::compare_topic(open.as_ref(), &topic, &folders, models, out)
        });
    }
}

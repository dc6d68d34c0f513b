//! Other videos that are studied together with the one that is open.

use crate::app::App;
use crate::app::work::{self, Kind, Wanted};
use crate::project::{Companion, Project};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

impl App {
    pub(super) fn pick_companion(&mut self) {
        if self.is_free() {
            self.jobs.start(Kind::Dialog, work::dialog(Wanted::Companion));
        }
    }

    /// Reads the project of another video, to be studied together with this one.
    pub(super) fn add_companion(&mut self, path: PathBuf) {
        let Some(project) = self.state.project.clone() else {
            self.state
                .notice("Open a video first: another is studied together with it", false);
            return;
        };
        if self.is_free() {
            self.forms.companion_path.clear();
            self.jobs
                .start(Kind::Join, move |out| work::add_companion(project, &path, out));
        }
    }

    pub(super) fn joined(&mut self, companion: Companion, other: Arc<Project>) {
        let Some(project) = &mut self.state.project else {
            return;
        };
        project.company.insert(companion.folder.clone(), Ok(other));
        project.manifest.companions.push(companion);
        self.companions_changed();
    }

    pub(super) fn remove_companion(&mut self, folder: &Path) {
        if !self.is_free() {
            return;
        }
        if let Some(project) = &mut self.state.project {
            project.remove_companion(folder);
            self.companions_changed();
        }
    }

    fn companions_changed(&mut self) {
        self.changed();
        self.list_runs();
        self.sample_company();
        self.unsettled = Some(Instant::now());
    }

    /// Samples the videos of the companions whose frames are not there yet.
    pub(super) fn sample_company(&mut self) {
        let Some(project) = &self.state.project else {
            return;
        };
        let there = &self.state.company_frames;
        let wanted: Vec<Companion> = project
            .manifest
            .companions
            .iter()
            .chain(project.studied_companions())
            .filter(|companion| !there.contains_key(&companion.folder))
            .filter(|companion| !matches!(project.company.get(&companion.folder), Some(Err(_))))
            .cloned()
            .collect();
        if wanted.is_empty() {
            return;
        }
        let (project, places) = (project.clone(), self.places.clone());
        self.jobs.start(Kind::Company, move |out| {
            work::sample_company(&project, &wanted, &places, out)
        });
    }
}

//! The way of the watched training: read from disk, or as it comes; and the maps of its epochs.

use crate::app::App;
use crate::app::state::History;
use crate::app::work::{self, Kind};
use crate::project::Snapshot;
use std::sync::Arc;

impl App {
    /// Reads the way of the run in use.
    pub(super) fn read_history(&mut self) {
        let run = self.state.run();
        match run.map(|run| (run.name.clone(), run.losses.len() as u32)) {
            Some((name, last)) => self.read_history_of(name, last),
            None => self.state.history = History::default(),
        }
    }

    /// Reads the way of a training up to an epoch.
    pub(super) fn read_history_of(&mut self, name: String, last: u32) {
        if self.state.history.run != name {
            self.begin_history(name.clone());
        }
        if let Some(project) = self.state.project.clone() {
            self.jobs
                .start(Kind::History, move |out| work::history(&project, name, last, out));
        }
    }

    /// Follows the way of another training.
    pub(super) fn begin_history(&mut self, run: String) {
        self.jobs.forget(Kind::History);
        self.jobs.forget(Kind::Maps);
        self.state.history = History {
            run,
            ..History::default()
        };
    }

    pub(super) fn history_read(&mut self, run: &str, snapshots: Vec<Snapshot>) {
        if self.state.history.run == run {
            self.state.history.take(snapshots);
        }
    }

    pub(super) fn show_epoch(&mut self, epoch: Option<u32>) {
        self.state.history.show(epoch);
        self.draw_maps();
    }

    /// The map of the run has changed, or its way.
    pub(super) fn forget_maps(&mut self) {
        self.jobs.forget(Kind::Maps);
        self.state.history.maps.clear();
        self.draw_maps();
    }

    /// Draws the maps of all epochs once one of them is looked at: people who move the slider go on moving it.
    fn draw_maps(&mut self) {
        if self.state.map_epoch().is_none() || self.jobs.is_running(Kind::Maps) {
            return;
        }
        let history = &self.state.history;
        let missing: Vec<Arc<Snapshot>> = history
            .snapshots
            .iter()
            .filter(|snapshot| !history.maps.contains_key(&snapshot.epoch))
            .cloned()
            .collect();
        let run = self.state.run();
        let Some(map) = run.and_then(|run| run.embedding.clone()) else {
            return;
        };
        if missing.is_empty() {
            return;
        }
        let (run, wanted) = (history.run.clone(), Arc::clone(&history.wanted));
        self.jobs.start(Kind::Maps, move |out| {
            work::maps(&run, missing, &map, &wanted, out)
        });
    }
}

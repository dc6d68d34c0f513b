//! Pretrained models: listed, fetched, chosen, taken away.

use crate::app::App;
use crate::app::state::Fetching;
use crate::app::work::{self, Kind};
use crate::pretrained::{Job, Progress};
use std::path::PathBuf;

impl App {
    /// Looks which models are here.
    pub(crate) fn list_models(&mut self) {
        let places = self.places.clone();
        self.jobs
            .start(Kind::Shelf, move |out| work::list_models(&places, out));
    }

    pub(super) fn choose_model(&mut self, job: Job, id: &str) {
        let (places, id) = (self.places.clone(), id.to_owned());
        self.jobs
            .start(Kind::Shelf, move |out| work::choose_model(&places, job, &id, out));
    }

    pub(super) fn get_model(&mut self, id: &str) {
        self.state.fetching = Some(Fetching {
            id: id.to_owned(),
            progress: None,
        });
        let (places, id, hub) = (self.places.clone(), id.to_owned(), self.settings.hub.clone());
        self.jobs.start(Kind::Fetch, move |out| {
            work::get_model(&places, &id, hub.as_deref(), out)
        });
    }

    pub(super) fn fetching(&mut self, id: String, progress: Progress) {
        let progress = Some(progress);
        self.state.fetching = Some(Fetching { id, progress });
    }

    pub(super) fn add_model(&mut self, job: Job, path: PathBuf) {
        let places = self.places.clone();
        self.jobs
            .start(Kind::Shelf, move |out| work::add_model(&places, job, &path, out));
    }

    pub(super) fn remove_model(&mut self, id: &str) {
        let (places, id) = (self.places.clone(), id.to_owned());
        self.jobs
            .start(Kind::Shelf, move |out| work::remove_model(&places, &id, out));
    }
}

//! Pretrained models: listed, fetched, chosen, taken away.

use crate::app::App;
use crate::app::state::{Fetching, ModelMemory};
use crate::app::work::{self, Kind};
use crate::jobs::Ending;
use crate::pretrained::{Job, Progress, memory};
use eframe::egui;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often the window of models looks at the memory: a file of the system is read.
const MEMORY: Duration = Duration::from_millis(500);

impl App {
    /// Looks which models are here.
    pub(crate) fn list_models(&mut self) {
        let places = self.places.clone();
        self.jobs
            .start(Kind::Shelf, move |out| work::list_models(&places, out));
    }

    /// While the window of models is open, it tells what is in memory.
    pub(super) fn follow_models(&mut self, context: &egui::Context) {
        if self.forms.models.is_none() {
            self.state.model_trouble = None;
            return;
        }
        if self.memory_seen.is_none_or(|seen| seen.elapsed() >= MEMORY) {
            self.memory_seen = Some(Instant::now());
            self.state.model_memory = ModelMemory {
                free: memory::free(),
                loaded: memory::loaded(),
            };
        }
        context.request_repaint_after(MEMORY);
    }

    /// Work on the models has ended: where their window is open, it says why something failed.
    pub(super) fn models_ended(&mut self, ending: &Ending) -> bool {
        match ending {
            Ending::Failed(why) if self.forms.models.is_some() => {
                self.state.model_trouble = Some(why.clone());
                return true;
            }
            Ending::Done => {
                self.state.model_trouble = None;
                // What was typed is kept until it is taken.
                let typed = PathBuf::from(self.forms.model_path.trim());
                if self.state.models.here.iter().any(|model| model.path == typed) {
                    self.forms.model_path.clear();
                }
            }
            _ => {}
        }
        false
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

//! Opening and leaving projects.

use crate::app::action::Action;
use crate::app::forms::Forms;
use crate::app::player::Player;
use crate::app::state::config_of;
use crate::app::work::{self, Kind, Opened};
use crate::app::{App, Leaving};
use crate::media::link::Link;
use std::path::PathBuf;
use std::time::Instant;

impl App {
    /// Opens whatever a path leads to: captions go to the project, all else takes its place once it is there.
    pub(super) fn open(&mut self, path: PathBuf) {
        let link = path
            .to_str()
            .filter(|text| Link::is_meant(text))
            .map(str::to_owned);
        if link.is_some() {
            self.open_link(link);
        } else if work::is_captions(&path) {
            if self.state.project.is_none() && self.jobs.is_running(Kind::Open) {
                self.captions_waiting = Some((None, path));
            } else {
                self.ask_for_captions(path, None);
            }
        } else if path.extension().is_some_and(|extension| extension == "npy") {
            self.import_latents(path);
        } else if self.is_free() {
            let places = self.places.clone();
            self.jobs
                .start(Kind::Open, move |out| work::open(&path, &places, out));
        }
    }

    pub(super) fn read_captions(&mut self, file: PathBuf, encoding: Option<String>) {
        let Some(project) = self.state.project.clone() else {
            self.state
                .notice("Open a video first: captions belong to one", false);
            return;
        };
        if self.is_free() {
            self.jobs.start(Kind::Captions, move |out| {
                work::read_captions(project, &file, encoding, out)
            });
        }
    }

    /// Takes a project that has been opened, as soon as the one before is safe.
    pub(super) fn adopt(&mut self, opened: Opened) {
        if !self.leave_project(Action::Adopt(Box::new(opened.clone()))) {
            return;
        }
        let Opened {
            project,
            captions_nearby,
            fresh,
            interrupted,
            recovery,
        } = opened;
        self.state.captions_nearby = captions_nearby;
        self.state.interrupted = interrupted;
        if let Some(video) = &project.manifest.video {
            self.player = Some(Player::new(&video.path, self.waker.clone()));
        }
        self.settings.remember(&project.folder);
        self.keep_settings();
        self.list_models();
        self.put_into_library(&project.folder);
        self.forms.sampling = project.manifest.sampling.clone();
        self.forms.has_out = self.forms.sampling.to.is_some();
        if let Ok(training) = serde_json::from_value(project.manifest.training.clone()) {
            self.forms.training = training;
        }
        // What was cut short elsewhere, as on the command line, can be gone on with here.
        if let Some(config) = project.run.as_ref().filter(|_| interrupted).and_then(config_of) {
            self.forms.training = config;
        }
        if let Some(run) = &project.run {
            self.state.show_run(run);
        }
        let untagged = project
            .run
            .as_ref()
            .is_some_and(|run| run.assignment.is_some() && run.tags.is_empty());
        let unclustered = project
            .run
            .as_ref()
            .is_some_and(|run| run.latents.is_some() && run.sweep.is_none());
        let unmapped = project
            .run
            .as_ref()
            .is_some_and(|run| run.latents.is_some() && run.embedding.is_none());
        let sampling = project.manifest.sampling.clone();
        self.state.project = Some(project);
        self.follow_run();
        self.list_runs();
        self.read_history();
        if fresh {
            self.changed();
        }
        self.start_sampling(sampling);
        self.start_listening();
        self.open_fit();
        if untagged {
            self.start_tags();
        }
        if unclustered {
            self.start_clusters();
        }
        if unmapped {
            self.draw_map();
        }
        self.unsettled = Some(Instant::now());
        if let Some((of, captions)) = self.captions_waiting.take() {
            let video = self
                .state
                .project
                .as_ref()
                .and_then(|project| project.manifest.video.as_ref());
            let own = of.is_some();
            let kept = self
                .state
                .project
                .as_ref()
                .filter(|project| own && project.manifest.captions.is_some());
            if own && of != video.map(|video| video.path.clone()) {
                // They are of another video.
            } else if kept.is_some_and(|project| !project.track.cues.is_empty()) {
                // What was fetched again does not take the place of what has been worked on since.
                let name = captions.file_name().unwrap_or_default().to_string_lossy();
                let text = format!(
                    "This video was here already: it is opened as you left it. The captions that came now are in {name}, beside it"
                );
                self.state.notice(text, false);
            } else {
                self.ask_for_captions(captions, None);
            }
        }
        if let Some(recovery) = recovery {
            self.found_recovery(recovery);
        }
    }

    /// Reads the sound and looks for shots, beside all else.
    fn start_listening(&mut self) {
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let (again, places) = (project.clone(), self.places.clone());
        self.jobs
            .start(Kind::Sound, move |out| work::read_sound(&project, &places, out));
        let places = self.places.clone();
        self.jobs
            .start(Kind::Shots, move |out| work::read_shots(&again, &places, out));
        self.listen();
    }

    /// Listens for speech.
    pub(super) fn listen(&mut self) {
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let places = self.places.clone();
        self.jobs
            .start(Kind::Speech, move |out| work::find_voices(&project, &places, out));
    }

    /// Lets go of the project once it is saved. False when that takes longer: `then` is done afterwards.
    pub(super) fn leave_project(&mut self, then: Action) -> bool {
        if !self.is_free() {
            return false;
        }
        self.end_typing(true);
        if self.is_unsaved() {
            self.leaving = Leaving::Then(then);
            self.start_saving();
            return false;
        }
        // What is of no project goes on: what is half fetched is not to be waited for twice.
        self.jobs.forget_all_but(&[
            Kind::Devices,
            Kind::Fetch,
            Kind::Shelf,
            Kind::Library,
            Kind::Fetcher,
            Kind::Link,
            Kind::Thumbnail,
            Kind::Video,
        ]);
        self.state.let_go();
        self.forms = Forms {
            tagging: self.settings.tagging.clone(),
            link: std::mem::take(&mut self.forms.link),
            speech: self.settings.speech.clone(),
            ..Forms::default()
        };
        (self.other_player, self.other_picture, self.other_moved) = (None, None, None);
        self.other_thumbnails.clear();
        self.thumbnails.clear();
        (self.player, self.playback, self.picture) = (None, None, None);
        (self.journal_due, self.unsettled, self.prepared, self.sought) = (None, None, None, None);
        true
    }
}

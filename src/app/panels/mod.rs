//! The parts of the window. Drawing reads the state and asks for actions; it does no input, output, decoding or
//! sorting of large lists.

mod alignment;
mod chosen;
mod clusters;
mod inspector;
mod jobs_strip;
mod keys;
mod link;
mod map;
mod models;
mod palette;
mod player;
mod questions;
mod sources;
mod speech;
mod tags;
mod takeaway;
mod telling;
mod timeline;
mod top;
mod training;
mod video;
mod welcome;
mod widgets;

use super::Leaving;
use super::action::Action;
use super::forms::Forms;
use super::settings::Settings;
use super::state::{State, Step};
use super::thumbnails::Thumbnails;
use super::work::Kind;
use crate::jobs::Running;
use crate::project::{ClusterId, PairIndex};
use eframe::egui::{CentralPanel, Panel, TextureHandle, Ui};

/// What drawing may see, and where it puts what it asks for.
pub struct Look<'a> {
    /// What the window knows.
    pub state: &'a State,
    /// What is being typed and chosen.
    pub forms: &'a mut Forms,
    /// Textures of frames.
    pub thumbnails: &'a mut Thumbnails,
    /// Textures of the frames of the video that is compared.
    pub other_thumbnails: &'a mut Thumbnails,
    /// The picture of the other video at its playhead.
    pub other_picture: Option<&'a TextureHandle>,
    /// What the site shows of the video behind a link.
    pub link_picture: Option<&'a TextureHandle>,
    /// The picture at the playhead and its time.
    pub picture: Option<&'a TextureHandle>,
    /// Work under way.
    pub jobs: &'a [Running<Kind>],
    /// What the window remembers.
    pub settings: &'a Settings,
    /// What is asked for.
    pub actions: &'a mut Vec<Action>,
    /// What waits for the project to be saved.
    pub leaving: &'a Leaving,
}

impl Look<'_> {
    /// Asks for something.
    pub fn ask(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// The pairs most typical of a cluster of the chosen clustering, the nearest to its centroid first.
    #[must_use]
    pub fn typical(&self, cluster: ClusterId) -> Vec<PairIndex> {
        self.state
            .board
            .cards
            .get(cluster.index())
            .map(|card| card.typical.clone())
            .unwrap_or_default()
    }
}

/// The whole window.
pub fn window_ui(ui: &mut Ui, look: &mut Look) {
    Panel::top("top").show(ui, |ui| top::top_ui(ui, look));
    // Work that is not shown must not make a strip come and go under the pointer.
    let busy = look.jobs.iter().any(|job| job.kind.is_shown());
    if busy || look.state.project.is_some() || !look.state.notices.is_empty() {
        Panel::bottom("jobs").show(ui, |ui| jobs_strip::jobs_ui(ui, look));
    }
    if look.state.project.is_some() {
        // The sound matters where captions are put right; elsewhere the panel of the step needs the room.
        let aligning = look.state.step == Step::Alignment;
        let (id, size) = if aligning {
            ("timeline with sound", 200.0)
        } else {
            ("timeline", 132.0)
        };
        Panel::bottom(id)
            .resizable(true)
            .default_size(size)
            .size_range(90.0..=420.0)
            .show(ui, |ui| timeline::timeline_ui(ui, look));
        Panel::left("player")
            .resizable(true)
            .default_size(300.0)
            .size_range(200.0..=760.0)
            .show(ui, |ui| player::player_ui(ui, look));
        // The other steps show the selected pair themselves.
        let inspected = matches!(look.state.step, Step::Clusters | Step::Map | Step::Tags);
        if look.state.selected.is_some() && inspected {
            Panel::right("inspector")
                .resizable(true)
                .default_size(240.0)
                .size_range(180.0..=420.0)
                .show(ui, |ui| inspector::inspector_ui(ui, look));
        }
    }
    CentralPanel::default_margins().show(ui, |ui| match (&look.state.project, look.state.step) {
        (None, _) => welcome::welcome_ui(ui, look),
        (_, Step::Video) => video::video_ui(ui, look),
        (_, Step::Alignment) => alignment::alignment_ui(ui, look),
        (_, Step::Training) => training::training_ui(ui, look),
        (_, Step::Clusters) => clusters::clusters_ui(ui, look),
        (_, Step::Map) => map::map_ui(ui, look),
        (_, Step::Tags) => tags::tags_ui(ui, look),
        (_, Step::Compare) => telling::telling_ui(ui, look),
    });
    palette::palette_ui(ui.ctx(), look);
    keys::keys_ui(ui.ctx(), look);
    questions::questions_ui(ui.ctx(), look);
    takeaway::takeaway_ui(ui.ctx(), look);
    takeaway::methods_ui(ui.ctx(), look);
    models::models_ui(ui.ctx(), look);
    speech::speech_ui(ui.ctx(), look);
    link::link_ui(ui.ctx(), look);
    questions::leaving_ui(ui.ctx(), look);
}

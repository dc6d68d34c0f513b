//! The window. It looks and chooses; the rooms do the work. The only room that imports egui.

pub mod action;
pub mod command;
pub mod forms;
pub mod logic;
mod pace;
pub mod panels;
pub mod player;
pub mod settings;
pub mod state;
pub mod theme;
pub mod thumbnails;
pub mod work;

use crate::analysis::Places;
use crate::jobs::{Jobs, Waker};
use crate::project::{Assignment, CueId, ReadingLimits, TrainedOn};
use action::Action;
use eframe::egui;
use forms::{Filter, FindForm, Forms};
use player::Player;
use settings::Settings;
use state::{Against, State};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use thumbnails::Thumbnails;
use work::{Kind, Message};

/// The window's program.
pub struct App {
    state: State,
    forms: Forms,
    jobs: Jobs<Kind, Message>,
    thumbnails: Thumbnails,
    player: Option<Player>,
    /// There once something was played.
    playback: Option<crate::media::Playback>,
    picture: Option<egui::TextureHandle>,
    /// The player of the video that is compared, its picture, and when it was last moved on.
    other_player: Option<Player>,
    other_picture: Option<egui::TextureHandle>,
    other_moved: Option<Instant>,
    /// What the site shows of the video behind a link.
    link_picture: Option<egui::TextureHandle>,
    /// When it was last looked what is in memory.
    memory_seen: Option<Instant>,
    other_thumbnails: Thumbnails,
    settings: Settings,
    places: Places,
    waker: Waker,
    /// Asked for while drawing, done afterwards.
    actions: Vec<Action>,
    /// Where to go once the project is saved.
    leaving: Leaving,
    /// Captions opened together with a video that is not there yet.
    captions_waiting: Option<(Option<PathBuf>, PathBuf)>,
    /// What the times are being compared with, for the proposal that is on its way.
    asked_against: Against,
    /// The clusters of the training before, until those of the one in use are found: names go on from them.
    former: Option<(TrainedOn, Assignment)>,
    /// When the journal has to hold what was edited.
    journal_due: Option<Instant>,
    /// When something was edited whose consequences are not found out yet.
    unsettled: Option<Instant>,
    /// What the rows of the cue table were found for.
    prepared: Option<Prepared>,
    /// What was counted by the find bar, in which captions.
    sought: Option<(u64, FindForm)>,
    pace: pace::Pace,
}

/// What decides which rows of the cue table are shown: the captions, the filter, the limits and the active cue.
type Prepared = (u64, Filter, ReadingLimits, Option<CueId>);

/// What waits for the project to be saved.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Leaving {
    /// Nothing.
    #[default]
    No,
    /// This is to be done then.
    Then(Action),
    /// The window is to be closed then.
    Close,
    /// Saving failed for this reason; the user decides whether to go on, to this or to closing.
    Stuck(String, Option<Box<Action>>),
}

impl App {
    /// A window that keeps its things in `places` and begins with `open`, a video or a project, if given.
    #[must_use]
    pub fn new(context: &egui::Context, places: Places, open: Option<PathBuf>) -> Self {
        theme::apply(context);
        // Han characters in the forms of Simplified Chinese, whatever the system's own language.
        let fonts = egui_system_font_provider::SystemFontProvider::new().with_locale(Some("zh-Hans"));
        context.set_font_providers(vec![Arc::new(fonts)]);
        let settings = Settings::load(&places.settings);
        context.set_theme(if settings.dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        });
        let repaint = context.clone();
        let waker: Waker = Arc::new(move || repaint.request_repaint());
        let mut app = Self {
            state: State::default(),
            forms: Forms::default(),
            jobs: Jobs::new(waker.clone()),
            thumbnails: Thumbnails::default(),
            player: None,
            playback: None,
            picture: None,
            other_player: None,
            other_picture: None,
            other_moved: None,
            link_picture: None,
            memory_seen: None,
            other_thumbnails: Thumbnails::default(),
            settings,
            places,
            waker,
            actions: open.map(Action::Open).into_iter().collect(),
            leaving: Leaving::No,
            captions_waiting: None,
            asked_against: Against::default(),
            former: None,
            journal_due: None,
            unsettled: None,
            prepared: None,
            sought: None,
            pace: pace::Pace::default(),
        };
        app.state.videos.clone_from(&app.places.videos);
        app.jobs.start(Kind::Devices, work::devices);
        app.list_models();
        app.forms.tagging = app.settings.tagging.clone();
        app.forms.speech = app.settings.speech.clone();
        app.read_library();
        app
    }

    /// What the window knows: for tests of whole journeys.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Does something as if a panel had asked for it: for tests of whole journeys.
    pub fn ask(&mut self, action: Action) {
        self.actions.push(action);
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.update(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.pace.count(frame.info().cpu_usage);
        self.thumbnails.begin_frame(self.state.shown_frames());
        let mut look = panels::Look {
            state: &self.state,
            forms: &mut self.forms,
            thumbnails: &mut self.thumbnails,
            other_thumbnails: &mut self.other_thumbnails,
            other_picture: self.other_picture.as_ref(),
            link_picture: self.link_picture.as_ref(),
            picture: self.picture.as_ref(),
            jobs: self.jobs.running(),
            settings: &self.settings,
            actions: &mut self.actions,
            leaving: &self.leaving,
        };
        panels::window_ui(ui, &mut look);
        // What was asked for in this frame is done at the start of the next.
        if !self.actions.is_empty() {
            ui.ctx().request_repaint();
        }
    }
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When no window can be opened, as where there is no display.
pub fn run(open: Option<PathBuf>) -> anyhow::Result<()> {
    let places = Places::platform();
    let [width, height] = Settings::load(&places.settings).window;
    let viewport = egui::ViewportBuilder::default()
        .with_title("Frameloom")
        .with_app_id("frameloom")
        .with_inner_size([width, height])
        .with_min_inner_size([900.0, 600.0])
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions {
        viewport,
        system_font_fallback: false,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Frameloom",
        options,
        Box::new(move |creation| Ok(Box::new(App::new(&creation.egui_ctx, places, open)))),
    )
    .map_err(|error| {
        anyhow::anyhow!(
            "cannot open a window: {error}. Where there is no display, `frameloom run VIDEO --captions FILE --out \
             DIR` does the same work without one"
        )
    })
}

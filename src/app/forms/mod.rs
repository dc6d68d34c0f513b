//! What is being typed and chosen in the panels, before it is asked for.

mod clusters;
mod cues;
mod link;
mod speech;
mod tagging;
mod telling;
mod timeline;
mod training;

use super::command::Command;
use crate::pretrained::Job;
use crate::project::Sampling;
use crate::training::TrainingConfig;
use eframe::egui::KeyboardShortcut;
use std::path::PathBuf;

pub use clusters::{ClusterForms, ColourBy, MapForm, Projection, SweepView};
pub use cues::{AlignmentTab, CueForms, Editing, Filter, FindForm, ShiftForm, ShiftScope};
pub use link::LinkForm;
pub use speech::SpeechForm;
pub use tagging::{DescriptionEditing, TagEditing, TaggingForm, Way};
pub use telling::{TellingForm, TellingTab};
pub use timeline::{CuePart, Grab, SoundPicture, TimelineForm, View};
pub use training::{CompareForm, CurveForms, LatentForm, PlaceKind, TrainingForms, TrainingTab};

/// Settings under the user's hands.
#[derive(Default)]
pub struct Forms {
    /// Path of a video or project, typed.
    pub open_path: String,
    /// Path of a caption file, typed.
    pub captions_path: String,
    /// Path of the project of another video, typed.
    pub companion_path: String,
    /// How frames will be sampled.
    pub sampling: Sampling,
    /// Whether an out point is set.
    pub has_out: bool,
    /// Show only pairs that need a look.
    pub flagged_only: bool,
    /// How the next training will be.
    pub training: TrainingConfig,
    /// What else is chosen in the Training panel.
    pub trainings: TrainingForms,
    /// How clusters are found, and what is typed about them.
    pub clusters: ClusterForms,
    /// How the map is drawn.
    pub map: MapForm,
    /// How frames are described and tags are written.
    pub tagging: TaggingForm,
    /// Key of the server, typed; never kept with the settings.
    pub key: String,
    /// The instruction of the language model is shown.
    pub instruction_open: bool,
    /// The tag that is typed.
    pub tag_editing: Option<TagEditing>,
    /// The description that is typed.
    pub description_editing: Option<DescriptionEditing>,
    /// How two videos are compared.
    pub telling: TellingForm,
    /// Path of another project, typed.
    pub other_path: String,
    /// Path of a folder of projects, typed.
    pub library_path: String,
    /// The topic that is typed, and of which project of the library.
    pub topic: Option<(PathBuf, String)>,
    /// The window in which a link is opened.
    pub link: LinkForm,
    /// The window in which speech is recognised.
    pub speech: SpeechForm,
    /// The window of models, and which job it is open for.
    pub models: Option<Job>,
    /// Path of a model of the user's own, typed.
    pub model_path: String,
    /// What is typed in the palette; none while it is closed.
    pub palette: Option<Palette>,
    /// What is chosen on the timeline.
    pub timeline: TimelineForm,
    /// The list of keys; none while it is closed.
    pub keys: Option<KeysForm>,
    /// The choice of a format to export captions in is open.
    pub exporting: bool,
    /// What frames are searched for.
    pub frame_search: String,
    /// The choice of what to take away is open.
    pub taking: bool,
    /// How the results were made is shown.
    pub methods: bool,
    /// What is typed and chosen about cues.
    pub cues: CueForms,
    /// The Tags panel has to scroll to what supports the tag that was pressed.
    pub scroll_to_evidence: bool,
    /// A table has to scroll to the selected pair.
    pub scroll_to_selected: bool,
}

impl Forms {
    /// Whether something lies over the window and wants an answer first.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.palette.is_some()
            || self.keys.is_some()
            || self.exporting
            || self.taking
            || self.methods
            || self.models.is_some()
            || self.link.open
            || self.speech.open
    }
}

/// The open palette.
#[derive(Default)]
pub struct Palette {
    /// What is typed.
    pub query: String,
    /// Which of the matches is marked.
    pub marked: usize,
}

/// The open list of keys.
#[derive(Default)]
pub struct KeysForm {
    /// It has been shown, and the search has the keyboard.
    pub open: bool,
    /// Only commands with these letters are listed.
    pub query: String,
    /// The command whose new key is waited for.
    pub waiting: Option<Command>,
    /// A key that was pressed for a command but belongs to another.
    pub taken: Option<(Command, KeyboardShortcut)>,
}

//! What is being typed and chosen in the panels, before it is asked for.

mod cues;
mod timeline;
mod training;

use super::command::Command;
use crate::project::Sampling;
use crate::training::TrainingConfig;
use eframe::egui::KeyboardShortcut;
use std::ops::RangeInclusive;

pub use cues::{AlignmentTab, CueForms, Editing, Filter, FindForm, ShiftForm, ShiftScope};
pub use timeline::{CuePart, Grab, SoundPicture, TimelineForm, View};
pub use training::{CompareForm, CurveForms, LatentForm, PlaceKind, TrainingForms, TrainingTab};

/// Settings under the user's hands.
pub struct Forms {
    /// Path of a video or project, typed.
    pub open_path: String,
    /// Path of a caption file, typed.
    pub captions_path: String,
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
    /// k to sweep.
    pub k_range: RangeInclusive<usize>,
    /// Perplexity of the map.
    pub perplexity: f64,
    /// Radius of a point on the map, in points.
    pub point_size: f32,
    /// Pictures instead of points on the map.
    pub map_pictures: bool,
    /// What is typed in the palette; none while it is closed.
    pub palette: Option<Palette>,
    /// What is chosen on the timeline.
    pub timeline: TimelineForm,
    /// The list of keys; none while it is closed.
    pub keys: Option<KeysForm>,
    /// The choice of a format to export captions in is open.
    pub exporting: bool,
    /// What is typed and chosen about cues.
    pub cues: CueForms,
    /// A table has to scroll to the selected pair.
    pub scroll_to_selected: bool,
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

impl Default for Forms {
    fn default() -> Self {
        Self {
            open_path: String::new(),
            captions_path: String::new(),
            sampling: Sampling::default(),
            has_out: false,
            flagged_only: false,
            training: TrainingConfig::default(),
            trainings: TrainingForms::default(),
            k_range: crate::analysis::clusters::K_RANGE,
            perplexity: crate::analysis::clusters::PERPLEXITY,
            point_size: 6.0,
            map_pictures: false,
            palette: None,
            timeline: TimelineForm::default(),
            keys: None,
            exporting: false,
            cues: CueForms::default(),
            scroll_to_selected: false,
        }
    }
}

//! What is being typed and chosen in the Alignment panel.

use crate::project::edits::{FindError, Finder};
use crate::project::{Cue, CueId, Seconds};

/// The tables of the Alignment panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlignmentTab {
    /// The captions.
    #[default]
    Cues,
    /// The frames with their captions.
    Pairs,
}

/// What is being typed and chosen about cues.
#[derive(Default)]
pub struct CueForms {
    /// Which table is shown.
    pub tab: AlignmentTab,
    /// The text under the hands; none while nothing is typed.
    pub editing: Option<Editing>,
    /// Which cues are shown.
    pub filter: Filter,
    /// What is looked for; none while the bar is closed.
    pub find: Option<FindForm>,
    /// How far cues are moved; none while it is not asked for.
    pub shift: Option<ShiftForm>,
    /// The table has to bring the active cue to its middle.
    pub scroll: bool,
    /// The active row has grown: the table has to show all of it.
    pub reveal: bool,
    /// How high the text of the active cue and its words are, as they were drawn last.
    pub active_height: f32,
    /// The field of the filter wants the keyboard.
    pub focus_filter: bool,
    /// Number of the drag under way, so that each is a step of its own.
    pub drag: u64,
}

/// A text under the hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Editing {
    /// Whose text.
    pub cue: CueId,
    /// As it is now.
    pub text: String,
    /// The cue as it was.
    pub original: Cue,
    /// Where the caret is, in characters.
    pub caret: Option<usize>,
    /// An input method is at work: what stands in the text is not meant yet.
    pub composing: bool,
    /// It wants the keyboard.
    pub focus: bool,
}

/// Which cues are shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Only those that hold this text.
    pub text: String,
    /// Only those whose times are estimated.
    pub estimated: bool,
    /// Only those that are doubtful.
    pub doubtful: bool,
    /// Only those that are too fast to be read.
    pub fast: bool,
}

impl Filter {
    /// Whether all cues are shown.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FindForm {
    /// The text.
    pub text: String,
    /// What is put in its place.
    pub with: String,
    /// The text is a regular expression.
    pub expression: bool,
    /// Capital letters are others than small ones.
    pub case: bool,
    /// Replace only in the chosen cues.
    pub within: bool,
    /// The field for the other text is shown.
    pub replacing: bool,
    /// It wants the keyboard.
    pub focus: bool,
}

impl FindForm {
    /// What finds the text; none while nothing is typed.
    ///
    /// # Errors
    /// When it is to be a regular expression and is none.
    pub fn finder(&self) -> Result<Option<Finder>, FindError> {
        Finder::new(&self.text, self.expression, self.case)
    }
}

/// Which cues move together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShiftScope {
    /// Those chosen.
    #[default]
    Chosen,
    /// The active one and all after it.
    Rest,
    /// All.
    All,
}

impl ShiftScope {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Chosen, Self::Rest, Self::All];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chosen => "chosen cues",
            Self::Rest => "this and all after",
            Self::All => "all cues",
        }
    }
}

/// How far cues are moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShiftForm {
    /// Later where it is positive.
    pub by: Seconds,
    /// Which.
    pub scope: ShiftScope,
}

//! What a user can do by name: one list that feeds the menus, the palette and the keys.

mod facts;
mod keys;

use super::state::Step;
use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

pub use facts::Facts;
pub use keys::Keys;

/// Something to do that needs no further data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Choose a video file and make a project of it.
    OpenVideo,
    /// Fetch a video from a website.
    OpenLink,
    /// Have what is said written down.
    RecogniseSpeech,
    /// Choose a project folder.
    OpenProject,
    /// Open the sample that comes with the program.
    OpenSample,
    /// Choose a caption file for the video.
    OpenCaptions,
    /// Write the captions for other programs.
    ExportCaptions,
    /// Take clusters, plots and reports away.
    Export,
    /// See how the results were made.
    Methods,
    /// Take vectors from elsewhere as latents.
    ImportLatents,
    /// See and fetch pretrained models.
    Models,
    /// Save now.
    Save,
    /// Save and go back to the empty window.
    CloseProject,
    /// Go to a step of the work.
    Show(Step),
    /// Take the last edit back.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// Type in the text of the cue.
    EditText,
    /// Row before the one that is looked at: of cues in the Alignment step, of pairs elsewhere.
    PreviousRow,
    /// Row after the one that is looked at.
    NextRow,
    /// Choose the row before as well.
    ExtendUp,
    /// Choose the row after as well.
    ExtendDown,
    /// Choose all cues.
    SelectAll,
    /// The cue starts at the playhead.
    SetStart,
    /// The cue ends at the playhead.
    SetEnd,
    /// The cue starts at the playhead, and all after it move along.
    StartAndShiftRest,
    /// The chosen cues come a little earlier.
    NudgeEarlier,
    /// The chosen cues come a little later.
    NudgeLater,
    /// The cue and all after it come a little earlier.
    ShiftRestEarlier,
    /// The cue and all after it come a little later.
    ShiftRestLater,
    /// Move cues by a typed length of time.
    ShiftBy,
    /// Split the cue at the playhead and the caret.
    Split,
    /// Make one cue of those chosen, or of this and the next.
    Merge,
    /// Put a new cue in at the playhead.
    Insert,
    /// Take the chosen cues away.
    Delete,
    /// Make the chosen cues anchors, or let them go.
    ToggleAnchor,
    /// Say that the chosen cues are right.
    Confirm,
    /// Find text in the captions.
    Find,
    /// Find text and put other text in its place.
    Replace,
    /// The next place where the text is.
    FindNext,
    /// Show only some cues.
    Filter,
    /// Look at the pairs in place of the cues, or back.
    SwitchTable,
    /// The pair takes the frame at the playhead.
    PairHere,
    /// Leave the pair out.
    DropPair,
    /// The pair is made by the rule again.
    PairByRule,
    /// Compare the times with the speech.
    CheckTimes,
    /// Compare the captions with the pictures.
    CheckPictures,
    /// Spread captions without times over the speech.
    SpreadOverSpeech,
    /// All cues get the proposed times.
    AcceptAllTimes,
    /// The cue gets the proposed times.
    AcceptTimes,
    /// The cue stays where it is.
    RefuseTimes,
    /// Nothing more of the proposal is accepted.
    CloseProposal,
    /// The cue starts at the playhead, for good.
    PinHere,
    /// The cue starts at the playhead: a point by which the whole transcript is put straight.
    SyncPoint,
    /// The next cue that is best pinned.
    NextAnchor,
    /// The next doubtful cue.
    NextDoubt,
    /// The doubtful cue before.
    PreviousDoubt,
    /// Play from the playhead on, or stop.
    PlayOrPause,
    /// Play the cue from its start to its end.
    PlayCue,
    /// Play the second before the cue.
    PlayBefore,
    /// Play the second after the cue.
    PlayAfter,
    /// Play around where the cue starts.
    PlayStart,
    /// Play around where the cue ends.
    PlayEnd,
    /// What is played begins again at its end, or no more.
    ToggleLoop,
    /// Play slower.
    Slower,
    /// Play faster.
    Faster,
    /// The timeline shows a shorter part.
    ZoomIn,
    /// The timeline shows a longer part.
    ZoomOut,
    /// The timeline shows the cue and what is around it.
    ZoomToCue,
    /// The timeline shows the whole video.
    ZoomToAll,
    /// Draw along the timeline where the video surprises, or no more.
    ShowSurprise,
    /// The next place that surprises.
    NextSurprise,
    /// Begin training with the settings of its panel.
    Train,
    /// Pause the training, or go on.
    PauseOrResume,
    /// End the training and keep what it has learned.
    StopAndKeep,
    /// Sampled frame before the playhead.
    PreviousFrame,
    /// Sampled frame after the playhead.
    NextFrame,
    /// Light or dark.
    ToggleTheme,
    /// Search the commands.
    Palette,
    /// List all keys.
    Keys,
    /// Close the program.
    Quit,
}

impl Command {
    /// All commands in the order of the palette.
    pub const ALL: [Self; 86] = [
        Self::OpenVideo,
        Self::OpenLink,
        Self::RecogniseSpeech,
        Self::OpenProject,
        Self::OpenSample,
        Self::OpenCaptions,
        Self::ExportCaptions,
        Self::Export,
        Self::Methods,
        Self::ImportLatents,
        Self::Models,
        Self::Save,
        Self::CloseProject,
        Self::Show(Step::Video),
        Self::Show(Step::Alignment),
        Self::Show(Step::Training),
        Self::Show(Step::Clusters),
        Self::Show(Step::Map),
        Self::Show(Step::Tags),
        Self::Show(Step::Compare),
        Self::Undo,
        Self::Redo,
        Self::EditText,
        Self::PreviousRow,
        Self::NextRow,
        Self::ExtendUp,
        Self::ExtendDown,
        Self::SelectAll,
        Self::SetStart,
        Self::SetEnd,
        Self::StartAndShiftRest,
        Self::NudgeEarlier,
        Self::NudgeLater,
        Self::ShiftRestEarlier,
        Self::ShiftRestLater,
        Self::ShiftBy,
        Self::Split,
        Self::Merge,
        Self::Insert,
        Self::Delete,
        Self::ToggleAnchor,
        Self::Confirm,
        Self::Find,
        Self::Replace,
        Self::FindNext,
        Self::Filter,
        Self::SwitchTable,
        Self::PairHere,
        Self::DropPair,
        Self::PairByRule,
        Self::CheckTimes,
        Self::CheckPictures,
        Self::SpreadOverSpeech,
        Self::AcceptAllTimes,
        Self::AcceptTimes,
        Self::RefuseTimes,
        Self::CloseProposal,
        Self::PinHere,
        Self::SyncPoint,
        Self::NextAnchor,
        Self::NextDoubt,
        Self::PreviousDoubt,
        Self::PlayOrPause,
        Self::PlayCue,
        Self::PlayBefore,
        Self::PlayAfter,
        Self::PlayStart,
        Self::PlayEnd,
        Self::ToggleLoop,
        Self::Slower,
        Self::Faster,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomToCue,
        Self::ZoomToAll,
        Self::ShowSurprise,
        Self::NextSurprise,
        Self::Train,
        Self::PauseOrResume,
        Self::StopAndKeep,
        Self::PreviousFrame,
        Self::NextFrame,
        Self::ToggleTheme,
        Self::Palette,
        Self::Keys,
        Self::Quit,
    ];

    /// Its name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.facts().text
    }

    /// What it does, in a sentence.
    #[must_use]
    pub const fn tooltip(self) -> &'static str {
        self.facts().tooltip
    }

    /// Whether it is about what the Alignment step shows, and does nothing elsewhere.
    #[must_use]
    pub const fn is_of_alignment(self) -> bool {
        matches!(
            self,
            Self::EditText
                | Self::ExtendUp
                | Self::ExtendDown
                | Self::SelectAll
                | Self::SetStart
                | Self::SetEnd
                | Self::StartAndShiftRest
                | Self::NudgeEarlier
                | Self::NudgeLater
                | Self::ShiftRestEarlier
                | Self::ShiftRestLater
                | Self::ShiftBy
                | Self::Split
                | Self::Merge
                | Self::Insert
                | Self::Delete
                | Self::ToggleAnchor
                | Self::Confirm
                | Self::Find
                | Self::Replace
                | Self::FindNext
                | Self::Filter
                | Self::SwitchTable
                | Self::PairHere
                | Self::DropPair
                | Self::PairByRule
                | Self::CheckTimes
                | Self::CheckPictures
                | Self::SpreadOverSpeech
                | Self::AcceptAllTimes
                | Self::AcceptTimes
                | Self::RefuseTimes
                | Self::CloseProposal
                | Self::PinHere
                | Self::SyncPoint
                | Self::NextAnchor
                | Self::NextDoubt
                | Self::PreviousDoubt
        )
    }
}

/// Where keys are pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Typing {
    /// Nothing is being typed.
    #[default]
    No,
    /// The text of a cue.
    Cue,
    /// Some other field.
    Elsewhere,
    /// A window that lies over the others.
    Dialog,
}

impl Typing {
    /// Whether a key acts while this is typed: what text fields need themselves is left to them.
    fn leaves(self, command: Command, shortcut: &KeyboardShortcut) -> bool {
        let plain = shortcut.modifiers == Modifiers::NONE || shortcut.modifiers == Modifiers::SHIFT;
        // Function keys write nothing.
        let writes = plain && !is_function(shortcut.logical_key);
        match self {
            Self::No => true,
            // What lies behind is not to be changed unseen.
            Self::Dialog => matches!(command, Command::Save | Command::Quit),
            Self::Cue => !writes && !matches!(command, Command::Train | Command::SelectAll),
            Self::Elsewhere => {
                let fields_own = [Command::Train, Command::SelectAll, Command::Undo, Command::Redo];
                !writes && !fields_own.contains(&command)
            }
        }
    }
}

fn is_function(key: Key) -> bool {
    let number = key.name().strip_prefix('F');
    number.is_some_and(|number| number.parse::<u8>().is_ok())
}

/// The commands whose keys were pressed in a step, each as often as it was pressed.
pub fn pressed(context: &Context, keys: &Keys, step: Step, typing: Typing) -> Vec<Command> {
    let mut all: Vec<(Command, KeyboardShortcut)> = Command::ALL
        .into_iter()
        .flat_map(|command| keys.all_of(command).map(move |shortcut| (command, shortcut)))
        .filter(|(command, _)| step == Step::Alignment || !command.is_of_alignment())
        .filter(|(command, shortcut)| typing.leaves(*command, shortcut))
        .collect();
    // Shortcuts with more modifiers first, for egui matches the others loosely.
    all.sort_by_key(|(_, shortcut)| {
        let modifiers = shortcut.modifiers;
        std::cmp::Reverse(u8::from(modifiers.shift) + u8::from(modifiers.alt))
    });
    all.into_iter()
        .flat_map(|(command, shortcut)| {
            let KeyboardShortcut {
                modifiers,
                logical_key,
            } = shortcut;
            let times = context.input_mut(|input| input.count_and_consume_key(modifiers, logical_key));
            std::iter::repeat_n(command, times)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_key_of_its_own() {
        let keys = Keys::default();
        for (i, command) in Command::ALL.iter().enumerate() {
            assert!(keys.of(*command).is_some(), "{command:?}");
            for other in &Command::ALL[i + 1..] {
                let shared = keys
                    .all_of(*command)
                    .find(|key| keys.all_of(*other).any(|other| other == *key));
                assert_eq!(shared, None, "{} and {}", command.text(), other.text());
            }
        }
    }

    #[test]
    fn typing_keeps_its_own_keys() {
        let leaves = |typing: Typing, command: Command| {
            let key = Keys::default().of(command).unwrap();
            typing.leaves(command, &key)
        };
        assert!(leaves(Typing::Cue, Command::Split) && leaves(Typing::Cue, Command::Undo));
        assert!(!leaves(Typing::Cue, Command::Delete) && !leaves(Typing::Cue, Command::NextRow));
        assert!(!leaves(Typing::Cue, Command::ExtendDown) && !leaves(Typing::Cue, Command::Train));
        assert!(!leaves(Typing::Elsewhere, Command::Undo) && leaves(Typing::Elsewhere, Command::Save));
        assert!(leaves(Typing::No, Command::Delete) && !leaves(Typing::Dialog, Command::Delete));
        assert!(leaves(Typing::Dialog, Command::Save) && !leaves(Typing::Dialog, Command::SelectAll));
    }
}

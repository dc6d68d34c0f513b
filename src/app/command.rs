//! What a user can do by name: one list that feeds the menu, the palette and the keys.

use super::state::Step;
use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

/// Something to do that needs no further data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Choose a video file and make a project of it.
    OpenVideo,
    /// Choose a project folder.
    OpenProject,
    /// Open the sample that comes with the program.
    OpenSample,
    /// Choose a caption file for the video.
    OpenCaptions,
    /// Save now.
    Save,
    /// Save and go back to the empty window.
    CloseProject,
    /// Go to a step of the work.
    Show(Step),
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
    /// Pair before the selected one.
    PreviousPair,
    /// Pair after the selected one.
    NextPair,
    /// Light or dark.
    ToggleTheme,
    /// Search the commands.
    Palette,
    /// List all keys.
    Keys,
    /// Close the program.
    Quit,
}

const NONE: Modifiers = Modifiers::NONE;
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};

impl Command {
    /// All commands in the order of the palette.
    pub const ALL: [Self; 23] = [
        Self::OpenVideo,
        Self::OpenProject,
        Self::OpenSample,
        Self::OpenCaptions,
        Self::Save,
        Self::CloseProject,
        Self::Show(Step::Video),
        Self::Show(Step::Alignment),
        Self::Show(Step::Training),
        Self::Show(Step::Clusters),
        Self::Show(Step::Map),
        Self::Show(Step::Tags),
        Self::Train,
        Self::PauseOrResume,
        Self::StopAndKeep,
        Self::PreviousFrame,
        Self::NextFrame,
        Self::PreviousPair,
        Self::NextPair,
        Self::ToggleTheme,
        Self::Palette,
        Self::Keys,
        Self::Quit,
    ];

    /// Its name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::OpenVideo => "Open video…",
            Self::OpenProject => "Open project…",
            Self::OpenSample => "Open the sample",
            Self::OpenCaptions => "Open captions…",
            Self::Save => "Save",
            Self::CloseProject => "Close project",
            Self::Show(Step::Video) => "Show Video",
            Self::Show(Step::Alignment) => "Show Alignment",
            Self::Show(Step::Training) => "Show Training",
            Self::Show(Step::Clusters) => "Show Clusters",
            Self::Show(Step::Map) => "Show Map",
            Self::Show(Step::Tags) => "Show Tags",
            Self::Train => "Train",
            Self::PauseOrResume => "Pause or resume training",
            Self::StopAndKeep => "Stop training and keep",
            Self::PreviousFrame => "Previous frame",
            Self::NextFrame => "Next frame",
            Self::PreviousPair => "Previous pair",
            Self::NextPair => "Next pair",
            Self::ToggleTheme => "Switch between light and dark",
            Self::Palette => "Search commands",
            Self::Keys => "Show all keys",
            Self::Quit => "Quit",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub const fn tooltip(self) -> &'static str {
        match self {
            Self::OpenVideo => "Choose a video file and start a project with it",
            Self::OpenProject => "Go on with a project saved earlier",
            Self::OpenSample => "A minute of invented news, to try everything on",
            Self::OpenCaptions => "Choose the transcript of the video: SRT, VTT, CSV or plain text",
            Self::Save => "Everything is also saved by itself a moment after each change",
            Self::CloseProject => "Save and go back to the empty window",
            Self::Show(_) => "Go to this step of the work",
            Self::Train => "Train the network on the pairs with the settings of the Training panel",
            Self::PauseOrResume => "A paused training keeps everything and can go on at any time",
            Self::StopAndKeep => "End the training now and go on with what it has learned",
            Self::PreviousFrame | Self::NextFrame => "Move the playhead by one sampled frame",
            Self::PreviousPair | Self::NextPair => "Select the neighbouring frame-caption pair",
            Self::ToggleTheme => "Change the colours of the window",
            Self::Palette => "Type a few letters of what you want to do",
            Self::Keys => "Every command with its key",
            Self::Quit => "Save and close; a running training is stopped and kept",
        }
    }

    /// Its key.
    #[must_use]
    pub const fn shortcut(self) -> KeyboardShortcut {
        let (modifiers, key) = match self {
            Self::OpenVideo => (COMMAND, Key::O),
            Self::OpenProject => (COMMAND_SHIFT, Key::O),
            Self::OpenSample => (COMMAND_SHIFT, Key::E),
            Self::OpenCaptions => (COMMAND, Key::T),
            Self::Save => (COMMAND, Key::S),
            Self::CloseProject => (COMMAND, Key::W),
            Self::Show(Step::Video) => (COMMAND, Key::Num1),
            Self::Show(Step::Alignment) => (COMMAND, Key::Num2),
            Self::Show(Step::Training) => (COMMAND, Key::Num3),
            Self::Show(Step::Clusters) => (COMMAND, Key::Num4),
            Self::Show(Step::Map) => (COMMAND, Key::Num5),
            Self::Show(Step::Tags) => (COMMAND, Key::Num6),
            Self::Train => (COMMAND, Key::Enter),
            Self::PauseOrResume => (COMMAND_SHIFT, Key::P),
            Self::StopAndKeep => (COMMAND_SHIFT, Key::S),
            Self::PreviousFrame => (NONE, Key::ArrowLeft),
            Self::NextFrame => (NONE, Key::ArrowRight),
            Self::PreviousPair => (NONE, Key::ArrowUp),
            Self::NextPair => (NONE, Key::ArrowDown),
            Self::ToggleTheme => (COMMAND, Key::L),
            Self::Palette => (COMMAND, Key::P),
            Self::Keys => (NONE, Key::F1),
            Self::Quit => (COMMAND, Key::Q),
        };
        KeyboardShortcut::new(modifiers, key)
    }
}

/// The commands whose keys were pressed. Plain keys are left to the text being typed.
pub fn pressed(context: &Context) -> Vec<Command> {
    let typing = context.egui_wants_keyboard_input();
    // Shortcuts with more modifiers first, for egui matches the others loosely.
    let mut commands = Command::ALL;
    commands.sort_by_key(|command| !command.shortcut().modifiers.shift);
    commands
        .into_iter()
        .filter(|command| !(typing && command.shortcut().modifiers == NONE))
        .filter(|command| context.input_mut(|input| input.consume_shortcut(&command.shortcut())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_key_of_its_own() {
        for (i, command) in Command::ALL.iter().enumerate() {
            for other in &Command::ALL[i + 1..] {
                assert_ne!(
                    command.shortcut(),
                    other.shortcut(),
                    "{} and {}",
                    command.text(),
                    other.text()
                );
            }
        }
    }
}

//! Names, meanings and first keys of the commands.

use super::Command;
use crate::app::state::Step;
use eframe::egui::{Key, KeyboardShortcut, Modifiers};

/// What is shown of a command.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Its name.
    pub text: &'static str,
    /// What it does, in a sentence.
    pub tooltip: &'static str,
    /// Its key as long as no other is chosen.
    pub key: KeyboardShortcut,
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const ALT_SHIFT: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::ALT
};
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};

/// A step has its place in the bar as its number.
const GO: &str = "Go to this step of the work";

impl Command {
    /// What is shown of it.
    #[must_use]
    pub const fn facts(self) -> Facts {
        let (text, modifiers, key, tooltip) = match self {
            Self::OpenVideo => (
                "Open video…",
                COMMAND,
                Key::O,
                "Choose a video file and start a project with it",
            ),
            Self::OpenLink => (
                "Open a link…",
                COMMAND,
                Key::U,
                "Fetch a video and its captions from a website",
            ),
            Self::RecogniseSpeech => (
                "Recognise the speech…",
                COMMAND_SHIFT,
                Key::U,
                "Have a model, or a program of yours, write down what is said in the video",
            ),
            Self::OpenProject => (
                "Open project…",
                COMMAND_SHIFT,
                Key::O,
                "Go on with a project saved earlier",
            ),
            Self::OpenSample => (
                "Open the sample",
                COMMAND_SHIFT,
                Key::E,
                "A minute of invented news, to try everything on",
            ),
            Self::OpenCaptions => (
                "Open captions…",
                COMMAND,
                Key::T,
                "Choose the transcript of the video, of any caption format or as plain text",
            ),
            Self::ExportCaptions => (
                "Export captions…",
                COMMAND,
                Key::E,
                "Write the captions as they are now, for other programs",
            ),
            Self::Export => (
                "Export…",
                COMMAND_SHIFT,
                Key::X,
                "Take a report, tables, plots, latents or annotations away, for other people and programs",
            ),
            Self::Methods => (
                "Methods…",
                COMMAND_SHIFT,
                Key::J,
                "How the results were made: parameters, seeds, versions, hashes, and a paragraph to cite",
            ),
            Self::ImportLatents => (
                "Import latents…",
                COMMAND_SHIFT,
                Key::I,
                "Cluster vectors from elsewhere, a row a pair: a CSV table or an NPY array",
            ),
            Self::Models => (
                "Models…",
                COMMAND_SHIFT,
                Key::L,
                "The pretrained models that describe, tag, compare and translate: fetch them, choose, or point at your own",
            ),
            Self::Save => (
                "Save",
                COMMAND,
                Key::S,
                "Edits are kept at once and everything is saved by itself; this saves it now",
            ),
            Self::CloseProject => (
                "Close project",
                COMMAND,
                Key::W,
                "Save and go back to the empty window",
            ),
            Self::Show(Step::Video) => ("Show Video", COMMAND, Key::Num1, GO),
            Self::Show(Step::Alignment) => ("Show Alignment", COMMAND, Key::Num2, GO),
            Self::Show(Step::Training) => ("Show Training", COMMAND, Key::Num3, GO),
            Self::Show(Step::Clusters) => ("Show Clusters", COMMAND, Key::Num4, GO),
            Self::Show(Step::Map) => ("Show Map", COMMAND, Key::Num5, GO),
            Self::Show(Step::Tags) => ("Show Tags", COMMAND, Key::Num6, GO),
            Self::Show(Step::Compare) => ("Show Compare", COMMAND, Key::Num7, GO),
            Self::Undo => (
                "Undo",
                COMMAND,
                Key::Z,
                "Take the last edit of captions or pairs back, without limit",
            ),
            Self::Redo => (
                "Redo",
                COMMAND_SHIFT,
                Key::Z,
                "Do again what was taken back; also Ctrl+Y",
            ),
            Self::EditText => (
                "Edit text",
                NONE,
                Key::F2,
                "Type in the text of the cue; also Enter. Enter goes on to the next cue, Shift+Enter breaks the line, \
                 Esc gives up",
            ),
            Self::PreviousRow => (
                "Previous cue or pair",
                NONE,
                Key::ArrowUp,
                "Select the cue before, or where there are no cues the pair",
            ),
            Self::NextRow => (
                "Next cue or pair",
                NONE,
                Key::ArrowDown,
                "Select the cue after, or where there are no cues the pair",
            ),
            Self::ExtendUp => (
                "Select the cue above as well",
                SHIFT,
                Key::ArrowUp,
                "Choose several cues, upwards",
            ),
            Self::ExtendDown => (
                "Select the cue below as well",
                SHIFT,
                Key::ArrowDown,
                "Choose several cues, downwards",
            ),
            Self::SelectAll => (
                "Select all cues",
                COMMAND,
                Key::A,
                "Choose all cues that are shown",
            ),
            Self::SetStart => ("Start here", NONE, Key::F5, "The cue starts at the playhead"),
            Self::SetEnd => ("End here", NONE, Key::F6, "The cue ends at the playhead"),
            Self::StartAndShiftRest => (
                "Start here and move the rest",
                SHIFT,
                Key::F5,
                "The cue starts at the playhead, and all cues after it move by as much. Anchors stay",
            ),
            Self::NudgeEarlier => (
                "Nudge earlier",
                ALT,
                Key::ArrowLeft,
                "The chosen cues come a little earlier",
            ),
            Self::NudgeLater => (
                "Nudge later",
                ALT,
                Key::ArrowRight,
                "The chosen cues come a little later",
            ),
            Self::ShiftRestEarlier => (
                "Nudge this and the rest earlier",
                ALT_SHIFT,
                Key::ArrowLeft,
                "The cue and all after it come a little earlier. Anchors stay",
            ),
            Self::ShiftRestLater => (
                "Nudge this and the rest later",
                ALT_SHIFT,
                Key::ArrowRight,
                "The cue and all after it come a little later. Anchors stay",
            ),
            Self::ShiftBy => (
                "Move by…",
                COMMAND_SHIFT,
                Key::M,
                "Move the chosen cues, this and the rest, or all of them by a length of time",
            ),
            Self::Split => (
                "Split",
                NONE,
                Key::F7,
                "Split the cue at the playhead, and its text at the caret or where the words of that moment are",
            ),
            Self::Merge => (
                "Merge",
                NONE,
                Key::F8,
                "Make one cue of those chosen, or of this and the next",
            ),
            Self::Insert => ("Insert", NONE, Key::Insert, "Put a new cue in at the playhead"),
            Self::Delete => ("Delete", NONE, Key::Delete, "Take the chosen cues away"),
            Self::ToggleAnchor => (
                "Anchor",
                NONE,
                Key::F9,
                "The times of the chosen cues are right: no correction moves them. Again lets them go",
            ),
            Self::Confirm => (
                "Checked",
                COMMAND,
                Key::D,
                "Mark the chosen cues as looked at: their times are no estimate",
            ),
            Self::Find => (
                "Find…",
                COMMAND,
                Key::F,
                "Find text in the captions, plain or by a regular expression",
            ),
            Self::Replace => (
                "Replace…",
                COMMAND,
                Key::H,
                "Find text in the captions and put other text in its place",
            ),
            Self::FindNext => (
                "Find next",
                NONE,
                Key::F3,
                "Go to the next place where the text is",
            ),
            Self::Filter => (
                "Filter cues",
                COMMAND_SHIFT,
                Key::F,
                "Show only the cues that hold a text, or need a look",
            ),
            Self::SwitchTable => (
                "Cues or pairs",
                COMMAND_SHIFT,
                Key::T,
                "Switch between the cues and the pairs",
            ),
            Self::PairHere => (
                "Pair with this frame",
                COMMAND,
                Key::G,
                "The caption of the selected pair takes the frame at the playhead, whatever the rule says",
            ),
            Self::DropPair => (
                "Drop pair",
                COMMAND_SHIFT,
                Key::D,
                "Leave the selected pair out of training",
            ),
            Self::PairByRule => (
                "Pair by the rule",
                COMMAND_SHIFT,
                Key::G,
                "Forget what was decided by hand about the selected pair",
            ),
            Self::CheckTimes => (
                "Check times",
                COMMAND,
                Key::K,
                "Compare the times of the captions with the speech, and propose better ones",
            ),
            Self::CheckPictures => (
                "Check against the pictures",
                COMMAND_SHIFT,
                Key::H,
                "Learn which words belong to which pictures of this video: captions that do not fit what is shown become doubtful, and \
                 stretches that fit better elsewhere are proposed to be moved",
            ),
            Self::SpreadOverSpeech => (
                "Spread over speech",
                COMMAND_SHIFT,
                Key::K,
                "Captions without times of their own are spread over the speech, not over the silence",
            ),
            Self::AcceptAllTimes => (
                "Accept all times",
                ALT_SHIFT,
                Key::A,
                "All cues that are to move get the proposed times, as one step",
            ),
            Self::AcceptTimes => (
                "Accept",
                ALT,
                Key::A,
                "The cue gets the proposed times; then the next one",
            ),
            Self::RefuseTimes => (
                "Skip",
                ALT,
                Key::X,
                "The cue stays where it is; then the next one",
            ),
            Self::CloseProposal => (
                "Close proposal",
                ALT_SHIFT,
                Key::X,
                "All cues that were not accepted stay where they are",
            ),
            Self::PinHere => (
                "Pin here",
                COMMAND,
                Key::F5,
                "The cue starts at the playhead and becomes an anchor; the cues up to the next anchors are stretched along, no other moves",
            ),
            Self::SyncPoint => (
                "Sync point",
                COMMAND_SHIFT,
                Key::F5,
                "The cue starts at the playhead: with two or more such points the whole transcript is stretched between them, once you accept",
            ),
            Self::NextAnchor => (
                "Next good anchor",
                ALT,
                Key::F5,
                "Go to the next cue after a long silence, where it is plain when speech starts",
            ),
            Self::NextDoubt => (
                "Next doubt",
                NONE,
                Key::F4,
                "Go to the next cue that is probably wrong, the most doubtful first",
            ),
            Self::PreviousDoubt => (
                "Previous doubt",
                SHIFT,
                Key::F4,
                "Go back to the more doubtful cue before",
            ),
            Self::PlayOrPause => (
                "Play or pause",
                NONE,
                Key::Space,
                "Play from the playhead on with sound, or stop; also F12, while text is typed",
            ),
            Self::PlayCue => (
                "Play cue",
                NONE,
                Key::F10,
                "Play the cue, from its start to its end and not a moment more",
            ),
            Self::PlayBefore => (
                "Play before cue",
                NONE,
                Key::F11,
                "Play the second before the cue",
            ),
            Self::PlayAfter => ("Play after cue", SHIFT, Key::F11, "Play the second after the cue"),
            Self::PlayStart => (
                "Play around the start",
                SHIFT,
                Key::F10,
                "Play half a second before and after the start of the cue",
            ),
            Self::PlayEnd => (
                "Play around the end",
                COMMAND,
                Key::F10,
                "Play half a second before and after the end of the cue",
            ),
            Self::ToggleLoop => (
                "Loop",
                COMMAND,
                Key::R,
                "What is played begins again at its end, until it is stopped",
            ),
            Self::Slower => (
                "Play slower",
                COMMAND,
                Key::OpenBracket,
                "Down to half the speed; voices keep their pitch",
            ),
            Self::Faster => (
                "Play faster",
                COMMAND,
                Key::CloseBracket,
                "Up to twice the speed; voices keep their pitch",
            ),
            Self::ZoomIn => (
                "Zoom in",
                ALT,
                Key::ArrowUp,
                "The timeline shows a shorter part around the playhead; also the wheel over it",
            ),
            Self::ZoomOut => (
                "Zoom out",
                ALT,
                Key::ArrowDown,
                "The timeline shows a longer part around the playhead",
            ),
            Self::ZoomToCue => (
                "Zoom to cue",
                ALT,
                Key::Enter,
                "The timeline shows the cue and its neighbours",
            ),
            Self::ZoomToAll => (
                "Zoom to all",
                ALT,
                Key::Home,
                "The timeline shows the whole video",
            ),
            Self::ShowSurprise => (
                "Draw what surprises",
                ALT,
                Key::S,
                "Learn what follows what in this video, and draw above the sound how little each frame was to be expected: cuts, and \
                 shots that were put in. A minute or more, in the background; again hides it",
            ),
            Self::NextSurprise => (
                "Next surprising place",
                ALT_SHIFT,
                Key::S,
                "Go to the next of the tenth of the frames that surprise most",
            ),
            Self::Train => (
                "Train",
                COMMAND,
                Key::Enter,
                "Train the network on the pairs with the settings of the Training panel",
            ),
            Self::PauseOrResume => (
                "Pause or resume training",
                COMMAND_SHIFT,
                Key::P,
                "A paused training keeps everything and can go on at any time",
            ),
            Self::StopAndKeep => (
                "Stop training and keep",
                COMMAND_SHIFT,
                Key::S,
                "End the training now and go on with what it has learned",
            ),
            Self::PreviousFrame => (
                "Previous frame",
                NONE,
                Key::ArrowLeft,
                "Move the playhead by one sampled frame",
            ),
            Self::NextFrame => (
                "Next frame",
                NONE,
                Key::ArrowRight,
                "Move the playhead by one sampled frame",
            ),
            Self::ToggleTheme => (
                "Switch between light and dark",
                COMMAND,
                Key::L,
                "Change the colours of the window",
            ),
            Self::Palette => (
                "Search commands",
                COMMAND,
                Key::P,
                "Type a few letters of what you want to do",
            ),
            Self::Keys => (
                "Show all keys",
                NONE,
                Key::F1,
                "Every command with its key, to be searched and changed",
            ),
            Self::Quit => (
                "Quit",
                COMMAND,
                Key::Q,
                "Save and close; a running training is stopped and kept",
            ),
        };
        Facts {
            text,
            tooltip,
            key: KeyboardShortcut::new(modifiers, key),
        }
    }

    /// A second key that people bring from other programs. It cannot be changed, but gives way to a chosen one.
    pub(super) const fn second_key(self) -> Option<KeyboardShortcut> {
        match self {
            Self::Redo => Some(KeyboardShortcut::new(COMMAND, Key::Y)),
            Self::EditText => Some(KeyboardShortcut::new(NONE, Key::Enter)),
            Self::PlayOrPause => Some(KeyboardShortcut::new(NONE, Key::F12)),
            _ => None,
        }
    }
}

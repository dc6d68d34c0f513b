//! The keys of the commands, as the user has chosen them.

use super::Command;
use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which key does what: the first keys, but for those that were changed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keys {
    /// Chosen keys by the name of the command, as `Ctrl+Shift+Z`; empty for a command that has none.
    changed: BTreeMap<String, String>,
}

impl Keys {
    /// The key of a command; none where it was taken away.
    #[must_use]
    pub fn of(&self, command: Command) -> Option<KeyboardShortcut> {
        match self.changed.get(&name(command)) {
            Some(text) => parse(text),
            None => Some(command.facts().key),
        }
    }

    /// All keys of a command.
    pub fn all_of(&self, command: Command) -> impl Iterator<Item = KeyboardShortcut> {
        let is_free =
            |key: &KeyboardShortcut| !Command::ALL.into_iter().any(|other| self.of(other) == Some(*key));
        let second = command.second_key().filter(is_free);
        self.of(command).into_iter().chain(second)
    }

    /// The key of a command as it is written on this system; empty where it has none.
    #[must_use]
    pub fn text(&self, context: &Context, command: Command) -> String {
        let key = self.of(command);
        key.map(|key| context.format_shortcut(&key)).unwrap_or_default()
    }

    /// What a command does, and its key: what hovering shows.
    #[must_use]
    pub fn hint(&self, context: &Context, command: Command) -> String {
        match self.of(command) {
            Some(key) => format!("{} ({})", command.tooltip(), context.format_shortcut(&key)),
            None => command.tooltip().into(),
        }
    }

    /// The command that a key belongs to.
    #[must_use]
    pub fn owner(&self, key: KeyboardShortcut) -> Option<Command> {
        Command::ALL
            .into_iter()
            .find(|command| self.of(*command) == Some(key))
    }

    /// Gives a key to a command; whichever command had it has none then.
    pub fn set(&mut self, command: Command, key: KeyboardShortcut) {
        if let Some(owner) = self.owner(key).filter(|owner| *owner != command) {
            self.changed.insert(name(owner), String::new());
        }
        self.changed.insert(name(command), write(&key));
    }

    /// Gives a command its first key again, where no other has it by now.
    pub fn reset(&mut self, command: Command) {
        let first = command.facts().key;
        if self.owner(first).is_none_or(|owner| owner == command) {
            self.changed.remove(&name(command));
        }
    }

    /// Whether a command has another key than at first.
    #[must_use]
    pub fn is_changed(&self, command: Command) -> bool {
        self.of(command) != Some(command.facts().key)
    }
}

/// What a command is called in the settings.
fn name(command: Command) -> String {
    format!("{command:?}")
}

fn write(key: &KeyboardShortcut) -> String {
    let Modifiers { alt, shift, .. } = key.modifiers;
    let mut text = String::new();
    for (on, word) in [(key.modifiers.command, "Ctrl+"), (alt, "Alt+"), (shift, "Shift+")] {
        if on {
            text += word;
        }
    }
    text + key.logical_key.name()
}

fn parse(text: &str) -> Option<KeyboardShortcut> {
    let (mut modifiers, mut rest) = (Modifiers::NONE, text);
    for (word, modifier) in [
        ("Ctrl+", Modifiers::COMMAND),
        ("Alt+", Modifiers::ALT),
        ("Shift+", Modifiers::SHIFT),
    ] {
        if let Some(after) = rest.strip_prefix(word) {
            modifiers |= modifier;
            rest = after;
        }
    }
    Some(KeyboardShortcut::new(modifiers, Key::from_name(rest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_can_be_kept() {
        for command in Command::ALL {
            let key = command.facts().key;
            assert_eq!(parse(&write(&key)), Some(key), "{command:?}");
        }
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_key_has_one_command_at_a_time() {
        let mut keys = Keys::default();
        let undo = Command::Undo.facts().key;
        keys.set(Command::Split, undo);
        assert_eq!(
            (keys.of(Command::Split), keys.of(Command::Undo)),
            (Some(undo), None)
        );
        assert_eq!(keys.owner(undo), Some(Command::Split));
        keys.reset(Command::Undo);
        assert_eq!(keys.of(Command::Undo), None);
        keys.reset(Command::Split);
        keys.reset(Command::Undo);
        assert_eq!(keys.of(Command::Undo), Some(undo));
        assert!(!keys.is_changed(Command::Split));
        keys.set(Command::Merge, KeyboardShortcut::new(Modifiers::COMMAND, Key::Y));
        assert_eq!(keys.all_of(Command::Redo).count(), 1);
        let text = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<Keys>(&text).unwrap(), keys);
    }
}

//! The text of a paragraph, and the parts of it that have times of their own.

use super::Level;
use crate::captions::timing::TimedText;
use crate::project::{Seconds, TimedWord};

/// A paragraph on the way.
pub(super) struct Paragraph {
    level: Level,
    text: String,
    runs: Vec<TimedWord>,
    /// Where the text of the run that is open begins.
    run_from: Option<usize>,
    pub place: usize,
}

impl Paragraph {
    pub fn new(level: &Level, place: usize) -> Self {
        Self {
            level: *level,
            text: String::new(),
            runs: Vec::new(),
            run_from: None,
            place,
        }
    }

    /// Runs of space count as one, unless they are to be kept.
    pub fn push(&mut self, text: &str, keeps_space: bool) {
        if keeps_space {
            self.text.push_str(text);
            return;
        }
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r');
            if !is_space {
                self.text.push(c);
            } else if !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    pub fn break_line(&mut self) {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
    }

    pub fn begin_run(&mut self, level: &Level) {
        self.end_run();
        self.run_from = Some(self.text.len());
        self.runs.push(TimedWord {
            text: String::new(),
            start: Seconds(level.start),
            end: level.end.map(Seconds),
        });
    }

    pub fn end_run(&mut self) {
        let text = self.run_from.take().and_then(|from| self.text.get(from..));
        if let (Some(text), Some(run)) = (text, self.runs.last_mut()) {
            text.trim().clone_into(&mut run.text);
        }
    }

    /// The cue; nothing where no time can be read.
    pub fn cue(mut self) -> Option<TimedText> {
        self.end_run();
        self.runs.retain(|run| !run.text.is_empty());
        let (mut start, mut end) = (self.level.start, self.level.end);
        if !self.level.has_times {
            // The times are those of its parts.
            let first = self.runs.iter().map(|run| run.start.0).reduce(f64::min);
            let ends = self.runs.iter().map(|run| run.end.map(|end| end.0));
            let is_open = ends.clone().any(|end| end.is_none());
            start = first.or(self.text.trim().is_empty().then_some(0.0))?;
            end = ends.flatten().reduce(f64::max).filter(|_| !is_open);
        }
        if self.level.is_broken {
            return None;
        }
        let text = self.text.trim().to_owned();
        if self.runs.len() == 1 && self.runs.iter().any(|run| run.text == text) {
            self.runs.clear();
        }
        Some(TimedText {
            start,
            end,
            text,
            words: self.runs,
            place: self.place,
            ..TimedText::default()
        })
    }
}

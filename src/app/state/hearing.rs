//! What a recogniser hears in the video.

use super::State;
use crate::analysis::recognising;
use crate::app::forms::SpeechForm;
use crate::pretrained::{Job, Recognising, Segment};
use crate::project::CaptionTrack;

/// A transcript on its way, or there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hearing {
    /// What it is heard by.
    pub by: Option<HeardBy>,
    /// What was heard so far, by a model that tells it as it goes.
    pub segments: Vec<Segment>,
    /// What was heard, once the recogniser has come to an end or was stopped.
    pub heard: Option<CaptionTrack>,
    /// Whether it was taken as the captions.
    pub taken: bool,
    /// Whether it was stopped before the end.
    pub partial: bool,
    /// What the analyst should know.
    pub warnings: Vec<String>,
    /// Why nothing, or no more, was heard.
    pub trouble: Option<String>,
}

impl Hearing {
    /// Before the first word, by this recogniser.
    #[must_use]
    pub fn of(by: Option<HeardBy>) -> Self {
        Self {
            by,
            ..Self::default()
        }
    }

    /// It has ended before the end of the video: what was heard by then is kept.
    pub fn stop(&mut self) {
        if self.heard.is_none() && !self.segments.is_empty() {
            self.heard = Some(CaptionTrack::new(
                self.segments.iter().map(recognising::cue).collect(),
            ));
            self.partial = true;
        }
    }
}

/// A recogniser and how it is asked: the same again hears the same.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardBy {
    /// Name of the model, or the user's own command.
    pub name: String,
    /// A program of the user's own.
    pub own: bool,
    asked: Recognising,
}

impl State {
    /// What speech would be heard by now; none while there is no model or command.
    #[must_use]
    pub fn heard_by(&self, form: &SpeechForm) -> Option<HeardBy> {
        let (name, asked) = if form.own {
            (form.command.trim().to_owned(), Recognising::default())
        } else {
            (self.models.chosen(Job::Speech)?.name.clone(), form.recognising())
        };
        (!name.is_empty()).then_some(HeardBy {
            name,
            own: form.own,
            asked,
        })
    }
}

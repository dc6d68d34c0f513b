//! Where the video surprises: learned when it is asked for, and gone through.

use crate::app::App;
use crate::app::work::{self, Kind};

impl App {
    /// Draws what surprises, which is learned first where it is not known of the pairs as they are; again hides it.
    pub(super) fn show_surprise(&mut self) {
        let Some(project) = &self.state.project else {
            return;
        };
        let is_current = self.state.surprises.of(project).is_some();
        let shown = &mut self.forms.timeline.surprise;
        if *shown && (is_current || self.jobs.is_running(Kind::Surprise)) {
            *shown = false;
            return;
        }
        *shown = true;
        if is_current || self.jobs.is_running(Kind::Surprise) {
            return;
        }
        let (project, frames, places) = (project.clone(), self.state.frames.clone(), self.places.clone());
        self.jobs.start(Kind::Surprise, move |out| {
            work::judge_surprise(&project, &frames, &places, out)
        });
    }

    /// Goes to the next place that surprises; where nothing is known of that, it is learned first.
    pub(super) fn next_surprise(&mut self) {
        let state = &self.state;
        let known = state
            .project
            .as_ref()
            .and_then(|project| state.surprises.of(project));
        let next = known.and_then(|_| state.surprises.next(state.playhead));
        if let Some(time) = next {
            self.forms.timeline.surprise = true;
            self.seek(time);
        } else if !self.jobs.is_running(Kind::Surprise) {
            self.forms.timeline.surprise = false;
            self.show_surprise();
        }
    }
}

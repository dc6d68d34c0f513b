//! Pictures and words: what is said that does not fit what is shown, and frames by a sentence.

use crate::analysis;
use crate::app::App;
use crate::app::state::{Against, Step};
use crate::app::work::{self, Kind};
use crate::crossmodal::{Found, PictureFit};
use std::sync::Arc;

impl App {
    /// Learns which words belong to which pictures, and proposes what follows of it for the captions.
    pub(super) fn check_pictures(&mut self) {
        let Some(project) = self.state.project.clone() else {
            return;
        };
        let (frames, speech) = (self.state.frames.clone(), self.state.sound.speech.clone());
        let (places, of) = (self.places.clone(), self.state.track_revision);
        self.jobs.start(Kind::Fit, move |out| {
            work::fit_pictures((&project, of), &frames, speech.as_deref(), &places, out)
        });
    }

    /// Reads what is kept of an earlier fit.
    pub(super) fn open_fit(&mut self) {
        if let Some(project) = self.state.project.clone() {
            self.jobs
                .start(Kind::KeptFit, move |out| work::open_fit(&project, out));
        }
    }

    /// A fit is there. What it proposes is told where captions are corrected.
    pub(super) fn fitted(&mut self, fit: PictureFit, of: u64) {
        let fit = Arc::new(fit);
        self.state.pictures.fit = Some(fit.clone());
        self.state.pictures.found = None;
        let Some(project) = &self.state.project else {
            return;
        };
        let correction = &self.state.correction;
        let is_free = correction.points.is_empty() && correction.changes.is_empty();
        if of == self.state.track_revision && self.state.step == Step::Alignment && is_free {
            let (told, changes) = analysis::proposed_by_pictures(project, &fit);
            self.state
                .correction
                .take(Against::Pictures, told, changes, project);
            if let Some(first) = self.state.correction.changes.first().map(|change| change.cue) {
                self.look_at_cue(first);
            }
        } else {
            // What is under review stays, and nobody is torn away.
            let text = "Words and pictures are learned: “Check against the pictures” in the Alignment step shows what follows";
            self.state.notice(text, false);
        }
        self.look_for_doubts();
    }

    /// Looks for the frames that show what is typed; all are shown again where nothing is.
    pub(super) fn find_frames(&mut self) {
        let sentence = self.forms.frame_search.trim().to_owned();
        if sentence.is_empty() {
            self.state.pictures.found = None;
            return;
        }
        let (Some(project), Some(fit)) = (self.state.project.clone(), self.state.pictures.fit.clone()) else {
            return;
        };
        let places = self.places.clone();
        self.jobs.start(Kind::Find, move |out| {
            work::find_frames(&project, &fit, sentence, &places, out)
        });
    }

    pub(super) fn found_frames(&mut self, sentence: String, found: Vec<Found>) {
        self.state.pictures.found = Some((sentence, Arc::new(found)));
    }
}

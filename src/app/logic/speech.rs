//! Speech becomes captions, or gives captions their times.

use crate::analysis::OwnRecogniser;
use crate::app::App;
use crate::app::forms::SpeechForm;
use crate::app::state::{Against, Hearing, Step};
use crate::app::work::{self, Kind};
use crate::jobs::Ending;
use crate::pretrained::Job;
use crate::project::CaptionTrack;
use crate::training::DeviceChoice;

impl App {
    /// Writes down what is said in the video, as the form says.
    pub(super) fn recognise_speech(&mut self) {
        let video = self
            .state
            .project
            .as_ref()
            .and_then(|project| project.manifest.video.clone());
        let Some(video) = video else { return };
        self.keep_speech_form();
        let form = self.forms.speech.clone();
        let by = self.state.heard_by(&form);
        if form.own {
            match form.command.parse::<OwnRecogniser>() {
                Ok(recogniser) => {
                    self.state.hearing = Hearing::of(by);
                    self.jobs.start(Kind::Hear, move |out| {
                        work::transcribe_with(&video, &recogniser, out)
                    });
                }
                Err(why) => self.state.hearing.trouble = Some(why.to_string()),
            }
            return;
        }
        let Some(model) = self.model_for(Job::Speech) else {
            self.forms.models = Some(Job::Speech);
            return;
        };
        self.state.hearing = Hearing::of(by);
        let (places, settings) = (self.places.clone(), form.recognising());
        // A card that trains has no room to spare, and one that is not to be trained on is not to be used either.
        let asked = self.forms.training.device;
        let device = if self.jobs.is_running(Kind::Train) || asked == DeviceChoice::Cpu {
            DeviceChoice::Cpu
        } else {
            DeviceChoice::Auto
        };
        self.jobs.start(Kind::Hear, move |out| {
            work::transcribe(&video, (&model, &settings), device, &places, out)
        });
    }

    /// What is chosen is remembered.
    fn keep_speech_form(&mut self) {
        let form = SpeechForm {
            open: false,
            ..self.forms.speech.clone()
        };
        if self.settings.speech != form {
            self.settings.speech = form;
            self.keep_settings();
        }
    }

    /// All is written down.
    pub(super) fn transcribed(&mut self, track: CaptionTrack, warnings: Vec<String>) {
        self.state.hearing.heard = Some(track);
        self.state.hearing.warnings = warnings;
    }

    /// The recogniser has ended; true where its window says why it failed.
    pub(super) fn hearing_ended(&mut self, ending: &Ending) -> bool {
        self.state.hearing.stop();
        match ending {
            Ending::Failed(why) if self.forms.speech.open => {
                self.state.hearing.trouble = Some(why.clone());
                true
            }
            _ => false,
        }
    }

    /// What was heard becomes the captions.
    pub(super) fn take_transcript(&mut self) {
        let heard = self.state.hearing.heard.clone();
        let (Some(project), Some(track)) = (self.state.project.clone(), heard) else {
            return;
        };
        let warnings = self.state.hearing.warnings.clone();
        self.forms.speech.open = false;
        self.state.hearing.taken = true;
        self.show(Step::Alignment);
        self.jobs.start(Kind::Captions, move |out| {
            work::keep_transcript(&project, track, warnings, out)
        });
    }

    /// The captions keep their words and are proposed the times at which these were heard.
    pub(super) fn align_with_transcript(&mut self) {
        self.forms.speech.open = false;
        self.show(Step::Alignment);
        self.propose_by_words();
    }

    /// Proposes the times at which words were heard, for the captions as they are now.
    pub(super) fn propose_by_words(&mut self) {
        let heard = self.state.hearing.heard.clone();
        let (Some(project), Some(heard)) = (self.state.project.clone(), heard) else {
            return;
        };
        self.asked_against = Against::Words;
        let of = self.state.track_revision;
        self.jobs.start(Kind::Correct, move |out| {
            work::propose_by_words((&project, of), &heard, out)
        });
    }
}

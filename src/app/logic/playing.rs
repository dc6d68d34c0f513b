//! Playing the video: the sound leads, and the playhead follows it.

use crate::app::App;
use crate::app::command::Command;
use crate::app::forms::View;
use crate::media::{Playback, SPEEDS};
use crate::project::{Seconds, Span};
use eframe::egui;

/// How much is played before and after a cue, in seconds.
const BESIDE: f64 = 1.0;
/// How much is played on each side of an edge, in seconds.
const AROUND: f64 = 0.5;
/// Speeds that Slower and Faster go through.
const STEP: f64 = 0.25;
/// How many times a zoom shortens what is seen.
const ZOOM: f64 = 0.6;

impl App {
    /// Carries out a command about playing or the timeline's part.
    pub(super) fn run_playing(&mut self, command: Command) {
        match command {
            Command::PlayOrPause if self.state.playing.on => self.pause(),
            Command::PlayOrPause => {
                let end = self.state.duration();
                let from = self.state.playhead;
                // At the end it begins again.
                let from = if from.0 > end.0 - 0.05 { Seconds(0.0) } else { from };
                self.play(from, None);
            }
            Command::ToggleLoop => self.state.playing.looped = !self.state.playing.looped,
            Command::Slower => self.set_speed(self.state.playing.speed - STEP),
            Command::Faster => self.set_speed(self.state.playing.speed + STEP),
            Command::ZoomIn => self.zoom(ZOOM),
            Command::ZoomOut => self.zoom(1.0 / ZOOM),
            Command::ZoomToAll => self.forms.timeline.view = None,
            _ => {
                let project = self.state.project.as_ref();
                let active = project.zip(self.state.cues.active);
                let Some(Span { start, end }) = active.and_then(|(project, cue)| project.spoken(cue)) else {
                    self.state.notice(
                        "Choose a cue first: click one in the table or on the timeline",
                        false,
                    );
                    return;
                };
                let around =
                    |at: Seconds, before: f64, after: f64| (Seconds(at.0 - before), Seconds(at.0 + after));
                let (from, to) = match command {
                    Command::PlayBefore => around(start, BESIDE, 0.0),
                    Command::PlayAfter => around(end, 0.0, BESIDE),
                    Command::PlayStart => around(start, AROUND, AROUND),
                    Command::PlayEnd => around(end, AROUND, AROUND),
                    Command::ZoomToCue => {
                        let span = (end.0 - start.0).max(0.5);
                        let view = View {
                            from: start.0 - span,
                            span: span * 3.0,
                        };
                        self.forms.timeline.view = Some(view.panned(0.0, self.state.duration().0));
                        return;
                    }
                    _ => (start, end),
                };
                self.play(from.max(Seconds(0.0)), Some(to));
            }
        }
    }

    fn play(&mut self, from: Seconds, until: Option<Seconds>) {
        let video = self
            .state
            .project
            .as_ref()
            .and_then(|project| project.manifest.video.as_ref());
        let Some(video) = video else { return };
        let playback = self.playback.get_or_insert_with(|| Playback::open(&video.path));
        let playing = &mut self.state.playing;
        playback.set_volume(playing.volume);
        playback.play(from, until, playing.speed, playing.looped);
        playing.on = true;
        self.state.playhead = from;
    }

    /// Stops where it is.
    pub(super) fn pause(&mut self) {
        if let Some(playback) = &self.playback {
            playback.pause();
        }
        self.state.playing.on = false;
    }

    /// Goes on playing from where the playhead was put.
    pub(super) fn play_on_from(&mut self, time: Seconds) {
        if self.state.playing.on {
            self.play(time, None);
        }
    }

    pub(super) fn set_speed(&mut self, speed: f64) {
        let speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
        self.state.playing.speed = speed;
        if let Some(playback) = &self.playback {
            playback.set_speed(speed);
        }
    }

    pub(super) fn set_volume(&mut self, volume: f32) {
        self.state.playing.volume = volume;
        if let Some(playback) = &self.playback {
            playback.set_volume(volume);
        }
    }

    fn zoom(&mut self, factor: f64) {
        let duration = self.state.duration().0;
        let form = &mut self.forms.timeline;
        let view = form.view.unwrap_or_else(|| View::whole(duration));
        form.view = Some(view.zoomed(self.state.playhead.0, factor, duration));
    }

    /// The playhead follows what is heard.
    pub(super) fn follow_playing(&mut self, context: &egui::Context) {
        let Some(playback) = self.playback.as_ref().filter(|_| self.state.playing.on) else {
            return;
        };
        if let Some(why) = playback.silent().filter(|_| !self.state.playing.told) {
            // The reason is a sentence, but for its first letter.
            let mut letters = why.chars();
            let first = letters.next().map(|letter| letter.to_uppercase().to_string());
            let text = first.unwrap_or_default() + letters.as_str();
            self.state.playing.told = true;
            self.state.notice(text, false);
        }
        let at = playback.position().max(Seconds(0.0)).min(self.state.duration());
        self.state.playing.on = playback.is_playing() && at < self.state.duration();
        self.state.playhead = at;
        let pair = self.state.pair_at(at);
        if self.state.selected != pair {
            self.state.selected = pair;
            self.forms.scroll_to_selected = true;
        }
        context.request_repaint();
    }
}

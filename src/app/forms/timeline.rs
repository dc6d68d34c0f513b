//! Which part of the video the timeline shows, and what is being dragged on it.

use crate::project::{CueId, Seconds};

/// The shortest part that can be shown, in seconds.
const SHORTEST: f64 = 0.5;

/// A part of the video.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Where it begins, in seconds.
    pub from: f64,
    /// How long it is.
    pub span: f64,
}

impl View {
    /// The whole video.
    #[must_use]
    pub fn whole(duration: f64) -> Self {
        Self {
            from: 0.0,
            span: duration.max(SHORTEST),
        }
    }

    /// A part with a span of so many times this one's, in which a moment stays where it is.
    #[must_use]
    pub fn zoomed(self, around: f64, factor: f64, duration: f64) -> Self {
        let span = (self.span * factor).clamp(SHORTEST, duration.max(SHORTEST));
        let share = (around - self.from) / self.span;
        Self {
            from: around - share * span,
            span,
        }
        .within(duration)
    }

    /// The part so many seconds later.
    #[must_use]
    pub fn panned(self, by: f64, duration: f64) -> Self {
        Self {
            from: self.from + by,
            ..self
        }
        .within(duration)
    }

    /// The same with a moment in sight: turned like a page where it is not.
    #[must_use]
    pub fn showing(self, time: f64, duration: f64) -> Self {
        if (self.from..self.from + self.span).contains(&time) {
            return self;
        }
        Self {
            from: time - self.span * 0.1,
            ..self
        }
        .within(duration)
    }

    /// Whether it is all of the video.
    #[must_use]
    pub fn is_whole(self, duration: f64) -> bool {
        self.span >= duration - 1e-6
    }

    fn within(self, duration: f64) -> Self {
        let latest = (duration - self.span).max(0.0);
        Self {
            from: self.from.clamp(0.0, latest),
            ..self
        }
    }
}

/// How the sound is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SoundPicture {
    /// How far it swings.
    #[default]
    Waveform,
    /// Which pitches it has.
    Spectrogram,
}

/// Which part of a cue is dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CuePart {
    /// Where it starts.
    Start,
    /// Where it ends.
    End,
    /// All of it.
    Whole,
}

/// A cue under the pointer's button.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grab {
    /// Which.
    pub cue: CueId,
    /// Which part of it.
    pub part: CuePart,
    /// How far behind the start of the cue it was taken hold of, in seconds.
    pub hold: f64,
    /// Where it would start if it were let go now, in the time of the captions.
    pub start: Seconds,
    /// Where it would end.
    pub end: Seconds,
    /// The moment that an edge of it has snapped to, in the time of the video.
    pub snapped: Option<Seconds>,
}

/// What the timeline's user has chosen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimelineForm {
    /// The part that is seen; none for all of the video.
    pub view: Option<View>,
    /// How the sound is drawn.
    pub sound: SoundPicture,
    /// Whether what surprises is drawn above the sound.
    pub surprise: bool,
    /// What is being dragged.
    pub grab: Option<Grab>,
    /// The stretch of the cluster ribbon that is being chosen: where it began and where the pointer is.
    pub brush: Option<[Seconds; 2]>,
    /// What was dragged was given up with the pointer still down.
    pub given_up: bool,
    /// Where the playhead was when it was last brought into sight.
    pub followed: Seconds,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_moment_under_the_pointer_and_stays_inside_the_video() {
        let whole = View::whole(100.0);
        let near = whole.zoomed(25.0, 0.5, 100.0);
        assert_eq!(
            near,
            View {
                from: 12.5,
                span: 50.0
            }
        );
        assert_eq!(near.zoomed(25.0, 2.0, 100.0), whole);
        assert_eq!(
            near.panned(1000.0, 100.0),
            View {
                from: 50.0,
                span: 50.0
            }
        );
        assert_eq!(whole.zoomed(0.0, 1e-9, 100.0).span, SHORTEST);
        assert!(whole.is_whole(100.0) && !near.is_whole(100.0));
        assert_eq!(near.showing(30.0, 100.0), near);
        assert!((near.showing(80.0, 100.0).from - 50.0).abs() < 1e-9);
    }
}

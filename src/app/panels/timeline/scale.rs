//! Where times stand on the screen.

use crate::app::forms::View;
use crate::project::Seconds;
use eframe::egui::Rect;

/// A part of the video from the left to the right edge of a rectangle.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Where the timeline is drawn.
    pub rect: Rect,
    /// What is seen.
    pub view: View,
    /// Length of the video, in seconds.
    pub duration: f64,
}

impl Scale {
    /// Where a time is.
    pub fn x(&self, time: Seconds) -> f32 {
        self.rect.left() + self.rect.width() * ((time.0 - self.view.from) / self.view.span) as f32
    }

    /// The time at a place.
    pub fn time(&self, x: f32) -> Seconds {
        Seconds(
            self.view.from + f64::from((x - self.rect.left()) / self.rect.width().max(1.0)) * self.view.span,
        )
    }

    /// Where what is seen begins and ends.
    pub fn ends(&self) -> (Seconds, Seconds) {
        (Seconds(self.view.from), Seconds(self.view.from + self.view.span))
    }

    /// Seconds in so many points.
    pub fn seconds(&self, points: f32) -> f64 {
        f64::from(points) * self.view.span / f64::from(self.rect.width().max(1.0))
    }
}

//! How the video is being played.

/// How the video is being played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Playing {
    /// Whether time goes on.
    pub on: bool,
    /// Times the video's own speed.
    pub speed: f64,
    /// Whether what is played begins again at its end.
    pub looped: bool,
    /// How loud, from 0 to 1.
    pub volume: f32,
    /// It was said that nothing is heard, and why.
    pub told: bool,
}

impl Default for Playing {
    fn default() -> Self {
        Self {
            on: false,
            speed: 1.0,
            looped: false,
            volume: 1.0,
            told: false,
        }
    }
}

//! How long the window works on a frame: its own logic, layout and tessellation, as eframe measures them.

/// Frames that are summed up before they are told.
const FRAMES: u32 = 120;

/// Frames since they were last told.
#[derive(Debug, Default)]
pub struct Pace {
    frames: u32,
    sum: f32,
    worst: f32,
}

impl Pace {
    /// Counts a frame that took so many seconds of work. Every so often mean and worst are logged (`FRAMELOOM_LOG=debug`).
    pub fn count(&mut self, seconds: Option<f32>) {
        let Some(seconds) = seconds else { return };
        self.frames += 1;
        self.sum += seconds;
        self.worst = self.worst.max(seconds);
        if self.frames == FRAMES {
            let (mean, worst) = (self.sum / FRAMES as f32 * 1e3, self.worst * 1e3);
            tracing::debug!(
                "work on a frame: {mean:.1} ms on average, {worst:.1} ms at most, of {FRAMES} frames"
            );
            *self = Self::default();
        }
    }
}

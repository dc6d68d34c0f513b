//! What draws the samples: a sound device, or nothing but time.

use super::tap::Tap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Something that sound is played through. It belongs to the thread that made it, and falls silent when dropped.
pub trait Output {
    /// Number of samples that it draws a second.
    fn rate(&self) -> u32;

    /// Begins to draw from `tap`, at its own pace. `lost` is called, with the reason in words, if it cannot go on.
    ///
    /// # Errors
    /// When it cannot begin; the reason in words.
    fn begin(&mut self, tap: Tap, lost: Box<dyn Fn(String) + Send>) -> Result<(), String>;
}

/// Opens an output, on the thread that will use it; where there is none, says in words what is missing.
pub type FindOutput = Box<dyn FnMut() -> Result<Box<dyn Output>, String> + Send>;

/// How often silence is drawn.
const TICK: Duration = Duration::from_millis(10);

/// Draws at the pace of the clock, and nothing is heard.
#[derive(Default)]
pub(super) struct Silence {
    over: Arc<AtomicBool>,
}

impl Output for Silence {
    fn rate(&self) -> u32 {
        8000
    }

    fn begin(&mut self, mut tap: Tap, _: Box<dyn Fn(String) + Send>) -> Result<(), String> {
        let (over, rate) = (self.over.clone(), f64::from(self.rate()));
        let draw = move || {
            let (begun, mut drawn) = (Instant::now(), 0_u64);
            let mut samples = [0.0; 80];
            while !over.load(Ordering::Relaxed) {
                let due = (begun.elapsed().as_secs_f64() * rate) as u64;
                while drawn < due {
                    let count = (due - drawn).min(samples.len() as u64);
                    tap.draw(
                        samples.get_mut(..count as usize).unwrap_or_default(),
                        Duration::ZERO,
                    );
                    drawn += count;
                }
                std::thread::sleep(TICK);
            }
        };
        let thread = std::thread::Builder::new().name("silence".into());
        thread.spawn(draw).map(|_| ()).map_err(|error| error.to_string())
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

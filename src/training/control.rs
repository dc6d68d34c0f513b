//! How a running training is steered from another thread.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A handle shared by the training and whoever steers it. The training looks at it after every step.
#[derive(Debug, Clone, Default)]
pub struct Control {
    asked: Arc<Asked>,
    threads: Option<usize>,
}

#[derive(Debug, Default)]
struct Asked {
    paused: AtomicBool,
    stopped: AtomicBool,
}

impl Control {
    /// A handle for a training that uses this many threads at most, so that a window beside it stays responsive.
    /// [`Control::default`] uses every core.
    #[must_use]
    pub fn with_threads(threads: usize) -> Self {
        Self {
            threads: Some(threads.max(1)),
            ..Self::default()
        }
    }

    /// Waits after the running step, with a checkpoint on disk.
    pub fn pause(&self) {
        self.asked.paused.store(true, Ordering::Relaxed);
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.asked.paused.store(false, Ordering::Relaxed);
    }

    /// Ends after the running step and keeps what was learned.
    pub fn stop(&self) {
        self.asked.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the training has been asked to wait.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.asked.paused.load(Ordering::Relaxed)
    }

    /// Whether the training has been asked to end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.asked.stopped.load(Ordering::Relaxed)
    }

    /// Threads to compute with.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

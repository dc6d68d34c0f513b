//! How long work is watched: it reports how far it is and asks whether to go on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// The work was stopped because someone asked for it.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("cancelled")]
pub struct Cancelled;

/// Called when there is something new to show. The window asks for a repaint; the command line prints.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// A handle shared by the work and whoever watches it. Clones see the same progress and the same cancellation.
#[derive(Clone, Default)]
pub struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    doing: Mutex<String>,
    waker: Option<Waker>,
}

impl Watch {
    /// A watch that wakes someone at every report.
    #[must_use]
    pub fn new(waker: Waker) -> Self {
        Self {
            shared: Arc::new(Shared {
                waker: Some(waker),
                ..Shared::default()
            }),
        }
    }

    /// Asks the work to stop. It does so within one batch or 200 ms.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the work has been asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Relaxed)
    }

    /// For the work, often: goes on, or ends with [`Cancelled`].
    ///
    /// # Errors
    /// When the work has been asked to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Says how far the work is, in whatever it counts. A total of zero means that the end is not known.
    pub fn report(&self, done: u64, total: u64) {
        self.shared.done.store(done, Ordering::Relaxed);
        self.shared.total.store(total, Ordering::Relaxed);
        self.wake();
    }

    /// Says in a few words what is being done now.
    pub fn say(&self, doing: impl Into<String>) {
        *self.shared.doing.lock().unwrap_or_else(PoisonError::into_inner) = doing.into();
        self.wake();
    }

    /// What is being done now; empty when the work has not said.
    #[must_use]
    pub fn doing(&self) -> String {
        self.shared
            .doing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How far the work is: (done, total), with a total of zero when the end is not known.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (
            self.shared.done.load(Ordering::Relaxed),
            self.shared.total.load(Ordering::Relaxed),
        )
    }

    fn wake(&self) {
        if let Some(waker) = &self.shared.waker {
            waker();
        }
    }
}

//! What the threads of playing share: which passage is in force, and which time is heard now.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// Which time of the video is heard when.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    /// A time of the video, in seconds.
    pub time: f64,
    /// When it is heard.
    pub at: Instant,
    /// Seconds of the video in a second; 0 while nothing plays.
    pub speed: f64,
    /// Nothing before this is heard,
    pub earliest: f64,
    /// and nothing after this has been drawn yet.
    pub latest: f64,
}

impl Clock {
    fn still(time: f64) -> Self {
        Self {
            time,
            at: Instant::now(),
            speed: 0.0,
            earliest: time,
            latest: time,
        }
    }

    fn now(&self) -> f64 {
        let now = Instant::now();
        let ahead = now.saturating_duration_since(self.at).as_secs_f64();
        let behind = self.at.saturating_duration_since(now).as_secs_f64();
        let time = self.time + (ahead - behind) * self.speed;
        time.max(self.earliest).min(self.latest)
    }
}

struct State {
    order: u32,
    clock: Clock,
    playing: bool,
    /// The last sample of the passage has been drawn.
    drawn: bool,
}

/// Shared by the window, the feeding thread and the device. The device never waits for the others.
pub(super) struct Transport {
    /// Number of the order to play or to pause that is in force; what was made for an earlier one is dropped.
    order: AtomicU32,
    /// The bits of an `f32`.
    volume: AtomicU32,
    state: Mutex<State>,
    silent: OnceLock<String>,
}

impl Transport {
    pub fn new() -> Self {
        let state = State {
            order: 0,
            clock: Clock::still(0.0),
            playing: false,
            drawn: false,
        };
        Self {
            order: AtomicU32::new(0),
            volume: AtomicU32::new(1.0_f32.to_bits()),
            state: Mutex::new(state),
            silent: OnceLock::new(),
        }
    }

    /// Begins a new order, to play from a time; returns its number.
    pub fn begin(&self, from: f64) -> u32 {
        self.change(|state| {
            state.clock = Clock::still(from);
            state.playing = true;
        })
    }

    /// Begins a new order, to stay where things are now.
    pub fn stop(&self) -> u32 {
        self.change(|state| {
            state.clock = Clock::still(state.clock.now());
            state.playing = false;
        })
    }

    fn change(&self, change: impl FnOnce(&mut State)) -> u32 {
        let mut state = self.state();
        change(&mut state);
        state.drawn = false;
        state.order = state.order.wrapping_add(1);
        self.order.store(state.order, Ordering::Release);
        state.order
    }

    pub fn order(&self) -> u32 {
        self.order.load(Ordering::Acquire)
    }

    /// The time of the video heard now, in seconds.
    pub fn position(&self) -> f64 {
        self.state().clock.now()
    }

    /// Whether something plays; no longer once the last sample has been heard.
    pub fn is_playing(&self) -> bool {
        let state = self.state();
        state.playing && !(state.drawn && state.clock.now() >= state.clock.latest)
    }

    /// For the device: says what it has drawn for an order, unless someone looks just now; returns whether it could.
    /// `end` is where the passage ends, once all of it has been drawn.
    pub fn drew(&self, order: u32, clock: Option<Clock>, end: Option<f64>) -> bool {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(std::sync::TryLockError::Poisoned(state)) => state.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => return false,
        };
        if state.order == order {
            if let Some(clock) = clock {
                let earliest = state.clock.earliest;
                state.clock = Clock { earliest, ..clock };
            }
            if let Some(end) = end {
                state.clock.latest = end;
                state.drawn = true;
            }
        }
        true
    }

    /// From 0 to 1.
    pub fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Ordering::Relaxed))
    }

    pub fn set_volume(&self, volume: f32) {
        self.volume
            .store(volume.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    /// Says why there is nothing to hear; only the first reason is kept.
    pub fn fall_silent(&self, reason: String) {
        tracing::warn!("{reason}");
        // Said once is enough.
        let _ = self.silent.set(reason);
    }

    pub fn silent(&self) -> Option<&str> {
        self.silent.get().map(String::as_str)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Where a device draws its samples from.

use super::transport::{Clock, Transport};
use rtrb::Consumer;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A sample on its way to the device, with the time of the video that it is at.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub value: f32,
    /// Number of the order that it was made for.
    pub order: u32,
    /// In seconds.
    pub time: f64,
    /// Seconds of the video in a second.
    pub speed: f32,
    /// No sample, but word that there are no more: the passage ends at this time.
    pub is_end: bool,
}

/// Where sound breaks off, what is left of its last sample dies away by this at every sample: no click is heard.
const DECAY: f32 = 0.99;

/// The volume follows what is wished by this share at every sample, so that a change makes no noise.
const GLIDE: f32 = 0.002;

/// The samples of one video's playback, drawn by an [`Output`](super::Output) at its own pace. Nothing here waits, so
/// that it may be called from where a device must not be kept waiting.
pub struct Tap {
    moments: Consumer<Moment>,
    transport: Arc<Transport>,
    rate: f64,
    order: u32,
    /// What was heard last, and what is left of what was broken off.
    last: f32,
    rest: f32,
    volume: f32,
    /// An end that has been drawn, but could not be told yet.
    end: Option<f64>,
}

impl Tap {
    pub(super) fn new(moments: Consumer<Moment>, transport: Arc<Transport>, rate: u32) -> Self {
        Self {
            moments,
            rate: f64::from(rate),
            order: transport.order(),
            last: 0.0,
            rest: 0.0,
            volume: transport.volume(),
            end: None,
            transport,
        }
    }

    /// Fills `samples`, one channel from -1 to 1, with what comes next, or with silence while nothing plays. The first
    /// of them will be heard after `heard_in`.
    pub fn draw(&mut self, samples: &mut [f32], heard_in: Duration) {
        let order = self.transport.order();
        if order != self.order {
            self.order = order;
            self.end = None;
            self.break_off();
        }
        let wished = self.transport.volume();
        // The first and the last drawn since time last went backwards, and the place of the first.
        let mut drawn: Option<(usize, Moment, Moment)> = None;
        for (place, sample) in samples.iter_mut().enumerate() {
            let next = self.next();
            if let Some(moment) = next {
                self.last = moment.value;
                drawn = match drawn {
                    Some((first_place, first, last)) if last.time <= moment.time => {
                        Some((first_place, first, moment))
                    }
                    _ => Some((place, moment, moment)),
                };
            } else if self.last != 0.0 {
                self.break_off();
            }
            self.volume += (wished - self.volume) * GLIDE;
            *sample = (next.map_or(0.0, |moment| moment.value) + self.rest) * self.volume;
            self.rest *= DECAY;
        }
        let clock = drawn.map(|(place, first, last)| {
            let speed = f64::from(first.speed);
            Clock {
                time: first.time,
                at: Instant::now() + heard_in + Duration::from_secs_f64(place as f64 / self.rate),
                speed,
                // Which is known where the order was given.
                earliest: first.time,
                latest: last.time + speed / self.rate,
            }
        });
        if (clock.is_some() || self.end.is_some()) && self.transport.drew(order, clock, self.end) {
            self.end = None;
        }
    }

    /// How many samples and words are waiting to be drawn.
    #[cfg(test)]
    pub(super) fn ready(&self) -> usize {
        self.moments.slots()
    }

    /// The next sample of the order in force; what is left of earlier ones is dropped.
    fn next(&mut self) -> Option<Moment> {
        while let Ok(moment) = self.moments.pop() {
            if moment.order == self.order {
                if !moment.is_end {
                    return Some(moment);
                }
                self.end = Some(moment.time);
            }
        }
        None
    }

    fn break_off(&mut self) {
        self.rest += std::mem::take(&mut self.last);
    }
}

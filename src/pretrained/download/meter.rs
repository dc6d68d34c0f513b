//! How far a download is, and how fast.

use crate::jobs::Watch;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How far a download is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The file that is being fetched.
    pub file: String,
    /// Bytes that are here, of all files together.
    pub done: u64,
    /// Bytes of all files together; none while the hub has not said.
    pub total: Option<u64>,
    /// Bytes a second over the last few seconds, from the network alone.
    pub rate: f64,
}

/// The rate is that of this time.
const WINDOW: Duration = Duration::from_secs(4);

/// Reports are no more frequent than this.
const TICK: Duration = Duration::from_millis(100);

/// Adds up what comes in, and tells about it now and then.
pub(super) struct Meter<'a> {
    watch: &'a Watch,
    tell: &'a mut dyn FnMut(&Progress),
    progress: Progress,
    sizes: Vec<Option<u64>>,
    /// Bytes of the files before this one.
    before: u64,
    current: usize,
    received: u64,
    samples: VecDeque<(Instant, u64)>,
    told: Option<Instant>,
}

impl<'a> Meter<'a> {
    /// For files of these sizes, in this order.
    pub fn new(sizes: Vec<Option<u64>>, watch: &'a Watch, tell: &'a mut dyn FnMut(&Progress)) -> Self {
        Self {
            watch,
            tell,
            progress: Progress {
                file: String::new(),
                done: 0,
                total: None,
                rate: 0.0,
            },
            sizes,
            before: 0,
            current: 0,
            received: 0,
            samples: VecDeque::new(),
            told: None,
        }
    }

    /// The next file to come has this place in the list.
    pub fn begin(&mut self, place: usize, file: &str) {
        self.current = place;
        self.before = self.sizes.iter().take(place).flatten().sum();
        self.progress.file = file.to_owned();
        self.watch.say(format!("fetching {file}"));
        self.at(0);
    }

    /// The size of this file, once it is known.
    pub fn size(&mut self, bytes: u64) {
        if let Some(size) = self.sizes.get_mut(self.current) {
            *size = Some(bytes);
        }
    }

    /// So many bytes of this file are here.
    pub fn at(&mut self, bytes: u64) {
        self.progress.done = self.before + bytes;
        if self.told.is_none_or(|told| told.elapsed() >= TICK) {
            self.report();
        }
    }

    /// So many bytes have come through the network.
    pub fn receive(&mut self, bytes: u64) {
        self.received += bytes;
    }

    /// Tells at once, as at the end of a file.
    pub fn report(&mut self) {
        let now = Instant::now();
        self.told = Some(now);
        self.samples.push_back((now, self.received));
        while self.samples.front().is_some_and(|(at, _)| now - *at > WINDOW) && self.samples.len() > 2 {
            self.samples.pop_front();
        }
        if let Some((since, received)) = self.samples.front() {
            let seconds = (now - *since).as_secs_f64();
            if seconds > 0.0 {
                self.progress.rate = (self.received - received) as f64 / seconds;
            }
        }
        self.progress.total = self.sizes.iter().copied().sum();
        self.watch
            .report(self.progress.done, self.progress.total.unwrap_or(0));
        (self.tell)(&self.progress);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_known_only_when_every_size_is() {
        let watch = Watch::default();
        let mut told = Vec::new();
        let mut tell = |progress: &Progress| told.push(progress.clone());
        let mut meter = Meter::new(vec![Some(10), None], &watch, &mut tell);
        meter.begin(0, "a");
        meter.at(10);
        meter.report();
        meter.begin(1, "b");
        meter.size(5);
        meter.at(2);
        meter.report();
        let ends = [told.first(), told.last()].map(|progress| {
            let progress = progress.unwrap();
            (progress.file.as_str(), progress.done, progress.total)
        });
        assert_eq!(ends, [("a", 0, None), ("b", 12, Some(15))]);
        assert_eq!(watch.progress(), (12, 15));
    }
}

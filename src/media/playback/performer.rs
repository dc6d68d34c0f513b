//! Makes the samples of a passage ready for the device.

use super::super::sound_reader::SoundReader;
use super::stretch::Stretch;
use super::tap::Moment;
use crate::project::Seconds;

/// A passage comes and goes within this time, in seconds, so that its ends and its repetition make no click.
const FADE: f64 = 0.003;

/// Passages shorter than this, in seconds, are not repeated.
const SHORTEST_LOOP: f64 = 0.05;

/// An order to play.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    /// Number of the order.
    pub order: u32,
    /// In seconds.
    pub from: f64,
    pub until: f64,
    pub speed: f64,
    pub looped: bool,
}

/// The sound of the video, or silence where it has none.
pub(super) struct Source {
    reader: Option<SoundReader>,
    block: Vec<f32>,
    used: usize,
}

impl Source {
    pub fn new(reader: Option<SoundReader>) -> Self {
        Self {
            reader,
            block: Vec::new(),
            used: 0,
        }
    }

    fn seek(&mut self, time: f64) {
        self.block.clear();
        self.used = 0;
        if let Some(reader) = &mut self.reader
            && let Err(error) = reader.seek(Seconds(time))
        {
            tracing::warn!("no sound from now on: {error}");
            self.reader = None;
        }
    }

    /// Adds the next so many samples; silence after the end.
    fn read(&mut self, count: usize, into: &mut Vec<f32>) {
        let end = into.len() + count;
        while into.len() < end {
            let ready = self.block.get(self.used..).unwrap_or_default();
            if ready.is_empty() {
                self.used = 0;
                if !self
                    .reader
                    .as_mut()
                    .is_some_and(|reader| reader.read(&mut self.block))
                {
                    self.block.clear();
                    into.resize(end, 0.0);
                }
            } else {
                let taken = ready.len().min(end - into.len());
                into.extend(ready.iter().take(taken));
                self.used += taken;
            }
        }
    }
}

/// Reads one passage after another.
pub(super) struct Performer {
    rate: f64,
    source: Source,
    stretch: Stretch,
    passage: Option<Passage>,
    /// Number of samples of the passage, at its own speed.
    length: f64,
    /// Where reading began, in samples from the start of the passage.
    offset: f64,
    /// Samples given out since the passage last began.
    given: usize,
}

impl Performer {
    /// For a device that draws `rate` samples a second.
    pub fn new(source: Source, rate: u32) -> Self {
        Self {
            source,
            stretch: Stretch::new(rate),
            rate: f64::from(rate),
            passage: None,
            length: 0.0,
            offset: 0.0,
            given: 0,
        }
    }

    /// Begins a passage at `time`, in seconds, instead of whatever was played; its repetitions begin at its start.
    pub fn begin(&mut self, passage: Passage, time: f64) {
        // Both ends are whole samples of the sound, so that neighbours neither overlap nor leave one out.
        let (start, end) = (self.sample(passage.from), self.sample(passage.until));
        self.length = (end - start).max(0.0);
        self.passage = Some(passage);
        self.restart(start, (self.sample(time) - start).clamp(0.0, self.length));
    }

    /// Leaves the passage.
    pub fn stop(&mut self) {
        self.passage = None;
    }

    /// The passage that is not over yet.
    pub fn passage(&mut self) -> Option<&mut Passage> {
        self.passage.as_mut()
    }

    /// Adds the samples that come next to `moments`, 20 ms at most; none when the passage is over.
    pub fn perform(&mut self, moments: &mut Vec<Moment>) {
        let Some(Passage {
            order,
            from,
            speed,
            looped,
            ..
        }) = self.passage
        else {
            return;
        };
        let start = self.sample(from);
        let place = self.offset + self.stretch.place();
        // Samples to give out until the end.
        let left = (self.length - place) / speed;
        let moment = |value, samples: f64, is_end| Moment {
            value,
            order,
            time: (start + samples) / self.rate,
            speed: speed as f32,
            is_end,
        };
        if left < 0.5 {
            if looped && self.length >= SHORTEST_LOOP * self.rate {
                self.restart(start, 0.0);
            } else {
                moments.push(moment(0.0, self.length, true));
                self.passage = None;
            }
            return;
        }
        let (source, length) = (&mut self.source, (self.length - self.offset) as i64);
        let mut read = |count, into: &mut Vec<f32>| source.read(count, into);
        let piece = self.stretch.next(speed, length, &mut read);
        let fade = FADE * self.rate;
        moments.extend(piece.iter().enumerate().map(|(at, value)| {
            let (since, until) = ((self.given + at) as f64 + 1.0, left - at as f64);
            let strength = (since / fade).min(until / fade).min(1.0);
            moment(value * strength as f32, place + at as f64 * speed, false)
        }));
        self.given += piece.len();
    }

    /// Reads on at `offset` samples from the start of the passage.
    fn restart(&mut self, start: f64, offset: f64) {
        self.source.seek((start + offset) / self.rate);
        self.stretch.restart();
        self.offset = offset;
        self.given = 0;
    }

    /// The number of the sample nearest to a time.
    fn sample(&self, time: f64) -> f64 {
        (time * self.rate).round()
    }
}

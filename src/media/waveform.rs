//! How far the sound swings, at any zoom.

use super::pyramid::Pyramid;
use crate::project::Seconds;
use std::io::{self, Write};

/// Samples in an entry of the finest level: 4 ms.
const SAMPLES: usize = 64;

/// The lowest and the highest sample of a stretch of time, in steps of 1/32767.
type Swing = [i16; 2];

/// The waveform of a whole video. Two hours take 10 MB.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    swings: Pyramid<Swing>,
}

impl Waveform {
    fn new(rate: u32, finest: Vec<Swing>) -> Self {
        let span = Seconds(SAMPLES as f64 / f64::from(rate));
        let swings = Pyramid::new(span, finest, widest);
        Self { swings }
    }

    /// Where the sound ends.
    #[must_use]
    pub fn length(&self) -> Seconds {
        self.swings.length()
    }

    /// The widest swing of all, from 0 to 1: to draw quiet videos as high as loud ones.
    #[must_use]
    pub fn peak(&self) -> f32 {
        let [low, high] = self.swings.summary().copied().unwrap_or_default();
        value(low).abs().max(value(high).abs())
    }

    /// For each of `columns` equal parts of the time from `from` to `to`, the lowest and the highest sample, from -1 to
    /// 1; both 0 where there is no sound. It takes the time of the columns, however long the video is.
    #[must_use]
    pub fn range(&self, from: Seconds, to: Seconds, columns: usize) -> Vec<(f32, f32)> {
        let swing = |part: &[Swing]| {
            let [low, high] = widest(part);
            (value(low), value(high))
        };
        self.swings.columns(from, to, columns).map(swing).collect()
    }

    pub(super) fn write(&self, file: &mut dyn Write) -> io::Result<()> {
        let swings = self.swings.finest().as_flattened();
        let bytes: Vec<u8> = swings.iter().flat_map(|value| value.to_le_bytes()).collect();
        file.write_all(&bytes)
    }

    pub(super) fn read(rate: u32, bytes: &[u8]) -> Self {
        let (swings, _) = bytes.as_chunks::<4>();
        let swing = |&[a, b, c, d]: &[u8; 4]| [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])];
        Self::new(rate, swings.iter().map(swing).collect())
    }
}

fn widest(part: &[Swing]) -> Swing {
    part.iter()
        .copied()
        .reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])])
        .unwrap_or_default()
}

fn value(steps: i16) -> f32 {
    f32::from(steps) / f32::from(i16::MAX)
}

/// Makes a waveform of samples as they come.
#[derive(Debug, Clone, Default)]
pub struct WaveformBuilder {
    swings: Vec<Swing>,
    /// The entry that is not full yet.
    open: Option<Swing>,
    samples: usize,
}

impl WaveformBuilder {
    /// Goes on with these samples, from -1 to 1.
    pub fn take(&mut self, samples: &[f32]) {
        for sample in samples {
            let steps = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
            let [low, high] = self.open.unwrap_or([steps; 2]);
            self.open = Some([low.min(steps), high.max(steps)]);
            self.samples += 1;
            if self.samples.is_multiple_of(SAMPLES) {
                self.swings.extend(self.open.take());
            }
        }
    }

    /// The waveform of all samples, of which there were `rate` a second.
    #[must_use]
    pub fn finish(mut self, rate: u32) -> Waveform {
        self.swings.extend(self.open);
        Waveform::new(rate, self.swings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Silence for a second, a tone of growing strength for two, silence for one.
    fn waveform() -> Waveform {
        let sample = |index: usize| {
            let time = index as f32 / 16_000.0;
            let strength = if (1.0..3.0).contains(&time) {
                (time - 1.0) / 2.0
            } else {
                0.0
            };
            strength * (time * 440.0 * std::f32::consts::TAU).sin()
        };
        let samples: Vec<f32> = (0..64_000).map(sample).collect();
        let mut builder = WaveformBuilder::default();
        samples.chunks(1001).for_each(|block| builder.take(block));
        builder.finish(16_000)
    }

    #[test]
    fn every_zoom_shows_the_swing() {
        let waveform = waveform();
        assert_eq!(waveform.length(), Seconds(4.0));
        assert!((waveform.peak() - 1.0).abs() < 0.01);
        for columns in [4, 40, 900] {
            for (index, (low, high)) in waveform
                .range(Seconds(0.0), Seconds(4.0), columns)
                .into_iter()
                .enumerate()
            {
                let end = (index + 1) as f32 * 4.0 / columns as f32;
                let expected = if end > 3.01 {
                    0.0
                } else {
                    ((end - 1.0) / 2.0).clamp(0.0, 1.0)
                };
                let start = index as f32 * 4.0 / columns as f32;
                if [start, end].iter().all(|edge| (edge - 3.0).abs() > 0.02) {
                    // Columns also show what only touches them.
                    let off = 0.02 + 0.5 / columns as f32;
                    assert!(
                        (high - expected).abs() < off,
                        "{columns}, {end}: {high}, not {expected}"
                    );
                    assert!((low + expected).abs() < off, "{columns}, {end}: {low}");
                }
            }
        }
        assert_eq!(waveform.range(Seconds(5.0), Seconds(6.0), 2), [(0.0, 0.0); 2]);
    }

    #[test]
    fn it_comes_back_from_its_bytes() {
        let mut bytes = Vec::new();
        waveform().write(&mut bytes).unwrap();
        assert_eq!(Waveform::read(16_000, &bytes), waveform());
    }
}

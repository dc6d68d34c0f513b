//! How loud the sound is in a few bands of frequency, a hundred times a second.

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::collections::VecDeque;
use std::sync::Arc;

/// Samples a second of the sound that is listened to.
pub(super) const RATE: u32 = 16_000;
/// Frames a second.
pub(super) const FRAMES: f64 = 100.0;
/// Bands in hertz. Voices fill most of them at once; hum, and most of what music holds, only some.
const BANDS: [(f32, f32); COUNT] = [
    (200.0, 500.0),
    (500.0, 1_000.0),
    (1_000.0, 2_000.0),
    (2_000.0, 4_000.0),
    (4_000.0, 7_000.0),
];
/// How many bands there are.
pub(super) const COUNT: usize = 5;

const STEP: usize = 160;
const WINDOW: usize = 400;
const TRANSFORM: usize = 512;
/// Digital silence, as power; keeps the logarithm finite.
const SILENCE: f32 = 1e-10;

/// Decibels of each band in each frame. Frame `i` is centred on `i / 100` seconds.
#[derive(Debug, Default)]
pub(super) struct BandLevels {
    /// A row a band, all of one length.
    pub rows: [Vec<f32>; COUNT],
}

/// Measures sound that comes in blocks of any length.
pub(super) struct BandMeter {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    waiting: VecDeque<f32>,
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    levels: BandLevels,
}

impl BandMeter {
    pub(super) fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(TRANSFORM);
        let turn = std::f32::consts::TAU / WINDOW as f32;
        Self {
            frame: transform.make_input_vec(),
            spectrum: transform.make_output_vec(),
            transform,
            window: (0..WINDOW).map(|i| 0.5 - 0.5 * (turn * i as f32).cos()).collect(),
            // The first frame is centred on the first sample.
            waiting: std::iter::repeat_n(0.0, WINDOW / 2).collect(),
            levels: BandLevels::default(),
        }
    }

    pub(super) fn take(&mut self, samples: &[f32]) {
        self.waiting.extend(samples);
        while self.waiting.len() >= WINDOW {
            self.measure();
            self.waiting.drain(..STEP);
        }
    }

    /// What was heard; the last 12 ms are not measured.
    pub(super) fn finish(self) -> BandLevels {
        self.levels
    }

    fn measure(&mut self) {
        self.frame.fill(0.0);
        for (value, (sample, weight)) in self.frame.iter_mut().zip(self.waiting.iter().zip(&self.window)) {
            // A damaged sample must not silence the frames around it.
            *value = if sample.is_finite() { sample * weight } else { 0.0 };
        }
        // It only fails for slices of a wrong length, and these are made to measure.
        let done = self.transform.process(&mut self.frame, &mut self.spectrum);
        debug_assert!(done.is_ok());
        let bin = RATE as f32 / TRANSFORM as f32;
        for ((from, to), row) in BANDS.iter().zip(&mut self.levels.rows) {
            let (from, to) = ((from / bin).ceil() as usize, (to / bin).ceil() as usize);
            let power: f32 = self
                .spectrum
                .iter()
                .take(to)
                .skip(from)
                .map(Complex32::norm_sqr)
                .sum();
            row.push(10.0 * (power + SILENCE).log10());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_heard_in_its_band_and_when_it_sounds() {
        let mut meter = BandMeter::new();
        let sound: Vec<f32> = (0..16_000)
            .map(|i| {
                let tone = (std::f32::consts::TAU * 1_500.0 * i as f32 / 16_000.0).sin();
                if (4_000..8_000).contains(&i) { tone } else { 0.0 }
            })
            .collect();
        sound.chunks(77).for_each(|block| meter.take(block));
        let levels = meter.finish();
        assert!((98..=100).contains(&levels.rows[0].len()));
        let tone = &levels.rows[2];
        assert!(tone[22] < -90.0 && tone[28] > 20.0 && tone[47] > 20.0 && tone[53] < -90.0);
        assert!(levels.rows[4][37] < tone[37] - 40.0);
    }
}

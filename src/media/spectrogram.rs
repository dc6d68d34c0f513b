//! Which pitches sound when, at any zoom.

use super::pyramid::Pyramid;
use crate::project::Seconds;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::io::{self, Write};
use std::sync::Arc;

/// Number of bands of pitch.
pub const BANDS: usize = 64;

/// Samples that a spectrum is taken of; at 16 kHz it tells pitches 31 Hz apart.
const WINDOW: usize = 512;

/// Samples from one spectrum to the next: 16 ms.
const HOP: usize = 256;

/// What is this much weaker than a full tone, in decibels, is drawn as silence.
const FLOOR: f32 = -100.0;

/// The levels of one spectrum, the lowest band first.
type Spectrum = [u8; BANDS];

/// The spectrogram of a whole video: a spectrum every 16 ms. Two hours take 38 MB.
///
/// Its bands are equally wide as the ear hears them, on the mel scale, and reach from 0 to half the rate of the
/// samples. Levels are decibels: 0 is -100 dB or less, 255 a full tone.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrogram {
    rate: u32,
    spectra: Pyramid<Spectrum>,
}

impl Spectrogram {
    fn new(rate: u32, finest: Vec<Spectrum>) -> Self {
        let span = Seconds(HOP as f64 / f64::from(rate));
        let spectra = Pyramid::new(span, finest, mean);
        Self { rate, spectra }
    }

    /// Where the sound ends.
    #[must_use]
    pub fn length(&self) -> Seconds {
        self.spectra.length()
    }

    /// The frequency at the middle of a band, in hertz.
    #[must_use]
    pub fn frequency(&self, band: usize) -> f32 {
        band_edge(self.rate, band + 1)
    }

    /// For each of `columns` equal parts of the time from `from` to `to`, the levels of the [`BANDS`] bands, the lowest
    /// first: `columns * BANDS` values, all 0 where there is no sound. It takes the time of the columns.
    #[must_use]
    pub fn range(&self, from: Seconds, to: Seconds, columns: usize) -> Vec<u8> {
        self.spectra.columns(from, to, columns).flat_map(mean).collect()
    }

    /// The levels between which most of this video's sound lies: draw the first as darkest and the second as
    /// brightest.
    #[must_use]
    pub fn contrast(&self) -> (u8, u8) {
        const SAMPLE: usize = 4096;
        let spectra = self.spectra.finest();
        let step = (spectra.len() / SAMPLE).max(1);
        let mut levels: Vec<u8> = spectra
            .iter()
            .step_by(step)
            .flatten()
            .copied()
            .filter(|level| *level > 0)
            .collect();
        levels.sort_unstable();
        let at = |share: f64| levels.get((share * levels.len() as f64) as usize).copied();
        (at(0.05).unwrap_or(0), at(0.995).unwrap_or(u8::MAX))
    }

    pub(super) fn write(&self, file: &mut dyn Write) -> io::Result<()> {
        file.write_all(self.spectra.finest().as_flattened())
    }

    pub(super) fn read(rate: u32, bytes: &[u8]) -> Self {
        Self::new(rate, bytes.as_chunks().0.to_vec())
    }
}

fn mean(part: &[Spectrum]) -> Spectrum {
    let count = part.len().max(1) as u32;
    let mut sums = [0_u32; BANDS];
    for spectrum in part {
        sums.iter_mut()
            .zip(spectrum)
            .for_each(|(sum, level)| *sum += u32::from(*level));
    }
    sums.map(|sum| ((sum + count / 2) / count) as u8)
}

/// The frequency of an edge of a band; each band reaches from the edge of its number over the next to the one after.
fn band_edge(rate: u32, edge: usize) -> f32 {
    let mel = |hertz: f32| 2595.0 * (1.0 + hertz / 700.0).log10();
    let share = edge as f32 / (BANDS + 1) as f32;
    700.0 * (10.0_f32.powf(share * mel(rate as f32 / 2.0) / 2595.0) - 1.0)
}

/// What a band takes of the lines of a spectrum.
struct Band {
    first: usize,
    /// At most 1, so that a tone is as bright in the wide bands as in the narrow ones.
    weights: Vec<f32>,
}

impl Band {
    fn new(rate: u32, band: usize) -> Self {
        let line = |edge| band_edge(rate, edge) * WINDOW as f32 / rate as f32;
        let (low, middle, high) = (line(band), line(band + 1), line(band + 2));
        let first = low.ceil() as usize;
        let weight = |at: usize| {
            let at = at as f32;
            ((at - low) / (middle - low))
                .min((high - at) / (high - middle))
                .max(0.0)
        };
        let mut weights: Vec<f32> = (first..=high as usize).map(weight).collect();
        let largest = weights.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        weights.iter_mut().for_each(|weight| *weight /= largest);
        Self { first, weights }
    }

    fn level(&self, power: &[f32]) -> u8 {
        let lines = power.iter().skip(self.first);
        let power: f32 = lines
            .zip(&self.weights)
            .map(|(power, weight)| power * weight)
            .sum();
        // A full tone under this window has a power of (WINDOW / 4)^2 in its line.
        let decibels = 10.0
            * (power / (WINDOW * WINDOW / 16) as f32)
                .max(f32::MIN_POSITIVE)
                .log10();
        ((decibels / -FLOOR + 1.0) * 255.0).clamp(0.0, 255.0) as u8
    }
}

/// Makes the spectrogram while the sound is read.
pub(super) struct SpectrogramBuilder {
    rate: u32,
    fourier: Arc<dyn RealToComplex<f32>>,
    shape: Vec<f32>,
    bands: Vec<Band>,
    /// Samples of which spectra are still to be taken. The first spectrum is centred on the first 16 ms, so that it
    /// begins before the sound does.
    waiting: Vec<f32>,
    windowed: Vec<f32>,
    lines: Vec<Complex32>,
    power: Vec<f32>,
    spectra: Vec<Spectrum>,
}

impl SpectrogramBuilder {
    pub fn new(rate: u32) -> Self {
        let fourier = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let hann = |index| 0.5 - 0.5 * (index as f32 / WINDOW as f32 * std::f32::consts::TAU).cos();
        Self {
            rate,
            shape: (0..WINDOW).map(hann).collect(),
            bands: (0..BANDS).map(|band| Band::new(rate, band)).collect(),
            waiting: vec![0.0; (WINDOW - HOP) / 2],
            windowed: fourier.make_input_vec(),
            lines: fourier.make_output_vec(),
            power: Vec::new(),
            spectra: Vec::new(),
            fourier,
        }
    }

    pub fn take(&mut self, samples: &[f32]) {
        self.waiting.extend_from_slice(samples);
        let mut start = 0;
        while let Some(window) = self.waiting.get(start..start + WINDOW) {
            self.windowed.clear();
            self.windowed.extend(
                window
                    .iter()
                    .zip(&self.shape)
                    .map(|(sample, shape)| sample * shape),
            );
            // The lengths are those that the transform asked for.
            if self.fourier.process(&mut self.windowed, &mut self.lines).is_ok() {
                self.power.clear();
                self.power.extend(self.lines.iter().map(|line| line.norm_sqr()));
            }
            let mut spectrum = [0; BANDS];
            spectrum
                .iter_mut()
                .zip(&self.bands)
                .for_each(|(level, band)| *level = band.level(&self.power));
            self.spectra.push(spectrum);
            start += HOP;
        }
        self.waiting.drain(..start);
    }

    /// The spectrogram, to the last sample.
    pub fn finish(mut self) -> Spectrogram {
        // Up to a whole hop of the last samples still waits for what would have come after.
        let margin = (WINDOW - HOP) / 2;
        if self.waiting.len() > margin {
            let missing = WINDOW.saturating_sub(self.waiting.len());
            self.take(&vec![0.0; missing]);
        }
        Spectrogram::new(self.rate, self.spectra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 16_000;

    /// 1 kHz for a second, silence for a second, 4 kHz at a tenth for a second.
    fn spectrogram() -> Spectrogram {
        let sample = |index: usize| {
            let time = index as f32 / RATE as f32;
            let tone = |hertz: f32| (time * hertz * std::f32::consts::TAU).sin();
            match time {
                0.0..1.0 => tone(1000.0),
                2.0.. => 0.1 * tone(4000.0),
                _ => 0.0,
            }
        };
        let samples: Vec<f32> = (0..3 * RATE as usize).map(sample).collect();
        let mut builder = SpectrogramBuilder::new(RATE);
        samples.chunks(777).for_each(|block| builder.take(block));
        builder.finish()
    }

    fn loudest(spectrogram: &Spectrogram, spectrum: &[u8]) -> (f32, u8) {
        let (band, level) = spectrum
            .iter()
            .enumerate()
            .max_by_key(|(_, level)| **level)
            .unwrap();
        (spectrogram.frequency(band), *level)
    }

    #[test]
    fn tones_are_at_their_pitch_time_and_level() {
        let spectrogram = spectrogram();
        assert!(
            (spectrogram.length().0 - 3.0).abs() < 0.02,
            "{:?}",
            spectrogram.length()
        );
        for columns in [3, 30, 3000] {
            let levels = spectrogram.range(Seconds(0.0), Seconds(3.0), columns);
            assert_eq!(levels.len(), columns * BANDS);
            let at = |time: f64| &levels[(time / 3.0 * columns as f64) as usize * BANDS..][..BANDS];
            let (pitch, level) = loudest(&spectrogram, at(0.5));
            assert!(
                (pitch - 1000.0).abs() < 60.0 && level > 235,
                "{pitch} Hz, {level}"
            );
            let (pitch, weaker) = loudest(&spectrogram, at(2.5));
            assert!((pitch - 4000.0).abs() < 150.0, "{pitch} Hz");
            // Wider columns also show some of the silence around.
            if columns > 3 {
                // A tenth is 20 dB less.
                assert!(
                    (i32::from(level) - i32::from(weaker) - 51).abs() < 14,
                    "{level}, {weaker}"
                );
                assert!(
                    at(1.5).iter().all(|level| *level == 0),
                    "{columns}: {:?}",
                    at(1.5)
                );
            }
        }
        let outside = spectrogram.range(Seconds(9.0), Seconds(10.0), 2);
        assert_eq!(outside, [0; 2 * BANDS]);
    }

    #[test]
    fn every_band_hears_something_and_contrast_lies_within() {
        for band in 0..BANDS {
            let band = Band::new(RATE, band);
            assert!(band.weights.contains(&1.0));
            assert!(band.first + band.weights.len() <= WINDOW / 2 + 1);
        }
        let (dark, bright) = spectrogram().contrast();
        assert!(dark < bright && bright > 200, "{dark}, {bright}");
    }

    #[test]
    fn it_comes_back_from_its_bytes() {
        let mut bytes = Vec::new();
        spectrogram().write(&mut bytes).unwrap();
        assert_eq!(Spectrogram::read(RATE, &bytes), spectrogram());
    }
}

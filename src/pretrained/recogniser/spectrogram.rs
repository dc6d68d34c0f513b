//! Sound as Whisper hears it: a log-mel spectrogram (Radford et al. 2022, section 2.2).

use ndarray::{Array2, Axis};
use realfft::num_complex::Complex64;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Samples a second.
pub(super) const RATE: usize = 16_000;
/// Samples that a spectrum is taken of: 25 ms.
const WINDOW: usize = 400;
/// Samples from one spectrum to the next: 10 ms.
pub(super) const HOP: usize = 160;
/// Lines of a spectrum, 40 Hz apart.
const LINES: usize = WINDOW / 2 + 1;
/// The least power, so that its logarithm is finite.
const SILENCE: f64 = 1e-10;
/// What is weaker than the loudest by more than so many powers of ten is taken for this much weaker.
const RANGE: f32 = 8.0;

/// Makes spectrograms with so many bands.
pub(super) struct Spectrogram {
    transform: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    bands: Vec<Band>,
}

/// What a band takes of the lines of a spectrum.
struct Band {
    first: usize,
    weights: Vec<f64>,
}

impl Spectrogram {
    pub fn new(bands: usize) -> Self {
        let turn = std::f64::consts::TAU / WINDOW as f64;
        Self {
            transform: RealFftPlanner::new().plan_fft_forward(WINDOW),
            window: (0..WINDOW)
                .map(|at| 0.5 - 0.5 * (turn * at as f64).cos())
                .collect(),
            bands: (0..bands).map(|band| Band::new(band, bands)).collect(),
        }
    }

    /// The spectrogram of samples, followed by silence up to so many spectra: a row for each spectrum, a column for each
    /// band, the lowest first. Samples beyond are not heard.
    pub fn of(&self, samples: &[f32], spectra: usize) -> Array2<f32> {
        let length = spectra * HOP;
        let heard = samples.get(..length.min(samples.len())).unwrap_or_default();
        // Half a window on either side is the sound once more, mirrored, so that the first spectrum is centred on its start.
        let at = |place: isize| {
            let place = place.unsigned_abs();
            let place = if place >= length {
                2 * (length - 1) - place
            } else {
                place
            };
            heard.get(place).copied().unwrap_or_default()
        };
        let mut frame = self.transform.make_input_vec();
        let mut lines = self.transform.make_output_vec();
        let mut power = vec![0.0_f64; LINES];
        let mut rows = Array2::from_elem((spectra, self.bands.len()), SILENCE.log10() as f32);
        for (index, mut row) in rows.axis_iter_mut(Axis(0)).enumerate() {
            let first = (index * HOP) as isize - (WINDOW / 2) as isize;
            if first >= heard.len() as isize {
                break;
            }
            for ((place, value), weight) in (first..).zip(&mut frame).zip(&self.window) {
                *value = f64::from(at(place)) * weight;
            }
            // It only fails for slices of a wrong length, and these are made to measure.
            let done = self.transform.process(&mut frame, &mut lines);
            debug_assert!(done.is_ok());
            power
                .iter_mut()
                .zip(&lines)
                .for_each(|(power, line): (&mut f64, &Complex64)| *power = line.norm_sqr());
            for (value, band) in row.iter_mut().zip(&self.bands) {
                *value = band.of(&power).max(SILENCE).log10() as f32;
            }
        }
        let least = rows.iter().copied().fold(f32::NEG_INFINITY, f32::max) - RANGE;
        rows.mapv_inplace(|value| (value.max(least) + 4.0) / 4.0);
        rows
    }
}

impl Band {
    /// A triangle over its neighbours' middles, of area 1: bands are equally far apart on the mel scale of Slaney's Auditory
    /// Toolbox (1998) and reach to half the rate of the samples.
    fn new(band: usize, bands: usize) -> Self {
        let nyquist = RATE as f64 / 2.0;
        let edge = |edge: usize| hertz(mel(nyquist) * edge as f64 / (bands + 1) as f64);
        let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
        let weight = |line: usize| {
            let at = line as f64 * nyquist / (LINES - 1) as f64;
            let weight = ((at - low) / (middle - low)).min((high - at) / (high - middle));
            weight.max(0.0) * 2.0 / (high - low)
        };
        let weights: Vec<f64> = (0..LINES).map(weight).collect();
        let first = weights.iter().position(|weight| *weight > 0.0).unwrap_or(0);
        let end = weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .map_or(0, |last| last + 1);
        Self {
            first,
            weights: weights.get(first..end).unwrap_or_default().to_vec(),
        }
    }

    fn of(&self, power: &[f64]) -> f64 {
        let lines = power.iter().skip(self.first);
        lines
            .zip(&self.weights)
            .map(|(power, weight)| power * weight)
            .sum()
    }
}

/// Mels are in proportion to hertz up to 1 kHz, which is 15 of them, and to their logarithm above.
const STRAIGHT: f64 = 200.0 / 3.0;
const BEND: f64 = 1000.0;

/// 27 mels are a factor of 6.4.
fn step() -> f64 {
    6.4f64.ln() / 27.0
}

fn mel(hertz: f64) -> f64 {
    if hertz < BEND {
        hertz / STRAIGHT
    } else {
        BEND / STRAIGHT + (hertz / BEND).ln() / step()
    }
}

fn hertz(mel: f64) -> f64 {
    let bend = BEND / STRAIGHT;
    if mel < bend {
        mel * STRAIGHT
    } else {
        BEND * ((mel - bend) * step()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mels_go_there_and_back() {
        for frequency in [0.0, 440.0, 1000.0, 3500.0, 8000.0] {
            assert!((hertz(mel(frequency)) - frequency).abs() < 1e-9);
        }
        assert!((mel(6400.0) - 42.0).abs() < 1e-9);
    }

    #[test]
    fn a_tone_is_loudest_in_its_band_and_while_it_sounds() {
        let tone: Vec<f32> = (0..RATE)
            .map(|at| (at as f32 / RATE as f32 * 1000.0 * std::f32::consts::TAU).sin())
            .collect();
        let rows = Spectrogram::new(80).of(&tone, 300);
        assert_eq!(rows.dim(), (300, 80));
        let loudest = |row: usize| {
            rows.row(row)
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(b.1))
                .map(|(band, _)| band)
        };
        // The middle of band b is at (b + 1) / 81 of 45.2 mels, and 1 kHz is 15 mels.
        assert_eq!(loudest(50), Some(26));
        let least = rows.iter().copied().fold(f32::INFINITY, f32::min);
        assert_eq!(rows[[200, 26]], least);
        assert!((rows[[50, 26]] - least - RANGE / 4.0).abs() < 0.05);
    }

    #[test]
    fn silence_is_level() {
        let rows = Spectrogram::new(128).of(&[], 10);
        assert!(
            rows.iter()
                .all(|value| (*value - (-10.0 + 4.0) / 4.0).abs() < 1e-6)
        );
    }
}

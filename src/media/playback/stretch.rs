//! Sound made longer or shorter without a change of pitch: by overlapping pieces of it that fit each other
//! (WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity", 1993).

/// Length of a piece, and of the passing from one into the other, in seconds.
const PIECE: f64 = 0.02;

/// A piece is at most this far from where it should be, in seconds. It is half the longest period of a voice.
const REACH: f64 = 0.01;

/// The search for the piece that fits best first looks only at every fourth sample and place.
const STRIDE: usize = 4;

/// Stretches one passage of sound.
pub(super) struct Stretch {
    piece: usize,
    reach: i64,
    /// How much the new piece counts while one passes into the other: from 0 to 1.
    rise: Vec<f32>,
    /// Sound read, from `base` on.
    input: Vec<f32>,
    base: i64,
    /// Where the next piece should begin.
    ideal: f64,
    /// What would follow without a break on the piece given last.
    natural: Option<i64>,
    output: Vec<f32>,
}

impl Stretch {
    pub fn new(rate: u32) -> Self {
        let piece = ((PIECE * f64::from(rate)) as usize).max(STRIDE);
        let rise = |at: usize| 0.5 - 0.5 * ((at as f32 + 0.5) / piece as f32 * std::f32::consts::PI).cos();
        Self {
            piece,
            reach: (REACH * f64::from(rate)) as i64,
            rise: (0..piece).map(rise).collect(),
            input: Vec::new(),
            base: 0,
            ideal: 0.0,
            natural: None,
            output: Vec::with_capacity(piece),
        }
    }

    /// Begins another passage.
    pub fn restart(&mut self) {
        self.input.clear();
        self.base = 0;
        self.ideal = 0.0;
        self.natural = None;
    }

    /// Which sample of the passage the next piece begins with.
    pub fn place(&self) -> f64 {
        self.ideal
    }

    /// The next piece at so many times the speed; at 1 it is the sound itself. The passage has `length` samples in all,
    /// and the last piece ends with it. `read` adds the next so many samples to what it is given, also some after the
    /// end: one piece passes into another there.
    pub fn next(&mut self, speed: f64, length: i64, read: &mut dyn FnMut(usize, &mut Vec<f32>)) -> &[f32] {
        let given = ((length as f64 - self.ideal) / speed)
            .round()
            .clamp(0.0, self.piece as f64) as usize;
        let last = length.saturating_sub(given as i64).max(0);
        let ideal = (self.ideal.round() as i64).min(last);
        let natural = self.natural.unwrap_or(ideal);
        let end = natural.max(ideal + self.reach) + self.piece as i64;
        let missing = end - self.base - self.input.len() as i64;
        if missing > 0 {
            read(missing as usize, &mut self.input);
        }
        let begin = if natural <= last && (natural - ideal).abs() <= self.reach {
            natural
        } else {
            self.best(ideal, natural, last)
        };
        let mut output = std::mem::take(&mut self.output);
        let (old, new) = (self.piece_at(natural), self.piece_at(begin));
        let passing = old.iter().zip(new).zip(&self.rise).take(given);
        let mixed = passing.map(|((old, new), rise)| old + (new - old) * rise);
        output.clear();
        output.extend(mixed);
        self.output = output;
        self.natural = Some(begin + self.piece as i64);
        self.ideal += self.piece as f64 * speed;
        let needed = (begin + self.piece as i64).min(self.ideal.round() as i64 - self.reach);
        // Near the end of the passage pieces begin earlier than they should.
        let needed = needed.min(length.saturating_sub(self.piece as i64) - self.reach);
        let done = (needed - self.base).clamp(0, self.input.len() as i64);
        self.input.drain(..done as usize);
        self.base += done;
        &self.output
    }

    fn piece_at(&self, begin: i64) -> &[f32] {
        let from = usize::try_from(begin - self.base)
            .unwrap_or(0)
            .min(self.input.len());
        let to = (from + self.piece).min(self.input.len());
        self.input.get(from..to).unwrap_or_default()
    }

    /// The place near `ideal`, and not after `last`, whose piece is most like the one at `natural`.
    fn best(&self, ideal: i64, natural: i64, last: i64) -> i64 {
        let wanted = self.piece_at(natural);
        let likeness = |begin: i64, stride: usize| {
            let pairs = self.piece_at(begin).iter().zip(wanted).step_by(stride);
            let (product, power) = pairs.fold((0.0, 1e-9), |(product, power), (a, b)| {
                (product + a * b, power + a * a)
            });
            product / power.sqrt()
        };
        let search = |around: i64, reach: i64, stride: usize| {
            let mut best = (around, likeness(around, stride));
            for begin in (around - reach..=around + reach).step_by(stride) {
                let here = likeness(begin, stride);
                if (self.base..=last).contains(&begin) && here > best.1 {
                    best = (begin, here);
                }
            }
            best.0
        };
        let near = search(ideal, self.reach, STRIDE);
        search(near, STRIDE as i64, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: usize = 48_000;

    fn stretched(sound: &[f32], speed: f64) -> Vec<f32> {
        let mut stretch = Stretch::new(RATE as u32);
        let mut place = 0;
        let mut read = |count: usize, into: &mut Vec<f32>| {
            into.extend((place..place + count).map(|at| sound.get(at).copied().unwrap_or(0.0)));
            place += count;
        };
        let mut all = Vec::new();
        while stretch.place() < sound.len() as f64 {
            all.extend_from_slice(stretch.next(speed, sound.len() as i64, &mut read));
        }
        all
    }

    fn tone(hertz: f32) -> Vec<f32> {
        let sample = |at: usize| 0.8 * (at as f32 / RATE as f32 * hertz * std::f32::consts::TAU).sin();
        (0..2 * RATE).map(sample).collect()
    }

    fn crossings(sound: &[f32]) -> f32 {
        let rising = sound
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count();
        rising as f32 / (sound.len() as f32 / RATE as f32)
    }

    #[test]
    fn at_its_own_speed_it_is_the_sound_itself() {
        let sound = tone(440.0);
        assert_eq!(stretched(&sound, 1.0), sound);
    }

    #[test]
    fn length_changes_and_pitch_and_strength_do_not() {
        for hertz in [100.0, 440.0, 1234.5, 6000.0] {
            for speed in [0.5, 0.75, 1.1, 1.5, 2.0] {
                let sound = stretched(&tone(hertz), speed);
                let length = sound.len() as f64 / RATE as f64;
                assert!((length - 2.0 / speed).abs() < 1e-4, "{speed}: {length} s");
                let part = &sound[RATE / 10..sound.len() - RATE / 10];
                let pitch = crossings(part);
                assert!(
                    (pitch / hertz - 1.0).abs() < 0.02,
                    "{hertz} Hz at {speed}: {pitch} Hz"
                );
                let power = part.iter().map(|value| value * value).sum::<f32>() / part.len() as f32;
                assert!((power / 0.32 - 1.0).abs() < 0.1, "{hertz} Hz at {speed}: {power}");
            }
        }
    }

    #[test]
    fn what_is_loud_stays_where_it_is_in_the_passage() {
        let sound: Vec<f32> = (0..2 * RATE)
            .map(|at| {
                if (RATE..RATE + RATE / 5).contains(&at) {
                    tone(300.0)[at % 100]
                } else {
                    0.0
                }
            })
            .collect();
        for speed in [0.5, 1.3, 2.0] {
            let out = stretched(&sound, speed);
            let first = out.iter().position(|value| value.abs() > 0.05).unwrap() as f64 / RATE as f64;
            assert!((first * speed - 1.0).abs() < PIECE + REACH, "{speed}: {first}");
        }
    }
}

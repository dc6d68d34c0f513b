//! The choice of the next token.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How an answer is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// 0 takes the likeliest token always; 1 draws as likely as the model says; more is more adventurous.
    pub temperature: f64,
    /// The same seed draws the same answer.
    pub seed: u64,
    /// The most tokens of the answer, where it has no shape that limits it.
    pub most: usize,
}

/// Draws tokens.
pub(in crate::pretrained) struct Sampler {
    temperature: f64,
    random: Xoshiro256PlusPlus,
}

impl Sampler {
    pub fn new(sampling: Sampling) -> Self {
        Self {
            temperature: sampling.temperature,
            random: Xoshiro256PlusPlus::seed_from_u64(sampling.seed),
        }
    }

    /// Draws a token by the logits among those that are allowed; none where none is. What was drawn and refused has no
    /// chance any more, so it is as if it had been left out from the start.
    pub fn pick(&mut self, logits: &mut [f32], allowed: impl Fn(u32) -> bool) -> Option<u32> {
        loop {
            let index = self.draw(logits)?;
            let token = u32::try_from(index).ok()?;
            if allowed(token) {
                return Some(token);
            }
            *logits.get_mut(index)? = f32::NEG_INFINITY;
        }
    }

    fn draw(&mut self, logits: &[f32]) -> Option<usize> {
        let (best, greatest) =
            logits
                .iter()
                .copied()
                .enumerate()
                .fold((0, f32::NEG_INFINITY), |best, (index, logit)| {
                    if logit > best.1 { (index, logit) } else { best }
                });
        if greatest == f32::NEG_INFINITY {
            return None;
        }
        if self.temperature <= 0.0 {
            return Some(best);
        }
        let weight = |logit: f32| (f64::from(logit - greatest) / self.temperature).exp();
        let total: f64 = logits.iter().copied().map(weight).sum();
        let mut left = self.random.r#gen::<f64>() * total;
        for (index, logit) in logits.iter().enumerate() {
            left -= weight(*logit);
            if left < 0.0 {
                return Some(index);
            }
        }
        // Rounding has left a crumb.
        Some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(temperature: f64) -> Sampler {
        Sampler::new(Sampling {
            temperature,
            seed: 7,
            most: 0,
        })
    }

    #[test]
    fn without_temperature_the_likeliest_of_the_allowed_is_taken() {
        let mut logits = [0.5, 3.0, 2.0];
        assert_eq!(sampler(0.0).pick(&mut logits, |_| true), Some(1));
        assert_eq!(sampler(0.0).pick(&mut logits, |token| token != 1), Some(2));
        assert_eq!(sampler(0.0).pick(&mut logits, |_| false), None);
    }

    #[test]
    fn tokens_are_drawn_as_often_as_they_are_likely() {
        let mut sampler = sampler(0.5);
        let mut counts = [0u32; 3];
        for _ in 0..20_000 {
            let mut logits = [0.0, 2f32.ln(), 9.0];
            let token = sampler.pick(&mut logits, |token| token != 2).unwrap();
            counts[token as usize] += 1;
        }
        // At half the temperature twice as likely becomes four times as likely.
        let share = f64::from(counts[1]) / 20_000.0;
        assert!((share - 0.8).abs() < 0.01 && counts[2] == 0, "{counts:?}");
    }
}

//! Where the encoder puts a pair in the latent space, and how sure it is.

use tch::Tensor;

/// Bounds of ln σ. Nothing else holds it where the loss has no Kullback-Leibler term (β = 0), and one pair with a
/// huge σ throws the whole network off for an epoch.
pub const LN_SIGMA: (f64, f64) = (-8.0, 2.0);

/// A normal distribution for each pair, with independent dimensions.
#[derive(Debug)]
pub struct Posterior {
    /// μ, `[batch, latent]` or `[batch, maps, rows, columns]`: the place of the pair.
    pub mean: Tensor,
    /// ln σ, of the same shape, within [`LN_SIGMA`].
    pub ln_sigma: Tensor,
}

impl Posterior {
    /// From `[batch, 2 * latent, …]`: the first half is μ, the second ln σ before it is bounded.
    #[must_use]
    pub fn new(parameters: &Tensor) -> Self {
        let latent = parameters.size().get(1).copied().unwrap_or(0) / 2;
        Self {
            mean: parameters.narrow(1, 0, latent),
            ln_sigma: parameters.narrow(1, latent, latent).clamp(LN_SIGMA.0, LN_SIGMA.1),
        }
    }

    /// z = μ + ε σ for a given ε of the shape of μ.
    pub fn sample(&self, epsilon: &Tensor) -> Tensor {
        &self.mean + epsilon * self.ln_sigma.exp()
    }

    /// Kullback-Leibler divergence from the standard normal distribution, mean over pairs and dimensions.
    pub fn divergence(&self) -> Tensor {
        let variance = (&self.ln_sigma * 2.0).exp();
        (self.mean.square() + variance - 1.0 - &self.ln_sigma * 2.0).mean(tch::Kind::Float) * 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_divergence_is_zero_only_for_the_standard_normal_distribution() {
        let divergence = |mean: f32, ln_sigma: f32| {
            Posterior::new(&Tensor::from_slice(&[mean, ln_sigma]).view([1, 2]))
                .divergence()
                .double_value(&[])
        };
        assert!(divergence(0.0, 0.0).abs() < 1e-7);
        assert!((divergence(2.0, 0.0) - 2.0).abs() < 1e-6);
        let e2 = (2.0_f64).exp();
        assert!((divergence(0.0, 1.0) - 0.5 * (e2 - 3.0)).abs() < 1e-5);
    }

    #[test]
    fn sigma_is_bounded() {
        let posterior = Posterior::new(&Tensor::from_slice(&[0_f32, 50.0]).view([1, 2]));
        let z = posterior
            .sample(&Tensor::from_slice(&[1_f32]).view([1, 1]))
            .double_value(&[0, 0]);
        assert!((z - LN_SIGMA.1.exp()).abs() < 1e-5);
    }
}

//! Where the encoder puts a pair in the latent space, and how sure it is.

use tch::Tensor;

/// Bounds of ln σ. Nothing else holds it where the loss has no Kullback-Leibler term (β = 0), and one pair with a
/// huge σ throws the whole network off for an epoch.
pub const LN_SIGMA: (f64, f64) = (-8.0, 2.0);

/// A normal distribution for each pair, with independent dimensions.
#[derive(Debug)]
pub struct Posterior {
    /// μ, `[batch, latent]`: the place of the pair.
    pub mean: Tensor,
    /// ln σ, `[batch, latent]`, within [`LN_SIGMA`].
    pub ln_sigma: Tensor,
}

impl Posterior {
    /// From `[batch, 2 * latent]`: the first half is μ, the second ln σ before it is bounded.
    #[must_use]
    pub fn new(parameters: &Tensor) -> Self {
        let latent = parameters.size().last().copied().unwrap_or(0) / 2;
        Self {
            mean: parameters.narrow(-1, 0, latent),
            ln_sigma: parameters
                .narrow(-1, latent, latent)
                .clamp(LN_SIGMA.0, LN_SIGMA.1),
        }
    }

    /// z = μ + ε σ for a given ε of the shape of μ.
    #[must_use]
    pub fn sample(&self, epsilon: &Tensor) -> Tensor {
        &self.mean + epsilon * self.ln_sigma.exp()
    }

    /// Kullback-Leibler divergence from the standard normal distribution, mean over pairs and dimensions.
    #[must_use]
    pub fn divergence(&self) -> Tensor {
        let variance = (&self.ln_sigma * 2.0).exp();
        (self.mean.square() + variance - 1.0 - &self.ln_sigma * 2.0).mean(tch::Kind::Float) * 0.5
    }
}

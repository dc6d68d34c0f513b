//! AdamW, with each element of the gradient bounded first.

use super::config::TrainingConfig;
use super::sweep::{self, Slot, Update};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tch::nn::VarStore;
use tch::{Device, Tensor};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// A weight with its moments.
#[derive(Debug)]
pub struct Parameter {
    /// As in the network, with points between the parts.
    pub name: String,
    /// The weight itself.
    pub weight: Tensor,
    /// First moment.
    pub first: Tensor,
    /// Second moment.
    pub second: Tensor,
}

/// AdamW over all weights of a network.
#[derive(Debug)]
pub struct AdamW {
    /// By name.
    pub parameters: Vec<Parameter>,
    /// Updates made.
    pub updates: u64,
    learning_rate: f64,
    /// Step size of the running update.
    rate: f64,
    weight_decay: f64,
    clip: f64,
    pool: Option<ThreadPool>,
}

impl AdamW {
    /// For the trainable variables of `vs`, with moments of zero, computing with so many threads.
    #[must_use]
    pub fn new(vs: &VarStore, config: &TrainingConfig, threads: usize) -> Self {
        let mut variables: Vec<_> = vs
            .variables()
            .into_iter()
            .filter(|(_, tensor)| tensor.requires_grad())
            .collect();
        variables.sort_by(|a, b| a.0.cmp(&b.0));
        let parameters = variables
            .into_iter()
            .map(|(name, weight)| {
                let (first, second) = (weight.detach().zeros_like(), weight.detach().zeros_like());
                Parameter {
                    name,
                    weight,
                    first,
                    second,
                }
            })
            .collect();
        Self {
            parameters,
            updates: 0,
            learning_rate: config.learning_rate,
            rate: config.learning_rate,
            weight_decay: config.weight_decay,
            clip: config.gradient_clip.unwrap_or(f64::INFINITY),
            // Should the system refuse threads, rayon's own do the work.
            pool: ThreadPoolBuilder::new()
                .num_threads(threads)
                .thread_name(|i| format!("optimizer {i}"))
                .build()
                .ok(),
        }
    }

    /// Weights in all.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.parameters
            .iter()
            .map(|parameter| parameter.weight.numel() as u64)
            .sum()
    }

    /// The gradient of `loss`, a tensor a weight; not defined for a weight that the loss does not depend on.
    #[must_use]
    pub fn gradients(&self, loss: &Tensor) -> Vec<Tensor> {
        let weights: Vec<&Tensor> = self
            .parameters
            .iter()
            .map(|parameter| &parameter.weight)
            .collect();
        // Asked for in this way gradients are handed out rather than added to what was there: nothing to set to zero.
        Tensor::run_backward(&[loss], &weights, false, false)
    }

    /// One update down the gradients, with this share of the step size.
    pub fn apply(&mut self, gradients: &[Tensor], share: f64) {
        self.updates += 1;
        self.rate = self.learning_rate * share;
        let update = self.update();
        for (parameter, gradient) in self.parameters.iter().zip(gradients) {
            // A weight that the loss does not depend on has none.
            if !gradient.defined() {
                continue;
            }
            if parameter.weight.device() == Device::Cpu {
                sweep::apply(parameter.slot(), gradient, update, self.pool.as_ref());
            } else {
                self.tensor_update(parameter, gradient);
            }
        }
    }

    fn corrections(&self) -> (f64, f64) {
        let n = self.updates as f64;
        (1.0 - BETA1.powf(n), 1.0 - BETA2.powf(n))
    }

    fn update(&self) -> Update {
        let (first, second) = self.corrections();
        Update {
            clip: self.clip as f32,
            first: [BETA1 as f32, (1.0 - BETA1) as f32],
            second: [BETA2 as f32, (1.0 - BETA2) as f32],
            keep: (1.0 - self.rate * self.weight_decay) as f32,
            step: (self.rate / first) as f32,
            scale: (1.0 / second.sqrt()) as f32,
            epsilon: EPSILON as f32,
        }
    }

    /// The same as tensor operations, for a graphics card.
    fn tensor_update(&self, parameter: &Parameter, gradient: &Tensor) {
        tch::no_grad(|| {
            let (first, second) = self.corrections();
            let (mut p, mut m, mut v) = parameter.handles();
            let g = if self.clip.is_finite() {
                gradient.clamp(-self.clip, self.clip)
            } else {
                gradient.shallow_clone()
            };
            let _ = m.lerp_(&g, 1.0 - BETA1);
            v *= BETA2;
            v += g.square() * (1.0 - BETA2);
            p *= 1.0 - self.rate * self.weight_decay;
            p -= m / (v.sqrt() / second.sqrt() + EPSILON) * (self.rate / first);
        });
    }
}

impl Parameter {
    fn slot(&self) -> Slot<'_> {
        Slot {
            weight: &self.weight,
            first: &self.first,
            second: &self.second,
        }
    }

    fn handles(&self) -> (Tensor, Tensor, Tensor) {
        (
            self.weight.detach(),
            self.first.shallow_clone(),
            self.second.shallow_clone(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seeded;
    use tch::{Kind, nn};

    #[test]
    fn both_ways_of_updating_agree() {
        let config = TrainingConfig {
            gradient_clip: Some(0.01),
            ..TrainingConfig::default()
        };
        let run = |sweep: bool| {
            let (vs, gradients) = seeded(1, || {
                let vs = nn::VarStore::new(Device::Cpu);
                // Longer than what one thread takes at a time, and not in order in memory.
                let _ = vs
                    .root()
                    .var("weight", &[70, 1037], nn::Init::Uniform { lo: -0.1, up: 0.1 });
                (
                    vs,
                    Tensor::randn([3, 1037, 70], (Kind::Float, Device::Cpu)) * 0.01,
                )
            });
            let mut optimizer = AdamW::new(&vs, &config, 2);
            for step in 0..3 {
                let gradient = gradients.get(step).tr();
                if sweep {
                    optimizer.apply(&[gradient], 1.0);
                } else {
                    optimizer.updates += 1;
                    optimizer.tensor_update(&optimizer.parameters[0], &gradient);
                }
            }
            let [
                Parameter {
                    weight,
                    first,
                    second,
                    ..
                },
            ] = optimizer.parameters.try_into().unwrap();
            [weight.detach(), first, second]
        };
        for (swept, tensors) in run(true).iter().zip(&run(false)) {
            assert!(
                swept.allclose(tensors, 1e-5, 1e-8, false),
                "{}",
                (swept - tensors).abs().max()
            );
        }
    }
}

//! The convolutional-recurrent variational autoencoder (CRVAE of the 2024 paper).

use super::image::{ImageDecoder, ImageEncoder};
use super::layers::{Dense, Norm};
use super::posterior::Posterior;
use super::sizes::{NetworkSizes, Shape};
use super::text::{TextDecoder, TextEncoder};
use tch::Tensor;
use tch::nn::Path;

/// Some pairs as tensors on the device of the network.
#[derive(Debug)]
pub struct Batch {
    /// `[batch, 3, height, width]` in [0, 1].
    pub image: Tensor,
    /// `[batch, words, dimension]`, zeros behind a caption's end; at least one word wide.
    pub words: Tensor,
    /// `[batch, words]`, 1 where there is a word and 0 behind a caption's end.
    pub mask: Tensor,
    /// Where padding is not to be read: words of each caption, at least 1, the longest first; on the CPU.
    pub lengths: Option<Tensor>,
}

/// What the network tells of the pairs.
#[derive(Debug)]
pub struct Reconstructed {
    /// `[batch, 3, height, width]`; not clamped.
    pub image: Tensor,
    /// `[batch, words, dimension]`.
    pub text: Tensor,
}

/// Convolutions for the picture and a bidirectional LSTM for the caption, joined into one latent space and told
/// apart again.
#[derive(Debug)]
pub struct Crvae {
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    image_norm: Norm,
    text_norm: Norm,
    joint: Dense,
    posterior: Dense,
    widen: Dense,
    split: Dense,
    image_decoder: ImageDecoder,
    text_decoder: TextDecoder,
    teacher_forcing: bool,
}

impl Crvae {
    /// The network with fresh weights from torch's generator, in the variables of `vs`.
    #[must_use]
    pub fn new(vs: &Path, sizes: &NetworkSizes, shape: Shape, teacher_forcing: bool) -> Self {
        let Shape {
            height,
            width,
            dimension,
            latent,
        } = shape;
        let dense = i64::from(sizes.dense);
        let image_encoder = ImageEncoder::new(&(vs / "encoder" / "image"), sizes, height, width);
        let text_encoder = TextEncoder::new(&(vs / "encoder" / "text"), sizes, dimension);
        let text_decoder = TextDecoder::new(&(vs / "decoder" / "text"), sizes, dimension);
        let (image, text) = (image_encoder.features, text_encoder.features);
        Self {
            image_norm: Norm::new(&(vs / "encoder" / "image_norm"), image),
            text_norm: Norm::new(&(vs / "encoder" / "text_norm"), text),
            joint: Dense::new(&(vs / "encoder" / "joint"), image + text, dense),
            posterior: Dense::new(&(vs / "encoder" / "posterior"), dense, 2 * latent),
            widen: Dense::new(&(vs / "decoder" / "widen"), latent, dense),
            split: Dense::new(&(vs / "decoder" / "split"), dense, image + text_decoder.features),
            image_decoder: ImageDecoder::new(&(vs / "decoder" / "image"), sizes, height, width),
            image_encoder,
            text_encoder,
            text_decoder,
            teacher_forcing,
        }
    }

    /// Where the pairs lie in the latent space.
    #[must_use]
    pub fn encode(&self, batch: &Batch, train: bool) -> Posterior {
        let image = self
            .image_norm
            .forward(&self.image_encoder.forward(&batch.image), train);
        let text = self
            .text_encoder
            .forward(&batch.words, batch.lengths.as_ref(), train);
        let both = Tensor::cat(&[image, self.text_norm.forward(&text, train)], 1);
        let joint = self.joint.forward(&both).relu();
        Posterior::new(&self.posterior.forward(&joint))
    }

    /// What is told from places `[batch, latent]`. `words` are the true ones, `[batch, words, dimension]`; without
    /// teacher forcing only their shape is looked at.
    #[must_use]
    pub fn decode(&self, z: &Tensor, words: &Tensor, train: bool) -> Reconstructed {
        let wide = self.widen.forward(z).relu();
        let split = self.split.forward(&wide);
        let (image, text) = (self.image_encoder.features, self.text_decoder.features);
        let image = self.image_decoder.forward(&split.narrow(1, 0, image).relu());
        let state = split
            .narrow(1, split.size().last().copied().unwrap_or(0) - text, text)
            .contiguous();
        let text = if self.teacher_forcing {
            self.text_decoder.forced(&state, words, train)
        } else {
            let size = words.size();
            let (steps, dimension) = (
                size.get(1).copied().unwrap_or(0),
                size.get(2).copied().unwrap_or(0),
            );
            self.text_decoder.free(&state, steps, dimension, train)
        };
        Reconstructed { image, text }
    }

    /// A pass of training: places, and what is told from z = μ + ε σ, with ε `[batch, latent]`.
    #[must_use]
    pub fn forward(&self, batch: &Batch, epsilon: &Tensor) -> (Posterior, Reconstructed) {
        let posterior = self.encode(batch, true);
        let told = self.decode(&posterior.sample(epsilon), &batch.words, true);
        (posterior, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seed::seeded;
    use crate::model::sizes::{Convolutions, PixelOutput};
    use tch::nn::VarStore;
    use tch::{Device, Kind};

    fn sizes(convolutions: Convolutions, pixels: PixelOutput) -> NetworkSizes {
        NetworkSizes {
            convolutions,
            pixels,
            filters: vec![3, 4, 5],
            hidden: 6,
            layers: 2,
            dense: 9,
        }
    }

    fn batch(shape: Shape, lengths: &[i64]) -> Batch {
        let floats = (Kind::Float, Device::Cpu);
        let (rows, words) = (lengths.len() as i64, lengths[0]);
        let mask = Tensor::zeros([rows, words], floats);
        for (row, &length) in lengths.iter().enumerate() {
            let _ = mask.get(row as i64).narrow(0, 0, length).fill_(1.0);
        }
        let (image, vectors) = seeded(2, || {
            (
                Tensor::rand([rows, 3, shape.height, shape.width], floats),
                Tensor::randn([rows, words, shape.dimension], floats),
            )
        });
        Batch {
            image,
            words: vectors * mask.unsqueeze(-1),
            mask,
            lengths: Some(Tensor::from_slice(lengths)),
        }
    }

    #[test]
    fn pictures_and_captions_come_out_as_large_as_they_went_in() {
        for (height, width) in [(24, 40), (21, 30), (17, 39)] {
            for convolutions in [Convolutions::Pooled, Convolutions::Strided] {
                for forcing in [true, false] {
                    let shape = Shape {
                        height,
                        width,
                        dimension: 7,
                        latent: 5,
                    };
                    let vs = VarStore::new(Device::Cpu);
                    let sizes = sizes(convolutions, PixelOutput::Sigmoid);
                    let network = seeded(1, || Crvae::new(&vs.root(), &sizes, shape, forcing));
                    let batch = batch(shape, &[4, 2, 1]);
                    let epsilon = Tensor::zeros([3, 5], (Kind::Float, Device::Cpu));
                    let (posterior, told) = network.forward(&batch, &epsilon);
                    assert_eq!(posterior.mean.size(), [3, 5]);
                    assert_eq!(told.image.size(), batch.image.size());
                    assert_eq!(told.text.size(), batch.words.size());
                    assert!(
                        told.image.min().double_value(&[]) >= 0.0
                            && told.image.max().double_value(&[]) <= 1.0
                    );
                }
            }
        }
    }

    #[test]
    fn teacher_forcing_never_sees_the_word_it_must_tell() {
        let shape = Shape {
            height: 8,
            width: 8,
            dimension: 7,
            latent: 5,
        };
        let vs = VarStore::new(Device::Cpu);
        let sizes = sizes(Convolutions::Strided, PixelOutput::Linear);
        let network = seeded(1, || Crvae::new(&vs.root(), &sizes, shape, true));
        let z = Tensor::ones([1, 5], (Kind::Float, Device::Cpu));
        let words = batch(shape, &[4]).words;
        let changed = words.copy();
        let _ = changed.narrow(1, 2, 1).fill_(9.0);
        let tell = |words: &Tensor| network.decode(&z, words, false).text;
        let difference =
            (tell(&words) - tell(&changed))
                .abs()
                .sum_dim_intlist([0, 2].as_slice(), false, Kind::Float);
        let by_word: Vec<f64> = Vec::try_from(difference.to_kind(Kind::Double)).unwrap();
        assert!(
            by_word[..3].iter().all(|&d| d == 0.0) && by_word[3] > 0.0,
            "{by_word:?}"
        );
    }

    #[test]
    fn what_lies_behind_a_caption_is_not_looked_at() {
        let shape = Shape {
            height: 8,
            width: 8,
            dimension: 7,
            latent: 5,
        };
        let vs = VarStore::new(Device::Cpu);
        let sizes = sizes(Convolutions::Strided, PixelOutput::Linear);
        let network = seeded(1, || Crvae::new(&vs.root(), &sizes, shape, true));
        let mut batch = batch(shape, &[4, 2]);
        let mean = |batch: &Batch| network.encode(batch, false).mean;
        let before = mean(&batch);
        let _ = batch.words.get(1).narrow(0, 2, 2).fill_(5.0);
        assert!(before.equal(&mean(&batch)));
        batch.lengths = None;
        assert!(!before.equal(&mean(&batch)));
    }

    #[test]
    fn the_published_network_has_its_published_widths() {
        let config = crate::training::TrainingConfig::preset("paper").unwrap();
        let vs = VarStore::new(Device::Cpu);
        let shape = Shape {
            height: 120,
            width: 200,
            dimension: 300,
            latent: 1000,
        };
        let network = seeded(1, || {
            Crvae::new(&vs.root(), &config.network, shape, config.teacher_forcing)
        });
        assert_eq!(
            (network.image_encoder.features, network.text_encoder.features),
            (12_000, 2_048)
        );
        let count: usize = vs.trainable_variables().iter().map(Tensor::numel).sum();
        assert_eq!(count, 138_067_903);
        let told = network.decode(
            &Tensor::zeros([1, 1000], (Kind::Float, Device::Cpu)),
            &Tensor::zeros([1, 3, 300], (Kind::Float, Device::Cpu)),
            false,
        );
        assert_eq!(
            (told.image.size(), told.text.size()),
            (vec![1, 3, 120, 200], vec![1, 3, 300])
        );
    }
}

//! The convolutional-recurrent variational autoencoder (CRVAE of the 2024 paper).

use super::image::{ImageDecoder, ImageEncoder};
use super::layers::{Dense, Norm, Tape};
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
    pub fn encode(&self, batch: &Batch, train: bool, tape: &mut Tape) -> Posterior {
        let image = self
            .image_norm
            .forward(&self.image_encoder.forward(&batch.image), train);
        let text = self
            .text_encoder
            .forward(&batch.words, batch.lengths.as_ref(), train);
        let both = Tensor::cat(&[image, self.text_norm.forward(&text, train)], 1);
        let joint = self.joint.forward_on(&both, tape).relu();
        Posterior::new(&self.posterior.forward_on(&joint, tape))
    }

    /// What is told from places `[batch, latent]`. `words` are the true ones, `[batch, words, dimension]`; without
    /// teacher forcing only their shape is looked at.
    #[must_use]
    pub fn decode(&self, z: &Tensor, words: &Tensor, train: bool, tape: &mut Tape) -> Reconstructed {
        let wide = self.widen.forward_on(z, tape).relu();
        let split = self.split.forward_on(&wide, tape);
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
    pub fn forward(&self, batch: &Batch, epsilon: &Tensor, tape: &mut Tape) -> (Posterior, Reconstructed) {
        let posterior = self.encode(batch, true, tape);
        let told = self.decode(&posterior.sample(epsilon), &batch.words, true, tape);
        (posterior, told)
    }
}

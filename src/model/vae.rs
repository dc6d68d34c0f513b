//! The variational autoencoder of a video's pairs: whatever its design says, one way in and one way out.

use super::design::{Fusion, LatentHead, NetworkDesign, Normalisation, Shape};
use super::image::{ImageDecoder, ImageEncoder};
use super::layers::{Conv, Dense, LayerNorm, Norm};
use super::posterior::Posterior;
use super::text::{Feed, TextDecoder, TextEncoder};
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
    /// `[batch, words, dimension]`; none where captions are not learned.
    pub text: Option<Tensor>,
}

/// What brings features to one scale.
#[derive(Debug)]
enum FeatureNorm {
    None,
    Batch(Norm),
    Layer(LayerNorm),
}

impl FeatureNorm {
    fn new(vs: &Path, normalisation: Normalisation, width: i64) -> Self {
        match normalisation {
            Normalisation::None => Self::None,
            Normalisation::Batch => Self::Batch(Norm::new(vs, width)),
            Normalisation::Layer => Self::Layer(LayerNorm::new(vs, width)),
        }
    }

    fn forward(&self, xs: Tensor, train: bool) -> Tensor {
        match self {
            Self::None => xs,
            Self::Batch(norm) => norm.forward(&xs, train),
            Self::Layer(norm) => norm.forward(&xs),
        }
    }
}

/// The caption's part of the encoder.
#[derive(Debug)]
struct TextBranch {
    encoder: TextEncoder,
    norm: FeatureNorm,
    decoder: TextDecoder,
}

/// What lies between the features and the latent space.
#[derive(Debug)]
enum Head {
    /// Dense layers inwards, and the same widths outwards.
    Vector {
        joint: Vec<Dense>,
        posterior: Dense,
        widen: Vec<Dense>,
        split: Dense,
    },
    /// A convolution to the maps.
    Maps { posterior: Conv },
}

/// A network with its weights.
#[derive(Debug)]
pub struct Vae {
    image_encoder: ImageEncoder,
    image_norm: FeatureNorm,
    text: Option<TextBranch>,
    head: Head,
    image_decoder: ImageDecoder,
    teacher_forcing: bool,
}

impl Vae {
    /// The network with fresh weights from torch's generator, in the variables of `vs`. The design must have passed its
    /// check.
    #[must_use]
    pub fn new(vs: &Path, design: &NetworkDesign, shape: Shape) -> Self {
        let (encoder, decoder) = (vs / "encoder", vs / "decoder");
        let image_encoder = ImageEncoder::new(&(&encoder / "image"), &design.image, shape);
        let image: i64 = image_encoder.maps.iter().product();
        let norm =
            |name: &str, width: i64| FeatureNorm::new(&(&encoder / name), design.fusion.normalisation, width);
        let text = design.text.as_ref().map(|tower| {
            let text = TextEncoder::new(&(&encoder / "text"), tower, shape.dimension);
            TextBranch {
                norm: norm("text_norm", text.features()),
                encoder: text,
                decoder: TextDecoder::new(&(&decoder / "text"), tower, shape.dimension),
            }
        });
        let (image_norm, head, from) = match design.latent {
            LatentHead::Vector { dimensions } => {
                let [read, told] = text
                    .as_ref()
                    .map_or([0; 2], |text| [text.encoder.features(), text.decoder.features()]);
                let ends = [image + read, dimensions.into(), image + told];
                let head = Head::dense([&encoder, &decoder], &design.fusion, ends);
                (norm("image_norm", image), head, image_encoder.maps)
            }
            LatentHead::Maps { channels } => {
                let (channels, [features, h, w]) = (i64::from(channels), image_encoder.maps);
                let posterior = Conv::new(&(&encoder / "posterior"), features, 2 * channels, 1);
                (FeatureNorm::None, Head::Maps { posterior }, [channels, h, w])
            }
        };
        Self {
            image_norm,
            head,
            image_decoder: ImageDecoder::new(&(&decoder / "image"), &design.image, shape, from[0]),
            image_encoder,
            text,
            teacher_forcing: design.teacher_forcing(),
        }
    }

    /// Where the pairs lie in the latent space.
    #[must_use]
    pub fn encode(&self, batch: &Batch, train: bool) -> Posterior {
        let maps = self.image_encoder.forward(&batch.image);
        let (joint, posterior) = match &self.head {
            Head::Maps { posterior } => return Posterior::new(&posterior.forward(&maps)),
            Head::Vector { joint, posterior, .. } => (joint, posterior),
        };
        let mut features = self.image_norm.forward(maps.flatten(1, -1), train);
        if let Some(text) = &self.text {
            let read = text.norm.forward(text.encoder.forward(batch, train), train);
            features = Tensor::cat(&[features, read], 1);
        }
        let features = joint.iter().fold(features, |xs, layer| layer.forward(&xs).relu());
        Posterior::new(&posterior.forward(&features))
    }

    /// The latent vectors `[batch, dimensions]` of places; what is clustered and drawn.
    pub fn latents(&self, places: &Tensor) -> Tensor {
        match &self.head {
            Head::Vector { .. } => places.shallow_clone(),
            Head::Maps { .. } => places.amax([2, 3].as_slice(), false),
        }
    }

    /// What is told from places `[batch, latent]` or `[batch, maps, rows, columns]`.
    #[must_use]
    pub fn decode(&self, z: &Tensor, feed: Feed, train: bool) -> Reconstructed {
        let (widen, split) = match &self.head {
            Head::Vector { widen, split, .. } => (widen, split),
            Head::Maps { .. } => {
                return Reconstructed {
                    image: self.image_decoder.forward(z),
                    text: None,
                };
            }
        };
        let wide = widen
            .iter()
            .fold(z.shallow_clone(), |xs, layer| layer.forward(&xs).relu());
        let split = split.forward(&wide);
        let [channels, h, w] = self.image_encoder.maps;
        let image = channels * h * w;
        let maps = split.narrow(1, 0, image).relu().view([-1, channels, h, w]);
        let text = self.text.as_ref().map(|text| {
            let told = text.decoder.features();
            text.decoder
                .forward(&split.narrow(1, image, told).contiguous(), feed, train)
        });
        Reconstructed {
            image: self.image_decoder.forward(&maps),
            text,
        }
    }

    /// How captions `[batch, words, dimension]` are told in training.
    #[must_use]
    pub fn feed<'a>(&self, words: &'a Tensor) -> Feed<'a> {
        if self.teacher_forcing {
            Feed::Forced(words)
        } else {
            Feed::Free(words.size().get(1).copied().unwrap_or(0))
        }
    }

    /// A pass of training: places, and what is told from z = μ + ε σ. `epsilon` makes ε of the shape of μ.
    #[must_use]
    pub fn forward(
        &self,
        batch: &Batch,
        epsilon: impl FnOnce(&Tensor) -> Tensor,
    ) -> (Posterior, Reconstructed) {
        let posterior = self.encode(batch, true);
        let z = posterior.sample(&epsilon(&posterior.mean));
        let told = self.decode(&z, self.feed(&batch.words), true);
        (posterior, told)
    }
}

impl Head {
    /// From so many features to so many dimensions, and back to so many features.
    fn dense([encoder, decoder]: [&Path; 2], fusion: &Fusion, [features, latent, told]: [i64; 3]) -> Self {
        let stack = |vs: &Path, name: &str, mut input: i64, widths: &[i64]| {
            let mut layers = Vec::new();
            for (index, &width) in widths.iter().enumerate() {
                layers.push(Dense::new(&(vs / format!("{name}{index}")), input, width));
                input = width;
            }
            (layers, input)
        };
        let mut widths: Vec<i64> = fusion.dense.iter().map(|&width| width.into()).collect();
        let (joint, inner) = stack(encoder, "joint", features, &widths);
        widths.reverse();
        let (widen, outer) = stack(decoder, "widen", latent, &widths);
        Self::Vector {
            joint,
            posterior: Dense::new(&(encoder / "posterior"), inner, 2 * latent),
            widen,
            split: Dense::new(&(decoder / "split"), outer, told),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::design::tests::{recurrent, small, transformer};
    use crate::model::design::{Cell, Convolutions, TextLayers};
    use crate::model::seed::seeded;
    use tch::nn::VarStore;
    use tch::{Device, Kind};

    fn shape(height: i64, width: i64) -> Shape {
        Shape {
            height,
            width,
            dimension: 7,
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

    fn all_text() -> Vec<Option<TextLayers>> {
        let mut all: Vec<Option<TextLayers>> = [Cell::Rnn, Cell::Gru, Cell::Lstm]
            .map(|cell| Some(recurrent(cell)))
            .into();
        all.extend([Some(transformer()), None]);
        all
    }

    #[test]
    fn pictures_and_captions_come_out_as_large_as_they_went_in() {
        for (height, width) in [(24, 40), (21, 30), (17, 39)] {
            for convolutions in [Convolutions::Pooled, Convolutions::Strided] {
                for text in all_text() {
                    for forcing in [true, false] {
                        let shape = shape(height, width);
                        let vs = VarStore::new(Device::Cpu);
                        let mut design = small(text.clone(), convolutions);
                        if let Some(text) = &mut design.text {
                            text.teacher_forcing = forcing;
                        }
                        let network = seeded(1, || Vae::new(&vs.root(), &design, shape));
                        let batch = batch(shape, &[4, 2, 1]);
                        let (posterior, told) = network.forward(&batch, Tensor::zeros_like);
                        assert_eq!(network.latents(&posterior.mean).size(), [3, 5]);
                        assert_eq!(told.image.size(), batch.image.size());
                        assert_eq!(
                            told.text.map(|text| text.size()),
                            text.as_ref().map(|_| batch.words.size())
                        );
                        assert!(
                            told.image.min().double_value(&[]) >= 0.0
                                && told.image.max().double_value(&[]) <= 1.0
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn latent_maps_give_a_vector_of_their_largest_values() {
        let shape = shape(24, 40);
        let vs = VarStore::new(Device::Cpu);
        let mut design = small(None, Convolutions::Pooled);
        design.fusion.dense.clear();
        design.latent = LatentHead::Maps { channels: 6 };
        design.check().unwrap();
        let network = seeded(1, || Vae::new(&vs.root(), &design, shape));
        let batch = batch(shape, &[1, 1]);
        let (posterior, told) = network.forward(&batch, Tensor::zeros_like);
        assert_eq!(posterior.mean.size(), [2, 6, 3, 5]);
        assert_eq!(told.image.size(), batch.image.size());
        let latents = network.latents(&posterior.mean);
        assert_eq!(latents.size(), [2, 6]);
        let first = posterior.mean.get(0).get(0).max().double_value(&[]);
        assert_eq!(latents.double_value(&[0, 0]), first);
    }

    #[test]
    fn teacher_forcing_never_sees_the_word_it_must_tell() {
        for text in all_text().into_iter().flatten() {
            let shape = shape(8, 8);
            let vs = VarStore::new(Device::Cpu);
            let design = small(Some(text), Convolutions::Strided);
            let network = seeded(1, || Vae::new(&vs.root(), &design, shape));
            let z = Tensor::ones([1, 5], (Kind::Float, Device::Cpu));
            let words = batch(shape, &[4]).words;
            let changed = words.copy();
            let _ = changed.narrow(1, 2, 1).fill_(9.0);
            let tell = |words: &Tensor| network.decode(&z, Feed::Forced(words), false).text.unwrap();
            let difference =
                (tell(&words) - tell(&changed))
                    .abs()
                    .sum_dim_intlist([0, 2].as_slice(), false, Kind::Float);
            let by_word: Vec<f64> = Vec::try_from(difference.to_kind(Kind::Double)).unwrap();
            assert!(
                by_word[..3].iter().all(|&d| d < 1e-5) && by_word[3] > 1e-4,
                "{by_word:?}"
            );
        }
    }

    #[test]
    fn what_lies_behind_a_caption_is_not_looked_at() {
        for text in all_text().into_iter().flatten() {
            let shape = shape(8, 8);
            let vs = VarStore::new(Device::Cpu);
            let design = small(Some(text), Convolutions::Strided);
            let network = seeded(1, || Vae::new(&vs.root(), &design, shape));
            let mut batch = batch(shape, &[4, 2]);
            let mean = |batch: &Batch| network.encode(batch, false).mean;
            let before = mean(&batch);
            let _ = batch.words.get(1).narrow(0, 2, 2).fill_(5.0);
            assert!(before.allclose(&mean(&batch), 0.0, 1e-6, false));
            batch.lengths = None;
            assert!(!before.allclose(&mean(&batch), 0.0, 1e-4, false));
        }
    }
}

//! What a network costs, counted from its design: the parts in order, with their shapes, weights and arithmetic.

use super::design::{
    Convolutions, ImageTower, LatentHead, NetworkDesign, Normalisation, Shape, TextLayers, Transformer,
};

/// A part of a network on the way from the pair to the latent space and back.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Which way it belongs to.
    pub branch: Branch,
    /// What it does, in the field's words.
    pub name: String,
    /// Shape of what it gives for one pair.
    pub shape: Vec<i64>,
    /// Weights that it learns.
    pub parameters: u64,
    /// Multiplications with an addition, for one pair, forwards.
    pub multiply_adds: f64,
}

/// Where a part stands in the diagram of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// From the picture inwards.
    ImageEncoder,
    /// From the caption inwards.
    TextEncoder,
    /// From both to the latent space.
    Encoder,
    /// The latent space.
    Latent,
    /// From the latent space to both.
    Decoder,
    /// Outwards to the picture.
    ImageDecoder,
    /// Outwards to the caption.
    TextDecoder,
}

/// The parts of a network in order, for captions of so many words.
#[must_use]
pub fn stages(design: &NetworkDesign, shape: Shape, words: i64) -> Vec<Stage> {
    let mut count = Count::default();
    let maps = count.image_encoder(&design.image, shape);
    let features: i64 = maps.iter().product();
    let latent = i64::from(design.latent.dimensions());
    if let LatentHead::Maps { .. } = design.latent {
        let [channels, h, w] = maps;
        count.add(
            Branch::Latent,
            "3x3 convolution to μ and ln σ",
            [2 * latent, h, w],
            conv(channels, 2 * latent, 9),
            h * w,
        );
        count.image_decoder(&design.image, shape, latent);
        return count.stages;
    }
    let normalisation = match design.fusion.normalisation {
        Normalisation::None => None,
        Normalisation::Batch => Some("batch norm"),
        Normalisation::Layer => Some("layer norm"),
    };
    count.norm(Branch::ImageEncoder, normalisation, features);
    let [read, told] = design.text.as_ref().map_or([0; 2], |text| {
        let [read, told] = count.text_encoder(&text.layers, shape.dimension, words);
        count.norm(Branch::TextEncoder, normalisation, read);
        [read, told]
    });
    let joined = features + read;
    count.add(Branch::Encoder, "joined", [joined], [0, 0], 1);
    let width = count.dense(Branch::Encoder, joined, design.fusion.dense.iter());
    count.add(
        Branch::Latent,
        "dense to μ and ln σ",
        [2 * latent],
        linear(width, 2 * latent),
        1,
    );
    let width = count.dense(Branch::Decoder, latent, design.fusion.dense.iter().rev());
    count.add(
        Branch::Decoder,
        "dense, then split",
        [features + told],
        linear(width, features + told),
        1,
    );
    count.image_decoder(&design.image, shape, maps[0]);
    if let Some(text) = &design.text {
        count.text_decoder(&text.layers, shape.dimension, words);
    }
    count.stages
}

/// Weights of a dense layer, and multiplications for a row.
fn linear(input: i64, output: i64) -> [i64; 2] {
    [(input + 1) * output, input * output]
}

/// Weights of a convolution with so many places in its kernel, and multiplications for a pixel.
fn conv(input: i64, output: i64, kernel: i64) -> [i64; 2] {
    [(input * kernel + 1) * output, input * kernel * output]
}

#[derive(Default)]
struct Count {
    stages: Vec<Stage>,
}

impl Count {
    /// A part with its weights and multiplications, which are done so many times for a pair.
    fn add<const N: usize>(
        &mut self,
        branch: Branch,
        name: impl Into<String>,
        shape: [i64; N],
        [parameters, products]: [i64; 2],
        times: i64,
    ) {
        self.stages.push(Stage {
            branch,
            name: name.into(),
            shape: shape.into(),
            parameters: parameters.unsigned_abs(),
            multiply_adds: products as f64 * times as f64,
        });
    }

    /// A norm over features, where the network has one: a factor and a shift each.
    fn norm(&mut self, branch: Branch, name: Option<&'static str>, features: i64) {
        if let Some(name) = name {
            self.add(branch, name, [features], [2 * features, 0], 1);
        }
    }

    /// Dense layers of these widths one after another; returns the last width.
    fn dense<'a>(&mut self, branch: Branch, input: i64, widths: impl Iterator<Item = &'a u32>) -> i64 {
        widths.fold(input, |input, &width| {
            let width = width.into();
            self.add(branch, "dense, ReLU", [width], linear(input, width), 1);
            width
        })
    }

    fn image_encoder(&mut self, tower: &ImageTower, shape: Shape) -> [i64; 3] {
        let sizes = shape.levels(tower.filters.len());
        let pooled = tower.convolutions == Convolutions::Pooled;
        let mut maps = [3, shape.height, shape.width];
        for (&filters, (&before, &after)) in tower.filters.iter().zip(sizes.iter().zip(sizes.iter().skip(1)))
        {
            let (name, (h, w)) = if pooled {
                ("3x3 convolution, max-pool 2, ReLU", before)
            } else {
                ("3x3 convolution, stride 2, ReLU", after)
            };
            let next = [i64::from(filters), after.0, after.1];
            self.add(Branch::ImageEncoder, name, next, conv(maps[0], next[0], 9), h * w);
            maps = next;
        }
        maps
    }

    fn image_decoder(&mut self, tower: &ImageTower, shape: Shape, channels: i64) {
        let mut sizes = shape.levels(tower.filters.len());
        sizes.reverse();
        let pooled = tower.convolutions == Convolutions::Pooled;
        let filters: Vec<i64> = tower.filters.iter().rev().map(|&f| i64::from(f)).collect();
        let mut input = channels;
        for (level, (&(h, w), &after)) in sizes.iter().zip(sizes.iter().skip(1)).enumerate() {
            let output = filters
                .get(if pooled { level } else { level + 1 })
                .copied()
                .unwrap_or(3);
            let kernel = if pooled { 9 } else { 16 };
            let name = format!(
                "{0}x{0} transposed convolution, stride 2",
                if pooled { 3 } else { 4 }
            );
            let size = [output, after.0, after.1];
            // Each pixel that comes in is spread over the whole kernel.
            self.add(
                Branch::ImageDecoder,
                name,
                size,
                conv(input, output, kernel),
                h * w,
            );
            if pooled {
                self.add(
                    Branch::ImageDecoder,
                    "3x3 convolution, ReLU",
                    size,
                    conv(output, output, 9),
                    after.0 * after.1,
                );
            }
            input = output;
        }
        if pooled {
            let size = [3, shape.height, shape.width];
            self.add(
                Branch::ImageDecoder,
                "3x3 convolution to RGB",
                size,
                conv(input, 3, 9),
                shape.height * shape.width,
            );
        }
    }

    /// Features that are read from a caption, and features that its decoder is given.
    fn text_encoder(&mut self, layers: &TextLayers, dimension: i64, words: i64) -> [i64; 2] {
        match *layers {
            TextLayers::Recurrent {
                cell, hidden, layers, ..
            } => {
                let (hidden, layers) = (i64::from(hidden), i64::from(layers));
                let mut input = dimension;
                for _ in 0..layers {
                    let one = recurrent(cell.gates(), input, hidden);
                    let name = format!("{cell} in both directions");
                    self.add(
                        Branch::TextEncoder,
                        name,
                        [words, 2 * hidden],
                        one.map(|n| 2 * n),
                        words,
                    );
                    input = 2 * hidden;
                }
                let read = 2 * layers * hidden;
                self.add(Branch::TextEncoder, "final states", [read], [0, 0], 1);
                [read, cell.states() * layers * hidden]
            }
            TextLayers::Transformer(Transformer {
                width,
                layers,
                feed_forward,
                places,
                ..
            }) => {
                let [width, inner, places] = [width, feed_forward, places].map(i64::from);
                let long = words + places;
                self.add(
                    Branch::TextEncoder,
                    "dense, sines of the place",
                    [words, width],
                    linear(dimension, width),
                    words,
                );
                self.add(
                    Branch::TextEncoder,
                    "learned places",
                    [long, width],
                    [places * width, 0],
                    1,
                );
                for _ in 0..layers {
                    let block = block(width, inner, 1);
                    self.add(
                        Branch::TextEncoder,
                        "self-attention block",
                        [long, width],
                        [block[0], block[1] + 2 * long * width],
                        long,
                    );
                }
                self.add(
                    Branch::TextEncoder,
                    "layer norm of the places",
                    [places * width],
                    [2 * width, 0],
                    1,
                );
                [places * width; 2]
            }
        }
    }

    fn text_decoder(&mut self, layers: &TextLayers, dimension: i64, words: i64) {
        let (shape, branch) = ([words, dimension], Branch::TextDecoder);
        match *layers {
            TextLayers::Recurrent {
                cell,
                hidden,
                layers,
                reminded,
            } => {
                let (mut input, hidden) = (dimension, i64::from(hidden));
                if reminded {
                    let told = cell.states() * i64::from(layers) * hidden;
                    self.add(
                        branch,
                        "dense, added to every word",
                        [dimension],
                        linear(told, dimension),
                        1,
                    );
                }
                for _ in 0..layers {
                    let one = recurrent(cell.gates(), input, hidden);
                    self.add(branch, format!("{cell} forwards"), [words, hidden], one, words);
                    input = hidden;
                }
                self.add(
                    branch,
                    "dense to word vectors",
                    shape,
                    linear(hidden, dimension),
                    words,
                );
            }
            TextLayers::Transformer(Transformer {
                width,
                layers,
                feed_forward,
                places,
                ..
            }) => {
                let [width, inner, places] = [width, feed_forward, places].map(i64::from);
                self.add(
                    branch,
                    "dense, sines of the place",
                    [words, width],
                    linear(dimension, width),
                    words,
                );
                for _ in 0..layers {
                    let block = block(width, inner, 2);
                    let looks = 2 * (words + places) * width;
                    self.add(
                        branch,
                        "causal block with the places",
                        [words, width],
                        [block[0], block[1] + looks],
                        words,
                    );
                }
                self.add(
                    branch,
                    "layer norm, dense to word vectors",
                    shape,
                    [2 * width + linear(width, dimension)[0], width * dimension],
                    words,
                );
            }
        }
    }
}

/// Weights and multiplications for a word of a recurrent layer in one direction, with both its biases.
fn recurrent(gates: i64, input: i64, hidden: i64) -> [i64; 2] {
    let products = gates * hidden * (input + hidden);
    [products + 2 * gates * hidden, products]
}

/// Weights and multiplications for a word of a block with so many attentions, without the looking itself.
fn block(width: i64, inner: i64, attentions: i64) -> [i64; 2] {
    let attention = linear(width, width).map(|n| 4 * n);
    let dense = [
        linear(width, inner)[0] + linear(inner, width)[0],
        2 * width * inner,
    ];
    let norms = (attentions + 1) * 2 * width;
    [
        attentions * attention[0] + dense[0] + norms,
        attentions * attention[1] + dense[1],
    ]
}

/// Weights in all.
#[must_use]
pub fn parameters(stages: &[Stage]) -> u64 {
    stages.iter().map(|stage| stage.parameters).sum()
}

/// Floating-point operations of a training step over so many pairs: a multiplication and an addition each count, and
/// the way back costs twice the way there (once for the inputs, once for the weights).
#[must_use]
pub fn step_operations(stages: &[Stage], pairs: u32) -> f64 {
    let forwards: f64 = stages.iter().map(|stage| stage.multiply_adds).sum();
    6.0 * forwards * f64::from(pairs)
}

/// Bytes that one step of AdamW must move for the weights alone, in 32-bit floats: weights read forwards and backwards,
/// the gradient written and read, both moments and the weights read and written.
#[must_use]
pub fn step_bytes(stages: &[Stage]) -> f64 {
    const PASSES: f64 = 10.0;
    parameters(stages) as f64 * 4.0 * PASSES
}

/// Bytes of a checkpoint of so many weights: they and both moments, in 32-bit floats.
#[must_use]
pub const fn checkpoint_bytes(parameters: u64) -> u64 {
    parameters * 12
}

/// Bytes of weights, gradients and both moments while a network is trained, in 32-bit floats.
#[must_use]
pub fn training_bytes(stages: &[Stage]) -> f64 {
    parameters(stages) as f64 * 16.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Vae;
    use crate::model::design::Cell;
    use crate::model::design::tests::{recurrent, small, transformer};
    use tch::nn::VarStore;
    use tch::{Device, Tensor};

    #[test]
    fn weights_are_counted_as_the_network_has_them() {
        let shape = Shape {
            height: 21,
            width: 30,
            dimension: 7,
        };
        let mut designs = Vec::new();
        for convolutions in [Convolutions::Pooled, Convolutions::Strided] {
            for text in [
                Some(recurrent(Cell::Rnn)),
                Some(recurrent(Cell::Gru)),
                Some(recurrent(Cell::Lstm)),
                Some(transformer()),
                None,
            ] {
                designs.push(small(text, convolutions));
            }
            let mut plain = small(None, convolutions);
            plain.fusion.normalisation = Normalisation::None;
            plain.fusion.dense = vec![11, 9];
            designs.push(plain.clone());
            plain.fusion.dense.clear();
            plain.latent = LatentHead::Maps { channels: 6 };
            designs.push(plain);
        }
        for design in designs {
            let vs = VarStore::new(Device::Cpu);
            let _network = Vae::new(&vs.root(), &design, shape);
            let there: usize = vs.trainable_variables().iter().map(Tensor::numel).sum();
            assert_eq!(parameters(&stages(&design, shape, 4)), there as u64, "{design:?}");
        }
    }
}

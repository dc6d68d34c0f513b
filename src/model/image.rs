//! The picture's half of the networks.

use super::design::{Convolutions, ImageTower, PixelOutput, Shape};
use super::layers::{Conv, Upconv};
use tch::Tensor;
use tch::nn::Path;

/// Pictures to maps of features.
#[derive(Debug)]
pub struct ImageEncoder {
    convs: Vec<Conv>,
    pooled: bool,
    /// Channels, rows and columns of the maps.
    pub maps: [i64; 3],
}

impl ImageEncoder {
    /// For pictures of this shape.
    #[must_use]
    pub fn new(vs: &Path, tower: &ImageTower, shape: Shape) -> Self {
        let pooled = tower.convolutions == Convolutions::Pooled;
        let mut channels = 3;
        let mut convs = Vec::new();
        for (level, &filters) in tower.filters.iter().enumerate() {
            let filters = i64::from(filters);
            let stride = if pooled { 1 } else { 2 };
            convs.push(Conv::new(
                &(vs / format!("conv{level}")),
                channels,
                filters,
                stride,
            ));
            channels = filters;
        }
        let (h, w) = shape.levels(convs.len()).last().copied().unwrap_or((0, 0));
        Self {
            convs,
            pooled,
            maps: [channels, h, w],
        }
    }

    /// `[batch, 3, height, width]` to `[batch, channels, rows, columns]`.
    pub fn forward(&self, image: &Tensor) -> Tensor {
        self.convs.iter().fold(image.shallow_clone(), |xs, conv| {
            let xs = conv.forward(&xs);
            // The largest value stays the largest under ReLU, so pooling first gives the same for a quarter of the work.
            if self.pooled {
                xs.max_pool2d([2], [2], [0], [1], true).relu()
            } else {
                xs.relu()
            }
        })
    }
}

/// One doubling of the picture.
#[derive(Debug)]
struct Level {
    up: Upconv,
    refine: Option<Conv>,
    size: (i64, i64),
}

/// Maps of features to pictures: the encoder backwards.
#[derive(Debug)]
pub struct ImageDecoder {
    levels: Vec<Level>,
    rgb: Option<Conv>,
    pixels: PixelOutput,
}

impl ImageDecoder {
    /// For pictures of this shape, from so many channels.
    #[must_use]
    pub fn new(vs: &Path, tower: &ImageTower, shape: Shape, channels: i64) -> Self {
        let pooled = tower.convolutions == Convolutions::Pooled;
        let filters: Vec<i64> = tower.filters.iter().rev().map(|&f| i64::from(f)).collect();
        let mut sizes = shape.levels(filters.len());
        sizes.reverse();
        let mut input = channels;
        let mut levels = Vec::new();
        for (level, size) in sizes.into_iter().skip(1).enumerate() {
            // As in the papers, a level keeps the filters of its counterpart and a last layer makes the colours; without
            // that layer the last transposed convolution makes them.
            let output = filters.get(if pooled { level } else { level + 1 });
            let output = output.copied().unwrap_or(3);
            let kernel = if pooled { 3 } else { 4 };
            let up = Upconv::new(&(vs / format!("up{level}")), input, output, kernel);
            let refine = pooled.then(|| Conv::new(&(vs / format!("conv{level}")), output, output, 1));
            levels.push(Level { up, refine, size });
            input = output;
        }
        let rgb = pooled.then(|| Conv::new(&(vs / "rgb"), input, 3, 1));
        Self {
            levels,
            rgb,
            pixels: tower.pixels,
        }
    }

    /// `[batch, channels, rows, columns]` to `[batch, 3, height, width]`.
    pub fn forward(&self, maps: &Tensor) -> Tensor {
        // Kept with the channels innermost, as the pictures come in: the convolutions then need no reordering.
        let mut xs = maps.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]);
        let colours = self.levels.len().saturating_sub(1);
        for (index, level) in self.levels.iter().enumerate() {
            xs = level.up.forward(&xs, level.size);
            if let Some(refine) = &level.refine {
                xs = refine.forward(&xs.relu_()).relu_();
            } else if index < colours {
                xs = xs.relu_();
            }
        }
        if let Some(rgb) = &self.rgb {
            xs = rgb.forward(&xs);
        }
        match self.pixels {
            PixelOutput::Linear => xs,
            PixelOutput::Sigmoid => xs.sigmoid(),
        }
    }
}

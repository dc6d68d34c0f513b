//! The picture's half of the networks.

use super::layers::{Conv, Upconv};
use super::sizes::{Convolutions, NetworkSizes, PixelOutput};
use tch::Tensor;
use tch::nn::Path;

/// Heights and widths level by level, the full picture first.
fn levels(count: usize, height: i64, width: i64) -> Vec<(i64, i64)> {
    let halved = |n: i64, times: usize| (0..times).fold(n, |n, _| (n + 1) / 2);
    (0..=count)
        .map(|level| (halved(height, level), halved(width, level)))
        .collect()
}

/// Pictures to rows of features.
#[derive(Debug)]
pub struct ImageEncoder {
    convs: Vec<Conv>,
    pooled: bool,
    /// Values in a row of features.
    pub features: i64,
}

impl ImageEncoder {
    /// For pictures of `height` rows and `width` columns.
    #[must_use]
    pub fn new(vs: &Path, sizes: &NetworkSizes, height: i64, width: i64) -> Self {
        let pooled = sizes.convolutions == Convolutions::Pooled;
        let mut channels = 3;
        let mut convs = Vec::new();
        for (level, &filters) in sizes.filters.iter().enumerate() {
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
        let (h, w) = levels(convs.len(), height, width)
            .last()
            .copied()
            .unwrap_or((height, width));
        Self {
            convs,
            pooled,
            features: channels * h * w,
        }
    }

    /// `[batch, 3, height, width]` to `[batch, features]`.
    pub fn forward(&self, image: &Tensor) -> Tensor {
        let features = self.convs.iter().fold(image.shallow_clone(), |xs, conv| {
            let xs = conv.forward(&xs);
            // The largest value stays the largest under ReLU, so pooling first gives the same for a quarter of the work.
            if self.pooled {
                xs.max_pool2d([2], [2], [0], [1], true).relu()
            } else {
                xs.relu()
            }
        });
        features.flatten(1, -1)
    }
}

/// One doubling of the picture.
#[derive(Debug)]
struct Level {
    up: Upconv,
    refine: Option<Conv>,
    size: (i64, i64),
}

/// Rows of features to pictures: the encoder backwards.
#[derive(Debug)]
pub struct ImageDecoder {
    levels: Vec<Level>,
    rgb: Option<Conv>,
    start: [i64; 3],
    pixels: PixelOutput,
}

impl ImageDecoder {
    /// For pictures of `height` rows and `width` columns.
    #[must_use]
    pub fn new(vs: &Path, sizes: &NetworkSizes, height: i64, width: i64) -> Self {
        let pooled = sizes.convolutions == Convolutions::Pooled;
        let filters: Vec<i64> = sizes.filters.iter().rev().map(|&f| i64::from(f)).collect();
        let (first, last) = (
            filters.first().copied().unwrap_or(3),
            filters.last().copied().unwrap_or(3),
        );
        let mut steps = levels(filters.len(), height, width);
        steps.reverse();
        let (h, w) = steps.first().copied().unwrap_or((height, width));
        let mut levels = Vec::new();
        for (level, size) in steps.into_iter().skip(1).enumerate() {
            let input = filters.get(level).copied().unwrap_or(3);
            // Without a layer of its own for the colours, the last transposed convolution makes them.
            let output = filters
                .get(level + 1)
                .copied()
                .unwrap_or(if pooled { last } else { 3 });
            let kernel = if pooled { 3 } else { 4 };
            let up = Upconv::new(&(vs / format!("up{level}")), input, output, kernel);
            let refine = pooled.then(|| Conv::new(&(vs / format!("conv{level}")), output, output, 1));
            levels.push(Level { up, refine, size });
        }
        let rgb = pooled.then(|| Conv::new(&(vs / "rgb"), last, 3, 1));
        Self {
            levels,
            rgb,
            start: [first, h, w],
            pixels: sizes.pixels,
        }
    }

    /// `[batch, features]` to `[batch, 3, height, width]`.
    pub fn forward(&self, features: &Tensor) -> Tensor {
        let [channels, h, w] = self.start;
        // Kept with the channels innermost, as the pictures come in: the convolutions then need no reordering.
        let mut xs = features
            .view([-1, channels, h, w])
            .permute([0, 2, 3, 1])
            .contiguous()
            .permute([0, 3, 1, 2]);
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

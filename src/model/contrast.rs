//! Two towers that are learned together so that a picture and its caption lie near each other (Radford et al. 2021,
//! “Learning transferable visual models from natural language supervision”).

use super::design::{Cell, ImageTower, Shape, TextLayers, TextTower};
use super::image::ImageEncoder;
use super::layers::Dense;
use super::text::TextEncoder;
use super::vae::Batch;
use serde::{Deserialize, Serialize};
use tch::nn::{Init, Path};
use tch::{Kind, Tensor};

/// How pictures become vectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum PictureTower {
    /// Two dense layers over features that were made beforehand.
    Cached {
        /// Width between the two.
        hidden: u32,
    },
    /// The convolutions of the autoencoders, learned along with the captions.
    Convolution(ImageTower),
}

/// What two towers are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContrastDesign {
    /// The picture's half.
    pub picture: PictureTower,
    /// The caption's half; only its encoder is used.
    pub text: TextLayers,
    /// Length of the vectors in which the two meet.
    pub width: u32,
    /// Share of values that are left out in training: of the features, of the words, and between dense layers.
    pub dropout: f64,
    /// What cosines are divided by at first; learned from there.
    pub temperature: f64,
}

impl Default for ContrastDesign {
    fn default() -> Self {
        Self {
            picture: PictureTower::Cached { hidden: 256 },
            text: TextLayers::Recurrent {
                cell: Cell::Lstm,
                hidden: 128,
                layers: 1,
                reminded: false,
            },
            width: 128,
            // Few pairs, and some of them wrong: much is left out.
            dropout: 0.3,
            temperature: 0.07,
        }
    }
}

impl ContrastDesign {
    /// Why no towers can be made like this, in words that fit after “cannot run with”.
    ///
    /// # Errors
    /// When a width is zero or a share or the temperature is out of its range.
    pub fn check(&self) -> Result<(), &'static str> {
        let filters = match &self.picture {
            PictureTower::Cached { hidden } => std::slice::from_ref(hidden),
            PictureTower::Convolution(tower) => tower.filters.as_slice(),
        };
        if filters.is_empty() || filters.contains(&0) || self.width == 0 {
            return Err("a tower with a width of zero");
        }
        if !(0.0..0.9).contains(&self.dropout) {
            return Err("a dropout outside 0 to 0.9");
        }
        if !(1.0 / LARGEST_SCALE..=1.0).contains(&self.temperature) {
            return Err("a temperature outside 0.01 to 1");
        }
        self.text.check()
    }
}

/// What cosines are multiplied by at most, as in the paper: beyond it a few pairs outweigh all others.
pub const LARGEST_SCALE: f64 = 100.0;

/// The picture's half.
#[derive(Debug)]
enum PictureEncoder {
    Cached { inner: Dense, outer: Dense },
    Convolution { maps: ImageEncoder, outer: Dense },
}

/// The towers with their weights.
#[derive(Debug)]
pub struct TwoTowers {
    picture: PictureEncoder,
    text: TextEncoder,
    text_outer: Dense,
    ln_scale: Tensor,
    dropout: f64,
}

/// What pictures are given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContrastShape {
    /// Size of a picture, and length of a word vector.
    pub frames: Shape,
    /// Values in a row of cached features; not looked at where pictures are learned from.
    pub features: i64,
}

impl TwoTowers {
    /// For pairs of this shape.
    #[must_use]
    pub fn new(vs: &Path, design: &ContrastDesign, shape: ContrastShape) -> Self {
        let width = i64::from(design.width);
        let pictures = vs / "picture";
        let picture = match &design.picture {
            PictureTower::Cached { hidden } => {
                let hidden = i64::from(*hidden);
                PictureEncoder::Cached {
                    inner: Dense::new(&(&pictures / "inner"), shape.features, hidden),
                    outer: Dense::new(&(&pictures / "outer"), hidden, width),
                }
            }
            PictureTower::Convolution(tower) => {
                let maps = ImageEncoder::new(&(&pictures / "maps"), tower, shape.frames);
                let values = maps.maps.iter().product();
                PictureEncoder::Convolution {
                    maps,
                    outer: Dense::new(&(&pictures / "outer"), values, width),
                }
            }
        };
        let tower = TextTower {
            layers: design.text.clone(),
            teacher_forcing: true,
        };
        let text = TextEncoder::new(&(vs / "text" / "encoder"), &tower, shape.frames.dimension);
        let text_outer = Dense::new(&(vs / "text" / "outer"), text.features(), width);
        Self {
            picture,
            text,
            text_outer,
            ln_scale: vs.var("ln_scale", &[], Init::Const(-design.temperature.ln())),
            dropout: design.dropout,
        }
    }

    /// Pictures, or rows of their features, `[batch, …]`, to vectors of length 1, `[batch, width]`.
    pub fn pictures(&self, pictures: &Tensor, train: bool) -> Tensor {
        unit(&match &self.picture {
            PictureEncoder::Cached { inner, outer } => {
                let hidden = inner.forward(&pictures.dropout(self.dropout, train)).relu();
                outer.forward(&hidden.dropout(self.dropout, train))
            }
            PictureEncoder::Convolution { maps, outer } => {
                let features = maps.forward(pictures).flatten(1, -1);
                outer.forward(&features.dropout(self.dropout, train))
            }
        })
    }

    /// The captions of a batch to vectors of length 1, `[batch, width]`.
    pub fn captions(&self, batch: &Batch, train: bool) -> Tensor {
        let batch = Batch {
            image: batch.image.shallow_clone(),
            words: batch.words.dropout(self.dropout, train),
            mask: batch.mask.shallow_clone(),
            lengths: batch.lengths.as_ref().map(Tensor::shallow_clone),
        };
        let features = self.text.forward(&batch, train);
        unit(&self.text_outer.forward(&features.dropout(self.dropout, train)))
    }

    /// What cosines are multiplied by, the inverse of the learned temperature; at most [`LARGEST_SCALE`].
    pub fn scale(&self) -> Tensor {
        self.ln_scale.exp().clamp_max(LARGEST_SCALE)
    }

    /// How well each picture of a batch goes with each of its captions, `[batch, batch]`: a row a picture, scaled cosines.
    pub fn logits(&self, batch: &Batch, train: bool) -> Tensor {
        let pictures = self.pictures(&batch.image, train);
        pictures.matmul(&self.captions(batch, train).tr()) * self.scale()
    }
}

/// Rows scaled to length 1.
pub(super) fn unit(rows: &Tensor) -> Tensor {
    rows / rows
        .norm_scalaropt_dim(2, [-1_i64].as_slice(), true)
        .clamp_min(1e-8)
}

/// The symmetric cross-entropy of pairs within their batch: each picture is to find its caption among all, and each
/// caption its picture; the mean of both (Radford et al. 2021, fig. 3). `logits` is `[batch, batch]`, a row a picture;
/// where `spared`, of the same shape, is true, a picture and a caption of two pairs are not held against each other,
/// since they may well fit. It must be false on the diagonal.
pub fn contrast_loss(logits: &Tensor, spared: &Tensor) -> Tensor {
    let logits = logits.masked_fill(spared, f64::NEG_INFINITY);
    let count = logits.size().first().copied().unwrap_or(0);
    let own = Tensor::arange(count, (Kind::Int64, logits.device()));
    (logits.cross_entropy_for_logits(&own) + logits.tr().cross_entropy_for_logits(&own)) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::seeded;
    use tch::nn::VarStore;
    use tch::{Device, Kind};

    const FLOATS: (Kind, Device) = (Kind::Float, Device::Cpu);

    fn nothing_spared(count: i64) -> Tensor {
        Tensor::zeros([count, count], (Kind::Bool, Device::Cpu))
    }

    #[test]
    fn the_loss_of_guessing_is_the_logarithm_of_the_batch() {
        let loss = contrast_loss(&Tensor::zeros([5, 5], FLOATS), &nothing_spared(5));
        assert!((loss.double_value(&[]) - 5_f64.ln()).abs() < 1e-6);
        let sure = contrast_loss(&(Tensor::eye(5, FLOATS) * 100.0), &nothing_spared(5));
        assert!(sure.double_value(&[]) < 1e-6);
    }

    #[test]
    fn what_is_spared_has_no_part_in_the_loss() {
        let logits = Tensor::zeros([4, 4], FLOATS).set_requires_grad(true);
        let spared = nothing_spared(4);
        let _ = spared.get(0).get(3).fill_(1);
        let _ = spared.get(3).get(0).fill_(1);
        let loss = contrast_loss(&logits, &spared);
        let expected = (3_f64.ln() * 2.0 + 4_f64.ln() * 2.0) / 4.0;
        assert!((loss.double_value(&[]) - expected).abs() < 1e-6);
        let [gradient] = Tensor::run_backward(&[loss], &[&logits], false, false)
            .try_into()
            .unwrap();
        assert_eq!(gradient.double_value(&[0, 3]), 0.0);
        assert!(gradient.double_value(&[0, 1]) > 0.0 && gradient.double_value(&[0, 0]) < 0.0);
    }

    #[test]
    fn both_kinds_of_towers_give_vectors_of_length_one() {
        let shape = ContrastShape {
            frames: Shape {
                height: 12,
                width: 20,
                dimension: 7,
            },
            features: 9,
        };
        let convolution = PictureTower::Convolution(ImageTower {
            convolutions: crate::model::Convolutions::Strided,
            filters: vec![4, 5],
            pixels: crate::model::PixelOutput::Linear,
        });
        let cached = PictureTower::Cached { hidden: 8 };
        for (picture, size) in [(cached, vec![3, 9]), (convolution, vec![3, 3, 12, 20])] {
            let design = ContrastDesign {
                picture,
                width: 6,
                ..ContrastDesign::default()
            };
            let text = serde_json::to_string(&design).unwrap();
            assert_eq!(serde_json::from_str::<ContrastDesign>(&text).unwrap(), design);
            seeded(5, || {
                let vs = VarStore::new(Device::Cpu);
                let towers = TwoTowers::new(&vs.root(), &design, shape);
                let batch = Batch {
                    image: Tensor::randn(&size, FLOATS),
                    words: Tensor::randn([3, 4, 7], FLOATS),
                    mask: Tensor::ones([3, 4], FLOATS),
                    lengths: Some(Tensor::from_slice(&[4_i64, 2, 1])),
                };
                for rows in [
                    towers.pictures(&batch.image, false),
                    towers.captions(&batch, false),
                ] {
                    assert_eq!(rows.size(), [3, 6]);
                    let lengths = rows
                        .square()
                        .sum_dim_intlist([1_i64].as_slice(), false, Kind::Float);
                    assert!((lengths - 1.0).abs().max().double_value(&[]) < 1e-5);
                }
                assert!((towers.scale().double_value(&[]) - 1.0 / 0.07).abs() < 1e-3);
            });
        }
    }

    #[test]
    fn towers_that_cannot_be_are_refused_in_words() {
        let good = ContrastDesign::default();
        assert_eq!(good.check(), Ok(()));
        let hot = ContrastDesign {
            temperature: 3.0,
            ..good.clone()
        };
        assert!(hot.check().unwrap_err().contains("temperature"));
        let narrow = ContrastDesign {
            picture: PictureTower::Cached { hidden: 0 },
            ..good
        };
        assert!(narrow.check().unwrap_err().contains("width"));
    }
}

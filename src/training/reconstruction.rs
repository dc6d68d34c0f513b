//! How pairs look when they are told from their place in the latent space.

use super::batches::PairTensors;
use super::vocabulary::Known;
use crate::model::Vae;
use crate::pairing::Dataset;
use crate::project::{PairIndex, Reconstruction};
use tch::{Kind, Tensor};

/// Pairs that are shown while a training runs.
const SHOWN: usize = 6;

/// Pairs spread evenly over the video.
#[must_use]
pub fn shown(pairs: usize) -> Vec<usize> {
    let shown = SHOWN.min(pairs);
    (0..shown).map(|i| (2 * i + 1) * pairs / (2 * shown)).collect()
}

/// Rows of red, green and blue bytes from planes `[3, height, width]`. What left [0, 1] is brought back before it
/// becomes a byte, or a little more than white would turn black.
#[must_use]
pub fn rgb(planes: &Tensor) -> Vec<u8> {
    let bytes = (planes.detach().permute([1, 2, 0]).clamp(0.0, 1.0) * 255.0)
        .round()
        .to_kind(Kind::Uint8);
    let bytes = bytes.contiguous().to_device(tch::Device::Cpu);
    let mut rgb = vec![0; bytes.numel()];
    let length = rgb.len();
    bytes.copy_data(&mut rgb, length);
    rgb
}

/// Tells these pairs from their means.
#[must_use]
pub fn reconstruct(
    network: &Vae,
    pairs: &PairTensors,
    dataset: &Dataset,
    which: &[usize],
    epoch: u32,
) -> Vec<Reconstruction> {
    tch::no_grad(|| {
        let mut which = which.to_vec();
        pairs.arrange(&mut which);
        let batch = pairs.batch(&which);
        let mean = network.encode(&batch, false).mean;
        let told = network.decode(&mean, network.feed(&batch.words), false);
        let known = Known::new(pairs, dataset);
        let mut all: Vec<Reconstruction> = which
            .iter()
            .zip(0..)
            .map(|(&pair, row)| Reconstruction {
                epoch,
                pair: PairIndex::from(pair),
                rgb: rgb(&told.image.get(row)),
                words: told.text.as_ref().map_or_else(Vec::new, |text| {
                    known.nearest(&text.get(row).narrow(0, 0, pairs.words(pair) as i64))
                }),
                said: dataset.words(pair),
            })
            .collect();
        all.sort_by_key(|one| one.pair);
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beyond_white_stays_white() {
        let planes = Tensor::from_slice(&[1.01_f32, -0.2, 0.5]).view([3, 1, 1]);
        assert_eq!(rgb(&planes), [255, 0, 128]);
    }

    #[test]
    fn pairs_shown_are_spread_over_the_video() {
        assert_eq!(shown(96), [8, 24, 40, 56, 72, 88]);
        assert_eq!(shown(2), [0, 1]);
    }
}

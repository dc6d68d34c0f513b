//! How pairs look when they are told from their place in the latent space.

use super::batches::PairTensors;
use crate::model::Crvae;
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
    network: &Crvae,
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
        let told = network.decode(&mean, &batch.words, false);
        let known = Known::new(pairs, dataset);
        let mut all: Vec<Reconstruction> = which
            .iter()
            .zip(0..)
            .map(|(&pair, row)| Reconstruction {
                epoch,
                pair: PairIndex::from(pair),
                rgb: rgb(&told.image.get(row)),
                words: known.nearest(&told.text.get(row).narrow(0, 0, pairs.words(pair) as i64)),
            })
            .collect();
        all.sort_by_key(|one| one.pair);
        all
    })
}

/// The words that have a vector.
struct Known<'a> {
    words: Vec<&'a str>,
    vectors: Option<Tensor>,
}

impl<'a> Known<'a> {
    fn new(pairs: &PairTensors, dataset: &'a Dataset) -> Self {
        let vocabulary = &dataset.vocabulary;
        let found = |row: usize| vocabulary.found.get(row).copied().unwrap_or(false);
        let rows: Vec<usize> = (0..vocabulary.words.len()).filter(|&row| found(row)).collect();
        let words = rows
            .iter()
            .filter_map(|&row| vocabulary.words.get(row).map(String::as_str))
            .collect();
        let rows: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
        let all = pairs.vectors();
        let vectors = (!rows.is_empty())
            .then(|| all.index_select(0, &Tensor::from_slice(&rows).to_device(all.device())));
        Self { words, vectors }
    }

    /// The word nearest to each row of `[n, dimension]`.
    fn nearest(&self, told: &Tensor) -> Vec<String> {
        let Some(vectors) = self
            .vectors
            .as_ref()
            .filter(|_| told.size().first().is_some_and(|&n| n > 0))
        else {
            return Vec::new();
        };
        // |a - b|^2 without the |a|^2 that all words share.
        let distances =
            vectors.square().sum_dim_intlist(1, false, Kind::Float) - told.matmul(&vectors.tr()) * 2.0;
        let places: Vec<i64> =
            Vec::try_from(distances.argmin(1, false).to_device(tch::Device::Cpu)).unwrap_or_default();
        places
            .into_iter()
            .filter_map(|place| self.words.get(place as usize))
            .map(|&w| w.to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::dataset;
    use tch::Device;

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

    #[test]
    fn a_vector_is_read_as_its_own_word_and_never_as_one_without_vector() {
        let mut dataset = dataset(9);
        dataset.vocabulary.found[0] = false;
        let pairs = PairTensors::new(&dataset, false, Device::Cpu).unwrap();
        let known = Known::new(&pairs, &dataset);
        let vectors = pairs
            .vectors()
            .narrow(0, 0, dataset.vocabulary.words.len() as i64)
            * 0.9;
        let words = known.nearest(&vectors);
        assert_eq!(words[1..], dataset.vocabulary.words[1..]);
        assert_ne!(words[0], dataset.vocabulary.words[0]);
    }
}

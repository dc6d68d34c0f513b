//! The pairs as tensors on the device, and the order in which they are learned.

use super::error::TrainingError;
use crate::model::{Batch, Shape};
use crate::pairing::{Dataset, FEWEST_PAIRS};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use tch::{Device, Kind, Tensor};

/// The pairs on the device: pictures as bytes, captions as places in the vocabulary. A batch is made when it is used.
#[derive(Debug)]
pub struct PairTensors {
    /// `[n, height, width, 3]` bytes: with the colours innermost, as convolutions on a processor want them.
    images: Tensor,
    /// `[words + 1, dimension]`; the last row is the zeros of padding.
    vectors: Tensor,
    /// Places in `vectors`, a caption a row, each at least one long.
    captions: Vec<Vec<i64>>,
    /// Words of each caption, 0 where there is none.
    lengths: Vec<usize>,
    padding: i64,
    longest: usize,
    /// Whether padding is read and told like words.
    padded: bool,
    device: Device,
}

impl PairTensors {
    /// The dataset on this device. With `padded` every caption is as long as the longest of the dataset.
    ///
    /// # Errors
    /// When there are too few pairs, or the parts of the dataset do not fit together.
    pub fn new(dataset: &Dataset, padded: bool, device: Device) -> Result<Self, TrainingError> {
        check(dataset)?;
        let Shape {
            height,
            width,
            dimension,
            ..
        } = shape(dataset, 0);
        let count = dataset.len() as i64;
        let images = Tensor::from_slice(&dataset.images).view([count, 3, height, width]);
        let words = dataset.vocabulary.words.len() as i64;
        let vectors = Tensor::zeros([words + 1, dimension], (Kind::Float, Device::Cpu));
        if words > 0 && !dataset.vocabulary.vectors.is_empty() {
            let known = Tensor::from_slice(&dataset.vocabulary.vectors).view([words, dimension]);
            vectors.narrow(0, 0, words).copy_(&known);
        }
        let captions: Vec<Vec<i64>> = dataset
            .tokens
            .iter()
            .map(|tokens| {
                if tokens.is_empty() {
                    vec![words]
                } else {
                    tokens.iter().map(|&t| i64::from(t)).collect()
                }
            })
            .collect();
        Ok(Self {
            images: images.permute([0, 2, 3, 1]).contiguous().to_device(device),
            vectors: vectors.to_device(device),
            longest: captions.iter().map(Vec::len).max().unwrap_or(1),
            captions,
            lengths: dataset.tokens.iter().map(Vec::len).collect(),
            padding: words,
            padded,
            device,
        })
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.captions.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.captions.is_empty()
    }

    /// Words of a pair's caption.
    #[must_use]
    pub fn words(&self, pair: usize) -> usize {
        self.lengths.get(pair).copied().unwrap_or(0)
    }

    /// The vectors of the vocabulary, `[words + 1, dimension]`; the last row is padding.
    pub fn vectors(&self) -> &Tensor {
        &self.vectors
    }

    /// Puts the longest captions first, as [`Self::batch`] needs them.
    pub fn arrange(&self, pairs: &mut [usize]) {
        pairs.sort_by_key(|&pair| std::cmp::Reverse(self.captions.get(pair).map_or(0, Vec::len)));
    }

    /// These pairs, which must be in the order of [`Self::arrange`].
    #[must_use]
    pub fn batch(&self, pairs: &[usize]) -> Batch {
        let longest = |pair: &usize| self.captions.get(*pair).map_or(1, Vec::len);
        let steps = if self.padded {
            self.longest
        } else {
            pairs.iter().map(longest).max().unwrap_or(1)
        };
        let mut places = vec![self.padding; pairs.len() * steps];
        let mut mask = vec![0_f32; pairs.len() * steps];
        for ((&pair, places), mask) in pairs
            .iter()
            .zip(places.chunks_exact_mut(steps))
            .zip(mask.chunks_exact_mut(steps))
        {
            for (place, &word) in places
                .iter_mut()
                .zip(self.captions.get(pair).into_iter().flatten())
            {
                *place = word;
            }
            mask.iter_mut().take(self.words(pair)).for_each(|m| *m = 1.0);
        }
        let size = [pairs.len() as i64, steps as i64];
        let rows: Vec<i64> = pairs.iter().map(|&pair| pair as i64).collect();
        let rows = Tensor::from_slice(&rows).to_device(self.device);
        let image = self.images.index_select(0, &rows).to_kind(Kind::Float) / 255.0;
        let places = Tensor::from_slice(&places).to_device(self.device);
        let lengths: Vec<i64> = pairs.iter().map(|pair| longest(pair) as i64).collect();
        Batch {
            image: image.permute([0, 3, 1, 2]),
            words: self.vectors.index_select(0, &places).view([size[0], size[1], -1]),
            mask: Tensor::from_slice(&mask).view(size).to_device(self.device),
            lengths: (!self.padded).then(|| Tensor::from_slice(&lengths)),
        }
    }
}

/// The shape of what a network for this dataset is given.
#[must_use]
pub fn shape(dataset: &Dataset, latent: u32) -> Shape {
    Shape {
        height: dataset.height as i64,
        width: dataset.width as i64,
        dimension: dataset.vocabulary.dimension.max(1) as i64,
        latent: i64::from(latent),
    }
}

fn check(dataset: &Dataset) -> Result<(), TrainingError> {
    let pairs = dataset.len();
    if pairs < FEWEST_PAIRS {
        return Err(TrainingError::TooFewPairs {
            pairs,
            needed: FEWEST_PAIRS,
        });
    }
    let words = dataset.vocabulary.words.len();
    let wrong =
        if dataset.images.len() != pairs * 3 * dataset.height * dataset.width || dataset.images.is_empty() {
            "the pictures are not as many or as large as the pairs say"
        } else if dataset.tokens.len() != pairs {
            "there are not as many captions as pairs"
        } else if dataset.vocabulary.vectors.len() != words * dataset.vocabulary.dimension {
            "there are not as many word vectors as words"
        } else if dataset
            .tokens
            .iter()
            .flatten()
            .any(|&token| token as usize >= words)
        {
            "a caption holds a word that is not in the vocabulary"
        } else if dataset.vocabulary.vectors.iter().any(|value| !value.is_finite()) {
            "a word vector holds a value that is no number"
        } else {
            return Ok(());
        };
    Err(TrainingError::Dataset(wrong.to_owned()))
}

/// One number out of several, so that every step has noise of its own whether or not the training was interrupted.
#[must_use]
pub fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x9E37_79B9_7F4A_7C15, |state, &number| {
        // The finaliser of splitmix64.
        let mut z = (state ^ number).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// The pairs of one epoch, shuffled and cut into batches. A single last pair joins the batch before it, since batch
/// normalisation needs two rows.
#[must_use]
pub fn batches(pairs: usize, batch_size: u32, seed: u64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..pairs).collect();
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let mut batches: Vec<Vec<usize>> = order
        .chunks(batch_size.max(2) as usize)
        .map(<[usize]>::to_vec)
        .collect();
    if batches.len() > 1
        && let Some(single) = batches.pop_if(|last| last.len() == 1)
        && let Some(last) = batches.last_mut()
    {
        last.extend(single);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::dataset;

    #[test]
    fn every_pair_is_learned_once_an_epoch_and_never_alone() {
        let cut = batches(33, 16, 7);
        assert_eq!(cut.iter().map(Vec::len).collect::<Vec<_>>(), [16, 17]);
        let mut all: Vec<usize> = cut.concat();
        all.sort_unstable();
        assert_eq!(all, (0..33).collect::<Vec<_>>());
        assert_ne!(batches(33, 16, 8), cut);
        assert_eq!(batches(33, 16, 7), cut);
    }

    #[test]
    fn a_batch_holds_the_picture_and_the_words_of_its_pairs() {
        let mut dataset = dataset(9);
        dataset.tokens[2] = vec![];
        dataset.tokens[5] = vec![1, 0, 2];
        let pairs = PairTensors::new(&dataset, false, Device::Cpu).unwrap();
        let mut rows = [2, 5];
        pairs.arrange(&mut rows);
        assert_eq!(rows, [5, 2]);
        let batch = pairs.batch(&rows);
        assert_eq!(
            batch.image.size(),
            [2, 3, dataset.height as i64, dataset.width as i64]
        );
        let mut plane = vec![0_f32; 3 * dataset.height * dataset.width];
        let length = plane.len();
        batch.image.get(0).contiguous().copy_data(&mut plane, length);
        assert!(
            plane
                .iter()
                .zip(dataset.image(5))
                .all(|(f, b)| (f * 255.0 - f32::from(*b)).abs() < 1e-3)
        );
        assert_eq!(batch.words.size(), [2, 3, dataset.vocabulary.dimension as i64]);
        assert_eq!(
            batch.words.double_value(&[0, 1, 0]),
            f64::from(dataset.vocabulary.vector(0)[0])
        );
        assert_eq!(batch.words.get(1).abs().max().double_value(&[]), 0.0);
        assert_eq!(batch.mask.sum(Kind::Float).double_value(&[]), 3.0);
    }

    #[test]
    fn a_dataset_that_does_not_fit_together_is_refused_in_words() {
        let check = |change: &dyn Fn(&mut Dataset)| {
            let mut dataset = dataset(9);
            change(&mut dataset);
            PairTensors::new(&dataset, true, Device::Cpu)
                .unwrap_err()
                .to_string()
        };
        assert!(check(&|d| d.pairs.truncate(7)).contains("only 7 pairs"));
        assert!(check(&|d| d.images.truncate(10)).contains("pictures"));
        assert!(check(&|d| d.tokens[0] = vec![99_999]).contains("vocabulary"));
        assert!(check(&|d| d.vocabulary.vectors[0] = f32::NAN).contains("no number"));
    }
}

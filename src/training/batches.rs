//! The pairs as tensors on the device, and the order in which they are learned.

use super::error::TrainingError;
use crate::model::cost::{Stage, stages};
use crate::model::{Batch, NetworkDesign, Shape};
use crate::pairing::{Dataset, FEWEST_PAIRS};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use tch::{Device, Kind, Tensor};

/// The pairs on the device: pictures as bytes, captions as places in the vocabulary. All of it stays there, and a batch is
/// gathered when it is used: a graphics card waits for nothing from the host.
#[derive(Debug)]
pub struct PairTensors {
    /// `[n, height, width, 3]` bytes: with the colours innermost, as convolutions on a processor want them.
    images: Tensor,
    /// `[words + 1, dimension]`; the last row is the zeros of padding.
    vectors: Tensor,
    /// Places in `vectors`, `[n, longest]`.
    places: Tensor,
    /// 1 where a caption has a word, `[n, longest]`.
    mask: Tensor,
    /// Words of each caption, 0 where there is none.
    lengths: Vec<usize>,
    longest: usize,
    /// Whether padding is read and told like words.
    padded: bool,
    device: Device,
}

impl PairTensors {
    /// Whether padding is read and told like words.
    #[must_use]
    pub fn padded(&self) -> bool {
        self.padded
    }

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
        } = shape(dataset);
        let count = dataset.len() as i64;
        let images = Tensor::from_slice(&dataset.images).view([count, 3, height, width]);
        let words = dataset.vocabulary.words.len() as i64;
        let vectors = Tensor::zeros([words + 1, dimension], (Kind::Float, Device::Cpu));
        if words > 0 && !dataset.vocabulary.vectors.is_empty() {
            let known = Tensor::from_slice(&dataset.vocabulary.vectors).view([words, dimension]);
            vectors.narrow(0, 0, words).copy_(&known);
        }
        let longest = dataset.longest_caption().max(1);
        let mut places = vec![words; dataset.len() * longest];
        let mut mask = vec![0_f32; dataset.len() * longest];
        let rows = places
            .chunks_exact_mut(longest)
            .zip(mask.chunks_exact_mut(longest));
        for (tokens, (places, mask)) in dataset.tokens.iter().zip(rows) {
            for ((place, mask), &token) in places.iter_mut().zip(mask).zip(tokens) {
                (*place, *mask) = (token.into(), 1.0);
            }
        }
        let size = [count, longest as i64];
        Ok(Self {
            images: images.permute([0, 2, 3, 1]).contiguous().to_device(device),
            vectors: vectors.to_device(device),
            places: Tensor::from_slice(&places).view(size).to_device(device),
            mask: Tensor::from_slice(&mask).view(size).to_device(device),
            lengths: dataset.tokens.iter().map(Vec::len).collect(),
            longest,
            padded,
            device,
        })
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
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
        pairs.sort_by_key(|&pair| std::cmp::Reverse(self.words(pair)));
    }

    /// Pairs as places on the device.
    pub fn rows(&self, pairs: &[usize]) -> Tensor {
        let rows: Vec<i64> = pairs.iter().map(|&pair| pair as i64).collect();
        Tensor::from_slice(&rows).to_device(self.device)
    }

    /// These pairs, which must be in the order of [`Self::arrange`].
    #[must_use]
    pub fn batch(&self, pairs: &[usize]) -> Batch {
        self.gather(pairs, &self.rows(pairs))
    }

    /// The same where the pairs are already on the device as `rows`.
    #[must_use]
    pub fn gather(&self, pairs: &[usize], rows: &Tensor) -> Batch {
        let image = self.images.index_select(0, rows).to_kind(Kind::Float) / 255.0;
        Batch {
            image: image.permute([0, 3, 1, 2]),
            ..self.captions(pairs, rows)
        }
    }

    /// The same without their pictures, in whose place nothing is.
    #[must_use]
    pub fn captions(&self, pairs: &[usize], rows: &Tensor) -> Batch {
        let lengths: Vec<i64> = pairs.iter().map(|&pair| self.words(pair).max(1) as i64).collect();
        let steps = if self.padded {
            self.longest as i64
        } else {
            lengths.iter().copied().max().unwrap_or(1)
        };
        let count = pairs.len() as i64;
        let places = self.places.index_select(0, rows).narrow(1, 0, steps);
        Batch {
            image: Tensor::zeros([count, 0], (Kind::Float, self.device)),
            words: self
                .vectors
                .index_select(0, &places.reshape([-1]))
                .view([count, steps, -1]),
            mask: self.mask.index_select(0, rows).narrow(1, 0, steps),
            lengths: (!self.padded).then(|| Tensor::from_slice(&lengths)),
        }
    }
}

/// The shape of what a network for this dataset is given.
#[must_use]
pub fn shape(dataset: &Dataset) -> Shape {
    Shape {
        height: dataset.height as i64,
        width: dataset.width as i64,
        dimension: dataset.vocabulary.dimension.max(1) as i64,
    }
}

/// The parts of a network for this dataset with what each costs.
#[must_use]
pub fn network_stages(design: &NetworkDesign, dataset: &Dataset) -> Vec<Stage> {
    stages(design, shape(dataset), dataset.longest_caption().max(1) as i64)
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

/// Pairs in two parts: those that are learned from, and those that are held out, spread evenly over the video. At least
/// two are learned from, and one is held out where any shall be.
#[must_use]
pub fn split(pairs: usize, validation: f64) -> (Vec<usize>, Vec<usize>) {
    if validation <= 0.0 {
        return ((0..pairs).collect(), Vec::new());
    }
    let held = ((pairs as f64 * validation).round() as usize).clamp(1, pairs.saturating_sub(2).max(1));
    let held_out: Vec<usize> = (0..held).map(|i| (2 * i + 1) * pairs / (2 * held)).collect();
    let learned = (0..pairs)
        .filter(|pair| held_out.binary_search(pair).is_err())
        .collect();
    (learned, held_out)
}

/// These pairs, shuffled and cut into batches. A single last pair joins the batch before it, since batch normalisation
/// needs two rows.
#[must_use]
pub fn batches(pairs: &[usize], batch_size: u32, seed: u64) -> Vec<Vec<usize>> {
    let mut order = pairs.to_vec();
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    parts(&order, batch_size)
}

/// Cut into parts of so many pairs, where a single last one joins the part before it.
#[must_use]
pub fn parts(pairs: &[usize], size: u32) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = pairs
        .chunks(size.max(2) as usize)
        .map(<[usize]>::to_vec)
        .collect();
    if parts.len() > 1
        && let Some(single) = parts.pop_if(|last| last.len() == 1)
        && let Some(last) = parts.last_mut()
    {
        last.extend(single);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::dataset;

    #[test]
    fn every_pair_is_learned_once_an_epoch_and_never_alone() {
        let pairs: Vec<usize> = (0..33).collect();
        let cut = batches(&pairs, 16, 7);
        assert_eq!(cut.iter().map(Vec::len).collect::<Vec<_>>(), [16, 17]);
        let mut all: Vec<usize> = cut.concat();
        all.sort_unstable();
        assert_eq!(all, (0..33).collect::<Vec<_>>());
        assert_ne!(batches(&pairs, 16, 8), cut);
        assert_eq!(batches(&pairs, 16, 7), cut);
    }

    #[test]
    fn pairs_held_out_are_spread_over_the_video_and_not_learned_from() {
        let (learned, held_out) = split(20, 0.2);
        assert_eq!(held_out, [2, 7, 12, 17]);
        assert_eq!(learned.len(), 16);
        assert!(held_out.iter().all(|pair| !learned.contains(pair)));
        assert_eq!(split(9, 0.0), ((0..9).collect(), vec![]));
        assert_eq!(split(9, 0.01).1.len(), 1);
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

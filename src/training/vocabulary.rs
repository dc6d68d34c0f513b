//! Told vectors read back as words.

use super::batches::PairTensors;
use crate::pairing::Dataset;
use tch::{Device, Kind, Tensor};

/// The words that have a vector.
pub struct Known<'a> {
    dataset: &'a Dataset,
    /// Places in the vocabulary, in order.
    places: Vec<u32>,
    vectors: Option<Tensor>,
}

impl<'a> Known<'a> {
    /// The words of the dataset that have a vector.
    #[must_use]
    pub fn new(pairs: &PairTensors, dataset: &'a Dataset) -> Self {
        let found = &dataset.vocabulary.found;
        let places: Vec<u32> = (0..)
            .zip(found)
            .filter(|(_, found)| **found)
            .map(|(place, _)| place)
            .collect();
        let rows: Vec<i64> = places.iter().map(|&place| place.into()).collect();
        let all = pairs.vectors();
        let vectors = (!rows.is_empty())
            .then(|| all.index_select(0, &Tensor::from_slice(&rows).to_device(all.device())));
        Self {
            dataset,
            places,
            vectors,
        }
    }

    /// Whether a word of the vocabulary has a vector.
    #[must_use]
    pub fn has(&self, word: u32) -> bool {
        self.places.binary_search(&word).is_ok()
    }

    /// The word of the vocabulary nearest to each row of `[n, dimension]`; none where no word has a vector.
    #[must_use]
    pub fn places(&self, told: &Tensor) -> Vec<u32> {
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
        let nearest: Vec<i64> =
            Vec::try_from(distances.argmin(1, false).to_device(Device::Cpu)).unwrap_or_default();
        nearest
            .into_iter()
            .filter_map(|row| self.places.get(row as usize).copied())
            .collect()
    }

    /// The same as words.
    #[must_use]
    pub fn nearest(&self, told: &Tensor) -> Vec<String> {
        let words = &self.dataset.vocabulary.words;
        self.places(told)
            .into_iter()
            .filter_map(|place| words.get(place as usize).cloned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::dataset;

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
        assert!(known.has(1) && !known.has(0));
    }
}

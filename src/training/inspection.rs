//! What a trained network tells from any place in its latent space: the middle of a cluster, the mean of a selection, the
//! way from one pair to another.

use super::batches::{PairTensors, shape};
use super::checkpoint::Checkpoint;
use super::error::TrainingError;
use super::reconstruction::rgb;
use super::train::computing;
use super::vocabulary::Known;
use crate::model::{Feed, Vae, seeded};
use crate::pairing::Dataset;
use crate::project::{Latents, PairIndex};
use std::path::Path;
use std::sync::Arc;
use tch::nn::VarStore;
use tch::{Device, Tensor};

/// A place in the latent space as a mixture of pairs: the mean of their places, each with its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture(pub Vec<(PairIndex, f64)>);

impl Mixture {
    /// The mean of these pairs: the centroid of a cluster, or the middle of a selection.
    #[must_use]
    pub fn mean(pairs: &[PairIndex]) -> Self {
        let weight = 1.0 / pairs.len().max(1) as f64;
        Self(pairs.iter().map(|&pair| (pair, weight)).collect())
    }

    /// On the way from one pair to another: 0 is the first, 1 the second.
    #[must_use]
    pub fn between(from: PairIndex, to: PairIndex, way: f64) -> Self {
        Self(vec![(from, 1.0 - way), (to, way)])
    }
}

/// What the network tells from a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Rows of red, green and blue bytes, `height * width * 3` as in the dataset.
    pub rgb: Vec<u8>,
    /// Columns and rows of the picture.
    pub size: [usize; 2],
    /// The words, each told from the words told before it; empty where captions are not learned.
    pub words: Vec<String>,
    /// The pairs nearest to the place, the nearest first, with their distances in the latent space.
    pub nearest: Vec<(PairIndex, f64)>,
}

/// Pairs that are shown beside a place.
const NEAREST: usize = 5;

/// A trained network that is asked.
#[derive(Debug)]
pub struct Inspection {
    dataset: Arc<Dataset>,
    pairs: PairTensors,
    network: Vae,
    /// Where the encoder puts each pair.
    latents: Latents,
    /// How much words count beside pictures.
    lambda: f64,
    // Owns the weights.
    _vs: VarStore,
}

impl Inspection {
    /// The network of the checkpoint in a run's folder, with the dataset that it was trained on. It computes on the
    /// processor: a place is told in a blink.
    ///
    /// # Errors
    /// When there is no checkpoint, it cannot be read, or it was trained on another dataset.
    pub fn open(folder: &Path, dataset: Arc<Dataset>) -> Result<Self, TrainingError> {
        computing(|| {
            let failed = |error: &dyn std::fmt::Display| TrainingError::Checkpoint(error.to_string());
            let checkpoint = Checkpoint::open(folder)
                .map_err(|error| failed(&error))?
                .ok_or_else(|| failed(&format!("there is none in {}", folder.display())))?;
            if checkpoint.header.dataset != super::checkpoint::fingerprint(&dataset) {
                return Err(failed(&"it is of a training on other pairs or word vectors"));
            }
            let config = &checkpoint.header.config;
            let vs = VarStore::new(Device::Cpu);
            // Its first weights are drawn and then replaced; a training under way must not see that.
            let network = seeded(0, || Vae::new(&vs.root(), &config.network, shape(&dataset)));
            checkpoint.restore_network(&vs).map_err(|error| failed(&error))?;
            let pairs = PairTensors::new(&dataset, config.objectives.padding, Device::Cpu)?;
            Ok(Self {
                latents: super::latents::latents(&network, &pairs),
                lambda: config.objectives.lambda,
                dataset,
                pairs,
                network,
                _vs: vs,
            })
        })
    }

    /// What is told from a mixture of pairs. So many words are told as the longest caption among them has.
    ///
    /// # Errors
    /// When it names no pair, or one that does not exist.
    pub fn decode(&self, mixture: &Mixture) -> Result<Decoded, TrainingError> {
        let count = self.pairs.len();
        if mixture.0.is_empty() || mixture.0.iter().any(|(pair, _)| pair.index() >= count) {
            return Err(TrainingError::Setting(format!(
                "a mixture that names no pair, or one beyond the {count} that there are"
            )));
        }
        computing(|| Ok(tch::no_grad(|| self.tell(mixture))))
    }

    /// How badly each pair is put back from its latent mean: the mean squared error of its picture in [0, 1], and that of
    /// its words as the training weighs them.
    ///
    /// # Errors
    /// When the libraries of the network fail.
    pub fn losses(&self) -> Result<Vec<f64>, TrainingError> {
        computing(|| {
            Ok(super::scores::pair_losses(
                &self.network,
                &self.pairs,
                self.lambda,
            ))
        })
    }

    fn tell(&self, mixture: &Mixture) -> Decoded {
        let mut place: Option<Tensor> = None;
        let mut words = 1;
        for &(pair, weight) in &mixture.0 {
            let batch = self.pairs.batch(&[pair.index()]);
            let part = self.network.encode(&batch, false).mean * weight;
            words = words.max(self.pairs.words(pair.index()));
            place = Some(match place {
                Some(sum) => sum + part,
                None => part,
            });
        }
        let place = place.unwrap_or_default();
        let told = self.network.decode(&place, Feed::Free(words as i64), false);
        let known = Known::new(&self.pairs, &self.dataset);
        Decoded {
            rgb: rgb(&told.image.get(0)),
            size: [self.dataset.width, self.dataset.height],
            words: told
                .text
                .map_or_else(Vec::new, |text| known.nearest(&text.get(0))),
            nearest: self.nearest(&self.network.latents(&place)),
        }
    }

    fn nearest(&self, place: &Tensor) -> Vec<(PairIndex, f64)> {
        let place: Vec<f64> =
            Vec::try_from(place.reshape([-1]).to_kind(tch::Kind::Double)).unwrap_or_default();
        let mut all: Vec<(PairIndex, f64)> = self
            .latents
            .values
            .rows()
            .into_iter()
            .enumerate()
            .map(|(pair, row)| {
                let squares: f64 = row
                    .iter()
                    .zip(&place)
                    .map(|(&a, b)| (f64::from(a) - b).powi(2))
                    .sum();
                (PairIndex::from(pair), squares.sqrt())
            })
            .collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        all.truncate(NEAREST);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::train::tests::{dataset, small};
    use crate::training::{Control, train};

    #[test]
    fn a_pair_is_nearest_to_its_own_place_and_the_way_leads_to_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = Arc::new(dataset(13));
        let control = Control::default();
        train(&dataset, &small(), folder.path(), &control, &mut |_| {}).unwrap();
        let inspection = Inspection::open(folder.path(), Arc::clone(&dataset)).unwrap();
        let (a, b) = (PairIndex(2), PairIndex(9));
        let at = |way: f64| inspection.decode(&Mixture::between(a, b, way)).unwrap();
        let (first, distance) = at(0.0).nearest[0];
        assert!(first == a && distance < 1e-5);
        assert_eq!(at(1.0).nearest[0].0, b);
        assert_eq!(at(0.0).rgb.len(), 21 * 30 * 3);
        assert!(!at(0.5).words.is_empty());
        assert_ne!(at(0.0).rgb, at(1.0).rgb);
        let losses = inspection.losses().unwrap();
        assert!(
            losses.len() == 13 && losses.iter().all(|loss| *loss > 0.0),
            "{losses:?}"
        );
        let mean = inspection.decode(&Mixture::mean(&[a, b])).unwrap();
        assert_eq!(mean, at(0.5));
        assert!(inspection.decode(&Mixture::mean(&[])).is_err());
        assert!(inspection.decode(&Mixture::mean(&[PairIndex(99)])).is_err());
    }

    #[test]
    fn a_checkpoint_of_other_pairs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |dataset| {
            Inspection::open(folder.path(), Arc::new(dataset))
                .unwrap_err()
                .to_string()
        };
        assert!(refused(dataset(13)).contains("there is none"));
        train(
            &dataset(13),
            &small(),
            folder.path(),
            &Control::default(),
            &mut |_| {},
        )
        .unwrap();
        assert!(refused(dataset(14)).contains("other pairs"));
    }
}

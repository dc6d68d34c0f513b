//! The loop.

use super::ContrastError;
use super::config::ContrastConfig;
use super::fitted::Fitted;
use super::pairs::ContrastPairs;
use crate::jobs::Watch;
use crate::model::{TwoTowers, contrast_loss, seeded};
use crate::project::{LossPoint, LossTerms};
use crate::training::batches::{batches, mix, split};
use crate::training::control::Control;
use crate::training::error::TrainingError;
use crate::training::memory::KeptMemory;
use crate::training::optimizer::AdamW;
use crate::training::plateau;
use crate::training::train::computing;
use crate::training::waiting::PatientThreads;
use std::time::Instant;
use tch::Tensor;
use tch::nn::VarStore;

/// Fits towers to these pairs of the video; those without a caption are left out. Each epoch that is done is told.
///
/// # Errors
/// When the settings or too few captions cannot be trained with, when the loss is no number, when libtorch gives up, or
/// when the work is cancelled.
pub fn fit(
    pairs: &ContrastPairs,
    learned: &[usize],
    config: &ContrastConfig,
    watch: &Watch,
    on_epoch: &mut dyn FnMut(u32),
) -> Result<Fitted, ContrastError> {
    config
        .check()
        .map_err(|wrong| TrainingError::Setting(wrong.to_owned()))?;
    let captioned: Vec<usize> = learned
        .iter()
        .copied()
        .filter(|&pair| pairs.has_caption(pair))
        .collect();
    const NEEDED: usize = 16;
    if captioned.len() < NEEDED {
        return Err(TrainingError::TooFewPairs {
            pairs: captioned.len(),
            needed: NEEDED,
        }
        .into());
    }
    let _memory = KeptMemory::new();
    let _patient = PatientThreads::new();
    let threads = Control::default().threads();
    tch::set_num_threads(i32::try_from(threads).unwrap_or(1));
    let mut cancelled = None;
    let fitted = computing(|| {
        Loop::new(pairs, &captioned, config, threads).run(|epoch| {
            on_epoch(epoch);
            cancelled = watch.check().err();
            cancelled.is_none()
        })
    });
    match cancelled {
        Some(cancelled) => Err(cancelled.into()),
        None => Ok(fitted?),
    }
}

/// A running fit.
struct Loop<'a> {
    pairs: &'a ContrastPairs,
    config: &'a ContrastConfig,
    learned: Vec<usize>,
    held_out: Vec<usize>,
    weights: VarStore,
    towers: TwoTowers,
    optimizer: AdamW,
    losses: Vec<LossPoint>,
}

impl<'a> Loop<'a> {
    fn new(
        pairs: &'a ContrastPairs,
        captioned: &[usize],
        config: &'a ContrastConfig,
        threads: usize,
    ) -> Self {
        let (learned, held_out) = split(captioned.len(), config.validation);
        let of = |places: Vec<usize>| -> Vec<usize> {
            let pairs = places.into_iter().filter_map(|place| captioned.get(place));
            pairs.copied().collect()
        };
        let (weights, towers) = seeded(mix(&[config.seed]), || {
            let weights = VarStore::new(pairs.device);
            let towers = TwoTowers::new(&weights.root(), &config.design, pairs.shape);
            (weights, towers)
        });
        let optimizer = AdamW::new(&weights, &config.optimizer(), threads);
        Self {
            pairs,
            config,
            learned: of(learned),
            held_out: of(held_out),
            weights,
            towers,
            optimizer,
            losses: Vec::new(),
        }
    }

    /// All epochs, until `go_on` says no.
    fn run(mut self, mut go_on: impl FnMut(u32) -> bool) -> Result<Fitted, TrainingError> {
        let mut best = (f64::INFINITY, Vec::new());
        for epoch in 0..self.config.epochs {
            let started = Instant::now();
            let total = |total| LossTerms {
                total,
                ..LossTerms::default()
            };
            let mean = self.epoch(epoch, &mut go_on)?;
            let validation = (self.held_out.len() > 1).then(|| self.loss_at_rest());
            self.losses.push(LossPoint {
                epoch: epoch + 1,
                mean: total(mean),
                validation: validation.map(total),
                seconds: started.elapsed().as_secs_f64(),
                ..LossPoint::default()
            });
            let judged = validation.unwrap_or(mean);
            if judged < best.0 {
                best = (judged, self.copies());
            }
            let over = |stop| plateau::is_over(&self.losses, stop);
            if !go_on(epoch + 1) || self.config.early_stop.is_some_and(over) {
                break;
            }
        }
        tch::no_grad(|| {
            for (parameter, copy) in self.optimizer.parameters.iter().zip(&best.1) {
                parameter.weight.shallow_clone().copy_(copy);
            }
        });
        let scale = self.towers.scale().double_value(&[]);
        Ok(Fitted {
            towers: self.towers,
            weights: self.weights,
            losses: self.losses,
            scale,
            shape: self.pairs.shape,
        })
    }

    fn copies(&self) -> Vec<Tensor> {
        let parameters = self.optimizer.parameters.iter();
        parameters.map(|one| one.weight.detach().copy()).collect()
    }

    /// One pass over the pairs that are learned from; the mean loss of its steps.
    fn epoch(&mut self, epoch: u32, go_on: &mut impl FnMut(u32) -> bool) -> Result<f64, TrainingError> {
        let seed = self.config.seed;
        let steps = batches(&self.learned, self.config.batch_size, mix(&[seed, epoch.into()]));
        let mut sum = 0.0;
        for (step, batch) in steps.iter().enumerate() {
            if !go_on(epoch) {
                break;
            }
            let mut batch = batch.clone();
            self.pairs.arrange(&mut batch);
            // Dropout draws from the one generator of the program.
            let chance = mix(&[seed, epoch.into(), step as u64]);
            let loss = seeded(chance, || self.loss(&batch, true));
            let gradients = self.optimizer.gradients(&loss);
            let value = loss.double_value(&[]);
            if !value.is_finite() {
                return Err(TrainingError::Diverged {
                    what: format!("the loss of epoch {} is no number", epoch + 1),
                    learning_rate: self.config.learning_rate,
                });
            }
            sum += value;
            let way = f64::from(epoch) + step as f64 / steps.len() as f64;
            self.optimizer.apply(&gradients, self.config.schedule.share(way));
        }
        Ok(sum / steps.len().max(1) as f64)
    }

    fn loss(&self, batch: &[usize], train: bool) -> Tensor {
        let logits = self.towers.logits(&self.pairs.batch(batch), train);
        contrast_loss(&logits, &self.pairs.spared(batch))
    }

    /// The loss of the pairs that are not learned from, all in one batch.
    fn loss_at_rest(&self) -> f64 {
        let mut batch = self.held_out.clone();
        self.pairs.arrange(&mut batch);
        tch::no_grad(|| self.loss(&batch, false).double_value(&[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ContrastDesign, PictureTower};
    use crate::training::contrast::FrameFeatures;
    use crate::training::train::tests::dataset;
    use crate::training::{DeviceChoice, Schedule};
    use ndarray::{Array2, Axis};
    use tch::Device;

    fn small() -> ContrastConfig {
        ContrastConfig {
            design: ContrastDesign {
                picture: PictureTower::Cached { hidden: 16 },
                text: crate::model::design::tests::recurrent(crate::model::Cell::Gru),
                width: 8,
                dropout: 0.0,
                ..ContrastDesign::default()
            },
            epochs: 30,
            batch_size: 12,
            learning_rate: 1e-2,
            schedule: Schedule::Constant,
            device: DeviceChoice::Cpu,
            ..ContrastConfig::default()
        }
    }

    /// Features that tell which of the two kinds of scenes of the dataset a pair is of.
    fn features(pairs: usize) -> FrameFeatures {
        FrameFeatures {
            values: Array2::from_shape_fn((pairs, 5), |(row, column)| {
                let sign = if row / 4 % 2 == 0 { 1.0 } else { -1.0 };
                sign + ((row * 7 + column * 3) % 11) as f32 * 0.1
            }),
            source: String::new(),
        }
    }

    #[test]
    fn pictures_find_the_captions_of_their_kind_also_unseen() {
        let dataset = dataset(48);
        // Of two kinds, half of all pairs fit: only the neighbours are spared.
        let config = ContrastConfig {
            same_picture: 1.1,
            ..small()
        };
        let pairs = ContrastPairs::new(&dataset, &features(48), &config, Device::Cpu).unwrap();
        let learned: Vec<usize> = (0..36).collect();
        let fitted = fit(&pairs, &learned, &config, &Watch::default(), &mut |_| {}).unwrap();
        let first = fitted.losses[0].mean.total;
        assert!(fitted.losses.last().unwrap().mean.total < first);
        let [pictures, captions] = fitted.places(&pairs).unwrap();
        let cosines = pictures.dot(&captions.t());
        let kind = |row: usize| row / 4 % 2;
        let right = (36..48).filter(|&row| {
            let of = |wanted: usize| -> f32 {
                (36..48)
                    .filter(|&other| kind(other) == wanted)
                    .map(|other| cosines[[row, other]])
                    .sum()
            };
            of(kind(row)) > of(1 - kind(row))
        });
        assert!(right.count() >= 11);

        // A caption typed by hand lies where it lies as a pair's.
        let words = &dataset.tokens[40];
        let vectors: Vec<Vec<f32>> = words
            .iter()
            .map(|&token| dataset.vocabulary.vector(token as usize).to_vec())
            .collect();
        let typed = fitted.sentence(&vectors).unwrap();
        let away = typed.iter().zip(captions.index_axis(Axis(0), 40));
        assert!(away.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
        assert!(fitted.sentence(&[]).is_err());
    }

    #[test]
    fn the_same_seed_gives_the_same_places_and_a_cancelled_fit_ends() {
        let dataset = dataset(24);
        let config = ContrastConfig { epochs: 3, ..small() };
        let pairs = ContrastPairs::new(&dataset, &features(24), &config, Device::Cpu).unwrap();
        let learned: Vec<usize> = (0..24).collect();
        let places = |seed| {
            let config = ContrastConfig {
                seed,
                ..config.clone()
            };
            let fitted = fit(&pairs, &learned, &config, &Watch::default(), &mut |_| {}).unwrap();
            fitted.places(&pairs).unwrap()
        };
        assert_eq!(places(1), places(1));
        assert_ne!(places(1), places(2));
        let watch = Watch::default();
        watch.cancel();
        let error = fit(&pairs, &learned, &config, &watch, &mut |_| {}).unwrap_err();
        assert!(matches!(error, ContrastError::Cancelled(_)));
        let error = fit(&pairs, &[1, 2, 3], &config, &Watch::default(), &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("only 3 pairs"), "{error}");
    }
}

//! Fitting a small network to the pairs of one video: the loop of all that is learned besides the autoencoders.

mod settings;

pub use settings::FitSettings;

use super::batches::{batches, mix, split};
use super::checkpoint::CheckpointError;
use super::control::Control;
use super::error::TrainingError;
use super::memory::KeptMemory;
use super::optimizer::AdamW;
use super::plateau;
use super::train::computing;
use super::waiting::PatientThreads;
use crate::jobs::{Cancelled, Watch};
use crate::model::seeded;
use crate::project::{LossPoint, LossTerms};
use std::time::Instant;
use tch::Tensor;
use tch::nn::VarStore;
use thiserror::Error;

/// Why a network cannot be fitted, kept or read.
#[derive(Debug, Error)]
pub enum FitError {
    /// The pairs or the settings cannot be trained with, or the computation failed.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// The weights could not be kept or read.
    #[error(transparent)]
    Kept(#[from] CheckpointError),
    /// The work was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What is learned: a network, and its loss on rows of what it learns from. Rows are numbers that only the task knows the
/// meaning of, such as pairs or windows of a video.
pub trait Task {
    /// What is fitted.
    type Network;

    /// The network with its first weights, on the device of the rows. Chance comes from the generator of the program.
    fn network(&self) -> (VarStore, Self::Network);

    /// The loss of a batch, a number; dropout draws from the generator of the program.
    fn loss(&self, network: &Self::Network, rows: &[usize], train: bool) -> Tensor;
}

/// A network that has been fitted.
#[derive(Debug)]
pub struct Fit<N> {
    /// With the weights of the best epoch.
    pub network: N,
    /// The same weights by name, to be kept.
    pub weights: VarStore,
    /// A point an epoch: the loss as `total`.
    pub losses: Vec<LossPoint>,
}

/// Fits the network of a task to these rows. Each epoch that is done is told.
///
/// # Errors
/// When the settings cannot be trained with, when the loss is no number, when libtorch gives up, or when the work is
/// cancelled.
pub fn fit<T: Task>(
    task: &T,
    rows: &[usize],
    settings: &FitSettings,
    watch: &Watch,
    on_epoch: &mut dyn FnMut(u32),
) -> Result<Fit<T::Network>, FitError> {
    settings
        .check()
        .map_err(|wrong| TrainingError::Setting(wrong.to_owned()))?;
    let _memory = KeptMemory::new();
    let _patient = PatientThreads::new();
    let threads = Control::default().threads();
    tch::set_num_threads(i32::try_from(threads).unwrap_or(1));
    let mut cancelled = None;
    let fitted = computing(|| {
        Loop::new(task, rows, settings, threads).run(|epoch| {
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
struct Loop<'a, T: Task> {
    task: &'a T,
    settings: &'a FitSettings,
    learned: Vec<usize>,
    held_out: Vec<usize>,
    network: T::Network,
    weights: VarStore,
    optimizer: AdamW,
    losses: Vec<LossPoint>,
}

impl<'a, T: Task> Loop<'a, T> {
    fn new(task: &'a T, rows: &[usize], settings: &'a FitSettings, threads: usize) -> Self {
        let (learned, held_out) = split(rows.len(), settings.validation);
        let of = |places: Vec<usize>| -> Vec<usize> {
            let rows = places.into_iter().filter_map(|place| rows.get(place));
            rows.copied().collect()
        };
        let (weights, network) = seeded(mix(&[settings.seed]), || task.network());
        let optimizer = AdamW::new(&weights, &settings.optimizer(), threads);
        Self {
            task,
            settings,
            learned: of(learned),
            held_out: of(held_out),
            network,
            weights,
            optimizer,
            losses: Vec::new(),
        }
    }

    /// All epochs, until `go_on` says no.
    fn run(mut self, mut go_on: impl FnMut(u32) -> bool) -> Result<Fit<T::Network>, TrainingError> {
        let mut best = (f64::INFINITY, Vec::new());
        for epoch in 0..self.settings.epochs {
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
            if !go_on(epoch + 1) || self.settings.early_stop.is_some_and(over) {
                break;
            }
        }
        tch::no_grad(|| {
            for (parameter, copy) in self.optimizer.parameters.iter().zip(&best.1) {
                parameter.weight.shallow_clone().copy_(copy);
            }
        });
        Ok(Fit {
            network: self.network,
            weights: self.weights,
            losses: self.losses,
        })
    }

    fn copies(&self) -> Vec<Tensor> {
        let parameters = self.optimizer.parameters.iter();
        parameters.map(|one| one.weight.detach().copy()).collect()
    }

    /// One pass over the rows that are learned from; the mean loss of its steps.
    fn epoch(&mut self, epoch: u32, go_on: &mut impl FnMut(u32) -> bool) -> Result<f64, TrainingError> {
        let seed = self.settings.seed;
        let steps = batches(
            &self.learned,
            self.settings.batch_size,
            mix(&[seed, epoch.into()]),
        );
        let mut sum = 0.0;
        for (step, batch) in steps.iter().enumerate() {
            if !go_on(epoch) {
                break;
            }
            let chance = mix(&[seed, epoch.into(), step as u64]);
            let loss = seeded(chance, || self.task.loss(&self.network, batch, true));
            let gradients = self.optimizer.gradients(&loss);
            let value = loss.double_value(&[]);
            if !value.is_finite() {
                return Err(TrainingError::Diverged {
                    what: format!("the loss of epoch {} is no number", epoch + 1),
                    learning_rate: self.settings.learning_rate,
                });
            }
            sum += value;
            let way = f64::from(epoch) + step as f64 / steps.len() as f64;
            self.optimizer
                .apply(&gradients, self.settings.schedule.share(way));
        }
        Ok(sum / steps.len().max(1) as f64)
    }

    /// The loss of the rows that are not learned from, all in one batch.
    fn loss_at_rest(&self) -> f64 {
        tch::no_grad(|| {
            let loss = self.task.loss(&self.network, &self.held_out, false);
            loss.double_value(&[])
        })
    }
}

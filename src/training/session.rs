//! The loop.

use super::batches::{PairTensors, batches, mix, seeded, shape};
use super::checkpoint::{self, Checkpoint, Header};
use super::config::TrainingConfig;
use super::control::Control;
use super::device;
use super::error::TrainingError;
use super::event::TrainingEvent;
use super::optimizer::AdamW;
use super::progress::Progress;
use super::reconstruction::{reconstruct, shown};
use super::train::Trained;
use crate::model::posterior::LN_SIGMA;
use crate::model::{Crvae, Tape, Weights, loss};
use crate::pairing::Dataset;
use crate::project::{Latents, LossTerms};
use ndarray::Array2;
use std::path::Path;
use std::time::{Duration, Instant};
use tch::nn::VarStore;
use tch::{Device, Tensor};

/// Most time between two checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(120);
/// Least time between two rounds of reconstructions.
const SHOW_EVERY: Duration = Duration::from_secs(5);
/// Networks up to this many weights keep a copy of the last good epoch in memory; larger ones go back to the checkpoint.
const CHEAP_TO_COPY: u64 = 16_000_000;
/// How often a training goes back to good weights before it gives up.
const MOST_RETURNS: u32 = 1;

/// A running training.
pub(super) struct Session<'a> {
    dataset: &'a Dataset,
    config: &'a TrainingConfig,
    folder: &'a Path,
    control: &'a Control,
    events: &'a mut dyn FnMut(TrainingEvent),
    device_name: String,
    fingerprint: String,
    vs: VarStore,
    network: Crvae,
    optimizer: AdamW,
    pairs: PairTensors,
    progress: Progress,
    notes: Vec<String>,
    good: Option<Good>,
    saved: Instant,
    showed: Option<Instant>,
}

/// A copy of the state after an epoch whose losses were all numbers.
struct Good {
    variables: Vec<(String, Tensor)>,
    moments: Vec<[Tensor; 2]>,
    updates: u64,
    progress: Progress,
}

impl<'a> Session<'a> {
    /// Builds the network and fills it from the checkpoint, if there is one that fits.
    pub(super) fn new(
        dataset: &'a Dataset,
        config: &'a TrainingConfig,
        folder: &'a Path,
        control: &'a Control,
        events: &'a mut dyn FnMut(TrainingEvent),
    ) -> Result<Self, TrainingError> {
        check(config)?;
        let (device, device_name, device_note) = device::choose(config.device)?;
        tch::set_num_threads(i32::try_from(control.threads()).unwrap_or(1));
        let pairs = PairTensors::new(dataset, config.padding_in_loss, device)?;
        let (vs, network) = fresh(config, dataset, device);
        let optimizer = AdamW::new(&vs, config, control.threads());
        let mut session = Self {
            dataset,
            config,
            folder,
            control,
            events,
            device_name,
            fingerprint: checkpoint::fingerprint(dataset),
            vs,
            network,
            optimizer,
            pairs,
            progress: Progress::default(),
            notes: remarks(config, device_note),
            good: None,
            saved: Instant::now(),
            showed: None,
        };
        if let Err(why) = session.resume() {
            session.notes.push(format!(
                "The checkpoint could not be used and training began anew: {why}."
            ));
            session.begin_anew();
        }
        Ok(session)
    }

    /// Trains to the end, or until it is asked to stop.
    pub(super) fn run(mut self) -> Result<Trained, TrainingError> {
        let epoch = self.progress.epoch;
        let batches = batches(self.pairs.len(), self.config.batch_size, 0).len();
        (self.events)(TrainingEvent::Started {
            device: self.device_name.clone(),
            parameters: self.optimizer.size(),
            pairs: self.pairs.len(),
            batches_per_epoch: u32::try_from(batches).unwrap_or(u32::MAX),
            resumed_from: epoch,
            notes: self.notes.clone(),
        });
        let done_before = self.progress.epoch >= self.config.epochs;
        while self.progress.epoch < self.config.epochs && !self.control.is_stopped() {
            self.epoch()?;
        }
        let finished = self.progress.epoch >= self.config.epochs;
        if !done_before {
            self.save();
            self.show();
        }
        (self.events)(if finished {
            TrainingEvent::Finished
        } else {
            TrainingEvent::Stopped {
                epoch: self.progress.epoch,
            }
        });
        Ok(Trained {
            latents: self.latents(),
            losses: self.progress.losses,
            device: self.device_name,
            parameters: self.optimizer.size(),
            finished,
            notes: self.notes,
        })
    }

    /// One epoch, or what is left of it; fewer steps when asked to stop.
    fn epoch(&mut self) -> Result<(), TrainingError> {
        let seed = [
            self.config.seed,
            u64::from(self.progress.epoch),
            u64::from(self.progress.returns),
        ];
        let batches = batches(self.pairs.len(), self.config.batch_size, mix(&seed));
        for mut batch in batches.iter().skip(self.progress.step as usize).cloned() {
            self.wait_while_paused();
            if self.control.is_stopped() {
                return Ok(());
            }
            let start = Instant::now();
            let Some(terms) = self.step(&mut batch) else {
                return self.go_back();
            };
            self.progress.add(terms, start.elapsed().as_secs_f64());
            (self.events)(TrainingEvent::Step {
                epoch: self.progress.epoch + 1,
                step: self.progress.step,
                of: u32::try_from(batches.len()).unwrap_or(u32::MAX),
                total: terms.total,
            });
            if self.saved.elapsed() > CHECKPOINT_EVERY {
                self.save();
            }
        }
        let point = self.progress.close_epoch();
        (self.events)(TrainingEvent::Epoch(point));
        if self.optimizer.size() <= CHEAP_TO_COPY && self.is_sound() {
            self.good = Some(self.copy());
        }
        let due = self.showed.is_none_or(|showed| showed.elapsed() > SHOW_EVERY);
        if due && self.progress.epoch < self.config.epochs {
            self.show();
        }
        Ok(())
    }

    /// One update; none when the loss is no number, and then nothing is changed.
    fn step(&mut self, batch: &mut [usize]) -> Option<LossTerms> {
        let progress = &self.progress;
        let seed = [
            self.config.seed,
            progress.epoch.into(),
            progress.returns.into(),
            u64::from(progress.step) + 1,
        ];
        self.pairs.arrange(batch);
        let batch = self.pairs.batch(batch);
        let rows = batch.image.size().first().copied().unwrap_or(0);
        let size = [rows, i64::from(self.config.latent)];
        let epsilon = seeded(mix(&seed), || {
            Tensor::randn(size, (tch::Kind::Float, self.vs.device()))
        });
        let mut tape = self.optimizer.tape();
        let (posterior, told) = self.network.forward(&batch, &epsilon, &mut tape);
        let weights = Weights {
            lambda: self.config.lambda,
            beta: self.config.beta,
            padding: self.config.padding_in_loss,
        };
        let losses = loss(&batch, &told, &posterior, weights);
        let all = Tensor::stack(&[&losses.image, &losses.text, &losses.kl, &losses.total], 0);
        let values: Vec<f64> = Vec::try_from(all.detach().to_kind(tch::Kind::Double)).unwrap_or_default();
        let [image, text, kl, total] = values.try_into().unwrap_or([f64::NAN; 4]);
        if !total.is_finite() || !kl.is_finite() {
            return None;
        }
        self.optimizer.step(&losses.total, &tape);
        Some(LossTerms {
            image,
            text,
            kl,
            total,
        })
    }

    /// Back to weights whose losses were numbers.
    fn go_back(&mut self) -> Result<(), TrainingError> {
        let failed = self.progress.epoch + 1;
        let returns = self.progress.returns + 1;
        if returns > MOST_RETURNS {
            return Err(TrainingError::Diverged {
                epoch: failed,
                learning_rate: self.config.learning_rate,
            });
        }
        if let Some(good) = &self.good {
            for (name, tensor) in self.vs.variables() {
                if let Some((_, kept)) = good.variables.iter().find(|(kept, _)| *kept == name) {
                    tensor.detach().copy_(kept);
                }
            }
            for (parameter, [first, second]) in self.optimizer.parameters.iter_mut().zip(&good.moments) {
                parameter.first.copy_(first);
                parameter.second.copy_(second);
            }
            self.optimizer.updates = good.updates;
            self.progress = good.progress.clone();
        } else if !matches!(self.resume(), Ok(true)) {
            self.begin_anew();
        }
        self.progress.returns = returns;
        self.note(format!(
            "The loss was no number any more in epoch {failed}; went back to the weights after epoch {}.",
            self.progress.epoch
        ));
        Ok(())
    }

    /// Whether every weight is a number. The loss of a step says so only of the weights before its update.
    fn is_sound(&self) -> bool {
        self.optimizer
            .parameters
            .iter()
            .all(|p| p.weight.detach().isfinite().all().int64_value(&[]) != 0)
    }

    fn copy(&self) -> Good {
        let copy = |tensor: &Tensor| tensor.detach().copy();
        Good {
            variables: self
                .vs
                .variables()
                .iter()
                .map(|(name, tensor)| (name.clone(), copy(tensor)))
                .collect(),
            moments: self
                .optimizer
                .parameters
                .iter()
                .map(|p| [copy(&p.first), copy(&p.second)])
                .collect(),
            updates: self.optimizer.updates,
            progress: self.progress.clone(),
        }
    }

    /// Takes up a checkpoint of the same configuration and dataset; false when there is none.
    fn resume(&mut self) -> Result<bool, checkpoint::CheckpointError> {
        if let Some(found) = Checkpoint::open(self.folder)?
            && found.header.config == *self.config
            && found.header.dataset == self.fingerprint
        {
            found.restore(&self.vs, &mut self.optimizer)?;
            self.progress = found.header.progress;
            return Ok(true);
        }
        Ok(false)
    }

    fn begin_anew(&mut self) {
        (self.vs, self.network) = fresh(self.config, self.dataset, self.vs.device());
        self.optimizer = AdamW::new(&self.vs, self.config, self.control.threads());
        self.progress = Progress::default();
    }

    fn wait_while_paused(&mut self) {
        if self.control.is_paused() && !self.control.is_stopped() {
            self.save();
        }
        while self.control.is_paused() && !self.control.is_stopped() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Puts the state on disk. A full disk does not end the training.
    fn save(&mut self) {
        if !self.is_sound() {
            return;
        }
        let header = Header {
            config: self.config.clone(),
            dataset: self.fingerprint.clone(),
            progress: self.progress.clone(),
            updates: self.optimizer.updates,
        };
        let resumable = self.progress.epoch < self.config.epochs;
        match checkpoint::save(self.folder, &header, &self.vs, &self.optimizer, resumable) {
            Ok(()) => (self.events)(TrainingEvent::Checkpoint {
                epoch: self.progress.epoch,
            }),
            Err(why) => self.note(format!(
                "The checkpoint could not be saved, training goes on: {why}."
            )),
        }
        self.saved = Instant::now();
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            tracing::warn!("{note}");
            (self.events)(TrainingEvent::Note(note.clone()));
            self.notes.push(note);
        }
    }

    fn show(&mut self) {
        let which = shown(self.pairs.len());
        let told = reconstruct(
            &self.network,
            &self.pairs,
            self.dataset,
            &which,
            self.progress.epoch,
        );
        (self.events)(TrainingEvent::Reconstructions(told));
        self.showed = Some(Instant::now());
    }

    /// The means of all pairs, by the statistics of the training rather than of a batch.
    fn latents(&self) -> Latents {
        let latent = self.config.latent as usize;
        let mut values = Array2::zeros((self.pairs.len(), latent));
        let all: Vec<usize> = (0..self.pairs.len()).collect();
        for rows in all.chunks(32) {
            let mut rows = rows.to_vec();
            self.pairs.arrange(&mut rows);
            let mean = tch::no_grad(|| {
                self.network
                    .encode(&self.pairs.batch(&rows), false, &mut Tape::default())
                    .mean
                    .to_device(Device::Cpu)
            });
            let mut row_values = vec![0_f32; latent];
            for (&row, place) in rows.iter().zip(0..) {
                mean.get(place).contiguous().copy_data(&mut row_values, latent);
                values
                    .row_mut(row)
                    .assign(&ndarray::ArrayView1::from(&row_values));
            }
        }
        Latents { values }
    }
}

/// A network with the weights that the seed gives.
fn fresh(config: &TrainingConfig, dataset: &Dataset, device: Device) -> (VarStore, Crvae) {
    seeded(mix(&[config.seed]), || {
        let vs = VarStore::new(device);
        let shape = shape(dataset, config.latent);
        let network = Crvae::new(&vs.root(), &config.network, shape, config.teacher_forcing);
        (vs, network)
    })
}

/// What to say of every run with this configuration.
fn remarks(config: &TrainingConfig, device_note: Option<String>) -> Vec<String> {
    let (low, high) = LN_SIGMA;
    let padding = if config.padding_in_loss {
        "The loss of the words counts the padding behind short captions."
    } else {
        "The loss of the words leaves out the padding behind short captions."
    };
    let bound = format!("ln σ is kept between {low} and {high}.");
    device_note
        .into_iter()
        .chain([padding.to_owned(), bound])
        .collect()
}

fn check(config: &TrainingConfig) -> Result<(), TrainingError> {
    let network = &config.network;
    let wrong = if config.epochs == 0 {
        "no epochs"
    } else if config.batch_size < 2 {
        "batches of fewer than 2 pairs"
    } else if !(config.learning_rate.is_finite() && config.learning_rate > 0.0) {
        "a learning rate that is not above zero"
    } else if config.latent == 0 || [network.hidden, network.layers, network.dense].contains(&0) {
        "a network with a width of zero"
    } else if network.filters.is_empty() || network.filters.contains(&0) {
        "a network without filters"
    } else {
        return Ok(());
    };
    Err(TrainingError::Setting(wrong.to_owned()))
}

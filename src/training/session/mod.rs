//! The loop.

mod keeping;
mod setup;

use crate::model::{Crvae, Weights, loss, seeded};
use crate::pairing::Dataset;
use crate::project::{Latents, LossTerms};
use crate::training::batches::{PairTensors, batches, mix};
use crate::training::checkpoint;
use crate::training::config::TrainingConfig;
use crate::training::control::Control;
use crate::training::device;
use crate::training::error::TrainingError;
use crate::training::event::TrainingEvent;
use crate::training::optimizer::AdamW;
use crate::training::progress::Progress;
use crate::training::reconstruction::{reconstruct, shown};
use crate::training::train::Trained;
use keeping::Good;
use ndarray::Array2;
use setup::{check, fresh, remarks};
use std::path::Path;
use std::time::{Duration, Instant};
use tch::nn::VarStore;
use tch::{Device, Tensor};

/// Least time between two checkpoints.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(5);
/// Saving may take this share of the time at most: a large network is saved less often.
const SAVING_SHARE: u32 = 30;
/// Least time between two rounds of reconstructions.
const SHOW_EVERY: Duration = Duration::from_secs(5);

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
    save_took: Duration,
    showed: Option<Instant>,
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
        let (device, device_name, device_note) = device::choose(config.device, control.threads())?;
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
            save_took: Duration::ZERO,
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
            losses: self.progress.losses.clone(),
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
            if self.saved.elapsed() > CHECKPOINT_EVERY.max(self.save_took * SAVING_SHARE) {
                self.save();
            }
        }
        let point = self.progress.close_epoch();
        (self.events)(TrainingEvent::Epoch(point));
        self.remember();
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
        let (posterior, told) = self.network.forward(&batch, &epsilon);
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
        self.optimizer.step(&losses.total);
        Some(LossTerms {
            image,
            text,
            kl,
            total,
        })
    }

    fn wait_while_paused(&mut self) {
        if self.control.is_paused() && !self.control.is_stopped() {
            self.save();
        }
        while self.control.is_paused() && !self.control.is_stopped() {
            std::thread::sleep(Duration::from_millis(50));
        }
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
                    .encode(&self.pairs.batch(&rows), false)
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

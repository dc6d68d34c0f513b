//! What a session keeps, to go back to and to go on from.

use super::Session;
use super::setup::fresh;
use crate::training::checkpoint::{self, Checkpoint, CheckpointError, Header};
use crate::training::error::TrainingError;
use crate::training::event::TrainingEvent;
use crate::training::optimizer::AdamW;
use crate::training::progress::Progress;
use std::time::Instant;
use tch::Tensor;

/// Networks up to this many weights keep a copy of the last good epoch in memory; larger ones go back to the checkpoint.
const CHEAP_TO_COPY: u64 = 16_000_000;
/// How often a training goes back to good weights before it gives up.
const MOST_RETURNS: u32 = 1;

/// A copy of the state after an epoch whose losses were all numbers.
pub(super) struct Good {
    variables: Vec<(String, Tensor)>,
    moments: Vec<[Tensor; 2]>,
    updates: u64,
    progress: Progress,
}

impl Session<'_> {
    /// Back to weights whose losses were numbers.
    pub(super) fn go_back(&mut self) -> Result<(), TrainingError> {
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

    /// Keeps a copy of the state in memory, where that is cheap, to go back to.
    pub(super) fn remember(&mut self) {
        if self.optimizer.size() > CHEAP_TO_COPY || !self.is_sound() {
            return;
        }
        let copy = |tensor: &Tensor| tensor.detach().copy();
        self.good = Some(Good {
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
        });
    }

    /// Takes up a checkpoint of the same configuration and dataset; false when there is none.
    pub(super) fn resume(&mut self) -> Result<bool, CheckpointError> {
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

    pub(super) fn begin_anew(&mut self) {
        (self.vs, self.network) = fresh(self.config, self.dataset, self.vs.device());
        self.optimizer = AdamW::new(&self.vs, self.config, self.control.threads());
        self.progress = Progress::default();
    }

    /// Puts the state on disk. A full disk does not end the training.
    pub(super) fn save(&mut self) {
        if !self.is_sound() {
            return;
        }
        let began = Instant::now();
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
        self.save_took = began.elapsed();
    }
}

//! What a session keeps, to go back to and to go on from.

use super::Session;
use super::setup::fresh;
use crate::training::checkpoint::{self, Checkpoint, CheckpointError, Header};
use crate::training::error::TrainingError;
use crate::training::event::TrainingEvent;
use crate::training::optimizer::AdamW;
use crate::training::plateau::strays;
use crate::training::progress::Progress;
use std::fmt;
use std::time::Instant;
use tch::Tensor;

/// Networks up to this many weights keep a copy of the last good epoch in memory; larger ones go back to the checkpoint.
const CHEAP_TO_COPY: u64 = 16_000_000;
/// How often a training goes back to good weights before it gives up.
const MOST_RETURNS: u32 = 1;

/// What made a training go back.
pub(super) struct Failure {
    /// From 1.
    pub epoch: u32,
    /// From 1; none where a whole epoch is meant.
    pub step: Option<u32>,
    /// What was wrong, behind “in epoch …”.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "In step {step} of epoch {} {}", self.epoch, self.what),
            None => write!(f, "In epoch {} {}", self.epoch, self.what),
        }
    }
}

/// A copy of the state after an epoch.
pub(super) struct Good {
    variables: Vec<(String, Tensor)>,
    moments: Vec<[Tensor; 2]>,
    updates: u64,
    /// How far the training was.
    pub progress: Progress,
}

impl Session<'_> {
    /// Back to weights whose losses were numbers. The second time, or where nothing shows that the way leads anywhere,
    /// the training ends there.
    pub(super) fn go_back(&mut self, failure: &Failure) -> Result<(), TrainingError> {
        let returns = self.progress.returns + 1;
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
        self.latest = None;
        self.progress.returns = returns;
        let back = self.progress.epoch;
        if returns <= MOST_RETURNS {
            self.note(format!("{failure}; went back to the weights after epoch {back}."));
            return Ok(());
        }
        if back == 0 {
            return Err(TrainingError::Diverged {
                what: failure.to_string(),
                learning_rate: self.config.learning_rate,
            });
        }
        self.note(format!(
            "{failure}, for the second time. The training ended, and the weights after epoch {back} are kept. A smaller \
             learning rate, a gradient bound or a small β may help."
        ));
        self.ended = true;
        Ok(())
    }

    /// Whether every weight is a number. The loss of a step says so only of the weights before its update.
    pub(super) fn is_sound(&self) -> bool {
        let sound: Vec<Tensor> = self
            .optimizer
            .parameters
            .iter()
            .map(|p| p.weight.detach().isfinite().all())
            .collect();
        // One answer for all, so that a graphics card is waited for only once.
        sound.is_empty() || Tensor::stack(&sound, 0).all().int64_value(&[]) != 0
    }

    /// Keeps a copy of the state in memory, where that is cheap, to go back to once the next epoch has shown that it is
    /// good.
    pub(super) fn remember(&mut self) {
        if self.optimizer.size() > CHEAP_TO_COPY || strays(&self.progress.losses) || !self.is_sound() {
            return;
        }
        let copy = |tensor: &Tensor| tensor.detach().copy();
        let known = self.latest.replace(Good {
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
        self.good = known.or(self.good.take());
    }

    /// Takes up a checkpoint of the same configuration and dataset; false when there is none. One that is further on than
    /// asked for is an error, and must not be lost.
    pub(super) fn resume(&mut self) -> Result<bool, CheckpointError> {
        if let Some(found) = Checkpoint::open(self.folder)?
            && found.header.config.begins(self.config)
            && found.header.dataset == self.fingerprint
        {
            let epoch = found.header.progress.epoch;
            if epoch > self.config.epochs {
                return Err(CheckpointError::Ahead { epoch });
            }
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
        if strays(&self.progress.losses) || !self.is_sound() {
            return;
        }
        let began = Instant::now();
        let header = Header {
            config: self.config.clone(),
            dataset: self.fingerprint.clone(),
            progress: self.progress.clone(),
            updates: self.optimizer.updates,
        };
        match checkpoint::save(self.folder, &header, &self.vs, &self.optimizer) {
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

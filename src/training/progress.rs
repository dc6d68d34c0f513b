//! How far a training is.

use crate::project::{LossPoint, LossTerms};
use serde::{Deserialize, Serialize};

/// How far a training is; kept in the checkpoint, so that it goes on at the very step where it was left.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Epochs done.
    pub epoch: u32,
    /// Steps done in the running epoch.
    pub step: u32,
    /// Losses of those steps, summed.
    pub sums: LossTerms,
    /// Seconds spent on those steps.
    pub seconds: f64,
    /// A point an epoch done.
    pub losses: Vec<LossPoint>,
    /// Times the training went back to good weights; later noise and order differ from those that failed.
    pub returns: u32,
}

impl Progress {
    /// Counts a step.
    pub fn add(&mut self, terms: LossTerms) {
        self.step += 1;
        self.sums.image += terms.image;
        self.sums.text += terms.text;
        self.sums.kl += terms.kl;
        self.sums.total += terms.total;
    }

    /// Closes the running epoch.
    pub fn close_epoch(&mut self, validation: Option<LossTerms>) -> LossPoint {
        let (sums, steps) = (self.sums, f64::from(self.step.max(1)));
        self.epoch += 1;
        let mean = LossTerms {
            image: sums.image / steps,
            text: sums.text / steps,
            kl: sums.kl / steps,
            total: sums.total / steps,
        };
        let point = LossPoint {
            epoch: self.epoch,
            mean,
            paper_scale: sums,
            validation,
            seconds: self.seconds,
        };
        self.losses.push(point);
        self.step = 0;
        self.sums = LossTerms::default();
        self.seconds = 0.0;
        point
    }
}

//! How good and how quick trainings are, measured in one run on one machine.

use crate::clustering::{self, SweepPlan};
use crate::jobs::Watch;
use crate::model::cost;
use crate::pairing::Dataset;
use crate::project::{KSweep, LossPoint, Scores};
use crate::training::batches::network_stages;
use crate::training::{self, Control, TrainingConfig, TrainingEvent};
use serde::Serialize;
use std::ops::RangeInclusive;

/// One training, measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingMeasure {
    /// Seed of the training.
    pub seed: u64,
    /// Epochs done.
    pub epochs: usize,
    /// Seconds of the quickest epoch.
    pub epoch_seconds: f64,
    /// Seconds of all epochs.
    pub seconds: f64,
    /// Losses of the last epoch.
    pub last: LossPoint,
    /// How well the pairs are put back.
    pub scores: Scores,
    /// Mean silhouette for each k swept.
    pub silhouettes: Vec<(usize, f64)>,
    /// What the training said.
    pub notes: Vec<String>,
}

/// A configuration, measured with one or more seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PresetMeasure {
    /// Its name, with what was changed.
    pub name: String,
    /// Pairs that it was trained on.
    pub pairs: usize,
    /// Weights.
    pub parameters: u64,
    /// Floating-point operations of a step over a whole batch.
    pub step_operations: f64,
    /// Bytes that a step must move for weights, gradients and moments.
    pub step_bytes: f64,
    /// Bytes of weights, gradients and moments.
    pub training_bytes: f64,
    /// Steps of an epoch.
    pub steps: usize,
    /// A training a seed.
    pub trainings: Vec<TrainingMeasure>,
    /// For each k swept, the mean agreement (adjusted Rand index) of the clusters between every two seeds; empty for one.
    pub agreement: Vec<(usize, f64)>,
}

/// Trains with each seed in turn, without keeping anything on disk, and measures.
///
/// # Errors
/// When a training cannot go on, or the work is cancelled.
pub fn measure_training(
    name: &str,
    dataset: &Dataset,
    config: &TrainingConfig,
    seeds: &[u64],
    range: RangeInclusive<usize>,
    watch: &Watch,
) -> anyhow::Result<PresetMeasure> {
    let stages = network_stages(&config.network, dataset);
    let (mut trainings, mut steps) = (Vec::new(), 0);
    let mut sweeps = Vec::new();
    for &seed in seeds {
        let config = TrainingConfig {
            seed,
            ..config.clone()
        };
        let folder = tempfile::tempdir()?;
        let control = Control::default();
        let trained = training::train(dataset, &config, folder.path(), &control, &mut |event| {
            if watch.is_cancelled() {
                control.stop();
            }
            if let TrainingEvent::Started {
                batches_per_epoch, ..
            } = event
            {
                steps = batches_per_epoch as usize;
            }
            if let TrainingEvent::Epoch(point) = event {
                watch.report(point.epoch.into(), config.epochs.into());
                let mean = point.mean;
                watch.say(format!(
                    "{name}, seed {seed}, epoch {}: image {:.5}, text {:.6}, {:.2} s",
                    point.epoch, mean.image, mean.text, point.seconds
                ));
            }
        })?;
        watch.check()?;
        let sweep = clustering::sweep(
            &trained.latents,
            &SweepPlan::kmeans(range.clone(), config.seed),
            watch,
        )?;
        let times = trained.losses.iter().map(|point| point.seconds);
        trainings.push(TrainingMeasure {
            seed,
            epochs: trained.losses.len(),
            epoch_seconds: times.clone().fold(f64::INFINITY, f64::min),
            seconds: times.sum(),
            last: trained.losses.last().copied().unwrap_or_default(),
            scores: trained.scores,
            silhouettes: sweep.rows.iter().map(|row| (row.k, row.silhouette)).collect(),
            notes: trained.notes,
        });
        sweeps.push(sweep);
    }
    Ok(PresetMeasure {
        name: name.to_owned(),
        pairs: dataset.len(),
        parameters: cost::parameters(&stages),
        step_operations: cost::step_operations(&stages, config.batch_size),
        step_bytes: cost::step_bytes(&stages),
        training_bytes: cost::training_bytes(&stages),
        steps,
        trainings,
        agreement: agreement(&sweeps),
    })
}

/// For each k that all sweeps have, how well the clusters of every two of them agree, on average.
fn agreement(sweeps: &[KSweep]) -> Vec<(usize, f64)> {
    let Some((first, others)) = sweeps.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Vec::new();
    };
    let labels = |sweep: &KSweep, k: usize| {
        let row = sweep.rows.iter().find(|row| row.k == k);
        row.map(|row| row.labels.clone())
    };
    let mean = |k: usize| {
        let all: Option<Vec<_>> = std::iter::once(first)
            .chain(others)
            .map(|sweep| labels(sweep, k))
            .collect();
        let all = all?;
        let pairs = all
            .iter()
            .enumerate()
            .flat_map(|(i, a)| all.iter().skip(i + 1).map(move |b| (a, b)));
        let values: Vec<f64> = pairs.map(|(a, b)| clustering::agreement(a, b)).collect();
        Some((k, values.iter().sum::<f64>() / values.len().max(1) as f64))
    };
    first.rows.iter().filter_map(|row| mean(row.k)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{ClusterId, KSweepRow};

    #[test]
    fn agreement_is_the_mean_over_every_two_seeds() {
        let sweep = |labels: [u32; 4]| KSweep {
            rows: vec![KSweepRow {
                k: 2,
                labels: labels.map(ClusterId).into(),
                ..KSweepRow::default()
            }],
            ..KSweep::default()
        };
        let (a, b) = (sweep([0, 0, 1, 1]), sweep([0, 1, 0, 1]));
        assert_eq!(agreement(&[a.clone(), sweep([1, 1, 0, 0])]), [(2, 1.0)]);
        // One of the three pairs agrees wholly, the two others are as bad as can be.
        let (_, mean) = agreement(&[a.clone(), a.clone(), b])[0];
        assert!(mean.abs() < 1e-12);
        assert!(agreement(&[a]).is_empty());
    }
}

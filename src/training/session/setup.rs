//! What a session begins with.

use crate::model::posterior::LN_SIGMA;
use crate::model::{Crvae, seeded};
use crate::pairing::Dataset;
use crate::training::batches::{mix, shape};
use crate::training::config::TrainingConfig;
use crate::training::error::TrainingError;
use tch::Device;
use tch::nn::VarStore;

/// A network with the weights that the seed gives.
pub(super) fn fresh(config: &TrainingConfig, dataset: &Dataset, device: Device) -> (VarStore, Crvae) {
    seeded(mix(&[config.seed]), || {
        let vs = VarStore::new(device);
        let shape = shape(dataset, config.latent);
        let network = Crvae::new(&vs.root(), &config.network, shape, config.teacher_forcing);
        (vs, network)
    })
}

/// What to say of every run with this configuration.
pub(super) fn remarks(config: &TrainingConfig, device_note: Option<String>) -> Vec<String> {
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

pub(super) fn check(config: &TrainingConfig) -> Result<(), TrainingError> {
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

//! What a session begins with.

use crate::model::cost::training_bytes;
use crate::model::posterior::LN_SIGMA;
use crate::model::{Vae, seeded};
use crate::pairing::Dataset;
use crate::training::batches::{mix, network_stages, shape};
use crate::training::config::TrainingConfig;
use tch::Device;
use tch::nn::VarStore;

/// A network with the weights that the seed gives.
pub(super) fn fresh(config: &TrainingConfig, dataset: &Dataset, device: Device) -> (VarStore, Vae) {
    seeded(mix(&[config.seed]), || {
        let vs = VarStore::new(device);
        let network = Vae::new(&vs.root(), &config.network, shape(dataset));
        (vs, network)
    })
}

/// What to say of every run with this configuration.
pub(super) fn remarks(config: &TrainingConfig, dataset: &Dataset, device: Device) -> Vec<String> {
    let mut remarks = Vec::new();
    if config.network.text.is_some() {
        remarks.push(if config.objectives.padding {
            "The loss of the words counts the padding behind short captions.".to_owned()
        } else {
            "The loss of the words leaves out the padding behind short captions.".to_owned()
        });
    } else {
        remarks.push("This network learns pictures alone; captions play no part in its latents.".to_owned());
    }
    let (low, high) = LN_SIGMA;
    remarks.push(format!("ln σ is kept between {low} and {high}."));
    let needed = training_bytes(&network_stages(&config.network, dataset));
    if device == Device::Cpu
        && let Some(free) = free_memory()
        && needed > free
    {
        remarks.push(format!(
            "This network needs about {:.1} GB of memory and {:.1} GB are free: it may be slow, or end.",
            needed / 1e9,
            free / 1e9
        ));
    }
    remarks
}

/// Bytes of memory that programs can still have, where the system says so.
fn free_memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

//! Where the encoder puts the pairs.

use super::batches::PairTensors;
use crate::model::Vae;
use crate::project::Latents;
use ndarray::{Array2, ArrayView1};
use tch::Device;

/// Pairs that are encoded at a time.
const ROWS: usize = 32;

/// The latent vectors of all pairs, by the statistics of the training rather than of a batch.
#[must_use]
pub fn latents(network: &Vae, pairs: &PairTensors) -> Latents {
    let all: Vec<usize> = (0..pairs.len()).collect();
    let mut values = Array2::zeros((0, 0));
    for rows in all.chunks(ROWS) {
        let mut rows = rows.to_vec();
        pairs.arrange(&mut rows);
        let places = tch::no_grad(|| {
            let mean = network.encode(&pairs.batch(&rows), false).mean;
            network.latents(&mean).to_device(Device::Cpu)
        });
        let width = places.size().last().map_or(0, |&width| width as usize);
        if values.ncols() != width {
            values = Array2::zeros((pairs.len(), width));
        }
        let mut one = vec![0_f32; width];
        for (&row, place) in rows.iter().zip(0..) {
            places.get(place).contiguous().copy_data(&mut one, width);
            values.row_mut(row).assign(&ArrayView1::from(&one));
        }
    }
    Latents { values }
}

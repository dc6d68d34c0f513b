//! What a machine can do at most: the measure for what a training makes of it.

use super::device;
use super::error::TrainingError;
use super::train::computing;
use super::{Control, DeviceChoice};
use std::time::Instant;
use tch::{Cuda, Device, Kind, Tensor};

/// What a device was measured to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Which device, for people.
    pub device: String,
    /// Floating-point operations a second in the product of two large square matrices.
    pub operations: f64,
    /// Bytes a second that are read and written when a large block is scaled in place.
    pub bytes: f64,
}

/// Rows and columns of the matrices; far larger than any cache.
const ORDER: i64 = 4096;
/// Values of the block; as above.
const BLOCK: i64 = 1 << 27;
/// The quickest of so many tries counts.
const TRIES: usize = 5;

/// Measures the device that a training would use, with all its threads: some two seconds.
///
/// # Errors
/// When there is no such device, or libtorch gives up.
pub fn limits(choice: DeviceChoice) -> Result<Limits, TrainingError> {
    let threads = Control::default().threads();
    let (device, name, _) = device::choose(choice, threads)?;
    tch::set_num_threads(i32::try_from(threads).unwrap_or(1));
    computing(|| {
        let options = (Kind::Float, device);
        let (a, b) = (
            Tensor::ones([ORDER, ORDER], options),
            Tensor::ones([ORDER, ORDER], options),
        );
        let mut product = Tensor::zeros([ORDER, ORDER], options);
        let seconds = quickest(device, || {
            let _ = product
                .f_addmm_(&a, &b)
                .map_err(|error| TrainingError::Computation(error.to_string()))?;
            Ok(())
        })?;
        let operations = 2.0 * (ORDER as f64).powi(3) / seconds;
        let mut block = Tensor::ones([BLOCK], options);
        let seconds = quickest(device, || {
            block *= 0.999;
            Ok(())
        })?;
        Ok(Limits {
            device: name,
            operations,
            bytes: 2.0 * 4.0 * BLOCK as f64 / seconds,
        })
    })
}

fn quickest(
    device: Device,
    mut work: impl FnMut() -> Result<(), TrainingError>,
) -> Result<f64, TrainingError> {
    let mut best = f64::INFINITY;
    for _ in 0..TRIES {
        let start = Instant::now();
        work()?;
        if device.is_cuda() {
            Cuda::synchronize(0);
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

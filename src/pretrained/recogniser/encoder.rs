//! Whisper's ear: two convolutions and a transformer over 30 seconds of sound.

use crate::jobs::Watch;
use crate::pretrained::PretrainedError;
use crate::pretrained::arithmetic::{Activation, Finish};
use crate::pretrained::layers::{Dense, Norm};
use crate::pretrained::transformer::{Layer, LayerPlan, MARIAN};
use crate::pretrained::weights::Part;
use ndarray::{Array2, ArrayView2, Axis};

/// Spectra that a convolution looks at.
const REACH: usize = 3;

/// The ear.
pub(super) struct Encoder {
    pub(super) first: Dense,
    pub(super) second: Dense,
    /// A row for each 20 ms.
    pub(super) positions: Array2<f32>,
    pub(super) layers: Vec<Layer>,
    pub(super) norm: Norm,
}

impl Encoder {
    /// # Errors
    /// When a tensor is missing or does not fit, or when cancelled.
    pub fn load(part: &Part<'_>, plan: LayerPlan) -> Result<Self, PretrainedError> {
        let (first, second) = (Dense::load(part, "conv1")?, Dense::load(part, "conv2")?);
        let positions = part.matrix("embed_positions.weight")?;
        let width = positions.ncols();
        if first.width_out() != width || second.width_in() != REACH * width || second.width_out() != width {
            let shape = [second.width_out(), second.width_in()];
            let needed = format!("[{width}, {width}, {REACH}]");
            return Err(part.misshapen("conv2.weight", &shape, &needed));
        }
        let layers = (0..part.count("layers", "fc1.weight"))
            .map(|index| Layer::load(&part.at("layers").at(index), &MARIAN, plan))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            first,
            second,
            positions,
            layers,
            norm: Norm::load(part, "layer_norm", width, plan.epsilon)?,
        })
    }

    /// Bands of a spectrum.
    pub fn bands(&self) -> usize {
        self.first.width_in() / REACH
    }

    /// Spectra that are heard at once.
    pub fn spectra(&self) -> usize {
        2 * self.positions.nrows()
    }

    /// What is heard in as many spectra as [`spectra`](Self::spectra) says: a row for two of them.
    ///
    /// # Errors
    /// When cancelled.
    pub fn hear(&self, spectra: &Array2<f32>, watch: &Watch) -> Result<Array2<f32>, PretrainedError> {
        let gelu = Finish::Activate(Activation::Gelu);
        let rows = self.first.then(around(spectra.view(), 1).view(), gelu);
        watch.check()?;
        let mut rows = self.second.then(around(rows.view(), 2).view(), gelu);
        rows += &self.positions;
        let known = [rows.nrows()];
        for layer in &self.layers {
            watch.check()?;
            let attended = layer.attend(&rows, &known);
            watch.check()?;
            rows = layer.feed_forward(&attended);
        }
        Ok(self.norm.apply(rows))
    }
}

/// For every so many rows, the numbers of that row and of the ones before and after it, in the order of a convolution's
/// weights: those of the first column, those of the second, and so on. Beyond the ends there are zeros.
fn around(rows: ArrayView2<'_, f32>, every: usize) -> Array2<f32> {
    let mut around = Array2::zeros((rows.nrows().div_ceil(every), REACH * rows.ncols()));
    for (index, mut out) in around.axis_iter_mut(Axis(0)).enumerate() {
        for reach in 0..REACH {
            let at = (index * every + reach)
                .checked_sub(1)
                .filter(|at| *at < rows.nrows());
            if let Some(at) = at {
                let places = out.iter_mut().skip(reach).step_by(REACH);
                places.zip(rows.row(at)).for_each(|(out, value)| *out = *value);
            }
        }
    }
    around
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_convolution_sees_the_neighbours() {
        let rows = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        assert_eq!(
            around(rows.view(), 1),
            array![
                [0.0, 1.0, 3.0, 0.0, 2.0, 4.0],
                [1.0, 3.0, 5.0, 2.0, 4.0, 6.0],
                [3.0, 5.0, 0.0, 4.0, 6.0, 0.0]
            ]
        );
        assert_eq!(
            around(rows.view(), 2).row(1),
            array![3.0, 5.0, 0.0, 4.0, 6.0, 0.0]
        );
    }
}

//! What a fitted network says of places and windows of the video.

use super::hiding::Hiding;
use super::pairs::WindowPairs;
use crate::model::WindowNetwork;
use crate::model::window::{PLACES, window_fits};
use crate::project::LossPoint;
use crate::training::error::TrainingError;
use crate::training::train::computing;
use ndarray::Array2;
use tch::{Device, Tensor};

/// Windows that are read at a time.
const WINDOWS: usize = 64;

/// A network that has been fitted.
#[derive(Debug)]
pub struct Judge<'a> {
    pub(super) pairs: &'a WindowPairs,
    /// With the weights of the best epoch.
    pub network: WindowNetwork,
    /// A point an epoch: the sum of the losses in natural units, as `total`.
    pub losses: Vec<LossPoint>,
}

/// Which frame belongs to a pair's place, when it is hidden in a window of consecutive pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// First pair of the window.
    pub first: usize,
    /// The pair, in the window.
    pub pair: usize,
    /// Whether all behind it is hidden as well.
    pub from_before: bool,
}

impl Judge<'_> {
    /// How likely each frame of the video is at these places: logits `[questions, n]`.
    ///
    /// # Errors
    /// When libtorch gives up.
    pub fn likely(&self, questions: &[Question]) -> Result<Array2<f32>, TrainingError> {
        computing(|| {
            let parts = questions.chunks(WINDOWS).map(|part| {
                let mut hiding = Hiding::default();
                for question in part {
                    let place = question.pair.saturating_sub(question.first);
                    if question.from_before {
                        hiding.from(place);
                    } else {
                        hiding.at(&[place]);
                    }
                }
                let windows: Vec<usize> = part.iter().flat_map(|question| window(question.first)).collect();
                tch::no_grad(|| {
                    let frames = self.pairs.windows(&self.pairs.frames, &windows);
                    let hidden = Tensor::from_slice(&hiding.hidden).unflatten(0, [-1, PLACES as i64]);
                    let expected =
                        self.network
                            .expected(&frames, &hidden.to_device(self.pairs.device), false);
                    let expected = expected.flatten(0, 1);
                    let asked = expected.index_select(0, &self.pairs.places(&hiding.asked));
                    rows(&self.network.likely(&asked, &self.pairs.frames))
                })
            });
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            table(&parts.concat(), questions.len())
        })
    }

    /// How well windows of consecutive frames go with windows of captions, all given by their first pairs: mean cosines
    /// `[frames, captions]`.
    ///
    /// # Errors
    /// When libtorch gives up.
    pub fn fits(&self, frames: &[usize], captions: &[usize]) -> Result<Array2<f32>, TrainingError> {
        let of = |firsts: &[usize]| -> Vec<usize> { firsts.iter().copied().flat_map(window).collect() };
        let pairs = self.pairs;
        computing(|| {
            let captions = of(captions);
            let said = pairs.windows(&pairs.said, &captions);
            let captions = pairs.windows(&pairs.captions, &captions);
            let parts = frames.chunks(WINDOWS / 4).map(|part| {
                tch::no_grad(|| {
                    let frames = pairs.windows(&pairs.frames, &of(part));
                    let told = self.network.told(&frames, &captions, &said, false);
                    rows(&window_fits(&told, &self.network.shown(&frames, false), &said))
                })
            });
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            table(&parts.concat(), frames.len())
        })
    }
}

/// The pairs of a window.
fn window(first: usize) -> std::ops::Range<usize> {
    first..first + PLACES
}

fn rows(tensor: &Tensor) -> Result<Vec<f32>, TrainingError> {
    let flat = tensor.to_device(Device::Cpu).contiguous().view([-1]);
    Vec::try_from(&flat).map_err(|error: tch::TchError| TrainingError::Computation(error.to_string()))
}

fn table(values: &[f32], rows: usize) -> Result<Array2<f32>, TrainingError> {
    let columns = values.len().checked_div(rows).unwrap_or(0);
    Array2::from_shape_vec((rows, columns), values.to_vec())
        .map_err(|error| TrainingError::Computation(error.to_string()))
}

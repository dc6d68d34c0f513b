//! Two towers as something to be fitted.

use super::config::ContrastConfig;
use super::fitted::Fitted;
use super::pairs::ContrastPairs;
use crate::jobs::Watch;
use crate::model::{TwoTowers, contrast_loss};
use crate::training::error::TrainingError;
use crate::training::fitting::{self, FitError, Task};
use tch::Tensor;
use tch::nn::VarStore;

/// Fewest pairs with captions that can be learned from.
const NEEDED: usize = 16;

/// Fits towers to these pairs of the video; those without a caption are left out. Each epoch that is done is told.
///
/// # Errors
/// When the settings or too few captions cannot be trained with, when the loss is no number, when libtorch gives up, or
/// when the work is cancelled.
pub fn fit(
    pairs: &ContrastPairs,
    learned: &[usize],
    config: &ContrastConfig,
    watch: &Watch,
    on_epoch: &mut dyn FnMut(u32),
) -> Result<Fitted, FitError> {
    config
        .check()
        .map_err(|wrong| TrainingError::Setting(wrong.to_owned()))?;
    let captioned = learned.iter().copied().filter(|&pair| pairs.has_caption(pair));
    let captioned: Vec<usize> = captioned.collect();
    if captioned.len() < NEEDED {
        return Err(TrainingError::TooFewPairs {
            pairs: captioned.len(),
            needed: NEEDED,
        }
        .into());
    }
    let task = Towers { pairs, config };
    let fit = fitting::fit(&task, &captioned, &config.fit, watch, on_epoch)?;
    let scale = fit.network.scale().double_value(&[]);
    Ok(Fitted {
        towers: fit.network,
        weights: fit.weights,
        losses: fit.losses,
        scale,
        shape: pairs.shape,
    })
}

/// Towers over pairs.
struct Towers<'a> {
    pairs: &'a ContrastPairs,
    config: &'a ContrastConfig,
}

impl Task for Towers<'_> {
    type Network = TwoTowers;

    fn network(&self) -> (VarStore, TwoTowers) {
        let weights = VarStore::new(self.pairs.device);
        let towers = TwoTowers::new(&weights.root(), &self.config.design, self.pairs.shape);
        (weights, towers)
    }

    fn loss(&self, towers: &TwoTowers, rows: &[usize], train: bool) -> Tensor {
        let mut rows = rows.to_vec();
        self.pairs.arrange(&mut rows);
        let logits = towers.logits(&self.pairs.batch(&rows), train);
        contrast_loss(&logits, &self.pairs.spared(&rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ContrastDesign, PictureTower};
    use crate::training::contrast::FrameFeatures;
    use crate::training::fitting::FitSettings;
    use crate::training::train::tests::dataset;
    use crate::training::{DeviceChoice, Schedule};
    use ndarray::{Array2, Axis};
    use tch::Device;

    fn small() -> ContrastConfig {
        ContrastConfig {
            design: ContrastDesign {
                picture: PictureTower::Cached { hidden: 16 },
                text: crate::model::design::tests::recurrent(crate::model::Cell::Gru),
                width: 8,
                dropout: 0.0,
                ..ContrastDesign::default()
            },
            fit: FitSettings {
                batch_size: 12,
                schedule: Schedule::Constant,
                device: DeviceChoice::Cpu,
                ..FitSettings::over(30, 1e-2)
            },
            ..ContrastConfig::default()
        }
    }

    /// Features that tell which of the two kinds of scenes of the dataset a pair is of.
    fn features(pairs: usize) -> FrameFeatures {
        FrameFeatures {
            values: Array2::from_shape_fn((pairs, 5), |(row, column)| {
                let sign = if row / 4 % 2 == 0 { 1.0 } else { -1.0 };
                sign + ((row * 7 + column * 3) % 11) as f32 * 0.1
            }),
            source: String::new(),
        }
    }

    #[test]
    fn pictures_find_the_captions_of_their_kind_also_unseen() {
        let dataset = dataset(48);
        // Of two kinds, half of all pairs fit: only the neighbours are spared.
        let config = ContrastConfig {
            same_picture: 1.1,
            ..small()
        };
        let pairs = ContrastPairs::new(&dataset, &features(48), &config, Device::Cpu).unwrap();
        let learned: Vec<usize> = (0..36).collect();
        let fitted = fit(&pairs, &learned, &config, &Watch::default(), &mut |_| {}).unwrap();
        let first = fitted.losses[0].mean.total;
        assert!(fitted.losses.last().unwrap().mean.total < first);
        let [pictures, captions] = fitted.places(&pairs).unwrap();
        let cosines = pictures.dot(&captions.t());
        let kind = |row: usize| row / 4 % 2;
        let right = (36..48).filter(|&row| {
            let of = |wanted: usize| -> f32 {
                (36..48)
                    .filter(|&other| kind(other) == wanted)
                    .map(|other| cosines[[row, other]])
                    .sum()
            };
            of(kind(row)) > of(1 - kind(row))
        });
        assert!(right.count() >= 11);

        // A caption typed by hand lies where it lies as a pair's.
        let words = &dataset.tokens[40];
        let vectors: Vec<Vec<f32>> = words
            .iter()
            .map(|&token| dataset.vocabulary.vector(token as usize).to_vec())
            .collect();
        let typed = fitted.sentence(&vectors).unwrap();
        let away = typed.iter().zip(captions.index_axis(Axis(0), 40));
        assert!(away.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
        assert!(fitted.sentence(&[]).is_err());
    }

    #[test]
    fn the_same_seed_gives_the_same_places_and_a_cancelled_fit_ends() {
        let dataset = dataset(24);
        let mut config = small();
        config.fit.epochs = 3;
        let pairs = ContrastPairs::new(&dataset, &features(24), &config, Device::Cpu).unwrap();
        let learned: Vec<usize> = (0..24).collect();
        let places = |seed| {
            let mut config = config.clone();
            config.fit.seed = seed;
            let fitted = fit(&pairs, &learned, &config, &Watch::default(), &mut |_| {}).unwrap();
            fitted.places(&pairs).unwrap()
        };
        assert_eq!(places(1), places(1));
        assert_ne!(places(1), places(2));
        let watch = Watch::default();
        watch.cancel();
        let error = fit(&pairs, &learned, &config, &watch, &mut |_| {}).unwrap_err();
        assert!(matches!(error, FitError::Cancelled(_)));
        let error = fit(&pairs, &[1, 2, 3], &config, &Watch::default(), &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("only 3 pairs"), "{error}");
    }
}

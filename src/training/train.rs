//! A training from the dataset to the latents.

use super::config::TrainingConfig;
use super::control::Control;
use super::device::devices;
use super::error::TrainingError;
use super::event::TrainingEvent;
use super::fallback::{Plan, within_memory};
use super::memory::KeptMemory;
use super::session::Session;
use super::waiting::PatientThreads;
use crate::jobs::caught;
use crate::pairing::Dataset;
use crate::project::{Latents, LossPoint, Scores};
use std::path::Path;

/// What a training yields.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Where the encoder puts each pair, in the order of the pairs.
    pub latents: Latents,
    /// How well they are put back.
    pub scores: Scores,
    /// A point an epoch.
    pub losses: Vec<LossPoint>,
    /// Where it was trained, for people.
    pub device: String,
    /// Weights that were learned.
    pub parameters: u64,
    /// Whether all epochs were done; false when it was stopped.
    pub finished: bool,
    /// What the analyst should know of this run.
    pub notes: Vec<String>,
}

/// Trains a network on the pairs and returns where it puts them. A checkpoint in `folder` that was made with the same
/// configuration from the same dataset is gone on from. Returns early, with what was learned, when `control` says so.
///
/// # Errors
/// When the dataset or the configuration cannot be trained with, when the loss is no number before there are good
/// weights to keep, or when libtorch gives up. Checkpoints that cannot be written are no error:
/// a note says so.
pub fn train(
    dataset: &Dataset,
    config: &TrainingConfig,
    folder: &Path,
    control: &Control,
    events: &mut dyn FnMut(TrainingEvent),
) -> Result<Trained, TrainingError> {
    // First, since libtorch must know of a graphics card before its first tensor.
    devices();
    let _memory = KeptMemory::new();
    let _patient = PatientThreads::new();
    within_memory(Plan::new(config.batch_size, config.device), |plan| {
        computing(|| Session::new(dataset, config, plan, folder, control, events)?.run())
    })
}

/// Does work with tensors. The operators of tch panic with libtorch's message, for example for want of memory: that
/// becomes an error.
pub(super) fn computing<T>(work: impl FnOnce() -> Result<T, TrainingError>) -> Result<T, TrainingError> {
    // What a panic leaves behind of `no_grad` is set back with this: the same thread may train next.
    let _as_before = tch::no_grad_guard();
    caught(|| tch::with_grad(work)).unwrap_or_else(|message| Err(TrainingError::Computation(message)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use tch::{Device, Kind, Tensor};

    #[test]
    fn after_a_panic_without_gradients_there_are_gradients_again() {
        let broken: Result<(), _> = computing(|| tch::no_grad(|| panic!("CUDA out of memory")));
        assert!(matches!(broken, Err(TrainingError::Computation(why)) if why.contains("memory")));
        let weight = Tensor::ones([2], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        assert!((&weight * 3.0).requires_grad());
    }
    use crate::captions::Vocabulary;
    use crate::model::{Cell, LatentHead, Normalisation, TextLayers};
    use crate::project::{FrameIndex, Pair, Seconds, SourceIndex};
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Two kinds of scenes with words of their own, in turns of four pairs.
    pub(crate) fn dataset(pairs: usize) -> Dataset {
        sized_dataset(pairs, 21, 30, 12)
    }

    pub(crate) fn sized_dataset(pairs: usize, height: usize, width: usize, dimension: usize) -> Dataset {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let words: Vec<String> = (0..40).map(|i| format!("word{i}")).collect();
        let vectors = (0..words.len() * dimension)
            .map(|_| random.gen_range(-0.6..0.6))
            .collect();
        let mut images = Vec::new();
        let mut tokens = Vec::new();
        for pair in 0..pairs {
            let kind = pair / 4 % 2;
            let shade = random.gen_range(0.0..0.2);
            for plane in 0..3 {
                for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
                    let slope = if kind == 0 {
                        x as f64 / width as f64
                    } else {
                        y as f64 / height as f64
                    };
                    images.push(((slope * 0.8 + shade) * 255.0 / f64::from(1 + plane)) as u8);
                }
            }
            let length = random.gen_range(3..8);
            tokens.push(
                (0..length)
                    .map(|_| kind as u32 * 20 + random.gen_range(0..20))
                    .collect(),
            );
        }
        let pair = |i: usize| Pair {
            source: SourceIndex::OWN,
            frame: FrameIndex::from(i),
            time: Seconds(2.0 * i as f64),
            cue: None,
        };
        Dataset {
            pairs: (0..pairs).map(pair).collect(),
            height,
            width,
            images,
            tokens,
            vocabulary: Vocabulary {
                found: vec![true; words.len()],
                words,
                vectors,
                dimension,
                source: String::new(),
            },
        }
    }

    pub(crate) fn small() -> TrainingConfig {
        let mut config = TrainingConfig::preset("fast").unwrap();
        config.epochs = 4;
        config.batch_size = 4;
        config.learning_rate = 1e-3;
        config.schedule = crate::training::Schedule::Constant;
        (config.objectives.lambda, config.objectives.beta) = (3.0, 1e-4);
        config.network.latent = LatentHead::Vector { dimensions: 8 };
        config.device = crate::training::DeviceChoice::Cpu;
        config.network.image.filters = vec![4, 8];
        config.network.fusion.dense = vec![32];
        config.network.fusion.normalisation = Normalisation::Batch;
        config.network.text.as_mut().unwrap().teacher_forcing = false;
        config.network.text.as_mut().unwrap().layers = TextLayers::Recurrent {
            cell: Cell::Lstm,
            hidden: 16,
            layers: 1,
            reminded: false,
        };
        config
    }

    fn run(config: &TrainingConfig, folder: &Path) -> (Trained, Vec<TrainingEvent>) {
        let mut events = Vec::new();
        let trained = train(&dataset(13), config, folder, &Control::default(), &mut |event| {
            events.push(event);
        })
        .unwrap();
        (trained, events)
    }

    #[test]
    fn losses_fall_and_scenes_part() {
        let folder = tempfile::tempdir().unwrap();
        let config = TrainingConfig {
            epochs: 30,
            learning_rate: 3e-3,
            ..small()
        };
        let (trained, events) = run(&config, folder.path());
        assert!(trained.finished);
        let (first, last) = (trained.losses[0].mean, trained.losses[29].mean);
        assert!(
            last.image < 0.5 * first.image && last.text < first.text,
            "{first:?} {last:?}"
        );
        assert!((first.total - (first.image + 3.0 * first.text + 1e-4 * first.kl)).abs() < 1e-6);
        // Three batches: 4, 4 and 5, for the thirteenth pair does not stay alone.
        assert!((trained.losses[0].paper_scale.image - 3.0 * first.image).abs() < 1e-9);

        let row = |i: usize| trained.latents.values.row(i).to_owned();
        let distance = |a: usize, b: usize| (row(a) - row(b)).mapv(|d| d * d).sum();
        let mut within = 0.0;
        let mut across = 0.0;
        for (a, b) in [(0, 8), (1, 9), (2, 10), (3, 11)] {
            within += distance(a, b);
            across += distance(a, b - 4);
        }
        assert!(across > 2.0 * within, "{across} {within}");

        assert!(matches!(
            events.first(),
            Some(TrainingEvent::Started {
                pairs: 13,
                batches_per_epoch: 3,
                ..
            })
        ));
        assert_eq!(events.last(), Some(&TrainingEvent::Finished));
        let Some(TrainingEvent::Reconstructions(shown)) = events
            .iter()
            .rev()
            .find(|e| matches!(e, TrainingEvent::Reconstructions(_)))
        else {
            panic!("no reconstructions");
        };
        assert_eq!((shown.len(), shown[0].rgb.len()), (6, 21 * 30 * 3));
        assert!(shown.iter().all(|one| one.words.len() >= 3));
    }

    #[test]
    fn the_same_seed_gives_the_same_latents_and_another_does_not() {
        let runs: Vec<Trained> = [1, 1, 2]
            .map(|seed| {
                run(
                    &TrainingConfig { seed, ..small() },
                    tempfile::tempdir().unwrap().path(),
                )
                .0
            })
            .into();
        assert_eq!(runs[0].latents, runs[1].latents);
        assert!((runs[0].losses[0].mean.total - runs[1].losses[0].mean.total).abs() < 1e-6);
        assert_ne!(runs[0].latents, runs[2].latents);
    }

    #[test]
    fn a_stopped_training_goes_on_as_if_it_had_never_stopped() {
        let whole = run(&small(), tempfile::tempdir().unwrap().path()).0;
        let folder = tempfile::tempdir().unwrap();
        let control = Control::default();
        let stopped = train(&dataset(13), &small(), folder.path(), &control, &mut |event| {
            if matches!(
                event,
                TrainingEvent::Step {
                    epoch: 2,
                    step: 2,
                    ..
                }
            ) {
                control.stop();
            }
        })
        .unwrap();
        assert!(!stopped.finished);
        assert_eq!((stopped.losses.len(), stopped.latents.values.nrows()), (1, 13));
        let (resumed, events) = run(&small(), folder.path());
        assert!(matches!(
            events.first(),
            Some(TrainingEvent::Started { resumed_from: 1, .. })
        ));
        assert_eq!(resumed.latents, whole.latents);
        let totals = |t: &Trained| t.losses.iter().map(|point| point.mean.total).collect::<Vec<_>>();
        assert_eq!(totals(&resumed), totals(&whole));

        // Done: nothing is trained again.
        let (again, events) = run(&small(), folder.path());
        assert_eq!((again.latents, events.len()), (whole.latents, 2));

        // Extended: it goes on as if it had been longer from the start.
        let longer = run(&small().extended(4, 2), tempfile::tempdir().unwrap().path()).0;
        let (extended, events) = run(&small().extended(4, 2), folder.path());
        assert!(matches!(
            events.first(),
            Some(TrainingEvent::Started { resumed_from: 4, .. })
        ));
        assert_eq!(extended.latents, longer.latents);
        assert_eq!(totals(&extended), totals(&longer));

        // Another configuration does not take it up.
        let mut other = small();
        other.objectives.lambda = 1.0;
        let (_, events) = run(&other, folder.path());
        assert!(matches!(
            events.first(),
            Some(TrainingEvent::Started { resumed_from: 0, .. })
        ));
    }

    #[test]
    fn pairs_held_out_have_a_curve_of_their_own_and_latents() {
        let config = TrainingConfig {
            validation: 0.2,
            epochs: 8,
            ..small()
        };
        let (trained, events) = run(&config, tempfile::tempdir().unwrap().path());
        // Ten pairs are learned from, in batches of 4, 4 and 2; three are not.
        assert!(matches!(
            events.first(),
            Some(TrainingEvent::Started {
                batches_per_epoch: 3,
                ..
            })
        ));
        let curve: Vec<f64> = trained
            .losses
            .iter()
            .map(|p| p.validation.unwrap().total)
            .collect();
        assert!(curve[7] < curve[0], "{curve:?}");
        assert_eq!(trained.latents.values.nrows(), 13);
        assert!(trained.latents.values.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn a_training_without_progress_ends_of_itself() {
        let config = TrainingConfig {
            epochs: 50,
            learning_rate: 1e-12,
            early_stop: Some(crate::training::EarlyStop {
                patience: 3,
                improvement: 0.2,
            }),
            ..small()
        };
        let (trained, events) = run(&config, tempfile::tempdir().unwrap().path());
        assert!(
            trained.finished && trained.losses.len() < 10,
            "{}",
            trained.losses.len()
        );
        assert!(
            trained
                .notes
                .iter()
                .any(|note| note.contains("not become better"))
        );
        assert_eq!(events.last(), Some(&TrainingEvent::Finished));
    }

    #[test]
    fn some_epochs_are_kept_to_look_back_at() {
        let (trained, events) = run(&small(), tempfile::tempdir().unwrap().path());
        let kept: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                TrainingEvent::Snapshot(snapshot) => Some(snapshot),
                _ => None,
            })
            .collect();
        assert_eq!(
            kept.iter().map(|kept| kept.epoch).collect::<Vec<_>>(),
            [1, 2, 3, 4]
        );
        assert_eq!(kept[3].latents, trained.latents);
        assert_ne!(kept[0].latents, trained.latents);
        assert!(
            kept[0]
                .reconstructions
                .iter()
                .all(|one| one.words.len() == one.said.len())
        );
    }

    #[test]
    fn every_kind_of_network_is_trained_and_scored() {
        for (name, captions) in [
            ("crvae-lstm", true),
            ("crvae-gru-free", true),
            ("crvae-rnn", true),
            ("crvae-transformer", true),
            ("dense-cvae", false),
            ("pure-cvae", false),
        ] {
            let mut config = narrow(name);
            (config.epochs, config.batch_size) = (2, 4);
            let (trained, _) = run(&config, tempfile::tempdir().unwrap().path());
            let dimensions = config.network.latent.dimensions() as usize;
            assert_eq!(trained.latents.values.dim(), (13, dimensions), "{name}");
            let scores = trained.scores;
            assert!(scores.image > 0.0 && scores.image.is_finite(), "{name}");
            assert_eq!(
                (scores.text.is_some(), scores.free.is_some()),
                (captions, captions),
                "{name}"
            );
            if let Some(text) = scores.text {
                assert!(
                    text.error > 0.0 && (0.0..=1.0).contains(&text.words_right),
                    "{name}"
                );
            }
        }
    }

    /// A preset with all its widths made small.
    fn narrow(name: &str) -> TrainingConfig {
        let mut config = TrainingConfig::preset(name).unwrap();
        config.device = crate::training::DeviceChoice::Cpu;
        config.network.image.filters = vec![4, 6];
        config
            .network
            .fusion
            .dense
            .iter_mut()
            .for_each(|width| *width = 20);
        match &mut config.network.latent {
            LatentHead::Vector { dimensions: width } | LatentHead::Maps { channels: width } => *width = 6,
        }
        match config.network.text.as_mut().map(|text| &mut text.layers) {
            Some(TextLayers::Recurrent { hidden, .. }) => *hidden = 10,
            Some(TextLayers::Transformer(sizes)) => (sizes.width, sizes.feed_forward) = (16, 20),
            None => {}
        }
        config
    }

    #[test]
    fn a_pause_saves_and_waits() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::with_threads(1);
        let resumer = control.clone();
        let path = folder.path().join("checkpoint.safetensors");
        let waiting = std::thread::spawn(move || {
            while !path.exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            resumer.resume();
        });
        let mut checkpoints = Vec::new();
        let trained = train(
            &dataset(13),
            &small(),
            folder.path(),
            &control,
            &mut |event| match event {
                TrainingEvent::Step {
                    epoch: 3, step: 1, ..
                } => control.pause(),
                TrainingEvent::Checkpoint { epoch } => checkpoints.push(epoch),
                _ => {}
            },
        )
        .unwrap();
        waiting.join().unwrap();
        assert!(trained.finished && !control.is_paused());
        assert_eq!(checkpoints, [2, 4]);
    }

    #[test]
    fn a_loss_that_is_no_number_is_explained() {
        let folder = tempfile::tempdir().unwrap();
        let config = TrainingConfig {
            learning_rate: 1e30,
            ..small()
        };
        let mut notes = Vec::new();
        let error = train(
            &dataset(13),
            &config,
            folder.path(),
            &Control::default(),
            &mut |event| {
                if let TrainingEvent::Note(note) = event {
                    notes.push(note);
                }
            },
        )
        .unwrap_err();
        assert!(
            matches!(&error, TrainingError::Diverged { what, .. } if what.contains("of epoch 1")),
            "{error}"
        );
        assert!(error.to_string().contains("learning rate"));
        assert!(notes.iter().any(|note| note.contains("went back")), "{notes:?}");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_noted_and_training_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (trained, events) = run(&small(), &folder.path().join("absent"));
        assert!(
            trained.finished
                && trained
                    .notes
                    .iter()
                    .any(|note| note.contains("could not be saved"))
        );
        assert!(events.iter().any(|event| matches!(event, TrainingEvent::Note(_))));
    }

    #[test]
    fn a_damaged_checkpoint_is_noted_and_training_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("checkpoint.safetensors"), [7; 100]).unwrap();
        let (trained, _) = run(&small(), folder.path());
        assert!(trained.finished && trained.notes.iter().any(|note| note.contains("damaged")));
    }

    #[test]
    fn too_few_pairs_are_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let error = train(
            &dataset(7),
            &small(),
            folder.path(),
            &Control::default(),
            &mut |_| {},
        )
        .unwrap_err()
        .to_string();
        assert!(
            error.contains("only 7 pairs") && error.contains("at least 8"),
            "{error}"
        );
    }
}

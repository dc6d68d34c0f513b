//! A network over windows as something to be fitted.

use super::config::WindowConfig;
use super::hiding::Hiding;
use super::judging::Judge;
use super::pairs::WindowPairs;
use crate::jobs::Watch;
use crate::model::window::{PLACES, trimmed_loss, window_fits};
use crate::model::{WindowNetwork, contrast_loss};
use crate::training::error::TrainingError;
use crate::training::fitting::{self, FitError, Task};
use rand::seq::index::sample;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

/// Fewest windows that can be learned from.
pub const FEWEST_WINDOWS: usize = 8;
/// Pairs that a window may reach over in the video: some may be left out between them.
const REACH: usize = 24;
/// Windows in an epoch at least: those of a short video come several times.
const WINDOWS: usize = 160;

/// Fits a network to the windows of these pairs, which are in order. Each epoch that is done is told.
///
/// # Errors
/// When the settings or too few windows cannot be trained with, when the loss is no number, when libtorch gives up, or when
/// the work is cancelled.
pub fn fit<'a>(
    pairs: &'a WindowPairs,
    learned: &[usize],
    config: &'a WindowConfig,
    watch: &Watch,
    on_epoch: &mut dyn FnMut(u32),
) -> Result<Judge<'a>, FitError> {
    config
        .check()
        .map_err(|wrong| TrainingError::Setting(wrong.to_owned()))?;
    let begins = |window: &(usize, &[usize])| {
        let (first, last) = (window.1.first(), window.1.last());
        first.zip(last).is_some_and(|(first, last)| last - first < REACH)
    };
    let windows = learned.windows(PLACES).enumerate();
    let begins: Vec<usize> = windows.filter(begins).map(|(begin, _)| begin).collect();
    if begins.len() < FEWEST_WINDOWS {
        return Err(TrainingError::TooFewPairs {
            pairs: begins.len(),
            needed: FEWEST_WINDOWS,
        }
        .into());
    }
    let rows: Vec<usize> = begins
        .iter()
        .copied()
        .cycle()
        .take(begins.len().max(WINDOWS))
        .collect();
    let task = Windows {
        pairs,
        learned,
        config,
    };
    let fit = fitting::fit(&task, &rows, &config.fit, watch, on_epoch)?;
    Ok(Judge {
        pairs,
        network: fit.network,
        losses: fit.losses,
    })
}

/// Windows over pairs that are learned from; a row is the place among these with which a window begins.
struct Windows<'a> {
    pairs: &'a WindowPairs,
    learned: &'a [usize],
    config: &'a WindowConfig,
}

impl Task for Windows<'_> {
    type Network = WindowNetwork;

    fn network(&self) -> (VarStore, WindowNetwork) {
        let weights = VarStore::new(self.pairs.device);
        let network = WindowNetwork::new(&weights.root(), &self.config.design, self.pairs.shape);
        (weights, network)
    }

    fn loss(&self, network: &WindowNetwork, rows: &[usize], train: bool) -> Tensor {
        // Chance from the generator of the program, so that the same seed gives the same.
        let seed = Tensor::randint(i64::MAX, [1], (Kind::Int64, Device::Cpu)).int64_value(&[0]);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed.unsigned_abs());
        let of_frames = self.frames_loss(network, rows, &mut random, train);
        match self.captions_loss(network, rows, &mut random, train) {
            Some(of_captions) => of_frames + of_captions,
            None => of_frames,
        }
    }
}

impl Windows<'_> {
    /// Hidden frames are to be found among all that are learned from.
    fn frames_loss(
        &self,
        network: &WindowNetwork,
        rows: &[usize],
        random: &mut impl Rng,
        train: bool,
    ) -> Tensor {
        let windows = rows.iter().filter_map(|&row| self.learned.get(row..row + PLACES));
        let windows: Vec<usize> = windows.flatten().copied().collect();
        let places = 1..=self.config.hidden as usize;
        let hiding = Hiding::by_chance(windows.len() / PLACES, places, self.config.next, random);
        let frames = self.pairs.windows(&self.pairs.frames, &windows);
        let hidden = Tensor::from_slice(&hiding.hidden).to_device(self.pairs.device);
        let expected = network.expected(&frames, &hidden.unflatten(0, [-1, PLACES as i64]), train);
        let expected = expected
            .flatten(0, 1)
            .index_select(0, &self.pairs.places(&hiding.asked));
        let candidates = self
            .pairs
            .frames
            .index_select(0, &self.pairs.places(self.learned));
        let own = hiding
            .asked
            .iter()
            .filter_map(|&place| windows.get(place).copied());
        self.found(&network.likely(&expected, &candidates), &own.collect::<Vec<_>>())
    }

    /// Frames are to be found by what is told of them, and windows of captions by their windows of frames; none where nothing
    /// is said. Pairs are left out between those of a window by chance, so that no two are the same.
    fn captions_loss(
        &self,
        network: &WindowNetwork,
        rows: &[usize],
        random: &mut impl Rng,
        train: bool,
    ) -> Option<Tensor> {
        let windows: Vec<Vec<usize>> = rows.iter().map(|&row| self.thinned(row, random)).collect();
        let flat = windows.concat();
        let spoken: Vec<usize> = (0..flat.len())
            .filter(|&place| flat.get(place).is_some_and(|&pair| self.pairs.has_caption(pair)))
            .collect();
        if spoken.is_empty() {
            return None;
        }
        let frames = self.pairs.windows(&self.pairs.frames, &flat);
        let captions = self.pairs.windows(&self.pairs.captions, &flat);
        let said = self.pairs.windows(&self.pairs.said, &flat);
        let told = network.told(&frames, &captions, &said, train);
        let fits = window_fits(&told, &network.shown(&frames, train), &said) * network.scale();
        let of_windows = contrast_loss(&fits, &self.alike(&windows));

        // Its own captions tell of each window, on the diagonal.
        let own = told.diagonal(0, 0, 1).permute([2, 0, 1]).flatten(0, 1);
        let own = own.index_select(0, &self.pairs.places(&spoken));
        let candidates = self
            .pairs
            .frames
            .index_select(0, &self.pairs.places(self.learned));
        let logits = own.matmul(&network.shown(&candidates, train).tr()) * network.scale();
        let of: Vec<usize> = spoken
            .iter()
            .filter_map(|&place| flat.get(place).copied())
            .collect();
        Some(of_windows + self.found(&logits, &of))
    }

    /// The loss of finding these pairs among all that are learned from.
    fn found(&self, logits: &Tensor, pairs: &[usize]) -> Tensor {
        let own = pairs
            .iter()
            .filter_map(|pair| self.learned.binary_search(pair).ok());
        let own = self.pairs.places(&own.collect::<Vec<_>>());
        let spared = self.pairs.spared.index_select(0, &self.pairs.places(pairs));
        let spared = spared.index_select(1, &self.pairs.places(self.learned));
        trimmed_loss(logits, &own, &spared, self.config.trimmed)
    }

    /// As many pairs as a window has, of those from this place on that it may reach over.
    fn thinned(&self, row: usize, random: &mut impl Rng) -> Vec<usize> {
        let first = self.learned.get(row).copied().unwrap_or_default();
        let reach = random.gen_range(PLACES..=REACH);
        let near = self.learned.get(row..).unwrap_or(&[]).iter();
        let near: Vec<usize> = near
            .copied()
            .enumerate()
            .take_while(|&(place, pair)| place < PLACES || pair - first < reach)
            .map(|(_, pair)| pair)
            .collect();
        let mut taken = sample(random, near.len(), PLACES.min(near.len())).into_vec();
        taken.sort_unstable();
        taken
            .into_iter()
            .filter_map(|place| near.get(place).copied())
            .collect()
    }

    /// Windows whose pairs are neighbours, which are not held against each other: `[windows, windows]`, false on the diagonal.
    fn alike(&self, windows: &[Vec<usize>]) -> Tensor {
        let near = |one: &[usize], other: &[usize]| {
            let away: usize = one.iter().zip(other).map(|(a, b)| a.abs_diff(*b)).sum();
            away <= self.config.neighbours * PLACES
        };
        let rows = windows.iter().enumerate();
        let alike: Vec<bool> = rows
            .flat_map(|(row, one)| {
                let others = windows.iter().enumerate();
                others.map(move |(other, window)| row != other && near(one, window))
            })
            .collect();
        let size = windows.len() as i64;
        Tensor::from_slice(&alike)
            .view([size, size])
            .to_device(self.pairs.device)
    }
}

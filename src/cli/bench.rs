//! `frameloom bench`: how good and how quick trainings are on this machine, and how good the cross-modal systems.

mod crossmodal;

use super::progress::Progress;
use super::run::Settings;
use super::{Output, Unusable};
use crate::analysis::clusters::K_RANGE;
use crate::analysis::measuring::{PresetMeasure, TrainingMeasure, measure_training};
use crate::analysis::{self, Places};
use crate::jobs::Watch;
use crate::pairing::Dataset;
use crate::training::limits::{Limits, limits};
use crate::training::{DeviceChoice, TrainingConfig};
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct BenchArguments {
    #[command(subcommand)]
    what: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Train with one or more presets and say how good and how quick each is, beside what the machine can do.
    Train(TrainArguments),
    /// Measure the systems that match pictures and words, on a made-up video whose answers are known.
    Crossmodal(crossmodal::CrossmodalArguments),
}

#[derive(Debug, Args)]
struct TrainArguments {
    /// The video; the sample where not given.
    #[arg(requires = "captions")]
    video: Option<PathBuf>,
    /// Its captions.
    #[arg(long, requires = "video")]
    captions: Option<PathBuf>,
    /// A file of word vectors; may be given several times.
    #[arg(long)]
    vectors: Vec<PathBuf>,
    /// A preset; may be given several times.
    #[arg(long = "preset", default_value = "fast")]
    presets: Vec<String>,
    #[command(flatten)]
    settings: Settings,
    /// Passes over the pairs; the preset's own number where not given.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// Trainings with so many seeds, from the preset's own on.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Where to train.
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    #[command(flatten)]
    output: Output,
}

/// Measures.
pub fn run(arguments: &BenchArguments) -> anyhow::Result<()> {
    match &arguments.what {
        Bench::Train(arguments) => train(arguments),
        Bench::Crossmodal(arguments) => crossmodal::run(arguments),
    }
}

fn train(arguments: &TrainArguments) -> anyhow::Result<()> {
    let configs: Vec<(String, TrainingConfig)> = arguments
        .presets
        .iter()
        .map(|name| named(name, arguments))
        .collect::<anyhow::Result<_>>()?;
    let progress = Progress::new();
    let watch = &progress.watch;
    let limits = limits(arguments.device)?;
    let mut measures = Vec::new();
    for (name, config) in configs {
        let dataset = dataset(arguments, &config, watch)?;
        let seeds: Vec<u64> = (config.seed..).take(arguments.seeds as usize).collect();
        measures.push(measure_training(
            &name, &dataset, &config, &seeds, K_RANGE, watch,
        )?);
    }
    if arguments.output.json {
        let document = json!({
            "device": limits.device,
            "matrix_product_flops": limits.operations,
            "memory_bytes_per_second": limits.bytes,
            "peak_memory_bytes": peak_memory(),
            "presets": measures.iter().map(|measure| with_floor(measure, &limits)).collect::<Vec<_>>(),
        });
        return super::print(&format!("{document:#}\n"));
    }
    super::print(&text(&measures, &limits))
}

fn named(name: &str, arguments: &TrainArguments) -> anyhow::Result<(String, TrainingConfig)> {
    let preset = super::run::preset(name)?;
    let preset = TrainingConfig {
        device: arguments.device,
        ..preset
    };
    let preset = match arguments.epochs {
        Some(epochs) => preset.with_epochs(epochs),
        None => preset,
    };
    let changed = arguments.settings.apply(preset).map_err(Unusable)?;
    let name = std::iter::once(name.to_owned()).chain(arguments.settings.changes());
    Ok((name.collect::<Vec<_>>().join(" "), changed))
}

/// The pairs of the video as `run` would make them without further options.
fn dataset(arguments: &TrainArguments, config: &TrainingConfig, watch: &Watch) -> anyhow::Result<Dataset> {
    let places = Places::platform();
    let (video, captions) = match (&arguments.video, &arguments.captions) {
        (Some(video), Some(captions)) => (video.clone(), captions.clone()),
        _ => {
            let sample = analysis::sample::unpack(&places)?;
            (sample.video, sample.captions)
        }
    };
    // Nothing is kept: the folder is never written.
    let nowhere = std::env::temp_dir().join("frameloom-bench.frameloom");
    let mut project = analysis::open_video(&video, &nowhere)?;
    project.manifest.vectors.clone_from(&arguments.vectors);
    analysis::import_captions(&mut project, &captions, None, None)?;
    let video = project
        .manifest
        .video
        .clone()
        .context("the project has no video")?;
    let cache = Some(places.cache.as_path());
    let sampling = &project.manifest.sampling;
    let (frames, _) = analysis::sample_frames(&video, sampling, cache, watch, &mut |_, _| {})?;
    let pairing = analysis::suggested_pairing(&project.track, frames.frames.len());
    analysis::make_pairs(&mut project, &frames, pairing);
    Ok(analysis::training_dataset(&project, &frames, config, cache, watch)?.0)
}

/// Seconds that a step cannot be quicker than: its arithmetic at the speed of large matrix products, and one pass of the
/// optimiser over memory.
fn floor(measure: &PresetMeasure, limits: &Limits) -> f64 {
    measure.step_operations / limits.operations + measure.step_bytes / limits.bytes
}

fn step_seconds(measure: &PresetMeasure) -> f64 {
    let quickest = measure.trainings.iter().map(|training| training.epoch_seconds);
    quickest.fold(f64::INFINITY, f64::min) / measure.steps.max(1) as f64
}

fn with_floor(measure: &PresetMeasure, limits: &Limits) -> Value {
    let mut value = json!(measure);
    let (floor, step) = (floor(measure, limits), step_seconds(measure));
    value["step_seconds"] = json!(step);
    value["step_floor_seconds"] = json!(floor);
    value["times_the_floor"] = json!(step / floor);
    value
}

fn mean(measure: &PresetMeasure, value: impl Fn(&TrainingMeasure) -> Option<f64>) -> Option<f64> {
    let values: Option<Vec<f64>> = measure.trainings.iter().map(value).collect();
    let values = values?;
    Some(values.iter().sum::<f64>() / values.len().max(1) as f64)
}

fn text(measures: &[PresetMeasure], limits: &Limits) -> String {
    let mut text = format!(
        "{}: {:.0} GFLOP/s in matrix products, {:.0} GB/s of memory\n\n",
        limits.device,
        limits.operations / 1e9,
        limits.bytes / 1e9
    );
    let number = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}"),
        None => "-".to_owned(),
    };
    for measure in measures {
        let step = step_seconds(measure);
        let k = |k: usize| {
            move |t: &TrainingMeasure| t.silhouettes.iter().find(|(of, _)| *of == k).map(|(_, s)| *s)
        };
        let agreement: Vec<String> = measure
            .agreement
            .iter()
            .map(|(k, ari)| format!("{k}: {ari:.2}"))
            .collect();
        text += &format!("{}, {} pairs\n", measure.name, measure.pairs);
        text += &format!(
            "  {:.1} million weights, {:.1} GFLOP and {:.2} GB a step; {:.3} s a step, {:.1} times the floor of {:.3} s\n",
            measure.parameters as f64 / 1e6,
            measure.step_operations / 1e9,
            measure.step_bytes / 1e9,
            step,
            step / floor(measure, limits),
            floor(measure, limits)
        );
        text += &format!(
            "  {} epochs in {} s; image {}, text {} ({} with padding), {} % of the words; on its own {}, {} % of the words\n",
            measure.trainings.first().map_or(0, |training| training.epochs),
            number(mean(measure, |t| Some(t.seconds)), 1),
            number(mean(measure, |t| Some(t.scores.image)), 5),
            number(mean(measure, |t| t.scores.text.map(|text| text.error)), 6),
            number(
                mean(measure, |t| t.scores.text.and_then(|text| text.padded_error)),
                6
            ),
            number(
                mean(measure, |t| t.scores.text.map(|text| text.words_right * 100.0)),
                1
            ),
            number(mean(measure, |t| t.scores.free.map(|text| text.error)), 6),
            number(
                mean(measure, |t| t.scores.free.map(|text| text.words_right * 100.0)),
                1
            ),
        );
        text += &format!(
            "  silhouette at k = 3, 5, 8: {}, {}, {}",
            number(mean(measure, k(3)), 3),
            number(mean(measure, k(5)), 3),
            number(mean(measure, k(8)), 3)
        );
        if !agreement.is_empty() {
            text += &format!("; agreement of seeds for k = {}", agreement.join(", "));
        }
        text += "\n";
    }
    if let Some(bytes) = peak_memory() {
        text += &format!("\npeak memory of this process {:.2} GB\n", bytes as f64 / 1e9);
    }
    text
}

/// The most memory that this process ever had, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

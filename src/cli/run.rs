//! `frameloom run VIDEO|LINK --captions FILE --out DIR`: the whole way, without a window.

use super::fetch::LinkOptions;
use super::frames::SamplingArguments;
use super::interpreting::InterpretingArguments;
use super::progress::Progress;
use super::result::{Clock, Told, print};
use super::sources::{check_folder, from_link, no_captions};
use super::transcribe::SpeechArguments;
use super::{LanguageChoice, Output, Unusable, k_range};
use crate::analysis::clusters::{K_RANGE, PERPLEXITY, suggested_k};
use crate::analysis::{self, Places};
use crate::captions::{self, OutputFormat};
use crate::jobs::Watch;
use crate::media::{self, link::Link};
use crate::pairing;
use crate::project::files::{ensure_writable, write_whole};
use crate::project::{Pairing, PairingRule, Project, Seconds};
use crate::training::{Control, DeviceChoice, TrainingConfig, TrainingEvent};
use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// What was said, in the project's folder.
const TRANSCRIPT: &str = "transcript.json";

#[derive(Debug, Args)]
pub struct RunArguments {
    /// The video, or a link to one, which is fetched into the project's folder.
    video: PathBuf,
    /// Its captions: SRT, VTT, CSV or plain text. Where not given, those that come with a link are taken, or with --speech-model
    /// or --recogniser what is said is written down.
    #[arg(long, conflicts_with_all = ["speech_model", "recogniser"])]
    captions: Option<PathBuf>,
    /// Folder of the project; opened in the window with `frameloom DIR`.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    options: RunOptions,
    #[command(flatten)]
    output: Output,
}

/// How the whole way is gone: shared with `batch`.
#[derive(Debug, Args)]
pub struct RunOptions {
    #[command(flatten)]
    speech: SpeechArguments,
    /// Encoding of the captions, such as gb18030; found out where not given.
    #[arg(long)]
    encoding: Option<String>,
    /// Whose rules find the words.
    #[arg(long, value_enum, default_value = "auto")]
    language: LanguageChoice,
    /// By caption, uniformly, or by frame. Without it: by caption where the captions have times, else uniformly.
    #[arg(long, value_enum)]
    pairing: Option<PairingChoice>,
    /// Uniform pairing: frames to take of each group; spread evenly over all frames where not given.
    #[arg(long, requires = "of", value_parser = clap::value_parser!(u32).range(1..))]
    take: Option<u32>,
    /// Uniform pairing: frames in a group.
    #[arg(long, requires = "take", value_parser = clap::value_parser!(u32).range(1..))]
    of: Option<u32>,
    /// Seconds added to every caption time.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    caption_offset: f64,
    /// Every caption time is multiplied by this first.
    #[arg(long, default_value_t = 1.0)]
    caption_scale: f64,
    /// The project of another video whose pairs are studied together with this one's; may be given several times.
    #[arg(long, value_name = "PROJECT")]
    with: Vec<PathBuf>,
    #[command(flatten)]
    sampling: SamplingArguments,
    /// A file of word vectors (GloVe, word2vec, fastText; plain, gzip or bzip2); may be given several times.
    #[arg(long)]
    vectors: Vec<PathBuf>,
    /// Settings of the network and its training.
    #[arg(long, default_value = "fast")]
    preset: String,
    #[command(flatten)]
    settings: Settings,
    /// Passes over the pairs; the preset's own number where not given.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 3407)]
    seed: u64,
    /// Where to train, and to write down speech.
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// Number of clusters; the elbow, or else the smallest k with a good silhouette, where not given.
    #[arg(long)]
    k: Option<usize>,
    /// The range of k to sweep, both ends included.
    #[arg(long, value_parser = k_range)]
    k_range: Option<(usize, usize)>,
    /// Perplexity of the map.
    #[arg(long, default_value_t = PERPLEXITY)]
    perplexity: f64,
    #[command(flatten)]
    interpreting: InterpretingArguments,
    #[command(flatten)]
    links: LinkOptions,
}

/// Settings of a training that have no option of their own.
#[derive(Debug, Args)]
pub struct Settings {
    /// Change a setting of the preset, such as objectives.lambda=1 or network.text.teacher_forcing=true; may be given
    /// several times. The names are those in a run's config.json.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
}

impl Settings {
    /// The configuration with these settings.
    pub fn apply(&self, config: TrainingConfig) -> Result<TrainingConfig, String> {
        self.set
            .iter()
            .try_fold(config, |config, (name, value)| config.with_setting(name, value))
    }

    /// What is changed, for people.
    pub fn changes(&self) -> impl Iterator<Item = String> {
        self.set.iter().map(|(name, value)| format!("{name}={value}"))
    }
}

/// Reads `NAME=VALUE`.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("a setting is written as NAME=VALUE, such as objectives.lambda=1")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PairingChoice {
    Captions,
    Uniform,
    Frames,
}

/// Goes the whole way, and prints what there is.
pub fn run(arguments: &RunArguments) -> anyhow::Result<()> {
    let progress = Progress::new();
    let (project, told) = go(arguments, &Places::platform(), &progress.watch)?;
    print(&project, arguments.output, &told)
}

/// Goes the whole way.
pub fn go(arguments: &RunArguments, places: &Places, watch: &Watch) -> anyhow::Result<(Project, Told)> {
    let options = &arguments.options;
    let config = config(options)?;
    let sampling = options.sampling.sampling()?;
    let (from, to) = options
        .k_range
        .unwrap_or((*K_RANGE.start(), *K_RANGE.end().max(&options.k.unwrap_or(0))));
    if let Some(k) = options.k {
        ensure!(
            (from..=to).contains(&k),
            Unusable(format!("--k {k} is not in --k-range {from}..{to}"))
        );
    }
    ensure!(
        options.caption_scale.is_finite() && options.caption_scale > 0.0,
        Unusable("--caption-scale must be more than 0".into())
    );
    let mut clock = Clock::default();
    options.interpreting.check(places)?;

    let topic = check_folder(&arguments.out)?;
    let (given, captions) = (arguments.video.as_path(), arguments.captions.clone());
    let wanted = captions.is_none() && !options.speech.is_asked();
    let (video, captions) = match given.to_str().filter(|text| Link::is_meant(text)) {
        Some(link) => {
            let (video, own) = clock.time("download", || {
                from_link(link, wanted, &arguments.out, &options.links, places, watch)
            })?;
            (video, captions.or(own))
        }
        None if wanted => {
            // What is not there is told before what it lacks.
            media::probe(given)?;
            return Err(no_captions().into());
        }
        None => (given.to_path_buf(), captions),
    };
    let mut project = clock.time("probe", || analysis::open_video(&video, &arguments.out))?;
    project.manifest.topic = topic;
    let video = project
        .manifest
        .video
        .clone()
        .context("the project has no video")?;
    for other in &options.with {
        project.add_companion(other)?;
    }
    project.manifest.sampling = sampling.clone();
    project.manifest.vectors.clone_from(&options.vectors);
    ensure_writable(&project.folder)?;
    clock.time("captions", || {
        read_captions(&mut project, captions.as_deref(), options, watch)
    })?;
    let (frames, frame_warnings) = clock.time("sampling", || {
        analysis::sample_frames(&video, &sampling, Some(&places.cache), watch, &mut |_, _| {})
    })?;
    frame_warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    let pairing = pairing(&project, frames.frames.len(), options);
    let pair_warnings = analysis::make_pairs(&mut project, &frames, pairing);
    pair_warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    eprintln!(
        "{} frames, {} cues, {} pairs",
        frames.frames.len(),
        project.track.cues.len(),
        project.pairs.len()
    );
    for companion in &project.manifest.companions {
        let pairs = project.companion(companion)?.pairs.len();
        eprintln!("together with {}: {pairs} pairs", companion.name);
    }

    let (dataset, word_warnings) = clock.time("words", || {
        analysis::training_dataset(&project, &frames, &config, Some(&places.cache), watch)
    })?;
    word_warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    let caption_warnings = project
        .manifest
        .captions
        .iter()
        .flat_map(|source| source.warnings.clone());
    let warnings: Vec<String> = caption_warnings
        .chain(frame_warnings)
        .chain(pair_warnings)
        .chain(word_warnings)
        .collect();
    let (found, source) = (
        dataset.vocabulary.share_found(),
        dataset.vocabulary.source.clone(),
    );
    eprintln!(
        "{:.1} % of {} distinct words found in {source}",
        found * 100.0,
        dataset.vocabulary.words.len()
    );

    let mut run = analysis::prepare_run(&project, &dataset, &config)?;
    run.config.words = Some((found, source.clone()));
    let folder = project.run_folder(&run.name);
    let finished = run.config.finished;
    project.run = Some(run.clone());
    analysis::save(&project)?;
    let run = clock.time("training", || {
        watch.say(format!("training into {}", folder.display()));
        let control = Control::default();
        analysis::train_run(run, &folder, &dataset, &config, &control, &mut |event| {
            if watch.is_cancelled() {
                control.stop();
            }
            report(&event, config.epochs, watch);
        })
    })?;
    let unfinished = (!run.config.finished).then(|| run.config.notes.last().cloned().unwrap_or_default());
    project.run = Some(run);
    analysis::save(&project)?;
    if let Some(note) = unfinished.filter(|_| !watch.is_cancelled()) {
        bail!("{note} What was learned is kept in {}", folder.display());
    }
    if watch.is_cancelled() {
        bail!(
            "stopped; what was learned is kept in {}: the same command goes on from there",
            folder.display()
        );
    }
    if finished {
        eprintln!("this training was already done: its results were taken");
    }

    clock.time("clusters", || {
        let run = project.run.as_mut().context("no run")?;
        let latents = run.latents.as_ref().context("training gave no latents")?;
        let (sweep, map) =
            analysis::analyse_clusters(latents, from..=to, options.perplexity, options.seed, watch)?;
        let k = options
            .k
            .or_else(|| suggested_k(&sweep))
            .context("the sweep over k gave nothing")?;
        (run.sweep, run.embedding) = (Some(sweep), Some(map));
        analysis::choose_k(&mut project, k)
    })?;
    analysis::save(&project)?;
    let interpreting = &options.interpreting;
    let described = clock.time("descriptions", || {
        interpreting.describe(&mut project, places, watch)
    });
    // What was described before it failed or was stopped is kept.
    analysis::save(&project)?;
    let described = described?;
    let tagged = clock.time("tags", || {
        interpreting.tag(&mut project, places, options.seed, watch)
    });
    analysis::save(&project)?;
    let untagged = tagged?;
    untagged.iter().for_each(|why| eprintln!("warning: {why}"));
    let told = Told {
        clock,
        warnings: warnings.into_iter().chain(untagged).collect(),
        words: (found, source),
        described,
    };
    Ok((project, told))
}

fn config(arguments: &RunOptions) -> anyhow::Result<TrainingConfig> {
    let preset = preset(&arguments.preset)?;
    let epochs = arguments.epochs.unwrap_or(preset.epochs);
    let config = TrainingConfig {
        seed: arguments.seed,
        device: arguments.device,
        ..preset.with_epochs(epochs)
    };
    Ok(arguments.settings.apply(config).map_err(Unusable)?)
}

/// The preset of this name.
pub fn preset(name: &str) -> anyhow::Result<TrainingConfig> {
    Ok(TrainingConfig::preset(name).ok_or_else(|| {
        let names: Vec<&str> = TrainingConfig::PRESETS.iter().map(|preset| preset.name).collect();
        Unusable(format!(
            "there is no preset {name}; there are {}",
            names.join(", ")
        ))
    })?)
}

fn read_captions(
    project: &mut Project,
    captions: Option<&Path>,
    options: &RunOptions,
    watch: &Watch,
) -> anyhow::Result<()> {
    let written;
    let file = match captions {
        Some(file) => file,
        None => {
            written = write_down(project, options, watch)?;
            &written
        }
    };
    let language = options.language.chosen();
    analysis::import_captions(project, file, options.encoding.clone(), language)?;
    if let Some(source) = &project.manifest.captions {
        source
            .warnings
            .iter()
            .for_each(|warning| eprintln!("warning: {warning}"));
    }
    Ok(())
}

/// Writes down what is said in the project's video, into a file of the project.
fn write_down(project: &Project, options: &RunOptions, watch: &Watch) -> anyhow::Result<PathBuf> {
    let video = project
        .manifest
        .video
        .as_ref()
        .context("the project has no video")?;
    // The folder is a project from now on, so that the same command may be given again.
    if !Project::is_project(&project.folder) {
        analysis::save(project)?;
    }
    let heard = options
        .speech
        .transcribe(video, options.language, options.device, watch)?;
    heard
        .warnings
        .iter()
        .for_each(|warning| eprintln!("warning: {warning}"));
    let file = project.folder.join(TRANSCRIPT);
    write_whole(&file, |file| {
        file.write_all(captions::write(&heard.track, OutputFormat::Json).as_bytes())
    })?;
    Ok(file)
}

fn pairing(project: &Project, frames: usize, arguments: &RunOptions) -> Pairing {
    let rule = match (arguments.pairing, arguments.take.zip(arguments.of)) {
        (Some(PairingChoice::Captions), _) => PairingRule::Captions,
        (Some(PairingChoice::Frames), _) => PairingRule::Frames,
        (Some(PairingChoice::Uniform), Some((take, of))) => PairingRule::Uniform { take, of },
        (Some(PairingChoice::Uniform), None) => pairing::spread(project.track.cues.len(), frames),
        (None, _) => analysis::suggested_pairing(&project.track, frames).rule,
    };
    Pairing {
        rule,
        offset: Seconds(arguments.caption_offset),
        scale: arguments.caption_scale,
    }
}

fn report(event: &TrainingEvent, epochs: u32, watch: &Watch) {
    match event {
        TrainingEvent::Started {
            device,
            parameters,
            resumed_from,
            notes,
            ..
        } => {
            eprintln!("{:.1} million parameters on {device}", *parameters as f64 / 1e6);
            if *resumed_from > 0 {
                eprintln!("going on from the checkpoint of epoch {resumed_from}");
            }
            notes.iter().for_each(|note| eprintln!("note: {note}"));
        }
        TrainingEvent::Note(note) => eprintln!("note: {note}"),
        TrainingEvent::Epoch(point) => {
            let mean = &point.mean;
            watch.report(u64::from(point.epoch), u64::from(epochs));
            watch.say(format!(
                "epoch {}/{epochs}: image {:.5}, text {:.6}, kl {:.3}, total {:.5}, {:.2} s",
                point.epoch, mean.image, mean.text, mean.kl, mean.total, point.seconds
            ));
        }
        _ => {}
    }
}

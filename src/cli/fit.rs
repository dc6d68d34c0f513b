//! `frameloom fit PROJECT` and `frameloom find PROJECT SENTENCE`: which words belong to which pictures.

use super::progress::Progress;
use super::run::setting;
use super::{Output, Unusable, print};
use crate::analysis::{self, Eyes, FitAgainst, Places};
use crate::crossmodal::PictureFit;
use crate::project::Project;
use crate::training::DeviceChoice;
use crate::training::contrast::ContrastConfig;
use crate::training::window::WindowConfig;
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Doubts that are listed where not all are asked for.
const LISTED: usize = 20;

/// How words and pictures are fitted, as asked.
#[derive(Debug, Args)]
pub struct FitOptions {
    /// Where to fit.
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// Change a setting of the fit, such as epochs=80 or design.width=64; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

impl FitOptions {
    /// The usual configuration with this seed and what was asked.
    pub fn config(&self, seed: u64) -> Result<ContrastConfig, Unusable> {
        let mut config = ContrastConfig::default();
        (config.fit.seed, config.fit.device) = (seed, self.device);
        self.set(config, ContrastConfig::with_setting)
    }

    /// The same for windows of the video.
    pub fn window_config(&self, seed: u64) -> Result<WindowConfig, Unusable> {
        let mut config = WindowConfig::default();
        (config.fit.seed, config.fit.device) = (seed, self.device);
        self.set(config, WindowConfig::with_setting)
    }

    fn set<C>(
        &self,
        config: C,
        with_setting: impl Fn(&C, &str, &str) -> Result<C, String>,
    ) -> Result<C, Unusable> {
        let mut settings = self.settings.iter();
        settings
            .try_fold(config, |config, (name, value)| with_setting(&config, name, value))
            .map_err(Unusable)
    }
}

#[derive(Debug, Args)]
pub struct FitArguments {
    /// The project folder.
    project: PathBuf,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    options: FitOptions,
    /// What judges: the name or folder of a CLIP or Chinese CLIP; “own” learns from the pairs and needs no model. Without this,
    /// a model that is here and knows the language of the captions.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub struct FindArguments {
    /// The project folder; it must have been fitted.
    project: PathBuf,
    /// What the frames are to show.
    sentence: String,
    /// Frames to name.
    #[arg(long, default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    output: Output,
}

/// Fits, and prints what is doubtful.
pub fn fit(arguments: &FitArguments) -> anyhow::Result<()> {
    let config = arguments.options.config(arguments.seed)?;
    let progress = Progress::new();
    let (watch, places) = (&progress.watch, Places::platform());
    let project = Project::load(&arguments.project)?;
    let manifest = &project.manifest;
    let video = manifest.video.as_ref().context("the project has no video")?;
    let cache = Some(places.cache.as_path());
    let (frames, _) = analysis::sample_frames(video, &manifest.sampling, cache, watch, &mut |_, _| {})?;
    let speech = match analysis::speech(video, cache, watch) {
        Ok(speech) => Some(speech),
        Err(error) => {
            watch.check()?;
            eprintln!("warning: nothing is known of the speech: {error:#}");
            None
        }
    };
    let eyes = match arguments.model.as_deref() {
        Some("own") => Eyes::default(),
        Some(name) => Eyes::named(&places, name)?,
        None => Eyes::ready(&places, manifest.language)?,
    };
    let against = FitAgainst {
        frames: &frames,
        speech: speech.as_ref(),
        eyes: &eyes,
        config: &config,
    };
    let found = analysis::fit_pictures(&project, &against, cache, watch)?;
    drop(progress);
    print(&if arguments.output.json {
        format!("{:#}\n", serde_json::to_value(&found)?)
    } else {
        told(&project, &found)
    })
}

fn told(project: &Project, found: &PictureFit) -> String {
    let telling = &found.telling;
    let verdict = if telling.plain {
        "words tell of the pictures"
    } else {
        "words tell hardly anything of the pictures, so that no doubts are drawn from them"
    };
    let mut text = format!(
        "judged by {}: in this video {verdict}: mean reciprocal rank {:.3} and {:.3} among {:.0}, by chance {:.3}\n",
        found.judge_name(),
        telling.frames_by_words.mean_reciprocal_rank,
        telling.words_by_frame.mean_reciprocal_rank,
        telling.frames_by_words.candidates,
        telling.chance
    );
    let (shifts, _) = analysis::proposed_by_pictures(project, found);
    let _ = writeln!(text, "{shifts}");
    for (cue, doubt) in found.doubts(project).into_iter().take(LISTED) {
        let place = project.track.place(cue).map_or(0, |place| place + 1);
        let said = project.track.cue(cue).map_or("", |cue| cue.text.as_str());
        let better = doubt.better_captions * 100.0;
        let _ = writeln!(
            text,
            "{:.2}  cue {place}: {better:.0} % of other captions fit its picture better  {said}",
            doubt.doubt
        );
    }
    text
}

pub(super) fn clock(seconds: f64) -> String {
    format!("{}:{:04.1}", (seconds / 60.0) as u64, seconds % 60.0)
}

/// Searches, and prints the frames.
pub fn find(arguments: &FindArguments) -> anyhow::Result<()> {
    let progress = Progress::new();
    let (watch, places) = (&progress.watch, Places::platform());
    let project = Project::load(&arguments.project)?;
    let kept = PictureFit::load(&project.folder)?.with_context(|| {
        format!(
            "{} was not fitted yet: frameloom fit {0} does it",
            arguments.project.display()
        )
    })?;
    let cache = Some(places.cache.as_path());
    let found = analysis::find_frames(&project, &kept, &arguments.sentence, cache, watch)?;
    drop(progress);
    let rows = found.iter().take(arguments.top).filter_map(|found| {
        let pair = kept.pairs.get(found.pair)?;
        Some((found, pair, kept.texts.get(found.pair).map_or("", String::as_str)))
    });
    if arguments.output.json {
        let rows = rows.map(|(found, pair, said)| {
            json!({ "pair": found.pair + 1, "frame": pair.frame, "time": pair.time, "score": found.score, "caption": said })
        });
        let document = json!({
            "sentence": arguments.sentence, "telling": kept.telling, "found": rows.collect::<Vec<_>>(),
        });
        return print(&format!("{document:#}\n"));
    }
    let lines =
        rows.map(|(found, pair, said)| format!("{}  {:.2}  {said}\n", clock(pair.time.0), found.score));
    print(&lines.collect::<String>())
}

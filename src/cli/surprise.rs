//! `frameloom surprise PROJECT`: where the video surprises, and which stretches do not go with their captions.

use super::fit::{FitOptions, clock};
use super::progress::Progress;
use super::{Output, print};
use crate::analysis::{self, Eyes, Places};
use crate::crossmodal::SurpriseCurve;
use crate::project::Project;
use anyhow::Context;
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Windows that are listed as going with other captions, at most.
const LISTED: usize = 10;

#[derive(Debug, Args)]
pub struct SurpriseArguments {
    /// The project folder.
    project: PathBuf,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    options: FitOptions,
    #[command(flatten)]
    output: Output,
}

/// Learns, and prints what surprises.
pub fn run(arguments: &SurpriseArguments) -> anyhow::Result<()> {
    let config = arguments.options.window_config(arguments.seed)?;
    let progress = Progress::new();
    let (watch, places) = (&progress.watch, Places::platform());
    let project = Project::load(&arguments.project)?;
    let manifest = &project.manifest;
    let video = manifest.video.as_ref().context("the project has no video")?;
    let cache = Some(places.cache.as_path());
    let (frames, _) = analysis::sample_frames(video, &manifest.sampling, cache, watch, &mut |_, _| {})?;
    let eyes = Eyes::ready(&places, manifest.language)?;
    let curve = analysis::judge_surprise(&project, (&frames, &eyes), &config, cache, watch)?;
    drop(progress);
    print(&if arguments.output.json {
        format!("{:#}\n", serde_json::to_value(&curve)?)
    } else {
        told(&project, &curve)
    })
}

fn told(project: &Project, curve: &SurpriseCurve) -> String {
    let mut text = format!("{}\n", curve.verdict());
    let said = |pair: usize| {
        let cue = curve.pairs.get(pair).and_then(|pair| pair.cue);
        let cue = cue.and_then(|cue| project.track.cue(cue));
        cue.map_or("", |cue| cue.text.as_str())
    };
    let at = |pair: usize| curve.pairs.get(pair).map_or(0.0, |pair| pair.time.0);
    for (pair, place) in curve.most_surprising().into_iter().filter_map(|pair| {
        let place = curve.places.get(pair)?;
        Some((pair, place))
    }) {
        let _ = writeln!(
            text,
            "{}  {:+.1}  {:.0} % of other frames fit this place better  {}",
            clock(at(pair)),
            place.surprise,
            place.better * 100.0,
            said(pair)
        );
    }
    for (first, last) in curve.misaligned().into_iter().take(LISTED) {
        let _ = writeln!(
            text,
            "{} to {}: the captions around go no better with the frames than captions of elsewhere",
            clock(at(first)),
            clock(at(last))
        );
    }
    text
}

//! `frameloom bench crossmodal`: figures on a video whose answers are known, beside chance and a baseline.

use crate::cli::fit::FitOptions;
use crate::cli::progress::Progress;
use crate::cli::{Output, Unusable};
use crate::crossmodal::measuring::{ContrastMeasure, Figures, measure_contrast};
use crate::crossmodal::surprise::measuring::{SurpriseFigures, SurpriseMeasure, measure_surprise};
use crate::crossmodal::synthetic;
use clap::{Args, ValueEnum};
use serde_json::{Map, json};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum System {
    /// Two towers: which words belong to which pictures.
    Contrast,
    /// Windows: what surprises, and which captions go with which frames.
    Surprise,
}

#[derive(Debug, Args)]
pub struct CrossmodalArguments {
    /// Videos and fits with so many seeds, from 0 on.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Pairs of each video.
    #[arg(long, default_value_t = synthetic::PAIRS)]
    pairs: usize,
    /// Measure only these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<System>,
    #[command(flatten)]
    options: FitOptions,
    #[command(flatten)]
    output: Output,
}

/// Measures.
pub fn run(arguments: &CrossmodalArguments) -> anyhow::Result<()> {
    if arguments.pairs < synthetic::FEWEST {
        let wrong = format!("the faults need a video of at least {} pairs", synthetic::FEWEST);
        return Err(Unusable(wrong).into());
    }
    let progress = Progress::new();
    let asked = |system| arguments.only.is_empty() || arguments.only.contains(&system);
    let (mut document, mut told) = (Map::new(), String::new());
    if asked(System::Contrast) {
        let measure = |seed| -> anyhow::Result<_> {
            let config = arguments.options.config(seed)?;
            Ok(measure_contrast(arguments.pairs, &config, &progress.watch)?)
        };
        let seeds: Vec<ContrastMeasure> = (0..arguments.seeds).map(measure).collect::<Result<_, _>>()?;
        let accepted = seeds.iter().all(|measure| measure.accepted);
        told.extend(seeds.iter().map(text));
        document.insert(
            "contrast".to_owned(),
            json!({ "accepted": accepted, "seeds": seeds }),
        );
    }
    if asked(System::Surprise) {
        let measure = |seed| -> anyhow::Result<_> {
            let config = arguments.options.window_config(seed)?;
            Ok(measure_surprise(arguments.pairs, &config, &progress.watch)?)
        };
        let seeds: Vec<SurpriseMeasure> = (0..arguments.seeds).map(measure).collect::<Result<_, _>>()?;
        let accepted = seeds.iter().all(|measure| measure.accepted);
        told.extend(seeds.iter().map(surprise_text));
        document.insert(
            "surprise".to_owned(),
            json!({ "accepted": accepted, "seeds": seeds }),
        );
    }
    crate::cli::print(&if arguments.output.json {
        format!("{:#}\n", serde_json::Value::from(document))
    } else {
        told
    })
}

fn surprise_text(measure: &SurpriseMeasure) -> String {
    let mut text = format!(
        "Seed {}: {} pairs, {}, {:.1} s\n",
        measure.seed, measure.pairs, measure.pictures, measure.seconds
    );
    let (found, plain, chance) = (&measure.network, &measure.baseline, &measure.chance);
    let mut line = |what: &str, (beside, of): (&str, fn(&SurpriseFigures) -> f64)| {
        text += &format!(
            "  {what:<44} {:.3}   {beside} {:.3}   chance {:.3}\n",
            of(found),
            of(plain),
            of(chance)
        );
    };
    line(
        "replaced frames in the most surprising tenth",
        ("distance to those beside it", |of| of.spliced_in_top_tenth),
    );
    line(
        "replaced frames, AUROC",
        ("distance to those beside it", |of| of.spliced_auroc),
    );
    line(
        "first frames of scenes, AUROC",
        ("distance to the one before", |of| of.cut_auroc),
    );
    line(
        "window and captions of elsewhere, AUROC",
        ("nearest captions", |of| of.window_auroc),
    );
    line(
        "window and captions moved by 3 to 15, AUROC",
        ("nearest captions", |of| of.moved_auroc),
    );
    line(
        "windows of the shifted stretch, AUROC",
        ("nearest captions", |of| of.shifted_auroc),
    );
    text += &format!(
        "  {:<44} {:.3}   chance {:.3}\n  {}\n",
        "hidden frame, mean reciprocal rank",
        measure.found.mean_reciprocal_rank,
        measure.chance_found,
        if measure.accepted {
            "all that is asked holds"
        } else {
            "not all that is asked holds"
        }
    );
    text
}

fn text(measure: &ContrastMeasure) -> String {
    let (found, plain, chance) = (&measure.contrast, &measure.baseline, &measure.chance);
    let mut text = format!(
        "Seed {}: {} pairs, {}, {:.1} s\n",
        measure.seed, measure.pairs, measure.pictures, measure.seconds
    );
    let mut line = |what: &str, of: &dyn Fn(&Figures) -> f64, chance: f64| {
        text += &format!(
            "  {what:<44} {:.3}   nearest caption {:.3}   chance {chance:.3}\n",
            of(found),
            of(plain)
        );
    };
    let rank = chance.mean_reciprocal_rank;
    line(
        "scene of the best frame for a caption",
        &|of| of.scene_by_words,
        chance.scene,
    );
    line(
        "scene of the best caption for a frame",
        &|of| of.scene_by_picture,
        chance.scene,
    );
    line(
        "frame for a caption, mean reciprocal rank",
        &|of| of.frames_by_words.mean_reciprocal_rank,
        rank,
    );
    line(
        "caption for a frame, mean reciprocal rank",
        &|of| of.captions_by_picture.mean_reciprocal_rank,
        rank,
    );
    line("swapped captions, AUROC", &|of| of.swapped_auroc, chance.auroc);
    line("replaced frames, AUROC", &|of| of.spliced_auroc, chance.auroc);
    line("pairs moved wrongly", &|of| of.moved_wrongly, 0.0);
    text += &format!(
        "  pairs {} to {} are shifted by {}; proposed: {}\n  {}\n",
        measure.shifted.0,
        measure.shifted.1,
        measure.shifted_by,
        shifts(found),
        if measure.accepted {
            "all that is asked holds"
        } else {
            "not all that is asked holds"
        }
    );
    text
}

fn shifts(figures: &Figures) -> String {
    let shifts = figures.shifts.iter();
    let shifts: Vec<String> = shifts
        .map(|shift| format!("{} to {} by {}", shift.first, shift.last, shift.by))
        .collect();
    if shifts.is_empty() {
        "none".to_owned()
    } else {
        shifts.join(", ")
    }
}

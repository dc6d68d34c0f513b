//! `frameloom bench crossmodal`: figures on a video whose answers are known, beside chance and a baseline.

use crate::cli::fit::FitOptions;
use crate::cli::progress::Progress;
use crate::cli::{Output, Unusable};
use crate::crossmodal::measuring::{ContrastMeasure, Figures, measure_contrast};
use crate::crossmodal::synthetic;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub struct CrossmodalArguments {
    /// Videos and fits with so many seeds, from 0 on.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Pairs of each video.
    #[arg(long, default_value_t = synthetic::PAIRS)]
    pairs: usize,
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
    let mut measures = Vec::new();
    for seed in 0..arguments.seeds {
        let config = arguments.options.config(seed)?;
        measures.push(measure_contrast(arguments.pairs, &config, &progress.watch)?);
    }
    if arguments.output.json {
        let document = json!({
            "contrast": {
                "accepted": measures.iter().all(|measure| measure.accepted),
                "seeds": measures,
            },
        });
        return crate::cli::print(&format!("{document:#}\n"));
    }
    let text: String = measures.iter().map(text).collect();
    crate::cli::print(&text)
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

//! `frameloom export PROJECT --what … --out PATH`: parts of a project for other programs.

use super::Unusable;
use crate::captions::{self, OutputFormat};
use crate::export::{self, CurveStyle, Curves, loss_plot};
use crate::project::files::write_whole;
use crate::project::{Project, Run};
use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The project folder.
    project: PathBuf,
    /// What to write.
    #[arg(long, value_enum)]
    what: What,
    /// Which training; may be given several times for curves and TensorBoard. The one in use where not given.
    #[arg(long = "run")]
    runs: Vec<String>,
    /// Smoothing of the curves, 0 to 0.999.
    #[arg(long, default_value_t = 0.0)]
    smoothing: f64,
    /// The file to write; for TensorBoard its log folder.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The latent means: an NPY array, a row a pair.
    Latents,
    /// The captions: SRT, VTT, CSV, JSON or TXT by the file's extension.
    Captions,
    /// The loss curves: CSV, SVG or PNG by the file's extension.
    Curves,
    /// The loss curves as event files.
    Tensorboard,
}

/// Writes.
pub fn run(arguments: &ExportArguments) -> anyhow::Result<()> {
    let folder = &arguments.project;
    ensure!(
        Project::is_project(folder),
        Unusable(format!("{} is no project folder", folder.display()))
    );
    let project = Project::load(folder)?;
    let out = &arguments.out;
    match arguments.what {
        What::Captions => write_captions(&project, out),
        What::Latents => {
            let [run] = &runs(&project, arguments)?[..] else {
                return Err(Unusable("latents are of one training: name it with one --run".into()).into());
            };
            let from = project.run_folder(&run.name).join("latents.npy");
            let bytes = std::fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
            Ok(write_whole(out, |file| file.write_all(&bytes))?)
        }
        What::Curves => write_curves(&runs(&project, arguments)?, arguments.smoothing, out),
        What::Tensorboard => {
            for run in runs(&project, arguments)? {
                let seconds: f64 = run.losses.iter().map(|point| point.seconds).sum();
                let file = project.run_folder(&run.name).join("losses.csv");
                let ended = std::fs::metadata(file).and_then(|file| file.modified());
                let ended = ended.unwrap_or_else(|_| SystemTime::now());
                let began = ended
                    .checked_sub(std::time::Duration::from_secs_f64(seconds))
                    .unwrap_or(ended);
                export::write_events(out, &run.name, &run.losses, began)?;
            }
            Ok(())
        }
    }
}

/// The trainings asked for, or the one in use.
fn runs(project: &Project, arguments: &ExportArguments) -> anyhow::Result<Vec<Run>> {
    if arguments.runs.is_empty() {
        let run = project
            .run
            .clone()
            .context("the project has no training yet: train first")?;
        return Ok(vec![run]);
    }
    let there = project.runs();
    let load = |name: &String| {
        ensure!(
            there.contains(name),
            Unusable(format!(
                "there is no training {name}; there are {}",
                there.join(", ")
            ))
        );
        Ok(Run::load(&project.run_folder(name))?)
    };
    arguments.runs.iter().map(load).collect()
}

fn extension(path: &Path) -> String {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    extension.unwrap_or_default()
}

fn write_captions(project: &Project, out: &Path) -> anyhow::Result<()> {
    let format: OutputFormat = extension(out)
        .parse()
        .map_err(|error: captions::UnknownOutput| Unusable(error.to_string()))?;
    let text = captions::write(&project.track, format);
    Ok(write_whole(out, |file| file.write_all(text.as_bytes()))?)
}

/// Blue, orange, green, grey: told apart by everyone.
const COLOURS: [[u8; 3]; 6] = [
    [0, 114, 178],
    [213, 94, 0],
    [0, 158, 115],
    [90, 90, 90],
    [204, 121, 167],
    [230, 159, 0],
];

fn write_curves(runs: &[Run], smoothing: f64, out: &Path) -> anyhow::Result<()> {
    ensure!(
        (0.0..=export::curves::MAX_WEIGHT).contains(&smoothing),
        Unusable(format!("--smoothing must be 0 to {}", export::curves::MAX_WEIGHT))
    );
    if extension(out) == "csv" {
        let curves: Vec<_> = runs
            .iter()
            .map(|run| (run.name.as_str(), &run.losses[..]))
            .collect();
        let text = export::curves_csv(&curves, smoothing);
        return Ok(write_whole(out, |file| file.write_all(text.as_bytes()))?);
    }
    let curves: Vec<Curves> = runs
        .iter()
        .map(|run| Curves {
            name: &run.name,
            losses: &run.losses,
        })
        .collect();
    let style = CurveStyle {
        terms: if runs.len() > 1 {
            [false, false, false, true]
        } else {
            [true, true, false, true]
        },
        smoothing,
        logarithmic: true,
        dark: false,
        colours: COLOURS.into(),
    };
    Ok(export::write_plot(out, &loss_plot(&curves, &style))?)
}
